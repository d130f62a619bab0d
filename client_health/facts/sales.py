"""Quotations and orders: what was decided, what is still to be invoiced."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from . import orders as order_sql
from .chatter import tracked
from .offers import offer, sent
from .scope import Fact, Found, days_since

_lt = LazyTranslate(__name__)


class ClientHealthFactsSales(models.AbstractModel):
    _name = "client.health.facts.sales"
    _inherit = "client.health.facts"
    _description = "Facts from quotations and orders"

    _requires = ("sale.order", "sale.order.line")
    _evidence = {
        "decided": "sale.order",
        "offer": "sale.order",
        "to_invoice": "sale.order",
    }
    _timed = frozenset(_evidence)
    _found = Found(_lt("Quotations and orders"), "sale.order", [], "date_order")

    @api.model
    def _facts(self):
        return [
            Fact(
                "quotes_won",
                _lt("Confirmed quotations"),
                _lt("Offers of which a quotation became an order."),
                "count",
                "offer",
                "COUNT(*) {rows}",
                where=SQL("e.won"),
            ),
            Fact(
                "quotes_lost",
                _lt("Quotations turned down"),
                _lt(
                    "Offers that were sent and whose last version was cancelled or "
                    "left to expire. Quotations that replace each other are one offer."
                ),
                "count",
                "offer",
                "COUNT(*) {rows}",
                where=SQL("NOT e.won"),
            ),
            days_since(
                "days_since_order",
                _lt("Days since the last order"),
                _lt("Days since the last quotation was confirmed."),
                "decided",
            ),
            Fact(
                "to_invoice",
                _lt("Still to be invoiced"),
                _lt("Delivered or ordered, not yet invoiced, before tax."),
                "money",
                "to_invoice",
                "SUM(e.amount) {rows}",
                windowed=False,
                where=SQL("ABS(e.amount) > 0.005"),
                money=True,
                historical=False,
            ),
        ]

    @api.model
    def _relations(self, scope):
        """An order counts on the day it was confirmed, as it stood on the day.

        A cancelled one counts on the day of its last change of status (its own
        date where the chatter does not know), an expired one on its last valid
        day. A line that was invoiced for less than its price has nothing left to
        invoice, nor one of which a part was credited as good will.
        """
        client = scope.client_of("p", order_sql.ordered_on(scope))
        params = {
            "mine": scope.may_be_mine("p"),
            "client": client,
            "theirs": scope.mine(client),
            "company": scope.company.id,
            "as_of": scope.as_of,
            "end": scope.end,
        }
        quotations = SQL(
            """SELECT o.id FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                WHERE %(mine)s AND o.company_id = %(company)s""",
            **params,
        )
        was_sent, is_sent = sent(self.env, scope, quotations)
        opportunity = SQL("NULL::int")
        if "opportunity_id" in self.env["sale.order"]:
            opportunity = SQL("o.opportunity_id")
        quotation = SQL(
            """SELECT %(client)s AS client_id, o.id AS res_id,
                      %(state)s AS state, o.validity_date, o.date_order, o.origin,
                      %(made)s AS made,
                      %(opportunity)s AS opportunity_id, %(is_sent)s AS sent,
                      changed.at AS changed
                 FROM sale_order o
                 JOIN res_partner p ON p.id = o.partner_id
                 LEFT JOIN (%(changed)s) changed ON changed.res_id = o.id
                 %(was_sent)s
                 %(before)s
                WHERE %(mine)s AND %(theirs)s AND o.company_id = %(company)s""",
            state=order_sql.state(scope),
            changed=tracked(self.env, "sale.order", ["state"], quotations, scope),
            before=order_sql.states_before(self.env, scope, quotations),
            was_sent=was_sent,
            is_sent=is_sent,
            opportunity=opportunity,
            made=scope.day(SQL("LEAST(o.create_date, o.date_order, changed.at)")),
            **params,
        )
        orders = SQL(
            """SELECT q.*,
                      CASE state
                           WHEN 'cancel' THEN COALESCE(changed, date_order)
                           WHEN 'sale' THEN CASE WHEN date_order < %(end)s
                                                 THEN date_order ELSE changed END
                           WHEN 'sent' THEN CASE WHEN validity_date < %(as_of)s
                                                 THEN %(expired)s END
                       END AS at
                 FROM quotation q""",
            expired=scope.begins(SQL("validity_date")),
            **params,
        )
        decided = SQL(
            "SELECT client_id, res_id, at FROM orders WHERE state = 'sale' AND at < %s",
            scope.end,
        )
        to_invoice = SQL(
            """SELECT client_id, res_id, at,
                      CASE WHEN good_will > 0 THEN GREATEST(amount - good_will, 0)
                           ELSE amount END AS amount
                 FROM (
                    SELECT %(client)s AS client_id, o.id AS res_id,
                           o.date_order AS at, COALESCE(g.amount, 0) AS good_will,
                           (l.untaxed_amount_to_invoice
                               / COALESCE(NULLIF(o.currency_rate, 0), 1)
                           )::float8 AS amount
                      FROM sale_order_line l
                      JOIN sale_order o ON o.id = l.order_id
                      JOIN res_partner p ON p.id = o.partner_id
                      LEFT JOIN (%(good_will)s) g ON g.line_id = l.id
                     WHERE %(mine)s AND %(theirs)s
                       AND o.company_id = %(company)s AND o.state = 'sale'
                       AND l.invoice_status = 'to invoice'
                       AND l.untaxed_amount_to_invoice <> 0
                       AND o.date_order < %(end)s) lines""",
            good_will=order_sql.good_will(self.env),
            **params,
        )
        return {
            "quotation": quotation,
            "orders": orders,
            "decided": decided,
            "offer": offer(self.env, scope),
            "to_invoice": to_invoice,
        }

    @api.model
    def _materialized(self, scope):
        return ("orders",)

    @api.model
    def _business(self, scope):
        """A confirmed order, on its date."""
        return SQL(
            """SELECT p.commercial_partner_id AS client_id, %s AS day
                 FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                WHERE o.state = 'sale' AND o.company_id = %s
                  AND o.date_order < %s AND %s""",
            scope.day(SQL("o.date_order")),
            scope.company.id,
            scope.end,
            scope.mine(SQL("p.commercial_partner_id")),
        )

    @api.model
    def _population(self, scope):
        return SQL(
            """SELECT p.commercial_partner_id
                 FROM sale_order o
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE o.state = 'sale' AND o.company_id = %s
                  AND %s > %s AND o.date_order < %s""",
            scope.company.id,
            scope.day(SQL("o.date_order")),
            scope.memory_start,
            scope.end,
        )
