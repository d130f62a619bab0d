"""One measured value against three limits."""

from typing import NamedTuple

WATCH = 0.5
RED = 1.0
# An open flag holds on until its penalty is clearly better than what raised it.
HOLD_WATCH = 0.4
HOLD_RED = 0.9


class LimitsError(ValueError):
    """The three limits are not in strict order."""


class Limits(NamedTuple):
    """Where a value is fine, where it deserves attention, where it is red.

    The order of the limits tells the direction: rising limits mean that a
    higher value is worse, falling limits that a lower one is.

    >>> days_late = Limits(5, 15, 45)
    >>> [days_late.penalty(v) for v in (-3, 5, 10, 15, 30, 45, 400)]
    [0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    >>> margin = Limits(0.35, 0.2, 0.0)
    >>> [round(margin.penalty(v), 3) for v in (0.5, 0.35, 0.275, 0.2, 0.1, 0, -1)]
    [0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    """

    good: float
    watch: float
    red: float

    @property
    def rising(self) -> bool:
        """True when a higher value is worse."""
        return self.red > self.good

    def check(self) -> "Limits":
        """Return the limits, or raise :class:`LimitsError` if out of order.

        >>> Limits(1, 3, 2).check()
        Traceback (most recent call last):
        ...
        client_health.scoring.thresholds.LimitsError: good 1, watch 3, red 2
        """
        good, watch, red = self
        if not (good < watch < red or good > watch > red):
            raise LimitsError(f"good {good:g}, watch {watch:g}, red {red:g}")
        return self

    def penalty(self, value: float) -> float:
        """Penalty of a value: 0 up to good, 0.5 at watch, 1 from red on."""
        good, watch, red = self
        if red < good:
            good, watch, red, value = -good, -watch, -red, -value
        if value <= good:
            return 0.0
        if value >= red:
            return 1.0
        if value <= watch:
            return WATCH * (value - good) / (watch - good)
        return WATCH + (RED - WATCH) * (value - watch) / (red - watch)


# What each level counts where a figure counts in steps.
STEPS = {"ok": 0.0, "watch": WATCH, "red": RED}


def check_level(penalty: float, held: str | None = None) -> str:
    """Level of a check: ``ok``, ``watch`` or ``red``.

    ``held`` is the level of the flag that is already open for it (None when
    there is none): a flag is only lowered when its penalty is clearly better
    than what raised it, so that a value on the edge does not blink.

    >>> [check_level(p) for p in (0.49, 0.5, 0.99, 1.0)]
    ['ok', 'watch', 'watch', 'red']
    >>> [check_level(p, "watch") for p in (0.39, 0.4, 0.99, 1.0)]
    ['ok', 'watch', 'watch', 'red']
    >>> [check_level(p, "red") for p in (0.39, 0.4, 0.89, 0.9)]
    ['ok', 'watch', 'watch', 'red']
    """
    if penalty >= RED or (held == "red" and penalty >= HOLD_RED):
        return "red"
    if penalty >= WATCH or (held and penalty >= HOLD_WATCH):
        return "watch"
    return "ok"


def step(penalty: float, held: str | None = None) -> float:
    """The penalty of a figure that counts in steps: that of its level, ``held`` as in
    :func:`check_level`. A score made of steps tells no more of it than the level.

    >>> [step(p) for p in (0.0, 0.49, 0.5, 0.99, 1.0)]
    [0.0, 0.0, 0.5, 0.5, 1.0]
    >>> [step(p, "watch") for p in (0.39, 0.4)], step(0.9, "red")
    ([0.0, 0.5], 1.0)
    """
    return STEPS[check_level(penalty, held)]
