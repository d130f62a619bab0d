"""The five steps of a goodbye: who, by when, done by whom, passed by whom."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .client_offboarding import CLOSED, STEPS


class ClientOffboardingStep(models.Model):
    """Who takes a step of a goodbye, and by when; its activity follows."""

    _name = "client.offboarding.step"
    _inherit = ["client.of.partner"]
    _description = "Step of an offboarding"
    _order = "offboarding_id, sequence, id"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)
    sequence = fields.Integer()
    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Who", domain=[("share", "=", False)])
    date = fields.Date(string="By when")
    done_on = fields.Date(readonly=True)
    done_user_id = fields.Many2one("res.users", string="Done by", readonly=True)
    reopened_reason = fields.Char(readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    _one_each = models.UniqueIndex(
        "(offboarding_id, code)", "An offboarding has each step once."
    )

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for step in self:
            step.display_name = labels.get(step.code)

    def write(self, vals):
        """People say who and when; the rest is done by buttons."""
        if not self.env.su:
            if set(vals) - {"user_id", "date"}:
                raise UserError(
                    self.env._(
                        "Of a step only who and by when are written. Use the buttons "
                        "of the offboarding."
                    )
                )
            over = self.offboarding_id.filtered(lambda o: o.state in CLOSED)[:1]
            if over:
                over._refuse_closed(vals)
        result = super().write(vals)
        if {"user_id", "date"} & set(vals):
            self.sudo()._move_activity()
        return result

    def _move_activity(self):
        """Let the activity follow who and when."""
        for step in self:
            activity = step.activity_id
            if activity.active and step.date:
                user = step.user_id or step.offboarding_id.user_id
                activity.write({"date_deadline": step.date, "user_id": user.id})


class ClientOffboardingWaiver(models.Model):
    """A blocker that a manager passed, and why. Never changed, never deleted."""

    _name = "client.offboarding.waiver"
    _inherit = ["client.of.partner"]
    _description = "Blocker passed with a reason"
    _order = "id"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)
    key = fields.Char(required=True, readonly=True)
    text = fields.Char(string="What", required=True, readonly=True)
    reason = fields.Char(string="Why", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Who", required=True, readonly=True)
    date = fields.Date(string="When", required=True, readonly=True)
