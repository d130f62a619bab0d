"""Other companies of ours that keep a client which one company offboards."""

from odoo.fields import Domain

from ..process.family import family

MEMORY_DAYS = "-730d"  # business in this period makes somebody a client


class Keepers:
    """Finds companies of ours that keep the client of one offboarding; with sudo.

    ``open_project``: the domain of a project that is open.
    """

    def __init__(self, offboarding, open_project):
        self.env = offboarding.sudo().env
        self.client, self.company = offboarding.partner_id, offboarding.company_id
        self.open_project = open_project

    def companies(self):
        """Companies that do business with the client and did not end it."""
        companies = self.env["res.company"]
        if self.client.company_id:
            return companies
        return companies.search([("id", "!=", self.company.id)]).filtered(self._keeps)

    def _keeps(self, company):
        """True for a company with records of its own about the client; records without
        a company do not count."""
        mine = [("partner_id", "=", self.client.id), ("company_id", "=", company.id)]
        if self.env["client.health"].search(mine).phase == "ended":
            return False
        here = Domain("company_id", "=", company.id)
        return any(
            self.env[model]
            .with_context(active_test=False)
            .search_count(here & domain, limit=1)
            for model, domain in self._business(family(self.client).ids)
        )

    def _business(self, clients):
        """(model, domain) of what makes a partner the client of a company."""
        recent = Domain("create_date", ">=", MEMORY_DAYS)
        partner = Domain("partner_id", "in", clients)
        active = Domain("active", "=", True)
        yield "client.agreement", partner & Domain("state", "=", "active")
        yield "project.project", partner & active & self.open_project
        yield "crm.lead", partner & active & recent
        lines = self.env.get("account.analytic.line")
        if lines is not None and "project_id" in lines:
            worked = Domain("project_id", "!=", False)
            worked &= Domain("date", ">=", MEMORY_DAYS)
            yield "account.analytic.line", partner & worked
        if "sale.order" in self.env:
            confirmed = Domain("state", "=", "sale")
            confirmed &= Domain("date_order", ">=", MEMORY_DAYS)
            yield "sale.order", partner & confirmed
        if "account.move" in self.env:
            invoiced = Domain("state", "=", "posted")
            invoiced &= Domain("move_type", "=", "out_invoice")
            invoiced &= Domain("invoice_date", ">=", MEMORY_DAYS)
            client = Domain("commercial_partner_id", "in", clients)
            yield "account.move", client & invoiced
