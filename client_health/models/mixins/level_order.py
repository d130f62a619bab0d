from odoo import api, models
from odoo.tools import SQL

from ...engine.store import level_rank
from ...scoring.levels import SEVERITY_ORDER


class ClientHealthGravity(models.AbstractModel):
    """Levels stand by their gravity, the worst first, not by the alphabet: in lists
    sorted by them, and in groups, pivots and graphs."""

    _name = "client.health.gravity"
    _description = "Record with levels that stand by their gravity"

    @api.model
    def _is_level(self, name):
        field = self._fields.get(name)
        selection = field and field.type == "selection"
        return selection and field.get_values(self.env) == SEVERITY_ORDER

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if not self._is_level(field_name):
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        rank = level_rank(self._field_to_sql(alias, field_name, query))
        query._order_groupby.append(rank)
        return SQL("%s %s %s", rank, direction, nulls)

    def _read_group_orderby(self, order, groupby_terms, query):
        levels = {
            term: sql for term, sql in groupby_terms.items() if self._is_level(term)
        }
        groupby_terms.update((term, level_rank(sql)) for term, sql in levels.items())
        ordered = super()._read_group_orderby(order, groupby_terms, query)
        groupby_terms.update(levels)
        return ordered
