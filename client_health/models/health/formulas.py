"""The formulas of an indicator: what they read, and whether they can be understood."""

from odoo.exceptions import ValidationError

from ...scoring.formula import FormulaError, UnknownFact, compile_formula
from ...scoring.rules import grey_rules

# What makes the figure itself, and what else decides how it is read.
OF_THE_FIGURE = ("formula", "condition")
ALL = ("formula", "sample", "condition", "grey_rules", "watch_only")


def compiled(indicator, names):
    """The formulas in fields of an indicator: [(field, Formula)]; of *grey_rules* one
    for each line. Raises FormulaError."""
    known, window = indicator._known_facts(), indicator.window_days
    found = []
    for name in names:
        text = indicator[name]
        if name == "grey_rules":
            rules = grey_rules(text, known, window)
            found += [(name, rule.formula) for rule in rules]
        elif text:
            found.append((name, compile_formula(text, known, window)))
    return found


def check(indicator):
    """Raise ValidationError where a formula cannot be understood, or says a reason less
    than it has rules."""
    env = indicator.env
    for name in ALL:
        label = indicator._fields[name]._description_string(env)
        try:
            compiled(indicator, (name,))
        except UnknownFact as error:
            raise ValidationError(
                env._(
                    "“%(field)s” of “%(indicator)s” names the fact "
                    "“%(fact)s”, which does not exist. Known facts: %(known)s.",
                    field=label,
                    indicator=indicator.name,
                    fact=error.name,
                    known=", ".join(sorted(indicator._known_facts())),
                )
            ) from None
        except FormulaError as error:
            raise ValidationError(
                env._(
                    "“%(field)s” of “%(indicator)s” cannot be understood at "
                    "“%(part)s”. Use facts, numbers, + - * /, comparisons, "
                    "and the functions opt, least, min, max and abs.",
                    field=label,
                    indicator=indicator.name,
                    part=str(error),
                )
            ) from None
