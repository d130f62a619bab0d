"""From facts to checks, a score and a level.

The rules, in the order in which they are applied:

1. an indicator has a penalty, or is grey (not measurable) and says why;
2. the worst indicator of the client's side drives its check; indicators of our
   own side are judged the same way but cost the client nothing;
3. the score is 100 minus the weighted penalties of the measurable checks;
4. the level follows that score, is capped by red checks, and is *unknown* when
   too little of it rests on evidence;
5. the score lies in the band of a level that a red check caps, and there is none
   where the level is unknown.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .formula import Formula, compile_formula
from .indicator import Indicator, Reading
from .levels import DEFAULTS, LevelRule, Settings, capped, level_of
from .rules import grey_rules
from .thresholds import Limits, check_level


class Check(NamedTuple):
    """One of the questions: its weight and the figures that answer it."""

    code: str
    weight: float
    floor_level: str | None
    indicators: tuple[Indicator, ...]


class CheckResult(NamedTuple):
    """A check for one client; ``ours`` are readings of our side that stand out."""

    check: Check
    readings: list[Reading]
    level: str  # ok, watch, red, grey
    penalty: float | None
    driver: Reading | None
    ours: Reading | None
    ours_level: str
    evidence: bool
    points: int = 0

    @property
    def held(self) -> bool:
        """True where only the flag that is open keeps the level as it is."""
        if self.penalty is None or self.driver is None:
            return False
        return self.driver.held or self.level != check_level(self.penalty)


class Cap(NamedTuple):
    """The red check that holds a score down, and how many points that takes."""

    check: str
    points: int


class Outcome(NamedTuple):
    """What judged checks come to.

    ``score`` is a whole number 0–100, None when the level is unknown; ``coverage`` a
    percentage; ``uncapped`` is 100 less the points of the checks, None when nothing can
    be measured: the score where no red check caps it.
    """

    score: int | None
    level: str
    rule: LevelRule
    coverage: int
    uncapped: int | None


class Assessment(NamedTuple):
    """The judgement of one client: an :class:`Outcome` and its checks."""

    score: int | None
    level: str
    rule: LevelRule
    coverage: int
    checks: list[CheckResult]
    uncapped: int | None = None

    @property
    def cap(self) -> Cap | None:
        """What holds the score down; its points and those of the checks add up to 100
        less the score."""
        if self.score is None or self.uncapped is None or self.rule.check is None:
            return None
        points = self.uncapped - self.score
        return Cap(self.rule.check, points) if points else None

    @property
    def service(self) -> str | None:
        """How well we serve the client: the worst level of our side in the checks,
        None where nothing of it is measured."""
        return worst_level(check.ours_level for check in self.checks)


def worst_level(levels: Iterable[str]) -> str | None:
    """The worst of some levels of checks; None where all are grey.

    >>> worst_level(["grey", "watch", "ok"]), worst_level(["ok", "red", "watch"])
    ('watch', 'red')
    >>> worst_level(["grey", "ok"]), worst_level(["grey"])
    ('ok', None)
    """
    order = ("ok", "watch", "red")
    return max((x for x in levels if x in order), key=order.index, default=None)


def build_check(check: Mapping[str, Any], facts: Mapping[str, Any]) -> Check:
    """Make a :class:`Check` of a plain mapping; ``facts`` as in compile_formula.

    Raises FormulaError or LimitsError.
    """
    indicators = []
    for item in check["indicators"]:
        indicator = _build_indicator(item, facts)
        if indicator.settle_days:
            earlier = _build_indicator(item, facts, ago=indicator.settle_days)
            indicator = indicator._replace(earlier=earlier)
        indicators.append(indicator)
    return Check(
        check["code"], check["weight"], check.get("floor_level"), tuple(indicators)
    )


def _build_indicator(
    item: Mapping[str, Any], facts: Mapping[str, Any], ago: int = 0
) -> Indicator:
    """An indicator of a plain mapping, as it was ``ago`` days before."""
    window = item["window"]

    def compiled(key: str) -> Formula | None:
        text = item.get(key)
        return compile_formula(text, facts, window, ago) if text else None

    return Indicator(
        code=item["code"],
        value=compile_formula(item["formula"], facts, window, ago),
        limits=Limits(item["good"], item["watch"], item["red"]).check(),
        unit=item.get("unit", "ratio"),
        side=item.get("side", "client"),
        sample=compiled("sample"),
        min_sample=item.get("min_sample", 0),
        condition=compiled("condition"),
        window=window,
        reported=item.get("reported", False),
        money=item.get("money", False),
        rules=grey_rules(item.get("grey_rules"), facts, window, ago),
        watch_only=compiled("watch_only"),
        # settings of before there were steps do not say which money is cost
        cost=item.get("cost", item.get("money", False)),
        steps=item.get("steps", False),
        settle_days=item.get("settle_days", 0),
    )


def judge_check(
    check: Check,
    facts: Mapping[str, Any],
    held: str | None = None,
    held_ours: str | None = None,
) -> CheckResult:
    """Judge one check: the worst measurable indicator of the client's side.

    ``held`` and ``held_ours`` are the levels of flags already open.
    """
    readings = [
        indicator.measure(facts, held_ours if indicator.side == "ours" else held)
        for indicator in check.indicators
    ]
    driver = ours = worst = ours_worst = None
    evidence = False
    for reading in readings:
        indicator, value, _sample, penalty, *_rest = reading
        if penalty is None:
            continue
        if indicator.side == "ours":
            if ours_worst is None or penalty > ours_worst:
                ours, ours_worst = reading, penalty
            continue
        told = (value or 0) > 0 or not indicator.reported
        # of equals one that rests on something speaks for the check
        if worst is None or penalty > worst or (penalty == worst and told > evidence):
            driver, worst = reading, penalty
        evidence = evidence or told
    ours_level = "grey" if ours_worst is None else check_level(ours_worst, held_ours)
    if worst is None:
        return CheckResult(
            check, readings, "grey", None, None, ours, ours_level, evidence
        )
    level = check_level(worst, held)
    return CheckResult(
        check, readings, level, worst, driver, ours, ours_level, evidence
    )


def whole(number: float) -> int:
    """The nearest whole number, halves upwards.

    >>> whole(0.5), whole(1.5), whole(2.49)
    (1, 2, 2)
    """
    return math.floor(number + 0.5)


def whole_points(losses: Mapping[str, float]) -> dict[str, int]:
    """Share out a loss in whole points that add up to the rounded total.

    ``losses`` maps a code to its exact loss. Whoever is owed most gets the
    point; between equals the code decides, so that order does not matter.

    >>> whole_points({"a": 3.4, "b": 3.4, "c": 3.4})
    {'a': 4, 'b': 3, 'c': 3}
    >>> whole_points({"a": 0.0, "b": 0.3})
    {'a': 0, 'b': 0}
    """
    total = whole(math.fsum(losses.values()))
    points = {code: math.floor(loss) for code, loss in losses.items()}
    if total == sum(points.values()):
        return points
    owed = sorted(losses, key=lambda code: (points[code] - losses[code], code))
    for code in owed[: total - sum(points.values())]:
        points[code] += 1
    return points


def assess(
    checks: Iterable[Check],
    facts: Mapping[str, Any],
    held: Mapping[tuple[str, str], str] | None = None,
    settings: Settings = DEFAULTS,
) -> Assessment:
    """Judge one client: an :class:`Assessment`.

    ``checks`` is a list of :class:`Check`, ``facts`` maps keys to numbers (an
    absent fact is not there), ``held`` maps ``(check code, side)`` to the level
    of a flag already open.
    """
    held = held or {}
    results = [
        judge_check(
            check,
            facts,
            held.get((check.code, "client")),
            held.get((check.code, "ours")),
        )
        for check in checks
    ]
    return conclude(results, settings)


def conclude(results: list[CheckResult], settings: Settings = DEFAULTS) -> Assessment:
    """Score and level of a client from its judged checks: an :class:`Assessment`,
    whose checks share out the loss in points."""
    losses = _losses(results)
    outcome = _outcome(results, losses, settings)
    points = whole_points(losses)
    results = [
        CheckResult(*result[:-1], points[result.check.code])
        if points.get(result.check.code)
        else result
        for result in results
    ]
    return Assessment(*outcome[:4], results, outcome.uncapped)


def _losses(results: list[CheckResult]) -> dict[str, float]:
    """Check code → its exact share of the loss, of the measurable checks."""
    measured = [(r.check, r.penalty) for r in results if r.penalty is not None]
    weight = math.fsum([check.weight for check, _penalty in measured])
    if not weight:
        return {}
    return {
        check.code: 100 * check.weight * penalty / weight for check, penalty in measured
    }


def outcome(results: list[CheckResult], settings: Settings = DEFAULTS) -> Outcome:
    """The :class:`Outcome` of judged checks."""
    return _outcome(results, _losses(results), settings)


def _outcome(
    results: list[CheckResult], losses: dict[str, float], settings: Settings
) -> Outcome:
    total = math.fsum([result.check.weight for result in results])
    known = math.fsum([
        result.check.weight
        for result in results
        if result.evidence and result.penalty is not None
    ])  # fmt: skip
    coverage = 100 * known / total if total else 0
    uncapped = 100 - whole(math.fsum(losses.values())) if losses else None
    floors = {
        result.check.code: result.check.floor_level
        for result in results
        if result.level == "red" and result.check.floor_level
    }
    level, rule = level_of(uncapped, coverage, floors, settings)
    score = capped(uncapped, level, rule, settings)
    return Outcome(score, level, rule, whole(coverage), uncapped)
