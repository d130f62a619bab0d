"""SQL: working hours of a company between two moments."""

from datetime import datetime, timedelta

import pytz
from odoo import models
from odoo.tools import SQL

from .scope import Scope, array

Spell = tuple[float, float]  # of work: begin and end (epoch)

# What says when a company works.
CALENDARS = (
    "resource.calendar",
    "resource.calendar.attendance",
    "resource.calendar.leaves",
)


def calendar(scope: Scope, start: datetime) -> SQL:
    """SQL: one row of arrays with the working time of the company.

    When each spell of work begins and ends (epoch) and how many seconds of
    work lie before it, from ``start`` on, as its calendar and its days off
    say. ``always``: there is no calendar.
    """
    first = pytz.utc.localize(start)
    last = pytz.utc.localize(scope.end + timedelta(days=1))
    starts, ends, before, total = [], [], [], 0.0
    for begin, end in _spells(scope, first, last):
        starts.append(begin)
        ends.append(end)
        before.append(total)
        total += end - begin
    return SQL(
        "SELECT %s AS always, %s::float8[] AS starts, %s::float8[] AS ends,"
        " %s::float8[] AS before",
        not starts,
        *map(array, (starts or [0], ends, before)),
    )


def _spells(scope: Scope, first: datetime, last: datetime) -> list[Spell]:
    """The spells of work between two moments, in order."""
    if not scope.company.resource_calendar_id:
        return []
    facts = scope.company.env["client.health.facts"]
    key = scope.company.id, scope.tz, _stamp(scope.company)
    low, high = first.timestamp(), last.timestamp()
    zone = pytz.timezone(scope.tz)
    years = range(first.astimezone(zone).year, last.astimezone(zone).year + 1)
    return [
        (max(begin, low), min(end, high))
        for year in years
        for begin, end in facts._working_year(*key, year)
        if end > low and begin < high
    ]


def _stamp(company: models.BaseModel) -> str:
    """What differs when the working time of the company does."""
    env = company.env
    for model in CALENDARS:
        env[model].flush_model()
    [[stamp]] = env.execute_query(
        SQL(
            """SELECT MD5(STRING_AGG(part, ' ' ORDER BY part)) FROM (
                   SELECT c::text AS part FROM resource_calendar c WHERE c.id = %(id)s
                    UNION ALL
                   SELECT a::text FROM resource_calendar_attendance a
                    WHERE a.calendar_id = %(id)s
                    UNION ALL
                   SELECT l::text FROM resource_calendar_leaves l
                    WHERE l.resource_id IS NULL
                      AND (l.calendar_id = %(id)s OR l.calendar_id IS NULL)) parts""",
            id=company.resource_calendar_id.id,
        )
    )
    return stamp


def working_year(company: models.BaseModel, tz: str, year: int) -> tuple[Spell, ...]:
    """The spells of the company's work in a year, in order."""
    zone = pytz.timezone(tz)
    start, end = (zone.localize(datetime(day, 1, 1)) for day in (year, year + 1))
    intervals = company.resource_calendar_id._work_intervals_batch(
        start,
        end,
        tz=zone,
        domain=[
            ("time_type", "=", "leave"),
            ("company_id", "in", (False, company.id)),
        ],
    )[False]
    return tuple(
        (begin.timestamp(), finish.timestamp()) for begin, finish, _records in intervals
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
