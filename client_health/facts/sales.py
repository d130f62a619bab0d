"""Quotations and orders: what was decided, what is still to be invoiced."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from . import orders
from .chatter import tracked
from .scope import Fact, Found, days_since

_lt = LazyTranslate(__name__)


class ClientHealthFactsSales(models.AbstractModel):
    _name = "client.health.facts.sales"
    _inherit = "client.health.facts"
    _description = "Facts from quotations and orders"

    _requires = ("sale.order", "sale.order.line")
    _evidence = {"decided": "sale.order", "to_invoice": "sale.order"}
    _timed = frozenset(_evidence)
    _found = Found(_lt("Quotations and orders"), "sale.order", [], "date_order")

    @api.model
    def _facts(self):
        return [
            Fact(
                "quotes_won",
                _lt("Confirmed quotations"),
                _lt("Quotations that became an order."),
                "count",
                "decided",
                "COUNT(*) {rows}",
                where=SQL("e.won"),
            ),
            Fact(
                "quotes_lost",
                _lt("Quotations turned down"),
                _lt("Quotations that were cancelled, or sent and left to expire."),
                "count",
                "decided",
                "COUNT(*) {rows}",
                where=SQL("NOT e.won"),
            ),
            days_since(
                "days_since_order",
                _lt("Days since the last order"),
                _lt("Days since the last quotation was confirmed."),
                "decided",
                where=SQL("e.won"),
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
        day; a draft nobody sent is no recommendation that was turned down. A line
        that was invoiced for less than its price has nothing left to invoice, nor one
        of which a part was credited as good will.
        """
        params = {
            "mine": scope.mine(SQL("p.commercial_partner_id")),
            "company": scope.company.id,
            "as_of": scope.as_of,
            "end": scope.end,
        }
        quotations = SQL(
            """SELECT o.id FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                WHERE %(mine)s AND o.company_id = %(company)s""",
            **params,
        )
        quotes = SQL(
            """SELECT p.commercial_partner_id AS client_id, o.id AS res_id,
                      %(state)s AS state, o.validity_date, o.date_order,
                      changed.at AS changed
                 FROM sale_order o
                 JOIN res_partner p ON p.id = o.partner_id
                 LEFT JOIN (%(changed)s) changed ON changed.res_id = o.id
                 %(before)s
                WHERE %(mine)s AND o.company_id = %(company)s""",
            state=orders.state(scope),
            changed=tracked(self.env, "sale.order", ["state"], quotations, scope),
            before=orders.states_before(self.env, scope, quotations),
            **params,
        )
        decided = SQL(
            """SELECT client_id, res_id, state = 'sale' AS won, at
                 FROM (
                    SELECT client_id, res_id, state,
                           CASE WHEN state = 'sent' THEN %(expired)s
                                WHEN state = 'cancel'
                                    THEN COALESCE(changed, date_order)
                                WHEN date_order < %(end)s THEN date_order
                                ELSE changed
                            END AS at
                      FROM orders o
                     WHERE state IN ('sale', 'cancel')
                        OR (state = 'sent' AND validity_date < %(as_of)s)
                      ) decisions
                WHERE at < %(end)s""",
            expired=scope.begins(SQL("validity_date")),
            **params,
        )
        to_invoice = SQL(
            """SELECT client_id, res_id, at,
                      CASE WHEN good_will > 0 THEN GREATEST(amount - good_will, 0)
                           ELSE amount END AS amount
                 FROM (
                    SELECT p.commercial_partner_id AS client_id, o.id AS res_id,
                           o.date_order AS at, COALESCE(g.amount, 0) AS good_will,
                           (l.untaxed_amount_to_invoice
                               / COALESCE(NULLIF(o.currency_rate, 0), 1)
                           )::float8 AS amount
                      FROM sale_order_line l
                      JOIN sale_order o ON o.id = l.order_id
                      JOIN res_partner p ON p.id = o.partner_id
                      LEFT JOIN (%(good_will)s) g ON g.line_id = l.id
                     WHERE %(mine)s
                       AND o.company_id = %(company)s AND o.state = 'sale'
                       AND l.invoice_status = 'to invoice'
                       AND l.untaxed_amount_to_invoice <> 0
                       AND o.date_order < %(end)s) lines""",
            good_will=orders.good_will(self.env),
            **params,
        )
        return {"orders": quotes, "decided": decided, "to_invoice": to_invoice}

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
