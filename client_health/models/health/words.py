"""Figures and limits of indicators as text, in the language of the reader."""

from odoo.tools import formatLang

from ...scoring.formula import compile_formula, divided, evaluate
from ..mixins.access import is_manager
from .formulas import ALL

UNITS = [
    ("ratio", "Percentage"),
    ("times", "Multiple"),
    ("days", "Days"),
    ("count", "Number"),
    ("points", "Incident points"),
    ("rating", "Rating 1–5"),
    ("hours", "Hours"),
    ("money", "Money"),
]
# keeps a figure and its sign on one line
NBSP = "\N{NO-BREAK SPACE}"
SIGNS = {"ratio": "%", "times": "×"}


def short_digits(number):
    """One decimal, none for what is whole."""
    return 1 if round(number, 1) % 1 else 0


def short(env, number):
    """A number with one decimal in the user's language; whole numbers without."""
    return formatLang(env, number, digits=short_digits(number))


def decimals(number, least):
    """How many decimals a number has, of at most four."""
    full = round(number, 4)
    return next(digits for digits in range(least, 5) if round(number, digits) == full)


def format_figure(env, unit, value, exact=False):
    """A value in a unit of UNITS as text; empty without a value.

    ``exact``: with all decimals, as a limit; otherwise rounded. Money is in the
    currency of the current company.
    """
    if value is None:
        return ""
    if unit == "money":
        return formatLang(env, value, currency_obj=env.company.currency_id)
    if unit == "ratio":
        value *= 100
    digits = 1 if unit in ("times", "rating") else 0
    if unit == "hours":
        digits = short_digits(value)
    if exact:
        digits = decimals(value, digits)
    number = formatLang(env, value, digits=digits)
    if sign := SIGNS.get(unit):
        return f"{number}{NBSP}{sign}"
    if unit == "hours":
        if number == "1":
            return env._("1 hour")
        return env._("%s hours", number)
    if unit == "days":
        if number == "1":
            return env._("1 day")
        return env._("%s days", number)
    if unit == "points":
        if number == "1":
            return env._("1 incident point")
        return env._("%s incident points", number)
    return number


class Words:
    """Sentences about one indicator, in the language of their reader."""

    def __init__(self, indicator):
        self.indicator = indicator
        self.env = indicator.env

    def limit(self, name):
        """The limit ``good``, ``watch`` or ``red`` as text."""
        return self.indicator._format(self.indicator[name], exact=True)

    def limits(self):
        """The three limits as a sentence."""
        values = {name: self.limit(name) for name in ("good", "watch", "red")}
        if self.indicator.red > self.indicator.good:
            text = self.env._(
                "Fine up to %(good)s, warning from %(watch)s, red from %(red)s.",
                **values,
            )
        else:
            text = self.env._(
                "Fine from %(good)s, warning at %(watch)s or less, red at %(red)s or "
                "less.",
                **values,
            )
        if not self.indicator.cost:
            return text
        steps = self.env._(
            "It counts in steps, half at a warning and whole at red: so the score "
            "tells nobody what our work costs."
        )
        return f"{text} {steps}"

    def figure(self, value, facts):
        """The value as text. A number of days in proportion to another is told in days:
        “3 days of 30”, “96 days (3.2 × 30)”; what an hour earns, in money.

        ``facts``: of the client, key → number.
        """
        text = self.indicator._format(value)
        if value is None:
            return text
        if money := self._divided("ratio", facts or {}):
            earned, required = (format_figure(self.env, "money", m) for m in money)
            return self.env._(
                "%(earned)s an hour of %(required)s required (%(share)s)",
                earned=earned,
                required=required,
                share=text,
            )
        days = self._divided("times", facts or {})
        if not days:
            return text
        told = {
            "days": format_figure(self.env, "days", days[0]),
            "usual": formatLang(self.env, days[1], digits=0),
        }
        if days[0] <= days[1]:
            return self.env._("%(days)s of %(usual)s", **told)
        return self.env._("%(days)s (%(times)s %(usual)s)", times=text, **told)

    def _divided(self, unit, facts):
        """What the formula divides, and what it divides it by: days by days in a
        multiple, money of an hour by the required rate in a percentage; None for other
        formulas."""
        indicator = self.indicator
        parts = indicator.unit == unit and divided(indicator.formula)
        if not parts or (unit == "ratio" and parts[1] != "required_rate"):
            return None
        known = indicator._known_facts()
        catalogue = self.env["client.health.facts"]._catalogue()
        values = []
        for part in parts:
            formula = compile_formula(part, known, indicator.window_days)
            units = {catalogue[key.name][1].unit for key in formula.keys}
            if unit == "times" and units != {"days"}:
                return None
            values.append(evaluate(formula, facts)[0])
        return None if None in values else values

    def sentence(self, value, level, facts=None):
        """What a flag says: the figure, the limit it passed, the period.

        ``facts``: of the client, as for :meth:`figure`.
        """
        told = {
            "name": self.indicator.name,
            "value": self.figure(value, facts),
            "level": self.env._("red") if level == "red" else self.env._("warning"),
            "limit": self.limit("red" if level == "red" else "watch"),
            "days": self.indicator.window_days,
        }
        if self.indicator.red > self.indicator.good:
            return self.env._(
                "%(name)s: %(value)s (%(level)s from %(limit)s, over %(days)s days)",
                **told,
            )
        return self.env._(
            "%(name)s: %(value)s (%(level)s at %(limit)s or less, over %(days)s days)",
            **told,
        )

    def grey_reason(self, grey, sample):
        """Why the figure is not measured, as a sentence.

        ``grey``: the reason of the scoring, as (kind, key).
        """
        indicator = self.indicator
        kind, key, *missing = grey
        if kind == "rule":
            return self._rule_reason(int(key), *missing)
        if kind == "sample":
            return self.env._(
                "Not enough data: %(have)s of at least %(need)s cases.",
                have=formatLang(self.env, sample or 0, digits=0),
                need=formatLang(self.env, indicator.min_sample, digits=0),
            )
        if kind == "condition":
            return indicator.condition_reason or self.env._(
                "Does not apply to this client."
            )
        if kind == "undefined":
            return self.env._("Nothing to compare with.")
        if indicator.kind == "custom" and not indicator.available:
            return self._trouble()
        for fact_key, source, fact, _window in indicator._facts_behind(ALL):
            if str(fact_key) == key:
                if not source._available():
                    return self.env._(
                        "Not measured: “%s” comes from an app that is not installed.",
                        str(fact.label),
                    )
                return self.env._("No data yet: %s.", str(fact.label))
        return self.env._("Not measured.")

    def _trouble(self):
        """Why a custom indicator cannot be measured; managers, who can mend it, read
        what is wrong."""
        if is_manager(self.env):
            source = self.env["client.health.facts.custom"]
            return source._trouble(self.indicator, self.env.company)
        return self.env._("Not measured: a manager has to look at what it counts.")

    def _rule_reason(self, place, share):
        """Why a rule turns the figure grey: its line of the reasons."""
        lines = (self.indicator.grey_reasons or "").splitlines()
        if place >= len(lines):
            return self.env._("Too little is known of this client.")
        share = "" if share is None else format_figure(self.env, "ratio", share)
        return lines[place].replace("{share}", share)
