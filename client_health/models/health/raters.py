"""A pulse is what one colleague feels: users see the mean of three or more, managers
each. Of two, either could work out what the other said."""

import re

from ...scoring.changes import hide_points
from ..mixins.access import is_manager

ENOUGH = 3
PULSES = ("respect_pulse", "attitude_pulse")  # facts
READS_A_PULSE = re.compile(rf"\b({'|'.join(PULSES)})\b")


def is_few(env, facts):
    """True where fewer colleagues than ENOUGH stand behind the pulses among ``facts``,
    and the user may not know them."""
    return not is_manager(env) and (facts or {}).get("raters", ENOUGH) < ENOUGH


def of_pulses(indicators):
    """The codes of those of these indicators that tell of a pulse."""
    return {i.code for i in indicators if READS_A_PULSE.search(i.formula or "")}


def hide_figures(checks, codes):
    """Take figures out of explained checks, in place. Where one of them drives a check,
    all points, penalties and weights go too: it would follow from them."""
    for check in checks:
        for item in check["indicators"]:
            if item["code"] in codes:
                item.update(value=None, penalty=None, few=True)
    if not any(check["driver"] in codes for check in checks):
        return
    for check in checks:
        check.update(points=None, penalty=None, weight=None)
        for item in check["indicators"]:
            item["penalty"] = None


def hide_changes(rows, codes, days):
    """Take figures out of compared checks, in place; returns whether there were any.
    ``days``: those of "old" and "new" on which they are hidden."""
    hidden = False
    for row in rows:
        for day in days:
            if row[day]["driver"] in codes:
                row[day].update(value=None, text="")
                hidden = True
    if hidden:
        hide_points(rows)
    return hidden
