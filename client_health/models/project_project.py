from odoo import models

from .client_health_shown import (
    ClientBoolean,
    ClientInteger,
    ClientSelection,
    of_client,
)


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "client.health.shown"]

    client_health_level = of_client(ClientSelection, "health_level", "Client health")
    client_health_score = of_client(
        ClientInteger, "health_score", "Client health score", aggregator="avg"
    )
    client_health_capped = of_client(
        ClientBoolean, "health_capped", "Client health level by a red flag"
    )
    client_health_phase = of_client(ClientSelection, "health_phase", "Client phase")
    client_red_flag_count = of_client(
        ClientInteger, "red_flag_count", "Red flags", aggregator=None
    )
