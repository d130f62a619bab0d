"""Meetings with the client."""

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from .scope import Fact, Found, days_since

_lt = LazyTranslate(__name__)


class ClientHealthFactsMeetings(models.AbstractModel):
    _name = "client.health.facts.meetings"
    _inherit = "client.health.facts"
    _description = "Facts from meetings"

    _requires = ("calendar.event", "calendar.attendee")
    _evidence = {
        "meeting": "calendar.event",
        "held": "calendar.event",
        "moved_meeting": "calendar.event",
    }
    _timed = frozenset({"meeting", "held"})
    _found = Found(_lt("Meetings"), "calendar.event", [], "start")

    @api.model
    def _facts(self):
        return [
            days_since(
                "days_since_meeting",
                _lt("Days since the last meeting"),
                _lt(
                    "Days since a meeting that a contact of the client did not decline."
                ),
                "meeting",
            ),
            days_since(
                "days_since_held",
                _lt("Days since a meeting was held"),
                _lt(
                    "Days since a meeting that a contact of the client accepted, or "
                    "that was entered after it began."
                ),
                "held",
            ),
            Fact(
                "meetings",
                _lt("Meetings"),
                _lt("Meetings that a contact of the client did not decline."),
                "count",
                "meeting",
                "COUNT(DISTINCT e.res_id) {rows}",
            ),
            Fact(
                "moved_meetings",
                _lt("Meetings moved by us"),
                _lt("Meetings with the client to which one of us gave another time."),
                "count",
                "moved_meeting",
                "COUNT(DISTINCT e.res_id) {rows}",
            ),
        ]

    @api.model
    def _changed(self, since):
        return SQL(
            """SELECT p.commercial_partner_id FROM calendar_attendee a
                 JOIN calendar_event e ON e.id = a.event_id
                 JOIN res_partner p ON p.id = a.partner_id
                WHERE a.write_date >= %(since)s OR e.write_date >= %(since)s""",
            since=since,
        )

    @api.model
    def _relations(self, scope):
        """Meetings that began, with a contact of the client who did not decline.

        A colleague among the contacts is one of us. A whole day is the same day
        wherever the company is. A meeting was moved on the day that its chatter
        tells of another start. It was held with those who accepted, and, where it was
        entered after it began, with whoever did not decline.
        """
        begins = SQL(
            "CASE WHEN ev.allday THEN ev.start_date ELSE %s END",
            scope.day(SQL("ev.start")),
        )
        params = {
            "client": scope.client_of("p", begins),
            "mine": scope.was_mine("p", begins),
            "internal": scope.internal(SQL("p.id")),
        }
        start = self.env["ir.model.fields"]._get("calendar.event", "start")
        moved = SQL(
            """SELECT %(client)s AS client_id, ev.id AS res_id,
                      %(day)s AS day
                 FROM calendar_event ev
                 JOIN calendar_attendee a ON a.event_id = ev.id
                 JOIN res_partner p ON p.id = a.partner_id
                 JOIN mail_message m
                   ON m.model = 'calendar.event' AND m.res_id = ev.id
                 JOIN mail_tracking_value v ON v.mail_message_id = m.id
                WHERE %(mine)s AND NOT %(internal)s AND %(by_us)s
                  AND v.field_id = %(start)s AND m.date < %(end)s
                  AND v.old_value_datetime IS NOT NULL""",
            day=scope.day(SQL("m.date")),
            by_us=scope.internal(SQL("m.author_id")),
            start=start.id,
            end=scope.end,
            **params,
        )
        return {
            "moved_meeting": moved,
            "meeting": SQL(
                """SELECT %(client)s AS client_id, ev.id AS res_id,
                          %(start)s AS at, p.id AS contact,
                          a.state = 'accepted' OR ev.create_date >= ev.start AS held
                     FROM calendar_event ev
                     JOIN calendar_attendee a ON a.event_id = ev.id
                     JOIN res_partner p ON p.id = a.partner_id
                    WHERE %(mine)s AND ev.active AND NOT %(internal)s
                      AND a.state IS DISTINCT FROM 'declined'
                      AND ev.start < %(until)s""",
                start=SQL(
                    "CASE WHEN ev.allday THEN %s ELSE ev.start END",
                    scope.begins(SQL("ev.start_date")),
                ),
                until=min(scope.end, fields.Datetime.now()),
                **params,
            ),
            "held": SQL(
                "SELECT client_id, res_id, at, contact FROM meeting WHERE held"
            ),
        }
