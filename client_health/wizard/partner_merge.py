"""Two contacts become one: of what a client has only one of, one stays.

Without this the merge breaks on unique indexes, or deletes what is in the way.
"""

from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Settle what is unique per client and company before contacts are merged."""
        everybody = src_partners | dst_partner
        self._merge_guided(self.env["client.offboarding"], everybody, dst_partner)
        self._merge_guided(self.env["client.recovery"], everybody, dst_partner)
        self._merge_healths(everybody, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self._merged_phase(dst_partner)
        return result

    @api.model
    def _merge_guided(self, model, partners, kept):
        """Of several open ones in a company that of ``kept`` stays, else the first;
        a recovery ends where somebody is saying goodbye."""
        model = model.sudo()
        open_ones = model.search(
            [("partner_id", "in", partners.ids), ("state", "not in", model._closed)],
            order="id",
        )
        for company in open_ones.company_id:
            mine = open_ones.filtered(lambda r, c=company: r.company_id == c)
            first = mine.filtered(lambda r: r.partner_id == kept)[:1] or mine[:1]
            others = mine - first
            if model._name == "client.recovery" and self._leaving(partners, company):
                others = mine
            for record in others:
                record._stop_merged(kept)

    @api.model
    def _leaving(self, partners, company):
        return self.env["client.offboarding"].sudo()._open_of(partners, company)

    @api.model
    def _merge_healths(self, partners, kept):
        """One health per company stays: that of ``kept``, else the latest."""
        healths = (
            self.env["client.health"]
            .sudo()
            .search([("partner_id", "in", partners.ids)], order="computed_on desc, id")
        )
        for company in healths.company_id:
            mine = healths.filtered(lambda h, c=company: h.company_id == c)
            first = mine.filtered(lambda h: h.partner_id == kept)[:1] or mine[:1]
            (mine - first).unlink()
            kept.sudo().with_company(company).own_health_id = first
        self.env.flush_all()

    @api.model
    def _merged_phase(self, partner):
        """The phase of the one that stays follows from what is under way."""
        self.env.invalidate_all()
        for name, phase in (
            ("client.offboarding", "offboarding"),
            ("client.recovery", "recovery"),
        ):
            model = self.env[name].sudo()
            for record in model.search(
                [("partner_id", "=", partner.id), ("state", "not in", model._closed)]
            ):
                record._set_phase(phase)


class ClientGuided(models.AbstractModel):
    _inherit = "client.guided"

    def _stop_merged(self, kept):
        """Stop it because its client is merged into ``kept``; with sudo."""
        raise NotImplementedError

    def _merged_words(self, kept):
        return self.env._(
            "%(client)s was merged into %(kept)s, where another one goes on.",
            client=self.partner_id.display_name,
            kept=kept.display_name,
        )


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    def _stop_merged(self, kept):
        self._message_log(body=self._merged_words(kept))
        self._stop()


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    def _stop_merged(self, kept):
        self._end("cancelled", self._merged_words(kept))
