"""Erasing a person, and printing what is stored about one."""

from odoo import models

from ..mixins.dialog import open_form
from .erasure import Erasure
from .stored import Stored


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_erase_person(self):
        """Open the dialog that asks whether this person is erased. For managers."""
        self.ensure_one()
        Erasure(self).check()
        view = self.env.ref("client_health.res_partner_view_form_erase")
        return open_form(
            self,
            name=self.env._("Erase this person"),
            views=[(view.id, "form")],
            target="new",
        )

    def erase_person(self):
        """Erase these persons for good; see :class:`.erasure.Erasure`. For managers."""
        Erasure(self).erase()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_print_stored(self):
        """Print what is stored about this person. For managers."""
        Stored(self).check()
        report = self.env.ref("client_health.report_stored_about")
        return report.report_action(self)

    def _stored_about(self):
        """See :meth:`.stored.Stored.told`."""
        return Stored(self).told()
