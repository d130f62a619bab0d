"""Opportunities of the sales pipeline."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .chatter import last_move, later, tracked
from .scope import Fact, Found, days_since

_lt = LazyTranslate(__name__)


class ClientHealthFactsOpportunities(models.AbstractModel):
    _name = "client.health.facts.opportunities"
    _inherit = "client.health.facts"
    _description = "Facts from opportunities"

    _requires = ("crm.lead",)
    _evidence = {
        "opportunity": "crm.lead",
        "open_opportunity": "crm.lead",
        "moved_opportunity": "crm.lead",
    }
    _timed = frozenset(_evidence)
    _found = Found(
        _lt("Opportunities"), "crm.lead", [("type", "=", "opportunity")], "create_date"
    )

    @api.model
    def _facts(self):
        return [
            Fact(
                "leads_won",
                _lt("Opportunities won"),
                _lt("Opportunities without a quotation that were won."),
                "count",
                "opportunity",
                "COUNT(*) {rows}",
                where=SQL("e.won_status = 'won' AND NOT e.quoted"),
            ),
            Fact(
                "leads_lost",
                _lt("Opportunities lost"),
                _lt(
                    "Opportunities without a quotation that were lost because the "
                    "client refused."
                ),
                "count",
                "opportunity",
                "COUNT(*) {rows}",
                where=SQL("e.won_status = 'lost' AND NOT e.quoted AND e.refused"),
            ),
            Fact(
                "open_leads",
                _lt("Open opportunities"),
                _lt("Opportunities that are neither won nor lost."),
                "count",
                "open_opportunity",
                "COUNT(*) {rows}",
                windowed=False,
            ),
            days_since(
                "days_since_lead_move",
                _lt("Days since an opportunity moved"),
                _lt("Days since an opportunity last entered a stage."),
                "moved_opportunity",
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Opportunities of the client and its contacts, archived (lost) or not.

        One with a quotation is left to its quotation. It is open from its
        creation until it is closed, if it is not archived. It moves when it
        enters a stage, the last one included. On a past day it is what it was then:
        one decided later, of which the chatter knows nothing, was still open.
        """
        client = scope.client_of("p", scope.day(SQL("o.create_date")))
        params = {
            "mine": scope.may_be_mine("p"),
            "client": client,
            "theirs": scope.mine(client),
            "company": scope.own_or_shared("o"),
            "end": scope.end,
        }
        status = SQL(
            "CASE WHEN o.date_closed >= %s THEN 'pending' ELSE o.won_status END",
            scope.end,
        )
        active = SQL("(o.active OR COALESCE(o.date_closed >= %s, FALSE))", scope.end)
        closed, before = SQL("o.date_closed"), SQL()
        if not scope.present:
            status = SQL("COALESCE(later_status.was, %s)", status)
            active = SQL("COALESCE(later_active.was, %s)", active)
            closed = SQL(
                "CASE WHEN o.date_closed < %s THEN o.date_closed ELSE closed.at END",
                scope.end,
            )
            before = self._before(scope, params)
        opportunity = SQL(
            """SELECT %(client)s AS client_id, o.id AS res_id,
                      %(status)s AS won_status, %(quoted)s AS quoted,
                      r.client_refusal IS NOT FALSE AS refused,
                      %(active)s AS active, %(closed)s AS at, %(moved)s AS moved
                 FROM crm_lead o
                 JOIN res_partner p ON p.id = o.partner_id
                 LEFT JOIN crm_lost_reason r ON r.id = o.lost_reason_id %(before)s
                WHERE %(mine)s AND %(theirs)s
                  AND o.type = 'opportunity' AND %(company)s
                  AND o.create_date < %(end)s""",
            status=status,
            quoted=self._quoted(scope),
            active=active,
            closed=closed,
            moved=last_move("o", "moved", scope),
            before=before,
            **params,
        )
        open_opportunity = SQL(
            """SELECT client_id, res_id, moved AS at FROM opportunity
                WHERE won_status = 'pending' AND active"""
        )
        moved_opportunity = SQL(
            "SELECT client_id, res_id, moved AS at FROM opportunity WHERE moved < %s",
            scope.end,
        )
        return {
            "opportunity": opportunity,
            "open_opportunity": open_opportunity,
            "moved_opportunity": moved_opportunity,
        }

    @api.model
    def _before(self, scope, params):
        """SQL: what the chatter of the opportunity ``o`` tells of a past day."""
        records = SQL(
            """SELECT o.id FROM crm_lead o JOIN res_partner p ON p.id = o.partner_id
                WHERE %(mine)s AND o.type = 'opportunity'""",
            **params,
        )
        lead = "crm.lead"
        return SQL(
            """LEFT JOIN (%s) later_status ON later_status.res_id = o.id
               LEFT JOIN (%s) later_active ON later_active.res_id = o.id
               LEFT JOIN (%s) closed ON closed.res_id = o.id
               LEFT JOIN (%s) moved ON moved.res_id = o.id""",
            later(self.env, lead, "won_status", records, scope),
            later(self.env, lead, "active", records, scope),
            tracked(self.env, lead, ["won_status"], records, scope),
            tracked(self.env, lead, ["stage_id"], records, scope),
        )

    @api.model
    def _quoted(self, scope):
        """SQL: a quotation of that day or before speaks for the opportunity ``o``."""
        if "sale.order" in self.env and "opportunity_id" in self.env["sale.order"]:
            return SQL(
                """EXISTS (SELECT 1 FROM sale_order s WHERE s.opportunity_id = o.id
                              AND LEAST(s.create_date, s.date_order) < %s)""",
                scope.end,
            )
        return SQL("FALSE")
