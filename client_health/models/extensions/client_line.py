"""A line on quotations for clients who are in trouble or have left."""

from lxml import etree
from odoo import api, models

GROUP = "client_health.group_user"
# Forms that get the line above their sheet, and when it stays away.
LINED = {"sale.order": "state in ('sale', 'cancel')"}
TROUBLE = ("at_risk", "critical")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.readonly
    def client_health_line(self):
        """What somebody who writes a quotation for this client should know.

        Returns ``{"level", "label", "score", "reason", "left", "linked"}``, or
        False when there is nothing to say: ``left`` tells how the relationship
        ended, else ``level`` is at_risk or critical. False as well for those who
        may not read the client, so that the line is in nobody's way.
        """
        self.ensure_one()
        if not self.env.user.has_group(GROUP) or not self.has_access("read"):
            return False
        health = self.health_id
        if not self.left_note and health.level not in TROUBLE:
            return False
        labels = dict(health._fields["level"]._description_selection(self.env))
        return {
            "level": health.level,
            "label": labels.get(health.level, ""),
            "score": health.score,
            "reason": health.level_reason or "",
            "left": self.left_note or "",
            "linked": bool(health),
        }


class Base(models.AbstractModel):
    """The line is put into the form while Odoo puts the form together.

    Quotations belong to an app that may be missing, may come later and may go
    again. A view of our own would need that app; fields of our own on its model too.
    So nothing is stored: a widget that asks the client named on the form is added
    whenever the form of such a model is read, and never when there is none.
    """

    _inherit = "base"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        lined = view_type == "form" and self._name in LINED
        sheet = arch.find("sheet") if lined else None
        if sheet is not None and arch.find(".//field[@name='partner_id']") is not None:
            sheet.addprevious(
                etree.Element(
                    "widget",
                    name="client_health_line",
                    invisible=LINED[self._name],
                    groups=GROUP,
                )
            )
        return arch, view
