from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare, format_date

from ..mixins.access import is_manager
from .target_figures import (
    FOR_THE_CLIENT,
    about_money,
    few_cases,
    proposed_figure,
    scored_indicator,
)

SHOWN_AS = {"ratio": 100}  # unit → factor from stored to shown values
DIGITS = 4


class ClientRecoveryTarget(models.Model):
    """A value that an indicator should reach by a day.

    Whether a higher or a lower value is better follows from the limits of the
    indicator. Values are stored in the unit of the indicator.
    """

    _name = "client.recovery.target"
    _inherit = ["client.recovery.line"]
    _description = "Target of a recovery"
    _order = "recovery_id, sequence, id"
    _by_hand = "sequence indicator_id value shown_value by_when client_text".split()

    indicator_id = fields.Many2one(
        "client.health.indicator",
        string="Figure",
        compute="_compute_indicator_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        ondelete="cascade",
        help="Proposed: what a red flag of the client is about.",
    )
    unit = fields.Selection(related="indicator_id.unit", string="Measured in")
    unit_text = fields.Char(string="Unit", compute="_compute_unit_text")
    value = fields.Float(string="Stored target", digits=(16, DIGITS), aggregator=None)
    shown_value = fields.Float(
        string="Target",
        compute="_compute_shown_value",
        inverse="_inverse_shown_value",
        digits=(16, 2),
        aggregator=None,
        help="As people write it: 80 is 80 %.",
    )
    direction = fields.Selection(
        [("at_least", "at least"), ("at_most", "at most")],
        compute="_compute_direction",
        help="By the limits of the figure.",
    )
    by_when = fields.Date(
        string="By when",
        compute="_compute_by_when",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The day on which it is looked at; the review by default.",
    )
    has_start = fields.Boolean(readonly=True)
    value_start = fields.Float(readonly=True, digits=(16, DIGITS), aggregator=None)
    start_text = fields.Char(string="At the start", compute="_compute_words")
    now_text = fields.Char(string="Now", compute="_compute_words")
    target_text = fields.Char(string="Target in words", compute="_compute_words")
    is_met = fields.Boolean(string="Met", compute="_compute_words")
    money = fields.Boolean(
        compute="_compute_money", store=True, help="For managers only."
    )
    client_text = fields.Char(
        string="For the client",
        help="How the client reads it, in the client's language. Empty: in neutral "
        "words; not at all where the figure is for us only.",
    )
    is_internal = fields.Boolean(
        string="For us only",
        compute="_compute_is_internal",
        help="The client does not read it.",
    )

    _one_each = models.UniqueIndex(
        "(recovery_id, indicator_id)", "A figure has one target in a recovery."
    )

    @api.depends("indicator_id", "direction", "value")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for target in self._named():
            target.display_name = f"{target.indicator_id.name} · {target.target_text}"

    @api.depends("indicator_id.unit")
    @api.depends_context("lang")
    def _compute_unit_text(self):
        units = self.env["client.health.indicator"]._fields["unit"]
        labels = dict(units._description_selection(self.env))
        for target in self:
            unit = target.unit
            target.unit_text = "%" if unit == "ratio" else labels.get(unit)

    @api.depends("value", "unit")
    def _compute_shown_value(self):
        for target in self:
            target.shown_value = target.value * SHOWN_AS.get(target.unit, 1)

    def _inverse_shown_value(self):
        for target in self:
            target.value = target.shown_value / SHOWN_AS.get(target.unit, 1)

    @api.depends("indicator_id.good", "indicator_id.red")
    def _compute_direction(self):
        for target in self:
            indicator = target.indicator_id.sudo()
            rising = indicator.red > indicator.good
            target.direction = "at_most" if rising else "at_least"

    @api.depends("recovery_id")
    def _compute_indicator_id(self):
        for target in self:
            target.indicator_id = target.indicator_id or target._proposed()

    def _proposed(self):
        """The figure of a red flag of the client, or none."""
        flags = self._known_health().sudo().open_flag_ids
        return proposed_figure(self, flags, self._no_money())

    @api.depends("recovery_id")
    def _compute_by_when(self):
        for target in self:
            target.by_when = target.by_when or target.recovery_id.review_date

    @api.depends(
        "indicator_id.unit",
        "indicator_id.formula",
        "indicator_id.sample",
        "indicator_id.condition",
        "indicator_id.window_days",
        "indicator_id.managers_only",
        "indicator_id.shown_to_users",
        "indicator_id.model_name",
        "indicator_id.aggregate",
        "indicator_id.value_field",
    )
    def _compute_money(self):
        for target in self:
            target.money = about_money(target.indicator_id.sudo())

    @api.depends("indicator_id", "client_text", "money")
    def _compute_is_internal(self):
        for target in self:
            code = target.indicator_id.code
            target.is_internal = not target.client_text and (
                target.money or code not in FOR_THE_CLIENT
            )

    @api.depends("indicator_id", "value", "value_start", "has_start")
    @api.depends_context("lang")
    def _compute_words(self):
        signs = {"at_least": "≥", "at_most": "≤"}
        nothing = {"start_text": "", "now_text": "", "target_text": "", "is_met": False}
        for target in self:
            if not target.indicator_id:
                target.update(nothing)
                continue
            figure = target._figure()
            result = target._result(target._known_facts())
            missing = self.env._("not measurable")
            target.target_text = (
                f"{signs[target.direction]} {figure._format(target.value, exact=True)}"
            )
            start, now = result["before"], result["now"]
            target.start_text = missing if start is None else figure._format(start)
            unknown = few_cases(target) or missing
            target.now_text = unknown if now is None else figure._format(now)
            # a new line is not met before it is saved
            target.is_met = bool(target._origin) and result["met"]

    def _figure(self):
        """The indicator, in the company whose currency it uses."""
        self.ensure_one()
        company = self.sudo().company_id or self.recovery_id.company_id
        indicator = self.indicator_id.sudo()
        return indicator.with_context(allowed_company_ids=company.ids)

    # -- measured ----------------------------------------------------------------

    def _measure(self, recovery, facts):
        """The values of the targets of a recovery.

        ``facts``: of its client, as :meth:`_read_facts` yields them. Returns
        ``[{"target", "code", "before", "now", "met"}]``: values as the indicator
        measures them, None when not measurable; ``met`` is False then.
        """
        targets = self.search([("recovery_id", "=", recovery.id)])
        return [target._result(facts or {}) for target in targets]

    def _result(self, facts):
        self.ensure_one()
        value = self._value_in(facts)
        return {
            "target": self,
            "code": self.indicator_id.code,
            "before": self._start(),
            "now": value,
            "met": value is not None and self._is_reached(value),
        }

    def _value_in(self, facts):
        """The value of the indicator over facts of the client; None when it cannot be
        measured, or is about money that the user may not see."""
        indicator = self._measurable()
        if not indicator or (about_money(indicator) and self._no_money()):
            return None
        return indicator.measure(facts).value

    def _measurable(self):
        """The compiled indicator; None when it is inactive, or the target has no
        recovery yet."""
        self.ensure_one()
        company = self.recovery_id.sudo().company_id
        code = self.indicator_id.sudo().code
        return scored_indicator(company, code) if company else None

    def _is_reached(self, value):
        order = float_compare(value, self.value, precision_digits=DIGITS)
        return order >= 0 if self.direction == "at_least" else order <= 0

    def _known_facts(self):
        """The stored facts of the client; empty for a client that the user may not
        read."""
        return self._known_health().sudo().facts or {}

    def _known_health(self):
        """The health of the client if the user may read it: a new record can name any
        recovery."""
        self.ensure_one()
        recovery = self.recovery_id.sudo()
        health = self.env["client.health"]
        mine = [
            ("partner_id", "=", recovery.partner_id.id),
            ("company_id", "=", recovery.company_id.id),
        ]
        return health.search(mine, limit=1)

    # -- what may be written -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [self._only_by_hand(vals) for vals in vals_list]
            for vals in vals_list:
                self._refuse_nonsense(vals)
                # before an error names the recovery
                mine = self.env["client.recovery"].browse(vals.get("recovery_id") or [])
                mine.check_access("write")
                self._refuse_money(vals.get("indicator_id"))
        targets = super().create(vals_list)
        for target in targets:
            target._refuse_agreed()
            target._take_start()
        targets._check_sense()
        return targets

    @api.model
    def _only_by_hand(self, vals):
        """``vals`` without fields that people do not write."""
        names = {*self._by_hand, "recovery_id"}
        return {name: value for name, value in vals.items() if name in names}

    def write(self, vals):
        if not self.env.su:
            self._refuse_nonsense(vals)
            self._refuse_money(vals.get("indicator_id"))
            for target in self:
                target._refuse_agreed()
        result = super().write(vals)
        if "indicator_id" in vals:
            for target in self:
                target._take_start()
        if {"indicator_id", "value", "shown_value"} & set(vals):
            self._check_sense()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_agreed(self):
        for target in self:
            if not self.env.su:
                target._refuse_agreed()

    def _refuse_agreed(self):
        """Raise UserError when the recovery is over, or the client agreed."""
        self.ensure_one()
        recovery = self.recovery_id
        recovery._refuse_over()
        if recovery.agreement_answer == "accepted":
            raise UserError(
                self.env._(
                    "The targets of %s were agreed with the client and stay as they "
                    "are.",
                    recovery.display_name,
                )
            )

    @api.model
    def _no_money(self):
        return not self.env.su and not is_manager(self.env)

    @api.model
    def _refuse_money(self, indicator_id):
        """Raise UserError for an indicator about money that the user may not see."""
        indicator = self.env["client.health.indicator"].browse(indicator_id or [])
        if about_money(indicator.sudo()) and self._no_money():
            raise UserError(
                self.env._(
                    "“%s” is about money, and for managers of Client Health only. Ask "
                    "one of them.",
                    indicator.name,
                )
            )

    def _start(self):
        """The value at the start of the recovery, None when it could not be measured;
        for an indicator that is not saved yet, the value that will be stored."""
        if self.indicator_id._origin != self._origin.indicator_id:
            return self._value_at_entry()
        return self.value_start if self.has_start else None

    def _value_at_entry(self):
        health = self._known_health().sudo()
        entry = health and self.recovery_id.sudo().entry
        return self._value_in((entry or {}).get("facts") or health.facts or {})

    def _take_start(self):
        """Store the value at the start of the recovery."""
        self.ensure_one()
        value = self._value_at_entry()
        self.sudo().write({"has_start": value is not None, "value_start": value or 0})

    def _check_sense(self):
        """Raise ValidationError for a target that cannot be measured, or is met now;
        few cases are no obstacle."""
        for target in self:
            figure = target._figure()
            value = target._value_in(target._known_facts())
            if value is None and few_cases(target):
                continue  # there will be more: the list says so
            if value is None:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of %(recovery)s: %(figure)s is not measurable "
                        "now, so nobody could see whether the target is met. Choose "
                        "another figure.",
                        field=self._label("indicator_id"),
                        recovery=target.recovery_id.display_name,
                        figure=figure.name,
                    )
                )
            if target._is_reached(value):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of %(recovery)s: %(figure)s is %(now)s now, so "
                        "%(target)s is met already. Aim further.",
                        field=self._label("shown_value"),
                        recovery=target.recovery_id.display_name,
                        figure=figure.name,
                        now=figure._format(value),
                        target=target.target_text,
                    )
                )

    @api.constrains("by_when", "recovery_id")
    def _check_date(self):
        for target in self:
            recovery = target.recovery_id.sudo()
            if not recovery.date_start <= target.by_when <= recovery.review_date:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of the target “%(figure)s” is %(day)s, outside "
                        "the time of %(recovery)s. Give a day from %(start)s until its "
                        "review on %(review)s.",
                        field=self._label("by_when"),
                        figure=target.indicator_id.name,
                        day=format_date(self.env, target.by_when),
                        recovery=recovery.display_name,
                        start=format_date(self.env, recovery.date_start),
                        review=format_date(self.env, recovery.review_date),
                    )
                )

    def _label(self, name):
        return self._fields[name]._description_string(self.env)
