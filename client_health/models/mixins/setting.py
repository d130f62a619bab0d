from odoo import models
from odoo.exceptions import AccessError


class ClientSetting(models.AbstractModel):
    """A setting that holds in all companies: whoever changes it works in all of them.

    A record rule could refuse it too, but would not say why.
    """

    _name = "client.setting"
    _description = "Setting of all companies"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or operation == "read" or self.env.su:
            return result
        companies = self.env["res.company"].sudo().search([])
        elsewhere = companies - self.env.user.sudo().company_ids
        if not elsewhere:
            return None
        return self, lambda: self._elsewhere_error(len(elsewhere))

    def _elsewhere_error(self, number):
        """How many companies there are besides, and none of their names."""
        return AccessError(
            self.env._(
                "“%(model)s” is the same in all companies, and you do not work in "
                "%(number)s of them. Ask a manager who works in all.",
                model=self.env["ir.model"].sudo()._get(self._name).name,
                number=number,
            )
        )
