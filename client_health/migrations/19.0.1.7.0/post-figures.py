"""The numbers that Figures shows are kept beside the facts they are decoded from."""

import json

from odoo import SUPERUSER_ID, api

from odoo.addons.client_health.facts.figures import kept_keys

BATCH = 2000  # clients whose facts are in memory at once


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT version, scalars FROM client_health_codec")
    keys = {codec: kept_keys(scalars) for codec, scalars in cr.fetchall()}
    decode = env["client.health.codec"]._decoder()
    cr.execute(
        "SELECT id, codec, encoded_facts FROM client_health"
        " WHERE encoded_facts IS NOT NULL AND codec = ANY(%s)",
        [list(keys)],
    )
    stored = cr.fetchall()
    for start in range(0, len(stored), BATCH):
        rows = []
        for id_, codec, text in stored[start : start + BATCH]:
            facts = decode(codec, text)
            rows.append({"id": id_, "figures": [facts.get(k) for k in keys[codec]]})
        cr.execute(
            """UPDATE client_health h SET figures = new.figures
                 FROM json_to_recordset(%s) AS new(id int, figures float8[])
                WHERE h.id = new.id""",
            [json.dumps(rows)],
        )
