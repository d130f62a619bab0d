"""Data that an upgrade leaves alone because people may have changed it."""

import json

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from odoo.addons.client_health.facts.reading import Layout

BATCH = 10_000  # rows whose facts are in memory at once
GONE = (
    "client_health_snapshot__health_id_index",
    "client_health__partner_id_index",
    "client_health__level_index",
)


def migrate(cr, version):
    """Bring to older databases what new ones get.

    The condition of *effective rate* asked for a fact that is absent while no rate
    is set, so that the figure was grey without saying why. The figure in the digest
    came later than the digest. Indexes are gone: those of columns with which another
    one begins, and that of the level, which no query was faster with.
    Facts are stored as the database writes them, no longer as JSON.
    """
    for name in GONE:
        cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
    env = api.Environment(cr, SUPERUSER_ID, {})
    for table in ("client_health", "client_health_snapshot"):
        if column_exists(cr, table, "facts"):
            _keep_facts(env, table)
    indicator = env.ref("client_health.indicator_effective_rate", False)
    if indicator and indicator.condition == "required_rate > 0":
        indicator.condition = "opt(required_rate) > 0"
    digest = env.ref("digest.digest_digest_default", False)
    if digest:
        digest.kpi_clients_at_risk = True


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
