"""SQL about planned hours: how many hours were meant to go into what was sold.

A plan is the quantity of a line that is sold in a unit of time; else the hours that
were allocated to its tasks; else to its project. What Odoo writes by itself, an hour
for each unit sold, is no plan.
"""

from odoo.api import Environment
from odoo.tools import SQL

from .chatter import later
from .scope import Scope

NEARLY = 0.005  # hours that make no difference


def allocated(env: Environment, scope: Scope, model: str, alias: str) -> SQL:
    """SQL: the hours allocated to a task or project at the end of the day; on a past
    day it needs :func:`allocated_before`."""
    column = SQL.identifier(alias, "allocated_hours")
    return column if scope.present else SQL("COALESCE(planned_then.was, %s)", column)


def allocated_before(
    env: Environment, scope: Scope, model: str, alias: str, records: SQL
) -> SQL:
    """SQL: joins what the chatter tells of the hours allocated on a past day.

    ``records``: SQL of the ids in question.
    """
    if scope.present:
        return SQL()
    return SQL(
        "LEFT JOIN (%s) planned_then ON planned_then.res_id = %s",
        later(env, model, "allocated_hours", records, scope),
        SQL.identifier(alias, "id"),
    )


def by_a_person(hours: SQL, quantity: SQL) -> SQL:
    """SQL condition: somebody allocated hours, other ones than Odoo wrote for the
    ``quantity`` that was sold."""
    return SQL(
        "(%s > 0 AND ABS(%s - COALESCE(%s, 0)) > %s)", hours, hours, quantity, NEARLY
    )


def planned(env: Environment, scope: Scope) -> dict[str, SQL]:
    """Relations up to ``planned``: the fixed lines of ``sold`` that have a plan.

    Columns of ``planned``: ``line_id``, ``unit`` (the lines that share a plan),
    ``plan`` (hours) and ``worth`` (the price) of the whole unit. Without timesheets
    nothing is measured against a plan, and there is none.
    """
    if "allocated_hours" not in env["project.project"] or (
        "sale_line_id" not in env["project.task"]
    ):
        nothing = (
            "SELECT 0 AS line_id, 0 AS unit, 0.0 AS plan, 0.0 AS worth WHERE FALSE"
        )
        return {"planned": SQL(nothing)}
    return {
        "fixed_line": SQL("SELECT * FROM sold WHERE kind = 'fixed'"),
        "fixed_task": _tasks(env, scope),
        "task_plan": _task_plan(),
        "fixed_project": _projects(env, scope),
        "planned": _planned(),
    }


def _tasks(env: Environment, scope: Scope) -> SQL:
    """SQL: the tasks of fixed lines, with the hours that somebody allocated, else 0.

    A task that was dropped is planned no more.
    """
    tasks = SQL(
        """SELECT t.id FROM fixed_line f
             JOIN project_task t ON t.sale_line_id = f.line_id"""
    )
    hours = allocated(env, scope, "project.task", "t")
    return SQL(
        """SELECT t.id, f.line_id, t.parent_id, t.project_id,
                  CASE WHEN t.state = '1_canceled'
                        AND COALESCE(t.date_last_stage_update < %(end)s, TRUE) THEN 0
                       WHEN %(by_a_person)s THEN %(hours)s ELSE 0 END AS hours
             FROM fixed_line f
             JOIN project_task t ON t.sale_line_id = f.line_id %(before)s
            WHERE %(no_template)s AND (t.create_date < %(end)s OR f.written_later)""",
        by_a_person=by_a_person(
            hours, SQL("CASE WHEN t.id = f.task_id THEN f.qty END")
        ),
        hours=hours,
        before=allocated_before(env, scope, "project.task", "t", tasks),
        no_template=scope.no_template(SQL("t.id")),
        end=scope.end,
    )


def _task_plan() -> SQL:
    """SQL: the hours planned for the tasks of a line; those of a sub-task are part of
    those of a task above it."""
    return SQL(
        """WITH RECURSIVE below(id) AS (
                SELECT c.id FROM fixed_task a JOIN fixed_task c ON c.parent_id = a.id
                 WHERE a.hours > 0
                UNION
                SELECT c.id FROM below b JOIN fixed_task c ON c.parent_id = b.id
           ) SELECT line_id, SUM(hours) AS plan FROM fixed_task
              WHERE hours > 0 AND id NOT IN (SELECT id FROM below)
              GROUP BY line_id"""
    )


