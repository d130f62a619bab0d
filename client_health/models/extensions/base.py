from odoo import api, models

# New work of these kinds warns when the client left.
WARNED = ("crm.lead", "sale.order", "project.project")


class Base(models.AbstractModel):
    """New quotations, opportunities and projects warn when the client left.

    Here and not on each of them, because some belong to apps that may be
    missing.
    """

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        """Add the warning to what the form asks anyway."""
        result = super().onchange(values, field_names, fields_spec)
        if self._name in WARNED and not self and not result.get("warning"):
            warning = self._warn_of_client_who_left(values, field_names, result)
            if warning:
                result["warning"] = warning
        return result

    @api.model
    def _warn_of_client_who_left(self, values, field_names, result):
        """The warning about the client just chosen, or None."""
        if field_names and "partner_id" not in field_names:
            return None
        partner_id = result.get("value", {}).get("partner_id") or values.get(
            "partner_id"
        )
        if isinstance(partner_id, dict):
            partner_id = partner_id.get("id")
        group = "client_health.group_user"
        if not partner_id or not self.env.user.has_group(group):
            return None
        partner = self.env["res.partner"].browse(partner_id)
        if not partner.has_access("read") or not partner.left_offboarding_id:
            return None
        return {
            "title": self.env._("This client left"),
            "message": partner.left_note,
            "type": "dialog",
        }
