from odoo import api, fields, models

from ..mixins.access import USER
from ..mixins.level_order import by_severity
from ..mixins.related_access import NO_HEALTH

HEALTH = "partner_id.commercial_partner_id.own_health_id"


class CrmLead(models.Model):
    """An opportunity shows the health of its client to users of Client Health."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "client.related.access"]

    client_health_level = fields.Selection(
        related=f"{HEALTH}.level",
        string="Client health",
        falsy_value_label=NO_HEALTH,
        group_expand=by_severity,
        groups=USER,
    )
    client_health_score = fields.Integer(
        related=f"{HEALTH}.score",
        string="Client health score",
        falsy_value=None,
        groups=USER,
    )
    client_health_badge = fields.Json(
        related=f"{HEALTH}.badge",
        string="Client health badge",
        exportable=False,
        groups=USER,
    )
    client_health_phase = fields.Selection(
        related=f"{HEALTH}.phase",
        string="Client phase",
        falsy_value_label=NO_HEALTH,
        groups=USER,
    )
    client_red_flag_count = fields.Integer(
        related=f"{HEALTH}.red_flag_count",
        aggregator=None,
        falsy_value=None,
        groups=USER,
    )

    @api.onchange("partner_id")
    def _onchange_client_who_left(self):
        return self.partner_id._warn_who_left(self)

    def action_open_client_health(self):
        """Open the health of the client this record is about."""
        return self.env["res.partner"]._open_health_of(self)
