from . import queue_job
from . import client_health_run
