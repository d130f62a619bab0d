from odoo import api, fields, models

from .access import MANAGER


class ClientHealthEncoded(models.AbstractModel):
    """Facts as the database wrote them, decoded when somebody asks."""

    _name = "client.health.encoded"
    _description = "Encoded facts of a client"

    encoded_facts = fields.Char(
        readonly=True,
        groups="base.group_system",
        help="The facts as the database wrote them.",
    )
    codec = fields.Char(
        readonly=True, groups="base.group_system", help="Which facts those are."
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
            record.facts = decode(stored.codec, stored.encoded_facts)
