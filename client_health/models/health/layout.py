import json

from odoo import api, fields, models

from ...facts.reading import Layout

BATCH = 2000  # clients whose facts are in memory at once


class ClientHealthLayout(models.Model):
    """Which facts there are in the stored text of a client, and in which order.

    Another layout comes with other checks and with other apps: a handful of rows.
    """

    _name = "client.health.layout"
    _description = "Order of the stored facts"
    _rec_name = "version"

    version = fields.Char(required=True, readonly=True)
    scalars = fields.Json(readonly=True)
    lists = fields.Json(readonly=True)

    _version_unique = models.UniqueIndex("(version)")

    @api.model
    def _reader(self):
        """A function that gives the facts of a stored text: ``(version, text)`` →
        key → number or list; empty where nothing is stored."""
        self.env.cr.execute("SELECT version, scalars, lists FROM client_health_layout")
        layouts = {version: Layout(*keys) for version, *keys in self.env.cr.fetchall()}

        def read(version, found):
            return layouts[version].parse(found) if version in layouts else {}

        return read

    @api.model
    def _remember(self, layout):
        """Keep a layout for those who read what was stored with it."""
        self.env.cr.execute(
            """INSERT INTO client_health_layout (version, scalars, lists)
               VALUES (%s, %s, %s) ON CONFLICT (version) DO NOTHING""",
            (layout.version, json.dumps(layout.scalars), json.dumps(layout.lists)),
            log_exceptions=False,  # two at once: one of them tries again
        )

    @api.model
    def _facts_of(self, company):
        """Yield (client id, facts) of the clients of a company that did not leave, as
        stored."""
        self.env["client.health"].flush_model(["phase"])
        read = self._reader()
        last = 0
        while True:
            self.env.cr.execute(
                """SELECT id, partner_id, layout, found FROM client_health
                    WHERE company_id = %s AND id > %s AND found IS NOT NULL
                      AND phase <> 'ended'
                    ORDER BY id LIMIT %s""",
                (company.id, last, BATCH),
            )
            rows = self.env.cr.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            for _id, client, layout, found in rows:
                yield client, read(layout, found)
