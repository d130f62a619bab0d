"""Data that an upgrade leaves alone because people may have changed it."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

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
    """
    for name in GONE:
        cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
    env = api.Environment(cr, SUPERUSER_ID, {})
    indicator = env.ref("client_health.indicator_effective_rate", False)
    if indicator and indicator.condition == "required_rate > 0":
        indicator.condition = "opt(required_rate) > 0"
    digest = env.ref("digest.digest_digest_default", False)
    if digest:
        digest.kpi_clients_at_risk = True
