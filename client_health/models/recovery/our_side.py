from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.access import MANAGER
from ..mixins.dialog import dialog
from .self_review import PERIOD, SelfReview
from .team_load import TeamLoad


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
    team_load = fields.Json(readonly=True, copy=False, groups=MANAGER)
    team_open_words = fields.Char(
        string="Work that lies ahead",
        compute="_compute_team_words",
        groups=MANAGER,
        help="Of those who booked hours for this client in the 90 days: the hours "
        "planned and not spent on all their open tasks, for any client; the mean of a "
        "person, on the day of the start.",
    )
    team_overtime_words = fields.Char(
        string="Overtime",
        compute="_compute_team_words",
        groups=MANAGER,
        help="Of the same people together, in the 90 days: the hours booked in a week, "
        "for any client, above the working hours of that week; days off are no working "
        "hours.",
    )
    team_is_known = fields.Boolean(compute="_compute_team_words", groups=MANAGER)
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

    @api.depends("team_load")
    @api.depends_context("lang")
    def _compute_team_words(self):
        """The load of our people in words, or why it is not known."""
        words = self.env["client.health.indicator"].sudo().new({"unit": "hours"})
        for recovery in self:
            load = recovery.team_load or {}
            recovery.team_is_known = bool(load)
            if not load:
                recovery.team_open_words = recovery.team_overtime_words = self.env._(
                    "not measurable: nobody booked hours for the client in %s days",
                    PERIOD,
                )
                continue
            hours = load["open_hours"]
            recovery.team_open_words = self.env._(
                "not measurable: it is known of the present day only"
            )
            if hours is not None:
                recovery.team_open_words = self.env._(
                    "%(hours)s per person (people: %(people)s)",
                    hours=words._format(hours),
                    people=load["people"],
                )
            recovery.team_overtime_words = self.env._(
                "not measurable: nobody of them has fixed working hours"
            )
            if load["overtime_people"]:
                recovery.team_overtime_words = self.env._(
                    "%(hours)s in %(days)s days (people: %(people)s)",
                    hours=words._format(load["overtime"]),
                    days=PERIOD,
                    people=load["overtime_people"],
                )

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
            loads = TeamLoad(company, as_of).of(recoveries.partner_id.ids)
            for recovery in recoveries:
                recovery.team_load = loads.get(recovery.partner_id.id, False)
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
