"""SQL about how often a client is invoiced, and whether it becomes less."""

from datetime import timedelta

from odoo.tools import SQL

from .scope import MEMORY_DAYS, Scope

WEEK = 7  # invoices closer to each other are one occasion


def gaps(lines: SQL, when: SQL) -> SQL:
    """SQL: the days on which a client was invoiced, with the day before each."""
    return SQL(
        """SELECT client_id, day,
                  LAG(day) OVER (PARTITION BY client_id ORDER BY day) AS previous
             FROM %s WHERE move_type = 'out_invoice' AND %s
            GROUP BY client_id, day""",
        lines,
        when,
    )


def bursts(scope: Scope) -> SQL:
    """SQL: the occasions on which a client was invoiced in 24 months.

    Days less than a week apart are one occasion, and one for each week that they go on.
    ``dates``: how many it is, ``gap``: the days without an invoice before it.
    """
    return SQL(
        """SELECT client_id, NULL::int AS res_id, MIN(day) AS day,
                  1 + (MAX(day) - MIN(day)) / %(week)s AS dates,
                  MAX(gap) FILTER (WHERE gap >= %(week)s) AS gap
             FROM (SELECT client_id, day, gap,
                          SUM(CASE WHEN gap < %(week)s THEN 0 ELSE 1 END) OVER (
                              PARTITION BY client_id ORDER BY day) AS burst
                     FROM (SELECT client_id, day, day - LAG(day) OVER (
                                      PARTITION BY client_id ORDER BY day) AS gap
                             FROM revenue
                            WHERE move_type = 'out_invoice' AND day > %(start)s
                            GROUP BY client_id, day) days) gaps
            GROUP BY client_id, burst""",
        week=WEEK,
        start=scope.as_of - timedelta(days=MEMORY_DAYS),
    )


def trends(scope: Scope) -> dict[str, SQL]:
    """The relations of :func:`trend`, and those of them that are asked for as of some
    days before, ``trend_30``."""
    found = trend(scope)
    for name in scope.reach:
        base, _, ago = name.rpartition("_")
        if base in found and ago.isdigit():
            days = int(ago)
            then = scope._replace(as_of=scope.as_of - timedelta(days=days))
            found |= {f"{key}_{days}": sql for key, sql in trend(then, days).items()}
    return found


def trend(scope: Scope, ago: int = 0) -> dict[str, SQL]:
    """Relations ``compared``, ``trend`` and ``one_off``.

    Compared are the last six months with the same six a year before; for a client of
    less than 18 months the last three with the mean quarter of the six before them.
    An order of more than half of one of the two periods, and not of the other, is a
    single one: it is in neither.

    ``compared``: one row per client and order (0: without one) with ``single``,
    ``latest`` and ``earlier`` (what it brought in) and ``months`` as a client;
    ``trend``: the lines that count, ``one_off``: the orders that do not. ``ago``: the
    days that the day of the scope is before the one that is asked for.
    """
    known = SQL("day <= %s", scope.as_of)
    compared_name = SQL.identifier(f"compared_{ago}" if ago else "compared")
    back = scope.months_ago
    periods = {
        "half": (back(6), scope.as_of),
        "half_then": (back(18), back(12)),
        "quarter": (back(3), scope.as_of),
        "before": (back(9), back(3)),
    }

    def within(name: str) -> SQL:
        start, end = periods[name]
        return SQL("(day > %s AND day <= %s)", start, end)

    sums = SQL(", ").join(
        SQL(
            "COALESCE(SUM(amount) FILTER (WHERE %s), 0) AS %s",
            within(name),
            SQL.identifier(name),
        )
        for name in periods
    )
    compared = SQL(
        """WITH known AS (
                SELECT client_id, COALESCE(order_id, 0) AS order_id,
                       MIN(day) AS first, %(sums)s
                  FROM revenue WHERE %(known)s GROUP BY 1, 2
           ), client_since AS (
                SELECT client_id, order_id, half, half_then, quarter, before,
                       %(month)s - EXTRACT(YEAR FROM since)::int * 12
                           - EXTRACT(MONTH FROM since)::int
                           - (EXTRACT(DAY FROM since) > %(day)s)::int AS months
                  FROM (SELECT known.*, MIN(first) OVER (
                                   PARTITION BY client_id) AS since
                          FROM known) k
           ), pair AS (
                SELECT client_id, order_id, months,
                       CASE WHEN months >= 18 THEN half ELSE quarter END AS latest,
                       CASE WHEN months >= 18 THEN half_then ELSE before END AS earlier
                  FROM client_since
           )
           SELECT client_id, order_id, months, latest, earlier,
                  order_id > 0 AND (
                      latest > SUM(latest) OVER client / 2
                  ) <> (earlier > SUM(earlier) OVER client / 2) AS single
             FROM pair WINDOW client AS (PARTITION BY client_id)""",
        sums=sums,
        known=known,
        month=scope.as_of.year * 12 + scope.as_of.month,
        # the end of a month is that of any other
        day=31 if scope.is_month_end else scope.as_of.day,
    )
    return {
        "compared": compared,
        "trend": SQL(
            """SELECT r.client_id, r.res_id, r.day, c.months,
                      CASE WHEN c.single THEN 0 WHEN c.months >= 18
                           THEN CASE WHEN %(half)s THEN r.amount ELSE 0 END
                           WHEN %(quarter)s THEN r.amount ELSE 0 END AS latest,
                      CASE WHEN c.single THEN 0 WHEN c.months >= 18
                           THEN CASE WHEN %(half_then)s THEN r.amount ELSE 0 END
                           WHEN %(before)s THEN r.amount / 2 ELSE 0 END AS earlier
                 FROM revenue r
                 JOIN %(compared)s c ON c.client_id = r.client_id
                                    AND c.order_id = COALESCE(r.order_id, 0)""",
            compared=compared_name,
            **{name: within(name) for name in periods},
        ),
        "one_off": SQL(
            """SELECT client_id, order_id AS res_id, %s::date AS day,
                      latest + earlier AS amount
                 FROM %s WHERE single AND latest + earlier <> 0""",
            scope.as_of,
            compared_name,
        ),
    }
