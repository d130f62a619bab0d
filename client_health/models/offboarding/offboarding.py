from odoo import api, fields, models

from ..mixins import company_day
from ..mixins.access import MANAGER
from ..mixins.access_partner import LAST_DAY
from ..mixins.dialog import dialog_warning
from ..process.guide import Guide
from .costs import COST_FIELDS
from .days import refuse_past, touched_by
from .handing_on import take_over
from .open_items import OpenItems
from .order import AFTER, STEPS
from .projects import Projects
from .promises import remind
from .requirements import OffboardingRequirements, tips
from .schedule import OffboardingSchedule, usual_end
from .starting import refuse_partner
from .told import show_phase

CLOSED = ("done", "cancelled")
# When one of these changes, the conversation is rehearsed and reviewed again.
REHEARSED = ("reason", "reason_text", "topics", "clause", "speaker_id")


class ClientOffboarding(models.Model):
    """The end of a relationship in five steps.

    :meth:`action_done` archives the client last, :meth:`action_reactivate` brings it
    back.
    """

    _name = "client.offboarding"
    _description = "Offboarding"
    _inherit = [
        "client.offboarding.costs",
        "client.offboarding.letters",
        "client.offboarding.roles",
        "client.process.talk",
        "client.offboarding.at.once",
    ]
    _steps = STEPS
    _closed = CLOSED
    _after = AFTER
    _plan = "client_health.client_offboarding_plan"
    _step_type = "client_health.mail_activity_type_offboarding_%s"
    _seen_step = "offboarding_step"
    _managers_pass = True
    _rehearsed = REHEARSED
    _lasting = frozenset({"return_conditions", "message_follower_ids", "activity_ids"})
    _marks = ("offboarding_id", "left_offboarding_id", "left_note")
    _marking = frozenset({"state", "reactivated_on", "return_conditions"})

    _by_buttons = {"state": "contract"} | dict.fromkeys(
        "agreement_id legal_user_id legal_on rehearsed_user_id rehearsed_on "
        "reviewed_user_id reviewed_on phase_before ended_on ended_user_id archived "
        "outcome cancelled_on reactivated_on reactivated_user_id plan_given_on "
        "plan_given_how plan_given_user_id".split(),
        False,
    )
    _computed_only = (*COST_FIELDS, "duration", "kept_count", "dropped_count")

    state = fields.Selection(
        [*STEPS, ("done", "Done"), ("cancelled", "Cancelled")],
        default="contract",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    step_ids = fields.One2many("client.offboarding.step", "offboarding_id")
    waiver_ids = fields.One2many(
        "client.offboarding.waiver", "offboarding_id", string="Passed with a reason"
    )
    date_end = fields.Date(
        string="Ends on",
        tracking=True,
        help="The last day of the relationship. Until then the agreement is kept. The "
        "steps still to do are planned anew when it changes.",
    )
    all_finished = fields.Boolean(compute="_compute_all_finished")
    origin = fields.Char(
        readonly=True, help="What it was started from, for instance a recovery."
    )
    recovery_ids = fields.One2many(
        "client.recovery", "offboarding_id", string="Recovery that led to it"
    )
    # contract
    agreement_id = fields.Many2one(
        "client.agreement", string="Agreement in force", readonly=True
    )
    notice_days = fields.Integer(related="agreement_id.notice_days", related_sudo=False)
    agreement_end = fields.Date(related="agreement_id.date_end", related_sudo=False)
    earliest_end = fields.Date(
        string="Earliest end",
        compute="_compute_earliest_end",
        help="The day notice is given (today, until the client was told) and the "
        "days of notice of the agreement.",
    )
    is_too_early = fields.Boolean(compute="_compute_earliest_end")
    is_half_way = fields.Boolean(
        compute="_compute_earliest_end", help="It would end before the agreement does."
    )
    clause = fields.Text(help="The agreement's own words on how it may be ended.")
    legal_user_id = fields.Many2one(
        "res.users", string="Contract checked by", readonly=True, copy=False
    )
    legal_on = fields.Date(string="Contract checked on", readonly=True, copy=False)
    # projects
    project_ids = fields.One2many("client.offboarding.project", "offboarding_id")
    deliverable_ids = fields.One2many(
        "client.offboarding.deliverable",
        "offboarding_id",
        domain=[("kind", "=", "task")],
    )
    # conversation
    reason = fields.Selection(
        lambda self: self.env["client.health.check"]._reasons(),
        tracking=True,
        help="For us: the client never reads it.",
    )
    reason_text = fields.Char(
        string="Reason in one sentence",
        help="Clear, true and tactful: the client will read or hear it.",
    )
    contact_id = fields.Many2one(
        help="Who at the client is told. Empty: the client's own address."
    )
    # tell
    event_id = fields.Many2one(
        "calendar.event", string="Appointment", copy=False, ondelete="set null"
    )
    told_on = fields.Date(string="Told on", tracking=True, copy=False)
    told_how = fields.Selection(
        [
            ("mail", "By mail"),
            ("meeting", "In a meeting"),
            ("phone", "By phone"),
        ],
        string="Told how",
        tracking=True,
        copy=False,
    )
    reaction = fields.Text(help="What the client said, in its own words.", copy=False)
    # transition
    promise_ids = fields.One2many(
        "client.offboarding.deliverable",
        "offboarding_id",
        string="Still to come",
        domain=["|", ("kind", "=", "promise"), ("promised", "=", True)],
    )
    files_handed_over = fields.Boolean(
        string="Files handed over",
        help="All files of the client are with the client, or there are none.",
    )
    access_handed_over = fields.Boolean(
        string="Access handed over",
        help="Accounts and passwords are with the client, or there are none.",
    )
    final_invoice = fields.Selection(
        [("sent", "Sent"), ("none", "Nothing to invoice")],
        string="Final invoice",
        copy=False,
    )
    portal_until = fields.Date(
        string="Portal access until",
        help="The last day of access to the portal, as promised to the client.",
    )
    # done
    close_activities = fields.Boolean(default=True, string="Close upcoming activities")
    cancel_meetings = fields.Boolean(
        default=True,
        string="Cancel upcoming meetings",
        help="Nobody is sent a message about it.",
    )
    end_subscriptions = fields.Boolean(
        default=True, string="End mailing-list subscriptions"
    )
    return_conditions = fields.Text(
        string="Conditions for a return",
        help="Shown when somebody starts new work for the client.",
    )
    # what was archived, with the names of then: see ``outcome_lines``
    outcome = fields.Text(readonly=True, copy=False)
    cancelled_on = fields.Date(string="Cancelled on", readonly=True, copy=False)
    reactivated_on = fields.Date(string="Reactivated on", readonly=True, copy=False)
    reactivated_user_id = fields.Many2one("res.users", readonly=True, copy=False)
    phase_before = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    archived = fields.Json(readonly=True, copy=False, groups=MANAGER)
    kept_count = fields.Integer(
        string="Deliverables kept", compute="_compute_deliverables", store=True
    )
    dropped_count = fields.Integer(
        string="Deliverables dropped", compute="_compute_deliverables", store=True
    )

    _one_open = models.UniqueIndex(
        "(partner_id, company_id) WHERE state NOT IN ('done', 'cancelled')",
        "This client already has an open offboarding in this company.",
    )

    @api.depends("partner_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for offboarding in self._named():
            offboarding.display_name = self.env._(
                "Offboarding of %s", offboarding.partner_id.display_name or ""
            )

    @api.depends("agreement_id", "date_end", "told_on", "step_ids.done_on", "state")
    def _compute_earliest_end(self):
        for offboarding in self:
            company = offboarding.company_id or self.env.company
            agreement = offboarding.agreement_id
            first = offboarding.sudo().step_ids.filtered(lambda s: s.code == "contract")
            day = (
                offboarding.told_on
                or first.done_on
                or company_day.today(self.env, company)
            )
            day = min(day, LAST_DAY)  # a typed date is checked when it is saved
            earliest = agreement._earliest_end(day) if agreement else day
            end = offboarding.date_end
            offboarding.earliest_end = earliest
            tacit = agreement.renewal == "tacit"
            late = (agreement.notice_days or tacit) and earliest
            offboarding.is_too_early = bool(end and late) and end < late
            last = agreement.date_end
            offboarding.is_half_way = bool(end and last) and end < last

    @api.depends("step_ids.done_on")
    def _compute_all_finished(self):
        """True when only the archiving is left."""
        for offboarding in self:
            steps = offboarding.sudo().step_ids
            offboarding.all_finished = all(step.done_on for step in steps)

    @api.depends("deliverable_ids.decision")
    def _compute_deliverables(self):
        for offboarding in self:
            words = offboarding.deliverable_ids.mapped("decision")
            offboarding.kept_count = words.count("finish") + words.count("hand_over")
            offboarding.dropped_count = words.count("drop")

    # -- what is written -------------------------------------------------------

    def write(self, vals):
        """Open steps move with end and owner."""
        if not self.env.su:
            refuse_past(self, vals)
        before = {o: (o.date_end, o.user_id) for o in self}
        protected = {o: o.refuse_user_ids for o in self if "refuse_user_ids" in vals}
        result = super().write(vals)
        if "told_on" in vals:
            show_phase(self.sudo())
        for offboarding, known in protected.items():
            offboarding.sudo()._tell_protected(known)
        for offboarding, (end, owner) in before.items():
            offboarding = offboarding.sudo()
            moved = offboarding.date_end and offboarding.date_end != end
            if moved and offboarding.state not in CLOSED:
                offboarding._schedule().move()
            if owner != offboarding.user_id and offboarding.state not in CLOSED:
                take_over(offboarding, owner)
            if "told_on" in vals:
                remind(offboarding.promise_ids)
        return result

    @api.onchange("date_end")
    def _onchange_date_end(self):
        """Another day asks about what hangs on the one before."""
        end, before = self.date_end, self._origin.date_end
        words = end and before and end != before and touched_by(self, end)
        return words and dialog_warning(self.env._("Another last day"), words)

    def _over_sentence(self):
        return self.env._(
            "%s is over and stays as it was. Only the conditions for a return may "
            "change.",
            self.display_name,
        )

    # -- how it starts ---------------------------------------------------------

    @api.model
    def _take_client(self, vals):
        """Do not replace a contact by its client: ``_refuse_start`` refuses it."""

    @api.model
    def _refuse_start(self, partner, company):
        client = partner.commercial_partner_id
        self._refuse_hidden({"partner_id": client.id, "company_id": company.id})
        refuse_partner(partner.sudo())

    def _begin(self):
        """Take over from a recovery, make the steps, set the phase of the client."""
        for offboarding in self:
            offboarding._take_over()
            agreement = self.env["client.agreement"]._in_force(
                offboarding.partner_id, offboarding.company_id
            )
            today = company_day.today(self.env, offboarding.company_id)
            end = offboarding.date_end or usual_end(agreement, today)
            speaker = offboarding.speaker_id or offboarding.user_id
            offboarding.write(
                {
                    "agreement_id": agreement.id,
                    "clause": offboarding.clause or agreement.termination_clause,
                    "speaker_id": speaker.id,
                    "date_end": end,
                    "portal_until": offboarding.portal_until or end,
                }
            )
            offboarding._schedule().plan()
            offboarding._catch_up()
            offboarding._measure()
            offboarding.phase_before = offboarding._set_phase()
            show_phase(offboarding)

    def _take_over(self):
        """End the open recovery of the client, and take over what is known from it.

        Raises UserError for users who may not decide about the recovery.
        """
        recoveries = self.env["client.recovery"]
        recovery = recoveries._open_of(self.partner_id, self.company_id)
        if recovery:
            known = recovery._lead_to(self)
            self.write({name: self[name] or value for name, value in known.items()})

    # -- helpers of its own -----------------------------------------------------

    def _requirements(self, step):
        needs = OffboardingRequirements(self, self._open_items()).of(step)
        return self._may_skip(needs)

    def _codes(self):
        return [*super()._codes(), "done"]

    def _schedule(self):
        return OffboardingSchedule(self)

    def _guide(self, needs):
        """Also show what else is open, once the contract is checked."""
        read = self.sudo()._step("contract").done_on
        also = self._open_items().requirements() if read else []
        end = ("done", self.env._("Archive the client"))
        return Guide(self, needs, also, tips(self.env), end)

    def _catch_up(self):
        """Add projects and tasks that were made meanwhile."""
        self._projects().sync()

    def _projects(self):
        return Projects(self)

    def _open_items(self):
        return OpenItems(self)
