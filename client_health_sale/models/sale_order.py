from odoo import api, fields, models

from odoo.addons.client_health.models.mixins.access import USER
from odoo.addons.client_health.scoring.levels import AT_RISK_LEVELS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    client_health_badge = fields.Json(
        string="Client health",
        compute="_compute_client_health",
        exportable=False,
        groups=USER,
    )
    client_health_note = fields.Text(
        string="About the client",
        compute="_compute_client_health",
        exportable=False,
        groups=USER,
        help="What somebody who writes a quotation for this client should know: why it "
        "is at risk or critical, or how the relationship ended.",
    )

    @api.depends("partner_id", "state")
    @api.depends_context("uid", "company", "allowed_company_ids", "lang")
    def _compute_client_health(self):
        """Nothing once an order is confirmed or cancelled, and nothing about clients
        that one may not read."""
        for order in self:
            client = order.partner_id
            if order.state in ("sale", "cancel") or not client.has_access("read"):
                client = client.browse()
            health = client.health_id
            at_risk = health.level in AT_RISK_LEVELS
            order.client_health_badge = at_risk and health.badge
            order.client_health_note = client.left_note or (
                at_risk and health.level_reason
            )

    @api.onchange("partner_id")
    def _onchange_client_who_left(self):
        return self.partner_id._warn_who_left(self)

    def action_open_client_health(self):
        """Open the health of the client this quotation is for."""
        return self.env["res.partner"]._open_health_of(self)
