from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.dialog import dialog
from .self_review import SelfReview


class ClientRecoveryOurSide(models.AbstractModel):
    """The part of a recovery about our own side: conclusions, what we change, and
    regular check-ins with the client."""

    _name = "client.recovery.our.side"
    _description = "Our side of a recovery"
    _inherit = ["client.process"]

    self_result = fields.Selection(
        [
            ("ours", "Mostly ours"),
            ("both", "Both sides"),
            ("theirs", "Mostly theirs"),
        ],
        string="Whose doing is it?",
        tracking=True,
        copy=False,
        help="What you make of the figures and the answers together.",
    )
    self_note = fields.Text(
        string="What we change",
        copy=False,
        help="What our own side does differently from now on.",
    )
    checkin_id = fields.Many2one(
        "calendar.recurrence",
        string="Check-in",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    checkin_count = fields.Integer(
        string="Upcoming check-ins", compute="_compute_checkin_count"
    )

    @api.depends("checkin_id")
    def _compute_checkin_count(self):
        coming = [
            ("recurrence_id", "in", self.sudo().checkin_id.ids),
            ("start", ">=", fields.Datetime.now()),
        ]
        events = self.env["calendar.event"].sudo()
        counts = dict(events._read_group(coming, ["recurrence_id"], ["__count"]))
        for recovery in self:
            recovery.checkin_count = counts.get(recovery.sudo().checkin_id, 0)

    # -- at the start ----------------------------------------------------------

    def _self_review(self, company, as_of):
        """What measures our own figures for recoveries of a company and a start."""
        return SelfReview(self, company, as_of)

    def _fill_self_review(self):
        """Measure and store our own figures, at once for each company and start."""
        for (company, as_of), recoveries in self.grouped(
            lambda recovery: (recovery.company_id, recovery.date_start)
        ).items():
            recoveries._self_review(company, as_of).store()
        self.invalidate_recordset(["figure_ids", "channel_ids"], flush=False)

    # -- check-ins -------------------------------------------------------------

    def action_plan_checkins(self):
        """Open the dialog that plans check-ins; with upcoming ones, open those."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_over()
        if self.checkin_count:
            return self.action_open_checkins()
        return dialog(
            self.env._("Regular check-in"),
            "client.recovery.checkin",
            {"default_recovery_id": self.id},
        )

    def action_open_checkins(self):
        """Open the check-ins in the calendar. UserError when there are none."""
        self.ensure_one()
        self.check_access("read")
        recurrence = self.sudo().checkin_id
        if not recurrence:
            raise UserError(
                self.env._("There are no check-ins for %s yet.", self.display_name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check-ins"),
            "res_model": "calendar.event",
            "views": [(False, "list"), (False, "calendar"), (False, "form")],
            "domain": [("recurrence_id", "=", recurrence.id)],
            "context": {"create": False},
        }
