from odoo import api, models

from ..night import NightInJobs


class ClientHealth(models.Model):
    _inherit = "client.health"

    @api.model
    def _night(self, company):
        return NightInJobs(self.with_company(company).env, company)
