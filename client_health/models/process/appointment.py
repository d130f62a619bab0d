"""The appointment to talk with a client, proposed at a sensible hour."""

from datetime import datetime, time, timedelta

import pytz
from odoo import fields

from .schedule import next_work_day

# Hours of the organiser's day in which a talk is proposed to begin.
FIRST_HOUR, LAST_HOUR = 10, 16


def appointment(process, contact, lang, **context):
    """Action: a new meeting of the speaker with a contact, not saved yet; saving it
    invites, and the form says so. It has a name that the client may read.

    ``process``: a ``client.process.talk``; ``lang``: the client's language;
    ``context``: more for the context of the form.
    """
    env = process.env
    speaker = process.speaker_id or process.user_id
    start = _start(process, speaker)
    language = env(context={**env.context, "lang": lang})
    return {
        "type": "ir.actions.act_window",
        "name": env._("Appointment"),
        "res_model": "calendar.event",
        "views": [(False, "form")],
        "target": "current",
        "context": {
            "default_name": language._(
                "Talk: %(client)s and %(company)s",
                client=process.partner_id.name,
                company=process.company_id.name,
            ),
            "default_partner_ids": (speaker.partner_id | contact).ids,
            "default_user_id": speaker.id,
            "default_start": str(start),
            "default_stop": str(start + timedelta(hours=1)),
            "client_health_invites": contact.display_name,
            **context,
        },
    }


def _start(process, organiser):
    """When the talk begins, as naive UTC: on the day planned, at an hour of the
    organiser's own working day that is still to come."""
    company = process.company_id
    zone = pytz.timezone(organiser.tz or company.partner_id.tz or "UTC")
    now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
    day, hour = process.talk_on or now.date() + timedelta(days=1), FIRST_HOUR
    if day <= now.date():
        day, hour = now.date(), max(now.hour + 1, FIRST_HOUR)
        if hour > LAST_HOUR:
            day, hour = day + timedelta(days=1), FIRST_HOUR
    if day != process.talk_on:
        day = next_work_day(company, day)
    local = zone.localize(datetime.combine(day, time(hour)))
    return local.astimezone(pytz.utc).replace(tzinfo=None)
