"""One way to work through many clients: in batches, tried again, halved, committed."""

import bisect
import logging
import math
import random
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import psycopg2
from odoo.api import Environment

_logger = logging.getLogger(__name__)

BATCH = 2000  # clients; half a second of work, then it is committed
# Errors that another transaction caused and that a second try does not meet: it wrote
# the same row, or merged the client into another one.
RETRY = (
    psycopg2.errors.ForeignKeyViolation,
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
TRIES = 5
PAUSE = 0.2  # seconds at most before the next one

Result = TypeVar("Result")


class Counts(NamedTuple):
    """What came of some clients: how many were scored, changed and failed, and a line
    of text for each that failed."""

    seen: int = 0
    changed: int = 0
    failed: int = 0
    error: str = ""

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            self.seen + other.seen,
            self.changed + other.changed,
            self.failed + other.failed,
            self.error + other.error,
        )


class Batches:
    """Works through clients for one environment.

    Under the scheduler each batch is committed, and a batch that failed because of
    another transaction is tried again. Anywhere else the caller commits.
    """

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.scheduled = bool(env.context.get("cron_id"))

    def commit(self, processed: int = 0, remaining: int | None = None) -> float:
        """Under the scheduler, commit and tell the progress: ``processed`` clients
        more, ``remaining`` left (None: as told before).

        Returns the seconds that are left; without a scheduler there is no hurry.
        """
        if self.scheduled:
            return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
        return math.inf

    def retry(self, function: Callable[..., Result], *args: object) -> Result:
        """Call a function. Under the scheduler, where all work before is committed,
        call it again when another transaction got in the way."""
        tries = TRIES if self.scheduled else 1
        for left in reversed(range(tries)):
            try:
                return function(*args)
            except RETRY:
                if not left:
                    raise
                self.env.cr.rollback()
                time.sleep(random.uniform(0, PAUSE))
        raise AssertionError("unreachable")

    def work(self, clients: list[int], score: Callable[[list[int]], int]) -> Counts:
        """Score clients; halve a batch that fails until the client at fault is alone.

        ``score``: takes ids and returns how many rows changed. A batch that meets other
        transactions at every try is halved too: smaller batches take less time and meet
        fewer. Raises when the connection is lost, and, where nothing is committed, the
        errors that another transaction caused.
        """
        try:
            changed = self.retry(self._in_savepoint, score, clients)
            return Counts(len(clients), changed)
        except Exception as error:
            self._refuse_lost(error)
            if isinstance(error, RETRY):
                if not self.scheduled:
                    raise
                self.env.cr.rollback()
            if len(clients) == 1:
                return self._failed(clients[0], error)
        half = len(clients) // 2
        first = self.work(clients[:half], score)
        self.commit()
        return first.plus(self.work(clients[half:], score))

    def attempt(self, read: Callable[..., Result], *args: object) -> Result | None:
        """What a function reads for many clients; None when the database fails on one
        of them. Its batch will find out which one."""
        try:
            return self._in_savepoint(read, *args)
        except RETRY:
            raise
        except psycopg2.Error as error:
            self._refuse_lost(error)
            _logger.info("Facts are read in batches: %s", error)
            return None

    def _in_savepoint(self, function: Callable[..., Result], *args: object) -> Result:
        with self.env.cr.savepoint():
            return function(*args)

    def _refuse_lost(self, error: Exception) -> None:
        """Raise the error when the connection to the database is lost."""
        if self.env.cr.closed or isinstance(error, psycopg2.InterfaceError):
            raise error

    def _failed(self, client: int, error: Exception) -> Counts:
        _logger.error("Client %s could not be scored.", client, exc_info=error)
        name = self.env["res.partner"].browse(client).display_name
        return Counts(failed=1, error=f"{name}: {type(error).__name__}: {error}\n")


def batches(
    clients: list[int], todo: list[int]
) -> Iterator[tuple[list[int], list[int], bool]]:
    """Cut ``clients`` into runs in which at most BATCH need scoring.

    ``todo``: those who do, in the same order. Yields (clients, those to score,
    whether they are the last).

    >>> [(part, todo) for part, todo, _last in batches([1, 2, 3], [2])]
    [([1, 2, 3], [2])]
    """
    first = 0
    for start in range(0, len(todo) or 1, BATCH):
        batch = todo[start : start + BATCH]
        is_last = start + BATCH >= len(todo)
        last = len(clients) if is_last else bisect.bisect_right(clients, batch[-1])
        yield clients[first:last], batch, is_last
        first = last
