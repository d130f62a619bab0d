"""The calendar day where a company is.

What belongs to a company (a step, an end date, a flag) is dated by its own calendar,
wherever the user or the server is.
"""

from odoo import fields
from odoo.fields import Domain


def today(env, company):
    """Today's date in the time zone of the company: that of its working hours, else of
    its address, else UTC."""
    facts = env["client.health.facts"]
    return facts._day_of(fields.Datetime.now(), company.sudo())


def each_today(env, condition):
    """Domain: ``condition`` (a function of a date that returns a Domain) holds for the
    date of today where the company of a record is.

    Records have a ``company_id``.
    """
    companies = env["res.company"].sudo().search([])
    by_day = companies.grouped(lambda company: today(env, company))
    return Domain.OR(
        Domain("company_id", "in", mine.ids) & condition(day)
        for day, mine in by_day.items()
    )
