"""Other companies of ours that keep a client which one company offboards."""

from odoo.fields import Domain

from ..process.family import family

MEMORY_DAYS = "-730d"  # business in this period makes somebody a client


def keepers(offboarding, open_project):
    """Other companies of ours with business of their own that did not end; with sudo.

    ``open_project``: the domain of a project that is open.
    """
    client, companies = offboarding.partner_id, offboarding.env["res.company"].sudo()
    if client.company_id:
        return companies
    business = [*_business(companies.env, family(client).ids, open_project)]
    others = companies.search([("id", "!=", offboarding.company_id.id)])
    return others.filtered(lambda company: _keeps(company, client, business))


def _keeps(company, client, business):
    """Records without a company say nothing about any one of them."""
    env = company.env
    mine = [("partner_id", "=", client.id), ("company_id", "=", company.id)]
    if env["client.health"].search(mine).phase == "ended":
        return False
    here = Domain("company_id", "=", company.id)
    return any(
        env[model].with_context(active_test=False).search_count(here & domain, limit=1)
        for model, domain in business
    )


def _business(env, clients, open_project):
    """(model, domain) of what makes a partner the client of a company."""
    recent = Domain("create_date", ">=", MEMORY_DAYS)
    partner = Domain("partner_id", "in", clients)
    active = Domain("active", "=", True)
    yield "client.agreement", partner & Domain("state", "=", "active")
    yield "project.project", partner & active & open_project
    yield "crm.lead", partner & active & recent
    lines = env.get("account.analytic.line")
    if lines is not None and "project_id" in lines:
        worked = Domain("project_id", "!=", False) & Domain("date", ">=", MEMORY_DAYS)
        yield "account.analytic.line", partner & worked
    if "sale.order" in env:
        confirmed = Domain("state", "=", "sale")
        confirmed &= Domain("date_order", ">=", MEMORY_DAYS)
        yield "sale.order", partner & confirmed
    if "account.move" in env:
        invoiced = Domain("state", "=", "posted")
        invoiced &= Domain("move_type", "=", "out_invoice")
        invoiced &= Domain("invoice_date", ">=", MEMORY_DAYS)
        yield "account.move", Domain("commercial_partner_id", "in", clients) & invoiced
