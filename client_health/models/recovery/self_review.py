"""Our own figures for a client, beside those for our other clients, and figures of
each way to communicate; over PERIOD days up to the start."""

from datetime import timedelta
from statistics import median
from typing import NamedTuple

from odoo.tools import LazyTranslate

from ...facts.evidence import records as records_of
from ...scoring.formula import compile_formula, evaluate

_lt = LazyTranslate(__name__)

PERIOD = 90  # days up to the start
OTHERS = 3  # the median of fewer other clients would reveal the figure of one


class Figure(NamedTuple):
    """A figure of our own side.

    ``formula`` over facts; ``evidence``: the fact whose records, label and meaning are
    shown, unless the figure has a label and meaning of its own.
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
# Way to communicate → fact that counts its messages, meetings or calls.
COUNTS = {
    "mail": "mail_count",
    "meeting": "meetings",
    "call": "calls",
    "message": "message_count",
}
# Ways with answers to wait for.
ANSWERED = ("mail", "message")


class SelfReview:
    """Measures for recoveries of one company that start on the day ``as_of``; with
    sudo. One query per source of facts, whatever the number of clients."""

    def __init__(self, recoveries, company, as_of):
        self.recoveries, self.company, self.as_of = recoveries, company, as_of
        self.env = recoveries.env
        known = self.env["client.health.indicator"]._known_facts()
        self.formulas = {
            code: compile_formula(text, known, PERIOD)
            for code, text in self._texts().items()
        }

    def store(self):
        """Create the lines: figures, ways to communicate, and questions."""
        facts = self.facts()
        self.env["client.recovery.figure"].create(self.figures(facts))
        self.env["client.recovery.channel"].create(self.channels(facts))
        answers = self.env["client.recovery.answer"]
        questions = answers._fields["code"].get_values(self.env)
        answers.create(
            [
                {"recovery_id": recovery.id, "code": code, "sequence": sequence}
                for recovery in self.recoveries
                for sequence, code in enumerate(questions)
            ]
        )

    def facts(self):
        """Client id → facts on the day, of all clients of the company."""
        self.env.flush_all()
        health = self.env["client.health"]
        query = health._night(self.company).clients.query(self.as_of)
        clients = {row[0] for row in self.env.execute_query(query)}
        clients.update(self.recoveries.partner_id.ids)
        keys = frozenset().union(*(f.keys for f in self.formulas.values()))
        return health._read_facts(keys, self.company, sorted(clients), self.as_of)

    def figures(self, facts):
        """Values of a ``client.recovery.figure`` per figure and recovery: the figure
        for its client, and the median of the others. ``facts``: of :meth:`facts`."""
        values = []
        period = {
            "date_from": self.as_of - timedelta(days=PERIOD - 1),
            "date_to": self.as_of,
        }
        for sequence, (code, figure) in enumerate(FIGURES.items()):
            measured = {client: self._value(code, f) for client, f in facts.items()}
            records = self.records_behind(figure.evidence)
            for recovery in self.recoveries:
                client = recovery.partner_id.id
                own = measured.get(client)
                others = [
                    value
                    for other, value in measured.items()
                    if other != client and value is not None
                ]
                values.append(
                    {
                        **period,
                        **records.get(client, {}),
                        "recovery_id": recovery.id,
                        "code": code,
                        "sequence": sequence,
                        "unit": figure.unit,
                        "measured": own is not None,
                        "value": own or 0,
                        "sample": self._value(f"{code}:sample", facts[client]) or 0,
                        "others_count": len(others),
                        "others_value": median(others) if len(others) >= OTHERS else 0,
                    }
                )
        return values

    def channels(self, facts):
        """Values of a ``client.recovery.channel`` per way and recovery."""
        values = []
        for sequence, (code, count) in enumerate(COUNTS.items()):
            records = self.records_behind(count)
            for recovery in self.recoveries:
                client = recovery.partner_id.id
                figures = {
                    name: self._value(f"{code}:{name}", facts[client])
                    for name in ("count", "turns", "hours", "on_time")
                }
                values.append(
                    {
                        **records.get(client, {}),
                        **{name: value or 0 for name, value in figures.items()},
                        "recovery_id": recovery.id,
                        "code": code,
                        "sequence": sequence,
                        "has_hours": figures["hours"] is not None,
                        "has_on_time": figures["on_time"] is not None,
                    }
                )
        return values

    def records_behind(self, name):
        """The records behind one fact: client id → ``{"model", "record_ids"}``."""
        source, fact = self.env["client.health.facts"]._catalogue()[name]
        if not source._available():
            return {}
        clients = self.recoveries.partner_id.ids
        scope = source._scope(self.company, clients, self.as_of)
        model, records = records_of(source, fact, PERIOD, scope)
        return {
            client: {"model": model, "record_ids": ids}
            for client, ids in records.items()
        }

    def _value(self, code, facts):
        """The value of the formula of a code; None where it cannot be measured, and for
        unknown codes."""
        formula = self.formulas.get(code)
        return evaluate(formula, facts)[0] if formula else None

    def _texts(self):
        """Code → text of the formulas."""
        texts = {}
        for code, figure in FIGURES.items():
            texts[code] = figure.formula
            if figure.sample:
                texts[f"{code}:sample"] = figure.sample
        for code, count in COUNTS.items():
            texts[f"{code}:count"] = count
        for code in ANSWERED:
            texts[f"{code}:turns"] = f"{code}_turns"
            texts[f"{code}:hours"] = f"{code}_hours"
            texts[f"{code}:on_time"] = f"{code}_turns_on_time / {code}_turns"
        return texts
