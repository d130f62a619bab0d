from odoo import api, fields, models


class ClientHealthFound(models.AbstractModel):
    """Facts as the database wrote them, put into words when somebody asks."""

    _name = "client.health.found"
    _description = "Facts of a client as they were found"

    found = fields.Char(
        readonly=True,
        prefetch="facts",  # some hundred characters that no list shows
        groups="base.group_system",
        help="The facts as the database wrote them.",
    )
    layout = fields.Char(
        readonly=True,
        prefetch="facts",
        groups="base.group_system",
        help="Which facts those are.",
    )
    facts = fields.Json(
        compute="_compute_facts",
        groups="client_health.group_manager",
        help="Everything the records told about the client, by name and days.",
    )

    @api.depends("found", "layout")
    def _compute_facts(self):
        read = self.env["client.health.layout"]._reader()
        for record in self:
            stored = record.sudo()
            record.facts = read(stored.layout, stored.found)
