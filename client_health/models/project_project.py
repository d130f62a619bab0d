from odoo import models

from .client_health_shown import (
    NO_HEALTH,
    ClientInteger,
    ClientSelection,
    of_client,
)


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "client.health.shown"]

    client_health_level = of_client(
        ClientSelection,
        "health_level",
        "Client health",
        falsy_value_label=NO_HEALTH,
    )
    client_health_score = of_client(
        ClientInteger, "health_score", "Client health score", aggregator="avg"
    )
    client_health_level_by = of_client(
        ClientSelection, "health_level_by", "Client health level set by"
    )
    client_health_phase = of_client(
        ClientSelection,
        "health_phase",
        "Client phase",
        falsy_value_label=NO_HEALTH,
    )
    client_red_flag_count = of_client(
        ClientInteger, "red_flag_count", "Red flags", aggregator=None
    )
