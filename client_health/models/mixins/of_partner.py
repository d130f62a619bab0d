from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .access import is_id

# Days that a relationship can have, with room for reckoning beyond them.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


class ClientOfPartner(models.AbstractModel):
    """Records about a client are for those who may read the client.

    A record rule cannot say so, because rules are applied as the superuser.
    Models that inherit this have a stored ``partner_id``.
    """

    _name = "client.of.partner"
    _inherit = ["client.given"]
    _description = "Record about a client"

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not self.env.su and not bypass_access:
            partners = self.env["res.partner"].with_context(active_test=False)
            visible = Domain("partner_id", "in", partners._search([]))
            domain = Domain(domain) & visible
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    @api.model
    def _refuse_nonsense(self, vals):
        """Raise UserError for what can be no id where a record belongs, and for days
        that nobody means, before anything is looked up or reckoned with them."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if not field or value in (None, False):
                continue
            if field.type == "date":
                self._refuse_far_day(field, value)
            elif field.type == "many2one" and not is_id(value):
                raise UserError(
                    self.env._(
                        "“%(value)s” is no id of a record for “%(field)s” of "
                        "%(model)s.",
                        value=str(value)[:60],
                        field=field._description_string(self.env),
                        model=self._description,
                    )
                )

    @api.model
    def _refuse_far_day(self, field, value):
        try:
            day = fields.Date.to_date(value)
        except (ValueError, TypeError):
            return  # which Odoo refuses itself
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise UserError(
                self.env._(
                    "“%(field)s” of %(model)s is %(day)s. Give a day from %(first)s to "
                    "%(last)s.",
                    field=field._description_string(self.env),
                    model=self._description,
                    day=day,
                    first=FIRST_DAY,
                    last=LAST_DAY,
                )
            )

    @api.model
    def _about(self, clients, domain, order=None):
        """Records about these clients (ids), those that one may see."""
        if not clients:  # nor ask which clients one may see
            return self.browse()
        return self.search([("partner_id", "in", clients), *domain], order=order)

    def _check_access(self, operation):
        """Also ask for the right to read the client, for every operation."""
        result = super()._check_access(operation)
        records = self - result[0] if result else self
        if not any(records._ids):
            return result
        clients = records.sudo().partner_id.sudo(False)
        hidden = clients - clients._filtered_access("read")
        if not hidden:
            return result
        unseen = records.filtered(lambda record: record.sudo().partner_id in hidden)
        forbidden = (result[0] if result else self.browse()) | unseen
        make_error = self.env["ir.rule"]._make_access_error
        return forbidden, lambda: make_error(operation, forbidden)
