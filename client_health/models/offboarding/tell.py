"""Telling the client: by a mail that a person sends, or in an appointment."""

from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import email_normalize

from ...facts.messages import LOST
from ..mixins.dialog import dialog

TEMPLATE = "client_health.mail_template_offboarding"
TELLING = "client_offboarding_telling"


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    def _told_contact(self):
        """Who is told: the person chosen, else the client itself."""
        self.ensure_one()
        return self.contact_id or self.partner_id

    def action_write_mail(self):
        """Open the composer with the mail; nothing is sent until a person does.

        Raises RedirectWarning to an appointment when there is no mail address.
        """
        self.ensure_one()
        self._only_one()
        self._refuse_unprepared()
        contact = self._told_contact()
        if not email_normalize(contact.email or ""):
            raise RedirectWarning(
                self.env._(
                    "%s has no mail address. Add one, or make an appointment to tell "
                    "it in person.",
                    contact.display_name,
                ),
                self._appointment(),
                self.env._("Make an appointment"),
            )
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        return dialog(
            self.env._("Tell the client"),
            "mail.compose.message",
            {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                TELLING: self.id,
                "force_email": True,
            },
        )

    def _refuse_unprepared(self):
        """Raise UserError for a goodbye whose conversation was not prepared."""
        for offboarding in self:
            if not offboarding.sudo()._step("conversation").done_on:
                raise UserError(
                    self.env._(
                        "Finish the step “Conversation” of %s first: what is written "
                        "to the client was thought through, rehearsed and reviewed.",
                        offboarding.display_name,
                    )
                )

    def message_post(self, **kwargs):
        """A mail sent from the step “Tell” is the telling."""
        message = super().message_post(**kwargs)
        if self.env.context.get(TELLING) == self.id and not self.told_on:
            contact = self._told_contact()
            if contact in message.partner_ids and self.has_access("write"):
                self.write(
                    {"told_on": self._today(self.company_id), "told_how": "mail"}
                )
        return message

    def _is_undelivered(self):
        """True when the last mail to whom it is told did not get there; with sudo."""
        last = self.env["mail.notification"].search(
            [
                ("mail_message_id.model", "=", self._name),
                ("mail_message_id.res_id", "=", self.id),
                ("res_partner_id", "=", self._told_contact().id),
            ],
            order="id desc",
            limit=1,
        )
        return last.notification_status in LOST

    def action_make_appointment(self):
        """Open a new meeting with the client, on the day planned."""
        self.ensure_one()
        self._only_one()
        return self._appointment()

    def _appointment(self):
        """Action: a meeting of who tells and who is told, still to be saved."""
        speaker = self.speaker_id or self.user_id
        day = self.talk_on or self._today(self.company_id) + timedelta(days=1)
        start = datetime.combine(day, time(9))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appointment"),
            "res_model": "calendar.event",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_name": self.env._("Talk with %s", self.partner_id.name),
                "default_partner_ids": (speaker.partner_id | self._told_contact()).ids,
                "default_user_id": speaker.id,
                "default_start": str(start),
                "default_stop": str(start + timedelta(hours=1)),
                "default_offboarding_id": self.id,
            },
        }

    def action_open_appointment(self):
        """Open the meeting that was made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.event_id.id,
            "views": [(False, "form")],
        }

    def action_print_exit_plan(self):
        """The exit plan for the client, in its language."""
        self.check_access("read")
        return self.env.ref("client_health.report_exit_plan").report_action(self)

    def _exit_plan(self):
        """What the exit plan shows: nothing internal, in the client's language.

        Returns ``{"finish": […], "hand_over": […], "drop": […], "promises": […]}`` of
        mappings with ``what``, ``who``, ``done`` and, of promises, ``until``.
        """
        self.ensure_one()
        record = self.sudo()
        plan = {"finish": [], "hand_over": [], "drop": [], "promises": []}
        decided = record.deliverable_ids.filtered("decision") - record.promise_ids
        for item in decided:
            plan[item.decision].append(
                {
                    "what": item.name,
                    "who": item.handed_to or "",
                    "done": not item.is_open,
                }
            )
        for item in record.promise_ids:
            plan["promises"].append(
                {
                    "what": item.name,
                    "who": item.user_id.name,
                    "until": item.date_due,
                    "done": not item.is_open,
                }
            )
        return plan


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template(self, res_ids, *args, **kwargs):
        """The farewell is written when its conversation was prepared, whoever or
        whatever writes it."""
        offboardings = self.env["client.offboarding"]
        farewell = self.model == offboardings._name and self.env.ref(
            TEMPLATE, raise_if_not_found=False
        )
        if self == farewell:
            offboardings.browse(res_ids).exists()._refuse_unprepared()
        return super()._generate_template(res_ids, *args, **kwargs)


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        """Remember the meeting in which a client is told."""
        wanted = self.env.context.get("default_offboarding_id")
        self = self.with_context(default_offboarding_id=None) if wanted else self
        events = super().create(vals_list)
        offboarding = wanted and self.env["client.offboarding"].browse(wanted).exists()
        if offboarding and offboarding.has_access("write"):
            offboarding.sudo(False).event_id = events[:1]
        return events
