"""Names that say what a thing is, where nobody gave them another one."""

from odoo import SUPERUSER_ID, api

NEW = {
    "indicator_unprepared": ("Unprepared", "Client came unprepared"),
    "ir_filters_nobody_looks_after": (
        "In trouble, without salesperson",
        "Clients at risk without salesperson",
    ),
}


def migrate(cr, version):
    """Rename records that an upgrade does not touch; the new names are translated with
    the module."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    for xmlid, (old, new) in NEW.items():
        record = env.ref(f"client_health.{xmlid}", raise_if_not_found=False)
        if record and record.name == old:
            record.name = new
