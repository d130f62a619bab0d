from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .client_health_shown import GROUP

# Values that differ by reader: see _load_shown.
SHOWN = {
    "groups": GROUP,
    "depends_context": ("company", "uid", "allowed_company_ids"),
}


class _OfClient:
    """A field that is searched among the clients that the user may read: Odoo
    follows related fields as the superuser."""

    def _search_related(self, records, operator, value):
        found = super()._search_related(records, operator, value)
        inherited = records._name != "res.partner"  # and asked there
        root = records.env.uid == SUPERUSER_ID
        if found is NotImplemented or inherited or root:
            return found
        clients = records.sudo(False).with_context(active_test=False)._search([])
        return found & Domain("commercial_partner_id", "in", clients)


class ClientInteger(_OfClient, fields.Integer):
    pass


class ClientSelection(_OfClient, fields.Selection):
    pass


class ClientBoolean(_OfClient, fields.Boolean):
    pass


class ClientMany2one(_OfClient, fields.Many2one):
    pass


class ResPartner(models.Model):
    """A contact shows the health of its commercial entity, to those who may read
    that one: also on leads and projects, which follow these fields as superuser."""

    _name = "res.partner"
    _inherit = ["res.partner", "client.health.guarded"]

    own_health_id = fields.Many2one(
        "client.health",
        company_dependent=True,
        copy=False,
        prefetch=False,
        readonly=True,
        groups=GROUP,
        help="Its own health as a commercial entity, written once.",
    )
    health_id = ClientMany2one(
        related="commercial_partner_id.own_health_id",
        string="Health",
        **SHOWN,
    )
    health_score = ClientInteger(
        related="commercial_partner_id.own_health_id.score",
        string="Health score",
        aggregator="avg",
        **SHOWN,
    )
    health_level = ClientSelection(
        related="commercial_partner_id.own_health_id.level",
        string="Health level",
        **SHOWN,
    )
    health_capped = ClientBoolean(
        related="commercial_partner_id.own_health_id.level_capped",
        string="Health level by a red flag",
        **SHOWN,
    )
    health_trend = ClientInteger(
        related="commercial_partner_id.own_health_id.trend",
        string="Health trend",
        aggregator=None,
        **SHOWN,
    )
    red_flag_count = ClientInteger(
        related="commercial_partner_id.own_health_id.red_flag_count",
        string="Red flags",
        **SHOWN,
    )
    health_phase = ClientSelection(
        related="commercial_partner_id.own_health_id.phase",
        string="Phase",
        **SHOWN,
    )

    # -- for those who may read the client -------------------------------------

    def _prepare_create_values(self, vals_list):
        prepared = super()._prepare_create_values(vals_list)
        for vals in prepared:  # default values are among them now
            self._refuse_health(vals)
        return prepared

    def write(self, vals):
        self._refuse_health(vals)
        return super().write(vals)

    @api.model
    def _refuse_health(self, vals):
        """Whoever could write it would choose whose health is shown.

        Not in ``_check_field_access``, which is asked hundreds of times a screen.
        """
        if "own_health_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("The health of a client is written by Client Health alone.")
            )

    def _field_to_sql(self, alias, field_expr, query=None):
        """A field of the client's health is empty where its reader may not read the
        client."""
        sql = super()._field_to_sql(alias, field_expr, query)
        field = self._fields.get(field_expr)
        if not isinstance(field, _OfClient) or self.env.uid == SUPERUSER_ID:
            return sql
        rules = self.sudo(False).env["ir.rule"]._compute_domain(self._name)
        client = self._fields["commercial_partner_id"]
        model, alias = client.join(self.sudo(), alias, query)
        visible = Domain(rules).optimize_full(model)._to_sql(model, alias, query)
        return SQL("CASE WHEN %s THEN %s END", visible, sql)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Without the raw health while contacts are merged, which copies all fields."""
        found = super().fields_get(allfields, attributes)
        if self.env.context.get("client_health_settled"):
            found.pop("own_health_id", None)
        return found

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
