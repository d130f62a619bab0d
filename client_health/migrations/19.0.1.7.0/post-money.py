"""Figures about money that are defined anew, as far as people left them alone."""

import json
import re

from odoo import SUPERUSER_ID, api

from odoo.addons.client_health.models.health.redefine import (
    as_new,
    forget_translations,
    is_as_it_was,
)

LIMITS = ("good", "watch", "red")
MEASURED = ("formula", "sample", "min_sample", "condition", "grey_rules", "watch_only")
WORDS = ("name", "description", "condition_reason", "grey_reasons")
# What they said before, of the fields that say something else now. Who changed one of
# MEASURED defined the figure anew, and it stays as a whole; a changed text stays alone,
# and so do the limits as soon as one of them was changed.
BEFORE = {
    "effective_rate": {
        "formula": "earned / hours / required_rate",
        "description": "What an hour for this client earns, compared with what it "
        "should earn.",
    },
    "hours_over_budget": {
        "description": "Hours spent on tasks with allocated time, compared with that "
        "time.",
    },
    "buying_gap": {
        "formula": "days_since_invoice / usual_gap",
        "sample": "invoices",
        "description": "Days since the last invoice, compared with the usual gap "
        "between two invoices.",
        "good": 1.5,
        "watch": 2.5,
        "red": 4,
    },
    "revenue_trend": {
        "formula": "revenue / revenue_before",
        "condition": "revenue_before > 0",
        "condition_reason": "There was no revenue in the half year before.",
        "description": "Revenue of the last half year, compared with the half year "
        "before.",
    },
    "margin": {
        "formula": "max(-1, (earned - cost) / earned) if earned > 0 else -1",
        "sample": "10 if earned > 0 else hours",
        "condition": "timesheet_cost > 0 or hours == 0",
        "condition_reason": "Cost rates are missing: the hours carry no cost.",
        "description": "What is left of what we earned after hours and other cost of "
        "the projects.",
    },
    "loss_months": {
        "name": "Months with too little margin",
        "formula": "months_under(0.2, revenue_months, timesheet_cost_months, "
        "other_cost_months, opt(to_invoice))",
        "sample": False,
        "min_sample": 0,
        "condition": "(timesheet_cost > 0 or hours == 0) and (revenue > 0 or cost > 0)",
        "condition_reason": "Cost rates are missing, or nothing was earned and spent.",
        "description": "Calendar months in a row, up to the last full one, with a "
        "margin under 20 %.",
        "good": 0,
        "watch": 2,
        "red": 3,
    },
    "overdue": {
        "formula": "min(1, overdue / revenue) if revenue > 0 else "
        "(1 if overdue > 0 else 0)",
        "sample": "invoices[730]",
        "description": "What the client should have paid by now, compared with a "
        "year's revenue.",
    },
    "days_late": {
        "description": "How many days after the due date the client pays, on average.",
    },
}
# What figures meant that several indicators share: past settings, and formulas that
# people wrote, go on to mean it.
MEANT = {"earned": "(revenue + opt(to_invoice))"}


def migrate(cr, version):
    """Define figures anew where people left them alone."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": None})
    now = as_new(env)
    brought = env["client.health.indicator"]
    for code, before in BEFORE.items():
        indicator = env.ref(f"client_health.indicator_{code}", False)
        if indicator and is_as_it_was(indicator, before, MEASURED):
            brought |= indicator
            _bring(indicator, before, now[code])
    _keep_meaning(env, brought)
    env["client.health.config"]._supersede()


def _bring(indicator, before, now):
    """Write what is new about an indicator, but for limits and texts that people
    changed."""
    names = [*MEASURED, "grey_reasons", "settle_days"]
    if "good" in before and is_as_it_was(indicator, before, LIMITS):
        names += LIMITS
    words = [
        name
        for name in WORDS
        if name in before and is_as_it_was(indicator, before, [name])
    ]
    values = {name: now.get(name, False) for name in [*names, *words]}
    changed = {
        name: value
        for name, value in values.items()
        if (indicator[name] or False) != (value or False)
    }
    if changed:
        indicator.write(changed)
    forget_translations(indicator, words)


def _keep_meaning(env, brought):
    """Write out, in past settings and in formulas of people, what names meant."""

    def written_out(text):
        for name, meaning in MEANT.items():
            text = re.sub(rf"\b{name}\b", meaning, text or "")
        return text

    indicators = env["client.health.indicator"].with_context(active_test=False)
    for indicator in indicators.search([]) - brought:
        for name in ("formula", "sample", "condition"):
            text = written_out(indicator[name])
            if text != (indicator[name] or ""):
                indicator[name] = text
    for config in env["client.health.config"].search([]):
        content = config.content
        content = json.loads(content) if isinstance(content, str) else content
        for check in content.get("checks", []):
            for item in check["indicators"]:
                for name in ("formula", "sample", "condition"):
                    if item.get(name):
                        item[name] = written_out(item[name])
        config.content = content
