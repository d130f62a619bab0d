"""The levels of a client."""

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