def _projects(env: Environment, scope: Scope) -> SQL:
    """SQL: the project of each fixed line: the one it made, else the one that bills by
    it; with the hours that somebody allocated to it as a whole, else 0."""
    hours = allocated(env, scope, "project.project", "pr")
    projects = SQL(
        """SELECT f.line_id, COALESCE(f.project_id, MIN(pr.id)) AS project_id
             FROM fixed_line f
             LEFT JOIN project_project pr ON pr.sale_line_id = f.line_id
            GROUP BY f.line_id, f.project_id
           HAVING COALESCE(f.project_id, MIN(pr.id)) IS NOT NULL"""
    )
    return SQL(
        """SELECT l.line_id, pr.id AS project_id,
                  CASE WHEN %(by_a_person)s THEN %(hours)s ELSE 0 END AS hours
             FROM (%(projects)s) l
             JOIN project_project pr ON pr.id = l.project_id
             LEFT JOIN (SELECT project_id, SUM(in_hours) AS written FROM sold
                         GROUP BY project_id) made ON made.project_id = pr.id
             %(before)s
            WHERE pr.is_template IS NOT TRUE""",
        by_a_person=by_a_person(hours, SQL("made.written")),
        hours=hours,
        projects=projects,
        before=allocated_before(
            env, scope, "project.project", "pr",
            SQL("SELECT id FROM (%s) p(line_id, id)", projects),
        ),
    )  # fmt: skip


def _planned() -> SQL:
    """SQL: the lines with a plan of their own, then those that share what their
    project has left.

    A line on which nobody can work has no plan: it has no task, project or hours.
    """
    return SQL(
        """WITH own AS (
                SELECT f.line_id, f.price, p.project_id, p.hours AS project_hours,
                       CASE WHEN f.own_hours IS NULL THEN t.plan
                            WHEN p.line_id IS NOT NULL OR w.line_id IS NOT NULL
                                 OR EXISTS (SELECT 1 FROM account_analytic_line l
                                             WHERE l.so_line = f.line_id
                                               AND l.project_id IS NOT NULL)
                            THEN f.own_hours END AS plan
                  FROM fixed_line f
                  LEFT JOIN task_plan t ON t.line_id = f.line_id
                  LEFT JOIN (SELECT DISTINCT line_id FROM fixed_task) w
                         ON w.line_id = f.line_id
                  LEFT JOIN fixed_project p ON p.line_id = f.line_id
           ), shared AS (
                SELECT project_id, SUM(price) FILTER (WHERE plan IS NULL) AS worth,
                       MAX(project_hours) - COALESCE(SUM(plan), 0) AS plan
                  FROM own WHERE project_hours > 0 GROUP BY project_id
           )
           SELECT line_id, line_id AS unit, plan, price AS worth
             FROM own WHERE plan > 0
           UNION ALL
           SELECT o.line_id, -o.project_id, s.plan, s.worth
             FROM own o JOIN shared s ON s.project_id = o.project_id
            WHERE o.plan IS NULL AND s.plan > 0"""
    )


def ordered() -> SQL:
    """SQL: the lines of ``sold`` with their plans of ``planned``, and as ``valued`` how
    their work is: see ``orders``."""
    return SQL(
        """SELECT s.*, p.unit, p.plan, p.worth,
                  CASE WHEN p.unit IS NULL THEN s.kind ELSE 'planned' END AS valued
             FROM sold s LEFT JOIN planned p ON p.line_id = s.line_id"""
    )


def begun(env: Environment, scope: Scope) -> SQL:
    """SQL: ids of the lines without hours of their own worth of which something was
    invoiced or reached up to the day, so that the work on them is worth something."""
    lines = SQL("SELECT line_id FROM ordered WHERE valued IN ('fixed', 'hand')")
    parts = [SQL("SELECT NULL::int AS line_id WHERE FALSE")]
    if "account.move" in env:
        parts.append(
            SQL(
                """SELECT r.order_line_id FROM sale_order_line_invoice_rel r
                     JOIN account_move_line l ON l.id = r.invoice_line_id
                     JOIN account_move m ON m.id = l.move_id
                    WHERE r.order_line_id IN (%s) AND m.state = 'posted'
                      AND m.move_type = 'out_invoice' AND m.invoice_date <= %s""",
                lines,
                scope.as_of,
            )
        )
    if "sale_line_id" in env["project.milestone"]:
        parts.append(
            SQL(
                """SELECT sale_line_id FROM project_milestone
                    WHERE is_reached AND reached_date <= %s
                      AND sale_line_id IS NOT NULL""",
                scope.as_of,
            )
        )
    return SQL(" UNION ").join(parts)


def reached(scope: Scope) -> SQL:
    """SQL: the milestones of orders that are billed by them, reached up to the day, and
    the share of the price that each stands for; under the client of the order."""
    return SQL(
        """SELECT o.client_id, m.id AS res_id, m.reached_date AS day,
                  o.price * COALESCE(m.quantity_percentage, 0) AS reached
             FROM ordered o JOIN project_milestone m ON m.sale_line_id = o.line_id
            WHERE o.valued = 'milestone' AND m.is_reached AND m.reached_date <= %s
              AND %s""",
        scope.as_of,
        scope.needed(SQL("m.reached_date"), "reached", "earned", "income"),
    )
