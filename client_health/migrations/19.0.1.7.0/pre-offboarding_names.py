"""What lines of an offboarding are called is shown to those who may know it: the stored
name moves to a column of its own."""

from odoo.tools.sql import column_exists, rename_column

TABLES = ("client_offboarding_project", "client_offboarding_deliverable")


def migrate(cr, version):
    for table in TABLES:
        if column_exists(cr, table, "name") and not column_exists(
            cr, table, "own_name"
        ):
            rename_column(cr, table, "name", "own_name")
