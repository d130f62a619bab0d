"""Which of many records, of whatever models, somebody may read, and what they are
called."""

from odoo.tools import SQL


class Readable:
    """``names``: (model, id) → name, of those among ``places`` (pairs of model and id)
    that are there and that the user may read.

    One query, whatever the number of records and models.
    """

    def __init__(self, env, places):
        self.env = env
        self.names = {}
        ids = {}
        for model, record in places:
            ids.setdefault(model, set()).add(record)
        parts = [self._part(model, some) for model, some in sorted(ids.items())]
        parts = [part for part in parts if part]
        if parts:
            rows = env.execute_query(SQL(" UNION ALL ").join(parts))
            self.names = {(model, record): name or "" for model, record, name in rows}

    def _part(self, model, ids):
        """SQL: model, id and name of the readable ones; None without access at all."""
        if model not in self.env or not self.env[model].has_access("read"):
            return None
        records = self.env[model].with_context(active_test=False)
        query = records._search([("id", "in", list(ids))])
        name = records._fields.get(records._rec_name or "")
        label = SQL("NULL")
        if name and name.store and name.type in ("char", "text"):
            label = records._field_to_sql(query.table, name.name, query)
        return query.select(
            SQL("%s AS model", model),
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("%s::text AS name", label),
        )

    def model_name(self, model):
        """What people call a model."""
        if model not in self.env:
            return model
        return self.env["ir.model"]._get(model).sudo().name
