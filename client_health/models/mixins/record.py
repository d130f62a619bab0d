from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Contacts have these in common with every record that has a client.
CLIENT_FIELDS = ("partner_id", "commercial_partner_id")


class ClientSaid(models.AbstractModel):
    """What incidents, pulses and agreements have in common: they are about one
    client, for one company, and move the client's score at once."""

    _name = "client.said"
    _description = "Something that people say about a client"
    _inherit = ["client.of.partner"]

    # Fields that change through buttons only, and their values in a new record.
    _by_buttons = {}
    # Fields that follow from others and are never written.
    _computed_only = ()

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        help="The client as a whole; a contact is replaced by the company it is of.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )

    # -- about whom ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Take client and company from the record a person comes from."""
        values = super().default_get(fields)
        source = self._source_record()
        if source and "partner_id" in fields and not values.get("partner_id"):
            values["partner_id"] = self._contact_of(source).commercial_partner_id.id
        if "company_id" in fields and "default_company_id" not in self.env.context:
            company = self._company_of(source, values.get("partner_id"))
            if company:
                values["company_id"] = company.id
        return values

    @api.model
    def _source_record(self):
        """The record whose button opened the dialog, or None."""
        model = self.env.context.get("active_model")
        record_id = self.env.context.get("active_id")
        if not record_id or model == self._name or model not in self.env:
            return None
        record = self.env[model].browse(record_id).exists()
        if not record or not record.has_access("read"):
            return None
        return record if self._contact_of(record) else None

    @api.model
    def _contact_of(self, record):
        """The contact that a record is about; other modules may know more.

        Of a meeting: the client of its opportunity, else the first attendee who
        is not one of us. Returns an empty recordset when there is none.
        """
        partners = self.env["res.partner"]
        if record._name == "res.partner":
            return record
        if record._name == "calendar.event":
            attendees = record.partner_ids.filtered("partner_share")
            return record.opportunity_id.partner_id or attendees[:1]
        for name in CLIENT_FIELDS:
            field = record._fields.get(name)
            if field and field.comodel_name == "res.partner" and record[name]:
                return record[name][:1]
        return partners

    @api.model
    def _company_of(self, source, partner_id):
        """The company that a record or a client belongs to, if to any."""
        partner = self.env["res.partner"].sudo().browse(partner_id)
        if source and "company_id" in source._fields:
            company = source.sudo().company_id
            if company in self.env.companies:
                return company
        return partner.company_id

    # -- what is written, and by whom ------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Records are about commercial entities; buttons alone move them on."""
        self.check_access("create")
        self = self._without_forged_defaults()
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._refuse_nonsense(vals)
            self._refuse_by_hand(vals, new=True)
            if not self.env.su:
                vals.update(self._new_values())
            if not vals.get("partner_id"):
                vals.update({"partner_id": False, **self.default_get(["partner_id"])})
            self._take_client(vals)
            if not vals.get("company_id"):
                vals.update(self.default_get(["company_id"]))
                partner = self.env["res.partner"].sudo().browse(vals["partner_id"])
                if partner.company_id:
                    vals["company_id"] = partner.company_id.id
            self._refuse_hidden(vals)
            self._complete(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_nonsense(vals)
        self._refuse_by_hand(vals)
        if vals.get("partner_id"):
            vals = dict(vals)
            self._take_client(vals)
        if {"partner_id", "company_id"} & set(vals):
            for record in self:
                now = {
                    "partner_id": record.partner_id.id,
                    "company_id": record.company_id.id,
                }
                self._refuse_hidden({**now, **vals})
        return super().write(vals)

    @api.model
    def _refuse_hidden(self, vals):
        """Raise AccessError for a client or company that the user may not see,
        before anything is read or told of it."""
        if self.env.su:
            return
        self.env["res.partner"].browse(vals["partner_id"] or []).check_access("read")
        if vals["company_id"] not in self.env.companies.ids:
            raise AccessError(
                self.env._("You are not working in this company now. Switch to it.")
            )

    @api.model
    def _new_values(self):
        """Values of the fields that buttons change, in a new record; those that
        one may not see keep their own default."""
        return {
            name: value
            for name, value in self._by_buttons.items()
            if self._has_field_access(self._fields[name], "write")
        }

    @api.model
    def _complete(self, vals):
        """Add to the values of a new record what follows from them."""

    @api.model
    def _without_forged_defaults(self):
        """Without defaults in the context for what people may not write."""
        if self.env.su:
            return self
        return self._without_defaults((*self._by_buttons, *self._computed_only))

    @api.model
    def _take_client(self, vals):
        """Replace a contact by its commercial entity."""
        if not vals.get("partner_id"):
            return
        contact = self.env["res.partner"].sudo().browse(vals["partner_id"])
        client = contact.commercial_partner_id
        if client != contact and "contact_id" in self._fields:
            vals.setdefault("contact_id", contact.id)
        vals["partner_id"] = client.id

    def _refuse_by_hand(self, vals, new=False):
        """Raise UserError when people write what only buttons may change."""
        if self.env.su:
            return
        expected = self._new_values() if new else {}
        for name in sorted({*self._by_buttons, *self._computed_only} & set(vals)):
            if name in expected and (vals[name] or False) == expected[name]:
                continue
            raise UserError(
                self.env._(
                    "“%(field)s” of %(record)s is not written by hand. Use the buttons "
                    "on its form.",
                    field=self._fields[name]._description_string(self.env),
                    record=self[:1].display_name or self._description,
                )
            )

    # -- helpers ---------------------------------------------------------------

    @api.model
    def _today(self, company):
        """The calendar day where the company is."""
        return self.env["client.health.facts"]._scope(company, []).as_of

    def _clients(self):
        """(company, client) of these records, for :meth:`_refresh_clients`."""
        return [(record.company_id, record.partner_id) for record in self.sudo()]

    def _refresh_health(self):
        """Have the score of these records' clients say at once what they say."""
        self._refresh_clients(self._clients())

    @api.model
    def _refresh_clients(self, clients):
        """Refresh the health of (company, client) pairs, once per company."""
        partners = {}
        for company, partner in clients:
            partners[company] = partners.get(company, partner) | partner
        for company, found in partners.items():
            health = self.env["client.health"].sudo()
            health.with_context(allowed_company_ids=company.ids)._refresh(found)

    @api.model
    def _some_manager(self, company, besides=None):
        """A manager of Client Health in the company, the first one; or nobody.

        ``besides``: a user who is not asked.
        """
        group = self.env.ref("client_health.group_manager").sudo()
        managers = group.all_user_ids.filtered(
            lambda user: user.active and company in user.company_ids
        )
        if besides:
            managers -= besides
        return managers.sorted("id")[:1]

    def _is_manager(self):
        return self.env.user.has_group("client_health.group_manager")
