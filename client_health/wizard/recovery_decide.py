from dateutil.relativedelta import relativedelta
from odoo import api, fields, models


class ClientRecoveryDecide(models.TransientModel):
    """Asks what a decision needs; the recovery says who may and what is right."""

    _name = "client.recovery.decide"
    _description = "Decide about a recovery"

    recovery_id = fields.Many2one("client.recovery", required=True, readonly=True)
    decision = fields.Selection(
        [("recovered", "Recovered"), ("extend", "Extend"), ("cancel", "Cancel")],
        required=True,
        readonly=True,
    )
    review_date = fields.Date(
        string="Review on",
        compute="_compute_review_date",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    note = fields.Text()

    @api.depends("recovery_id")
    def _compute_review_date(self):
        """Six weeks after the day of the review."""
        for wizard in self:
            recovery = wizard.recovery_id
            day = recovery.review_date
            wizard.review_date = day and (
                max(day, recovery._today(recovery.company_id)) + relativedelta(weeks=6)
            )

    def action_apply(self):
        """Do it. Raises what the methods of the recovery raise."""
        self.ensure_one()
        if self.decision == "extend":
            self.recovery_id.extend(self.review_date, self.note)
        elif self.decision == "cancel":
            self.recovery_id.set_cancelled(self.note)
        else:
            self.recovery_id.set_recovered(self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
