from . import test_client_health_run
