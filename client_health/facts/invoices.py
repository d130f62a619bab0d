"""Revenue, what of it is earned, and its rhythm."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from . import billing, orders, plans, rhythm
from .evidence import each_row
from .scope import LONG_MONTHS, Fact, Found, by_month, days_since

_lt = LazyTranslate(__name__)

_IS_INVOICE = SQL("e.move_type = 'out_invoice'")
# why what was invoiced is not earned → in words
NOT_EARNED = {
    "goods": _lt("Goods"),
    "passed on": _lt("Passed on at cost"),
    "down payment": _lt("Down payment"),
}


class ClientHealthFactsInvoices(models.AbstractModel):
    _name = "client.health.facts.invoices"
    _inherit = "client.health.facts"
    _description = "Facts from customer invoices"

    _requires = ("account.move", "account.partial.reconcile")
    _evidence = {
        "revenue": "account.move",
        "earned": "account.move",
        "reached": "project.milestone",
        "trend": "account.move",
        "one_off": "sale.order",
        "correction": "account.move",
    }
    _found = Found(
        _lt("Customer invoices"),
        "account.move",
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")],
        "invoice_date",
    )

    @api.model
    def _facts(self):
        return [
            *self._revenue_facts(),
            *self._rhythm_facts(),
            *self._trend_facts(),
            *self._earned_facts(),
            *self._correction_facts(),
        ]

    @api.model
    def _revenue_facts(self):
        revenue = {
            "unit": "money",
            "relation": "revenue",
            "sql": "SUM(e.amount) {rows}",
            "money": True,
        }
        return [
            Fact(
                "revenue",
                _lt("Revenue"),
                _lt(
                    "Posted invoices less credit notes, before tax, for what the "
                    "client ordered; without an order, for what it was invoiced."
                ),
                **revenue,
            ),
            Fact(
                "revenue_before",
                _lt("Revenue before"),
                _lt("Revenue in the period of the same length before."),
                span="before",
                **revenue,
            ),
            by_month(
                "revenue_months",
                _lt("Revenue by month"),
                _lt("Revenue in each of the last full calendar months."),
                "revenue",
                "amount",
            ),
            Fact(
                "invoices",
                _lt("Invoices"),
                _lt("Number of posted customer invoices."),
                "count",
                "revenue",
                "COUNT(DISTINCT e.res_id) {rows}",
                where=_IS_INVOICE,
            ),
        ]

    @api.model
    def _rhythm_facts(self):
        return [
            days_since(
                "days_since_invoice",
                _lt("Days since the last invoice"),
                _lt("Days since the date of the last customer invoice."),
                "revenue",
                where=_IS_INVOICE,
            ),
            Fact(
                "usual_gap",
                _lt("Usual gap between invoices"),
                _lt(
                    "Median number of days between one invoice date and the next, of "
                    "those that are a week apart at least."
                ),
                "days",
                "gap",
                "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY e.gap) {rows}",
                where=SQL("e.gap >= %s", rhythm.WEEK),
                default=None,
            ),
            Fact(
                "longest_gap",
                _lt("Longest gap between invoices"),
                _lt("Most days without an invoice between two of the last 24 months."),
                "days",
                "burst",
                "COALESCE(MAX(e.gap), CASE WHEN SUM(e.dates) > 1 THEN 7 END)",
                windowed=False,
                default=None,
            ),
            Fact(
                "invoice_dates",
                _lt("Times invoiced"),
                _lt(
                    "Times the client was invoiced in 24 months; invoices less than a "
                    "week apart are one."
                ),
                "count",
                "burst",
                "SUM(e.dates)",
                windowed=False,
            ),
        ]

    @api.model
    def _trend_facts(self):
        trend = {"windowed": False, "relation": "trend", "moves": True}
        money = {"unit": "money", "money": True}
        return [
            Fact(
                "trend_latest",
                _lt("Revenue lately"),
                _lt(
                    "Revenue of the last six months; of the last three for a client of "
                    "less than 18 months."
                ),
                sql="SUM(e.latest) {rows}",
                where=SQL("e.latest <> 0"),
                **trend,
                **money,
            ),
            Fact(
                "trend_earlier",
                _lt("Revenue compared with"),
                _lt(
                    "Revenue of the same six months a year before; of the mean quarter "
                    "of the six months before for a client of less than 18 months."
                ),
                sql="SUM(e.earlier) {rows}",
                where=SQL("e.earlier <> 0"),
                **trend,
                **money,
            ),
            Fact(
                "client_months",
                _lt("Months as a client"),
                _lt("Full months since the first invoice."),
                "count",
                "compared",
                "MAX(e.months)",
                windowed=False,
                moves=True,
            ),
            Fact(
                "revenue_one_off",
                _lt("Single large orders"),
                _lt(
                    "What orders brought in that are more than half of one of the "
                    "compared periods, and not of the other: they are in neither."
                ),
                relation="one_off",
                sql="SUM(e.amount) {rows}",
                windowed=False,
                **money,
            ),
        ]

    @api.model
    def _earned_facts(self):
        money = {"unit": "money", "money": True}
        billed = {"relation": "earned", "sql": "SUM(e.billed) {rows}", **money}
        return [
            Fact(
                "earned_invoiced",
                _lt("Earned when invoiced"),
                _lt(
                    "Invoices without an order, and of what is delivered by hand, "
                    "retainers and fixed prices without planned hours; less credit "
                    "notes, those for work that counts by its hours too."
                ),
                relation="earned",
                sql="SUM(e.invoiced) {rows}",
                where=SQL("e.invoiced <> 0"),
                summary="income",
                **money,
            ),
            Fact(
                "earned_milestones",
                _lt("Milestones reached"),
                _lt("The share of the price of an order that milestones stand for."),
                relation="reached",
                sql="SUM(e.reached) {rows}",
                summary="income",
                **money,
            ),
            by_month(
                "earned_invoiced_months",
                _lt("Earned by invoices and milestones, by month"),
                _lt("What was earned so in each of the last full calendar months."),
                "earned",
                "amount",
                months=LONG_MONTHS,
                where=SQL("e.invoiced <> 0"),
                summary="income",
            ),
            Fact(
                "billed_for_work",
                _lt("Invoiced for work that counts by itself"),
                _lt(
                    "Invoices of hours, milestones and planned work: it is earned when "
                    "it is done, however it is invoiced."
                ),
                where=SQL("e.counts = 'work'"),
                **billed,
            ),
            Fact(
                "billed_not_earned",
                _lt("Invoiced, but not earned"),
                _lt("Goods, what is passed on at cost, and down payments."),
                where=SQL("e.counts NOT IN ('work', 'invoiced')"),
                **billed,
            ),
        ]

    @api.model
    def _correction_facts(self):
        """What was invoiced wrongly, as far as the books tell."""
        refund = SQL("e.move_type = 'out_refund'")
        return [
            Fact(
                "credit_notes",
                _lt("Credit notes"),
                _lt("Posted credit notes for the client."),
                "count",
                "revenue",
                "COUNT(DISTINCT e.res_id) {rows}",
                where=refund,
            ),
            Fact(
                "credited",
                _lt("Amount credited"),
                _lt("Credit notes for the client, before tax."),
                "money",
                "revenue",
                "SUM(-e.amount) {rows}",
                where=refund,
                money=True,
            ),
            Fact(
                "corrected_invoices",
                _lt("Invoices corrected"),
                _lt("Invoices that were posted and then taken back to be changed."),
                "count",
                "correction",
                "COUNT(DISTINCT e.res_id) {rows}",
            ),
        ]

    @api.model
    def _relations(self, scope):
        relations = {
            "billed": billing.billed_lines(
                self.env, scope, billing.my_invoices(self.env, scope)
            )
        }
        reached = SQL(
            """SELECT NULL::int AS client_id, NULL::int AS res_id, NULL::date AS day,
                      0.0::float8 AS reached WHERE FALSE"""
        )
        if "sale.order.line" in self.env:
            mine = scope.was_mine("p", orders.ordered_on(scope))
            relations |= {
                "sold": orders.sold(self.env, scope, mine),
                **plans.planned(self.env, scope),
                "ordered": plans.ordered(),
            }
            if "sale_line_id" in self.env["project.milestone"]:
                reached = plans.reached(scope)
        relations |= {
            "revenue": billing.revenue(self.env, scope),
            "gap": self._gap(scope),
            "burst": rhythm.bursts(scope),
            **rhythm.trends(scope),
            "renewed": billing.renewed(),
            "earned": billing.earned(),
            "reached": reached,
            "income": SQL(
                """SELECT client_id, day, invoiced, 0 AS reached, invoiced AS amount
                     FROM earned WHERE invoiced <> 0
                   UNION ALL
                   SELECT client_id, day, 0, reached, reached FROM reached"""
            ),
            "correction": billing.correction(self.env, scope),
        }
        return relations

    @api.model
    def _materialized(self, scope):
        compared = (name for name in scope.reach if name.startswith("compared_"))
        return ("sold", "planned", "ordered", "revenue", "compared", *compared)

    @api.model
    def _gap(self, scope):
        """SQL: the gaps between the days on which a client was invoiced."""
        dates = SQL("gaps")
        if "gaps" not in scope.preloaded:
            dates = SQL("(%s)", rhythm.gaps(SQL("revenue"), SQL("TRUE")))
        return SQL(
            """SELECT client_id, NULL::int AS res_id, previous AS day,
                      day - previous AS gap
                 FROM %s dates
                WHERE previous IS NOT NULL AND day <= %s AND %s""",
            dates,
            scope.as_of,
            scope.needed(SQL("previous"), "gap"),
        )

    @api.model
    def _preloaded(self, scope):
        """What was invoiced to whom knows no day; what of it is earned does."""
        billed = billing.billed_lines(self.env, scope, SQL("TRUE"))
        lines = SQL("(%s) lines", billed)
        return {"billed": billed, "gaps": rhythm.gaps(lines, SQL("TRUE"))}

    @api.model
    def _each(self, fact, window, scope):
        """Why an invoice is not earned, and which orders are single ones."""
        columns = {
            "billed_not_earned": SQL("e.res_id, e.counts, e.billed"),
            "revenue_one_off": SQL("e.res_id, 'one off', e.amount"),
        }.get(fact.name)
        if not columns:
            return super()._each(fact, window, scope)
        words = {key: self.env._(text) for key, text in NOT_EARNED.items()}
        words["one off"] = self.env._("More than half of one period alone")
        rows = each_row(self, columns, SQL("3 DESC, 1"), fact, window, scope)
        return [(record, words[why], amount) for record, why, amount in rows]

    @api.model
    def _business(self, scope):
        """An invoice, on its date."""
        return SQL(
            """SELECT m.commercial_partner_id AS client_id, m.invoice_date AS day
                 FROM account_move m
                WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
                  AND m.company_id = %s AND m.invoice_date <= %s AND %s""",
            scope.company.id,
            scope.as_of,
            scope.mine(SQL("m.commercial_partner_id")),
        )

    @api.model
    def _population(self, scope):
        return SQL(
            """SELECT %s m.commercial_partner_id FROM account_move m
                WHERE m.move_type = 'out_invoice'
                  AND m.state = 'posted' AND m.company_id = %s
                  AND m.invoice_date > %s AND m.invoice_date <= %s""",
            scope.distinct,
            scope.company.id,
            scope.memory_start,
            scope.as_of,
        )
