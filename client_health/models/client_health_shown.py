"""Health where people already work: on records that name a client."""

from odoo import models
from odoo.exceptions import UserError

GROUP = "client_health.group_user"


def of_client(kind, name, string, **attributes):
    """A field that shows ``name`` of the record's partner.

    Nothing is stored and nothing is asked per row: the value is followed in SQL to
    the one health row, so that it sorts, searches and groups. As on partners it is
    the health in the company the user works in now, whatever company the record
    itself belongs to: a user never reads the health of a company that is not
    switched on, and one list never mixes the views of two companies.
    """
    return kind(related=f"partner_id.{name}", string=string, groups=GROUP, **attributes)


class ClientHealthGuarded(models.AbstractModel):
    """Related fields read their target as the superuser; this keeps the groups of
    ours where SQL follows them, as in sorting and grouping."""

    _name = "client.health.guarded"
    _description = "Record with fields of a client's health"

    def _field_to_sql(self, alias, field_expr, query=None):
        field = self._fields.get(field_expr)
        if field is not None and field.related and field.groups == GROUP:
            self._check_field_access(field, "read")
        return super()._field_to_sql(alias, field_expr, query)


class ClientHealthShown(models.AbstractModel):
    """For models with a ``partner_id``: the way from the record to its client."""

    _name = "client.health.shown"
    _inherit = "client.health.guarded"
    _description = "Record that shows the health of a client"

    def action_open_client_health(self):
        """Open the health of the client this record is about.

        Raises UserError when there is none, AccessError for those who may not
        read it.
        """
        self.ensure_one()
        self.check_access("read")
        if not self.partner_id.health_id:
            raise UserError(
                self.env._(
                    "“%s” has no client whose health is known yet. Choose a client, or "
                    "wait until the next night.",
                    self.display_name,
                )
            )
        return self.partner_id.action_open_health()
