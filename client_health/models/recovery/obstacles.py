"""With whom a recovery starts, and why with a client it cannot."""

from odoo.exceptions import UserError
from odoo.tools import format_list

from ..mixins.access import as_reader, colleagues


def clients_among(partners):
    """(clients, contacts that are skipped) of the partners that somebody chose.

    Of a single client a contact will do; among several, contacts are skipped. Raises
    UserError where nothing but contacts was chosen.
    """
    clients, skipped = partners.commercial_partner_id, partners.browse()
    if len(clients) > 1:
        skipped, clients = partners - clients, clients & partners
    if not clients:
        env = partners.env
        raise UserError(
            env._(
                "Only contacts were chosen: %s. Choose their clients instead.",
                format_list(env, skipped.mapped("display_name")),
            )
        )
    return clients, skipped


class Obstacles:
    """Checks clients of one company. ``partners``: commercial entities."""

    def __init__(self, partners, company):
        self.partners, self.company = partners.sudo(), company
        self.env = partners.env
        self.ours = self.env["res.company"].sudo().search([]).partner_id
        leaving = self.env["client.offboarding"].sudo()._open_of(partners, company)
        self.leaving = leaving.partner_id
        self.seen_leaving = (
            as_reader(leaving)._filtered_access("read").sudo().partner_id
        )
        self.healths = {h.partner_id: h for h in self._healths()}

    def reasons(self):
        """Partner id → why no recovery can start now, a sentence. Clients without an
        obstacle are left out; a recovery that is open is none."""
        found = {partner.id: self._reason(partner) for partner in self.partners}
        return {partner: reason for partner, reason in found.items() if reason}

    def _healths(self):
        """Healths of the partners; those without one are scored first."""
        health = self.env["client.health"].sudo()
        mine = [
            ("company_id", "=", self.company.id),
            ("partner_id", "in", self.partners.ids),
        ]
        known = health.search(mine)
        fresh = (self.partners - known.partner_id).filtered("active")
        if not fresh:
            return known
        recoveries = self.env["client.recovery"]
        recoveries._refresh_clients([(self.company, partner) for partner in fresh])
        return health.search(mine)

    def _reason(self, partner):
        name = partner.display_name
        if partner in self.ours:
            return self.env._("%s is a company of ours, no client.", name)
        if colleagues(partner):
            return self.env._("%s is a user of ours, no client.", name)
        if not partner.active:
            return self.env._("%s is archived. Unarchive it first.", name)
        if partner.company_id and partner.company_id != self.company:
            if partner.company_id not in self.env.user.company_ids:
                return self.env._("%s is no client of this company.", name)
            return self.env._(
                "%(client)s belongs to %(company)s. Switch to that company.",
                client=name,
                company=partner.company_id.display_name,
            )
        if partner in self.leaving - self.seen_leaving:
            return self.env["client.recovery"]._not_now(partner)
        if partner in self.leaving:
            return self.env._(
                "%s is being offboarded. Cancel the offboarding first, if there is "
                "still something to repair.",
                name,
            )
        health = self.healths.get(partner)
        if not health:
            return self.env._(
                "There was no business with %s in the last two years, so nothing can "
                "be measured.",
                name,
            )
        if health.phase == "ended":
            return self.env._(
                "The relationship with %s ended. Reactivate it first.", name
            )
        return None
