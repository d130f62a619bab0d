from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .access import MANAGER, colleagues, employees

# Fields in which a record may name its client.
CLIENT_FIELDS = ("partner_id", "commercial_partner_id")


class ClientRecord(models.AbstractModel):
    """What incidents, pulses, agreements and processes have in common: they are about
    one client of one company, and the client is scored again when they change."""

    _name = "client.record"
    _description = "Record about a client"
    _inherit = ["client.access.partner"]

    # Fields that only buttons change → their values in a new record.
    _by_buttons = {}
    # Computed fields that nobody writes.
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
        """Take client and company from the record whose button was used."""
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
        """The contact that a record is about; other modules may extend it.

        For a meeting the client of its opportunity, else the first attendee who is no
        internal user. An empty recordset when there is none.
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
        """The company of the source record, else of the client; empty when neither has
        one."""
        partner = self.env["res.partner"].sudo().browse(partner_id)
        if source and "company_id" in source._fields:
            company = source.sudo().company_id
            if company in self.env.companies:
                return company
        return partner.company_id

    # -- what is written, and by whom ------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Replace a contact by its commercial entity; refuse values of fields that only
        buttons change."""
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
            self._refuse_unreadable(vals)
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
        for record in self:
            record._refuse_unreadable(vals)
        return super().write(vals)

    @api.model
    def _refuse_hidden(self, vals):
        """Raise AccessError for a client that the user may not read, or a company that
        is not switched on."""
        if self.env.su:
            return
        self.env["res.partner"].browse(vals["partner_id"] or []).check_access("read")
        if vals["company_id"] not in self.env.companies.ids:
            raise AccessError(
                self.env._("You are not working in this company now. Switch to it.")
            )

    def _refuse_unreadable(self, vals):
        """Raise AccessError where ``vals``, or the defaults of a new record, newly name
        a record that the user may not read: Odoo would tell its name."""
        if self.env.su:
            return
        names = [
            name
            for name, field in self._fields.items()
            if field.type == "many2one" and field.store and name not in vals
        ]
        named = {} if self else self.default_get(names)
        self._check_named_ids({**named, **vals})

    @api.model
    def _new_values(self):
        """Values, in a new record, of the fields that only buttons change; without the
        fields that the user may not write, which keep their own default."""
        return {
            name: value
            for name, value in self._by_buttons.items()
            if self._has_field_access(self._fields[name], "write")
        }

    @api.model
    def _complete(self, vals):
        """Add values that follow from ``vals`` to those of a new record, in place."""

    @api.model
    def _without_forged_defaults(self):
        """This model without defaults in its context for fields that people may not
        write."""
        if self.env.su:
            return self
        return self._without_defaults((*self._by_buttons, *self._computed_only))

    @api.model
    def _take_client(self, vals):
        """Replace a contact in ``vals`` by its commercial entity; in place."""
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

    def _refuse_ours(self):
        """Raise UserError for a record that judges a company or colleague of ours."""
        companies = self.env["res.company"].sudo()
        for record in self.sudo():
            people = record.partner_id
            if "contact_id" in record._fields:
                people |= record.contact_id
            ours = companies.search([("partner_id", "in", people.ids)]).partner_id
            ours |= colleagues(people).partner_id | employees(people)
            if ours:
                raise UserError(
                    self.env._(
                        "%s is one of us. This is about clients and their contacts.",
                        ours[0].display_name,
                    )
                )

    # -- helpers ---------------------------------------------------------------

    def _clients(self):
        """The (company, client) pairs of these records, for `_refresh_clients`."""
        return [(record.company_id, record.partner_id) for record in self.sudo()]

    def _refresh_health(self):
        """Score the clients of these records again, now."""
        self._refresh_clients(self._clients())

    @api.model
    def _refresh_clients(self, clients):
        """Score (company, client) pairs again, once per company."""
        partners = {}
        for company, partner in clients:
            partners[company] = partners.get(company, partner) | partner
        for company, found in partners.items():
            health = self.env["client.health"].sudo()
            health.with_context(allowed_company_ids=company.ids)._refresh(found)

    @api.model
    def _some_manager(self, company, besides=None):
        """The first active manager of Client Health in the company; empty without one.

        ``besides``: a user who is left out.
        """
        group = self.env.ref(MANAGER).sudo()
        managers = group.all_user_ids.filtered(
            lambda user: user.active and company in user.company_ids
        )
        if besides:  # nor by another account of the same person
            managers -= besides.sudo().partner_id.user_ids
        return managers.sorted("id")[:1]
