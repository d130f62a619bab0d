"""Which facts the figures of a client show, whatever the checks ask for."""

import re
from collections.abc import Iterable

from odoo.tools import SQL

from ..scoring.keys import FactKey

YEAR = 365

# What is earned, and what that costs us: fact → its sign in a margin, in the order of
# the sum.
MARGIN = {
    "earned_invoiced": "+",
    "earned_time": "+",
    "earned_fixed": "+",
    "earned_rest": "+",
    "earned_milestones": "+",
    "timesheet_cost": "−",
    "other_cost": "−",
}
# Column → the fact it shows.
SHOWN = {
    "revenue": FactKey("revenue", YEAR),
    "hours": FactKey("hours", YEAR),
    **{name: FactKey(name, YEAR) for name in MARGIN},
    "required_rate": FactKey("required_rate"),
    "overdue": FactKey("overdue"),
    "overdue_days": FactKey("overdue_days"),
    "days_late": FactKey("days_late", YEAR),
    "paid_amount": FactKey("paid_amount", YEAR),
}
# Shares of what was asked; over the days that their indicator looks back, and only
# where it does.
ANSWERS = ("client_turns", "client_turns_on_time", "our_turns", "our_turns_on_time")
# What is kept of a client as numbers beside its encoded facts, in this order.
KEPT = (*SHOWN, *ANSWERS)
# Column → facts that are added up, month by month.
BY_MONTH = {
    "revenue": ("revenue_months",),
    "hours": ("hours_months",),
    "earned": ("earned_work_months", "earned_invoiced_months"),
    "time_cost": ("timesheet_cost_months",),
    "other_cost": ("other_cost_months",),
}
KEYS = frozenset(SHOWN.values()).union(
    FactKey(name) for names in BY_MONTH.values() for name in names
)


def kept_keys(keys: Iterable[str]) -> list[str]:
    """The fact key behind each of KEPT, among those that were read: answers are counted
    over any number of days."""
    keys = list(keys)
    answers = [
        next((key for key in keys if re.fullmatch(f"{name}_[0-9]+", key)), "")
        for name in ANSWERS
    ]
    return [*map(str, SHOWN.values()), *answers]


def kept(name: str) -> SQL:
    """SQL: one of KEPT, of the health ``h``."""
    return SQL("h.figures[%s]", KEPT.index(name) + 1)
