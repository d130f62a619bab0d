"""SQL: working hours of a company between two moments."""

from datetime import datetime, timedelta
from typing import Any

import pytz
from odoo.tools import SQL

from .scope import Scope, array


def calendar(scope: Scope, start: datetime) -> SQL:
    """SQL: one row of arrays with the working time of the company.

    When each spell of work begins and ends (epoch) and how many seconds of
    work lie before it, from ``start`` on, as its calendar and its days off
    say. ``always``: there is no calendar.
    """
    hours = scope.company.resource_calendar_id
    intervals: Any = []
    if hours:
        zone = pytz.timezone(scope.tz)
        intervals = hours._work_intervals_batch(
            pytz.utc.localize(start),
            pytz.utc.localize(scope.end + timedelta(days=1)),
            tz=zone,
            domain=[
                ("time_type", "=", "leave"),
                ("company_id", "in", (False, scope.company.id)),
            ],
        )[False]
    starts, ends, before, total = [], [], [], 0.0
    for begin, finish, _records in intervals:
        starts.append(begin.timestamp())
        ends.append(finish.timestamp())
        before.append(total)
        total += (finish - begin).total_seconds()
    return SQL(
        "SELECT %s AS always, %s::float8[] AS starts, %s::float8[] AS ends,"
        " %s::float8[] AS before",
        not intervals,
        *map(array, (starts or [0], ends, before)),
    )


def worked(moment: SQL) -> SQL:
    """SQL: working seconds up to a timestamp, by the relation ``calendar``.

    The difference of two values is the working time between them, exact
    because whole seconds are. Without a calendar all time counts.
    """
    at = SQL("EXTRACT(EPOCH FROM %s)::float8", moment)
    return SQL(
        """CASE WHEN always THEN %(at)s
                ELSE COALESCE(before[%(spell)s] - starts[%(spell)s]
                              + LEAST(%(at)s, ends[%(spell)s]), 0) END""",
        at=at,
        spell=SQL("width_bucket(%s, starts)", at),
    )
