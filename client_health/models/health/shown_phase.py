"""The phase as its reader may know it: that a client leaves, the client hears first.
Until then it is shown to whoever may read the offboarding."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..mixins.access import as_reader


class ClientHealthShownPhase(models.AbstractModel):
    """The part of a health that says its phase to a reader."""

    _name = "client.health.shown.phase"
    _description = "Phase of a client, as its reader may know it"

    shown_phase = fields.Selection(
        selection=lambda self: self.env["client.health"]._fields["phase"].selection,
        string="Phase of the client",
        compute="_compute_shown_phase",
        search="_search_shown_phase",
        help="An offboarding of which the client was not told yet is shown to whoever "
        "may read it; others see the phase from before.",
    )

    @api.depends("phase")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_shown_phase(self):
        leaving = self._leaving(Domain("partner_id", "in", self.partner_id.ids))
        for health in self:
            mine = (health.partner_id.id, health.company_id.id)
            health.shown_phase = "offboarding" if mine in leaving else health.phase

    @api.model
    def _search_shown_phase(self, operator, value):
        if operator != "in":
            return NotImplemented
        leaving = Domain.OR(
            Domain("partner_id", "=", partner) & Domain("company_id", "=", company)
            for partner, company in self._leaving(Domain.TRUE)
        )
        found = Domain("phase", "in", list(value)) & ~leaving
        return found | leaving if "offboarding" in value else found

    @api.model
    def _leaving(self, domain):
        """(client, company) of the offboardings under way that the reader may see."""
        offboardings = as_reader(self.env["client.offboarding"])
        if not offboardings.has_access("read"):
            return set()
        under_way = Domain("state", "not in", offboardings._closed) & domain
        found = offboardings.search_fetch(under_way, ["partner_id", "company_id"])
        return {(o.partner_id.id, o.company_id.id) for o in found.sudo()}
