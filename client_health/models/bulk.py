"""SQL for writing many rows in one statement from a JSON list, ``new``."""

from odoo.tools import SQL


def assignments(columns):
    """SQL: each of the columns (name → type) set to that of ``new``."""
    return SQL(", ").join(
        SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name))
        for name in columns
    )


def recordset(columns):
    """SQL: the columns (name → type) of ``new``, and the id it is matched by."""
    return SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(kind))
        for name, kind in {"id": "int", **columns}.items()
    )
