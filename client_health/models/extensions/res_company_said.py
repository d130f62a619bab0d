from odoo import fields, models

from ..mixins.setting import SETTING


class ResCompany(models.Model):
    _inherit = "res.company"

    client_health_ask_pulse = fields.Boolean(
        string="Ask for pulses",
        default=True,
        help="Every week colleagues are asked, by an activity, about some of the "
        "clients they worked for.",
        **SETTING,
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    client_health_ask_pulse = fields.Boolean(
        related="company_id.client_health_ask_pulse", readonly=False
    )
