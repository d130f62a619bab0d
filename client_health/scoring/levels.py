"""The levels of a client, the worst first: the order of columns and groups."""

LEVELS = [
    ("critical", "Critical"),
    ("at_risk", "At risk"),
    ("watch", "Watch"),
    ("healthy", "Healthy"),
    ("unknown", "Unknown"),
]
