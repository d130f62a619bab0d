"""Data that an upgrade leaves alone because people may have changed it."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Bring to older databases what new ones get.

    The condition of *effective rate* asked for a fact that is absent while no rate
    is set, so that the figure was grey without saying why. The figure in the digest
    came later than the digest. An index is gone with which another one begins.
    """
    cr.execute("DROP INDEX IF EXISTS client_health_snapshot__health_id_index")
    env = api.Environment(cr, SUPERUSER_ID, {})
    indicator = env.ref("client_health.indicator_effective_rate", False)
    if indicator and indicator.condition == "required_rate > 0":
        indicator.condition = "opt(required_rate) > 0"
    digest = env.ref("digest.digest_digest_default", False)
    if digest:
        digest.kpi_clients_at_risk = True
