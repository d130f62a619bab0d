from datetime import timedelta

from odoo import api, fields, models

from ..models.mixins import company_day
from ..scoring.levels import LEVELS


class ClientHealthOverride(models.TransientModel):
    _name = "client.health.override"
    _inherit = ["client.dialog"]
    _description = "Override the level of a client"

    health_id = fields.Many2one("client.health", required=True, readonly=True)
    level = fields.Selection(
        [level for level in LEVELS if level[0] != "unknown"], required=True
    )
    reason = fields.Char(
        required=True,
        help="For instance: strategic exception, or what the records miss.",
    )
    until = fields.Date(
        required=True,
        default=lambda self: self._usual_end(),
        help="The override ends by itself after this day.",
    )

    @api.model
    def _usual_end(self):
        return company_day.today(self.env, self.env.company) + timedelta(days=90)

    def action_apply(self):
        """Put the level in place of the computed one."""
        self.ensure_one()
        self.health_id.set_override(self.level, self.reason, self.until)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
