"""One statement that sums up the facts of clients from all sources."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from odoo.tools import SQL

from ..scoring.keys import FactKey
from .base import LANES, PRELOADED
from .scope import Scope


def statement(
    facts: Any, keys: Collection[FactKey], scope: Scope, lanes: Sequence[int] = LANES
) -> tuple[SQL, list[str], list[str]]:
    """The statement that computes facts of clients from the sources of some lanes.

    ``facts``: the model ``client.health.facts``. Returns ``(sql, scalars, lists)``:
    SQL of one row per client, ``client_id`` and its facts as text in two halves,
    ``numbers`` and ``lists`` (as ``engine.codec`` reads them), and the keys in
    their order, as text. Figures are rounded to six decimals: in whatever order the
    numbers are added up, the same facts give the same text.
    """
    scope = facts._look_up(scope)
    joins, scalars, lists = [], {}, {}
    for number, source in enumerate(facts._sources()):
        if source._lane not in lanes:
            continue
        query, columns = source._query(keys, scope)
        if query is None:
            continue
        alias = SQL.identifier(f"source{number}")
        joins.append(
            SQL(
                "LEFT JOIN (%s) %s ON %s.client_id = client.client_id",
                query,
                alias,
                alias,
            )
        )
        for key, fact in columns.items():
            column = SQL("%s.%s", alias, SQL.identifier(key))
            if fact.listed:
                lists[key] = SQL("COALESCE('|' || %s::text, '|NULL')", column)
            else:
                scalars[key] = SQL("ROUND(%s::float8 * 1e6) / 1e6", column)
    sql = SQL(
        """WITH client AS MATERIALIZED (%s AS client_id)
           SELECT client.client_id,
                  ARRAY_TO_STRING(ARRAY[%s]::float8[], ',', 'NULL') AS numbers,
                  CONCAT(%s) AS lists
             FROM client %s""",
        scope.clients_sql,
        SQL(", ").join(scalars.values()),
        SQL(", ").join([SQL("''"), *lists.values()]),
        SQL(" ").join(joins),
    )
    return sql, list(scalars), list(lists)


def preload(facts: Any, scope: Scope) -> frozenset[str]:
    """Store the relations of ``_preloaded``, of everybody, in temporary tables, which
    :func:`drop_preloaded` removes; returns their names, for ``Scope.preloaded``."""
    scope = facts._look_up(scope.anybody)
    relations: dict[str, SQL] = {}
    for source in facts._sources():
        relations |= source._preloaded(scope)
    drop_preloaded(facts, relations)
    for name, rows in relations.items():
        table = SQL.identifier(PRELOADED + name)
        facts.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s AS %s", table, rows))
        facts.env.cr.execute(SQL("ANALYZE %s", table))
    return frozenset(relations)


def drop_preloaded(facts: Any, names: Iterable[str]) -> None:
    """Remove the temporary tables of these relations."""
    for name in names:
        table = SQL.identifier("pg_temp", PRELOADED + name)
        facts.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
