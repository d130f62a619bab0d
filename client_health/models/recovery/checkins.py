"""Regular check-ins: recurring meetings with the client."""

from odoo import fields
from odoo.exceptions import UserError


def count_coming(recurrences):
    """Recurrence → number of upcoming meetings; with sudo."""
    coming = [
        ("recurrence_id", "in", recurrences.ids),
        ("start", ">=", fields.Datetime.now()),
    ]
    events = recurrences.env["calendar.event"]
    return dict(events._read_group(coming, ["recurrence_id"], ["__count"]))


def open_checkins(recovery):
    """Action: the check-ins in the calendar. UserError when there are none."""
    env, recurrence = recovery.env, recovery.checkin_id
    if not recurrence:
        raise UserError(
            env._("There are no check-ins for %s yet.", recovery.display_name)
        )
    return {
        "type": "ir.actions.act_window",
        "name": env._("Check-ins"),
        "res_model": "calendar.event",
        "views": [(False, "list"), (False, "calendar"), (False, "form")],
        "domain": [("recurrence_id", "=", recurrence.id)],
        "context": {"create": False},
    }


def usual_people(recovery):
    """Whom to invite: owner, salesperson, and the contact who wrote most often lately,
    else the first contact with a mail address, else the client itself."""
    record = recovery.sudo()
    client = record.partner_id
    ids = [
        number
        for line in record.channel_ids
        if line.model == "mail.message"
        for number in line.record_ids or []
    ]
    wrote = record.env["mail.message"]._read_group(
        [
            ("id", "in", ids),
            ("author_id.commercial_partner_id", "=", client.id),
            ("author_id.active", "=", True),
        ],
        ["author_id"],
        ["__count"],
        order="__count desc, author_id",
    )
    contacts = client.child_ids.filtered(lambda p: p.type == "contact" and p.email)
    contact = wrote[0][0] if wrote else contacts[:1] or client
    people = record.user_id.partner_id | client.user_id.partner_id | contact
    return people.sudo(False)
