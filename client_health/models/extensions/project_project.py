from odoo import api, fields, models

from ..mixins.level_order import by_severity
from ..mixins.related_access import NO_HEALTH


class ProjectProject(models.Model):
    """A project shows the health of its client to users of Client Health."""

    _name = "project.project"
    _inherit = ["project.project", "client.related.access"]

    client_health_level = fields.Selection(
        related="partner_id.health_level",
        string="Client health",
        falsy_value_label=NO_HEALTH,
        group_expand=by_severity,
    )
    client_health_score = fields.Integer(
        related="partner_id.health_score",
        string="Client health score",
        falsy_value=None,
    )
    client_health_badge = fields.Json(
        related="partner_id.health_badge",
        string="Client health badge",
        exportable=False,
    )
    client_health_phase = fields.Selection(
        related="partner_id.health_phase",
        string="Client phase",
        falsy_value_label=NO_HEALTH,
    )
    client_red_flag_count = fields.Integer(
        related="partner_id.red_flag_count", falsy_value=None
    )

    @api.onchange("partner_id")
    def _onchange_client_who_left(self):
        return self.partner_id._warn_who_left(self)

    def action_open_client_health(self):
        """Open the health of the client this record is about."""
        return self.env["res.partner"]._open_health_of(self)
