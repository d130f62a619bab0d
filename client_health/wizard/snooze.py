from datetime import timedelta

from odoo import api, fields, models

from ..models.mixins import company_day


class ClientHealthFlagSnooze(models.TransientModel):
    """The dialog that snoozes flags; the flags check the input."""

    _name = "client.health.flag.snooze"
    _inherit = ["client.dialog"]
    _description = "Snooze flags"

    flag_ids = fields.Many2many("client.health.flag", string="Flags", required=True)
    until = fields.Date(
        required=True,
        default=lambda self: self._usual_end(),
        help="The flag comes back on this day, or sooner when it gets worse.",
    )
    reason = fields.Char(required=True)
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _usual_end(self):
        return company_day.today(self.env, self.env.company) + timedelta(weeks=2)

    @api.depends("flag_ids")
    def _compute_summary(self):
        """Which flags, in words."""
        for wizard in self:
            wizard.summary = ", ".join(
                f"{flag.partner_id.display_name}: {flag.check_id.name}"
                for flag in wizard.flag_ids
            )

    def action_apply(self):
        """Snooze the flags. Raises what ``client.health.flag.snooze`` raises."""
        self.ensure_one()
        self.flag_ids.snooze(self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}
