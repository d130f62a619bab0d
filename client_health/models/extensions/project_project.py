from odoo import models

from ..mixins.shown import of_client


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "client.health.shown"]

    client_health_level = of_client("health_level")
    client_health_score = of_client("health_score")
    client_health_badge = of_client("health_badge")
    client_health_phase = of_client("health_phase")
    client_red_flag_count = of_client("red_flag_count")
