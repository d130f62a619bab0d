from odoo import api, fields, models

from ...scoring.levels import GONE, LEVELS
from ..mixins.access import MANAGER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    client_health_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the required rate"
    )
    client_health_required_rate = fields.Monetary(
        related="company_id.client_health_required_rate",
        readonly=False,
        currency_field="client_health_currency_id",
        groups=MANAGER,
    )
    client_health_least_overdue = fields.Monetary(
        related="company_id.client_health_least_overdue",
        readonly=False,
        currency_field="client_health_currency_id",
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
    client_health_ask_pulse = fields.Boolean(
        related="company_id.client_health_ask_pulse", readonly=False
    )
    client_health_archive_guard = fields.Boolean(
        related="company_id.client_health_archive_guard", readonly=False
    )
    client_health_catch_up = fields.Boolean(
        related="company_id.client_health_catch_up", readonly=False
    )
    client_health_hours_word = fields.Boolean(
        related="company_id.client_health_hours_word", readonly=False
    )
    client_health_weekly_mail = fields.Boolean(
        related="company_id.client_health_weekly_mail", readonly=False
    )
    client_health_levels_now = fields.Char(
        string="Now", compute="_compute_client_health_levels_now"
    )

    @api.depends("company_id")
    @api.depends_context("lang", "uid")
    def _compute_client_health_levels_now(self):
        """The number of clients at each level, for users who may read clients."""
        health = self.env["client.health"]
        words = dict(health._fields["level"]._description_selection(self.env))
        for settings in self:
            counts = {}
            if health.has_access("read"):
                mine = [
                    ("company_id", "=", settings.company_id.id),
                    ("phase", "not in", GONE),
                ]
                counts = dict(health._read_group(mine, ["level"], ["__count"]))
            settings.client_health_levels_now = counts and self.env._(
                "Now: %s.",
                ", ".join(
                    f"{counts[level]} {words[level].lower()}"
                    for level, _label in reversed(LEVELS)
                    if counts.get(level)
                ),
            )
