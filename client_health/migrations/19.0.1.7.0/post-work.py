"""Figures about work that are defined anew, as far as people left them alone."""

from odoo import SUPERUSER_ID, api

from odoo.addons.client_health.models.health.redefine import (
    as_new,
    forget_translations,
    is_as_it_was,
)

DEFINITION = ("formula", "sample", "condition")
LIMITS = ("good", "watch", "red")
WORDS = ("condition_reason", "description")
_OFFERS = "opt(quotes_won) + opt(quotes_lost) + opt(leads_won) + opt(leads_lost)"
_RESULTS = "opt(reviews_accepted) + opt(reviews_turned_down) + opt(rejected_incidents)"
# What the figures said before. Who changed one of DEFINITION, or of LIMITS, keeps all
# of them; a changed text is kept by itself.
BEFORE = {
    "hours_over_budget": {"good": 1.0, "watch": 1.1, "red": 1.25},
    "rejection_rate": {
        "formula": "(opt(quotes_lost) + opt(leads_lost) + opt(reviews_turned_down)"
        f" + opt(rejected_incidents)) / ({_OFFERS} + {_RESULTS})",
        "sample": f"{_OFFERS} + {_RESULTS}",
        "description": "Share of quotations, opportunities and results that the client "
        "turned down, of all that were decided.",
    },
    "standstill": {
        "formula": "least(days_since_order, days_since_lead_move, "
        "days_since_task_move, days_since_milestone)",
        "condition": "opt(open_tasks) + opt(open_leads) > 0",
        "condition_reason": "There is no open work.",
        "description": "Days since the last order, stage change, milestone or finished "
        "task, while work is open.",
    },
    "stalled_tasks": {
        "formula": "stalled_tasks / open_tasks",
        "sample": "open_tasks",
        "description": "Share of the open tasks that entered no stage or status in the "
        "window.",
    },
    "unprepared": {
        "description": "Confirmed incidents in which the client came unprepared, "
        "weighed by severity.",
    },
}


def migrate(cr, version):
    """Define figures anew where people left them alone."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": None})
    now = as_new(env)
    for code, before in BEFORE.items():
        indicator = env.ref(f"client_health.indicator_{code}", False)
        if not indicator:
            continue
        groups = [DEFINITION, LIMITS, *((name,) for name in WORDS)]
        for names in groups:
            names = [name for name in names if name in before]
            if is_as_it_was(indicator, before, names):
                indicator.write({name: now[code][name] for name in names})
                forget_translations(indicator, set(names).intersection(WORDS))
