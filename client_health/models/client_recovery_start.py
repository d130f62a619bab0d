"""Starting a repair: with whom, and how the client stood."""

from odoo import api, models

from .client_recovery import CLOSED


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    @api.model
    def _open_of(self, partners, company=None):
        """The open recoveries of these clients in a company."""
        return self.search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", (company or self.env.company).id),
                ("state", "not in", CLOSED),
            ]
        )
