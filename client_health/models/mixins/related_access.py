"""The one method of Odoo's ORM that is overridden.

Odoo checks the groups of a field where it is read. A related field that is not stored
is followed in SQL where records are sorted, grouped or summed up by it, as the
superuser, and there Odoo checks neither the groups of the field nor the company of the
context (``BaseModel._traverse_related_sql`` in odoo/orm/models.py). Without this, the
portal reads levels and average scores by grouping. ``tests/rights/
test_related_access.py`` fails when Odoo changes that method.
"""

from odoo import models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

MODULE = "client_health"
NO_HEALTH = _lt("No health known")  # as the title of a group


class ClientRelatedAccess(models.AbstractModel):
    _name = "client.related.access"
    _description = "Record with related fields of a client's health"

    def _traverse_related_sql(self, alias, field, query):
        """Raise AccessError for whoever may not read the field, or names a company
        that is not theirs."""
        if field.groups and MODULE in field._modules:
            self._check_field_access(field, "read")
            self.env.company.ensure_one()
        return super()._traverse_related_sql(alias, field, query)
