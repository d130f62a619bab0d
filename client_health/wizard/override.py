from datetime import timedelta

from odoo import fields, models

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
        default=lambda self: fields.Date.context_today(self) + timedelta(days=90),
        help="The override ends by itself after this day.",
    )

    def action_apply(self):
        """Put the level in place of the computed one."""
        self.ensure_one()
        self.health_id.set_override(self.level, self.reason, self.until)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
