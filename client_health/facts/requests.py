"""What we asked the client to deliver, and whether it came in time."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .scope import Fact

_lt = LazyTranslate(__name__)


class ClientHealthFactsRequests(models.AbstractModel):
    _name = "client.health.facts.requests"
    _inherit = "client.health.facts"
    _description = "Facts from requests to clients"

    _requires = ("client.request",)
    _evidence = {"request": "client.request"}

    @api.model
    def _facts(self):
        return [
            Fact(
                "requests_due",
                _lt("Asked of the client"),
                _lt("What the client was asked to deliver and was due."),
                "count",
                "request",
                "COUNT(*) {rows}",
            ),
            Fact(
                "requests_late",
                _lt("Delivered late"),
                _lt("What came after its day, or did not come yet."),
                "count",
                "request",
                "COUNT(*) {rows}",
                where=SQL("e.late"),
            ),
        ]

    @api.model
    def _relations(self, scope):
        """What was asked in a message or a meeting, on the day it was due.

        On that very day it counts only if it came. What nobody ticked counts neither
        way while a message of the client with an attachment lies there: it may have
        come.
        """
        request = SQL(
            """SELECT r.partner_id AS client_id, r.id AS res_id, r.due_on AS day,
                      came.day IS NULL OR came.day > r.due_on AS late
                 FROM client_request r
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN r.delivered_on <= %(as_of)s
                                THEN r.delivered_on END AS day) came
                WHERE %(mine)s AND r.company_id = %(company)s
                  AND r.asked_in <> 'not_yet' AND r.create_date < %(end)s
                  AND (r.cancelled_on IS NULL OR r.cancelled_on > %(as_of)s)
                  AND (r.due_on < %(as_of)s
                       OR (r.due_on = %(as_of)s AND came.day IS NOT NULL))
                  AND (came.day IS NOT NULL OR NOT EXISTS (
                    SELECT FROM mail_message m
                      JOIN message_attachment_rel a ON a.message_id = m.id
                      JOIN res_partner p ON p.id = m.author_id
                     WHERE ((m.model = 'client.request' AND m.res_id = r.id)
                            OR (m.model = 'project.task' AND m.res_id = r.task_id))
                       AND p.commercial_partner_id = r.partner_id
                       AND m.date >= %(asked)s AND m.date < %(end)s))""",
            mine=scope.mine(SQL("r.partner_id")),
            company=scope.company.id,
            asked=scope.begins(SQL("LEAST(r.asked_on, r.due_on)")),
            as_of=scope.as_of,
            end=scope.end,
        )
        return {"request": request}
