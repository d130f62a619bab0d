from odoo import api, fields, models
from odoo.exceptions import UserError

from .requirement import named


class ClientProcessStep(models.AbstractModel):
    """A step: who does it and by when. Its activity has the same user and date.

    Models that inherit this have a ``code``, and a many2one to the process, whose name
    is ``_process``; ``partner_id`` and ``company_id`` are related to it.
    """

    _name = "client.process.step"
    _inherit = ["client.access.partner"]
    _description = "Step of a process with a client"

    _process = ""

    sequence = fields.Integer()
    user_id = fields.Many2one("res.users", string="Who", domain=[("share", "=", False)])
    date = fields.Date(string="By when")
    done_on = fields.Date(string="Done on", readonly=True)
    done_user_id = fields.Many2one("res.users", string="Done by", readonly=True)
    reopened_reason = fields.Char(readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for step in self:
            step.display_name = labels.get(step.code)

    def write(self, vals):
        """People write who and when; buttons do the rest."""
        if not self.env.su:
            if set(vals) - {"user_id", "date"}:
                raise UserError(
                    self.env._(
                        "Of a step only who and by when are written. Use the buttons "
                        "of the form it belongs to."
                    )
                )
            self._refuse_outsider(vals)
            self[self._process]._refuse_over()
        result = super().write(vals)
        if {"user_id", "date"} & set(vals):
            self.sudo()._move_activity()
        return result

    def _move_activity(self):
        """Write user and date of the step to its activity."""
        for step in self:
            activity = step.activity_id
            if activity.active and step.date:
                user = step.user_id or step[self._process].user_id
                activity.write({"date_deadline": step.date, "user_id": user.id})


class ClientProcessWaiver(models.AbstractModel):
    """A requirement that somebody passed, with the reason. It is never changed.

    Models that inherit this have a many2one to the process, and the ``step``.
    """

    _name = "client.process.waiver"
    _inherit = ["client.access.partner"]
    _description = "Requirement passed with a reason"
    _order = "id"

    key = fields.Char(required=True, readonly=True)
    text = fields.Char(required=True, readonly=True)
    what = fields.Char(
        compute="_compute_what",
        help="What was passed, with the names of the records that one may see.",
    )
    reason = fields.Char(string="Why", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Who", required=True, readonly=True)
    date = fields.Date(string="When", required=True, readonly=True)

    @api.depends("text", "key")
    @api.depends_context("uid")
    def _compute_what(self):
        for waiver in self:
            records = named(self.env(su=False), waiver.key or "")
            names = records and records._filtered_access("read").mapped("display_name")
            told = not names or all(name in waiver.text for name in names)
            waiver.what = waiver.text if told else f"{waiver.text} ({', '.join(names)})"
