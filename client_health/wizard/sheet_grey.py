"""Why nothing can be worked out for a client."""

from odoo.tools import SQL

from ..facts.business import business
from ..scoring.figures import MARGIN, grey_readings
from ..scoring.levels import GONE

SHORTEST = 30  # days as a client that say something about a year


def client_since(health):
    """The day of the first business with a client; None without any."""
    health = health.sudo()
    health.env.flush_all()
    facts = health.env["client.health.facts"]
    scope = facts._scope(health.company_id, health.partner_id.ids)
    query = SQL("SELECT MIN(day) FROM (%s) b", business(facts.env, scope))
    [(day,)] = health.env.execute_query(query)
    return day


def why_grey(sheet, days):
    """Why no price can be worked out on a sheet, in words; False where it can.

    ``days``: since the first business with the client.
    """
    env, health = sheet.env, sheet.health_id.sudo()
    if health.phase in GONE:
        return env._("It is no client any more, so there are no figures.")
    if not health.facts:
        return env._(
            "This client was not scored yet: its figures come with the next night."
        )
    if days < SHORTEST:
        return env._(
            "A client for less than a month says too little about a year (days: %s).",
            days,
        )
    if sheet.hours_worked <= 0:
        return env._(
            "No hours were logged in the last twelve months, so nothing is known of "
            "what the work takes."
        )
    [assessment] = health._assessments().values()
    readings = [r for check in assessment.checks for r in check.readings]
    if grey := grey_readings(readings, health.facts).get(MARGIN):
        indicator = env["client.health.indicator"].search(
            [("code", "=", MARGIN)], limit=1
        )
        return indicator._words().grey_reason(grey.grey, grey.sample)
    if not sheet._year().is_known:
        return env._(
            "The hours cost nothing in the books. Set an hourly cost for the people "
            "who work for this client."
        )
    return False
