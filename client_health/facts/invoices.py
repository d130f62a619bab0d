"""Revenue, how regularly it comes, and how the client pays."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, LazyTranslate, format_date

from .evidence import each_row
from .scope import Fact, Found, by_month, days_since

_lt = LazyTranslate(__name__)

_IS_INVOICE = SQL("e.move_type = 'out_invoice'")


class ClientHealthFactsInvoices(models.AbstractModel):
    _name = "client.health.facts.invoices"
    _inherit = "client.health.facts"
    _description = "Facts from customer invoices"

    _requires = ("account.move", "account.partial.reconcile")
    _evidence = {
        "revenue": "account.move",
        "receivable": "account.move",
        "payment": "account.move",
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
                _lt("Posted customer invoices less credit notes, before tax."),
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
                "COUNT(*) {rows}",
                where=_IS_INVOICE,
            ),
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
                _lt("Median number of days between one invoice date and the next."),
                "days",
                "gap",
                "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY e.gap) {rows}",
                default=None,
            ),
            Fact(
                "overdue",
                _lt("Overdue"),
                _lt("What the client should have paid by now, tax included."),
                "money",
                "receivable",
                "GREATEST(SUM(e.residual) {rows}, 0)",
                windowed=False,
                where=SQL("e.overdue AND e.residual <> 0"),
                money=True,
            ),
            Fact(
                "days_late",
                _lt("Days late"),
                _lt("Days between due date and payment, weighted by the amount paid."),
                "days",
                "payment",
                "SUM(e.late * e.amount) {rows} / NULLIF(SUM(e.amount) {rows}, 0)",
                default=None,
            ),
            Fact(
                "paid_invoices",
                _lt("Paid invoices"),
                _lt("Number of invoices on which a payment came in."),
                "count",
                "payment",
                "COUNT(DISTINCT e.res_id) {rows}",
            ),
            *self._correction_facts(),
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
                "COUNT(*) {rows}",
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
        """Amounts in the company's currency, contacts under their client.

        What was due on a past day is today's open amount with every later
        reconciliation undone. An invoice counts as corrected on the day on which its
        chatter notes that it left the state Posted (by its label in the language of the
        user). A payment before the due date is on time; a credit note or an exchange
        difference is no payment.
        """
        params = {"mine": scope.mine(SQL("client_id")), "as_of": scope.as_of}
        revenue = SQL(
            """SELECT * FROM invoiced
                WHERE %(mine)s AND day <= %(as_of)s AND %(needed)s""",
            needed=scope.needed(SQL("day"), "revenue", "gap"),
            **params,
        )
        dates = SQL("gaps")
        if "gaps" not in scope.preloaded:
            dates = SQL(
                "(%s)", self._gaps(SQL("revenue"), scope.needed(SQL("day"), "gap"))
            )
        gap = SQL(
            """SELECT client_id, NULL::int AS res_id, previous AS day,
                      day - previous AS gap
                 FROM %(dates)s dates
                WHERE previous IS NOT NULL AND %(mine)s AND day <= %(as_of)s
                  AND %(needed)s""",
            dates=dates,
            needed=scope.needed(SQL("previous"), "gap"),
            **params,
        )
        payment = SQL(
            "SELECT * FROM paid WHERE %(mine)s AND day <= %(as_of)s AND %(needed)s",
            needed=scope.needed(SQL("day"), "payment"),
            **params,
        )
        return {
            **self._books(scope.company),
            "revenue": revenue,
            "gap": gap,
            "receivable": self._receivable(params),
            "payment": payment,
            "correction": self._correction(scope),
        }

    @api.model
    def _each(self, fact, window, scope):
        if fact.name != "days_late":
            return super()._each(fact, window, scope)
        rows = each_row(
            self,
            SQL("e.res_id, e.day, e.late"),
            SQL("e.late DESC, e.day DESC, e.res_id"),
            fact,
            window,
            scope,
        )
        return [
            (record, self._payment_words(day, late), late) for record, day, late in rows
        ]

    @api.model
    def _payment_words(self, day, late):
        if not late:
            return self.env._("Paid in time, on %s", format_date(self.env, day))
        return self.env._(
            "Due on %(due)s, paid on %(day)s",
            due=format_date(self.env, day - timedelta(days=late)),
            day=format_date(self.env, day),
        )

    @api.model
    def _preloaded(self, scope):
        books = self._books(scope.company)
        invoiced = SQL("(%s) invoiced", books["invoiced"])
        return {**books, "gaps": self._gaps(invoiced, SQL("TRUE"))}

    @api.model
    def _gaps(self, invoiced, when):
        """SQL: the days on which a client was invoiced, with the day before each."""
        return SQL(
            """SELECT client_id, day,
                      LAG(day) OVER (PARTITION BY client_id ORDER BY day) AS previous
                 FROM %s WHERE move_type = 'out_invoice' AND %s
                GROUP BY client_id, day""",
            invoiced,
            when,
        )

    @api.model
    def _books(self, company):
        """Name → SQL: posted invoices and credit notes, receivable lines, and payments
        of invoices; a credit note or an exchange difference is no payment."""
        invoiced = SQL(
            """SELECT p.commercial_partner_id AS client_id, m.id AS res_id,
                      m.invoice_date AS day, m.amount_untaxed_signed::float8 AS amount,
                      m.move_type
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                WHERE m.move_type IN ('out_invoice', 'out_refund')
                  AND m.state = 'posted' AND m.company_id = %s""",
            company.id,
        )
        owed = SQL(
            """SELECT p.commercial_partner_id AS client_id, l.id, l.move_id, l.date,
                      COALESCE(l.date_maturity, l.date) AS due, l.amount_residual,
                      l.reconciled
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE a.account_type = 'asset_receivable'
                  AND l.parent_state = 'posted' AND l.company_id = %s""",
            company.id,
        )
        paid = SQL(
            """SELECT p.commercial_partner_id AS client_id, due.move_id AS res_id,
                      r.max_date AS day, r.amount::float8 AS amount,
                      GREATEST(r.max_date - COALESCE(due.date_maturity, due.date), 0)
                          AS late
                 FROM account_partial_reconcile r
                 JOIN account_move_line due ON due.id = r.debit_move_id
                 JOIN account_move m ON m.id = due.move_id
                 JOIN res_partner p ON p.id = m.partner_id
                 JOIN account_move_line paid ON paid.id = r.credit_move_id
                 JOIN account_move counterpart ON counterpart.id = paid.move_id
                WHERE m.move_type = 'out_invoice'
                  AND m.state = 'posted' AND m.company_id = %s
                  AND counterpart.move_type = 'entry'
                  AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                                   WHERE x.exchange_move_id = counterpart.id)""",
            company.id,
        )
        return {"invoiced": invoiced, "owed": owed, "paid": paid}

    @api.model
    def _receivable(self, params):
        """SQL: what was open on the day: today's open amounts with every later
        reconciliation undone."""

        def due(amount, lines):
            return SQL(
                """SELECT client_id, l.id, l.move_id, l.date, l.due < %s AS overdue,
                          %s AS amount
                     FROM %s WHERE %s AND l.date <= %s""",
                params["as_of"],
                amount,
                lines,
                params["mine"],
                params["as_of"],
            )

        def undone(end, amount):
            lines = SQL(
                """account_partial_reconcile later
                   JOIN owed l ON l.id = %s AND later.max_date > %s""",
                SQL.identifier("later", end),
                params["as_of"],
            )
            return due(amount, lines)

        return SQL(
            """SELECT client_id, move_id AS res_id, date AS day, overdue,
                      SUM(amount)::float8 AS residual
                 FROM (%s AND l.reconciled IS NOT TRUE
                       UNION ALL %s UNION ALL %s) due
                GROUP BY client_id, id, move_id, date, overdue""",
            due(SQL("l.amount_residual"), SQL("owed l")),
            undone("debit_move_id", SQL("later.amount")),
            undone("credit_move_id", SQL("-later.amount")),
        )

    @api.model
    def _correction(self, scope):
        """SQL: when an invoice left the state Posted."""
        state = self.env["ir.model.fields"]._get("account.move", "state")
        return SQL(
            """SELECT p.commercial_partner_id AS client_id, m.id AS res_id,
                      %(day)s AS day
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                 JOIN mail_message msg ON msg.model = 'account.move'
                                      AND msg.res_id = m.id
                 JOIN mail_tracking_value v ON v.mail_message_id = msg.id
                WHERE %(mine)s AND m.move_type = 'out_invoice'
                  AND m.company_id = %(company)s
                  AND v.field_id = %(state)s AND msg.date < %(end)s
                  AND v.old_value_char IN (
                      SELECT words.value
                        FROM ir_model_fields_selection s, jsonb_each_text(s.name) words
                       WHERE s.field_id = %(state)s AND s.value = 'posted')""",
            mine=scope.mine(SQL("p.commercial_partner_id")),
            company=scope.company.id,
            day=scope.day(SQL("msg.date")),
            state=state.id,
            end=scope.end,
        )

    @api.model
    def _population(self, scope):
        return SQL(
            """SELECT p.commercial_partner_id
                 FROM (SELECT %s m.partner_id FROM account_move m
                        WHERE m.move_type = 'out_invoice'
                          AND m.state = 'posted' AND m.company_id = %s
                          AND m.invoice_date > %s AND m.invoice_date <= %s) m
                 JOIN res_partner p ON p.id = m.partner_id""",
            scope.distinct,
            scope.company.id,
            scope.memory_start,
            scope.as_of,
        )
