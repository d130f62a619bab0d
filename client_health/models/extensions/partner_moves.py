"""What follows when a contact is archived or restored, or becomes part of another
client."""

from odoo.tools import SQL

# Fields that say of which client a contact is.
OF_CLIENT = {"parent_id", "is_company"}
# Tables with a client in ``partner_id``: what people wrote of it, …
WRITTEN = (
    "client_agreement",
    "client_incident",
    "client_pulse",
    "client_request",
    "client_recovery",
    "client_offboarding",
)
# … and whatever else goes along with it.
KEPT = (
    *WRITTEN,
    "client_health_flag",
    "client_health_snapshot",
    "client_talk",
    "client_people_dismissal",
    "client_hours_word",
)


class PartnerMoves:
    """One write on contacts: what was before, and what follows from it."""

    def __init__(self, partners, vals):
        self.env = partners.env
        self.partners = partners
        self.archives = "active" in vals and not vals["active"]
        self.restores = bool(vals.get("active"))
        self.before = {}
        if OF_CLIENT & set(vals):
            everybody = partners.sudo().with_context(active_test=False)
            everybody = everybody.search([("id", "child_of", partners.ids)])
            self.before = {p: p.commercial_partner_id for p in everybody}

    def check(self):
        """Raise where a client with open projects would be archived."""
        if self.archives:
            self.partners.check_access("write")
            active = self.partners.filtered("active")
            self.env["client.offboarding"]._archive_guard(active).check()

    def follow(self):
        """After the write: stop what an archived client has no need of, and merge who
        has become part of another client into it."""
        if self.archives:
            self.env["client.recovery"].sudo()._stop_archived(self.partners)
        left = {}
        for partner, client in self.before.items():
            if partner.commercial_partner_id == client:
                continue
            if client == partner:
                self._merge(partner, partner.commercial_partner_id)
            else:
                left[partner.id] = client.id
        self.env["client.affiliation"].sudo()._moved(left)
        if self.archives or self.restores:
            self._settle(self.partners)

    def _settle(self, partners):
        """Find out now whether these partners are clients, quiet or past."""
        health = self.env["client.health"].sudo()
        known = health.search([("partner_id", "in", partners.ids)])
        for company in known.company_id:
            health._night(company).phases.settle(partners.ids)
        if self.restores and known:
            known._refresh_these()

    def _merge(self, person, client):
        """Give health, history, agreements and what is under way of a person to the
        client that it is part of now. Who leaves a client takes nothing along."""
        if not self._has_records(person):
            return
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge_into(person, client)
        self.env.flush_all()
        for table in KEPT:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET partner_id = %s WHERE partner_id = %s",
                    SQL.identifier(table),
                    client.id,
                    person.id,
                )
            )
        # what waits is found anew with the client
        self.env.cr.execute(
            SQL("DELETE FROM client_turn WHERE partner_id = %s", person.id)
        )
        self.env.cr.execute(
            SQL(
                """UPDATE client_health
                      SET partner_id = %s, fingerprint = NULL, turn_mark = NULL
                    WHERE partner_id = %s""",
                client.id,
                person.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET own_health_id = NULL WHERE id = %s",
                person.id,
            )
        )
        self.env.invalidate_all()
        health = self.env["client.health"].sudo()
        wizard._merged_phase(client)
        companies = health.search([("partner_id", "=", client.id)]).company_id
        self.env["res.partner"].sudo()._link_healths(companies, client.ids)
        for company in companies:
            here = health.with_context(allowed_company_ids=company.ids)
            here._refresh(client)

    def _has_records(self, person):
        """True where anything is known about a person as a client."""
        self.env.flush_all()
        tables = ("client_health", *WRITTEN)
        found = SQL(" UNION ALL ").join(
            SQL(
                "(SELECT 1 FROM %s WHERE partner_id = %s LIMIT 1)",
                SQL.identifier(table),
                person.id,
            )
            for table in tables
        )
        self.env.cr.execute(found)
        return bool(self.env.cr.fetchall())
