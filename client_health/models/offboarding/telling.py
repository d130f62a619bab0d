"""Telling the client: the mail that a person sends, the appointment, the exit plan."""

from datetime import datetime, time, timedelta

from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import email_normalize

from ...facts.sides import LOST
from ..mixins import company_day
from ..mixins.dialog import dialog
from .archiving import portal_users

# In the context of a mail: the id of the offboarding that it tells the client of.
TELLING = "client_offboarding_telling"


def told_contact(offboarding):
    """The contact who is told: the chosen one, else the client itself."""
    return offboarding.contact_id or offboarding.partner_id


def is_undelivered(offboarding):
    """True when the last mail to that contact was not delivered; with sudo."""
    last = offboarding.env["mail.notification"].search(
        [
            ("mail_message_id.model", "=", offboarding._name),
            ("mail_message_id.res_id", "=", offboarding.id),
            ("res_partner_id", "=", told_contact(offboarding).id),
        ],
        order="id desc",
        limit=1,
    )
    return last.notification_status in LOST


def telling_template(env):
    """The template of the mail that tells the client; an empty one without."""
    found = env.ref("client_health.mail_template_offboarding", raise_if_not_found=False)
    return found or env["mail.template"]


def refuse_unprepared(offboardings):
    """Raise UserError for an offboarding whose conversation is not prepared."""
    for offboarding in offboardings:
        if not offboarding.sudo()._step("conversation").done_on:
            raise UserError(
                offboarding.env._(
                    "Finish the step “Conversation” of %s first: what is written to "
                    "the client was thought through, rehearsed and reviewed.",
                    offboarding.display_name,
                )
            )


def open_mail(offboarding):
    """Action: the mail composer with the template; the user sends the mail.

    Raises RedirectWarning to an appointment when the contact has no mail address.
    """
    env, contact = offboarding.env, told_contact(offboarding)
    if not email_normalize(contact.email or ""):
        raise RedirectWarning(
            env._(
                "%s has no mail address. Add one, or make an appointment to tell it in "
                "person.",
                contact.display_name,
            ),
            open_appointment(offboarding),
            env._("Make an appointment"),
        )
    template = telling_template(env)
    return dialog(
        env._("Tell the client"),
        "mail.compose.message",
        {
            "default_model": offboarding._name,
            "default_res_ids": offboarding.ids,
            "default_composition_mode": "comment",
            "default_template_id": template.id,
            "default_email_layout_xmlid": "mail.mail_notification_light",
            TELLING: offboarding.id,
            "force_email": True,
        },
    )


def open_appointment(offboarding):
    """Action: a new meeting of speaker and contact, not saved yet."""
    env = offboarding.env
    speaker = offboarding.speaker_id or offboarding.user_id
    tomorrow = company_day.today(offboarding.env, offboarding.company_id) + timedelta(
        days=1
    )
    start = datetime.combine(offboarding.talk_on or tomorrow, time(9))
    people = speaker.partner_id | told_contact(offboarding)
    return {
        "type": "ir.actions.act_window",
        "name": env._("Appointment"),
        "res_model": "calendar.event",
        "views": [(False, "form")],
        "target": "current",
        "context": {
            "default_name": env._("Talk with %s", offboarding.partner_id.name),
            "default_partner_ids": people.ids,
            "default_user_id": speaker.id,
            "default_start": str(start),
            "default_stop": str(start + timedelta(hours=1)),
            "default_offboarding_id": offboarding.id,
        },
    }


def exit_plan(offboarding):
    """The content of the exit plan, in the client's language; nothing internal.

    Returns ``{"finish": […], "hand_over": […], "drop": […], "promises": […]}`` of
    mappings with ``what``, ``who``, ``done`` and, of promises, ``until``; ``portal``
    is True when somebody of the client may log in. With sudo.
    """
    plan = {"finish": [], "hand_over": [], "drop": []}
    plan["portal"] = bool(portal_users(offboarding.partner_id))
    promises = offboarding.promise_ids
    for item in offboarding.deliverable_ids.filtered("decision") - promises:
        who = item.handed_to or ""
        plan[item.decision].append(
            {"what": item.name, "who": who, "done": not item.is_open}
        )
    plan["promises"] = [
        {
            "what": item.name,
            "who": item.user_id.name,
            "until": item.date_due,
            "done": not item.is_open,
        }
        for item in promises
    ]
    return plan
