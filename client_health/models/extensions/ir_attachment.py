from odoo import api, models
from odoo.fields import Domain


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Look as the user for what a filter says about other records.

        Odoo looks for files as the superuser, and asks for rights on those it found:
        a filter that follows a field, such as ``company_id.partner_id``, would tell
        what is in any field of any record.
        """
        if not self.env.su and not bypass_access:
            domain = Domain(domain).map_conditions(self._as_the_user)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _as_the_user(self, condition):
        """The condition, with the ids of what the user finds where it follows a
        field."""
        name, _dot, rest = condition.field_expr.partition(".")
        field, value = self._fields.get(name), condition.value
        if not (field and field.relational):
            return condition
        inside = condition.operator in ("any", "any!", "not any", "not any!")
        if rest:
            value = Domain(rest, condition.operator, value)
        elif not inside or not isinstance(value, list | tuple | Domain):
            return condition
        found = self.env[field.comodel_name].with_context(active_test=False)
        among = Domain(name, "in", found.search(Domain(value)).ids)
        return ~among if not rest and condition.operator.startswith("not") else among
