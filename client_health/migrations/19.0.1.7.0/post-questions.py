"""Questions instead of messages: what asks, and when the client was heard.

Figures get their new definition where people left them alone. What was written before
is read in the background.
"""

from lxml import etree
from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, file_open

DATA = "client_health/data/client_health_check_data.xml"
ON_TIME = {"watch": 0.75, "red": 0.5}
# What the fields that say something else now said before. Whoever changed the formula
# or the condition defined the figure anew, and keeps it as a whole; changed limits and
# texts stay by themselves.
BEFORE = {
    "client_on_time": {
        "grey_rules": False,
        "grey_reasons": False,
        "description": "Share of our messages that the client answered within the "
        "agreed working hours.",
        **ON_TIME,
    },
    "our_on_time": {
        "grey_rules": False,
        "grey_reasons": False,
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
DEFINITION = ("formula", "condition", "grey_rules")
LIMITS = ("watch", "red")
WORDS = ("description", "condition_reason", "grey_reasons")


def migrate(cr, version):
    """Define figures anew, and begin to read."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": None})
    now = _as_new()
    for code, before in BEFORE.items():
        indicator = env.ref(f"client_health.indicator_{code}", False)
        if indicator and _is(indicator, before, DEFINITION):
            _bring(indicator, before, now[f"indicator_{code}"])
    env["client.message.bookmark"]._start()


def _as_new():
    """External id → values of the indicators as a new database gets them."""
    with file_open(DATA, "rb") as data:
        return {
            record.get("id"): {f.get("name"): f.text for f in record.iter("field")}
            for record in etree.parse(data).iter("record")
        }


def _is(indicator, before, names):
    """True where these fields say what they said before."""
    return all(
        (indicator[name] or False) == before[name] for name in names if name in before
    )


def _bring(indicator, before, now):
    """Write what is new about an indicator that nobody defined anew."""
    names = [name for name in DEFINITION if name in before]
    if _is(indicator, before, LIMITS):
        names += [name for name in LIMITS if name in before]
    words = [n for n in WORDS if n in before and _is(indicator, before, [n])]
    values = {name: now[name] for name in [*names, *words]}
    values.update({name: float(now[name]) for name in names if name in LIMITS})
    indicator.write(values)
    indicator.flush_recordset()
    for name in words:
        # other languages tell what it was; their new words are loaded after this
        indicator.env.cr.execute(
            SQL(
                """UPDATE client_health_indicator SET %(column)s =
                          jsonb_build_object('en_US', %(column)s -> 'en_US')
                    WHERE id = %(id)s""",
                column=SQL.identifier(name),
                id=indicator.id,
            )
        )
    indicator.invalidate_recordset()
