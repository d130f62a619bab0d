"""SQL about hours that were sold and are being worked: on agreements, orders and tasks.

What runs is read as it is today, from the relations of the timesheets. Every statement
has the columns ``res_id``, ``client_id``, ``first`` and ``last`` (of the period, else
NULL), ``sold`` and ``used`` (hours), ``latest`` (day of the last hour), and
``lines``: ids of the timesheet lines, NULL where they are not asked for.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from odoo.tools import SQL

from .scope import Scope, array

DONE = ("1_done", "1_canceled")
# How work is valued whose hours are sold by themselves: see :func:`.plans.ordered`.
OF_THEIR_OWN = ("time", "milestone", "planned")


class Period(NamedTuple):
    """A period of an agreement, and the hours that are sold for it."""

    agreement_id: int
    client_id: int
    first: date
    last: date
    hours: float


def _lines(ids: bool) -> SQL:
    return SQL("ARRAY_AGG(l.id ORDER BY l.date, l.id)" if ids else "NULL::int[]")


def of_orders(source: Any, scope: Scope, ids: bool = False) -> SQL:
    """SQL: the orders with planned hours whose work is not finished.

    ``source``: the timesheets.
    """
    return SQL(
        """%(with)s
           SELECT u.order_id AS res_id, u.client_id, NULL::date AS first,
                  NULL::date AS last, u.plan AS sold, l.used, l.latest, l.lines
             FROM (SELECT order_id, MIN(client_id) AS client_id, SUM(plan) AS plan,
                          ARRAY_AGG(unit) AS units
                     FROM (SELECT unit, MIN(order_id) AS order_id,
                                  MIN(client_id) AS client_id, MAX(plan) AS plan
                             FROM ordered
                            WHERE valued = 'planned'
                              AND unit NOT IN (SELECT unit FROM closed)
                            GROUP BY unit) unit
                    WHERE client_id IN (SELECT client_id FROM client)
                    GROUP BY order_id) u
            CROSS JOIN LATERAL (
                  SELECT SUM(l.unit_amount)::float8 AS used, MAX(l.date) AS latest,
                         %(lines)s AS lines
                    FROM ordered o
                    JOIN account_analytic_line l ON l.so_line = o.line_id
                   WHERE o.unit = ANY(u.units) AND o.valued = 'planned'
                     AND l.date <= %(as_of)s AND %(in_project)s) l""",
        **{"with": source._with(scope)},
        lines=_lines(ids),
        as_of=scope.as_of,
        in_project=scope.in_project(SQL("l.project_id")),
    )


def of_tasks(source: Any, scope: Scope, sells: bool) -> SQL:
    """SQL: the open tasks for which hours were allocated, but for those of an order
    with planned hours, where they count already; without their lines.

    ``sells``: tasks can be of the line of an order.
    """
    own = SQL("TRUE")
    if sells:
        own = SQL(
            """(t.sale_line_id IS NULL OR t.sale_line_id NOT IN (
                SELECT line_id FROM ordered WHERE valued = 'planned'))"""
        )
    return SQL(
        """%(with)s
           SELECT b.res_id, b.client_id, NULL::date AS first, NULL::date AS last,
                  b.allocated AS sold, b.spent AS used, b.day AS latest,
                  NULL::int[] AS lines
             FROM budget b JOIN project_task t ON t.id = b.res_id
            WHERE t.active AND t.state NOT IN %(done)s AND %(own)s""",
        **{"with": source._with(scope)},
        done=DONE,
        own=own,
    )


def of_periods(
    source: Any, scope: Scope, sells: bool, periods: Sequence[Period], ids: bool = False
) -> SQL:
    """SQL: what was worked in some periods of agreements, but for the hours that are
    sold by themselves."""
    own = SQL("TRUE")
    if sells:
        own = SQL(
            """(w.line_id IS NULL OR w.line_id NOT IN (
                SELECT line_id FROM ordered WHERE valued IN %s))""",
            OF_THEIR_OWN,
        )
    columns = [list(column) for column in zip(*periods, strict=True)]
    return SQL(
        """%(with)s
           SELECT a.res_id, a.client_id, a.first, a.last, a.sold,
                  SUM(w.hours) AS used, MAX(w.day) AS latest, %(lines)s AS lines
             FROM unnest(%(agreements)s::int[], %(clients)s::int[], %(firsts)s::date[],
                         %(lasts)s::date[], %(hours)s::float8[])
                  AS a(res_id, client_id, first, last, sold)
             LEFT JOIN worked w ON w.client_id = a.client_id AND w.day >= a.first
                  AND w.day <= a.last AND w.day <= %(as_of)s AND %(own)s
            GROUP BY a.res_id, a.client_id, a.first, a.last, a.sold""",
        **{"with": source._with(scope)},
        lines=SQL(
            "ARRAY_AGG(w.res_id ORDER BY w.day, w.res_id)"
            " FILTER (WHERE w.res_id IS NOT NULL)"
            if ids
            else "NULL::int[]"
        ),
        agreements=array(columns[0]),
        clients=array(columns[1]),
        firsts=columns[2],
        lasts=columns[3],
        hours=columns[4],
        as_of=scope.as_of,
        own=own,
    )


def worked_since(scope: Scope, since: date) -> SQL:
    """SQL: ids of the clients of whom hours were worked on or after a day."""
    return SQL(
        """SELECT DISTINCT p.commercial_partner_id
             FROM account_analytic_line l
             JOIN res_partner p ON p.id = l.partner_id
            WHERE l.project_id IS NOT NULL AND l.date >= %s AND l.date <= %s""",
        since,
        scope.as_of,
    )
