"""Read the facts of many clients at once: on some connections, or on a replica."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from odoo.api import Environment
from odoo.tools import SQL
from odoo.tools import config as options

from ..facts.base import BUSINESS, LANES, SCORES, TALK
from ..facts.scope import Scope
from ..facts.statement import statement
from ..scoring.keys import FactKey
from .codec import EncodedFacts, FactCodec, Facts, Row, side_by_side, texts

# For more clients than this, reading everybody's records once takes less time than
# looking up theirs.
MANY = 1000
WORK_MEM = "64MB"  # per sort or join: enough for 25,000 clients without the disk
MORE_MEMORY = SQL(
    """SELECT set_config('work_mem', %(most)s, TRUE)
        WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes(%(most)s)""",
    most=WORK_MEM,
)
# The lanes of a past day that do not need the scores of the day before.
WITHOUT_SCORES = (TALK, BUSINESS)


class ReadAhead(NamedTuple):
    """Facts of clients for a past day, without those from earlier scores, read under
    the settings ``version``."""

    version: str
    codec: FactCodec
    rows: list[Row]


class Reader:
    """Reads the facts that the settings of a company use."""

    def __init__(self, env: Environment, company: Any) -> None:
        self.env = env
        self.company = company
        self.facts = env["client.health.facts"]

    def config(self) -> Any:
        """The settings in force."""
        return self.env["client.health.config"]._current(self.company)

    def missing(self) -> set[str]:
        """The facts of the settings, by their text, whose app is not installed."""
        known, installed = self.facts._catalogue(), self.facts._catalogue(True)
        gone = known.keys() - installed.keys()
        return {str(key) for key in self.config().keys if key.name in gone}

    def scope(
        self, clients: list[int], as_of: date | None = None, everyone: bool = False
    ) -> Scope:
        """The scope of a reading; ``everyone``: ``clients`` are all in their range."""
        return self.facts._scope(self.company, clients, as_of, everyone=everyone)

    def codec(self, as_of: date) -> FactCodec:
        """The codec in which the facts of a day will be stored."""
        return self._statement(self.scope([], as_of))[1]

    def _statement(
        self, scope: Scope, lanes: Sequence[int] = LANES
    ) -> tuple[SQL, FactCodec]:
        keys = self.config().keys
        sql, scalars, lists = statement(self.facts, keys, scope, lanes)
        return sql, FactCodec(scalars, lists)

    # -- the present -----------------------------------------------------------

    def read_scope(self, scope: Scope) -> EncodedFacts:
        """The facts of the clients of a scope, by one statement."""
        sql, codec = self._statement(scope)
        if scope.everyone:
            self.env.cr.execute(MORE_MEMORY)
        self.env.cr.execute(sql)
        return EncodedFacts(codec, texts(self.env.cr.fetchall()))

    def read_many(
        self, scope: Scope, committed: bool
    ) -> tuple[EncodedFacts, datetime | None]:
        """The facts of many clients, on several connections where that is quicker.

        ``committed``: nothing that the facts rest on waits for a commit, so other
        connections may read them. Also returns up to which moment (UTC) a replica
        follows; None where the database itself was read.
        """
        replica = self._has_replica()
        if committed and (replica or scope.everyone):
            lanes = [(TALK,), (BUSINESS, SCORES)] if scope.everyone else [LANES]
            return self._read_beside(scope, lanes, replica)
        return self.read_scope(scope), None

    def _has_replica(self) -> bool:
        """True where Odoo has a replica to read from (``db_replica_host``)."""
        return bool(options["db_replica_host"] or "replica" in options["dev_mode"])

    def _read_beside(
        self, scope: Scope, lanes: Sequence[Sequence[int]], replica: bool
    ) -> tuple[EncodedFacts, datetime | None]:
        """The facts as the replica or this database has them: each lane of sources on a
        connection of its own, all in the same snapshot of the database.

        Two lanes take 3.6 s where one statement takes 5.4 (25,000 clients, two cores).
        """
        statements, codecs = zip(
            *(self._statement(scope, lane) for lane in lanes), strict=True
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
            found = _read_lanes(cursors, statements)
        codec, rows = side_by_side(zip(codecs, found, strict=True))
        return EncodedFacts(codec, texts(rows)), moment

    # -- a past day ------------------------------------------------------------

    def read_ahead(
        self, clients: list[int], as_of: date, preloaded: frozenset[str]
    ) -> ReadAhead:
        """Facts of many clients for a past day, read before the day before it is
        scored.

        ``preloaded``: the relations that are temporary tables of this connection.
        """
        scope = self.scope(clients, as_of, everyone=True)
        scope = scope._replace(preloaded=preloaded)
        sql, codec = self._statement(scope, WITHOUT_SCORES)
        version = self.config().version
        return ReadAhead(version, codec, _read_lane(self.env.cr, sql))

    def read_past(
        self, clients: list[int], as_of: date, ahead: ReadAhead | None = None
    ) -> EncodedFacts:
        """The facts of clients as of a past day.

        ``ahead``: facts that were read before; used unless settings changed since.
        """
        self.env.flush_all()
        scope = self.scope(clients, as_of, everyone=len(clients) > MANY)
        if not ahead or ahead.version != self.config().version:
            sql, codec = self._statement(scope)
            return EncodedFacts(codec, texts(self._read_alone(sql)))
        sql, codec = self._statement(scope, (SCORES,))
        scores = (codec, self._read_alone(sql))
        codec, rows = side_by_side([(ahead.codec, ahead.rows), scores])
        return EncodedFacts(codec, texts(rows))

    def _read_alone(self, sql: SQL) -> list[Row]:
        return _read_lane(self.env.cr, sql, alone=True)


def read_facts(
    env: Environment, keys: Collection[FactKey], scope: Scope
) -> dict[int, Facts]:
    """Some facts of the clients of a scope, by one statement.

    A fact whose source is not installed, that has no rows, or that cannot be known
    for a past date is not among the keys of a client.
    """
    if not scope.clients:
        return {}
    sql, scalars, lists = statement(env["client.health.facts"], keys, scope)
    env.cr.execute(sql)
    decode = FactCodec(scalars, lists).decode
    found = texts(env.cr.fetchall())
    return {client: decode(text) for client, text in found.items()}


def _read_lanes(cursors: Sequence[Any], statements: Sequence[SQL]) -> list[list[Row]]:
    """Rows of several statements, each on its cursor, all in the snapshot of the first
    cursor. The other cursors have run nothing in their transaction yet."""
    first, *others = cursors
    if others:
        first.execute("SELECT pg_export_snapshot()")
        snapshot = first.fetchone()[0]
        for other in others:
            other.execute(SQL("SET TRANSACTION SNAPSHOT %s", snapshot))
    read = partial(_read_lane, alone=not others)
    with ThreadPoolExecutor(len(cursors)) as pool:
        return list(pool.map(read, cursors, statements))


def _read_lane(cr: Any, sql: SQL, alone: bool = False) -> list[Row]:
    """Rows of a statement in the order of the clients.

    Unless it is ``alone``: lanes share the processors, so PostgreSQL starts no parallel
    workers beside them.
    """
    cr.execute(MORE_MEMORY)
    if not alone:
        cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    cr.execute(
        SQL(
            "SELECT f.client_id, f.numbers, f.lists FROM (%s) f ORDER BY f.client_id",
            sql,
        )
    )
    return cr.fetchall()
