from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixins.shown import (
    GROUP,
    NO_HEALTH,
    ClientInteger,
    ClientMany2one,
    ClientSelection,
    company_shown,
)

# Values that differ by reader: see _load_shown.
SHOWN = {
    "groups": GROUP,
    "depends_context": ("company", "uid", "allowed_company_ids"),
}


class OwnHealth(fields.Many2one):
    """The health of a contact in the company the user works in now.

    Found by what it is unique for, so that no contact is ever written for it. Where
    SQL follows it, there is none of a client that the user may not read.
    """

    def join(self, model, alias, query):
        health = model.env[self.comodel_name]
        joined = query.make_alias(alias, self.name)
        visible = Domain.TRUE
        if model.env.uid != SUPERUSER_ID:
            rules = model.sudo(False).env["ir.rule"]._compute_domain(model._name)
            visible = Domain(rules).optimize_full(model)
        query.add_join(
            "LEFT JOIN",
            joined,
            health._table,
            SQL(
                "%s = %s AND %s = %s AND %s",
                health._field_to_sql(joined, "partner_id", query),
                SQL.identifier(alias, "id"),
                health._field_to_sql(joined, "company_id", query),
                company_shown(model.env),
                visible._to_sql(model, alias, query),
            ),
        )
        return health, joined


class ResPartner(models.Model):
    """A contact shows the health of its commercial entity, to those who may read
    that one: also on leads and projects, which follow these fields as superuser."""

    _name = "res.partner"
    _inherit = ["res.partner", "client.health.guarded"]

    own_health_id = OwnHealth(
        "client.health",
        compute="_compute_own_health_id",
        search="_search_own_health_id",
        groups=GROUP,
        help="Its own health as a commercial entity.",
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
        falsy_value_label=NO_HEALTH,
        **SHOWN,
    )
    health_badge = fields.Json(
        related="commercial_partner_id.own_health_id.badge",
        exportable=False,
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
        falsy_value_label=NO_HEALTH,
        **SHOWN,
    )

    def _load_way(self, name):
        """With what the rules look at and what a name is made of, which is shown of
        every contact: Odoo would read all forty columns of each for one of them."""
        stored = self._fields["complete_name"]
        made_of = {way.split(".")[0] for way in self.pool.field_depends[stored]}
        rules = self.sudo(False)._looked_at()
        self.fetch({name, "display_name", *made_of, *rules})
        # one that is not saved yet is not fetched
        self.browse(contact for contact in self._ids if not contact).mapped(name)

    def _looked_at(self):
        """Names of the fields that the rules of reading look at."""
        rules = self.env["ir.rule"]._compute_domain(self._name, "read")
        ways = {rule.field_expr.split(".")[0] for rule in rules.iter_conditions()}
        return ways.intersection(self._fields)

    def _readable(self):
        """Those that the user may read, of whom no more is fetched than it takes."""
        self.sudo().fetch(self._looked_at())
        return self._filtered_access("read")

    @api.depends_context("company")
    def _compute_own_health_id(self):
        found = self.env["client.health"].search(
            self._own_healths() & Domain("partner_id", "in", self.ids)
        )
        own = {health.partner_id.id: health for health in found}
        for partner in self:
            partner.own_health_id = own.get(partner._origin.id)

    @api.model
    def _own_healths(self):
        """Domain: the healths in the company the user works in now."""
        return Domain("company_id", "=", company_shown(self.env))

    @api.model
    def _search_own_health_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        bypass = operator == "any!"
        healths = Domain("id", "any" if bypass else operator, value)
        found = self._clients_of(healths, bypass)
        if operator == "in" and False in value:
            found |= ~self._clients_of(Domain.TRUE)
        return found

    @api.model
    def _clients_of(self, healths, bypass=False):
        """Domain: the contacts whose own health is one of those (a domain).

        ``bypass``: without the rules of the healths.
        """
        health = self.env["client.health"]
        query = health._search(self._own_healths() & healths, bypass_access=bypass)
        client = health._field_to_sql(query.table, "partner_id", query)
        return Domain("id", "in", query.subselect(client))

    def _traverse_related_sql(self, alias, field, query):
        """The health itself is read where it is found."""
        model, last, alias = super()._traverse_related_sql(alias, field, query)
        if isinstance(last, OwnHealth):
            model, alias = last.join(model, alias, query)
            last = model._fields["id"]
        return model, last, alias

    def action_open_health(self):
        """Open the health of the client this contact belongs to.

        Raises UserError when there is none, AccessError for those who may not read
        it.
        """
        self.ensure_one()
        self.check_access("read")
        health = self.health_id
        if not health:
            raise UserError(
                self.env._(
                    "The health of “%s” is not known yet. It is once there is business "
                    "with the client and the next night is over.",
                    self.display_name,
                )
            )
        health.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Relationship with %s", health.display_name),
            "res_model": "client.health",
            "res_id": health.id,
            "views": [(False, "form")],
        }
