"""Questions instead of messages: what asks, and when the client was heard.

Figures get their new definition where people left them alone. What was written before
is read in the background.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.client_health.models.health.redefine import (
    as_new,
    forget_translations,
    is_as_it_was,
)

ON_TIME = {"watch": 0.75, "red": 0.5}
# What the fields that say something else now said before. Whoever changed the formula
# or the condition defined the figure anew, and keeps it as a whole; changed limits and
# texts stay by themselves.
BEFORE = {
    "client_on_time": {
        "condition": False,
        "condition_reason": False,
        "description": "Share of our messages that the client answered within the "
        "agreed working hours.",
        **ON_TIME,
    },
    "our_on_time": {
        "condition": False,
        "condition_reason": False,
        "description": "Share of the client's messages that we answered within the "
        "agreed working hours.",
        **ON_TIME,
    },
    "silence": {
        "formula": "least(days_since_message, days_since_meeting) / contact_every_days",
        "condition": "opt(open_tasks) + opt(open_leads) > 0",
        "condition_reason": "There is no open work.",
        "description": "Days since the last message or meeting, compared with the "
        "agreed contact interval, while work is open.",
    },
}
DEFINITION = ("formula", "condition")
RULES = ("grey_rules", "grey_reasons")
LIMITS = ("watch", "red")
WORDS = ("description", "condition_reason")


def migrate(cr, version):
    """Define figures anew, and begin to read."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": None})
    now = as_new(env)
    for code, before in BEFORE.items():
        indicator = env.ref(f"client_health.indicator_{code}", False)
        if indicator and is_as_it_was(indicator, before, DEFINITION):
            _bring(indicator, before, now[code])
    env["client.message.bookmark"]._start()


def _bring(indicator, before, now):
    """Write what is new about an indicator that nobody defined anew."""
    names = [name for name in DEFINITION if name in before]
    names += [name for name in RULES if name in now]
    if is_as_it_was(indicator, before, LIMITS):
        names += [name for name in LIMITS if name in before]
    words = [name for name in WORDS if is_as_it_was(indicator, before, [name])]
    indicator.write({name: now.get(name, False) for name in [*names, *words]})
    forget_translations(indicator, words)
