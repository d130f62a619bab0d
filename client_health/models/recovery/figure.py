from odoo import api, fields, models
from odoo.tools import format_date

from ..health.words import UNITS
from .self_review import FIGURES, OTHERS, PERIOD


class ClientRecoveryFigure(models.Model):
    """A figure of our own side, measured on the day of the start and never again."""

    _name = "client.recovery.figure"
    _inherit = ["client.recovery.counted"]
    _description = "Figure of our own side"
    _order = "recovery_id, sequence, id"

    code = fields.Char(required=True)
    unit = fields.Selection(UNITS, required=True)
    measured = fields.Boolean()
    value = fields.Float(aggregator=None)
    sample = fields.Float(string="Cases", aggregator=None)
    others_value = fields.Float(string="Median of the others", aggregator=None)
    others_count = fields.Integer(string="Other clients", aggregator=None)
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="Until")
    money = fields.Boolean(compute="_compute_money", store=True)
    # in words
    name = fields.Char(string="Figure", compute="_compute_words")
    meaning = fields.Char(compute="_compute_words")
    source = fields.Char(
        string="Where it comes from", compute="_compute_words", help="And from when."
    )
    value_text = fields.Char(string="With this client", compute="_compute_words")
    others_text = fields.Char(string="With our other clients", compute="_compute_words")
    verdict = fields.Selection(
        [("worse", "Worse"), ("same", "The same"), ("better", "Better")],
        string="Compared",
        compute="_compute_verdict",
    )

    @api.depends("unit")
    def _compute_money(self):
        for figure in self:
            figure.money = figure.unit == "money"

    @api.depends("measured", "value", "others_value", "others_count")
    def _compute_verdict(self):
        """Compare the figures as they are shown; empty where one of them is not."""
        for figure in self:
            known = FIGURES.get(figure.code)
            if not (known and figure.measured and figure.others_count >= OTHERS):
                figure.verdict = False
            elif figure._text(figure.value) == figure._text(figure.others_value):
                figure.verdict = "same"
            else:
                more = figure.value > figure.others_value
                figure.verdict = "better" if more == known.more_is_better else "worse"

    @api.depends("measured", "value", "others_value", "others_count", "date_from")
    @api.depends_context("lang")
    def _compute_words(self):
        catalogue = self.env["client.health.facts"]._catalogue()
        for figure in self:
            known = FIGURES.get(figure.code)
            source, fact = catalogue.get(known and known.evidence, (None, None))
            if not fact:
                figure.name = figure.code
                figure.meaning = figure.source = figure.others_text = False
                figure.value_text = self.env._("no longer measured")
                continue
            there = source._available()
            figure.name = str(known.label or fact.label)
            figure.meaning = str(known.meaning or fact.meaning)
            figure.source = self.env._(
                "%(app)s, %(first)s to %(last)s",
                app=self.env["ir.model"].sudo()._get(source._name).name,
                first=format_date(self.env, figure.date_from),
                last=format_date(self.env, figure.date_to),
            )
            figure.value_text = figure._value_words(there)
            figure.others_text = figure._others_words(there)

    def _value_words(self, there):
        """The value for this client as text, or why there is none."""
        if self.measured:
            if not there:
                return self.env._("no longer measured: its app is gone")
            return self._text(self.value)
        if not there:
            return self.env._("not measurable: its app is not installed")
        return self.env._("not measurable: nothing of it in %s days", PERIOD)

    def _others_words(self, there):
        if not there:
            return ""
        if not self.others_count:
            return self.env._("no other client to compare with")
        if self.others_count < OTHERS:
            return self.env._("too few to say")
        return self.env._(
            "%(value)s (median of %(count)s)",
            value=self._text(self.others_value),
            count=self.others_count,
        )

    def _text(self, value):
        """A value as text; money in the company's currency."""
        self.ensure_one()
        words = self.env["client.health.indicator"].sudo()
        words = words.with_context(allowed_company_ids=self.sudo().company_id.ids)
        return words.new({"unit": self.unit})._format(value)

    def action_show_records(self):
        """Open the very records that were counted. UserError without any."""
        self.ensure_one()
        self.check_access("read")
        return self._open_counted(self.name)


class ClientRecoveryAnswer(models.Model):
    """Our own answer to one of the questions about our side."""

    _name = "client.recovery.answer"
    _inherit = ["client.recovery.line"]
    _description = "Question about our own side"
    _order = "recovery_id, sequence, id"
    _by_hand = ("text",)

    code = fields.Selection(
        [
            ("clear", "Were we clear about what we deliver, when, and what it costs?"),
            ("promises", "Did we keep what we promised?"),
            ("in_time", "Did we react in time, also to what was hard to answer?"),
            ("people", "Were the right people on it, and did they stay?"),
            ("listened", "Did we listen to what the client needs, and say so?"),
            ("better", "What would we do differently, from the start?"),
        ],
        string="Question",
        required=True,
        readonly=True,
    )
    text = fields.Text(string="Our answer")

    _one_each = models.UniqueIndex(
        "(recovery_id, code)", "A recovery has each question once."
    )
