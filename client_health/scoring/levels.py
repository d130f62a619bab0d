"""The levels of a client, and what decides which one it has."""

import math
from collections.abc import Mapping
from typing import NamedTuple

# The worst first: the order of columns and groups.
LEVELS = [
    ("critical", "Critical"),
    ("at_risk", "At risk"),
    ("watch", "Watch"),
    ("healthy", "Healthy"),
    ("unknown", "Unknown"),
]
SEVERITY_ORDER = [level for level, _label in LEVELS]
# Level → how bad it is, 0 the worst; unknown has none.
SEVERITY = {level: rank for rank, level in enumerate(SEVERITY_ORDER[:-1])}
# Phases of those who are no clients any more, and of those who rest: without flags,
# score and alarms.
GONE = ("ended", "past")
AT_REST = ("quiet", "past")
NOT_JUDGED = ("ended", "quiet", "past")
# A level that rests on less of the checks' weight than this, in percent, looks like it.
ENOUGH_EVIDENCE = 60
AT_RISK_LEVELS = ("at_risk", "critical")


def is_thin(level: str, coverage: int, rule: str | None = None) -> bool:
    """True where a level rests on little evidence; one that a person set rests on
    that person. ``rule``: what decided the level.

    >>> [is_thin("healthy", share) for share in (0, 59, 60)]
    [True, True, False]
    >>> is_thin("unknown", 20), is_thin("watch", 20, "override")
    (False, False)
    """
    return level in SEVERITY and rule != "override" and coverage < ENOUGH_EVIDENCE


# So many percent more than others who lacked evidence need, so that nobody goes in and
# out of an unknown level with every figure.
KNOWN_AGAIN = 5


class Settings(NamedTuple):
    """Where the levels begin, and how much evidence a level needs (percent)."""

    healthy: float = 80
    watch: float = 65
    at_risk: float = 50
    min_coverage: float = 40

    def for_client(self, lacked_evidence: bool = False) -> "Settings":
        """The settings for a client, whose level may have been unknown until now for
        want of evidence.

        >>> Settings().for_client(True).min_coverage, Settings().for_client().watch
        (45, 65)
        """
        if not lacked_evidence:
            return self
        return self._replace(min_coverage=min(self.min_coverage + KNOWN_AGAIN, 100))


DEFAULTS = Settings()


class LevelRule(NamedTuple):
    """What decided a level: ``score``, ``floor`` (the red check ``check``),
    ``coverage`` or ``nothing``."""

    kind: str
    check: str | None = None


def level_of(
    score: int | None,
    coverage: float,
    floors: Mapping[str, str],
    settings: Settings = DEFAULTS,
) -> tuple[str, LevelRule]:
    """Level of a client and the rule that decided it.

    ``score``: as the points of the checks have it; ``floors`` maps each red check that
    has a floor to the level it caps at.

    >>> [level_of(score, 80, {})[0] for score in (92, 64, 12)]
    ['healthy', 'at_risk', 'critical']
    >>> level_of(92, 80, {"profit": "at_risk", "progress": "watch"})
    ('at_risk', LevelRule(kind='floor', check='profit'))
    >>> level_of(40, 80, {"profit": "at_risk"})
    ('critical', LevelRule(kind='score', check=None))
    >>> level_of(100, 20, {})
    ('unknown', LevelRule(kind='coverage', check=None))
    >>> level_of(0, 20, {"abuse": "critical"})
    ('critical', LevelRule(kind='floor', check='abuse'))
    >>> level_of(None, 0, {})
    ('unknown', LevelRule(kind='nothing', check=None))
    """
    if score is None:
        return "unknown", LevelRule("nothing")
    worst = min(floors, key=lambda code: (SEVERITY[floors[code]], code), default=None)
    if coverage < settings.min_coverage:
        if worst is None:
            return "unknown", LevelRule("coverage")
        return floors[worst], LevelRule("floor", worst)
    if score >= settings.healthy:
        level = "healthy"
    elif score >= settings.watch:
        level = "watch"
    elif score >= settings.at_risk:
        level = "at_risk"
    else:
        level = "critical"
    if worst is not None and SEVERITY[floors[worst]] < SEVERITY[level]:
        return floors[worst], LevelRule("floor", worst)
    return level, LevelRule("score")


def capped(
    score: int | None, level: str, rule: LevelRule, settings: Settings = DEFAULTS
) -> int | None:
    """The score that goes with a level: within the band of one that a red check
    decided, none for an unknown one.

    >>> floor = LevelRule("floor", "abuse")
    >>> [capped(90, level, floor) for level in ("critical", "at_risk", "watch")]
    [49, 64, 79]
    >>> capped(30, "critical", floor), capped(90, "healthy", LevelRule("score"))
    (30, 90)
    >>> capped(90, "unknown", LevelRule("coverage"))
    """
    if level == "unknown" or score is None:
        return None
    if rule.kind != "floor":
        return score
    begins = {
        "critical": settings.at_risk,
        "at_risk": settings.watch,
        "watch": settings.healthy,
    }
    # the highest whole number under the next level
    top = math.ceil(begins[level]) - 1 if level in begins else 100
    return min(score, max(top, 0))
