"""Facts that were stored as JSON, in the form in which they are read now."""

import json

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from odoo.addons.client_health.engine.codec import FactCodec

BATCH = 10_000  # rows whose facts are in memory at once


def migrate(cr, version):
    """Convert the facts of clients and of their history, and free their room."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for table in ("client_health", "client_health_snapshot"):
        if column_exists(cr, table, "facts"):
            _keep_facts(env, table)


def _keep_facts(env, table):
    """Write the facts in a table anew: what many have in common with one codec."""
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
        codec = FactCodec.of(known.values())
        env["client.health.codec"]._remember(codec)
        rows = {key: codec.encode(facts) for key, facts in known.items()}
        env.cr.execute(
            SQL(
                """UPDATE %s kept SET encoded_facts = new.value, codec = %s
                     FROM json_each_text(%s) new WHERE kept.id = new.key::int""",
                SQL.identifier(table),
                codec.version,
                json.dumps(rows),
            )
        )
    env.cr.execute(SQL("ALTER TABLE %s DROP COLUMN facts", SQL.identifier(table)))
