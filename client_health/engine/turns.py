"""Keep what waits for an answer: ``client.turn``, for clients where it changed."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ..facts import waiting
from ..facts.replies import WAITS_DAYS
from ..facts.scope import Scope, one_of
from ..scoring.keys import FactKey
from .codec import Facts
from .reader import MANY

MARK = str(FactKey("turn_mark", WAITS_DAYS))
LARGEST = 2**31 - 1  # of a column
# Columns of client_turn that follow from the messages.
TOLD = (
    "health_id", "res_model", "res_id", "waits_for", "surely", "sentence", "contact_id",
    "asked_on", "agreed", "due_on", "answered_on", "elsewhere_id", "perhaps",
    "state",
)  # fmt: skip


def mark_of(facts: Facts) -> int:
    """What a client's facts say of what waits, as one number that its health keeps."""
    return int(facts.get(MARK, 0)) % LARGEST


class Turns:
    """The lines of *Waiting* for clients of one company."""

    def __init__(self, env: Environment, company: Any) -> None:
        self.env = env
        self.company = company
        self.source = env["client.health.facts.messages"]

    def sync(self, clients: Collection[int], scope: Scope) -> None:
        """Write what waits for these clients, and what was answered of it.

        One statement, however many they are; rows that are as they were stay as they
        are. ``scope``: of today, in which the clients were scored.
        """
        if not clients:
            return
        self.env["client.turn"].flush_model()
        many = len(clients) > MANY
        scope = scope._replace(clients=sorted(clients), everyone=many)
        since = scope.as_of - timedelta(days=WAITS_DAYS)
        scope = self.source._look_up(scope)._replace(reach={"waits": since})
        names = SQL(", ").join(map(SQL.identifier, TOLD))
        self.env.cr.execute(
            SQL(
                """%(relations)s,
                   ahead AS MATERIALIZED (%(ahead)s),
                   line AS MATERIALIZED (%(lines)s),
                   fresh AS MATERIALIZED (
                       SELECT line.client_id AS partner_id, line.message_id,
                              h.id AS health_id, line.res_model, line.res_id,
                              line.waits_for, line.surely, line.sentence,
                              line.contact_id, line.asked_on, line.agreed, line.due_on,
                              line.answered_on, line.elsewhere_id, line.state,
                              line.perhaps AND old.looked_on IS NULL AS perhaps
                         FROM line
                         LEFT JOIN client_turn old ON old.company_id = %(company)s
                              AND old.partner_id = line.client_id
                              AND old.message_id = line.message_id
                         JOIN client_health h ON h.partner_id = line.client_id
                              AND h.company_id = %(company)s),
                   kept AS (
                       SELECT t.id, t.partner_id, t.message_id, t.state,
                              v.word IS NOT DISTINCT FROM 'not_needed' AS no_need
                         FROM client_turn t
                         LEFT JOIN client_message v ON v.message_id = t.message_id
                        WHERE t.company_id = %(company)s AND %(mine)s
                          AND (t.state = 'waiting' OR t.asked_on >= %(since)s)),
                   gone AS (
                       SELECT id, state, no_need FROM kept
                        WHERE (partner_id, message_id) NOT IN (
                              SELECT partner_id, message_id FROM fresh)),
                   settled AS (
                       UPDATE client_turn SET state = 'not_needed', perhaps = FALSE
                        WHERE id IN (SELECT id FROM gone
                                      WHERE no_need AND state <> 'not_needed')),
                   removed AS (
                       DELETE FROM client_turn
                        WHERE id IN (SELECT id FROM gone WHERE NOT no_need))
                   INSERT INTO client_turn AS t (
                       company_id, partner_id, message_id, %(names)s)
                   SELECT %(company)s, partner_id, message_id, %(names)s FROM fresh
                    WHERE state = 'waiting' OR perhaps
                       OR (partner_id, message_id) IN (
                           SELECT partner_id, message_id FROM kept)
                       ON CONFLICT (partner_id, company_id, message_id) DO UPDATE
                      SET (%(names)s) = ROW(%(new)s)
                    WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
                relations=self.source._with(scope),
                ahead=waiting.ahead(scope),
                lines=waiting.lines(scope),
                company=self.company.id,
                mine=one_of(SQL("t.partner_id"), scope.clients),
                since=waiting.asked_since(scope),
                names=names,
                old=SQL(", ").join(SQL.identifier("t", name) for name in TOLD),
                new=SQL(", ").join(SQL.identifier("excluded", name) for name in TOLD),
            )
        )
        self.env["client.turn"].invalidate_model(flush=False)
        self.assign(clients)
        self.age(clients)

    def assign(self, clients: Collection[int] | None = None) -> None:
        """Say of what waits (for these clients) which of us it is for: who asked, or
        who looks after the record now, else the client.

        Nothing is written of what stays with whom it was.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """WITH line AS MATERIALIZED (
                       SELECT id, partner_id, message_id, waits_for, res_model, res_id
                         FROM client_turn
                        WHERE company_id = %(company)s AND %(mine)s
                          AND (state = 'waiting' OR perhaps)),
                   owner AS MATERIALIZED (%(owners)s)
                   UPDATE client_turn t SET user_id = new.user_id
                     FROM (SELECT line.id, COALESCE(u.id, owner.user_id, p.user_id)
                                      AS user_id
                             FROM line
                             JOIN res_partner p ON p.id = line.partner_id
                             JOIN mail_message m ON m.id = line.message_id
                             LEFT JOIN LATERAL (
                                  SELECT id FROM res_users
                                   WHERE partner_id = m.author_id
                                     AND share IS NOT TRUE
                                   ORDER BY active DESC, id LIMIT 1) u
                               ON line.waits_for = 'client'
                             LEFT JOIN owner ON line.waits_for = 'ours'
                                  AND owner.model = line.res_model
                                  AND owner.res_id = line.res_id) new
                    WHERE new.id = t.id AND t.user_id IS DISTINCT FROM new.user_id""",
                owners=waiting.owners(self.env, self.source._places(), "line"),
                company=self.company.id,
                mine=self._among(clients),
            )
        )
        if self.env.cr.rowcount:
            self.env["client.turn"].invalidate_model(["user_id"], flush=False)

    @staticmethod
    def _among(clients: Collection[int] | None) -> SQL:
        """SQL condition: a line is of these clients; None: of any."""
        return SQL("TRUE") if clients is None else one_of(SQL("partner_id"), clients)

    def age(self, clients: Collection[int] | None = None) -> int:
        """Say of what waits (for these clients) how soon an answer is due, as of now.

        Nothing is written of what stays where it was. Returns how many rows changed.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE client_turn t SET due = new.due
                     FROM (SELECT id, %(when)s AS due
                             FROM client_turn
                            WHERE company_id = %(company)s AND %(mine)s
                              AND (state = 'waiting' OR perhaps)) new
                    WHERE new.id = t.id AND t.due IS DISTINCT FROM new.due""",
                when=self._when(),
                company=self.company.id,
                mine=self._among(clients),
            )
        )
        if self.env.cr.rowcount:
            self.env["client.turn"].invalidate_model(["due"], flush=False)
        return self.env.cr.rowcount

    def _when(self) -> SQL:
        """SQL: how soon an answer is due, as of now where the company is."""
        scope = self.env["client.health.facts"]._scope(self.company, [])
        next_week = scope.as_of + timedelta(days=7 - scope.as_of.weekday())
        return SQL(
            """CASE WHEN perhaps OR NOT surely THEN 'may'
                    WHEN due_on <= %s THEN 'beyond'
                    WHEN due_on < %s THEN 'today'
                    WHEN due_on < %s THEN 'week'
                    ELSE 'later' END""",
            fields.Datetime.now(),
            scope.end,
            scope.midnight(next_week),
        )
