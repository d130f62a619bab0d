"""The records behind a fact."""

from odoo import api, models
from odoo.tools import SQL

MOST_TOLD = 40  # records that a page about a figure tells of one by one


class ClientHealthFacts(models.AbstractModel):
    _inherit = "client.health.facts"

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
