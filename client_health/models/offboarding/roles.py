"""What else the client is to us: a supplier, the contact of an employee or user."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list

from ..mixins.access import colleagues
from ..process.family import family

MEMORY_DAYS = "-730d"  # purchases in this period make somebody a supplier


class ClientOffboardingRoles(models.AbstractModel):
    """The part of an offboarding that asks what the client stays to us."""

    _name = "client.offboarding.roles"
    _description = "What else a client who leaves is to us"
    _inherit = ["client.process"]

    other_roles = fields.Char(
        compute="_compute_other_roles",
        string="It is also",
        help="What else the client is to us.",
    )
    afterwards = fields.Selection(
        [
            ("archive", "Archive it"),
            ("keep", "End as a client, keep the contact"),
        ],
        help="For a client who is also a supplier, or the contact of an employee or a "
        "user of ours. Kept, it is marked as a client who left, and not archived.",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_other_roles(self):
        for offboarding in self:
            roles = offboarding.sudo()._roles() if offboarding.partner_id else []
            offboarding.other_roles = format_list(self.env, roles) if roles else False

    def _roles(self):
        """What else the client is to us, as words; with sudo."""
        roles = [self.env._("our supplier")] if self._is_supplier() else []
        people = family(self.partner_id)
        users = colleagues(people)
        if users:
            names = format_list(self.env, users.mapped("name"))
            roles.append(self.env._("the contact of our user %s", names))
        if "hr.employee" in self.env:
            employees = self.env["hr.employee"].search(
                [("work_contact_id", "in", people.ids)]
            )
            employees = employees.filtered(lambda e: e.user_id not in users)
            if employees:
                names = format_list(self.env, employees.mapped("name"))
                roles.append(self.env._("the contact of our employee %s", names))
        return roles

    def _is_supplier(self):
        """True when we bought of the client in two years, or are about to; with
        sudo."""
        clients = family(self.partner_id).ids
        recent = Domain("create_date", ">=", MEMORY_DAYS)
        bought = []
        if "account.move" in self.env:
            bills = Domain("commercial_partner_id", "in", clients)
            bills &= Domain("move_type", "=", "in_invoice")
            bills &= Domain("state", "!=", "cancel")
            dated = Domain("invoice_date", ">=", MEMORY_DAYS)
            undated = Domain("invoice_date", "=", False) & recent
            bought.append(("account.move", bills & (dated | undated)))
        if "purchase.order" in self.env:
            orders = Domain("partner_id", "in", clients) & recent
            bought.append(("purchase.order", orders & Domain("state", "!=", "cancel")))
        return any(
            self.env[model].sudo().search_count(domain, limit=1)
            for model, domain in bought
        )

    def _keeps_contact(self):
        """As what the client stays to us; empty when it is archived."""
        if self.afterwards != "keep":
            return ""
        return self.other_roles or self.env._("a contact of ours")
