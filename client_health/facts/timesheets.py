"""Hours: what they cost us, what they are worth, and what else the projects cost."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from . import cost, orders, plans
from .budget import budget
from .evidence import each_row
from .hours import closed, fixed_hours, hours, rest, worked
from .scope import LONG_MONTHS, Fact, Found, by_month

_lt = LazyTranslate(__name__)

# why what was booked on a project is no cost of ours → in words
NO_COST = {
    "goods": _lt("Goods"),
    "passed on": _lt("Passed on at cost"),
    "hours": _lt("The hours of the same person count instead"),
}


class ClientHealthFactsTimesheets(models.AbstractModel):
    _name = "client.health.facts.timesheets"
    _inherit = "client.health.facts"
    _description = "Facts from timesheets"

    _requires = ("account.analytic.line:task_id", "project.task:effective_hours")
    _evidence = {
        "hours": "account.analytic.line",
        "rest": "sale.order",
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
            *self._hours_facts(),
            *self._worth_facts(),
            *self._cost_facts(),
            Fact(
                "budget_spent",
                _lt("Hours on planned tasks"),
                _lt(
                    "All hours of the tasks with a plan that were worked on, sub-tasks "
                    "included; not of those that are billed by time."
                ),
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
    def _hours_facts(self):
        """Hours, and those of which something is not known."""
        rest = {"unit": "hours", "relation": "hours", "summary": "work"}
        months = by_month(
            "hours_months",
            _lt("Hours by month"),
            _lt("Hours logged in each of the last full calendar months."),
            "hours",
            "hours",
            summary="work",
        )
        return [
            months._replace(unit="hours", money=False),
            Fact(
                "hours",
                _lt("Hours"),
                _lt("Hours logged for the client, on any project or task."),
                sql="SUM(e.hours) {rows}",
                **rest,
            ),
            Fact(
                "hours_without_cost",
                _lt("Hours without a cost"),
                _lt(
                    "Hours of people without an hourly cost, who send us no bills "
                    "either."
                ),
                sql="SUM(e.uncosted) {rows}",
                where=SQL("e.uncosted <> 0"),
                **rest,
            ),
            Fact(
                "hours_unvalued",
                _lt("Hours that cannot be valued yet"),
                _lt(
                    "Hours on fixed prices, milestones and deliveries of which nothing "
                    "is planned, reached or invoiced yet, and the first weeks of a "
                    "client who was never invoiced."
                ),
                sql="SUM(e.unvalued) {rows}",
                where=SQL("e.unvalued <> 0"),
                **rest,
            ),
        ]

    @api.model
    def _worth_facts(self):
        """What the work of a period is worth."""
        money = {"unit": "money", "money": True, "summary": "work"}
        return [
            Fact(
                "earned_time",
                _lt("Earned by time"),
                _lt("Hours on orders that are billed by time, at their net price."),
                relation="hours",
                sql="SUM(e.by_time) {rows}",
                where=SQL("e.by_time <> 0"),
                **money,
            ),
            Fact(
                "earned_fixed",
                _lt("Earned on fixed prices"),
                _lt(
                    "Hours on fixed prices and prepaid hours: the share of the price "
                    "that they are of the planned hours."
                ),
                relation="hours",
                sql="SUM(e.fixed) {rows}",
                where=SQL("e.fixed <> 0"),
                **money,
            ),
            Fact(
                "earned_rest",
                _lt("Rest of finished orders"),
                _lt(
                    "What a fixed price had left when its work was finished in fewer "
                    "hours than planned."
                ),
                relation="rest",
                sql="SUM(e.rest) {rows}",
                **money,
            ),
            by_month(
                "earned_work_months",
                _lt("Earned by work, by month"),
                _lt("What the work of each of the last full calendar months is worth."),
                "hours",
                "earned",
                months=LONG_MONTHS,
                where=SQL("(e.by_time <> 0 OR e.fixed <> 0)"),
                summary="work",
            ),
        ]

    @api.model
    def _cost_facts(self):
        """What hours and purchases cost us."""
        cost = {"unit": "money", "money": True, "cost": True}
        counts = SQL("e.left_out IS NULL")
        return [
            Fact(
                "timesheet_cost",
                _lt("Cost of hours"),
                _lt(
                    "What the logged hours cost us, at the hourly cost of the day; "
                    "nothing where a bill for the same work costs more."
                ),
                relation="hours",
                sql="SUM(e.cost) {rows}",
                summary="work",
                **cost,
            ),
            by_month(
                "timesheet_cost_months",
                _lt("Cost of hours by month"),
                _lt("Cost of hours in each of the last full calendar months."),
                "hours",
                "cost",
                months=LONG_MONTHS,
                cost=True,
                summary="work",
            ),
            Fact(
                "other_cost",
                _lt("Other cost"),
                _lt(
                    "Purchases and other analytic cost of the client's projects, but "
                    "for goods and what is passed on at cost."
                ),
                relation="other_cost",
                sql="SUM(e.cost) {rows}",
                where=counts,
                **cost,
            ),
            by_month(
                "other_cost_months",
                _lt("Other cost by month"),
                _lt("Other cost in each of the last full calendar months."),
                "other_cost",
                "counted",
                months=LONG_MONTHS,
                cost=True,
            ),
            Fact(
                "cost_left_out",
                _lt("Cost that does not count"),
                _lt(
                    "Goods, what is passed on at cost, and bills for hours that count "
                    "already."
                ),
                relation="other_cost",
                sql="SUM(e.cost) {rows}",
                where=SQL("e.left_out IS NOT NULL"),
                **cost,
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Hours of the client on the timesheet line; templates never count.

        An analytic account shared by projects of several clients tells nothing
        about one of them, so its costs are left out.
        """
        accounts = self._accounts(scope)
        relations = cost.once(self.env, scope)
        relations |= cost.resold(self.env, scope, accounts)
        mine = scope.was_mine("p", SQL("l.date"))
        relations["worked"] = worked(self.env, scope, mine)
        if self._sells():
            relations |= {
                "sold": orders.sold(self.env, scope, self._lines(scope)),
                **plans.planned(self.env, scope),
                "ordered": plans.ordered(),
                "begun": plans.begun(self.env, scope),
                "fixed_hours": fixed_hours(scope),
                "closed": closed(self.env, scope),
                "rest": rest(scope),
            }
        else:
            relations["rest"] = SQL(
                """SELECT NULL::int AS client_id, NULL::int AS res_id,
                          NULL::date AS day, 0.0::float8 AS rest WHERE FALSE"""
            )
        relations["hours"] = hours(self.env, scope, self._sells())
        relations["work"] = SQL(
            """SELECT client_id, day, hours, cost, uncosted, unvalued, by_time, fixed,
                      0 AS rest, by_time + fixed AS earned FROM hours
               UNION ALL
               SELECT client_id, day, 0, 0, 0, 0, 0, 0, rest, rest FROM rest"""
        )
        relations["other_cost"] = SQL(
            """SELECT c.*, CASE WHEN left_out IS NULL THEN cost ELSE 0 END AS counted
                 FROM (%s) c""",
            cost.other_cost(self.env, scope, accounts),
        )
        relations["budget"] = budget(self.env, scope)
        return relations

    @api.model
    def _sells(self):
        """True where hours can be on the line of an order."""
        return "timesheet_invoice_type" in self.env["account.analytic.line"]

    @api.model
    def _materialized(self, scope):
        return (
            "sold",
            "planned",
            "ordered",
            "begun",
            "fixed_hours",
            "twice",
            "own_bill",
        )

    @api.model
    def _lines(self, scope):
        """SQL condition: the line ``l`` of an order is of one of the clients, or they
        have hours on it."""
        if scope.everyone:
            return SQL("TRUE")
        return SQL(
            """((%s) OR l.id IN (
                SELECT h.so_line FROM account_analytic_line h
                  JOIN res_partner p ON p.id = h.partner_id
                 WHERE h.so_line IS NOT NULL AND %s))""",
            scope.was_mine("p", orders.ordered_on(scope)),
            scope.was_mine("p", SQL("h.date")),
        )

    @api.model
    def _each(self, fact, window, scope):
        """Why a cost does not count, record by record."""
        if fact.name != "cost_left_out":
            return super()._each(fact, window, scope)
        rows = each_row(
            self,
            SQL("e.res_id, e.left_out, e.cost"),
            SQL("e.cost DESC, e.res_id"),
            fact,
            window,
            scope,
        )
        words = self.env._
        return [(record, words(NO_COST[why]), amount) for record, why, amount in rows]

    @api.model
    def _preloaded(self, scope):
        """All hours of the company; whose they are is looked up once."""
        return {"worked": worked(self.env, scope._replace(reach={}), SQL("TRUE"))}

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
                scope.may_be_mine("p"),
            )
        owner = scope.client_of("p", scope.day(SQL("pr.create_date")))
        client = SQL("MIN(%s)", owner)
        return SQL(
            """SELECT pr.account_id, %(client)s AS client_id
                 FROM project_project pr
                 LEFT JOIN res_partner p ON p.id = pr.partner_id
                WHERE pr.account_id IS NOT NULL AND pr.is_template IS NOT TRUE
                  AND %(mine)s
                GROUP BY pr.account_id
               HAVING COUNT(DISTINCT %(owner)s) = 1
                  AND %(one)s""",
            client=client,
            owner=owner,
            mine=mine,
            one=scope.mine(client),
        )

    @api.model
    def _changed(self, since):
        return SQL(
            """SELECT COALESCE(p.commercial_partner_id, c.commercial_partner_id)
                 FROM account_analytic_line l
                 LEFT JOIN res_partner p ON p.id = l.partner_id
                 LEFT JOIN project_project j ON j.id = l.project_id
                 LEFT JOIN res_partner c ON c.id = j.partner_id
                WHERE l.write_date >= %s""",
            since,
        )

    @api.model
    def _business(self, scope):
        """An hour on a project, on its day."""
        return SQL(
            """SELECT %s AS client_id, l.date AS day
                 FROM account_analytic_line l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE l.project_id IS NOT NULL AND l.company_id = %s
                  AND l.date <= %s AND %s""",
            scope.client_of("p", SQL("l.date")),
            scope.company.id,
            scope.as_of,
            scope.was_mine("p", SQL("l.date")),
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
