"""Levels in the order of their severity, the worst first."""

from ...scoring.levels import SEVERITY_ORDER


def by_severity(records, levels, domain):
    """For ``group_expand``: the levels that there are, the worst first."""
    return [level for level in SEVERITY_ORDER if level in levels]
