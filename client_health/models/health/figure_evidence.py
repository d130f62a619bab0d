"""The records behind a column of the figures of a client."""

from odoo.exceptions import UserError

from ...facts.evidence import records as records_of
from ...facts.figures import SHOWN
from ...scoring.keys import FactKey
from ..mixins import company_day
from .evidence import Evidence, open_records

# Column → the indicator whose records it opens, or the fact.
BY_INDICATOR = {
    "earned": "margin",
    "cost": "margin",
    "result": "margin",
    "margin": "margin",
    "rate": "effective_rate",
    "required_rate": "effective_rate",
    "days_late": "days_late",
    "client_on_time": "client_on_time",
    "our_on_time": "our_on_time",
}
BY_FACT = {
    "revenue": "revenue",
    "revenue_share": "revenue",
    "hours": "hours",
    "measured_hours": "hours",
    "time_cost": "timesheet_cost",
    "other_cost": "other_cost",
    "overdue": "overdue",
    "overdue_days": "overdue",
    "measured_paid": "paid_amount",
}


class Period:
    """Some days of the past, as a key of facts says them: so many, so many days ago."""

    def __init__(self, health, first, last):
        today = company_day.today(health.env, health.sudo().company_id)
        self.window = (last - first).days + 1
        self.ago = (today - last).days

    def key(self, name):
        return FactKey(name, self.window, self.ago)


class FigureEvidence(Evidence):
    """The records that an indicator counts for one client, over other days."""

    def __init__(self, health, code, period):
        super().__init__(health, code)
        self.period = period

    def _parts(self, signs):
        days = self.period
        return [
            (days.key(fact.name), source, fact._replace(ago=days.ago), days.window)
            for _key, source, fact, _window in super()._parts(signs)
        ]

    def _told_result(self):
        """No figure: the indicator says one of another period."""
        return False


class FactEvidence(Evidence):
    """The records that one fact counted."""

    def __init__(self, health, key):
        self.health = health
        self.env = health.env
        self.key = key

    def action(self):
        """An action on those of the records that the user may read."""
        key, health = self.key, self.health
        sources = self.env["client.health.facts"].sudo()
        source, fact = sources._catalogue()[key.name]
        fact = fact._replace(ago=key.ago)
        client = health.sudo().partner_id
        scope = sources._scope(health.sudo().company_id, client.ids)
        model, ids = None, []
        if source._available():
            model, found = records_of(source, fact, key.window, scope)
            ids = self._readable_ids(model, found.get(client.id, []))
        if not ids:
            raise UserError(
                self.env._(
                    "“%(fact)s” of %(client)s rests on no records, or on none that you "
                    "may read.",
                    fact=str(fact.label),
                    client=client.display_name,
                )
            )
        period = self._period(source._days(fact, key.window, scope))
        line = {"name": str(fact.label), "period": period}
        return open_records(health, {**line, "model": model, "record_ids": ids})


def open_column(health, column, first=None, last=None):
    """An action on the records behind a column of a client.

    ``first`` and ``last``: the days that count, where those are not the last year's.
    Raises UserError for a column without records.
    """
    period = first and Period(health, first, last)
    if column in BY_INDICATOR:
        if period:
            return FigureEvidence(health, "margin", period).action()
        return health.action_show_records(BY_INDICATOR[column])
    if column in BY_FACT:
        name = BY_FACT[column]
        key = period.key(name) if period else SHOWN[name]
        return FactEvidence(health, key).action()
    raise UserError(
        health.env._("No records stand behind “%s”. Reload the page.", column)
    )
