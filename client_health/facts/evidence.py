"""The records behind a fact of a source."""

from typing import Any

from odoo.tools import SQL

from .scope import Fact, Scope

MOST_TOLD = 40  # records that the page behind a figure lists one by one


def rows_behind(
    source: Any, fact: Fact, window: int, scope: Scope
) -> tuple[SQL, SQL, SQL]:
    """SQL: WITH clause, relation and condition of the rows behind a fact."""
    scope = source._look_up(scope)
    scope = scope._replace(reach=source._reach([("", fact, window)], scope))
    relation = SQL.identifier(fact.relation)
    rows = source._rows_of(fact, window, scope)
    if fact.latest:
        day = SQL("e.day")
        if fact.relation in source._timed:
            day = scope.day(SQL("e.at"))
        rows = SQL(
            """%(rows)s AND (e.client_id, %(day)s) IN (
                SELECT e.client_id, MAX(%(day)s) FROM %(relation)s e
                 WHERE %(rows)s GROUP BY 1)""",
            rows=rows,
            day=day,
            relation=relation,
        )
    return source._with(scope), relation, rows


def each_row(
    source: Any, columns: SQL, order: SQL, fact: Fact, window: int, scope: Scope
) -> list[tuple]:
    """``columns`` (SQL) of the first rows behind a fact, in an order."""
    source.env.flush_all()
    with_clause, relation, rows = rows_behind(source, fact, window, scope)
    return source.env.execute_query(
        SQL(
            "%s SELECT %s FROM %s e WHERE %s ORDER BY %s LIMIT %s",
            with_clause,
            columns,
            relation,
            rows,
            order,
            MOST_TOLD,
        )
    )


def records(
    source: Any, fact: Fact, window: int, scope: Scope
) -> tuple[str | None, dict[int, list[int]]]:
    """Ids of the records behind one fact, by client: client id → list of ids.

    Returns ``(model name, ids by client)``; ``(None, {})`` where a fact has no
    records.
    """
    model = source._evidence.get(fact.relation)
    if not model or not (fact.historical or scope.present):
        return None, {}
    source.env.flush_all()
    source.env.cr.execute(
        SQL(
            "%s SELECT e.client_id, ARRAY_AGG(DISTINCT e.res_id) FROM %s e"
            " WHERE %s GROUP BY 1",
            *rows_behind(source, fact, window, scope),
        )
    )
    return model, {
        client: sorted(filter(None, ids)) for client, ids in source.env.cr.fetchall()
    }
