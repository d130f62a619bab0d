"""Hours that were sold and run: on agreements, orders and tasks, and how many of them
are used."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from odoo.api import Environment
from odoo.tools import SQL

from ..facts import sold_hours
from ..facts.scope import Scope
from ..facts.sold_hours import Period
from .reader import MANY

SOURCE = "client.health.facts.timesheets"


class Sold(NamedTuple):
    """Hours sold on a record (``model``, ``res_id``) for a client, and those used.

    ``first`` and ``last`` of the period, None where the work is one piece; ``latest``
    the day of the last hour; ``lines`` ids of timesheet lines, where asked for.
    """

    model: str
    res_id: int
    client_id: int
    first: date | None
    last: date | None
    sold: float
    used: float
    latest: date | None
    lines: list[int] | None

    @property
    def share(self) -> float:
        return self.used / self.sold


class SoldHours:
    """Reads the hours that run for clients of one company: a few queries, however
    many clients."""

    def __init__(self, env: Environment, company: Any) -> None:
        self.env = env
        self.company = company
        self.source = env[SOURCE]

    @property
    def is_measured(self) -> bool:
        """True where hours are logged at all."""
        return self.source._available()

    def scope(self, clients: list[int]) -> Scope:
        everyone = len(clients) > MANY
        scope = self.source._scope(self.company, clients, everyone=everyone)
        return self.source._look_up(scope)

    def running(self, clients: list[int], ids: bool = False) -> list[Sold]:
        """What runs for clients, agreements first; ``ids``: with the lines."""
        if not clients or not self.is_measured:
            return []
        self.env.flush_all()
        scope = self.scope(clients)
        sells = self.source._sells()
        found = self.of_periods(self.running_periods(scope), scope, ids)
        if sells:
            orders = sold_hours.of_orders(self.source, scope, ids)
            found += self._read("sale.order", orders)
        tasks = sold_hours.of_tasks(self.source, scope, sells)
        return found + self._read("project.task", tasks)

    def worked_since(self, since: date) -> list[int]:
        """Ids of the clients of whom hours were worked from a day on."""
        if not self.is_measured:
            return []
        self.env.flush_all()
        scope = self.source._scope(self.company, [])
        rows = self.env.execute_query(sold_hours.worked_since(scope, since))
        return sorted(client for (client,) in rows if client)

    def running_periods(self, scope: Scope) -> list[Period]:
        """The period of today of each agreement that sells hours."""
        return [
            _period(agreement, *period)
            for agreement in self._agreements(scope, ("active",))
            if (period := agreement._period_of(scope.as_of))
        ]

    def full_periods(self, scope: Scope, since: date) -> list[Period]:
        """The periods of agreements that lie between a day and today."""
        return [
            _period(agreement, *period)
            for agreement in self._agreements(scope, ("active", "ended"))
            for period in agreement._full_periods(since, scope.as_of)
        ]

    def _agreements(self, scope: Scope, states: Sequence[str]) -> Any:
        agreements = self.env["client.agreement"].search_fetch(
            [
                ("partner_id", "in", scope.clients),
                ("company_id", "=", self.company.id),
                ("state", "in", states),
                ("hours_sold", ">", 0),
            ],
            ["partner_id", "date_start", "date_end", "renewal", "state", "hours_sold",
             "hours_period"],
        )  # fmt: skip
        return agreements.sorted("id")

    def of_periods(
        self, periods: list[Period], scope: Scope, ids: bool = False
    ) -> list[Sold]:
        """What was worked in periods of agreements."""
        if not periods:
            return []
        sells = self.source._sells()
        query = sold_hours.of_periods(self.source, scope, sells, periods, ids)
        return self._read("client.agreement", query)

    def _read(self, model: str, query: SQL) -> list[Sold]:
        self.env.cr.execute(
            SQL(
                """SELECT res_id, client_id, first, last, sold, COALESCE(used, 0),
                          latest, lines
                     FROM (%s) s WHERE sold > 0 ORDER BY first, res_id""",
                query,
            )
        )
        return [Sold(model, *row) for row in self.env.cr.fetchall()]


def _period(agreement: Any, first: date, last: date) -> Period:
    client = agreement.partner_id.id
    return Period(agreement.id, client, first, last, agreement.hours_sold)
