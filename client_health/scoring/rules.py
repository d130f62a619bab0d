"""What must be known of a client before a figure is worth saying."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .formula import Formula, compile_formula, left_side, number

# Why a figure is grey: the kind of reason and a key; for a rule also what is missing.
Grey = tuple[str, str] | tuple[str, str, float | None]


class GreyRule(NamedTuple):
    """What must hold for a figure to rest on the whole of the facts; ``share``: the
    left side of the comparison, which says how much is missing where it does not."""

    formula: Formula
    share: Formula | None

    def missing(self, facts: Mapping[str, Any]) -> float | None:
        """How much is missing, where the rule does not hold and can say so."""
        return number(self.share, facts) if self.share else None


def grey_rules(
    text: str | None, facts: Mapping[str, Any], window: int, ago: int = 0
) -> tuple[GreyRule, ...]:
    """The rules in a text, one a line; ``facts`` and ``ago`` as in compile_formula.

    >>> [rule] = grey_rules("unknown / hours <= 0.2", {"unknown": 1, "hours": 1}, 30)
    >>> rule.missing({"unknown_30": 7.0, "hours_30": 20.0})
    0.35
    """
    rules = []
    for line in filter(None, map(str.strip, (text or "").splitlines())):
        left = left_side(line)
        share = compile_formula(left, facts, window, ago) if left else None
        rules.append(GreyRule(compile_formula(line, facts, window, ago), share))
    return tuple(rules)
