"""Find the clients that need scoring: facts, settings or override changed."""

from datetime import datetime, timedelta
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from ..facts.scope import Scope, array, one_of
from .codec import EncodedFacts
from .flags import UNMEASURED
from .phases import LEAVING
from .store import COMPARED, OVERRIDE

TREND_DAYS = 30
COMMIT_TIME = timedelta(minutes=5)  # the longest between a score and its commit
VERSION = SQL("h.xmin::text || h.ctid::text")  # of a row ``h`` of client_health
# Columns of a stored row that scoring looks at.
NAMES = (
    "id", "partner_id", *COMPARED, *OVERRIDE, "phase", "user_id", "computed_on",
)  # fmt: skip

# Of a client who does not know yet that it is offboarded too.
PHASE = SQL("CASE WHEN %s THEN 'offboarding' ELSE h.phase END", LEAVING)

Stored = dict[str, Any]  # a stored row: NAMES, trend_score, version, new_fingerprint


class Staleness:
    """Compares facts with the stored rows of the clients of a scope."""

    def __init__(self, env: Environment, config: Any, scope: Scope) -> None:
        self.env = env
        self.config = config
        self.scope = scope

    def versions(
        self, facts: EncodedFacts, followed_until: datetime | None = None
    ) -> dict[int, str]:
        """Client id → version of its row, of the clients to score, in order.

        ``followed_until``: up to which moment (UTC) the replica had followed that the
        facts were read from. Clients scored after it may have newer facts: they get an
        empty version, which matches no row, so that their facts are read here again.
        """
        version = VERSION
        if followed_until:
            version = SQL(
                "CASE WHEN h.computed_on > %s::timestamp - %s THEN '' ELSE %s END",
                followed_until,
                COMMIT_TIME,
                VERSION,
            )
        self.env.cr.execute(
            SQL(
                "SELECT h.partner_id, %s FROM %s AND %s ORDER BY 1",
                version,
                self._stored(),
                self._is_stale(facts),
            )
        )
        return dict(self.env.cr.fetchall())

    def rows(self, facts: EncodedFacts) -> list[Stored]:
        """The stored rows of the clients that need scoring.

        For facts that were read earlier only rows that have not changed since: another
        transaction may have scored the client with newer facts.
        """
        keys = [*NAMES, "trend_score", "version"]
        earlier = facts.versions
        is_stale = SQL("TRUE") if earlier is not None else self._is_stale(facts)
        columns = [PHASE if n == "phase" else SQL.identifier("h", n) for n in NAMES]
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM %s AND %s",
                SQL(", ").join([*columns, SQL("old.score"), VERSION]),
                self._stored(),
                is_stale,
            )
        )
        rows = [dict(zip(keys, row, strict=True)) for row in self.env.cr.fetchall()]
        if earlier is not None:
            rows = [r for r in rows if r["version"] == earlier.get(r["partner_id"])]
        prints = facts.fingerprints(row["partner_id"] for row in rows)
        for row, fresh in zip(rows, prints, strict=True):
            row["new_fingerprint"] = fresh
        return rows

    def _stored(self) -> SQL:
        """SQL: FROM and WHERE of the stored rows ``h`` of the clients of the scope,
        with the score of about 30 days ago, ``old``: the one without a cap."""
        return SQL(
            """client_health h
               LEFT JOIN LATERAL (
                  SELECT COALESCE(s.uncapped_score, s.score) AS score
                    FROM client_health_snapshot s
                   WHERE s.health_id = h.id AND s.date <= %s
                   ORDER BY s.date DESC LIMIT 1) old ON TRUE
              WHERE h.company_id = %s AND %s""",
            self.scope.as_of - timedelta(days=TREND_DAYS),
            self.scope.company.id,
            one_of(SQL("h.partner_id"), self.scope.clients),
        )

    def _is_stale(self, facts: EncodedFacts) -> SQL:
        """SQL condition: scoring again could change a stored row ``h``.

        On the last day of a month also a row without a snapshot of that day.
        """
        clients = self.scope.clients
        overridden = SQL(
            "COALESCE(h.override_level IS NOT NULL AND h.override_until >= %s, FALSE)",
            self.scope.as_of,
        )
        stale = SQL(
            """((h.partner_id, h.fingerprint) IN (
                    SELECT * FROM unnest(%(clients)s::int[], %(fingerprints)s::text[])
                ) IS NOT TRUE
                OR h.config_version IS DISTINCT FROM %(version)s
                OR h.told_level IS DISTINCT FROM h.level
                OR h.trend <> COALESCE(h.uncapped_score - old.score, 0)
                OR %(overridden)s <> (h.level_rule IS NOT DISTINCT FROM 'override')
                OR (%(overridden)s AND h.level <> h.override_level)
                OR h.flag_count <> (SELECT COUNT(*) FROM client_health_flag f
                                     WHERE f.health_id = h.id
                                       AND f.state <> 'cleared'
                                       AND (f.unmeasured_since > %(over)s
                                            OR f.unmeasured_since IS NULL)))""",
            over=self.scope.as_of - UNMEASURED,
            clients=array(clients),
            fingerprints=array(facts.fingerprints(clients)),
            version=self.config.version,
            overridden=overridden,
        )
        if self.scope.is_month_end:
            stale = SQL(
                """(%s OR NOT EXISTS (
                    SELECT 1 FROM client_health_snapshot s
                     WHERE s.health_id = h.id AND s.date = %s))""",
                stale,
                self.scope.as_of,
            )
        return stale
