from contextlib import ExitStack
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools import config as options

from ...facts.base import BUSINESS, EFFORT, LANES, SCORES
from ...facts.reading import texts
from ...facts.scope import array, one_of
from .lanes import MORE_MEMORY, Gathered, read_lanes, side_by_side

VERSION = SQL("h.xmin::text || h.ctid::text")  # of a row ``h`` of client_health
TREND_DAYS = 30
# Clients of whom it takes less to read everybody's records once than to look up
# theirs.
MANY = 1000
COMMIT_TIME = timedelta(minutes=5)  # most between a score and its commit


class ClientHealth(models.Model):
    """Whose facts changed: told by the database, so that only they are scored."""

    _inherit = "client.health"

    @api.model
    def _facts_now(self, config, scope):
        """The facts of the clients of ``scope``: :class:`Gathered`."""
        facts = self.env["client.health.facts"]
        statement, layout = facts._statement(config.keys, scope)
        if scope.everyone:
            self.env.cr.execute(MORE_MEMORY)
        self.env.cr.execute(statement)
        return Gathered(layout, texts(self.env.cr.fetchall()))

    @api.model
    def _remember(self, company, as_of):
        """Keep how a run will read and judge, before many write with it at once."""
        config = self.env["client.health.config"]._current(company)
        facts = self.env["client.health.facts"]
        _sql, layout = facts._statement(config.keys, facts._scope(company, [], as_of))
        self.env["client.health.config"]._remember(config)
        self.env["client.health.layout"]._remember(layout)

    @api.model
    def _gather(self, company, clients, committed=False):
        """Read the facts of many clients at once.

        One pass over the tables costs as much for all clients as for a thousand.
        ``committed``: nothing that the facts rest on waits for a commit, so other
        connections may read them, of a replica too. Returns ``(Gathered, clients to
        score)``; ``clients`` are in order.
        """
        self.env.flush_all()
        config = self.env["client.health.config"]._current(company)
        many = len(clients) > MANY
        scope = self.env["client.health.facts"]._scope(company, clients, everyone=many)
        version = VERSION
        replica = self._has_replica()
        if committed and (replica or many):
            lanes = [(EFFORT,), (BUSINESS, SCORES)] if many else [LANES]
            gathered, moment = self._read_beside(config, scope, lanes, replica)
            if replica:
                # who was scored since may have facts that are not there yet: no
                # version fits, so they are read here
                version = SQL(
                    "CASE WHEN h.computed_on > %s::timestamp - %s THEN '' ELSE %s END",
                    moment,
                    COMMIT_TIME,
                    VERSION,
                )
        else:
            gathered = self._facts_now(config, scope)
        self.env.cr.execute(
            SQL(
                "SELECT h.partner_id, %s FROM %s AND %s ORDER BY 1",
                version,
                self._stored(scope),
                self._is_stale(gathered, config, scope),
            )
        )
        versions = dict(self.env.cr.fetchall())
        return gathered._replace(versions=versions), list(versions)

    @api.model
    def _has_replica(self):
        """True where Odoo has a replica to read from (``db_replica_host``)."""
        return bool(options["db_replica_host"] or "replica" in options["dev_mode"])

    @api.model
    def _read_beside(self, config, scope, lanes, replica=False):
        """The facts as they stand on the replica, or here: lanes of sources, each on
        a connection of its own, all as of one moment.

        Two lanes take 3.6 s where one statement takes 5.4 (25,000 clients, two cores).
        Returns what was found as :class:`Gathered`, and up to which moment (UTC) the
        replica follows; None where it is the database itself.
        """
        facts = self.env["client.health.facts"]
        statements, layouts = zip(
            *(facts._statement(config.keys, scope, lane) for lane in lanes),
            strict=True,
        )
        with ExitStack() as stack:
            cursors = [
                stack.enter_context(self.env.registry.cursor(readonly=replica))
                for _lane in lanes
            ]
            cursors[0].execute(
                """SELECT CASE WHEN pg_is_in_recovery()
                    THEN pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC' END"""
            )
            moment = cursors[0].fetchone()[0]
            found = read_lanes(cursors, statements)
        layout, rows = side_by_side(zip(layouts, found, strict=True))
        return Gathered(layout, texts(rows)), moment

    @api.model
    def _stored(self, scope):
        """SQL: FROM and WHERE of the stored rows ``h`` of the clients of ``scope``,
        with the score of about 30 days ago, ``old``."""
        return SQL(
            """client_health h
               LEFT JOIN LATERAL (
                  SELECT s.score FROM client_health_snapshot s
                   WHERE s.health_id = h.id AND s.date <= %s
                   ORDER BY s.date DESC LIMIT 1) old ON TRUE
              WHERE h.company_id = %s AND %s""",
            scope.as_of - timedelta(days=TREND_DAYS),
            scope.company.id,
            one_of(SQL("h.partner_id"), scope.clients),
        )

    @api.model
    def _is_stale(self, gathered, config, scope):
        """SQL condition: scoring again could change a stored row ``h``.

        On the last day of a month it is also those who have no history of that day
        yet.
        """
        overridden = SQL(
            "COALESCE(h.override_level IS NOT NULL AND h.override_until >= %s, FALSE)",
            scope.as_of,
        )
        stale = SQL(
            """((h.partner_id, h.fingerprint) IN (
                    SELECT * FROM unnest(%(clients)s::int[], %(fingerprints)s::text[])
                ) IS NOT TRUE
                OR h.config_version IS DISTINCT FROM %(version)s
                OR h.trend <> COALESCE(h.score - old.score, 0)
                OR %(overridden)s <> (h.level_rule IS NOT DISTINCT FROM 'override')
                OR (%(overridden)s AND h.level <> h.override_level)
                OR h.flag_count <> (SELECT COUNT(*) FROM client_health_flag f
                                     WHERE f.health_id = h.id
                                       AND f.state <> 'cleared'))""",
            clients=array(scope.clients),
            fingerprints=array(gathered.fingerprints(scope.clients)),
            version=config.version,
            overridden=overridden,
        )
        if scope.is_month_end:
            stale = SQL(
                """(%s OR NOT EXISTS (
                    SELECT 1 FROM client_health_snapshot s
                     WHERE s.health_id = h.id AND s.date = %s))""",
                stale,
                scope.as_of,
            )
        return stale

    @api.model
    def _to_score(self, gathered, config, scope):
        """The stored rows of the clients of ``scope`` that need scoring, as mappings
        with the ``trend_score`` and the ``new_fingerprint``.

        Of facts that were read earlier those whose row is still as it was then:
        somebody else may have read newer ones since.
        """
        names = self._stored_names()
        keys = [*names, "trend_score", "version"]
        earlier = gathered.versions
        is_stale = SQL("TRUE")
        if earlier is None:
            is_stale = self._is_stale(gathered, config, scope)
        columns = [SQL.identifier("h", name) for name in names]
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM %s AND %s",
                SQL(", ").join([*columns, SQL("old.score"), VERSION]),
                self._stored(scope),
                is_stale,
            )
        )
        rows = [dict(zip(keys, row, strict=True)) for row in self.env.cr.fetchall()]
        if earlier is not None:
            rows = [r for r in rows if r["version"] == earlier.get(r["partner_id"])]
        prints = gathered.fingerprints(row["partner_id"] for row in rows)
        for row, fresh in zip(rows, prints, strict=True):
            row["new_fingerprint"] = fresh
        return rows
