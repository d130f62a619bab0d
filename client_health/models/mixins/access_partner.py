from datetime import date

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain

from .access import is_id

# Dates from and to which people may enter; sums of days beyond stay valid dates.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


class ClientAccessPartner(models.AbstractModel):
    """Access guard of records about a client: whoever may not read the client may not
    read, find or change them either.

    A record rule cannot express that, because Odoo applies rules as the superuser.
    Models that inherit this have a stored ``partner_id``.
    """

    _name = "client.access.partner"
    _inherit = ["client.access"]
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
        """Raise UserError for values that cannot be the id of a record, and for dates
        outside FIRST_DAY to LAST_DAY, before anything is computed with them."""
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
            return  # Odoo refuses it
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
        """The records about these clients (ids) in a domain that the user may read."""
        if not clients:  # spares the query for the clients that the user may read
            return self.browse()
        return self.search([("partner_id", "in", clients), *domain], order=order)

    def _check_access(self, operation):
        """Every operation also needs the right to read the client. Records that are not
        there are refused like those that one may not see."""
        try:
            result = super()._check_access(operation)
            forbidden = result[0] if result else self.browse()
            hidden = (self - forbidden)._of_hidden_clients()
        except MissingError:
            there = self.exists()
            result = there._check_access(operation)
            forbidden = result[0] if result else self.browse()
            hidden = self - there
        if not hidden:
            return result
        forbidden |= hidden
        rules = self.env["ir.rule"]
        return forbidden, lambda: rules._make_access_error(operation, forbidden)

    def _of_hidden_clients(self):
        """Those of these records whose client the user may not read."""
        if self.env.su or not any(self._ids):
            return self.browse()
        clients = self.sudo().partner_id.sudo(False)
        hidden = clients - clients._filtered_access("read")
        if not hidden:
            return self.browse()
        return self.filtered(lambda record: record.sudo().partner_id in hidden)

    def _named(self):
        """Those of these records that the user may read, to be named. The others get a
        name that does not tell of whom they are: Odoo shows names as the superuser."""
        if self.env.uid == SUPERUSER_ID:
            return self
        saved = self.filtered("id")
        hidden = saved - saved.sudo(False)._filtered_access("read").with_env(self.env)
        for record in hidden:
            record.display_name = record._kind()
        return self - hidden

    @api.model
    def _kind(self):
        """What people call a record of this model."""
        return self.env["ir.model"].sudo()._get(self._name).name
