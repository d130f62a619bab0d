"""Fix, reprice or part: what a client earns us, and what it takes to earn enough."""

from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.health.figure_evidence import open_column
from ..models.mixins import company_day
from ..scoring import sheet
from ..scoring.figures import MARGIN
from .sheet_grey import client_since, why_grey
from .sheet_lines import SheetLines
from .sheet_words import SheetWords

YEAR = 365
TARGET = 35.0  # percent, where no limit says what is good
MOST = 10**12  # of a number that somebody types
# What is copied from the figures of the client.
COPIED = (
    "earned", "time_cost", "other_cost", "cost", "result", "rate", "required_rate",
    "margin", "overdue",
)  # fmt: skip


class ClientSheet(models.TransientModel):
    """The figures of a client, as its row of figures has them, and a deal that would
    reach a margin: price, hours and scope, of which the others follow the one that is
    moved.

    All arithmetic is that of :mod:`..scoring.sheet`, in whole cents and hundredths.
    """

    _name = "client.sheet"
    _inherit = ["client.dialog"]
    _description = "Fix, reprice or part"
    _rec_name = "health_id"

    health_id = fields.Many2one("client.health", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    as_of = fields.Date(string="Figures as of", readonly=True)
    months = fields.Integer(
        readonly=True,
        help="So many months the figures are of: twelve, or as long as it is a client.",
    )
    grey_reason = fields.Char(readonly=True)

    # as it is
    earned = fields.Monetary(readonly=True)
    hours_worked = fields.Float(readonly=True, digits=(16, 2))
    time_cost = fields.Monetary(string="Cost of hours", readonly=True)
    other_cost = fields.Monetary(readonly=True)
    cost = fields.Monetary(readonly=True)
    result = fields.Monetary(readonly=True)
    rate = fields.Monetary(string="An hour brings in", readonly=True)
    required_rate = fields.Monetary(string="An hour must bring in", readonly=True)
    margin = fields.Float(string="Margin (%)", readonly=True, digits=(16, 1))
    overdue = fields.Monetary(readonly=True)
    has_rate = fields.Boolean(readonly=True)
    has_margin = fields.Boolean(readonly=True)
    line_ids = fields.One2many("client.sheet.line", "sheet_id", readonly=True)

    # as it could be
    target = fields.Float(
        string="Margin to reach (%)",
        digits=(16, 1),
        help="At first the margin from which the check says that it is good, or more: "
        "that at which an hour brings in what it must.",
    )
    price = fields.Monetary()
    hours = fields.Float(digits=(16, 2))
    scope = fields.Float(
        string="Scope (%)",
        digits=(16, 1),
        help="How much of the work as it is now; its other cost goes with it.",
    )
    settled = fields.Char(help="The numbers by which it is seen which one was moved.")
    new_margin = fields.Float(
        string="Margin then (%)", digits=(16, 1), compute="_compute_new"
    )
    new_rate = fields.Monetary(string="An hour then brings in", compute="_compute_new")
    new_result = fields.Monetary(string="Left then", compute="_compute_new")
    month_price = fields.Monetary(string="Price per month", compute="_compute_new")
    month_hours = fields.Float(
        string="Hours per month", digits=(16, 2), compute="_compute_new"
    )
    below_required = fields.Boolean(compute="_compute_new")
    price_most = fields.Float(compute="_compute_most")
    hours_most = fields.Float(compute="_compute_most")

    # what does it alone
    by_price = fields.Char(string="Only the price", compute="_compute_words")
    by_hours = fields.Char(string="Only the hours", compute="_compute_words")
    by_scope = fields.Char(string="Only the scope", compute="_compute_words")
    freed = fields.Char(string="Freed each month", compute="_compute_words")
    basis = fields.Char(string="Figures", compute="_compute_words")

    @api.depends("health_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            client = record.health_id.partner_id.display_name
            record.display_name = self.env._("Fix, reprice or part: %s", client)

    # -- opening -----------------------------------------------------------------

    @api.model
    def _open_for(self, health):
        """Action: the sheet of a health, with the figures there are."""
        company = health.sudo().company_id
        figure = self.env["client.health.figure"].with_context(
            allowed_company_ids=company.ids
        )
        figure = figure.search([("health_id", "=", health.id)])
        since = client_since(health)
        today = company_day.today(self.env, company)
        days = (today - since).days + 1 if since else 0
        values = {name: figure[name] or 0 for name in COPIED}
        limit = self.env["client.health.indicator"].sudo().search(
            [("code", "=", MARGIN)], limit=1
        )  # fmt: skip
        opened = self.create(
            {
                **values,
                "health_id": health.id,
                "currency_id": company.currency_id.id,
                "as_of": health.as_of or today,
                "months": min(12, max(1, round(days * 12 / YEAR))),
                "hours_worked": figure.hours or 0,
                "has_rate": bool(figure) and not figure.rate_left_out,
                "has_margin": bool(figure) and not figure.margin_left_out,
                "target": 100 * limit.good if 0 < limit.good < 1 else TARGET,
            }
        )
        opened.grey_reason = why_grey(opened, days)
        if not opened.grey_reason:
            opened.target = sheet.amount_of(opened._first_target(), 1)
            opened._settle(sheet.by_price(opened._year(), opened._target()))
        SheetLines(opened, today).make()
        return opened._show()

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fix, reprice or part"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # -- numbers -----------------------------------------------------------------

    def _digits(self):
        return self.currency_id.decimal_places

    def _year(self):
        """The figures as they are: a :class:`.sheet.Year`."""
        digits = self._digits()
        return sheet.Year(
            sheet.units(self.earned, digits),
            sheet.units(self.hours_worked, sheet.HUNDREDTHS),
            sheet.units(self.time_cost, digits),
            sheet.units(self.other_cost, digits),
        )

    def _is_known(self):
        """True where a price can be worked out."""
        return not self.grey_reason and self._year().is_known

    def _target(self):
        return self._number("target", 1, 0, 999)

    def _first_target(self):
        """The margin to begin with, in thousandths."""
        required = sheet.units(self.required_rate, self._digits())
        return sheet.target_of(self._year(), required, self._target())

    def _deal(self):
        """What the three sliders say: a :class:`.sheet.Deal`."""
        return sheet.Deal(
            self._number("price", self._digits()),
            self._number("hours", sheet.HUNDREDTHS),
            self._number("scope", 1, 0, 10 * sheet.WHOLE),
        )

    def _number(self, name, digits, least=0, most=None):
        """A number that somebody typed, in its smallest unit. Raises UserError where it
        is none, or out of bounds."""
        value = self[name]
        most = MOST * 10**digits if most is None else most
        known = isfinite(value) and abs(value) <= MOST
        number = sheet.units(value, digits) if known else -1
        if not least <= number <= most:
            raise UserError(
                self.env._(
                    "“%(field)s” must be between %(least)s and %(most)s.",
                    field=self._fields[name]._description_string(self.env),
                    least=sheet.amount_of(least, digits),
                    most=sheet.amount_of(most, digits),
                )
            )
        return number

    def _settle(self, deal):
        """Put the sliders where a deal says."""
        self.price = sheet.amount_of(deal.price, self._digits())
        self.hours = sheet.amount_of(deal.hours, sheet.HUNDREDTHS)
        self.scope = sheet.amount_of(deal.scope, 1)
        self.settled = ",".join(map(str, (*deal, self._target())))

    @api.onchange("price", "hours", "scope", "target")
    def _onchange_sliders(self):
        """The others follow the one that was moved: the hours a price, the price the
        hours and the margin, both the scope."""
        if not self._is_known() or not self.settled:
            return
        before = [int(number) for number in self.settled.split(",")]
        deal, target, year = self._deal(), self._target(), self._year()
        now = [*deal, target]
        if now == before:
            return
        price, hours, scope, _target = (
            a != b for a, b in zip(now, before, strict=True)
        )
        if scope:
            deal = sheet.with_scope(year, deal.scope, target)
        elif price and not hours:
            deal = sheet.with_price(year, deal, deal.price, target)
        else:
            deal = sheet.with_hours(year, deal, deal.hours, target)
        self._settle(deal)

    @api.depends("price", "hours", "scope", "months", "required_rate", "grey_reason")
    def _compute_new(self):
        for record in self:
            record.new_margin = record.new_rate = record.new_result = 0
            record.month_price = record.month_hours = 0
            record.below_required = False
            if not record._is_known():
                continue
            year, deal, digits = record._year(), record._deal(), record._digits()
            margin = sheet.margin(year, deal)
            rate = sheet.rate(year, deal)
            left = deal.price - round(sheet.cost(year, deal.hours, deal.scope))
            price, hours = sheet.each_month(deal, record.months or 1)
            record.new_margin = 100 * float(margin or 0)
            record.new_rate = sheet.amount_of(rate or 0, digits)
            record.new_result = sheet.amount_of(left, digits)
            record.month_price = sheet.amount_of(price, digits)
            record.month_hours = sheet.amount_of(hours, sheet.HUNDREDTHS)
            record.below_required = record.new_rate < record.required_rate

    @api.depends("earned", "hours_worked", "time_cost", "other_cost")
    def _compute_most(self):
        for record in self:
            record.hours_most = max(2 * record.hours_worked, 1)
            most = max(record.earned, record.time_cost + record.other_cost)
            record.price_most = max(2 * most, 1)

    @api.depends("target", "earned", "hours_worked", "time_cost", "other_cost")
    @api.depends("grey_reason", "months", "as_of")
    @api.depends_context("lang")
    def _compute_words(self):
        for record in self:
            words = SheetWords(record)
            record.basis, record.freed = words.basis(), words.freed()
            record.by_price, record.by_hours, record.by_scope = words.alone()

    # -- what people do ----------------------------------------------------------

    def action_use(self, lever=""):
        """Put the sliders where one of them does it alone.

        ``lever``: ``price``, ``hours`` or ``scope``. Raises UserError where it cannot.
        """
        self._check_open()
        year, target = self._year(), self._target()
        alone = {
            "price": sheet.by_price, "hours": sheet.by_hours, "scope": sheet.by_scope,
        }  # fmt: skip
        deal = alone[lever](year, target) if lever in alone else None
        if not deal or deal.price <= 0 or deal.hours <= 0:
            raise UserError(self.env._("The margin cannot be reached in this way."))
        self._settle(deal)

    def _check_open(self):
        """Raise AccessError without write access, UserError where nothing can be worked
        out."""
        self.ensure_one()
        self.check_access("write")
        if not self._is_known():
            nothing = self.env._("Nothing is known here. Open the sheet again.")
            raise UserError(self.grey_reason or nothing)

    def action_open_figure(self, column=""):
        """Open the records behind a figure: a column of the client's figures."""
        self.ensure_one()
        self.check_access("read")
        return open_column(self.health_id, column if isinstance(column, str) else "")

    def action_new_agreement(self):
        """Write price and hours of a month into the draft of the next agreement with
        the client, and open it. Raises UserError where they tell nothing any more."""
        self._check_open()
        health = self.health_id
        company = health.sudo().company_id
        if company.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "%(company)s counts in %(now)s now, and these figures are in "
                    "%(then)s. Open the sheet again after the next night.",
                    company=company.name,
                    now=company.currency_id.name,
                    then=self.currency_id.name,
                )
            )
        deal = self._deal()
        if deal.price <= 0 or deal.hours <= 0:
            raise UserError(
                self.env._("A new agreement needs a price and hours above zero.")
            )
        agreement = self.env["client.agreement"]._draft_for(health.partner_id, company)
        agreement.write(
            {
                "hours_sold": self.month_hours,
                "hours_period": "month",
                "price": self.month_price,
                **self._boundaries(agreement, deal),
            }
        )
        return agreement._open()

    def _boundaries(self, agreement, deal):
        """What a smaller or larger scope adds to the boundaries, once."""
        if deal.scope == sheet.WHOLE:
            return {}
        line = self.env._(
            "Scope: %(scope)s of the work of the months up to %(day)s.",
            scope=SheetWords(self).share(deal.scope),
            day=format_date(self.env, self.as_of, date_format="d MMMM y"),
        )
        known = agreement.boundaries or ""
        if line in known:
            return {}
        return {"boundaries": f"{known}\n{line}".strip()}

    def action_start_recovery(self):
        """Repair the relationship first."""
        self.ensure_one()
        self.check_access("read")
        return self.health_id.action_start_recovery()

    def action_start_offboarding(self):
        """Part with the client, in five steps."""
        self.ensure_one()
        self.check_access("read")
        return self.health_id.partner_id.action_start_offboarding()
