"""Levels in the order of their severity, the worst first."""

from odoo.tools import SQL

from ...scoring.levels import LEVELS

GRAVITY = [level for level, _label in LEVELS]


def level_rank(level):
    """SQL: the rank of a level (SQL of text), 0 for the worst; NULL without one."""
    return SQL("array_position(%s::text[], %s::text) - 1", GRAVITY, level)


def by_severity(records, levels, domain):
    """For ``group_expand``: the levels that there are, the worst first."""
    return [level for level in GRAVITY if level in levels]
