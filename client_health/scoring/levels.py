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
AT_RISK_LEVELS = ("at_risk", "critical")
