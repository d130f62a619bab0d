"""What every step of a goodbye needs."""

from odoo import models
from odoo.exceptions import UserError


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    def _family(self):
        """The client and all its contacts, archived ones too; with sudo."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        family = partners.search([("commercial_partner_id", "in", self.partner_id.ids)])
        return family.with_context(active_test=True)

    def _set_phase(self, phase):
        """Give the client's health a phase; returns the one before."""
        self.ensure_one()
        health = self.env["client.health"].sudo()
        mine = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        found = health.search(mine)
        if not found and self.partner_id.active:
            self._refresh_health()
            found = health.search(mine)
        before = found.phase or "active"
        found.write({"phase": phase})
        return before

    def _check_manager(self, what):
        """Raise UserError unless the user decides about such things."""
        self.check_access("write")
        if not self.env.su and not self._is_manager():
            raise UserError(
                self.env._(
                    "Only managers of Client Health %(what)s. Ask one of them.",
                    what=what,
                )
            )
