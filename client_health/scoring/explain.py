"""An assessment as plain data, for screens and other programs.

What those who may not see a figure can and cannot work out
===========================================================

They see the score, the level of every check and the figures that they may see.

*Cost* (``cost``: what our own work costs, and what tells it) is for managers. It counts
in steps (``steps``), so that the score, the points and the penalties are made of its
levels, and tell no more of it than the flags that everybody sees. What stays away is
the figure itself, its limits and number of cases, which of several drives its check,
and which of them are measured.

*Money* of other kinds (``money``: what the client owes) is for managers and for those
who may read the client's invoices. It counts exactly: 100 less the score, less the
points of the other checks, would be its own, and with its limits the figure behind it.
So where it drives a check, *all* points, penalties and weights stay away from the
others. So it is for cost under settings of a time without steps.

Left is what a level itself says (a red check is beyond *some* limit of its figures)
and, of money, what somebody can estimate who knows the weights from elsewhere: how much
a check costs as a whole, to about half a point of the score.
"""

from typing import Any, NamedTuple

from .indicator import Indicator
from .score import Assessment, CheckResult, Reading


class Reader(NamedTuple):
    """What somebody may see: ``money``, what the client owes; ``cost``, all of it."""

    money: bool = True
    cost: bool = True

    def may_see(self, indicator: Indicator) -> bool:
        """True where the reader may see the figure of an indicator."""
        if indicator.cost:
            return self.cost
        return self.money or not indicator.money

    def may_reckon(self, result: CheckResult) -> bool:
        """True where the points of a check tell the reader nothing that is hidden."""
        driver = result.driver and result.driver.indicator
        return not driver or driver.steps or self.may_see(driver)


EVERYTHING = Reader()


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


def _explain_check(result: CheckResult, reader: Reader, points: bool) -> dict[str, Any]:
    """One check as a mapping."""
    driver = result.driver
    hidden = driver is not None and not reader.may_see(driver.indicator)
    # one that is measured stands for all: which of them is not said
    measured = any(
        reading.penalty is not None and not reader.may_see(reading.indicator)
        for reading in result.readings
    )
    indicators = []
    for reading in result.readings:
        private = not reader.may_see(reading.indicator)
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
        "evidence": result.evidence and result.penalty is not None,
        "hidden": hidden,
        "indicators": indicators,
    }


def explain(assessment: Assessment, reader: Reader = EVERYTHING) -> dict[str, Any]:
    """The whole judgement as a mapping: see ``client.health.explain``."""
    points = all(map(reader.may_reckon, assessment.checks))
    return {
        "score": assessment.score,
        "uncapped": assessment.uncapped,
        "cap": assessment.cap and assessment.cap._asdict(),
        "level": assessment.level,
        "level_reason": assessment.rule.kind,
        "coverage": assessment.coverage,
        "checks": [
            _explain_check(result, reader, points) for result in assessment.checks
        ],
    }
