from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.access import is_manager
from ..process.requirement import names_for


class ClientOffboardingNamed(models.AbstractModel):
    """A part of an offboarding that is called after a record of another app, and says
    so to whoever may read that record."""

    _name = "client.offboarding.named"
    _inherit = ["client.offboarding.part"]
    _description = "Part of an offboarding with a name"

    # The field with the record after which it is called; for nobody to read, as Odoo
    # tells what a many2one names.
    _called_after = ""

    # as it was when it was listed; who works with it in code asks as the superuser
    own_name = fields.Char(groups=fields.NO_ACCESS)
    name = fields.Char(
        compute="_compute_name",
        inverse="_inverse_name",
        search="_search_name",
        required=True,
    )
    may_open = fields.Boolean(
        compute="_compute_name", help="There is a record that one may open."
    )

    @api.depends("own_name")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_name(self):
        told = self._told()
        for line in self:
            line.name = line.sudo().own_name if line in told else line._no_name()
            line.may_open = line in told and line.sudo()[self._called_after]

    def _inverse_name(self):
        if self - self._told():
            raise UserError(
                self.env._("What you may not see is not given another name by you.")
            )
        for line in self:
            line.sudo().own_name = line.name

    @api.model
    def _search_name(self, operator, value):
        if operator not in ("=", "in", "like", "ilike", "=like", "=ilike"):
            return NotImplemented
        found = self.sudo().search([("own_name", operator, value)])
        return [("id", "in", found.with_env(self.env)._told().ids)]

    def _told(self):
        """Those of these lines whose name the user may know, also where the superuser
        asks for them: Odoo shows names as the superuser. Of what was deleted, managers
        know the name."""
        env = self.env(su=False)
        field = self._called_after
        records = self.sudo()[field].with_env(env).with_context(active_test=False)
        readable = {*records._filtered_access("read").ids}
        manager = env.su or is_manager(env)

        def is_told(line):
            record = line.sudo()[field]
            if record:
                return readable.issuperset(record.ids)
            return manager or line._is_written_by_hand()

        return self.filtered(is_told)

    def _is_written_by_hand(self):
        """True where people chose the name, for all who read the offboarding."""
        return not self.id

    def _no_name(self):
        """What it is called for those who may not see after what."""
        raise NotImplementedError

    def _names(self):
        """The names of these lines that the user may know, and how many others there
        are, as text."""
        return names_for(self.env, self._told().mapped("name"), len(self))
