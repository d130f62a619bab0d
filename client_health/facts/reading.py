"""Facts read from the tables: the statement, its rows, the records behind them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .base import KEPT, LANES

MOST_TOLD = 40  # records that a page about a figure tells of one by one
AS_JSON = (("{", "["), ("}", "]"), ("NULL", "null"))


class Layout(NamedTuple):
    """Which facts the text of a client has, in which order: numbers, then lists.

    The text is what PostgreSQL makes of its arrays, and a third as long as JSON with
    the names of the facts. It is what is stored of a client.
    """

    scalars: list[str]
    lists: list[str]

    @property
    def version(self) -> str:
        """Another text for another layout."""
        names = "|".join([*self.scalars, "", *self.lists])
        return hashlib.sha256(names.encode()).hexdigest()[:12]

    def fingerprints(self, texts: Iterable[str]) -> list[str]:
        """Sixteen letters for each text, others for other facts; the same fact at
        another place is another fact.

        >>> layout = Layout(["open_tasks"], [])
        >>> three, four, again = layout.fingerprints(["{3}", "{4}", "{3}"])
        >>> three == again, three == four
        (True, False)
        >>> [three] == Layout(["late_tasks"], []).fingerprints(["{3}"])
        False
        """
        start = hashlib.blake2b(self.version.encode(), digest_size=8)
        prints = []
        for text in texts:
            hashed = start.copy()
            hashed.update(text.encode())
            prints.append(hashed.hexdigest())
        return prints

    def parse(self, found: str) -> dict[str, Any]:
        """The facts of a client: key → number or list of numbers.

        ``found``: what the statement says of it. A fact that is absent is not
        among the keys.

        >>> layout = Layout(["hours_365", "silence", "open_tasks"], ["months"])
        >>> layout.parse("{12.5,NULL,3}|{0,1.25}")
        {'hours_365': 12.5, 'open_tasks': 3, 'months': [0, 1.25]}
        >>> layout.parse("{NULL,NULL,0}|NULL")
        {'open_tasks': 0}
        """
        for before, after in AS_JSON:
            found = found.replace(before, after)
        values, *lists = json.loads(f"[{found.replace('|', ',')}]")
        keys = (*self.scalars, *self.lists)
        facts = zip(keys, (*values, *lists), strict=True)
        return {key: value for key, value in facts if value is not None}

    @classmethod
    def of(cls, facts: Iterable[Mapping[str, Any]]) -> "Layout":
        """The layout in which all that several clients have has its place.

        >>> Layout.of([{"open_tasks": 3}, {"hours_365": 1, "months": [0, 1]}])
        Layout(scalars=['hours_365', 'open_tasks'], lists=['months'])
        """
        values = {key: value for known in facts for key, value in known.items()}
        lists = sorted(key for key in values if isinstance(values[key], list))
        return cls(sorted(values.keys() - set(lists)), lists)

    @classmethod
    def beside(cls, layouts: Iterable["Layout"]) -> "Layout":
        """The layout of several that are read side by side.

        >>> Layout.beside([Layout(["open_tasks"], []), Layout(["silence"], ["months"])])
        Layout(scalars=['open_tasks', 'silence'], lists=['months'])
        """
        scalars, lists = zip(*layouts, strict=True)
        return cls(sum(scalars, []), sum(lists, []))

    def text(self, facts: Mapping[str, Any]) -> str:
        """The text of a client, as the statement says it.

        >>> layout = Layout(["hours_365", "silence"], ["months"])
        >>> layout.text({"hours_365": 12.5, "months": [0, 1]})
        '{12.5,NULL}|{0,1}'
        >>> layout.parse(layout.text({"silence": 3}))
        {'silence': 3}
        """
        values = [facts.get(key) for key in self.scalars]
        parts = [values, *map(facts.get, self.lists)]
        found = "|".join(json.dumps(part, separators=(",", ":")) for part in parts)
        for after, before in AS_JSON:
            found = found.replace(before, after)
        return found


def texts(rows: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """Rows of :meth:`_statement` as client id → the text that :class:`Layout` reads."""
    return {client: f"{{{numbers}}}{lists}" for client, numbers, lists in rows}


class ClientHealthFacts(models.AbstractModel):
    _inherit = "client.health.facts"

    @api.model
    def _statement(self, keys, scope, lanes=LANES):
        """SQL: one row per client, ``client_id`` and the halves of the text that
        :class:`Layout` reads, ``numbers`` and ``lists``, from sources of some lanes.

        Returns ``(sql, Layout)``. Figures are rounded to six decimals, so that the
        order in which numbers were added up does not show; the same facts give the
        same text.
        """
        scope = self._look_up(scope)
        joins, scalars, lists = [], {}, {}
        for number, source in enumerate(self._sources()):
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
        statement = SQL(
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
        return statement, Layout(list(scalars), list(lists))

    @api.model
    def _keep(self, scope):
        """Keep the lasting relations as tables of the connection, until
        :meth:`_forget`; returns their names, the ``kept`` of a :class:`Scope`."""
        scope = self._look_up(scope)
        relations = {}
        for source in self._sources():
            relations |= source._lasting(scope)
        self._forget(relations)
        for name, rows in relations.items():
            table = SQL.identifier(KEPT + name)
            self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s AS %s", table, rows))
            self.env.cr.execute(SQL("ANALYZE %s", table))
        return frozenset(relations)

    @api.model
    def _forget(self, kept):
        """Drop what was kept."""
        for name in kept:
            table = SQL.identifier("pg_temp", KEPT + name)
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))

    @api.model
    def _query(self, keys, scope):
        """SQL of this source: client_id and one column a key, for the relation
        ``client``.

        Returns ``(sql, {key: Fact})``, or ``(None, {})`` when nothing is asked of it.
        """
        wanted = self._wanted(keys, scope)
        if not wanted:
            return None, {}
        scope = scope._replace(reach=self._reach(wanted, scope))
        by_relation = {}
        for key, fact, window in wanted:
            relation = fact.summary or fact.relation
            by_relation.setdefault(relation, []).append((key, fact, window))
        columns, joins = [], []
        for relation, items in by_relation.items():
            alias = SQL.identifier("of_" + relation)
            sums = []
            for key, fact, window in items:
                name = SQL.identifier(key)
                sums.append(SQL("%s AS %s", self._sum(fact, window, scope), name))
                column = SQL("%s.%s", alias, name)
                if fact.default:
                    column = SQL("COALESCE(%s, %s)", column, fact.default)
                columns.append(SQL("%s AS %s", column, name))
            joins.append(
                SQL(
                    "LEFT JOIN (SELECT e.client_id, %s FROM %s e GROUP BY e.client_id)"
                    " %s ON %s.client_id = client.client_id",
                    SQL(", ").join(sums),
                    SQL.identifier(relation),
                    alias,
                    alias,
                )
            )
        query = SQL(
            "%s SELECT client.client_id, %s FROM client %s",
            self._with(scope, client=False),
            SQL(", ").join(columns),
            SQL(" ").join(joins),
        )
        return query, {key: fact for key, fact, _window in wanted}

    @api.model
    def _sum(self, fact, window, scope):
        """SQL: the aggregate of a fact over the rows ``e`` that it counts."""
        if fact.monthly:
            amount = SQL.identifier("e", fact.monthly)
            starts = scope.months
            months = [
                SQL(
                    "COALESCE(ROUND(SUM(%s) FILTER (WHERE %s) * 1e6) / 1e6, 0)",
                    amount,
                    self._between(fact, start, end, scope),
                )
                for end, start in zip(starts, starts[1:], strict=False)
            ]
            return SQL("ARRAY[%s]::float8[]", SQL(", ").join(months))
        rows = SQL("FILTER (WHERE %s)", self._rows_of(fact, window, scope))
        if fact.latest:
            latest = SQL("MAX(e.day) %s", rows)
            if fact.relation in self._timed:
                latest = scope.day(SQL("(MAX(e.at) %s)", rows))
            return SQL("%s - %s", scope.as_of, latest)
        sql = fact.sql.replace("{rows}", "%s")
        return SQL(sql, *[rows] * sql.count("%s"))

    @api.model
    def _read_facts(self, keys, scope):
        """Facts of all sources: client id → {key: number or list of numbers}.

        One statement, whatever the number of clients. A fact whose source is not
        installed, that has no rows, or that cannot be known for a past date is not
        among the keys of a client.
        """
        if not scope.clients:
            return {}
        statement, layout = self._statement(keys, scope)
        self.env.cr.execute(statement)
        found = texts(self.env.cr.fetchall())
        return {client: layout.parse(text) for client, text in found.items()}

    @api.model
    def _rows_behind(self, fact, window, scope):
        """SQL: WITH clause, relation and condition of the rows behind a fact."""
        scope = self._look_up(scope)
        scope = scope._replace(reach=self._reach([("", fact, window)], scope))
        relation = SQL.identifier(fact.relation)
        rows = self._rows_of(fact, window, scope)
        if fact.latest:
            day = SQL("e.day")
            if fact.relation in self._timed:
                day = scope.day(SQL("e.at"))
            rows = SQL(
                """%(rows)s AND (e.client_id, %(day)s) IN (
                    SELECT e.client_id, MAX(%(day)s) FROM %(relation)s e
                     WHERE %(rows)s GROUP BY 1)""",
                rows=rows,
                day=day,
                relation=relation,
            )
        return self._with(scope), relation, rows

    @api.model
    def _each(self, fact, window, scope):
        """What each record behind a fact says of it, where its list does not say so:
        ``[(record id, words, figure)]``, the worst first; the figure in the unit of
        the fact."""
        return []

    @api.model
    def _each_row(self, columns, order, fact, window, scope):
        """``columns`` (SQL) of the first rows behind a fact, in an order."""
        self.env.flush_all()
        with_clause, relation, rows = self._rows_behind(fact, window, scope)
        return self.env.execute_query(
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

    @api.model
    def _records(self, fact, window, scope):
        """Ids of the records behind one fact, by client: client id → list of ids.

        Returns ``(model name, ids by client)``; ``(None, {})`` where a fact has no
        records.
        """
        model = self._evidence.get(fact.relation)
        if not model or not (fact.historical or scope.present):
            return None, {}
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "%s SELECT e.client_id, ARRAY_AGG(DISTINCT e.res_id) FROM %s e"
                " WHERE %s GROUP BY 1",
                *self._rows_behind(fact, window, scope),
            )
        )
        return model, {
            client: sorted(filter(None, ids)) for client, ids in self.env.cr.fetchall()
        }
