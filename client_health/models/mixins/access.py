from odoo import api, models
from odoo.exceptions import UserError
from odoo.models import LOG_ACCESS_COLUMNS

LARGEST_ID = 2**31 - 1


def is_id(value):
    """True for what can be the id of a record; True and 2**31 cannot."""
    return type(value) is int and 0 < value <= LARGEST_ID


def storable(fields, vals):
    """Values without the one character that no text of the database may hold, where
    texts are translated: of others Odoo takes it out by itself."""
    translated = {name for name in vals if name in fields and fields[name].translate}
    return {
        name: value.replace("\0", "")
        if name in translated and isinstance(value, str)
        else value
        for name, value in vals.items()
    }


class ClientGiven(models.AbstractModel):
    """Whoever names a record by its id may read it.

    Names and related fields follow a many2one as the superuser, so an id that is
    guessed would tell of its record what only others may know.
    """

    _name = "client.given"
    _description = "Record that names others"

    def onchange(self, values, field_names, fields_spec):
        """Asks first whether one may read what is newly named, by defaults too."""
        if not self.env.su:
            self._check_given(values)
            if not field_names:
                names = [name for name in fields_spec if name not in values]
                self._check_given(self.default_get(names))
        return super().onchange(values, field_names, fields_spec)

    def _refuse_outsider(self, vals):
        """Raise UserError when these records of a company are given to somebody who
        does not work there, such as a client with access to the portal."""
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
        """Without defaults in the context for these fields."""
        keys = {f"default_{name}" for name in names}
        context = {k: v for k, v in self.env.context.items() if k not in keys}
        return self.with_env(self.env(context=context))

    def _check_given(self, values):
        """Raise AccessError for a many2one among ``values`` (name → id) that one may
        not read, unless the record has it already."""
        for name, value in values.items():
            field = self._fields.get(name)
            if isinstance(value, dict):  # as the form it is a line of
                value = value.get("id")
            if not field or field.type != "many2one" or not is_id(value):
                continue
            if self.sudo()[name].id != value:
                self.env[field.comodel_name].browse(value).exists().check_access("read")


class ClientDialog(models.AbstractModel):
    """A dialog about records that its user may read."""

    _name = "client.dialog"
    _inherit = ["client.given"]
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
        """Raise AccessError when one may not read what these dialogs are about."""
        if self.env.su:
            return
        for name, field in self._fields.items():
            if not field.store or name in LOG_ACCESS_COLUMNS:
                continue
            if field.type in ("many2one", "many2many"):
                named = self.sudo()[name].sudo(False)
                if not named._transient:
                    named.check_access("read")
