"""What clients owe, and how late they pay."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate, format_date

from . import owed
from .chatter import labels
from .evidence import each_row
from .scope import Fact

_lt = LazyTranslate(__name__)


class ClientHealthFactsReceivables(models.AbstractModel):
    """Money owed belongs to who owes it, whoever ordered the work."""

    _name = "client.health.facts.receivables"
    _inherit = "client.health.facts"
    _description = "Facts about what clients owe"

    _requires = ("account.move", "account.partial.reconcile")
    _evidence = {
        "bill": "account.move",
        "receivable": "account.move",
        "payment": "account.move",
    }

    @api.model
    def _facts(self):
        money = {"unit": "money", "money": True}
        owed_now = {"relation": "receivable", "windowed": False}
        return [
            Fact(
                "billed",
                _lt("Invoiced to the client"),
                _lt("Posted invoices to the client less credit notes, before tax."),
                relation="bill",
                sql="SUM(e.amount) {rows}",
                **money,
            ),
            Fact(
                "billed_invoices",
                _lt("Invoices to the client"),
                _lt("Number of posted invoices to the client."),
                "count",
                "bill",
                "COUNT(*) {rows}",
                where=SQL("e.amount > 0"),
            ),
            Fact(
                "overdue",
                _lt("Overdue"),
                _lt(
                    "What is open more than a week after the due date and the accepted "
                    "days, less every open credit note and payment, before tax. Not "
                    "what is disputed, nor what is under the least amount."
                ),
                sql="CASE WHEN SUM(e.counted) {rows} >= MAX(e.least) {rows}"
                " THEN GREATEST(SUM(e.counted) {rows}, 0) ELSE 0 END",
                where=SQL("e.counted <> 0"),
                **owed_now,
                **money,
            ),
            Fact(
                "overdue_days",
                _lt("Longest overdue"),
                _lt("Days since the due date of the oldest invoice that is overdue."),
                "days",
                sql="MAX(e.days) {rows}",
                where=SQL("e.counted > 0"),
                **owed_now,
            ),
            Fact(
                "disputed",
                _lt("Disputed"),
                _lt(
                    "Open and past due, but blocked or not to be followed up: it does "
                    "not count."
                ),
                sql="SUM(e.net) {rows}",
                where=SQL("e.disputed AND e.days > 0 AND e.net > 0"),
                **owed_now,
                **money,
            ),
            Fact(
                "days_late",
                _lt("Days late"),
                _lt(
                    "Days after the due date and the accepted days, weighted by "
                    "amount: of what was paid, and of what is overdue now. None below "
                    "0 or above 180."
                ),
                "days",
                "payment",
                "SUM(e.late * e.amount) {rows} / NULLIF(SUM(e.amount) {rows}, 0)",
                default=None,
            ),
            Fact(
                "paid_amount",
                _lt("Amount paid, or overdue"),
                _lt("What was paid on invoices, and what is overdue on them now."),
                relation="payment",
                sql="SUM(e.amount) {rows}",
                **money,
            ),
            Fact(
                "paid_invoices",
                _lt("Invoices paid, or overdue"),
                _lt("Number of invoices on which a payment came in, or is overdue."),
                "count",
                "payment",
                "COUNT(DISTINCT e.res_id) {rows}",
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Amounts in the company's currency, contacts under their client."""
        return {
            **owed.books(scope),
            "bill": owed.bill(scope),
            "accepted": owed.accepted(scope),
            "open_line": owed.open_lines(scope),
            "dispute": owed.disputes(self.env, scope),
            "covered": owed.covered(scope),
            "receivable": owed.receivable(scope),
            "payment": owed.payment(scope),
        }

    @api.model
    def _materialized(self, scope):
        return ("accepted", "open_line")

    @api.model
    def _preloaded(self, scope):
        return owed.books(scope)

    @api.model
    def _each(self, fact, window, scope):
        if fact.name == "disputed":
            return self._disputes(fact, window, scope)
        if fact.name != "days_late":
            return super()._each(fact, window, scope)
        rows = each_row(
            self,
            SQL("e.res_id, e.due, e.paid, e.late"),
            SQL("e.late DESC, e.paid DESC NULLS FIRST, e.res_id"),
            fact,
            window,
            scope,
        )
        return [
            (record, self._payment_words(due, paid, late), late)
            for record, due, paid, late in rows
        ]

    @api.model
    def _payment_words(self, due, paid, late):
        words = {"due": format_date(self.env, due)}
        if not paid:
            return self.env._("Due on %(due)s, not paid yet", **words)
        words["day"] = format_date(self.env, paid)
        if not late:
            return self.env._("Paid in time, on %s", words["day"])
        return self.env._("Due on %(due)s, paid on %(day)s", **words)

    @api.model
    def _disputes(self, fact, window, scope):
        """Who blocked an invoice, by its chatter, else who wrote its line last."""
        columns, order = SQL("e.res_id, e.net"), SQL("e.net DESC, e.res_id")
        rows = each_row(self, columns, order, fact, window, scope)
        moves = self.env["account.move"].sudo().browse(row[0] for row in rows)
        found = []
        for move, (record, amount) in zip(moves, rows, strict=True):
            user = self._who_blocked(move).name
            words = self.env._("Disputed, set by %s", user)
            found.append((record, words if user else self.env._("Disputed"), amount))
        return found

    @api.model
    def _who_blocked(self, move):
        blocked = labels(self.env, "account.move", "payment_state", "blocked")
        values = move.message_ids.tracking_value_ids.filtered(
            lambda value: (
                value.field_id.name == "payment_state"
                and value.new_value_char in blocked
            )
        )
        if values and move.payment_state == "blocked":
            return values.sorted("id")[-1].create_uid
        lines = move.line_ids.filtered("no_followup")
        return lines[:1].write_uid or move.write_uid
