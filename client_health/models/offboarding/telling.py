"""Telling the client: the mail that a person sends, the appointment, the exit plan."""

from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import email_normalize

from ...facts.sides import LOST
from ..mixins.dialog import dialog
from ..process.appointment import appointment
from .archiving import portal_users

# In the context of a mail: the id of the offboarding that it tells the client of.
TELLING = "client_offboarding_telling"
# The same of a mail that brings the exit plan.
PLAN = "client_offboarding_plan"
# A layout without a heading: what a client gets names nothing of our administration.
LAYOUT = "mail.mail_notification_layout"


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
    """Raise UserError for an offboarding whose conversation is not prepared; one that
    ends at once needs a contract that was checked, and a reason."""
    for offboarding in offboardings:
        if offboarding.at_once:
            _refuse_unread(offboarding)
            continue
        if not offboarding.sudo()._step("conversation").done_on:
            raise UserError(
                offboarding.env._(
                    "Finish the step “Conversation” of %s first: what is written to "
                    "the client was thought through, rehearsed and reviewed.",
                    offboarding.display_name,
                )
            )


def _refuse_unread(offboarding):
    if not (offboarding.legal_on and offboarding.reason_text):
        raise UserError(
            offboarding.env._(
                "Check the contract of %s and write the reason first: both are in what "
                "the client reads.",
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
    title, template = env._("Tell the client"), telling_template(env)
    return _composer(offboarding, title, template, TELLING)


def open_plan_mail(offboarding):
    """Action: the mail composer with the exit plan; the user sends the mail.

    Raises UserError when the contact has no mail address.
    """
    env, contact = offboarding.env, told_contact(offboarding)
    if not email_normalize(contact.email or ""):
        raise UserError(
            env._(
                "%s has no mail address. Add one, or print the plan, hand it over and "
                "say so.",
                contact.display_name,
            )
        )
    template = env.ref("client_health.mail_template_exit_plan", False)
    title = env._("Send the exit plan")
    return _composer(offboarding, title, template or env["mail.template"], PLAN)


def _composer(offboarding, title, template, purpose):
    """Action: the mail composer. ``purpose``: the key of the context that says so."""
    return dialog(
        title,
        "mail.compose.message",
        {
            "default_model": offboarding._name,
            "default_res_ids": offboarding.ids,
            "default_composition_mode": "comment",
            "default_template_id": template.id,
            "default_email_layout_xmlid": LAYOUT,
            purpose: offboarding.id,
            "force_email": True,
        },
    )


def open_appointment(offboarding):
    """Action: a new meeting of speaker and contact, not saved yet; saving it invites,
    and the form says so. It has a name that the client may read, in its language."""
    return appointment(
        offboarding,
        told_contact(offboarding),
        offboarding.letter_lang,
        default_offboarding_id=offboarding.id,
    )


def exit_plan(offboarding):
    """The content of the exit plan, in the client's language: what a person chose to
    show, under the names for the client; nothing internal, and no name that the user
    may not know.

    Returns ``{"finish": […], "hand_over": […], "drop": […], "promises": […]}`` of
    mappings with ``what``, ``who``, ``done``, ``project`` and, of promises, ``until``;
    ``projects``: their names in order; ``portal``: True when somebody of the client may
    log in. With sudo.
    """
    plan = {"finish": [], "hand_over": [], "drop": [], "projects": []}
    plan["portal"] = bool(portal_users(offboarding.partner_id))
    promises = offboarding.promise_ids.filtered("in_plan")
    decided = offboarding.deliverable_ids.filtered("decision") - offboarding.promise_ids
    decided = decided.filtered("in_plan")
    for item in decided.sorted(lambda d: (d.project_line_id.id, d.id)):
        project = item.project_line_id._name_in_plan()
        if project not in plan["projects"]:
            plan["projects"].append(project)
        plan[item.decision].append(
            {**_shown(item), "who": item.handed_to or "", "project": project}
        )
    plan["promises"] = [
        {**_shown(item), "who": item.user_id.name, "until": item.date_due}
        for item in promises
    ]
    return plan


def _shown(item):
    return {"what": item.client_name or item.name, "done": not item.is_open}
