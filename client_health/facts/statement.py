"""One statement that sums up the facts of clients from all sources."""

from odoo import api, models
from odoo.tools import SQL

from .base import LANES, PRELOADED


class ClientHealthFacts(models.AbstractModel):
    _inherit = "client.health.facts"

    @api.model
    def _statement(self, keys, scope, lanes=LANES):
        """What sums up facts of clients, from the sources of some lanes.

        ``keys``: each a ``scoring.keys.FactKey``. Returns ``(sql, scalars, lists)``:
        SQL of one row per client, ``client_id`` and its facts as text in two halves,
        ``numbers`` and ``lists`` (as ``engine.codec`` reads them), and the keys in
        their order, as text. Figures are rounded to six decimals, so that the order
        in which numbers were added up does not show; the same facts give the same
        text.
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
        return statement, list(scalars), list(lists)

    @api.model
    def _preload(self, scope):
        """Keep the relations of ``_preloaded`` as tables of the connection, until
        :meth:`_drop_preloaded`; returns their names, the ``preloaded`` of a
        :class:`Scope`."""
        scope = self._look_up(scope)
        relations = {}
        for source in self._sources():
            relations |= source._preloaded(scope)
        self._drop_preloaded(relations)
        for name, rows in relations.items():
            table = SQL.identifier(PRELOADED + name)
            self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s AS %s", table, rows))
            self.env.cr.execute(SQL("ANALYZE %s", table))
        return frozenset(relations)

    @api.model
    def _drop_preloaded(self, names):
        """Drop these tables of :meth:`_preload`."""
        for name in names:
            table = SQL.identifier("pg_temp", PRELOADED + name)
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
