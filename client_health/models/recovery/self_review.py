"""Our side first: our own figures for a client, beside those of the others."""

from statistics import median
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...scoring.formula import compile_formula, evaluate

_lt = LazyTranslate(__name__)

PERIOD = 90  # days up to the start
OTHERS = 3  # of fewer other clients a median would tell the figure of one


class Figure(NamedTuple):
    """A figure of our own side.

    ``formula`` over facts; ``evidence``: the fact whose records are shown; its
    label and meaning are those of the figure too, unless it has its own.
    """

    formula: str
    unit: str
    evidence: str
    sample: str | None = None
    more_is_better: bool = False
    label: object = None
    meaning: object = None


FIGURES = {
    "our_on_time": Figure(
        "our_turns_on_time / our_turns",
        "ratio",
        "our_turns",
        sample="our_turns",
        more_is_better=True,
        label=_lt("Our answers in time"),
        meaning=_lt("The share of our answers within the agreed working hours."),
    ),
    "our_answer_hours": Figure(
        "our_answer_hours", "hours", "our_answer_hours", sample="our_turns"
    ),
    "our_unanswered": Figure(
        "our_unanswered", "count", "our_unanswered", sample="our_turns"
    ),
    "late_tasks": Figure("late_tasks", "count", "late_tasks"),
    "late_milestones": Figure("late_milestones", "count", "late_milestones"),
    "staff_changes": Figure("staff_changes", "count", "staff_changes"),
    "credit_notes": Figure("credit_notes", "count", "credit_notes"),
    "credited": Figure("credited", "money", "credited"),
    "corrected_invoices": Figure("corrected_invoices", "count", "corrected_invoices"),
    "moved_meetings": Figure("moved_meetings", "count", "moved_meetings"),
}


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    figure_ids = fields.One2many(
        "client.recovery.figure", "recovery_id", string="Our figures", readonly=True
    )
    answer_ids = fields.One2many(
        "client.recovery.answer", "recovery_id", string="Questions"
    )
    self_result = fields.Selection(
        [
            ("ours", "Mostly ours"),
            ("both", "Both sides"),
            ("theirs", "Mostly theirs"),
        ],
        string="Whose doing is it?",
        tracking=True,
        copy=False,
        help="What you make of the figures and the answers together.",
    )
    self_note = fields.Text(
        string="What we change",
        copy=False,
        help="What our own side does differently from now on.",
    )
    figure_summary = fields.Char(
        compute="_compute_figure_summary",
        help="How our figures compare with those of our other clients.",
    )

    @api.depends("figure_ids.verdict")
    def _compute_figure_summary(self):
        for recovery in self:
            verdicts = recovery.figure_ids.mapped("verdict")
            compared = len([verdict for verdict in verdicts if verdict])
            recovery.figure_summary = compared and self.env._(
                "Worse than with our other clients: %(worse)s of %(all)s figures; "
                "better: %(better)s.",
                all=compared,
                worse=verdicts.count("worse"),
                better=verdicts.count("better"),
            )

    # -- filled at the start -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A repair starts with our own figures and the questions to answer."""
        recoveries = super().create(vals_list)
        recoveries.sudo()._fill_review()
        return recoveries

    def _fill_review(self):
        """Store the figures of our side and of the channels as they stand; needs
        sudo. One query per source of facts and company, whatever the number."""
        groups = {}
        for recovery in self:
            today = self._today(recovery.company_id)
            key = (recovery.company_id, min(recovery.date_start, today))
            groups[key] = groups.get(key, self.browse()) | recovery
        for (company, as_of), recoveries in groups.items():
            recoveries._fill_parts(recoveries._facts_of_all(company, as_of))
        self.invalidate_recordset(["figure_ids", "channel_ids"], flush=False)

    def _fill_parts(self, facts):
        """Make the lines that rest on ``facts``: client id → facts, of all clients
        of the one company of these recoveries. Other parts add theirs."""
        self._fill_figures(facts)
        self._fill_answers()

    @api.model
    def _review_formulas(self):
        """The formulas whose facts are read at the start: code → text."""
        return {code: figure.formula for code, figure in FIGURES.items()} | {
            f"{code}:sample": figure.sample
            for code, figure in FIGURES.items()
            if figure.sample
        }

    @api.model
    def _compiled(self):
        """Code → the compiled formulas, over the last PERIOD days."""
        known = self.env["client.health.indicator"]._known_facts()
        return {
            code: compile_formula(text, known, PERIOD)
            for code, text in self._review_formulas().items()
        }

    def _facts_of_all(self, company, as_of):
        """Facts of these clients and of all others of the company on a day."""
        self.env.flush_all()
        health = self.env["client.health"]
        query = health._night(company).clients.query(as_of)
        rows = self.env.execute_query(query)
        clients = sorted({row[0] for row in rows} | set(self.partner_id.ids))
        keys = frozenset().union(*(f.keys for f in self._compiled().values()))
        return health._read_facts(keys, company, clients, as_of)

    def _fill_figures(self, facts):
        """One line per figure: ours for this client, and the median elsewhere."""
        formulas = self._compiled()
        values = []
        for sequence, (code, figure) in enumerate(FIGURES.items()):
            measured = {
                client: evaluate(formulas[code], known)[0]
                for client, known in facts.items()
            }
            records = self._records_behind(figure.evidence)
            sample = formulas.get(f"{code}:sample")
            for recovery in self:
                client = recovery.partner_id.id
                own = measured.get(client)
                cases = sample and evaluate(sample, facts[client])[0]
                others = [
                    value
                    for other, value in measured.items()
                    if other != client and value is not None
                ]
                values.append(
                    {
                        **recovery._review_dates(),
                        **records.get(client, {}),
                        "recovery_id": recovery.id,
                        "code": code,
                        "sequence": sequence,
                        "unit": figure.unit,
                        "measured": own is not None,
                        "value": own or 0,
                        "sample": cases or 0,
                        "others_count": len(others),
                        "others_value": median(others) if len(others) >= OTHERS else 0,
                    }
                )
        self.env["client.recovery.figure"].create(values)

    def _fill_answers(self):
        answers = self.env["client.recovery.answer"]
        codes = answers._fields["code"].get_values(self.env)
        answers.create(
            [
                {"recovery_id": recovery.id, "code": code, "sequence": sequence}
                for recovery in self
                for sequence, code in enumerate(codes)
            ]
        )

    def _review_dates(self):
        """First and last day of the figures of one recovery."""
        self.ensure_one()
        last = min(self.date_start, self._today(self.company_id))
        return {
            "date_from": fields.Date.subtract(last, days=PERIOD - 1),
            "date_to": last,
        }

    def _records_behind(self, name):
        """The records behind one fact: client id → ``{"model", "record_ids"}``."""
        source, fact = self.env["client.health.facts"]._catalogue()[name]
        if not source._available():
            return {}
        day = self[:1]._review_dates()["date_to"]
        scope = source._scope(self.company_id, self.partner_id.ids, day)
        model, records = source._records(fact, PERIOD, scope)
        return {
            client: {"model": model, "record_ids": ids}
            for client, ids in records.items()
        }

    # -- finished ----------------------------------------------------------------

    def _step_missing(self, code):
        missing = super()._step_missing(code)
        if code != "self_review":
            return missing
        if not any(answer.text for answer in self.answer_ids):
            missing.append(self.env._("No question is answered in our own words."))
        if not self.self_result:
            missing.append(self.env._("Nobody has said whose doing it is."))
        elif self.self_result != "theirs" and not self.self_note:
            missing.append(
                self.env._("It is ours too, and nothing says what we change.")
            )
        return missing

    def _refuse_over(self):
        """Raise UserError when it has ended: then nothing of it changes any more."""
        for recovery in self.sudo():
            if recovery.state in self._closed:
                raise UserError(self._over_sentence(recovery))
