from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL
from odoo.tools import config as options

from ..facts.base import LANES, MONEY, SCORES, WORK
from ..facts.reading import Layout
from ..facts.scope import one_of

TREND_DAYS = 30
# Clients of whom it takes less to read everybody's records once than to look up
# theirs.
MANY = 1000
TABLE = "client_health_found"  # a temporary one, of the connection
WORK_MEM = "64MB"  # per sort or join: enough for 25,000 clients without the disk
COMMIT_TIME = timedelta(minutes=5)  # most between a score and its commit
MORE_MEMORY = SQL(
    """SELECT set_config('work_mem', %(most)s, TRUE)
        WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes(%(most)s)""",
    most=WORK_MEM,
)


class Gathered(NamedTuple):
    """Facts as SQL with ``client_id``, ``found`` and ``fingerprint``, and how to read
    them; ``table``: worked out before, with the ``version`` of the health row.

    Of a past day ``known`` instead: client id → text.
    """

    sql: SQL | None
    layout: object
    table: bool = False
    known: dict | None = None


class ClientHealth(models.Model):
    """Whose facts changed: told by the database, so that only they are scored."""

    _inherit = "client.health"

    @api.model
    def _facts_now(self, config, scope):
        """The facts of the clients of ``scope``, to be read: :class:`Gathered`."""
        return self._gathered(
            *self.env["client.health.facts"]._statement(config.keys, scope)
        )

    @api.model
    def _gathered(self, statement, layout):
        """What a statement says of the clients, as one :class:`Gathered`."""
        text = self.env["client.health.facts"]._text()
        # the layout belongs to it: another fact at the same place is another fact
        sql = SQL(
            """(SELECT client_id, found,
                       TO_HEX(hashtextextended(found, %s)) AS fingerprint
                  FROM (SELECT f.client_id, %s AS found FROM (%s) f) f)""",
            int(layout.version, 16),
            text,
            statement,
        )
        return Gathered(sql, layout)

    @api.model
    def _remember(self, company, as_of):
        """Keep how a run will read and judge, before many write with it at once."""
        config = self.env["client.health.config"]._current(company)
        scope = self.env["client.health.facts"]._scope(company, [], as_of)
        self.env["client.health.config"]._remember(config)
        self.env["client.health.layout"]._remember(
            self._facts_now(config, scope).layout
        )

    @api.model
    def _gather(self, company, clients, committed=False):
        """Read the facts of many clients at once, into a temporary table.

        One pass over the tables costs as much for all clients as for a thousand.
        The table lives on through commits; :meth:`_forget` drops it. ``committed``:
        nothing that the facts rest on waits for a commit, so other connections may
        read them, of a replica too. Returns ``(Gathered, clients to score)``;
        ``clients`` are in order.
        """
        self.env.flush_all()
        config = self.env["client.health.config"]._current(company)
        many = len(clients) > MANY
        scope = self.env["client.health.facts"]._scope(company, clients, everyone=many)
        as_stored = SQL("h.xmin::text || h.ctid::text")
        self._forget()
        replica = self._has_replica()
        if committed and (replica or many):
            lanes = [(WORK,), (MONEY, SCORES)] if many else [LANES]
            now, moment = self._read_beside(config, scope, lanes, replica)
            if replica:
                # who was scored since may have facts that are not there yet: no
                # version fits, so they are read here
                as_stored = SQL(
                    "CASE WHEN h.computed_on > %s::timestamp - %s THEN '' ELSE %s END",
                    moment,
                    COMMIT_TIME,
                    as_stored,
                )
        else:
            now = self._facts_now(config, scope)
            self.env.cr.execute(MORE_MEMORY)
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE %s AS
                   SELECT new.*, %s AS version
                     FROM %s new
                     JOIN client_health h ON h.partner_id = new.client_id
                                         AND h.company_id = %s""",
                SQL.identifier(TABLE),
                as_stored,
                now.sql,
                company.id,
            )
        )
        self.env.cr.execute(
            SQL("CREATE UNIQUE INDEX ON %s (client_id)", SQL.identifier(TABLE))
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(TABLE)))
        gathered = Gathered(SQL.identifier(TABLE), now.layout, True)
        self.env.cr.execute(
            SQL(
                "SELECT h.partner_id %s ORDER BY 1",
                self._changed(gathered, config, scope),
            )
        )
        return gathered, [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _has_replica(self):
        """True where Odoo has a replica to read from (``db_replica_host``)."""
        return bool(options["db_replica_host"] or "replica" in options["dev_mode"])

    @api.model
    def _read_beside(self, config, scope, lanes, replica=False):
        """The facts as they stand on the replica, or here: lanes of sources, each on
        a connection of its own, all as of one moment.

        Two lanes take 5.2 s where one statement takes 7 (25,000 clients, two cores).
        Returns what was found as :class:`Gathered`, and up to which moment (UTC) the
        replica follows; None where it is the database itself.
        """
        facts = self.env["client.health.facts"]
        statements, layouts = zip(
            *(facts._statement(config.keys, scope, lane) for lane in lanes),
            strict=True,
        )
        with ExitStack() as stack:
            first, *others = (
                stack.enter_context(self.env.registry.cursor(readonly=replica))
                for _lane in lanes
            )
            first.execute(
                """SELECT CASE WHEN pg_is_in_recovery()
                    THEN pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC' END"""
            )
            moment = first.fetchone()[0]
            if others:
                first.execute("SELECT pg_export_snapshot()")
                snapshot = first.fetchone()[0]
                for other in others:
                    other.execute(SQL("SET TRANSACTION SNAPSHOT %s", snapshot))
            pool = stack.enter_context(ThreadPoolExecutor(len(lanes)))
            reading = [
                pool.submit(read_lane, cr, statement)
                for cr, statement in zip(others, statements[1:], strict=True)
            ]
            found = [read_lane(first, statements[0], alone=not others)]
            found += [lane.result() for lane in reading]
        layout, rows = side_by_side(zip(layouts, found, strict=True))
        columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 3
        statement = SQL(
            """SELECT * FROM unnest(%s::int[], %s::text[], %s::text[])
                 AS read(client_id, numbers, lists)""",
            *columns,
        )
        return self._gathered(statement, layout), moment

    @api.model
    def _forget(self):
        """Drop what was gathered."""
        self.env.cr.execute(
            SQL("DROP TABLE IF EXISTS %s", SQL.identifier("pg_temp", TABLE))
        )

    @api.model
    def _changed(self, gathered, config, scope):
        """SQL: FROM and WHERE of the stored rows ``h`` that scoring again could
        change, with the facts ``new`` and the score of about 30 days ago, ``old``.

        On the last day of a month it is also those who have no history of that day
        yet.
        """
        overridden = SQL(
            "COALESCE(h.override_level IS NOT NULL AND h.override_until >= %s, FALSE)",
            scope.as_of,
        )
        stale = SQL(
            """(h.fingerprint IS DISTINCT FROM new.fingerprint
                OR h.config_version IS DISTINCT FROM %(version)s
                OR h.trend <> COALESCE(h.score - old.score, 0)
                OR %(overridden)s <> (h.level_rule IS NOT DISTINCT FROM 'override')
                OR (%(overridden)s AND h.level <> h.override_level)
                OR h.flag_count <> (SELECT COUNT(*) FROM client_health_flag f
                                     WHERE f.health_id = h.id
                                       AND f.state <> 'cleared'))""",
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
        return SQL(
            """FROM %(new)s new
               JOIN client_health h ON h.partner_id = new.client_id
                                   AND h.company_id = %(company)s
               LEFT JOIN LATERAL (
                  SELECT s.score FROM client_health_snapshot s
                   WHERE s.health_id = h.id AND s.date <= %(then)s
                   ORDER BY s.date DESC LIMIT 1) old ON TRUE
              WHERE %(stale)s""",
            new=gathered.sql,
            company=scope.company.id,
            then=scope.as_of - timedelta(days=TREND_DAYS),
            stale=stale,
        )

    @api.model
    def _to_score(self, gathered, config, scope):
        """The stored rows of the clients of ``scope`` that need scoring, as mappings
        with their ``facts``, their ``new_fingerprint`` and the ``trend_score``.

        Of gathered facts only those whose row is still as it was then: somebody
        else may have read newer ones since.
        """
        same = SQL()
        if gathered.table:
            # said of both tables, else all of them are read to compare versions
            same = SQL(
                "AND %s AND %s AND h.xmin::text || h.ctid::text = new.version",
                one_of(SQL("new.client_id"), scope.clients),
                one_of(SQL("h.partner_id"), scope.clients),
            )
        names = self._stored_names()
        self.env.cr.execute(
            SQL(
                "SELECT %s, old.score, new.fingerprint, new.found %s %s",
                SQL(", ").join(SQL.identifier("h", name) for name in names),
                self._changed(gathered, config, scope),
                same,
            )
        )
        rows = []
        for *values, trend_score, fingerprint, found in self.env.cr.fetchall():
            row = dict(zip(names, values, strict=True))
            row["trend_score"] = trend_score
            row["new_fingerprint"] = fingerprint
            row["facts"] = gathered.layout.parse(found)
            row["found"] = found
            rows.append(row)
        return rows


def read_lane(cr, statement, alone=False):
    """Rows of :meth:`_statement` in the order of the clients.

    Lanes are how the processors are shared then: workers of PostgreSQL beside them
    would be in their way.
    """
    cr.execute(MORE_MEMORY)
    if not alone:
        cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    cr.execute(
        SQL(
            "SELECT f.client_id, f.numbers, f.lists FROM (%s) f ORDER BY f.client_id",
            statement,
        )
    )
    return cr.fetchall()


def side_by_side(found):
    """One layout, and one row of each client, of several ``(layout, rows)`` about the
    same clients, each with some of their facts."""
    layouts, lanes = zip(*found, strict=True)
    rows = []
    for parts in zip(*lanes, strict=True):
        clients, numbers, lists = zip(*parts, strict=True)
        rows.append((clients[0], ",".join(filter(None, numbers)), "".join(lists)))
    return Layout.beside(layouts), rows
