"""Hours, what they cost us, and what else the client's projects cost."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .base import EFFORT
from .scope import Fact, Found, by_month

_lt = LazyTranslate(__name__)


class ClientHealthFactsTimesheets(models.AbstractModel):
    _name = "client.health.facts.timesheets"
    _inherit = "client.health.facts"
    _description = "Facts from timesheets"

    _requires = ("account.analytic.line:task_id", "project.task:effective_hours")
    _lane = EFFORT
    _evidence = {
        "hours": "account.analytic.line",
        "other_cost": "account.analytic.line",
        "budget": "project.task",
    }
    _found = Found(
        _lt("Logged hours"),
        "account.analytic.line",
        [("project_id", "!=", False)],
        "date",
    )

    @api.model
    def _facts(self):
        return [
            Fact(
                "hours",
                _lt("Hours"),
                _lt("Hours logged for the client, on any project or task."),
                "hours",
                "hours",
                "SUM(e.hours) {rows}",
            ),
            Fact(
                "timesheet_cost",
                _lt("Cost of hours"),
                _lt("What the logged hours cost us, at the hourly cost of the day."),
                "money",
                "hours",
                "SUM(e.cost) {rows}",
                money=True,
            ),
            by_month(
                "timesheet_cost_months",
                _lt("Cost of hours by month"),
                _lt("Cost of hours in each of the last full calendar months."),
                "hours",
                "cost",
            ),
            Fact(
                "other_cost",
                _lt("Other cost"),
                _lt("Purchases and other analytic cost of the client's projects."),
                "money",
                "other_cost",
                "SUM(e.cost) {rows}",
                money=True,
            ),
            by_month(
                "other_cost_months",
                _lt("Other cost by month"),
                _lt("Other cost in each of the last full calendar months."),
                "other_cost",
                "cost",
            ),
            Fact(
                "budget_spent",
                _lt("Hours on planned tasks"),
                _lt("All hours of the tasks with allocated time that were worked on."),
                "hours",
                "budget",
                "SUM(e.spent) {rows}",
                historical=False,
            ),
            Fact(
                "budget_allocated",
                _lt("Allocated hours"),
                _lt("Time allocated to the tasks that were worked on."),
                "hours",
                "budget",
                "SUM(e.allocated) {rows}",
                historical=False,
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Hours of the client on the timesheet line; templates never count.

        An analytic account shared by projects of several clients tells nothing
        about one of them, so its costs are left out. A task's own allocation is
        compared with the hours on that very task: sub-tasks have their own.
        """
        params = {
            "mine": scope.mine(SQL("p.commercial_partner_id")),
            "company": scope.company.id,
            "as_of": scope.as_of,
        }
        worked = SQL("worked")
        if "worked" not in scope.preloaded:
            worked = SQL("(%s)", self._worked(scope, params["mine"]))
        hours = SQL(
            "SELECT * FROM %(worked)s l WHERE l.day <= %(as_of)s AND %(needed)s",
            worked=worked,
            needed=scope.needed(SQL("l.day"), "hours"),
            **params,
        )
        other_cost = SQL(
            """SELECT a.client_id, l.id AS res_id, l.date AS day,
                      -l.amount::float8 AS cost
                 FROM account_analytic_line l
                 JOIN (%(accounts)s) a ON a.account_id = l.account_id
                WHERE l.project_id IS NULL AND l.company_id = %(company)s
                  AND l.date <= %(as_of)s AND %(needed)s
                  AND (l.category = 'vendor_bill'
                       OR (l.amount < 0 AND l.category IS DISTINCT FROM 'invoice'))""",
            accounts=self._accounts(scope),
            needed=scope.needed(SQL("l.date"), "other_cost"),
            **params,
        )
        # task by task: one look through all lines takes half as long again, as tasks
        # and their hours are written in about the same order
        budget = SQL(
            """SELECT p.commercial_partner_id AS client_id, t.id AS res_id, l.day,
                      l.spent, t.allocated_hours::float8 AS allocated
                 FROM project_task t
                 JOIN project_project pr ON pr.id = t.project_id
                 JOIN res_partner p ON p.id = COALESCE(t.partner_id, pr.partner_id)
                CROSS JOIN LATERAL (
                    SELECT MAX(l.date) AS day, SUM(l.unit_amount)::float8 AS spent
                      FROM account_analytic_line l
                     WHERE l.task_id = t.id AND l.company_id = %(company)s
                       AND l.date <= %(as_of)s) l
                WHERE %(mine)s AND %(my_task)s AND t.allocated_hours > 0
                  AND pr.is_template IS NOT TRUE AND %(no_template)s
                  AND l.day IS NOT NULL""",
            my_task=scope.my_task(SQL("t.id")),
            no_template=scope.no_template(SQL("t.id")),
            **params,
        )
        return {"hours": hours, "other_cost": other_cost, "budget": budget}

    @api.model
    def _preloaded(self, scope):
        """All hours of the company; whose they are is looked up once."""
        return {"worked": self._worked(scope, SQL("TRUE"))}

    @api.model
    def _worked(self, scope, mine):
        """SQL: the timesheet lines of clients, ``mine`` (a condition)."""
        return SQL(
            """SELECT p.commercial_partner_id AS client_id, l.id AS res_id,
                      l.date AS day, l.unit_amount::float8 AS hours,
                      -l.amount::float8 AS cost
                 FROM account_analytic_line l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE %(mine)s AND l.company_id = %(company)s
                  AND %(in_project)s AND %(no_template)s""",
            mine=mine,
            company=scope.company.id,
            in_project=scope.in_project(SQL("l.project_id")),
            no_template=scope.no_template(SQL("l.task_id")),
        )

    @api.model
    def _accounts(self, scope):
        """SQL: the analytic accounts that belong to one client alone."""
        mine = SQL("TRUE")
        if not scope.everyone:
            mine = SQL(
                """pr.account_id IN (
                    SELECT pr.account_id FROM project_project pr
                      JOIN res_partner p ON p.id = pr.partner_id
                     WHERE pr.account_id IS NOT NULL AND %s)""",
                scope.mine(SQL("p.commercial_partner_id")),
            )
        client = SQL("MIN(p.commercial_partner_id)")
        return SQL(
            """SELECT pr.account_id, %(client)s AS client_id
                 FROM project_project pr
                 LEFT JOIN res_partner p ON p.id = pr.partner_id
                WHERE pr.account_id IS NOT NULL AND pr.is_template IS NOT TRUE
                  AND %(mine)s
                GROUP BY pr.account_id
               HAVING COUNT(DISTINCT p.commercial_partner_id) = 1
                  AND %(one)s""",
            client=client,
            mine=mine,
            one=scope.mine(client),
        )

    @api.model
    def _population(self, scope):
        return SQL(
            """SELECT p.commercial_partner_id
                 FROM (SELECT %s l.partner_id, l.project_id
                         FROM account_analytic_line l
                        WHERE l.company_id = %s AND l.date > %s AND l.date <= %s
                          AND l.project_id IS NOT NULL
                          AND (l.task_id IS NULL OR l.task_id NOT IN (%s))) l
                 JOIN res_partner p ON p.id = l.partner_id
                 JOIN project_project pr ON pr.id = l.project_id
                WHERE pr.is_template IS NOT TRUE""",
            scope.distinct,
            scope.company.id,
            scope.memory_start,
            scope.as_of,
            self._template_tasks(),
        )
