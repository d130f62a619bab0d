"""One figure of a check: how it is measured, and what it says of one client."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .formula import NOT_MEASURABLE, Formula, number, why_not
from .keys import FactKey
from .rules import Grey, GreyRule
from .thresholds import WATCH, Limits, check_level, step


class Indicator(NamedTuple):
    """A measured figure of a check, ready to be applied."""

    code: str
    value: Formula
    limits: Limits
    unit: str = "ratio"
    side: str = "client"
    sample: Formula | None = None
    min_sample: float = 0.0
    condition: Formula | None = None
    window: int = 0
    reported: bool = False  # said by people: nothing said is 0, not unknown
    money: bool = False  # must not reach those who may not see money
    rules: tuple[GreyRule, ...] = ()  # one that does not hold turns it grey
    watch_only: Formula | None = None  # a warning at most while this holds
    cost: bool = False  # tells what our own work costs: managers alone see it
    steps: bool = False  # counts in steps by level
    settle_days: int = 0  # a worse level counts once it has lasted so long
    earlier: "Indicator | None" = None  # the same, so many days before

    @property
    def keys(self) -> frozenset[FactKey]:
        """Keys of all facts that this indicator reads."""
        rules = [rule.formula for rule in self.rules]
        formulas = (self.value, self.sample, self.condition, self.watch_only, *rules)
        keys = frozenset().union(*(f.keys for f in formulas if f))
        return keys | self.earlier.keys if self.earlier else keys

    def measure(self, facts: Mapping[str, Any], held: str | None = None) -> "Reading":
        """Apply the indicator to one client's facts: a :class:`Reading`.

        ``held``: the level of the flag that is open for its check; the step of a figure
        that counts in steps is that of the level it is held at.
        """
        reading = self._lasting(facts)
        if not self.steps or reading.penalty is None:
            return reading
        counted = step(reading.penalty, held)
        return reading._replace(penalty=counted, exact=reading.penalty)

    def _lasting(self, facts: Mapping[str, Any]) -> "Reading":
        """What the facts say and have said for long enough.

        A level that is worse than the one ``settle_days`` before does not count yet,
        nor does one that could not be measured then. What is not known of then, as in
        facts that were kept earlier, says nothing against it.
        """
        reading = self._measure(facts)
        penalty = reading.penalty
        if self.earlier is None or penalty is None or penalty < WATCH:
            return reading
        then = self.earlier._measure(facts)
        if then.grey and then.grey[0] in ("absent", "undefined"):
            return reading
        before = then.penalty or 0.0
        if before >= penalty:
            return reading
        if check_level(before) == check_level(penalty):
            return reading
        return reading._replace(penalty=before, settling=True)

    def _measure(self, facts: Mapping[str, Any]) -> "Reading":
        """What the facts say, however long they have said it."""
        sample = None
        formula = self.value  # the one that is read, should it not be measurable
        try:
            if self.condition is not None:
                formula = self.condition
                if not number(formula, facts):
                    return Reading(self, None, None, None, ("condition", ""))
            if self.sample is not None:
                formula = self.sample
                sample = number(formula, facts)
                if sample < self.min_sample:
                    return Reading(self, None, sample, None, ("sample", ""))
            for place, rule in enumerate(self.rules):
                formula = rule.formula
                if not number(formula, facts):
                    grey = ("rule", str(place), rule.missing(facts))
                    return Reading(self, None, sample, None, grey)
            formula = self.value
            value = number(formula, facts)
            penalty = self.limits.penalty(value)
            if self.watch_only is not None:
                formula = self.watch_only
                if number(formula, facts):
                    penalty = min(penalty, WATCH)
        except NOT_MEASURABLE as error:
            return Reading(self, None, sample, None, why_not(formula, error))
        return Reading(self, value, sample, penalty, None)


class Reading(NamedTuple):
    """One indicator for one client: a value with its penalty, or why not."""

    indicator: Indicator
    value: float | None
    sample: float | None
    penalty: float | None
    grey: Grey | None
    settling: bool = False  # worse than it counts, as it has not lasted yet
    exact: float | None = None  # the penalty behind a step; None without steps

    @property
    def held(self) -> bool:
        """True where a step is that of the flag that is open, not of the figure."""
        return self.exact is not None and self.penalty != step(self.exact)
