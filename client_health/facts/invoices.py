"""Revenue, its rhythm, and how the client pays."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .base import NO_MONTHS, Fact, Found, by_month, month_sums

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
            Fact(
                "revenue_months",
                _lt("Revenue by month"),
                _lt("Revenue in each of the last full calendar months."),
                "money",
                "revenue_by_month",
                month_sums("amount"),
                windowed=False,
                default=NO_MONTHS,
                money=True,
                evidence="revenue",
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
            Fact(
                "days_since_invoice",
                _lt("Days since the last invoice"),
                _lt("Days since the date of the last customer invoice."),
                "days",
                "revenue",
                "MIN(e.age) {rows}",
                windowed=False,
                where=_IS_INVOICE,
                default=None,
                latest=True,
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
        matching undone. An invoice was corrected on the day that its chatter tells
        of leaving the state Posted, a word in the language of who did it. A payment
        before the due date counts as on time; a credit note or a difference of
        exchange rates is no payment.
        """
        params = {
            "clients": scope.clients_sql,
            "company": scope.company.id,
            "as_of": scope.as_of,
        }
        revenue = SQL(
            """SELECT p.commercial_partner_id AS client_id, m.id AS res_id,
                      m.invoice_date AS day, m.amount_untaxed_signed::float8 AS amount,
                      m.move_type, %(as_of)s - m.invoice_date AS age
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                WHERE p.commercial_partner_id IN %(clients)s
                  AND m.move_type IN ('out_invoice', 'out_refund')
                  AND m.state = 'posted' AND m.company_id = %(company)s
                  AND m.invoice_date <= %(as_of)s""",
            **params,
        )
        gap = SQL(
            """SELECT client_id, NULL::int AS res_id, previous AS day,
                      day - previous AS gap
                 FROM (SELECT client_id, day,
                              LAG(day) OVER (PARTITION BY client_id ORDER BY day)
                                  AS previous
                         FROM revenue WHERE move_type = 'out_invoice'
                        GROUP BY client_id, day) dates
                WHERE previous IS NOT NULL"""
        )
        later = SQL(
            """SELECT debit_move_id AS line_id, amount
                 FROM account_partial_reconcile WHERE max_date > %(as_of)s
                UNION ALL
               SELECT credit_move_id, -amount
                 FROM account_partial_reconcile WHERE max_date > %(as_of)s""",
            as_of=scope.as_of,
        )
        receivable = SQL(
            """SELECT p.commercial_partner_id AS client_id, l.move_id AS res_id,
                      l.date AS day,
                      COALESCE(l.date_maturity, l.date) < %(as_of)s AS overdue,
                      (l.amount_residual + COALESCE(undone.amount, 0))::float8
                          AS residual
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
                 JOIN res_partner p ON p.id = l.partner_id
                 LEFT JOIN (SELECT line_id, SUM(amount) AS amount
                              FROM later GROUP BY line_id) undone
                   ON undone.line_id = l.id
                WHERE p.commercial_partner_id IN %(clients)s
                  AND a.account_type = 'asset_receivable'
                  AND l.parent_state = 'posted' AND l.company_id = %(company)s
                  AND l.date <= %(as_of)s
                  AND (l.reconciled IS NOT TRUE OR undone.line_id IS NOT NULL)""",
            **params,
        )
        payment = SQL(
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
                WHERE p.commercial_partner_id IN %(clients)s
                  AND m.move_type = 'out_invoice' AND m.state = 'posted'
                  AND m.company_id = %(company)s AND r.max_date <= %(as_of)s
                  AND counterpart.move_type = 'entry'
                  AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                                   WHERE x.exchange_move_id = counterpart.id)""",
            **params,
        )
        state = self.env["ir.model.fields"]._get("account.move", "state")
        correction = SQL(
            """SELECT p.commercial_partner_id AS client_id, m.id AS res_id,
                      %(day)s AS day
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                 JOIN mail_message msg ON msg.model = 'account.move'
                                      AND msg.res_id = m.id
                 JOIN mail_tracking_value v ON v.mail_message_id = msg.id
                WHERE p.commercial_partner_id IN %(clients)s
                  AND m.move_type = 'out_invoice' AND m.company_id = %(company)s
                  AND v.field_id = %(state)s AND msg.date < %(end)s
                  AND v.old_value_char IN (
                      SELECT words.value
                        FROM ir_model_fields_selection s, jsonb_each_text(s.name) words
                       WHERE s.field_id = %(state)s AND s.value = 'posted')""",
            day=scope.day(SQL("msg.date")),
            state=state.id,
            end=scope.end,
            **params,
        )
        return {
            "correction": correction,
            "revenue": revenue,
            "revenue_by_month": by_month(scope, "revenue", ("amount",)),
            "gap": gap,
            "later": later,
            "receivable": receivable,
            "payment": payment,
        }

    @api.model
    def _population(self, scope):
        return SQL(
            """SELECT p.commercial_partner_id
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                WHERE m.move_type = 'out_invoice'
                  AND m.state = 'posted' AND m.company_id = %s
                  AND m.invoice_date > %s AND m.invoice_date <= %s""",
            scope.company.id,
            scope.memory_start,
            scope.as_of,
        )
