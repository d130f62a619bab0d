"""Facts that were stored as JSON, in the form in which they are read now."""

import json

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from odoo.addons.client_health.facts.reading import Layout

BATCH = 10_000  # rows whose facts are in memory at once


def migrate(cr, version):
    """Convert the facts of clients and of their history, and free their room."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for table in ("client_health", "client_health_snapshot"):
        if column_exists(cr, table, "facts"):
            _keep_facts(env, table)


def _keep_facts(env, table):
    """Write the facts in a table anew: what many have in common in one layout."""
    last = 0
    while True:
        env.cr.execute(
            SQL(
                """SELECT id, facts FROM %s WHERE id > %s AND facts IS NOT NULL
                    ORDER BY id LIMIT %s""",
                SQL.identifier(table),
                last,
                BATCH,
            )
        )
        known = dict(env.cr.fetchall())
        if not known:
            break
        last = max(known)
        layout = Layout.of(known.values())
        env["client.health.layout"]._remember(layout)
        rows = {key: layout.text(facts) for key, facts in known.items()}
        env.cr.execute(
            SQL(
                """UPDATE %s kept SET found = new.value, layout = %s
                     FROM json_each_text(%s) new WHERE kept.id = new.key::int""",
                SQL.identifier(table),
                layout.version,
                json.dumps(rows),
            )
        )
    env.cr.execute(SQL("ALTER TABLE %s DROP COLUMN facts", SQL.identifier(table)))
