"""Merging contacts: one record stays of each kind of which a client has only one.

Without this the merge fails on unique indexes, or deletes records.
"""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..models.mixins import company_day
from ..models.offboarding.told import show_phase

# Table → SQL condition under which rows ``own`` and ``other`` of two healths are the
# same: then the row of the health that stays is kept.
HISTORY = {
    "client_health_snapshot": SQL("own.date = other.date"),
    "client_health_flag": SQL(
        """own.check_id = other.check_id AND own.side = other.side
           AND own.state <> 'cleared' AND other.state <> 'cleared'"""
    ),
    "client_people_dismissal": SQL("FALSE"),
}


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Settle what is unique per client and company before contacts are merged."""
        if not dst_partner.active:  # as if they were archived
            self.env["client.offboarding"]._archive_guard(src_partners).check()
        self._merge_into(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self._merged_phase(dst_partner)
        return result

    def _update_values(self, src_partners, dst_partner):
        """Score the contact that stays at once."""
        result = super()._update_values(src_partners, dst_partner)
        health = self.env["client.health"].sudo()
        known = health.search([("partner_id", "=", dst_partner.id)])
        for company in known.company_id:
            health.with_context(allowed_company_ids=company.ids)._refresh(dst_partner)
        return result

    @api.model
    def _merge_into(self, partners, kept):
        """Leave one open record of each kind, and one health, to these partners and
        ``kept`` together."""
        everybody = partners | kept
        self._merge_processes(self.env["client.offboarding"], everybody, kept)
        self._merge_processes(self.env["client.recovery"], everybody, kept)
        self._merge_agreements(everybody, kept)
        self._merge_healths(everybody, kept)
        self._merge_affiliations(partners, kept)

    @api.model
    def _merge_affiliations(self, contacts, kept):
        """Carry along where these contacts worked; of two moves on a day that of
        ``kept`` stays.

        A contact of another client that was there before ``kept`` is who ``kept`` was
        then: what it did stays with that client.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE client_affiliation other SET contact_id = %(kept)s
                    WHERE contact_id = ANY(%(contacts)s) AND NOT EXISTS (
                      SELECT 1 FROM client_affiliation own
                       WHERE own.until = other.until
                         AND (own.contact_id = %(kept)s
                              OR (own.contact_id = ANY(%(contacts)s)
                                  AND own.id < other.id)))""",
                kept=kept.id,
                contacts=contacts.ids,
            )
        )
        # Odoo would move these too, and fail on the unique index
        self.env.cr.execute(
            SQL(
                "DELETE FROM client_affiliation WHERE contact_id = ANY(%s)",
                contacts.ids,
            )
        )
        here = kept.commercial_partner_id
        before = contacts.filtered(
            lambda contact: (
                contact.commercial_partner_id not in contact | here | kept
                and contact.create_date < kept.create_date
            )
        )
        affiliations = self.env["client.affiliation"].sudo()
        born = self.env["client.health.facts"]._day_of(
            kept.create_date, self.env.company
        )
        for contact in before.sorted("create_date"):
            theirs = contact.commercial_partner_id.id
            affiliations._moved({kept.id: theirs}, born)
        affiliations.invalidate_model()

    @api.model
    def _merge_processes(self, model, partners, kept):
        """Of several open records in a company that of ``kept`` stays, else the first.
        A recovery ends when the client is being offboarded."""
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
                record._stop(self._merged_words(record, kept))

    @api.model
    def _leaving(self, partners, company):
        return self.env["client.offboarding"].sudo()._open_of(partners, company)

    @api.model
    def _merge_agreements(self, partners, kept):
        """The agreement of ``kept`` stays in force, else the latest; others end
        yesterday."""
        agreements = self.env["client.agreement"].sudo()
        active = agreements.search(
            [("partner_id", "in", partners.ids), ("state", "=", "active")],
            order="date_start desc, id desc",
        )
        for company in active.company_id:
            mine = active.filtered(lambda a, c=company: a.company_id == c)
            stay = mine.filtered(lambda a: a.partner_id == kept) or mine[:1]
            for agreement in mine - stay:
                agreement._message_log(body=self._merged_words(agreement, kept))
                agreement._stop(
                    company_day.today(agreement.env, company) - timedelta(days=1)
                )

    @api.model
    def _merge_healths(self, partners, kept):
        """One health per company stays, with the history of all: that of ``kept``,
        else the latest."""
        health = self.env["client.health"].sudo()
        theirs = [("partner_id", "in", partners.ids)]
        healths = health.search(theirs, order="computed_on desc, id")
        for mine in healths.grouped("company_id").values():
            first = mine.filtered(lambda h: h.partner_id == kept)[:1] or mine[:1]
            for other in mine - first:
                self._merge_history(first, other)
            (mine - first).unlink()
        self.env.flush_all()

    @api.model
    def _merge_history(self, kept, other):
        """Move snapshots, flags, dismissals, notes, activities and override of
        ``other`` to ``kept``."""
        self.env.flush_all()
        for table, same in HISTORY.items():
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s other SET health_id = %(kept)s
                        WHERE health_id = %(other)s AND NOT EXISTS (
                          SELECT 1 FROM %(table)s own
                           WHERE own.health_id = %(kept)s AND %(same)s)""",
                    table=SQL.identifier(table),
                    kept=kept.id,
                    other=other.id,
                    same=same,
                )
            )
        # of an open flag that both have, the one of ``other`` is cleared
        self.env.cr.execute(
            SQL(
                """UPDATE client_health_flag
                      SET health_id = %s, state = 'cleared', cleared_on = %s
                    WHERE health_id = %s""",
                kept.id,
                company_day.today(self.env, kept.company_id),
                other.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE mail_message SET res_id = %s
                    WHERE model = 'client.health' AND res_id = %s""",
                kept.id,
                other.id,
            )
        )
        self.env.invalidate_all()
        if not kept.activity_ids:
            other.activity_ids.write({"res_id": kept.id})
        if other.override_level and not kept.override_level:
            kept.write({name: other[name] for name in kept._override_fields()})

    @api.model
    def _merged_phase(self, partner):
        """Set the phase of the contact that stays by its open records."""
        self.env.invalidate_all()
        mine = [("partner_id", "=", partner.id)]
        show_phase(self.env["client.offboarding"].sudo().search(mine))
        recoveries = self.env["client.recovery"].sudo()
        for recovery in recoveries.search(
            [*mine, ("state", "not in", recoveries._closed)]
        ):
            recovery._set_phase("recovery")

    @api.model
    def _merged_words(self, record, kept):
        return self.env._(
            "%(client)s was merged into %(kept)s, where another one goes on.",
            client=record.partner_id.display_name,
            kept=kept.display_name,
        )
