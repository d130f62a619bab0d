"""Who may do what: the two roles, and the access guard of our records."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError
from odoo.models import LOG_ACCESS_COLUMNS

# The groups: users see levels, flags and reasons, managers also money and settings.
USER = "client_health.group_user"
MANAGER = "client_health.group_manager"

LARGEST_ID = 2**31 - 1


def is_manager(env):
    """True for a user who is a manager of Client Health; whether ``env`` has the
    rights of the superuser does not count."""
    return env.user.has_group(MANAGER)


def check_user(env):
    """Raise AccessError unless the user sees clients' health, or ``env`` is the
    superuser's."""
    if not env.su and not env.user.has_group(USER):
        raise AccessError(
            env._("Only users of Client Health may do this. Ask an administrator.")
        )


def check_manager(env, what):
    """Raise AccessError unless the user is a manager, or ``env`` is the superuser's.

    ``what``: what managers do, as in "Only managers of Client Health …".
    """
    if not env.su and not is_manager(env):
        raise AccessError(
            env._(
                "Only managers of Client Health %(what)s. Ask one of them.", what=what
            )
        )


def as_reader(records):
    """``records`` with the rights of whom they are shown to, also within sudo; those of
    OdooBot, who is no person, stay."""
    return records.sudo(records.env.uid == SUPERUSER_ID)


def colleagues(partners):
    """The active internal users among contacts; with sudo."""
    users = partners.sudo().with_context(active_test=True).user_ids
    return users.filtered(lambda user: user._is_internal())


def employees(partners):
    """Those of these contacts who work for us without being users; with sudo."""
    if "hr.employee" not in partners.env:
        return partners.browse()
    people = partners.env["hr.employee"].sudo()
    return people.search([("work_contact_id", "in", partners.ids)]).work_contact_id


def is_id(value):
    """True for an integer that can be the id of a record: not True, not 2**31."""
    return type(value) is int and 0 < value <= LARGEST_ID


def storable(fields, vals):
    """``vals`` with NUL characters taken out of the translated texts: PostgreSQL stores
    none, and Odoo takes them out of texts that are not translated only."""
    translated = {name for name in vals if name in fields and fields[name].translate}
    return {
        name: value.replace("\0", "")
        if name in translated and isinstance(value, str)
        else value
        for name, value in vals.items()
    }


class ClientAccess(models.AbstractModel):
    """Access guard: whoever names a record by its id must be allowed to read it.

    Odoo reads the name and related fields of a many2one as the superuser. Without the
    guard a guessed id would show them to somebody who may not read that record.
    """

    _name = "client.access"
    _inherit = ["client.related.access"]
    _description = "Access guard"

    def onchange(self, values, field_names, fields_spec):
        """Check first that the user may read the records that the form, or a default,
        newly names."""
        if not self.env.su:
            self._check_named_ids(values)
            if not field_names:
                names = [name for name in fields_spec if name not in values]
                self._check_named_ids(self.default_get(names))
        return super().onchange(values, field_names, fields_spec)

    def _refuse_outsider(self, vals):
        """Raise UserError when ``vals`` give these records to a user (``user_id``) who
        does not work in their company, such as one of the portal."""
        user = vals.get("user_id")
        user = self.env["res.users"].sudo().browse(user if is_id(user) else []).exists()
        for company in self.sudo().company_id if user else ():
            if user.share or company not in user.company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s does not work in %(company)s. Choose a colleague who "
                        "does.",
                        user=user.name,
                        company=company.name,
                    )
                )

    @api.model
    def _without_defaults(self, names):
        """This model without ``default_<name>`` of these names in its context."""
        keys = {f"default_{name}" for name in names}
        context = {k: v for k, v in self.env.context.items() if k not in keys}
        return self.with_env(self.env(context=context))

    def _check_named_ids(self, values):
        """Raise AccessError for a many2one in ``values`` (field name → id) whose record
        the user may not read, unless this record names it already, or it is the user
        themselves."""
        for name, value in values.items():
            field = self._fields.get(name)
            if isinstance(value, dict):  # as the form it is a line of
                value = value.get("id")
            if not field or field.type != "many2one" or not is_id(value):
                continue
            if field.comodel_name == "res.users" and value == self.env.uid:
                continue
            if self.sudo()[name].id != value:
                named = self.env[field.comodel_name].browse(value)
                if not (named.exists() and named.has_access("read")):
                    raise AccessError(
                        self.env._(
                            "What “%s” names is not there, or not yours to see.",
                            field._description_string(self.env),
                        )
                    )


class ClientDialog(models.AbstractModel):
    """A dialog: its user may read the records that it names."""

    _name = "client.dialog"
    _inherit = ["client.access"]
    _description = "Dialog about a client"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._check_named()
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._check_named()
        return result

    def _check_named(self):
        """Raise AccessError when the user may not read a record named in a stored field
        of these dialogs."""
        if self.env.su:
            return
        for name, field in self._fields.items():
            if not field.store or name in LOG_ACCESS_COLUMNS:
                continue
            if field.type in ("many2one", "many2many"):
                named = self.sudo()[name].sudo(False)
                if not named._transient:
                    named.check_access("read")
