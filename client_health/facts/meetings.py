"""Meetings with the client."""

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from .base import Fact, Found

_lt = LazyTranslate(__name__)


class ClientHealthFactsMeetings(models.AbstractModel):
    _name = "client.health.facts.meetings"
    _inherit = "client.health.facts"
    _description = "Facts from meetings"

    _requires = ("calendar.event", "calendar.attendee")
    _evidence = {"meeting": "calendar.event", "moved_meeting": "calendar.event"}
    _found = Found(_lt("Meetings"), "calendar.event", [], "start")

    @api.model
    def _facts(self):
        return [
            Fact(
                "days_since_meeting",
                _lt("Days since the last meeting"),
                _lt(
                    "Days since a meeting that a contact of the client did not decline."
                ),
                "days",
                "meeting",
                "MIN(e.age) {rows}",
                windowed=False,
                default=None,
                latest=True,
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
    def _relations(self, scope):
        """Meetings that began, with a contact of the client who did not decline.

        A colleague among the contacts is one of us. A whole day is the same day
        wherever the company is. A meeting was moved on the day that its chatter
        tells of another start.
        """
        internal = self.env["client.health.facts.messages"]._internal
        start = self.env["ir.model.fields"]._get("calendar.event", "start")
        moved = SQL(
            """SELECT p.commercial_partner_id AS client_id, ev.id AS res_id,
                      %(day)s AS day
                 FROM calendar_event ev
                 JOIN calendar_attendee a ON a.event_id = ev.id
                 JOIN res_partner p ON p.id = a.partner_id
                 JOIN mail_message m
                   ON m.model = 'calendar.event' AND m.res_id = ev.id
                 JOIN mail_tracking_value v ON v.mail_message_id = m.id
                WHERE p.commercial_partner_id IN %(clients)s
                  AND NOT %(internal)s AND %(by_us)s AND v.field_id = %(start)s
                  AND v.old_value_datetime IS NOT NULL AND m.date < %(end)s""",
            day=scope.day(SQL("m.date")),
            internal=internal("p.id"),
            by_us=internal("m.author_id"),
            start=start.id,
            clients=scope.clients_sql,
            end=scope.end,
        )
        return {
            "moved_meeting": moved,
            "meeting": SQL(
                """SELECT p.commercial_partner_id AS client_id, ev.id AS res_id,
                          %(day)s AS day, %(as_of)s - %(day)s AS age
                     FROM calendar_event ev
                     JOIN calendar_attendee a ON a.event_id = ev.id
                     JOIN res_partner p ON p.id = a.partner_id
                    WHERE p.commercial_partner_id IN %(clients)s AND ev.active
                      AND NOT %(internal)s
                      AND a.state IS DISTINCT FROM 'declined'
                      AND ev.start < %(until)s""",
                day=SQL(
                    "CASE WHEN ev.allday THEN ev.start_date ELSE %s END",
                    scope.day(SQL("ev.start")),
                ),
                internal=internal("p.id"),
                as_of=scope.as_of,
                clients=scope.clients_sql,
                until=min(scope.end, fields.Datetime.now()),
            ),
        }
