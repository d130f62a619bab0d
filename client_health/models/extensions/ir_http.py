from odoo import models

from ..mixins.access import USER


class IrHttp(models.AbstractModel):
    """The web client knows from the start how much waits for its user."""

    _inherit = "ir.http"

    def session_info(self):
        result = super().session_info()
        if self.env.user.has_group(USER):
            companies = self.env.user.company_ids.ids
            turns = self.env["client.turn"].with_context(allowed_company_ids=companies)
            result["client_health_waiting"] = turns.get_counts()
        return result
