from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    client_health_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the required rate"
    )
    client_health_required_rate = fields.Monetary(
        related="company_id.client_health_required_rate",
        readonly=False,
        currency_field="client_health_currency_id",
        groups="client_health.group_manager",
    )
    client_health_client_hours = fields.Float(
        related="company_id.client_health_client_hours", readonly=False
    )
    client_health_our_hours = fields.Float(
        related="company_id.client_health_our_hours", readonly=False
    )
    client_health_contact_days = fields.Integer(
        related="company_id.client_health_contact_days", readonly=False
    )
    client_health_alert_activity = fields.Boolean(
        related="company_id.client_health_alert_activity", readonly=False
    )
    client_health_healthy = fields.Integer(
        related="company_id.client_health_healthy", readonly=False
    )
    client_health_watch = fields.Integer(
        related="company_id.client_health_watch", readonly=False
    )
    client_health_at_risk = fields.Integer(
        related="company_id.client_health_at_risk", readonly=False
    )
    client_health_min_coverage = fields.Integer(
        related="company_id.client_health_min_coverage", readonly=False
    )
