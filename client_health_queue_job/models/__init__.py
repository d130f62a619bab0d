from . import client_health
from . import client_health_run
from . import queue_job
