from odoo import api, fields, models

from ...engine.turns import MARK
from .access import MANAGER

# Facts that say when something else is worked out anew, and nothing about a client.
UNTOLD = {MARK}


class ClientHealthEncoded(models.AbstractModel):
    """Facts stored as the text that PostgreSQL made of them; read with a codec."""

    _name = "client.health.encoded"
    _description = "Encoded facts of a client"

    encoded_facts = fields.Char(
        readonly=True,
        prefetch="facts",  # some hundred characters that no list shows
        groups=fields.NO_ACCESS,
        help="The facts as the database wrote them.",
    )
    codec = fields.Char(
        readonly=True,
        prefetch="facts",
        groups=fields.NO_ACCESS,
        help="Which facts those are.",
    )
    facts = fields.Json(
        compute="_compute_facts",
        groups=MANAGER,
        help="Everything the records told about the client, by name and days.",
    )

    @api.depends("encoded_facts", "codec")
    def _compute_facts(self):
        decode = self.env["client.health.codec"]._decoder()
        for record in self:
            stored = record.sudo()
            facts = decode(stored.codec, stored.encoded_facts)
            record.facts = facts and {
                key: value for key, value in facts.items() if key not in UNTOLD
            }
