from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixins.of_partner import LAST_DAY

STEPS = [
    ("contract", "Contract"),
    ("projects", "Projects"),
    ("conversation", "Conversation"),
    ("tell", "Tell"),
    ("transition", "Transition"),
]
CLOSED = ("done", "cancelled")
# What was rehearsed and reviewed: a change asks for both again.
REHEARSED = ("reason", "reason_text", "topics", "clause", "speaker_id")
# Fields of partners that follow from here.
MARKS = ["offboarding_id", "left_offboarding_id", "left_note"]
# What may still change once it is over.
LASTING = {"return_conditions", "message_follower_ids", "activity_ids"}


class ClientOffboarding(models.Model):
    """A goodbye in five steps, kept for good: one open per client and company.

    Its state is the first step that is not finished. The client is archived
    last, by :meth:`action_done`, and comes back by :meth:`action_reactivate`.
    """

    _name = "client.offboarding"
    _description = "Offboarding"
    _inherit = ["client.guided", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True
    _closed = CLOSED
    _steps = STEPS
    _step_type = "client_health.mail_activity_type_offboarding_%s"
    _lasting = LASTING

    _by_buttons = {
        "state": "contract",
        "legal_user_id": False,
        "legal_on": False,
        "rehearsed_user_id": False,
        "rehearsed_on": False,
        "reviewed_user_id": False,
        "reviewed_on": False,
        "ended_on": False,
        "ended_user_id": False,
        "cancelled_on": False,
        "reactivated_on": False,
        "reactivated_user_id": False,
        "phase_before": False,
        "archived": False,
        "outcome": False,
        "agreement_id": False,
    }
    _computed_only = (
        "revenue",
        "revenue_share",
        "margin",
        "margin_share",
        "receivable",
        "hours",
        "duration",
        "kept_count",
        "dropped_count",
    )

    partner_id = fields.Many2one(ondelete="restrict", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
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
    date_start = fields.Date(
        string="Started on", required=True, default=fields.Date.context_today
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
    topics = fields.Text(help="What is said, in order.")
    speaker_id = fields.Many2one(
        "res.users",
        string="Who tells",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Who is told",
        domain="['|', ('id', '=', partner_id), "
        "('commercial_partner_id', '=', partner_id)]",
        help="The person at the client; the client's own address when empty.",
    )
    talk_on = fields.Date(string="Planned on")
    rehearsed_user_id = fields.Many2one(
        "res.users", string="Rehearsed by", readonly=True, copy=False
    )
    rehearsed_on = fields.Date(string="Rehearsed on", readonly=True, copy=False)
    reviewed_user_id = fields.Many2one(
        "res.users", string="Reviewed by", readonly=True, copy=False
    )
    reviewed_on = fields.Date(string="Reviewed on", readonly=True, copy=False)
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
    close_activities = fields.Boolean(default=True, string="Close coming activities")
    cancel_meetings = fields.Boolean(
        default=True,
        string="Cancel coming meetings",
        help="Nobody is sent a message about it.",
    )
    end_subscriptions = fields.Boolean(
        default=True, string="End mailing-list subscriptions"
    )
    return_conditions = fields.Text(
        string="Conditions for a return",
        help="Shown when somebody starts new work for the client.",
    )
    # what the end did, with the names as they were: a line "code: names" for each
    # kind, or a sentence as it was written down before there were codes
    outcome = fields.Text(readonly=True, copy=False)
    outcome_words = fields.Text(
        compute="_compute_outcome_words", string="What was archived"
    )
    ended_on = fields.Date(string="Ended on", readonly=True, copy=False)
    ended_user_id = fields.Many2one("res.users", readonly=True, copy=False)
    cancelled_on = fields.Date(string="Cancelled on", readonly=True, copy=False)
    reactivated_on = fields.Date(string="Reactivated on", readonly=True, copy=False)
    reactivated_user_id = fields.Many2one("res.users", readonly=True, copy=False)
    phase_before = fields.Char(readonly=True, copy=False)
    archived = fields.Json(
        readonly=True, copy=False, groups="client_health.group_manager"
    )
    duration = fields.Integer(
        string="Duration (days)",
        compute="_compute_duration",
        store=True,
        aggregator="avg",
    )
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
    def _compute_display_name(self):
        for offboarding in self:
            offboarding.display_name = self.env._(
                "Offboarding of %s", offboarding.partner_id.display_name or ""
            )

    @api.depends("agreement_id", "date_end", "told_on", "step_ids.done_on", "state")
    def _compute_earliest_end(self):
        for offboarding in self:
            company = offboarding.company_id or self.env.company
            agreement = offboarding.agreement_id
            first = offboarding.sudo().step_ids.filtered(lambda s: s.code == "contract")
            day = offboarding.told_on or first.done_on or self._today(company)
            day = min(day, LAST_DAY)  # what is typed is judged when it is saved
            earliest = day + timedelta(days=agreement.notice_days)
            end = offboarding.date_end
            offboarding.earliest_end = earliest
            offboarding.is_too_early = bool(
                end and agreement.notice_days and end < earliest
            )
            offboarding.is_half_way = bool(
                end and agreement.date_end and end < agreement.date_end
            )

    @api.depends("step_ids.done_on")
    def _compute_all_finished(self):
        """True when only the archiving is left."""
        for offboarding in self:
            steps = offboarding.sudo().step_ids
            offboarding.all_finished = all(step.done_on for step in steps)

    @api.depends("date_start", "ended_on")
    def _compute_duration(self):
        for offboarding in self:
            end = offboarding.ended_on
            offboarding.duration = (end - offboarding.date_start).days if end else 0

    @api.depends("deliverable_ids.decision")
    def _compute_deliverables(self):
        for offboarding in self:
            words = offboarding.deliverable_ids.mapped("decision")
            offboarding.kept_count = words.count("finish") + words.count("hand_over")
            offboarding.dropped_count = words.count("drop")

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for offboarding in self.sudo():
            client = offboarding.contact_id.commercial_partner_id
            if client and client != offboarding.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(client)s. Choose one of its "
                        "contacts, or leave it empty.",
                        contact=offboarding.contact_id.display_name,
                        client=offboarding.partner_id.display_name,
                    )
                )

    # -- what is written -------------------------------------------------------

    def write(self, vals):
        """What is over stays as it was; a change of the words undoes rehearsals."""
        if not self.env.su:
            self._refuse_closed(vals)
        changed = self.browse()
        if set(REHEARSED) & set(vals):
            before = {o: [o[name] for name in REHEARSED] for o in self}
        ends = {o: o.date_end for o in self} if vals.get("date_end") else {}
        result = super().write(vals)
        if {"state", "reactivated_on", "return_conditions"} & set(vals):
            self.env["res.partner"].invalidate_model(MARKS, flush=False)
        if set(REHEARSED) & set(vals):
            changed = self.filtered(
                lambda o: before[o] != [o[name] for name in REHEARSED]
            ).filtered(lambda o: o.rehearsed_on or o.reviewed_on)
            changed.sudo()._forget_rehearsal()
        for offboarding, end in ends.items():
            if end != offboarding.date_end and offboarding.state not in CLOSED:
                offboarding.sudo()._plan_again()
        return result

    def action_end_with_agreement(self):
        """Move the end to the last day of the agreement: open steps move too."""
        self.ensure_one()
        self.check_access("write")
        self.date_end = self.agreement_id.date_end or self.date_end

    def _forget_rehearsal(self):
        self.write(
            {
                "rehearsed_user_id": False,
                "rehearsed_on": False,
                "reviewed_user_id": False,
                "reviewed_on": False,
            }
        )
        words = self.env._(
            "What was rehearsed or reviewed has changed: it asks for both again."
        )
        self._message_log_batch(bodies=dict.fromkeys(self.ids, words))

    @api.model
    def _over_sentence(self, record):
        return self.env._(
            "%s is over and stays as it was. Only the conditions for a return may "
            "change.",
            record.display_name,
        )
