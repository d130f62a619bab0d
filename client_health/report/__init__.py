from . import client_health_month
