"""Hours that show that the work goes on."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .scope import days_since

_lt = LazyTranslate(__name__)

IDLE_DAYS = 90  # a fixed price of which nothing was reached or invoiced for so long


class ClientHealthFactsMovement(models.AbstractModel):
    _name = "client.health.facts.movement"
    _inherit = "client.health.facts"
    _description = "Facts from hours that move the work"

    _requires = ("account.analytic.line:task_id",)
    _evidence = {"moving_hours": "account.analytic.line"}

    @api.model
    def _facts(self):
        return [
            days_since(
                "days_since_hours",
                _lt("Days since the work went on"),
                _lt(
                    "Days since hours were last logged, on work that is neither past "
                    "its deadline nor a fixed price that stands idle."
                ),
                "moving_hours",
            )
        ]

    @api.model
    def _relations(self, scope):
        """Hours of the client on the timesheet line, of the last two years.

        They are no movement on a task that is past its deadline, nor on a fixed price
        with neither a milestone nor an invoice for 90 days.
        """
        line = self._order_line()
        client = scope.client_of("p", SQL("l.date"))
        hours = SQL(
            """SELECT %(client)s AS client_id, l.id AS res_id,
                      l.date AS day, l.project_id, %(line)s AS order_line_id
                 FROM account_analytic_line l
                 JOIN res_partner p ON p.id = l.partner_id
                 LEFT JOIN project_task t ON t.id = l.task_id
                WHERE %(mine)s AND %(theirs)s AND l.company_id = %(company)s
                  AND %(in_project)s AND %(no_template)s AND l.unit_amount > 0
                  AND l.date > %(start)s AND l.date <= %(as_of)s
                  AND (t.date_deadline IS NULL OR %(deadline)s >= %(as_of)s)""",
            line=line or SQL("NULL::int"),
            client=client,
            mine=scope.may_be_mine("p"),
            theirs=scope.mine(client),
            company=scope.company.id,
            in_project=scope.in_project(SQL("l.project_id")),
            no_template=scope.no_template(SQL("l.task_id")),
            deadline=scope.day(SQL("t.date_deadline")),
            start=scope.memory_start,
            as_of=scope.as_of,
        )
        if not line:
            return {"moving_hours": hours}
        return {
            "worked_on": hours,
            "idle": self._idle(scope),
            "moving_hours": SQL(
                """SELECT w.client_id, w.res_id, w.day FROM worked_on w
                    WHERE NOT EXISTS (
                       SELECT FROM idle WHERE idle.order_line_id = w.order_line_id
                          AND idle.project_id = w.project_id)"""
            ),
        }

    @api.model
    def _materialized(self, scope):
        return ("worked_on", "idle")

    @api.model
    def _order_line(self):
        """SQL: the order line that hours ``l`` on a task ``t`` were worked for; None
        where orders are not linked to hours."""
        if "so_line" not in self.env["account.analytic.line"]:
            return None
        if "sale_line_id" not in self.env["project.task"]:
            return SQL("l.so_line")
        return SQL("COALESCE(l.so_line, t.sale_line_id)")

    @api.model
    def _idle(self, scope):
        """SQL: the fixed prices that were worked for, by project, of which nothing was
        reached or invoiced for 90 days, and which were not invoiced as a whole."""
        return SQL(
            """SELECT w.order_line_id, w.project_id
                 FROM (SELECT DISTINCT order_line_id, project_id FROM worked_on) w
                 JOIN sale_order_line sl ON sl.id = w.order_line_id
                 JOIN sale_order o ON o.id = sl.order_id
                 JOIN product_product v ON v.id = sl.product_id
                 JOIN product_template pt ON pt.id = v.product_tmpl_id
                CROSS JOIN LATERAL (
                    SELECT MAX(mv.invoice_date) AS day,
                           SUM(CASE mv.move_type WHEN 'out_refund'
                                    THEN -al.price_subtotal
                                    ELSE al.price_subtotal END) AS amount
                      FROM sale_order_line ol
                      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = ol.id
                      JOIN account_move_line al ON al.id = rel.invoice_line_id
                      JOIN account_move mv ON mv.id = al.move_id
                     WHERE ol.order_id = o.id AND mv.state = 'posted'
                       AND mv.invoice_date <= %(as_of)s) invoiced
                WHERE NOT (pt.invoice_policy = 'delivery'
                           AND pt.service_type = 'timesheet')
                  AND o.date_order < %(start)s
                  AND COALESCE(invoiced.day <= %(day)s, TRUE)
                  AND COALESCE(invoiced.amount, 0) < o.amount_untaxed - 0.01
                  AND NOT EXISTS (
                    SELECT FROM project_milestone m
                     WHERE m.project_id = w.project_id AND m.is_reached
                       AND m.reached_date > %(day)s
                       AND m.reached_date <= %(as_of)s)""",
            as_of=scope.as_of,
            day=scope.as_of - timedelta(days=IDLE_DAYS),
            start=scope.midnight(scope.as_of - timedelta(days=IDLE_DAYS - 1)),
        )
