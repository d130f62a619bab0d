"""Which clients have become quiet, and who is no client any more."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL, format_date

from ..facts.business import business, money_open, something_open
from ..facts.scope import Scope, one_of
from ..scoring.levels import AT_REST, SEVERITY_ORDER
from .clients import FEW, MAY_BE_CLIENT, Clients

QUIET_DAYS = 182  # without business before a client may be called quiet
QUIET_GAPS = 2  # and so many times its longest gap between two days of business
ACTIVITY = "client_health.mail_activity_type_quiet"
# SQL: the client of a health ``h`` is being offboarded. Its phase says so once the
# client is told; alarms and phases by the facts stop at once.
LEAVING = SQL(
    """EXISTS (SELECT 1 FROM client_offboarding o
              WHERE o.partner_id = h.partner_id AND o.company_id = h.company_id
                AND o.state NOT IN ('done', 'cancelled'))"""
)


class Phases:
    """Moves the clients of a company between *active*, *quiet* and *past*. Recovery,
    offboarding and its end are set by people and stay."""

    def __init__(self, env: Environment, company: Any) -> None:
        self.env = env
        self.company = company
        self.clients = Clients(env, company)
        self.facts = env["client.health.facts"]

    def settle(self, among: Collection[int] | None = None, tell: bool = True) -> None:
        """Give every client (among ids) the phase it is in today, and write only where
        that is another. ``tell``: ask whether a relationship that became quiet ended.
        """
        self.env.flush_all()
        scope = self.facts._scope(self.company, [])
        phases = self._stored(among)
        if not phases:
            return
        past = self._past(scope, phases)
        quiet = self._quiet(scope, [id_ for id_ in phases if id_ not in past])
        changed: dict[str, list[int]] = {}
        for client, before in phases.items():
            phase = "past" if client in past else "active"
            if client in quiet:
                phase = "quiet"
            if phase != before:
                changed.setdefault(phase, []).append(client)
        for phase, clients in changed.items():
            self._write(phase, clients, scope)
        if tell and "quiet" in changed:
            self._ask(changed["quiet"], quiet, scope)

    def _stored(self, among: Collection[int] | None) -> dict[int, str]:
        """Client id → phase, of those whose phase nobody set."""
        mine = SQL("TRUE") if among is None else one_of(SQL("partner_id"), among)
        self.env.cr.execute(
            SQL(
                """SELECT partner_id, phase FROM client_health h
                    WHERE company_id = %s AND phase IN ('active', 'quiet', 'past')
                      AND %s AND NOT %s""",
                self.company.id,
                mine,
                LEAVING,
            )
        )
        return dict(self.env.cr.fetchall())

    def _ids(self, sql: SQL) -> set[int]:
        self.env.cr.execute(sql)
        return {row[0] for row in self.env.cr.fetchall()}

    def _past(self, scope: Scope, clients: Collection[int]) -> set[int]:
        """Ids of those who were archived, or of whom there was no business for two
        years and no money is open."""
        left = set(clients).difference(self.clients.among(clients, scope.as_of))
        if not left:
            return left
        scope = scope._replace(clients=sorted(left))
        owing = SQL(
            "SELECT p.id FROM res_partner p WHERE %s AND p.id IN (%s)",
            MAY_BE_CLIENT,
            money_open(self.env, scope),
        )
        return left - self._ids(owing)

    def _quiet(self, scope: Scope, clients: Collection[int]) -> dict[int, Any]:
        """Client id → the last day of business, of those without any for half a year
        and twice their longest gap, with whom nothing is open."""
        day = scope.as_of - timedelta(days=QUIET_DAYS)
        many = len(clients) > FEW
        scope = scope._replace(clients=sorted(clients), everyone=many)
        recent = SQL(
            "SELECT DISTINCT client_id FROM (%s) b WHERE day > %s",
            business(self.env, scope),
            day,
        )
        left = set(clients) - self._ids(recent) if clients else set()
        if left:
            scope = scope._replace(clients=sorted(left), everyone=False)
            left -= self._ids(something_open(self.env, scope))
        if not left:
            return {}
        scope = scope._replace(clients=sorted(left), everyone=False)
        self.env.cr.execute(
            SQL(
                """SELECT client_id, MAX(day), COALESCE(MAX(gap), 0)
                     FROM (SELECT client_id, day,
                                  day - LAG(day) OVER (PARTITION BY client_id
                                                       ORDER BY day) AS gap
                             FROM (SELECT DISTINCT client_id, day FROM (%s) b) days
                          ) gaps
                    GROUP BY 1""",
                business(self.env, scope),
            )
        )
        return {
            client: last
            for client, last, gap in self.env.cr.fetchall()
            if (scope.as_of - last).days >= max(QUIET_DAYS, QUIET_GAPS * gap)
        }

    def _write(self, phase: str, clients: list[int], scope: Scope) -> None:
        """Write a phase; who rests has no flags and asks for nothing any more."""
        self.env.cr.execute(
            SQL(
                """UPDATE client_health SET phase = %s, fingerprint = NULL
                    WHERE company_id = %s AND %s RETURNING id""",
                phase,
                self.company.id,
                one_of(SQL("partner_id"), clients),
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        if phase in AT_REST:
            self.env.cr.execute(
                SQL(
                    """UPDATE client_health_flag SET state = 'cleared', cleared_on = %s
                        WHERE state <> 'cleared' AND health_id = ANY(%s)""",
                    scope.as_of,
                    ids,
                )
            )
        if phase == "past":
            self.env.cr.execute(
                SQL(
                    """UPDATE client_health
                          SET flag_count = 0, red_flag_count = 0, score = NULL,
                              uncapped_score = NULL,
                              level = 'unknown', level_rank = %s, level_rule = 'past',
                              level_check = NULL, trend = 0, direction = 'steady'
                        WHERE id = ANY(%s)""",
                    SEVERITY_ORDER.index("unknown"),
                    ids,
                )
            )
        self.env.invalidate_all(flush=False)
        kinds = ["client_health.mail_activity_type_drop", ACTIVITY]
        healths = self.env["client.health"].browse(ids)
        healths.activity_unlink(kinds, only_automated=False)

    def _ask(self, clients: list[int], last: dict[int, Any], scope: Scope) -> None:
        """One to-do per client that was scored before: has it ended?"""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        healths = self.env["client.health"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", clients),
                ("computed_on", "!=", False),
            ]
        )
        if not kind or not self.company.client_health_alert_activity:
            return
        model = self.env["ir.model"]._get_id(healths._name)
        values = []
        for health in healths:
            if not health._may_be_told(health.user_id):
                continue
            words = health._in_reader_language().env
            day = format_date(words, last[health.partner_id.id])
            values.append(
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": health.id,
                    "user_id": health.user_id.id,
                    "summary": words._(
                        "No business since %s and nothing open: has it ended?", day
                    ),
                    "date_deadline": scope.as_of,
                }
            )
        activities = self.env["mail.activity"]
        activities.with_context(mail_activity_quick_update=True).create(values)
