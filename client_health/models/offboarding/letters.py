"""What an offboarding writes to the client: the farewell, the invitation, the plan."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins import company_day
from ..mixins.dialog import open_form
from .telling import (
    PLAN,
    TELLING,
    exit_plan,
    open_appointment,
    open_mail,
    open_plan_mail,
    refuse_unprepared,
    telling_template,
    told_contact,
)


class ClientOffboardingLetters(models.AbstractModel):
    """The part of an offboarding that the client reads or hears of."""

    _name = "client.offboarding.letters"
    _description = "What an offboarding writes to the client"
    _inherit = ["client.process"]

    letter_lang = fields.Char(
        compute="_compute_letter_lang",
        help="The language of what the client reads: of the contact who is told, else "
        "of the client, else of our company.",
    )
    plan_given_on = fields.Date(string="Plan given on", readonly=True, copy=False)
    plan_given_how = fields.Selection(
        [("mail", "By mail"), ("hand", "Handed over")],
        string="Plan given how",
        readonly=True,
        copy=False,
    )
    plan_given_user_id = fields.Many2one(
        "res.users", string="Plan given by", readonly=True, copy=False
    )

    @api.depends("contact_id.lang", "partner_id.lang", "company_id")
    def _compute_letter_lang(self):
        for offboarding in self:  # not as the superuser: a report asks for it first
            people = offboarding.contact_id.sudo(), offboarding.partner_id.sudo()
            ours = offboarding.company_id.sudo().partner_id.lang or self.env.lang
            offboarding.letter_lang = next(filter(None, (p.lang for p in people)), ours)

    # -- tell ------------------------------------------------------------------

    def action_write_mail(self):
        """Open the composer with the mail; nothing is sent until a person does.

        Raises UserError before the conversation was prepared, and RedirectWarning to
        an appointment when there is no mail address.
        """
        self._only_one()
        refuse_unprepared(self)
        return open_mail(self)

    @api.model
    def _check_mail(self, template, ids):
        """Raise UserError for a mail that tells clients before that was prepared."""
        if template == telling_template(self.env):
            refuse_unprepared(self.browse(ids).exists())

    def _may_be_written_to(self):
        """The mail of the step “Tell”, and any once that is prepared or the client
        knows."""
        telling = self.env.context.get(TELLING) == self.id
        prepared = self.sudo()._step("conversation").done_on
        return bool(telling or prepared or self.told_on)

    def message_post(self, **kwargs):
        """A mail from the step “Tell” also stores when and how the client was told;
        one with the exit plan, that it was given."""
        message = super().message_post(**kwargs)
        reached = told_contact(self) in message.partner_ids
        if reached and self.has_access("write"):
            today = company_day.today(self.env, self.company_id)
            if self.env.context.get(TELLING) == self.id and not self.told_on:
                self.write({"told_on": today, "told_how": "mail"})
            if self.env.context.get(PLAN) == self.id:
                self._note_plan("mail")
        return message

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        """What a client gets has no heading of ours: neither the name of this record
        nor what it is."""
        values = dict(render_values or {})
        if recipients_group["notification_group_name"] != "user":
            nothing = {"record_name": message.subject or "", "subtitles": []}
            values.update(nothing, model_description="", tracking_values=[])
        return super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=values
        )

    def action_make_appointment(self):
        """Open a new meeting with the client, on the day planned; saving it invites."""
        self._only_one()
        return open_appointment(self)

    def action_open_appointment(self):
        """Open the meeting that was made."""
        self.ensure_one()
        return open_form(self.event_id)

    # -- the exit plan ---------------------------------------------------------

    def action_print_exit_plan(self):
        """The exit plan for the client, in its language."""
        self.check_access("read")
        return self.env.ref("client_health.report_exit_plan").report_action(self)

    def _exit_plan(self):
        """See :func:`exit_plan`."""
        self.ensure_one()
        self.check_access("read")
        return exit_plan(self.sudo())

    def action_send_plan(self):
        """Open the composer with the exit plan; sending it records that it was given.

        Raises UserError before the client was told.
        """
        self._only_one()
        self._refuse_untold()
        return open_plan_mail(self)

    def action_hand_plan(self):
        """Note that the user gave the client the exit plan today.

        Raises UserError before the client was told.
        """
        self._only_one()
        self._refuse_untold()
        self._note_plan("hand")

    def _note_plan(self, how):
        self.sudo().write(
            {
                "plan_given_on": company_day.today(self.env, self.company_id),
                "plan_given_how": how,
                "plan_given_user_id": self.env.uid,
            }
        )

    def _refuse_untold(self):
        today = company_day.today(self.env, self.company_id)
        if not self.told_on or self.told_on > today:
            raise UserError(
                self.env._(
                    "%s does not know yet that the cooperation ends. Tell it first; "
                    "the plan follows.",
                    self.partner_id.display_name,
                )
            )
