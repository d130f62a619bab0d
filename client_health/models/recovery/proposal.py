from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..mixins import company_day
from ..mixins.access import MANAGER
from .document import document

ANSWERS = [("accepted", "Accepted"), ("refused", "Refused")]


class ClientRecoveryProposal(models.AbstractModel):
    """The part of a recovery about the new agreement: the draft, the answer of the
    client, and the document."""

    _name = "client.recovery.proposal"
    _description = "New agreement of a recovery"
    _inherit = ["client.process"]

    new_agreement_id = fields.Many2one(
        "client.agreement",
        string="New agreement",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    new_agreement_state = fields.Selection(
        related="new_agreement_id.state",
        related_sudo=False,
        string="State of the new agreement",
    )
    new_agreement_previous_id = fields.Many2one(
        related="new_agreement_id.previous_id",
        related_sudo=False,
        string="In place of",
    )
    new_channel = fields.Selection(
        related="new_agreement_id.channel", related_sudo=False
    )
    new_date_start = fields.Date(
        related="new_agreement_id.date_start", related_sudo=False
    )
    new_date_end = fields.Date(related="new_agreement_id.date_end", related_sudo=False)
    new_client_hours = fields.Float(
        related="new_agreement_id.client_response_hours", related_sudo=False
    )
    new_our_hours = fields.Float(
        related="new_agreement_id.our_response_hours", related_sudo=False
    )
    new_contact_days = fields.Integer(
        related="new_agreement_id.contact_every_days", related_sudo=False
    )
    new_boundaries = fields.Text(
        related="new_agreement_id.boundaries", related_sudo=False
    )
    new_required_rate = fields.Monetary(
        related="new_agreement_id.required_rate",
        related_sudo=False,
        currency_field="new_currency_id",
        groups=MANAGER,
    )
    new_currency_id = fields.Many2one(
        related="new_agreement_id.currency_id", related_sudo=False
    )
    document_note = fields.Text(
        string="First words",
        copy=False,
        help="Your own words at the head of the document. The client reads them.",
    )
    agreement_answer = fields.Selection(
        ANSWERS, string="The client's answer", readonly=True, copy=False, tracking=True
    )
    answered_on = fields.Date(
        string="Answered on", copy=False, help="The day on which the client answered."
    )
    answered_by_id = fields.Many2one(
        "res.partner",
        string="Answered by",
        copy=False,
        domain="['|', ('id', '=', partner_id), "
        "('commercial_partner_id', '=', partner_id)]",
        help="Who answered for the client.",
    )
    answer_user_id = fields.Many2one(
        "res.users", string="Noted by", readonly=True, copy=False
    )

    # -- what may be written -----------------------------------------------------

    def write(self, vals):
        """An accepted answer does not change."""
        answered = {"answered_on", "answered_by_id"} & set(vals)
        if answered and not self.env.su:
            for recovery in self.filtered(lambda r: r.agreement_answer == "accepted"):
                raise UserError(
                    self.env._(
                        "“%(field)s” of %(recovery)s stays as it was noted: the new "
                        "agreement is accepted.",
                        field=self._label(min(answered)),
                        recovery=recovery.display_name,
                    )
                )
        return super().write(vals)

    @api.constrains("answered_on", "answered_by_id", "partner_id")
    def _check_answer(self):
        for recovery in self.sudo():
            today = company_day.today(self.env, recovery.company_id)
            day = recovery.answered_on
            if day and not recovery.date_start <= day <= today:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of %(recovery)s is %(day)s. Give a day from its "
                        "start on %(start)s until today.",
                        field=self._label("answered_on"),
                        recovery=recovery.display_name,
                        day=day,
                        start=recovery.date_start,
                    )
                )
            client = recovery.answered_by_id.commercial_partner_id
            if client and client != recovery.partner_id:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of %(recovery)s is no contact of %(client)s. "
                        "Choose one of its contacts.",
                        field=self._label("answered_by_id"),
                        recovery=recovery.display_name,
                        client=recovery.partner_id.display_name,
                    )
                )

    @api.constrains("review_date")
    def _check_targets_in_time(self):
        # not through target_ids: its cache would hold targets that users may not see
        targets = self.env["client.recovery.target"].sudo()
        targets.search([("recovery_id", "in", self.ids)])._check_date()

    # -- the agreement -----------------------------------------------------------

    def _agreement_now(self):
        """The agreement in force with the client today, or an empty one."""
        self.ensure_one()
        return self.env["client.agreement"]._in_force(self.partner_id, self.company_id)

    def _draft_agreement(self):
        """The draft of the new agreement: the one there is, the next version of the
        agreement in force, or a first one. AccessError for others than managers."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_over()
        if self.agreement_answer == "accepted":
            raise UserError(
                self.env._(
                    "%s is accepted. Make a new version of it under Agreements to "
                    "change it.",
                    self.new_agreement_id.display_name,
                )
            )
        agreement = self.new_agreement_id
        if agreement.state == "draft":
            return agreement
        if agreement.state == "refused":
            agreement.action_back_to_draft()
            self.sudo().write({"agreement_answer": False, "answered_on": False})
            return agreement
        agreement = self._make_draft()
        self.sudo().new_agreement_id = agreement
        return agreement

    def _make_draft(self):
        """A new draft. The next version of an agreement starts today and ends when the
        one in force would."""
        agreements = self.env["client.agreement"]
        agreements._step((), "")  # checks the rights only
        today = company_day.today(self.env, self.company_id)
        now = self._agreement_now()
        if not now:
            return agreements.create(
                {
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "date_start": today,
                }
            )
        drafted = now.next_ids.filtered(lambda a: a.state == "draft")
        draft = agreements.browse(now.action_new_version()["res_id"])
        if not drafted:
            draft.write({"date_start": today, "date_end": now.date_end})
        return draft

    def action_ask_agreement(self):
        """Ask a manager for the new agreement, by the day of the step."""
        return self._open_ask(
            self.env._("Make a new agreement with %s", self.partner_id.display_name),
            self._some_manager(self.company_id, self.env.user),
            self.sudo()._step("agreement").date,
        )

    def action_new_agreement(self):
        """Open the draft of the new agreement; it is made when there is none."""
        return {**self._draft_agreement()._open(), "target": "new"}

    def action_open_agreement(self):
        """Open the new agreement."""
        self.ensure_one()
        return self.new_agreement_id._open()

    # -- the client's answer -----------------------------------------------------

    def action_agreement_accepted(self):
        """The client agreed: activate the new agreement, from the day of the answer at
        the earliest."""
        self._note_answer("accepted")
        agreement = self.new_agreement_id
        if agreement.date_start < self.answered_on:
            agreement.date_start = self.answered_on
        agreement.action_activate()

    def action_agreement_refused(self):
        """The client did not agree: the agreement in force stays."""
        self._note_answer("refused")
        self.new_agreement_id.action_refuse()

    def _note_answer(self, answer):
        """Store the answer and who noted it; the day is today unless one was given."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_over()
        agreement = self.new_agreement_id
        if agreement.state != "draft":
            raise UserError(
                self.env._(
                    "%s has no new agreement that waits for an answer. Make one first.",
                    self.display_name,
                )
            )
        agreement._step(("draft",), dict(ANSWERS)[answer].lower())
        day = self.answered_on or company_day.today(self.env, self.company_id)
        self.sudo().write(
            {
                "agreement_answer": answer,
                "answered_on": day,
                "answer_user_id": self.env.user.id,
            }
        )

    # -- the document ------------------------------------------------------------

    def action_print_agreement(self):
        """Print the new agreement, in the client's language. UserError without one."""
        self.ensure_one()
        self.check_access("read")
        if not self.new_agreement_id:
            raise UserError(
                self.env._(
                    "%s has no new agreement yet. Make one, and then print it.",
                    self.display_name,
                )
            )
        report = self.env.ref("client_health.report_client_agreement")
        return report.report_action(self)

    def _document(self):
        """See :func:`document`."""
        self.ensure_one()
        return document(self.sudo())
