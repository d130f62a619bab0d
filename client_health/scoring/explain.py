"""An assessment as plain data, for screens and other programs.

What those who may not see money can and cannot work out
========================================================

They see the score, the level of every check and the figures that are not about
money. As soon as money drives one check that is measured, the score is the sum of
one unknown and of what they see: 100 − score less the points of the other checks
would be the points of that one, and with its limits the figure behind it. So then
*all* points, penalties and weights stay away, not those of that check alone, and
with them which figure about money drives it, which ones are measured, their limits
and their numbers of cases.

Left is what a level itself says (a red check is beyond *some* limit of its figures)
and what somebody can estimate who knows the weights from elsewhere: how much a
check costs as a whole, to about half a point of the score. Which of its figures
costs that is not said. A level cannot be shown without this much.
"""

from typing import Any

from .score import Assessment, CheckResult, Reading


def _is_money(reading: Reading) -> bool:
    return reading.indicator.money and reading.penalty is not None


def is_hidden(result: CheckResult) -> bool:
    """True when money drives a check."""
    return bool(result.driver and result.driver.indicator.money)


def _explain_reading(reading: Reading, private: bool, points: bool) -> dict[str, Any]:
    """One indicator as a mapping.

    ``private``: a figure that may not be seen; ``points``: what it costs may.
    """
    indicator = reading.indicator
    limits = indicator.limits
    return {
        "code": indicator.code,
        "value": None if private else reading.value,
        "sample": None if private else reading.sample,
        "penalty": reading.penalty if points and not private else None,
        "reason": reading.grey,
        "settling": reading.settling and not private,
        "private": private,
        "good": None if private else limits.good,
        "watch": None if private else limits.watch,
        "red": None if private else limits.red,
        "unit": indicator.unit,
        "window": indicator.window,
        "min_sample": None if private else indicator.min_sample,
        "side": indicator.side,
    }


def _explain_check(
    result: CheckResult, show_money: bool, points: bool
) -> dict[str, Any]:
    """One check as a mapping."""
    driver = result.driver
    hidden = is_hidden(result) and not show_money
    # one that is measured stands for all: which of them is not said
    measured = any(_is_money(reading) for reading in result.readings)
    indicators = []
    for reading in result.readings:
        private = reading.indicator.money and not show_money
        item = _explain_reading(reading, private, points)
        item["hidden"] = private and measured
        indicators.append(item)
    return {
        "code": result.check.code,
        "level": result.level,
        "penalty": result.penalty if points else None,
        "points": result.points if points else None,
        "weight": result.check.weight if points else None,
        "driver": driver.indicator.code if driver and not hidden else None,
        "held": result.held and not hidden,
        "ours": result.ours_level,
        "hidden": hidden,
        "indicators": indicators,
    }


def explain(assessment: Assessment, show_money: bool = True) -> dict[str, Any]:
    """The whole judgement as a mapping: see ``client.health.explain``."""
    points = show_money or not any(map(is_hidden, assessment.checks))
    return {
        "score": assessment.score,
        "level": assessment.level,
        "level_reason": assessment.rule.kind,
        "coverage": assessment.coverage,
        "checks": [
            _explain_check(result, show_money, points) for result in assessment.checks
        ],
    }
