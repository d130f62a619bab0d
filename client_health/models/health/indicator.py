from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...scoring.formula import MOVES, FormulaError
from ...scoring.thresholds import Limits, LimitsError
from ..mixins.access import MANAGER, check_manager, storable
from . import formulas
from .counts import Counts
from .words import UNITS, Words, format_figure

MOST_CASES = 1_000_000
MOST_SETTLING = 365  # days after which a worse level counts
LIMIT = {
    "required": True,
    "digits": (16, 4),
    "aggregator": None,
    "groups": MANAGER,
    "tracking": True,
}


class ClientHealthIndicator(models.Model):
    """A figure that answers a check, with its limits. Changes of limits are logged in
    its chatter."""

    _name = "client.health.indicator"
    _inherit = ["client.setting", "mail.thread"]
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
        string="Minimum sample",
        aggregator=None,
        tracking=True,
        groups=MANAGER,
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
    grey_rules = fields.Text(
        string="Not measured unless",
        tracking=True,
        help="Each line a comparison over facts. Where one does not hold, too little "
        "is known for the figure: it is not measured.",
    )
    grey_reasons = fields.Text(
        string="Reasons for that",
        translate=True,
        help="A line for each of those lines, which people read where it does not "
        "hold. {share} stands for its left side.",
    )
    watch_only = fields.Char(
        string="A warning at most while",
        tracking=True,
        help="While this comparison over facts holds, the figure is never red.",
    )
    settle_days = fields.Integer(
        string="Counts after (days)",
        aggregator=None,
        tracking=True,
        help="A worse level counts once it has lasted so many days, a better one at "
        "once. Empty: at once.",
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
        help="Reads amounts of money: its figure is for managers, and for those who "
        "may read the client's invoices.",
    )
    cost = fields.Boolean(
        compute="_compute_available",
        help="Tells what our own work costs: its figure is for managers only. It "
        "counts in steps by its level, so that no score tells more of it.",
    )
    explanation = fields.Char(compute="_compute_explanation", groups=MANAGER)
    facts_help = fields.Text(
        string="Facts it reads",
        compute="_compute_facts_help",
        help="Each with its unit, its meaning and where it comes from.",
    )

    watch_count = fields.Integer(
        string="Clients with a warning",
        compute="_compute_client_counts",
        groups=MANAGER,
        help="Clients whose figure is now beyond the limit for a warning, not yet for "
        "red.",
    )
    red_count = fields.Integer(
        string="Clients at red",
        compute="_compute_client_counts",
        groups=MANAGER,
        help="Clients whose figure is now beyond the limit for red.",
    )
    measured_count = fields.Integer(
        string="Clients measured",
        compute="_compute_client_counts",
        groups=MANAGER,
        help="Clients for whom there is enough data to measure it.",
    )
    counted_words = fields.Char(
        string="Now",
        compute="_compute_client_counts",
        groups=MANAGER,
    )

    _code_unique = models.UniqueIndex(
        "(code)", "There is already an indicator with this code."
    )

    # -- constraints -----------------------------------------------------------

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

    @api.constrains("window_days", "min_sample", "settle_days")
    def _check_window(self):
        for indicator in self:
            if not 0 <= indicator.settle_days <= MOST_SETTLING:
                raise ValidationError(
                    self.env._(
                        "“%(indicator)s” counts after %(days)s days. Give a number of "
                        "days from 0 to %(most)s.",
                        indicator=indicator.name,
                        days=indicator.settle_days,
                        most=MOST_SETTLING,
                    )
                )
            if not 1 <= indicator.window_days <= 3650:
                raise ValidationError(
                    self.env._(
                        "The window of “%(indicator)s” is %(days)s days. Give a number "
                        "of days from 1 to 3650.",
                        indicator=indicator.name,
                        days=indicator.window_days,
                    )
                )
            # this also refuses infinity and NaN
            if not 0 <= indicator.min_sample <= MOST_CASES:
                raise ValidationError(
                    self.env._(
                        "The minimum sample of “%(indicator)s” is %(cases)s cases. "
                        "Give a number from 0 to %(most)s.",
                        indicator=indicator.name,
                        cases=indicator.min_sample,
                        most=MOST_CASES,
                    )
                )

    @api.constrains(*formulas.ALL, "window_days")
    def _check_formulas(self):
        for indicator in self:
            formulas.check(indicator)

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
        """Name → measured over a window (or MOVES), for every fact of every source.

        Sources whose app is missing are included: a formula stays right when an
        app is removed, its value only becomes unmeasurable.
        """
        catalogue = self.env["client.health.facts"]._catalogue()
        return {
            name: MOVES if fact.moves else fact.windowed
            for name, (_source, fact) in catalogue.items()
        }

    def _facts_behind(self, names=formulas.OF_THE_FIGURE):
        """The facts that these formulas read: [(FactKey, source, Fact, window)]."""
        self.ensure_one()
        catalogue = self.env["client.health.facts"]._catalogue()
        found = formulas.compiled(self, names)
        keys = sorted({key for _name, formula in found for key in formula.keys})
        return [(key, *catalogue[key.name], key.window) for key in keys]

    @api.depends(*formulas.ALL, "window_days")
    def _compute_available(self):
        for indicator in self:
            try:
                behind = indicator._facts_behind(formulas.ALL)
                required = formulas.compiled(indicator, ("formula",))
            except FormulaError:
                behind, required = [], []
            needed = {key for _name, formula in required for key in formula.required}
            indicator.money = any(fact.money for _k, _s, fact, _w in behind)
            indicator.cost = any(fact.cost for _k, _s, fact, _w in behind)
            indicator.available = all(
                source._available()
                for key, source, _fact, _w in behind
                if key in needed
            )

    def _as_mapping(self):
        """One indicator as plain data for the scoring."""
        self.ensure_one()
        names = (
            "code", "formula", "sample", "min_sample", "condition", "grey_rules",
            "watch_only", "good", "watch", "red", "unit", "side", "reported", "money",
            "cost", "settle_days",
        )  # fmt: skip
        values = {name: self[name] for name in names}
        return {**values, "steps": self.cost, "window": self.window_days}

    # -- words -----------------------------------------------------------------

    @api.depends(*formulas.ALL, "window_days")
    @api.depends_context("lang")
    def _compute_facts_help(self):
        units = dict(self._fields["unit"]._description_selection(self.env))
        names = self.env["ir.model"].sudo()._get
        words = self.env._
        for indicator in self:
            try:
                behind = indicator._facts_behind(formulas.ALL)
            except FormulaError:
                behind = []
            indicator.facts_help = "\n".join(
                f"{key}: {words(fact.label)} ({units.get(fact.unit, fact.unit)}). "
                f"{words(fact.meaning)} [{names(source._name).name}]"
                for key, source, fact, _window in behind
            )

    def _format(self, value, exact=False):
        """A value as text; ``exact``: with all decimals, as a limit."""
        self.ensure_one()
        return format_figure(self.env, self.unit, value, exact)

    def _words(self):
        """Sentences about this indicator; other modules may return another class."""
        self.ensure_one()
        return Words(self)

    @api.depends("good", "watch", "red", "unit", "window_days", "min_sample")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for indicator in self:
            indicator.explanation = indicator._words().limits()

    # -- how many clients are beyond each limit now --------------------------------

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_client_counts(self):
        """For the companies that are switched on; all indicators at once."""
        total = {}
        for company in self.env.companies:
            for code, counts in self._count_clients(company).items():
                total.setdefault(code, Counter()).update(counts)
        for indicator in self:
            counts = total.get(indicator.code, Counter())
            measured, watch, red = sum(counts.values()), counts["watch"], counts["red"]
            indicator.measured_count = measured
            indicator.watch_count = watch
            indicator.red_count = red
            if not measured:
                indicator.counted_words = self.env._("Measured for no client now.")
                continue
            indicator.counted_words = self.env._(
                "Of %(measured)s clients measured, %(watch)s with a warning and "
                "%(red)s red.",
                measured=measured,
                watch=watch,
                red=red,
            )

    @api.model
    def _count_clients(self, company):
        """Indicator code → number of clients by level. Cached until the next run or
        change of settings."""
        return self._counted(company.id, Counts(self.env, company).stamp())

    @api.model
    @ormcache("company_id", "stamp")
    def _counted(self, company_id, stamp):
        company = self.env["res.company"].browse(company_id)
        return Counts(self.env, company).by_level()

    def action_show_clients(self):
        """Open the clients that are beyond a limit of this indicator now.

        The context may say with ``beyond`` which one: ``watch`` or ``red``; else
        both. Raises AccessError for others than managers.
        """
        self.ensure_one()
        check_manager(self.env, self.env._("see who is beyond a limit"))
        beyond = self.env.context.get("beyond")
        wanted = {"red": ("red",), "watch": ("watch",)}.get(beyond, ("watch", "red"))
        clients = [
            client
            for company in self.env.companies
            for _code, client, level in Counts(self.env, company).readings({self.code})
            if level in wanted
        ]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_action"
        )
        return {
            **action,
            "name": self.env._("Clients beyond “%s”", self.name),
            "domain": [("partner_id", "in", clients)],
            "context": {},
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
        }
