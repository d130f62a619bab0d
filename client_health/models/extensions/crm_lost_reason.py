import re

from odoo import api, fields, models

# Words in the name of a reason that says nothing about how the client takes what we
# recommend: a duplicate, a tender, the price, or we could not deliver.
NO_REFUSAL = re.compile(
    r"duplicat|dubbel|doppel|doublon|duplicad|duplikat"
    r"|tender|aanbested|ausschreibung|appel d'offre|licitaci|przetarg|upphandling"
    r"|expensive|price|pricing|budget|\bduur|prijs|teuer|preis|\bcher\b|prix|caro|precio"
    r"|stock|voorraad|lager|skills|vaardighe|spam",
    re.IGNORECASE,
)


class CrmLostReason(models.Model):
    """Only a refusal of the client counts as a recommendation that was turned down."""

    _inherit = "crm.lost.reason"

    client_refusal = fields.Boolean(
        string="Refusal of the client",
        compute="_compute_client_refusal",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="The client did not want what we proposed. Off for what says nothing "
        "about that: duplicates, tenders, the price. Opportunities lost for such a "
        "reason do not count as turned down.",
    )

    @api.depends()
    def _compute_client_refusal(self):
        """On when a reason is made, but for those whose name says that it is none."""
        for reason in self:
            names = reason._names_of_reason()
            reason.client_refusal = not any(map(NO_REFUSAL.search, names))

    def _names_of_reason(self):
        """The name in every language of the database."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return {self.with_context(lang=code).name or "" for code in languages}
