"""Figures about work that are defined anew, as far as people left them alone."""

from lxml import etree
from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, file_open

DATA = "client_health/data/client_health_check_data.xml"
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
    now = _now()
    for code, before in BEFORE.items():
        indicator = env.ref(f"client_health.indicator_{code}", False)
        if not indicator:
            continue
        groups = [DEFINITION, LIMITS, *((name,) for name in WORDS)]
        for names in groups:
            names = [name for name in names if name in before]
            if all(indicator[name] == before[name] for name in names):
                indicator.write({name: now[code][name] for name in names})
                _forget_translations(indicator, set(names).intersection(WORDS))


def _now():
    """Code → field → value of the indicators, as a new database gets them."""
    with file_open(DATA, "rb") as data:
        records = [
            {field.get("name"): field.text for field in record.iter("field")}
            for record in etree.parse(data).iter("record")
        ]
    return {
        values["code"]: {
            name: float(text) if name in LIMITS else text
            for name, text in values.items()
        }
        for values in records
    }


def _forget_translations(indicator, names):
    """Leave the English words alone: those of other languages told the old figure, and
    the new ones are loaded where there are none."""
    indicator.flush_recordset()
    for name in names:
        column = SQL.identifier(name)
        indicator.env.cr.execute(
            SQL(
                """UPDATE client_health_indicator
                      SET %s = jsonb_build_object('en_US', %s -> 'en_US')
                    WHERE id = %s""",
                column,
                column,
                indicator.id,
            )
        )
    indicator.invalidate_recordset()
