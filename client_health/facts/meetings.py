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
    _evidence = {"meeting": "calendar.event"}
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
        ]

    @api.model
    def _relations(self, scope):
        """Meetings that began, with a contact of the client who did not decline.

        A colleague among the contacts is one of us. A whole day is the same day
        wherever the company is.
        """
        return {
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
                internal=self.env["client.health.facts.messages"]._internal("p.id"),
                as_of=scope.as_of,
                clients=scope.clients_sql,
                until=min(scope.end, fields.Datetime.now()),
            )
        }
