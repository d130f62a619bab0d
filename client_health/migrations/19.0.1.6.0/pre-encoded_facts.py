"""Stored facts and the rule behind a level get the names and columns they have now."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column, table_exists


def migrate(cr, version):
    """Rename what holds encoded facts, and take "floor:profit" apart for good."""
    for table in ("client_health", "client_health_snapshot"):
        for old, new in (("found", "encoded_facts"), ("layout", "codec")):
            if column_exists(cr, table, old):
                rename_column(cr, table, old, new)
    if table_exists(cr, "client_health_layout"):
        _rename_table(cr, "client_health_layout", "client_health_codec")
    if not column_exists(cr, "client_health", "level_check"):
        cr.execute("ALTER TABLE client_health ADD COLUMN level_check varchar")
    cr.execute(
        """UPDATE client_health
              SET level_rule = split_part(level_rule, ':', 1),
                  level_check = split_part(level_rule, ':', 2)
            WHERE level_rule LIKE 'floor:%'"""
    )


def _rename_table(cr, old, new):
    """Also its sequence and its constraints; its indexes are made anew."""
    cr.execute(
        SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(old), SQL.identifier(new))
    )
    cr.execute(
        SQL(
            "ALTER SEQUENCE %s RENAME TO %s",
            SQL.identifier(f"{old}_id_seq"),
            SQL.identifier(f"{new}_id_seq"),
        )
    )
    cr.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass", [new])
    for (name,) in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
                SQL.identifier(new),
                SQL.identifier(name),
                SQL.identifier(name.replace(old, new)),
            )
        )
    cr.execute(
        "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexname LIKE %s",
        [new, f"{old}%"],
    )
    for (name,) in cr.fetchall():
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
