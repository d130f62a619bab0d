"""SQL about hours: whose they are, what they cost, and what they are worth.

An hour on an order that is billed by time is worth its net price. One on a fixed price
or on prepaid hours is worth its share of the price: price × hours ÷ planned hours, up
to the price; what is left of it is earned when the work is finished.
"""

from datetime import timedelta

from odoo.api import Environment
from odoo.tools import SQL

from .chatter import later, was_active
from .scope import Scope

DONE, CANCELLED = "1_done", "1_canceled"
FIRST_DAYS = 45  # in which a first invoice may be on its way


def worked(env: Environment, scope: Scope, mine: SQL) -> SQL:
    """SQL: the timesheet lines of clients, ``mine`` (a condition on ``p`` and the line
    ``l``).

    An hour is of the client that the contact on the line was of on its day, and of the
    company of its order, else of its own. ``undecided``: it is on a line of an order
    that was not cancelled.
    """
    lines = SQL("NULL::int AS line_id, FALSE AS undecided")
    joins, company = SQL(), SQL("l.company_id")
    cost = SQL("-l.amount::float8")
    if "so_line" in env["account.analytic.line"]:
        lines = SQL(
            "l.so_line AS line_id, COALESCE(sol.state <> 'cancel', FALSE) AS undecided"
        )
        joins = SQL("LEFT JOIN sale_order_line sol ON sol.id = l.so_line")
        company = SQL("COALESCE(sol.company_id, l.company_id)")
        cost = _in_our_currency(cost, scope)
    return SQL(
        """SELECT %(client)s AS client_id, l.id AS res_id,
                  l.date AS day, l.unit_amount::float8 AS hours, %(cost)s AS cost,
                  l.employee_id, l.project_id, %(lines)s
             FROM account_analytic_line l
             JOIN res_partner p ON p.id = l.partner_id %(joins)s
            WHERE %(mine)s AND %(company)s = %(ours)s
              AND %(in_project)s AND %(no_template)s""",
        client=scope.client_of("p", SQL("l.date")),
        cost=cost,
        lines=lines,
        joins=joins,
        mine=mine,
        company=company,
        ours=scope.company.id,
        in_project=scope.in_project(SQL("l.project_id")),
        no_template=scope.no_template(SQL("l.task_id")),
    )


def _in_our_currency(amount: SQL, scope: Scope) -> SQL:
    """SQL: an amount of the analytic line ``l`` in the currency of the company: an
    employee of another one may have worked on our order."""
    ours = scope.company.currency_id.id

    def rate(currency: SQL) -> SQL:
        return SQL(
            """COALESCE((SELECT r.rate FROM res_currency_rate r
                          WHERE r.currency_id = %s AND r.name <= l.date
                            AND (r.company_id IS NULL OR r.company_id = %s)
                          ORDER BY r.company_id, r.name DESC LIMIT 1), 1)""",
            currency,
            scope.company.root_id.id,
        )

    return SQL(
        "CASE WHEN l.currency_id = %(ours)s THEN %(amount)s"
        " ELSE (%(amount)s / %(theirs)s * %(rate)s)::float8 END",
        ours=ours,
        amount=amount,
        theirs=rate(SQL("l.currency_id")),
        rate=rate(SQL("%s", ours)),
    )


def hours(env: Environment, scope: Scope, sells: bool) -> SQL:
    """SQL: the hours of ``worked`` up to the day, with what is known of each.

    ``uncosted`` and ``unvalued``: its hours where it has no cost, or no worth yet.
    ``sells``: hours can be on the line of an order, as in ``ordered``, ``fixed_hours``
    and ``begun``.
    """
    by_bill, joins = SQL("FALSE"), []
    if scope.known.subcontractors:
        by_bill = SQL("COALESCE(twice.by_bill, FALSE)")
        joins.append(
            SQL(
                """LEFT JOIN (SELECT s.employee_id, pr.id AS project_id, w.by_bill
                                FROM subcontractor s
                                JOIN twice w ON w.vendor_id = s.vendor_id
                                JOIN project_project pr ON pr.account_id = w.account_id
                             ) twice ON twice.employee_id = w.employee_id
                                    AND twice.project_id = w.project_id"""
            )
        )
    by_time, fixed, unvalued = SQL("0"), SQL("0"), _awaits_first_invoice(env, scope)
    if sells:
        by_time = SQL("CASE WHEN o.valued = 'time' THEN w.hours * o.hourly ELSE 0 END")
        fixed = SQL("COALESCE(f.amount, 0)")
        unvalued = SQL(
            """CASE WHEN o.line_id IS NOT NULL
                    THEN o.valued IN ('fixed', 'hand', 'milestone')
                         AND b.line_id IS NULL
                    WHEN w.line_id IS NOT NULL THEN w.undecided
                    ELSE %s AND w.client_id NOT IN (SELECT client_id FROM ordered)
                END""",
            unvalued,
        )
        joins.append(
            SQL(
                """LEFT JOIN ordered o ON o.line_id = w.line_id
                   LEFT JOIN begun b ON b.line_id = w.line_id
                   LEFT JOIN fixed_hours f ON f.res_id = w.res_id"""
            )
        )
    return SQL(
        """SELECT w.client_id, w.res_id, w.day, w.hours,
                  CASE WHEN %(by_bill)s THEN 0 ELSE w.cost END AS cost,
                  CASE WHEN w.cost = 0 AND NOT %(by_bill)s
                       THEN w.hours ELSE 0 END AS uncosted,
                  CASE WHEN %(unvalued)s THEN w.hours ELSE 0 END AS unvalued,
                  %(by_time)s AS by_time, %(fixed)s AS fixed
             FROM worked w %(joins)s
            WHERE w.day <= %(as_of)s AND %(needed)s""",
        by_bill=by_bill,
        unvalued=unvalued,
        by_time=by_time,
        fixed=fixed,
        joins=SQL(" ").join(joins),
        as_of=scope.as_of,
        needed=scope.needed(SQL("w.day"), "hours", "work"),
    )


