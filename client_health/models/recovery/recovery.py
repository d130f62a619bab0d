from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...scoring.levels import LEVELS
from ..mixins import company_day
from ..mixins.access import MANAGER, is_manager
from ..process.schedule import may_own, work_day
from .before_after import BeforeAfter
from .requirements import RecoveryRequirements
from .schedule import RecoverySchedule

STEPS = [
    ("self_review", "Our side first"),
    ("channel", "Ways to communicate"),
    ("agreement", "New agreement"),
    ("review", "Review"),
]
RESULTS = [
    ("recovered", "Recovered"),
    ("offboard", "To offboarding"),
    ("cancelled", "Cancelled"),
]
CLOSED = tuple(dict(RESULTS))
# Fields that never change.
FIXED = {"date_start", "flag_id"}


class ClientRecovery(models.Model):
    """An attempt to repair the relationship with a client, with a day to decide.

    Its state is the first step that is not finished, in the end its result. While it is
    open, the client's health is in the phase *recovery*; what is new raises an alarm.
    """

    _name = "client.recovery"
    _description = "Recovery"
    _inherit = [
        "client.recovery.our.side",
        "client.recovery.conversation",
        "client.recovery.proposal",
    ]
    _steps = STEPS
    _closed = CLOSED
    _plan = "client_health.client_recovery_plan"
    _step_type = "client_health.mail_activity_type_recovery_%s"
    _seen_step = "recovery_step"
    _asks_reason = True
    _rehearsed = ("topics", "self_note", "talk_asks", "speaker_id")
    _lasting = frozenset({"result_note", "message_follower_ids", "activity_ids"})
    _marks = ("recovery_id",)

    _by_buttons = {"state": "self_review"} | dict.fromkeys(
        "entry_on entry_score entry_level entry checkin_id new_agreement_id "
        "agreement_answer answer_user_id first_review_date extension_reason ended_on "
        "ended_user_id outcome score_change offboarding_id rehearsed_user_id "
        "rehearsed_on reviewed_user_id reviewed_on team_load".split(),
        False,
    )
    _computed_only = ("duration", "is_extended", "better_count", "worse_count")

    state = fields.Selection(
        [*STEPS, *RESULTS],
        default="self_review",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand="_expand_states",
    )
    step_ids = fields.One2many("client.recovery.step", "recovery_id")
    waiver_ids = fields.One2many(
        "client.recovery.waiver", "recovery_id", string="Passed with a reason"
    )
    review_date = fields.Date(
        string="Review on",
        required=True,
        default=lambda self: self._usual_review_date(),
        tracking=True,
        index=True,
        help="The day on which we look whether it helped, and decide.",
    )
    is_due = fields.Boolean(
        string="To decide",
        compute="_compute_is_due",
        search="_search_is_due",
        help="Its review date has come.",
    )
    reason = fields.Text(
        string="Why", help="What goes wrong, and what should be better in the end."
    )
    flag_id = fields.Many2one(
        "client.health.flag",
        string="Started from",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The red flag it was started from.",
    )
    # how the client stood when it started
    entry_on = fields.Date(string="Measured on", readonly=True, copy=False)
    entry_score = fields.Integer(
        string="Score at the start", readonly=True, copy=False, aggregator="avg"
    )
    entry_level = fields.Selection(
        LEVELS, string="Level at the start", readonly=True, copy=False
    )
    entry = fields.Json(
        readonly=True,
        copy=False,
        groups=MANAGER,
        help="Facts and settings at the start.",
    )
    # how it ended
    first_review_date = fields.Date(
        string="First to be reviewed on", readonly=True, copy=False
    )
    is_extended = fields.Boolean(
        string="Extended", compute="_compute_is_extended", store=True
    )
    extension_reason = fields.Text(string="Extended because", readonly=True, copy=False)
    result_note = fields.Text(string="What we learned")
    outcome = fields.Json(
        readonly=True,
        copy=False,
        groups=MANAGER,
        help="Before and after, as they were seen when it was decided.",
    )
    check_ids = fields.One2many("client.recovery.check", "recovery_id", readonly=True)
    score_change = fields.Integer(
        string="Points gained", readonly=True, copy=False, aggregator="avg"
    )
    better_count = fields.Integer(
        string="Checks better", compute="_compute_moved", store=True
    )
    worse_count = fields.Integer(
        string="Checks worse", compute="_compute_moved", store=True
    )
    ended_user_id = fields.Many2one(string="Decided by")
    offboarding_id = fields.Many2one(
        "client.offboarding",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    # its lines
    figure_ids = fields.One2many(
        "client.recovery.figure", "recovery_id", string="Our figures", readonly=True
    )
    answer_ids = fields.One2many(
        "client.recovery.answer", "recovery_id", string="Questions"
    )
    figure_summary = fields.Char(
        compute="_compute_figure_summary",
        help="How our figures compare with those of our other clients.",
    )
    channel_ids = fields.One2many(
        "client.recovery.channel", "recovery_id", string="Ways to communicate"
    )
    target_ids = fields.One2many("client.recovery.target", "recovery_id")

    _one_open = models.UniqueIndex(
        "(partner_id, company_id) "
        "WHERE state NOT IN ('recovered', 'offboard', 'cancelled')",
        "This client already has an open recovery in this company.",
    )

    @api.model
    def _usual_review_date(self):
        """Three months from today, on a working day."""
        company = self.env.company
        today = company_day.today(self.env, company)
        return work_day(company, today + relativedelta(months=3), today)

    @api.model
    def _expand_states(self, states, domain):
        """All steps as columns; results only where there are any."""
        steps = dict(STEPS)
        return [code for code in [*steps, *CLOSED] if code in steps or code in states]

    @api.depends("partner_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for recovery in self._named():
            recovery.display_name = self.env._(
                "Recovery of %s", recovery.partner_id.display_name or ""
            )

    @api.depends("review_date", "state")
    def _compute_is_due(self):
        for recovery in self:
            today = company_day.today(self.env, recovery.company_id or self.env.company)
            day = recovery.state not in CLOSED and recovery.review_date
            recovery.is_due = bool(day) and day <= today

    @api.model
    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = company_day.each_today(
            self.env, lambda day: Domain("review_date", "<=", day)
        )
        domain = Domain("state", "not in", CLOSED) & due
        return domain if True in value else ~domain

    @api.depends("first_review_date")
    def _compute_is_extended(self):
        for recovery in self:
            recovery.is_extended = bool(recovery.first_review_date)

    @api.depends("figure_ids.verdict")
    def _compute_figure_summary(self):
        for recovery in self:
            verdicts = recovery.figure_ids.mapped("verdict")
            compared = len([verdict for verdict in verdicts if verdict])
            recovery.figure_summary = compared and self.env._(
                "Worse than with our other clients: %(worse)s of %(all)s figures; "
                "better: %(better)s.",
                all=compared,
                worse=verdicts.count("worse"),
                better=verdicts.count("better"),
            )

    @api.depends("check_ids.moved")
    def _compute_moved(self):
        for recovery in self:
            moved = recovery.check_ids.mapped("moved")
            recovery.better_count = moved.count("better")
            recovery.worse_count = moved.count("worse")

    # -- what may be written ---------------------------------------------------

    @api.constrains("review_date")
    def _check_review_date(self):
        """It lies within a year from today."""
        for recovery in self.sudo().filtered("review_date"):
            today = company_day.today(self.env, recovery.company_id)
            latest = today + relativedelta(years=1)
            if not today <= recovery.review_date <= latest:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of %(recovery)s is %(day)s. Give a day from today "
                        "to %(latest)s.",
                        field=self._label("review_date"),
                        recovery=recovery.display_name,
                        day=recovery.review_date,
                        latest=latest,
                    )
                )

    @api.constrains("date_start")
    def _check_date_start(self):
        for recovery in self.sudo().filtered("date_start"):
            if recovery.date_start > company_day.today(self.env, recovery.company_id):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of %(recovery)s is %(day)s, which is still to "
                        "come. Start it on that day.",
                        field=self._label("date_start"),
                        recovery=recovery.display_name,
                        day=recovery.date_start,
                    )
                )

    @api.constrains("user_id")
    def _check_owner(self):
        """The owner works in the company and may open it."""
        for recovery in self.sudo():
            if not recovery._may_own(recovery.user_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be “%(field)s” of %(recovery)s: choose "
                        "somebody at work in %(company)s who uses Client Health.",
                        user=recovery.user_id.display_name,
                        field=self._label("user_id"),
                        recovery=recovery.display_name,
                        company=recovery.company_id.display_name,
                    )
                )

    def _may_own(self, user):
        return may_own(user, self.company_id)

    @api.constrains("flag_id", "partner_id", "company_id")
    def _check_flag(self):
        for recovery in self.sudo():
            flag = recovery.flag_id
            if flag and flag.health_id != recovery._health():
                raise ValidationError(
                    self.env._(
                        "This red flag is not one of %(client)s. Start the recovery "
                        "from a flag of the client.",
                        client=recovery.partner_id.display_name,
                    )
                )

    def write(self, vals):
        """Write, then move steps to a new review date and hand them to a new owner."""
        if not self.env.su:
            self._refuse_fixed(vals)
            self._refuse_takeover(vals)
        owners = {r: r.user_id for r in self} if "user_id" in vals else {}
        result = super().write(vals)
        if "review_date" in vals:
            for recovery in self.filtered(lambda r: r.state not in CLOSED):
                recovery._schedule().move()
        for recovery, owner in owners.items():
            recovery._schedule().hand_over(owner)
        return result

    def _refuse_takeover(self, vals):
        """Raise UserError when the owner is changed by others than owner and
        managers."""
        for recovery in self:
            owner = recovery.user_id
            moved = vals.get("user_id", owner.id) != owner.id
            if moved and owner != self.env.user and not is_manager(self.env):
                raise UserError(
                    self.env._(
                        "Only %(owner)s or a manager of Client Health hands "
                        "%(recovery)s to somebody else: the owner decides about it.",
                        owner=owner.display_name,
                        recovery=recovery.display_name,
                    )
                )

    def _refuse_fixed(self, vals):
        """Raise UserError when fields of FIXED change, or the review is put off."""
        later = fields.Date.to_date(vals.get("review_date") or None)
        for recovery in self:
            if FIXED & set(vals):
                raise UserError(
                    self.env._(
                        "“%(field)s” of %(recovery)s says how it began and does not "
                        "change.",
                        field=self._label(sorted(FIXED & set(vals))[0]),
                        recovery=recovery.display_name,
                    )
                )
            if later and later > recovery.review_date:
                raise UserError(
                    self.env._(
                        "“%(field)s” of %(recovery)s is not put off by hand. Use "
                        "Extend: it is done once, with a reason.",
                        field=self._label("review_date"),
                        recovery=recovery.display_name,
                    )
                )

    # -- helpers of its own -----------------------------------------------------

    def _requirements(self, step):
        return RecoveryRequirements(self).of(step)

    def _schedule(self):
        return RecoverySchedule(self)

    def _before_after(self):
        return BeforeAfter(self)
