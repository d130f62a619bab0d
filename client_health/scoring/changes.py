"""Why a score moved between two days: the figures, or the settings.

Between an old and a new assessment stands a third one: the old figures judged
by the new settings. What differs from the old one is due to the settings, what
differs from the new one to the figures, and both add up to the whole change.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .score import Assessment, Check, CheckResult, Settings, conclude

Definitions = dict[str, list[tuple]]  # check code → how its indicators are measured


def definitions(checks: Sequence[Check]) -> Definitions:
    """How the figures of each check are measured, whatever their limits."""
    return {
        check.code: [
            (
                i.code,
                i.window,
                *(f and f.text for f in (i.value, i.sample, i.condition)),
                *(rule.formula.text for rule in i.rules),
            )
            for i in check.indicators
        ]
        for check in checks
    }


def in_between(
    old: Sequence[Check],
    new: Sequence[Check],
    assessments: Mapping[str, Assessment],
    settings: Settings,
) -> Assessment:
    """The old figures judged by the new settings, of which :func:`changes` tells data
    and settings apart.

    ``assessments``: ``between``, the old facts by the new settings, and ``last``, the
    new facts by them. A check that is measured otherwise now, by facts that were not
    kept then, stands as it does in the end: what differs is due to the settings.
    """
    before, after = definitions(old), definitions(new)
    last = {result.check.code: result for result in assessments["last"].checks}
    results = []
    for result in assessments["between"].checks:
        code = result.check.code
        unknown = any(r.grey and r.grey[0] == "absent" for r in result.readings)
        if code in last and unknown and before.get(code) != after.get(code):
            result = last[code]
        results.append(result._replace(points=0))
    return conclude(results, settings)


def _side(result: CheckResult | None) -> dict[str, Any]:
    """What there is to say of one check on one of the two days."""
    if result is None:
        return dict(
            level="grey", driver=None, value=None, money=False, cost=False, points=0,
            evidence=False,
        )  # fmt: skip
    driver = result.driver
    return {
        "level": result.level,
        "driver": driver.indicator.code if driver else None,
        "value": driver.value if driver else None,
        "money": bool(driver and driver.indicator.money),
        "cost": bool(driver and driver.indicator.cost),
        "points": result.points,
        "evidence": result.evidence,
    }


def _exact(kind: str, results: list[CheckResult | None]) -> bool:
    """True when what a check lost on one of these days follows exactly from a figure of
    a kind, ``money`` or ``cost``; steps tell its level alone."""
    drivers = [r.driver.indicator for r in results if r and r.driver]
    return any(getattr(driver, kind) and not driver.steps for driver in drivers)


def _is_gone(before: CheckResult | None, after: CheckResult | None) -> bool:
    """True when what drove a check before cannot be measured any more.

    Its app may have been uninstalled, or there are too few cases.
    """
    if before is None or before.driver is None:
        return False
    code = before.driver.indicator.code
    readings = after.readings if after else []
    return not any(
        reading.indicator.code == code and reading.penalty is not None
        for reading in readings
    )


def changes(old: Assessment, between: Assessment, new: Assessment) -> dict[str, Any]:
    """Compare two assessments; ``between`` is the old figures by new settings.

    Returns ``{"change", "points", "cap", "checks": [{"code", "old", "new", "change",
    "data", "settings", "gone", "money", "cost"}]}``. ``old`` and ``new`` are
    ``{"level", "driver", "value", "money", "cost", "points", "evidence"}``, with
    ``money`` and ``cost`` of the driver, and False for ``evidence`` where nothing was
    reported; ``gone``: the old driver is not measured any more; ``money``, ``cost`` of
    a check: what it lost follows exactly from such a figure, on one day or in between.
    Changes are in points of the score (negative: worse); those of the checks and of the
    ``cap`` add up to that of the score, which is None where one of the two days has no
    score. The largest change comes first. ``points``: what the checks gained together,
    None where on one day nothing was measured. ``cap`` is None where no red check holds
    the score down on either day, else ``{"check", "old", "new", "change", "data",
    "settings"}``, with the points that it takes on both days.
    """
    sides = [
        {result.check.code: result for result in assessment.checks}
        for assessment in (old, between, new)
    ]
    codes = list(dict.fromkeys(code for side in sides for code in side))
    rows = []
    for code in codes:
        before, middle, after = results = [side.get(code) for side in sides]
        told = [_side(result) for result in results]
        lost = [side["points"] for side in told]
        rows.append(
            {
                "code": code,
                "old": told[0],
                "new": told[2],
                "change": lost[0] - lost[2],
                "settings": lost[0] - lost[1],
                "data": lost[1] - lost[2],
                "gone": _is_gone(before, after),
                "money": _exact("money", results),
                "cost": _exact("cost", results),
            }
        )
    rows.sort(key=lambda row: (-abs(row["change"]), row["change"], row["code"]))
    change = None
    if old.score is not None and new.score is not None:
        change = new.score - old.score
    cap = _cap_change(old, between, new) if change is not None else None
    points = None
    if old.uncapped is not None and new.uncapped is not None:
        points = new.uncapped - old.uncapped
    return {"change": change, "points": points, "checks": rows, "cap": cap}


def hide_points(rows: list[dict[str, Any]]) -> None:
    """Take all points out of compared checks, in place, and the order that they gave:
    one hidden alone would follow from the others and the score."""
    rows.sort(key=lambda row: row["code"])
    for row in rows:
        row.update(change=None, data=None, settings=None)
        row["old"]["points"] = row["new"]["points"] = None


def _cap_change(
    old: Assessment, between: Assessment, new: Assessment
) -> dict[str, Any] | None:
    """What a red check takes beyond the points of the checks, on two days."""
    caps = [assessment.cap for assessment in (old, between, new)]
    if not caps[0] and not caps[2]:
        return None
    if between.score is None:  # then all of it is due to the figures
        caps[1] = caps[0]
    lost = [cap.points if cap else 0 for cap in caps]
    last = caps[2] or caps[0]
    return {
        "check": last and last.check,
        "old": lost[0],
        "new": lost[2],
        "change": lost[0] - lost[2],
        "settings": lost[0] - lost[1],
        "data": lost[1] - lost[2],
    }
