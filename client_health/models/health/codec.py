import json

from odoo import api, fields, models

from ...engine.codec import FactCodec
from ...facts.figures import kept_keys

BATCH = 2000  # clients whose facts are in memory at once


class ClientHealthCodec(models.Model):
    """Which facts the stored text of a client holds, and in which order.

    Other checks or apps make another codec: there is a handful of rows.
    """

    _name = "client.health.codec"
    _description = "Order of the stored facts"
    _rec_name = "version"

    version = fields.Char(required=True, readonly=True)
    scalars = fields.Json(readonly=True)
    lists = fields.Json(readonly=True)

    _version_unique = models.UniqueIndex("(version)")

    @api.model
    def _decoder(self):
        """A function that gives the facts of a stored text: ``(version, text)`` →
        key → number or list; empty where nothing is stored."""
        self.env.cr.execute("SELECT version, scalars, lists FROM client_health_codec")
        rows = self.env.cr.fetchall()
        codecs = {version: FactCodec(*keys) for version, *keys in rows}

        def decode(version, text):
            return codecs[version].decode(text) if version in codecs else {}

        return decode

    @api.model
    def _remember(self, codec):
        """Store a codec, so that facts encoded with it can be read later."""
        self.env.cr.execute(
            """INSERT INTO client_health_codec (version, scalars, lists)
               VALUES (%s, %s, %s) ON CONFLICT (version) DO NOTHING""",
            (codec.version, json.dumps(codec.scalars), json.dumps(codec.lists)),
            log_exceptions=False,  # of two transactions one tries again
        )

    @api.model
    def _keep_figures(self):
        """Keep beside the stored facts of every client what a night keeps there."""
        decode = self._decoder()
        self.env.cr.execute("SELECT version, scalars FROM client_health_codec")
        keys = {version: kept_keys(names) for version, names in self.env.cr.fetchall()}
        self.env.cr.execute(
            "SELECT id, codec, encoded_facts FROM client_health WHERE codec = ANY(%s)"
            " AND encoded_facts IS NOT NULL",
            [list(keys)],
        )
        stored = self.env.cr.fetchall()
        for start in range(0, len(stored), BATCH):
            rows = []
            for id_, codec, text in stored[start : start + BATCH]:
                facts = decode(codec, text)
                rows.append({"id": id_, "figures": [facts.get(k) for k in keys[codec]]})
            self.env.cr.execute(
                """UPDATE client_health h SET figures = new.figures
                     FROM json_to_recordset(%s) AS new(id int, figures float8[])
                    WHERE h.id = new.id""",
                [json.dumps(rows)],
            )

    @api.model
    def _facts_of(self, company):
        """Yield (client id, stored facts) of the current clients of a company."""
        self.env["client.health"].flush_model(["phase"])
        decode = self._decoder()
        last = 0
        while True:
            self.env.cr.execute(
                """SELECT id, partner_id, codec, encoded_facts FROM client_health
                    WHERE company_id = %s AND id > %s AND encoded_facts IS NOT NULL
                      AND phase NOT IN ('ended', 'quiet', 'past')
                    ORDER BY id LIMIT %s""",
                (company.id, last, BATCH),
            )
            rows = self.env.cr.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            for _id, client, codec, text in rows:
                yield client, decode(codec, text)
