"""Facts read on several connections, each with a lane of sources of its own."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from odoo.tools import SQL

from ...facts.reading import Layout

WORK_MEM = "64MB"  # per sort or join: enough for 25,000 clients without the disk
MORE_MEMORY = SQL(
    """SELECT set_config('work_mem', %(most)s, TRUE)
        WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes(%(most)s)""",
    most=WORK_MEM,
)


class Gathered(NamedTuple):
    """What was read of clients, as text (client id → text), and how to read it.

    ``versions``: where that was earlier than the scoring, the version that the row of
    each client to score had then.
    """

    layout: Layout
    known: dict
    versions: dict | None = None

    def facts(self, client):
        """What is known of a client: key → number or list of numbers."""
        return self.layout.parse(self.known[client])

    def fingerprints(self, clients):
        """Those of what is known of clients, in their order."""
        return self.layout.fingerprints([self.known[client] for client in clients])


def read_lanes(cursors, statements):
    """Rows of several :meth:`_statement`, each on its cursor, all as of one moment:
    that of the first. Nothing was asked of the others before in their transaction.
    """
    first, *others = cursors
    if others:
        first.execute("SELECT pg_export_snapshot()")
        snapshot = first.fetchone()[0]
        for other in others:
            other.execute(SQL("SET TRANSACTION SNAPSHOT %s", snapshot))
    read = partial(read_lane, alone=not others)
    with ThreadPoolExecutor(len(cursors)) as pool:
        return list(pool.map(read, cursors, statements))


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
