"""What each client owes and how late it pays, for whoever may read its invoices."""

from odoo import models
from odoo.tools import SQL

from ..models.health.money_reader import invoices_are_open
from ..models.mixins.access import check_user, is_manager
from ..models.mixins.measured import (
    MeasuredFloat,
    MeasuredInteger,
    MeasuredMonetary,
)

CLIENT = (
    "id", "health_id", "partner_id", "company_id", "currency_id", "user_id", "team_id",
    "level", "level_rank",
)  # fmt: skip
OWED = {
    "overdue": SQL("float8"),
    "overdue_days": SQL("int"),
    "days_late": SQL("float8"),
    "measured_paid": SQL("float8"),
    "late_amount": SQL("float8"),
}


class ClientHealthReceivable(models.Model):
    """The columns of the figures that say what is owed: one row per client whose
    invoices the user may read, all of them, so that a total tells of no others."""

    _name = "client.health.receivable"
    _inherit = ["client.health.ratios"]
    _description = "Receivables of a client"
    _auto = False
    _order = "overdue desc nulls last, id"
    _depends = {
        "client.health": ["partner_id", "company_id", "user_id", "team_id", "level"],
    }

    overdue = MeasuredMonetary(
        readonly=True, help="Past due by more than the days accepted, before tax."
    )
    overdue_days = MeasuredInteger(
        string="Longest overdue (days)", readonly=True, aggregator="max"
    )
    days_late = MeasuredFloat(
        string="Days late",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Days after the due date, weighted by amount, of what was paid and of "
        "what is overdue now.",
    )
    measured_paid = MeasuredMonetary(
        string="Paid or overdue",
        readonly=True,
        help="The amounts by which days late are weighted.",
    )
    late_amount = MeasuredFloat(
        string="Days late × amount", readonly=True, digits=(16, 2)
    )

    @property
    def _table_query(self):
        is_known = "account.move" in self.env
        columns = [SQL.identifier("f", name) for name in CLIENT]
        # once there are no invoices any more, what was stored of them tells nothing
        columns += [
            SQL(
                "%s::%s AS %s",
                SQL.identifier("f", name) if is_known else SQL("NULL"),
                kind,
                SQL.identifier(name),
            )
            for name, kind in OWED.items()
        ]
        return SQL(
            "SELECT %s FROM (%s) f WHERE %s",
            SQL(", ").join(columns),
            self.env["client.health.figure"].sudo()._table_query,
            invoices_are_open(self.env, SQL("f.partner_id"), SQL("f.company_id")),
        )

    def action_open_figure(self, column):
        """Open the records behind a column of this client.

        ``column``: the name of a field. Raises UserError where there are none.
        """
        return self._open(column)

    def _open_figures(self):
        """The action behind the menu *Figures*: all of them for managers, else what
        clients owe."""
        check_user(self.env)
        name = "figure" if is_manager(self.env) else "receivable"
        return self.env["ir.actions.act_window"]._for_xml_id(
            f"client_health.client_health_{name}_action"
        )
