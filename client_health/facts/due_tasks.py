"""SQL about open tasks that are due to move, and when they last moved."""

from datetime import timedelta

from odoo.api import Environment
from odoo.tools import SQL

from .scope import Scope

DONE = "1_done"
CLOSED = (DONE, "1_canceled")
WAITING = "04_waiting_normal"
IS_OPEN = SQL("e.active AND e.state NOT IN %s", CLOSED)
REST_DAYS = 30  # after what a task waited for was closed
# What people write on a task; what Odoo logs by itself is no movement.
WRITTEN = ("email", "comment", "email_outgoing")


def due_task(env: Environment, scope: Scope) -> SQL:
    """SQL: the open tasks of the relation ``task`` that are due to move, with ``at``:
    when they last did. ``blocker``: what tasks wait for, with status and last move.

    A task moves when it enters a stage or a status, when an hour is logged on it and
    when somebody writes on it; what moves a sub-task moves the tasks above it.
    """
    return SQL(
        """WITH RECURSIVE still_open AS (
                SELECT e.client_id, e.res_id, e.at, e.state, e.date_deadline
                  FROM task e WHERE %(open)s
           ), resting(id) AS (
                %(resting)s
                UNION
                SELECT t.id FROM resting r JOIN project_task t ON t.parent_id = r.id
           ), below(top_id, id) AS (
                SELECT res_id, res_id FROM still_open
                 WHERE res_id NOT IN (SELECT id FROM resting)
                UNION
                SELECT b.top_id, t.id
                  FROM below b JOIN project_task t ON t.parent_id = b.id
           ), moved AS (
                SELECT b.top_id, MAX(GREATEST(m.at, said.at, %(worked)s)) AS at
                  FROM below b
                  LEFT JOIN task m ON m.res_id = b.id
                 CROSS JOIN LATERAL (
                    SELECT MAX(s.date) AS at FROM mail_message s
                     WHERE s.model = 'project.task' AND s.res_id = b.id
                       AND s.message_type IN %(written)s AND s.date < %(end)s) said
                 %(hours)s
                 GROUP BY b.top_id
           )
           SELECT o.client_id, o.res_id, GREATEST(o.at, moved.at) AS at
             FROM still_open o JOIN moved ON moved.top_id = o.res_id""",
        open=IS_OPEN,
        resting=_resting(scope),
        written=WRITTEN,
        end=scope.end,
        **_hours(env, scope),
    )


def hours_are_logged(env: Environment) -> bool:
    """True where hours are logged on tasks."""
    name = "account.analytic.line"
    return name in env and "task_id" in env[name]


def _hours(env: Environment, scope: Scope) -> dict[str, SQL]:
    """SQL: joins the day on which an hour was last logged on task ``b``, and the
    moment at which that day began."""
    if not hours_are_logged(env):
        return {"hours": SQL(), "worked": SQL("NULL::timestamp")}
    hours = SQL(
        """CROSS JOIN LATERAL (
              SELECT MAX(l.date) AS day FROM account_analytic_line l
               WHERE l.task_id = b.id AND l.unit_amount > 0
                 AND l.date <= %s) worked""",
        scope.as_of,
    )
    return {"hours": hours, "worked": scope.begins(SQL("worked.day"))}


def _resting(scope: Scope) -> SQL:
    """SQL: ids of the open tasks that nobody expects to move yet.

    Those that wait for another task, and 30 days after that one was closed; those with
    a deadline to come; the next one of a recurring task, from when it was made until
    its turn. Everything below them rests too.
    """
    return SQL(
        """SELECT o.res_id
             FROM still_open o
             JOIN project_task t ON t.id = o.res_id
             LEFT JOIN project_task_recurrence r ON r.id = t.recurrence_id
            WHERE o.state = %(waiting)s
               OR %(deadline)s > %(as_of)s
               OR (o.date_deadline IS NULL AND t.recurring_task
                   AND t.create_date + %(turn)s >= %(end)s
                   AND EXISTS (SELECT FROM project_task before
                                WHERE before.recurrence_id = r.id
                                  AND before.id < t.id))
               OR EXISTS (
                  SELECT FROM task_dependencies_rel d
                    JOIN blocker b ON b.id = d.depends_on_id
                   WHERE d.task_id = t.id
                     AND (b.state NOT IN %(closed)s OR b.at >= %(rested)s))""",
        waiting=WAITING,
        closed=CLOSED,
        deadline=scope.day(SQL("o.date_deadline")),
        turn=SQL("r.repeat_interval * ('1 ' || r.repeat_unit)::interval"),
        rested=scope.midnight(scope.as_of - timedelta(days=REST_DAYS - 1)),
        as_of=scope.as_of,
        end=scope.end,
    )
