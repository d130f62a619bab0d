"""The dialog that puts recurring check-ins with a client into the calendar."""

from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = 366  # days that a check-in may go on
# Context without mails (the user can send invitations from the meeting), and without an
# activity on the recovery for each meeting.
QUIET = {
    "active_model": False,
    "no_mail_to_attendees": True,
    "dont_notify": True,
    "mail_auto_subscribe_no_notify": True,
}


def usual_people(recovery):
    """Owner, salesperson, and the contact who wrote most lately (else the
    first contact with an address, else the client itself)."""
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


class ClientRecoveryCheckin(models.TransientModel):
    _name = "client.recovery.checkin"
    _inherit = ["client.dialog"]
    _description = "Regular check-in"

    recovery_id = fields.Many2one("client.recovery", required=True, readonly=True)
    client_id = fields.Many2one(related="recovery_id.partner_id", related_sudo=False)
    every = fields.Selection(
        [("1", "Every week"), ("2", "Every two weeks")],
        string="How often",
        required=True,
        default="1",
    )
    start = fields.Datetime(string="First time", required=True)
    duration = fields.Float(string="Hours", required=True, default=0.5)
    until = fields.Date(required=True)
    partner_ids = fields.Many2many("res.partner", string="With whom", required=True)

    @api.model
    def default_get(self, fields):
        """Propose the usual people, the next working day at ten, until the review."""
        values = super().default_get(fields)
        recovery = self.env["client.recovery"].browse(
            values.get("recovery_id") or self.env.context.get("default_recovery_id")
        )
        if recovery:
            values.setdefault("start", self._usual_start())
            values.setdefault("until", recovery.review_date)
            people = usual_people(recovery)
            values.setdefault("partner_ids", [Command.set(people.ids)])
        return values

    @api.model
    def _usual_start(self):
        zone = pytz.timezone(self.env.user.tz or "UTC")
        # the meeting is in the calendar of the user: their own day and hour
        today = fields.Date.context_today(self)
        day = today + timedelta(days=7 - today.weekday() if today.weekday() > 3 else 1)
        local = zone.localize(datetime.combine(day, time(10)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def action_make(self):
        """Create the meetings without mails, and open them. Raises ValidationError for
        dates or people that do not fit."""
        self.ensure_one()
        recovery = self.recovery_id
        recovery.check_access("write")
        recovery._refuse_over()
        self._check_plan()
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local = pytz.utc.localize(self.start).astimezone(zone)
        event = (
            self.env["calendar.event"]
            .with_context(**QUIET)
            .create(
                {
                    "name": self.env._("Check-in: %s", self.client_id.name),
                    "start": self.start,
                    "stop": self.start + timedelta(hours=self.duration),
                    "user_id": recovery.user_id.id,
                    "partner_ids": [Command.set(self.partner_ids.ids)],
                    "recurrency": True,
                    "rrule_type": "weekly",
                    "interval": int(self.every),
                    "end_type": "end_date",
                    "until": self.until,
                    "event_tz": zone.zone,
                    WEEKDAYS[local.weekday()]: True,
                }
            )
        )
        recovery.sudo().checkin_id = event.recurrence_id
        return recovery.action_open_checkins()

    @api.constrains("duration")
    def _check_duration(self):
        for checkin in self:
            if not 0 < checkin.duration <= 12:
                name = self._fields["duration"]._description_string(self.env)
                raise ValidationError(
                    self.env._("“%s” must be above 0 and at most 12.", name)
                )

    def _check_plan(self):
        """Raise ValidationError that names the field with a wrong value."""
        names = {
            name: self._fields[name]._description_string(self.env)
            for name in ("start", "until", "partner_ids")
        }
        if not self.start or self.start <= fields.Datetime.now():
            raise ValidationError(
                self.env._("“%s” has passed. Give a later moment.", names["start"])
            )
        first = self.start.date()
        if not first <= self.until <= first + timedelta(days=LONGEST):
            raise ValidationError(
                self.env._(
                    "“%(until)s” must lie after the first time on %(first)s, and "
                    "within a year.",
                    until=names["until"],
                    first=first,
                )
            )
        if self.client_id not in self.partner_ids.commercial_partner_id:
            raise ValidationError(
                self.env._(
                    "“%(field)s” names nobody of %(client)s. Add who comes for the "
                    "client.",
                    field=names["partner_ids"],
                    client=self.client_id.display_name,
                )
            )
