"""When in the week and the day clients answered us: read for a few, when asked."""

from odoo.tools import SQL

from .evidence import rows_behind

DAYS = 365  # how far back


def answered_at(source, company, clients, tz):
    """Client id → rows of (ISO weekday, hour, number of answers), by the clock of the
    time zone ``tz``; of a year. ``source``: ``client.health.facts.messages``.

    The answers are those of which the answer time is measured, given in writing: of a
    call only the day is known.
    """
    if not clients:
        return {}
    fact = source._catalogue()["client_turns"][1]
    scope = source._scope(company, sorted(clients))
    source.env.flush_all()
    with_clause, relation, rows = rows_behind(source, fact, DAYS, scope)
    local = SQL("e.answer AT TIME ZONE 'UTC' AT TIME ZONE %s", tz)
    found = {}
    for client, *row in source.env.execute_query(
        SQL(
            """%(with)s
            SELECT client_id, EXTRACT(ISODOW FROM at)::int, EXTRACT(HOUR FROM at)::int,
                   COUNT(*)
              FROM (SELECT DISTINCT e.client_id, %(local)s AS at
                      FROM %(turn)s e
                      JOIN uttered u ON u.client_id = e.client_id
                           AND u.side = 'client' AND u.at = e.answer
                     WHERE %(rows)s AND e.answered) answers
             GROUP BY 1, 2, 3""",
            local=local,
            turn=relation,
            rows=rows,
            **{"with": with_clause},
        )
    ):
        found.setdefault(client, []).append(tuple(row))
    return found
