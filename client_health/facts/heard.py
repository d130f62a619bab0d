"""SQL: when the client was last heard, how often before, and whether we wrote since.

Heard is a message of the client, a call done, and a meeting that somebody of the
client accepted or that was entered after it began.
"""

from odoo.tools import SQL

from .scope import Scope

QUIET_DAYS = 30  # who was heard since is not asked whether that is usual
HABIT_MONTHS = 6


def heard(messages: SQL) -> SQL:
    """SQL: each time that a client was heard: ``messages`` (SQL of ``client_id`` and
    ``at``), and what was ``spoken``."""
    return SQL(
        """SELECT client_id, at FROM (%s) m
            UNION ALL
           SELECT client_id, answer FROM spoken""",
        messages,
    )


def last_heard(scope: Scope) -> SQL:
    """SQL: when each client was last heard; ``quiet``: longer ago than QUIET_DAYS, or
    than we agreed to be in touch."""
    return SQL(
        """SELECT h.client_id, MAX(h.at) AS at,
                  %(as_of)s::date - %(day)s
                      > LEAST(%(quiet)s, MIN(terms.contact_every_days)) AS quiet
             FROM heard h JOIN terms ON terms.client_id = h.client_id
            WHERE h.at < %(end)s GROUP BY 1""",
        as_of=scope.as_of,
        day=scope.day(SQL("MAX(h.at)")),
        quiet=QUIET_DAYS,
        end=scope.end,
    )


def habit(scope: Scope, messages: SQL) -> SQL:
    """SQL: of quiet clients the months in which they were heard, of the HABIT_MONTHS
    up to then; ``messages``: those that their own contacts wrote, as ``heard``."""
    month = SQL("DATE_TRUNC('month', %s)", scope.day(SQL("h.at")))
    return SQL(
        """SELECT l.client_id, %(as_of)s::date AS day, NULL::int AS res_id,
                  COUNT(DISTINCT %(month)s) AS months
             FROM last_heard l
             JOIN (SELECT client_id, at FROM (%(messages)s) m
                    UNION ALL
                   SELECT client_id, answer FROM spoken
                    UNION ALL
                   SELECT client_id, at FROM last_heard) h ON h.client_id = l.client_id
            WHERE l.quiet AND h.at <= l.at
              AND %(month)s
                  > DATE_TRUNC('month', %(last)s) - INTERVAL '%(months)s months'
            GROUP BY 1""",
        as_of=scope.as_of,
        month=month,
        messages=messages,
        last=scope.day(SQL("l.at")),
        months=HABIT_MONTHS,
    )


def unheard(ours: SQL) -> SQL:
    """SQL: what we wrote to a client since it was last heard, of ``ours`` (SQL of
    ``client_id``, ``res_id`` and ``at``)."""
    return SQL(
        """SELECT o.client_id, o.res_id, o.at FROM (%s) o
             LEFT JOIN last_heard l ON l.client_id = o.client_id
            WHERE l.at IS NULL OR o.at > l.at""",
        ours,
    )
