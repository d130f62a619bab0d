from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ...scoring.formula import FormulaError, UnknownFact, compile_formula
from ...scoring.thresholds import Limits, LimitsError
from ..mixins.access import storable

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
# a figure and its sign stay on one line
NBSP = "\N{NO-BREAK SPACE}"
SIGNS = {"ratio": "%", "times": "×"}
MOST_CASES = 1_000_000
LIMIT = {
    "required": True,
    "digits": (16, 4),
    "aggregator": None,
    "groups": "client_health.group_manager",
    "tracking": True,
}


def short_digits(number):
    """One decimal, none for what is whole."""
    return 1 if round(number, 1) % 1 else 0


def short(env, number):
    """A number with one decimal in the user's language, whole ones without."""
    return formatLang(env, number, digits=short_digits(number))


def decimals(number, least):
    """How many decimals a number has, of at most four."""
    full = round(number, 4)
    return next(digits for digits in range(least, 5) if round(number, digits) == full)


class ClientHealthIndicator(models.Model):
    """Who changed which limit when is in its messages."""

    _name = "client.health.indicator"
    _inherit = ["mail.thread"]
    _description = "Indicator of a relationship check"
    _order = "check_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short technical name, never changed.")
    check_id = fields.Many2one(
        "client.health.check", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True, tracking=True)
    side = fields.Selection(
        [("client", "The client's"), ("ours", "Ours")],
        required=True,
        default="client",
        help="Ours: shown and flagged as our own doing, without costing the client "
        "any points.",
    )
    formula = fields.Char(
        required=True,
        tracking=True,
        help="The figure, as arithmetic over facts. A fact in brackets has its own "
        "number of days: invoices[730].",
    )
    sample = fields.Char(
        string="Cases",
        tracking=True,
        help="How many cases the figure rests on, as arithmetic over facts.",
    )
    min_sample = fields.Float(
        string="Least cases",
        aggregator=None,
        tracking=True,
        groups="client_health.group_manager",
        help="With fewer cases the figure is not measured.",
    )
    condition = fields.Char(
        tracking=True,
        help="Only measured where this holds, as a comparison over facts.",
    )
    condition_reason = fields.Char(
        string="Reason when not",
        translate=True,
        help="What people read where the condition does not hold.",
    )
    unit = fields.Selection(UNITS, required=True, default="ratio")
    window_days = fields.Integer(
        string="Window (days)",
        required=True,
        default=365,
        aggregator=None,
        tracking=True,
        help="How many days back its facts look.",
    )
    # Limits are for managers: those of a figure about money would give it away.
    # Users read those of other figures in the explanation of a client.
    good = fields.Float(help="No penalty up to here.", **LIMIT)
    watch = fields.Float(string="Warning", help="Half a penalty here.", **LIMIT)
    red = fields.Float(help="A full penalty from here.", **LIMIT)
    reported = fields.Boolean(
        help="Said by people: nothing said counts as zero, not as unknown."
    )
    description = fields.Text(translate=True, help="What the figure means, in words.")
    available = fields.Boolean(
        compute="_compute_available",
        help="The apps that its facts come from are installed.",
    )
    money = fields.Boolean(
        compute="_compute_available",
        help="Reads amounts of money: its figure is for managers only.",
    )
    explanation = fields.Char(
        compute="_compute_explanation", groups="client_health.group_manager"
    )
    facts_help = fields.Text(
        string="Facts it reads",
        compute="_compute_facts_help",
        help="Each with its unit, its meaning and where it comes from.",
    )

    _code_unique = models.UniqueIndex(
        "(code)", "There is already an indicator with this code."
    )

    # -- what is right ---------------------------------------------------------

    @api.constrains("good", "watch", "red")
    def _check_limits(self):
        for indicator in self:
            try:
                Limits(indicator.good, indicator.watch, indicator.red).check()
            except LimitsError:
                ratio = indicator.unit == "ratio"
                good, watch, red = (
                    f"{100 * limit:g} %" if ratio else f"{limit:g}"
                    for limit in (indicator.good, indicator.watch, indicator.red)
                )
                raise ValidationError(
                    self.env._(
                        "The limits of “%(indicator)s” are out of order: good "
                        "%(good)s, warning %(watch)s, red %(red)s. Each must be "
                        "higher than the one before, or each lower.",
                        indicator=indicator.name,
                        good=good,
                        watch=watch,
                        red=red,
                    )
                ) from None

    @api.constrains("window_days", "min_sample")
    def _check_window(self):
        for indicator in self:
            if not 1 <= indicator.window_days <= 3650:
                raise ValidationError(
                    self.env._(
                        "The window of “%(indicator)s” is %(days)s days. Give a number "
                        "of days from 1 to 3650.",
                        indicator=indicator.name,
                        days=indicator.window_days,
                    )
                )
            # a number that is none, or has no end, is not among them either
            if not 0 <= indicator.min_sample <= MOST_CASES:
                raise ValidationError(
                    self.env._(
                        "The least number of cases of “%(indicator)s” is %(cases)s. "
                        "Give a number from 0 to %(most)s.",
                        indicator=indicator.name,
                        cases=indicator.min_sample,
                        most=MOST_CASES,
                    )
                )

    @api.constrains("formula", "sample", "condition", "window_days")
    def _check_formulas(self):
        known = self._known_facts()
        for indicator in self:
            for name in ("formula", "sample", "condition"):
                if not indicator[name]:
                    continue
                label = indicator._fields[name]._description_string(self.env)
                try:
                    compile_formula(indicator[name], known, indicator.window_days)
                except UnknownFact as error:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of “%(indicator)s” names the fact "
                            "“%(fact)s”, which does not exist. Known facts: %(known)s.",
                            field=label,
                            indicator=indicator.name,
                            fact=error.name,
                            known=", ".join(sorted(known)),
                        )
                    ) from None
                except FormulaError as error:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of “%(indicator)s” cannot be understood at "
                            "“%(part)s”. Use facts, numbers, + - * /, comparisons, "
                            "and the functions opt, least, min, max and abs.",
                            field=label,
                            indicator=indicator.name,
                            part=str(error),
                        )
                    ) from None

    @api.model_create_multi
    def create(self, vals_list):
        indicators = super().create(
            [storable(self._fields, vals) for vals in vals_list]
        )
        self.env["client.health"]._refresh_soon()
        return indicators

    def write(self, vals):
        result = super().write(storable(self._fields, vals))
        self.env["client.health"]._refresh_soon()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["client.health"]._refresh_soon()
        return result

    # -- facts -----------------------------------------------------------------

    @api.model
    def _known_facts(self):
        """Name → measured over a window, for every fact of every source.

        Sources whose app is missing are included: a formula stays right when an
        app is removed, its value only becomes unmeasurable.
        """
        catalogue = self.env["client.health.facts"]._catalogue()
        return {name: fact.windowed for name, (_source, fact) in catalogue.items()}

    def _formulas(self, names=("formula", "sample", "condition")):
        """The compiled formulas of one indicator: name → Formula."""
        self.ensure_one()
        known = self._known_facts()
        return {
            name: compile_formula(self[name], known, self.window_days)
            for name in names
            if self[name]
        }

    def _facts_behind(self, names=("formula", "condition")):
        """The facts that made the figure: [(FactKey, source, Fact, window)]."""
        self.ensure_one()
        catalogue = self.env["client.health.facts"]._catalogue()
        keys = sorted({k for f in self._formulas(names).values() for k in f.keys})
        return [(key, *catalogue[key.name], key.window) for key in keys]

    @api.depends("formula", "sample", "condition", "window_days")
    def _compute_available(self):
        for indicator in self:
            try:
                behind = indicator._facts_behind(("formula", "sample", "condition"))
                formulas = indicator._formulas(("formula",))
            except FormulaError:
                behind, formulas = [], {}
            required = formulas["formula"].required if formulas else ()
            indicator.money = any(fact.money for _k, _s, fact, _w in behind)
            indicator.available = all(
                source._available()
                for key, source, _fact, _w in behind
                if key in required
            )

    def _as_mapping(self):
        """One indicator as plain data for the scoring."""
        self.ensure_one()
        return {
            "code": self.code,
            "formula": self.formula,
            "sample": self.sample,
            "min_sample": self.min_sample,
            "condition": self.condition,
            "window": self.window_days,
            "good": self.good,
            "watch": self.watch,
            "red": self.red,
            "unit": self.unit,
            "side": self.side,
            "reported": self.reported,
            "money": self.money,
        }

    # -- words -----------------------------------------------------------------

    @api.depends("formula", "sample", "condition", "window_days")
    @api.depends_context("lang")
    def _compute_facts_help(self):
        units = dict(self._fields["unit"]._description_selection(self.env))
        names = self.env["ir.model"].sudo()._get
        words = self.env._
        for indicator in self:
            try:
                behind = indicator._facts_behind(("formula", "sample", "condition"))
            except FormulaError:
                behind = []
            indicator.facts_help = "\n".join(
                f"{key}: {words(fact.label)} ({units.get(fact.unit, fact.unit)}). "
                f"{words(fact.meaning)} [{names(source._name).name}]"
                for key, source, fact, _window in behind
            )

    def _format(self, value, exact=False):
        """A value of this indicator as people write it, in their language.

        ``exact``: with all decimals it was given, as a limit; else rounded as such
        figures are read.
        """
        self.ensure_one()
        if value is None:
            return ""
        if self.unit == "money":
            return formatLang(
                self.env, value, currency_obj=self.env.company.currency_id
            )
        if self.unit == "ratio":
            value *= 100
        digits = 1 if self.unit in ("times", "rating") else 0
        if self.unit == "hours":
            digits = short_digits(value)
        if exact:
            digits = decimals(value, digits)
        number = formatLang(self.env, value, digits=digits)
        if sign := SIGNS.get(self.unit):
            return f"{number}{NBSP}{sign}"
        if self.unit == "hours":
            if number == "1":
                return self.env._("1 hour")
            return self.env._("%s hours", number)
        if self.unit == "days":
            if number == "1":
                return self.env._("1 day")
            return self.env._("%s days", number)
        if self.unit == "points":
            if number == "1":
                return self.env._("1 incident point")
            return self.env._("%s incident points", number)
        return number

    @api.depends("good", "watch", "red", "unit", "window_days", "min_sample")
    @api.depends_context("lang")
    def _compute_explanation(self):
        """The limits in words: from where on what happens."""
        for indicator in self:
            values = {
                "good": indicator._format(indicator.good, exact=True),
                "watch": indicator._format(indicator.watch, exact=True),
                "red": indicator._format(indicator.red, exact=True),
            }
            if indicator.red > indicator.good:
                text = self.env._(
                    "Fine up to %(good)s, warning from %(watch)s, red from %(red)s.",
                    **values,
                )
            else:
                text = self.env._(
                    "Fine from %(good)s, warning from %(watch)s down, red from "
                    "%(red)s down.",
                    **values,
                )
            indicator.explanation = text

    def _sentence(self, value, level):
        """What a flag says: the figure, the limit it passed, the period."""
        self.ensure_one()
        limit = self.red if level == "red" else self.watch
        return self.env._(
            "%(name)s: %(value)s (%(level)s from %(limit)s, over %(days)s days)",
            name=self.name,
            value=self._format(value),
            level=self.env._("red") if level == "red" else self.env._("warning"),
            limit=self._format(limit, exact=True),
            days=self.window_days,
        )

    def _grey_reason(self, grey, sample):
        """Why the figure is not measured, as a sentence.

        ``grey`` is what the scoring says: a kind and a key.
        """
        self.ensure_one()
        kind, key = grey
        if kind == "sample":
            return self.env._(
                "Not enough data: %(have)s of at least %(need)s cases.",
                have=formatLang(self.env, sample or 0, digits=0),
                need=formatLang(self.env, self.min_sample, digits=0),
            )
        if kind == "condition":
            return self.condition_reason or self.env._("Does not apply to this client.")
        if kind == "undefined":
            return self.env._("Nothing to compare with.")
        for fact_key, source, fact, _window in self._facts_behind(
            ("formula", "sample", "condition")
        ):
            if str(fact_key) == key:
                if not source._available():
                    return self.env._(
                        "Not measured: “%s” comes from an app that is not installed.",
                        str(fact.label),
                    )
                return self.env._("No data yet: %s.", str(fact.label))
        return self.env._("Not measured.")
