from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "client.health.guarded"]

    own_health_id = fields.Many2one(
        "client.health",
        company_dependent=True,
        copy=False,
        groups="client_health.group_user",
        help="Its own health as a commercial entity, written once.",
    )
    health_id = fields.Many2one(
        related="commercial_partner_id.own_health_id",
        string="Health",
        groups="client_health.group_user",
    )
    health_score = fields.Integer(
        related="commercial_partner_id.own_health_id.score",
        string="Health score",
        aggregator="avg",
        groups="client_health.group_user",
    )
    health_level = fields.Selection(
        related="commercial_partner_id.own_health_id.level",
        string="Health level",
        groups="client_health.group_user",
    )
    health_trend = fields.Integer(
        related="commercial_partner_id.own_health_id.trend",
        string="Health trend",
        aggregator=None,
        groups="client_health.group_user",
    )
    red_flag_count = fields.Integer(
        related="commercial_partner_id.own_health_id.red_flag_count",
        string="Red flags",
        groups="client_health.group_user",
    )
    health_phase = fields.Selection(
        related="commercial_partner_id.own_health_id.phase",
        string="Phase",
        groups="client_health.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_own_health(vals)
        return super().create(vals_list)

    def write(self, vals):
        if "own_health_id" in vals:
            self._refuse_own_health(vals)
        return super().write(vals)

    def _refuse_own_health(self, vals):
        """Nobody points a contact at a health by hand: it could be another
        client's, or none at all, which no database constraint would refuse. The
        one there is may be named again, as merging contacts does."""
        health = vals.get("own_health_id")
        named = [health] if health else []
        if self.env.su or all(p.own_health_id.ids == named for p in self or [self]):
            return
        raise AccessError(self.env._("The health of a contact is not chosen by hand."))

    def action_open_health(self):
        """Open the health of the client this contact belongs to."""
        self.ensure_one()
        health = self.health_id
        health.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Relationship with %s", health.display_name),
            "res_model": "client.health",
            "res_id": health.id,
            "views": [(False, "form")],
        }