def _awaits_first_invoice(env: Environment, scope: Scope) -> SQL:
    """SQL condition: the hour ``w`` is of the first weeks of a client who was never
    invoiced. What it is worth is not known before that."""
    if "account.move" not in env:
        return SQL("FALSE")
    mine = SQL()
    if not scope.everyone:
        mine = SQL(
            """AND m.partner_id IN (SELECT id FROM res_partner p WHERE %s)""",
            scope.mine(SQL("p.commercial_partner_id")),
        )
    return SQL(
        """w.day > %s AND w.client_id NOT IN (
            SELECT m.commercial_partner_id FROM account_move m
             WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
               AND m.company_id = %s AND m.invoice_date <= %s
               AND m.commercial_partner_id IS NOT NULL %s)""",
        scope.as_of - timedelta(days=FIRST_DAYS),
        scope.company.id,
        scope.as_of,
        mine,
    )


def fixed_hours(scope: Scope) -> SQL:
    """SQL: what each hour on a planned line of ``ordered`` is worth, ``amount``, from
    the first on: hours beyond the plan are worth nothing."""

    def within_plan(hours: SQL) -> SQL:
        return SQL("LEAST(GREATEST(%s, 0), l.plan)", hours)

    return SQL(
        """SELECT l.id AS res_id, l.unit,
                  l.worth / l.plan * (%(until)s - %(before)s) AS amount
             FROM (SELECT l.id, o.unit, o.plan, o.worth,
                          l.unit_amount::float8 AS hours,
                          SUM(l.unit_amount::float8) OVER (
                              PARTITION BY o.unit ORDER BY l.date, l.id) AS sum
                     FROM ordered o
                     JOIN account_analytic_line l ON l.so_line = o.line_id
                    WHERE o.valued = 'planned' AND l.date <= %(as_of)s
                      AND %(in_project)s AND %(no_template)s) l""",
        until=within_plan(SQL("l.sum")),
        before=within_plan(SQL("l.sum - l.hours")),
        as_of=scope.as_of,
        in_project=scope.in_project(SQL("l.project_id")),
        no_template=scope.no_template(SQL("l.task_id")),
    )


def closed(env: Environment, scope: Scope) -> SQL:
    """SQL: the planned units whose work is finished, and since which ``day``.

    All their tasks are closed and one at least is done; or their project is complete,
    as its last update says, or archived.
    """
    state, before = SQL("t.state"), SQL()
    if not scope.present:
        tasks = SQL("SELECT f.id FROM fixed_task f")
        state = SQL(
            """COALESCE(back.was, CASE WHEN t.date_last_stage_update < %s
                                       THEN t.state ELSE '01_in_progress' END)""",
            scope.end,
        )
        before = SQL(
            "LEFT JOIN (%s) back ON back.res_id = t.id",
            later(env, "project.task", "state", tasks, scope),
        )
    moved = scope.day(SQL("COALESCE(t.date_last_stage_update, t.create_date)"))
    complete = SQL(
        """SELECT DISTINCT ON (project_id) project_id, status, date AS day
             FROM project_update WHERE date <= %s
            ORDER BY project_id, date DESC, id DESC""",
        scope.as_of,
    )
    return SQL(
        """SELECT unit, MIN(day) AS day FROM (
                SELECT o.unit, MAX(%(moved)s) AS day
                  FROM ordered o
                  JOIN fixed_task f ON f.line_id = o.line_id
                  JOIN project_task t ON t.id = f.id %(before)s
                 WHERE o.valued = 'planned' AND %(active)s
                 GROUP BY o.unit
                HAVING BOOL_AND(%(state)s IN (%(done)s, %(cancelled)s))
                   AND BOOL_OR(%(state)s = %(done)s)
                UNION ALL
                SELECT o.unit, CASE WHEN u.status = 'done' THEN u.day ELSE %(gone)s END
                  FROM ordered o
                  JOIN fixed_project f ON f.line_id = o.line_id
                  JOIN project_project pr ON pr.id = f.project_id
                  LEFT JOIN (%(complete)s) u ON u.project_id = pr.id
                 WHERE o.valued = 'planned'
                   AND (u.status = 'done' OR NOT %(open)s)
               ) closings GROUP BY unit""",
        moved=SQL("LEAST(%s, %s)", moved, scope.as_of),
        before=before,
        active=was_active("t", scope),
        state=state,
        done=DONE,
        cancelled=CANCELLED,
        gone=scope.day(SQL("pr.write_date")),
        complete=complete,
        open=was_active("pr", scope),
    )


def rest(scope: Scope) -> SQL:
    """SQL: what is left of the price of planned work on the day it is finished, under
    the client of its order."""
    return SQL(
        """SELECT u.client_id, u.order_id AS res_id, c.day,
                  u.worth - COALESCE(f.amount, 0) AS rest
             FROM (SELECT unit, MIN(client_id) AS client_id, MIN(order_id) AS order_id,
                          MAX(worth) AS worth
                     FROM ordered WHERE valued = 'planned' GROUP BY unit) u
             JOIN closed c ON c.unit = u.unit
             LEFT JOIN (SELECT unit, SUM(amount) AS amount
                          FROM fixed_hours GROUP BY unit) f ON f.unit = u.unit
            WHERE ABS(u.worth - COALESCE(f.amount, 0)) > 0.005
              AND c.day <= %s AND %s""",
        scope.as_of,
        scope.needed(SQL("c.day"), "rest", "hours", "work"),
    )
