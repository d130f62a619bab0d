from dateutil.relativedelta import relativedelta
from odoo import api, fields, models

from ..models.mixins import company_day
from ..models.recovery.before_after import unmet


class ClientRecoveryDecide(models.TransientModel):
    """The dialog of a decision about a recovery, which checks who may and the input."""

    _name = "client.recovery.decide"
    _inherit = ["client.dialog"]
    _description = "Decide about a recovery"

    recovery_id = fields.Many2one("client.recovery", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("recovered", "Recovered"),
            ("extend", "Extend"),
            ("cancel", "Cancel"),
            ("pass", "Pass"),
        ],
        required=True,
        readonly=True,
    )
    step = fields.Char(readonly=True, help="The step to finish: its code.")
    missing = fields.Text(compute="_compute_missing")
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
                max(day, company_day.today(recovery.env, recovery.company_id))
                + relativedelta(weeks=6)
            )

    @api.depends("recovery_id", "decision", "step")
    def _compute_missing(self):
        """Open requirements of the step, or targets that are not met."""
        for wizard in self:
            recovery = wizard.recovery_id
            recovery.check_access("read")
            lines = []
            if recovery and wizard.decision == "pass":
                needs = recovery.sudo()._open_requirements(wizard.step)
                lines = [need.text for need in needs]
            elif recovery and wizard.decision == "recovered":
                lines = unmet(recovery.review())
            wizard.missing = "\n".join(lines)

    def action_apply(self):
        """Apply the decision. Raises what the methods of the recovery raise."""
        self.ensure_one()
        if self.decision == "pass":
            self.recovery_id._finish_step(self.step, asked=True, reason=self.note)
        elif self.decision == "extend":
            self.recovery_id.extend(self.review_date, self.note)
        elif self.decision == "cancel":
            self.recovery_id.set_cancelled(self.note)
        else:
            self.recovery_id.set_recovered(self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
