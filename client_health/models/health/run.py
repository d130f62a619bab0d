import bisect
import logging
import math
import random
import time

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 2000  # clients; half a second of work, then it is committed
PART = 50_000  # clients whose facts are read at once; some ten seconds of work
KEEP_DAYS = 90
# Not our fault and gone at the next try: somebody else wrote the same row, or merged
# the client into another one.
RETRY = (
    psycopg2.errors.ForeignKeyViolation,
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
TRIES = 5
PAUSE = 0.2  # seconds at most before the next one


class ClientHealthRun(models.Model):
    """A line of the log, and the bookmark of a run that was interrupted."""

    _name = "client.health.run"
    _description = "Run over all clients"
    _order = "id desc"
    _rec_name = "date_start"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    as_of = fields.Date(string="As of", readonly=True)
    date_start = fields.Datetime(string="Start", readonly=True)
    date_end = fields.Datetime(string="End", readonly=True)
    kind = fields.Selection(
        [("night", "All clients"), ("history", "History")],
        default="night",
        required=True,
        readonly=True,
        help="History: the month-ends of the past, from the records of their time.",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Stopped"),
        ],
        default="running",
        readonly=True,
        index=True,
    )
    total = fields.Integer(string="Clients", readonly=True)
    seen = fields.Integer(readonly=True)
    changed = fields.Integer(readonly=True)
    failed = fields.Integer(readonly=True)
    seconds = fields.Float(readonly=True, digits=(16, 1))
    error = fields.Text(readonly=True)
    cursor = fields.Integer(
        readonly=True, help="The last client that is done; a new start goes on there."
    )
    progress = fields.Integer(compute="_compute_progress")

    @api.depends("seen", "failed", "total", "state")
    def _compute_progress(self):
        for run in self:
            done = run.seen + run.failed
            run.progress = 100 if run.state == "done" else (
                round(100 * done / run.total) if run.total else 0
            )  # fmt: skip

    @api.model
    def _today(self, company):
        return self.env["client.health.facts"]._scope(company, []).as_of

    @api.model
    def _run_company(self, company):
        """Score all clients of a company; go on with a run that was interrupted.

        Returns the run when it is complete, an empty recordset when the time of
        the scheduler is up first. Raises UserError while another run for the
        company is under way.
        """
        if not self._lock(company, "night"):
            raise UserError(
                self.env._(
                    "The clients of %s are being scored right now by another run. "
                    "Wait until it is done; the list of runs shows how far it is.",
                    company.name,
                )
            )
        try:
            if done := self._done_this_night(company):
                return done
            while True:
                run = self._retrying(self._open, company)
                if run._work():
                    return run
                if not run._is_over():
                    return self.browse()
        finally:
            self._unlock(company, "night")

    @api.model
    def _done_this_night(self, company):
        """The complete run of a company in a night with other companies left.

        The scheduler calls again until every company is done. A company that
        comes before an unfinished one had its turn already, unless its settings
        changed since.
        """
        if not self.env.context.get("cron_id"):
            return self.browse()
        nights = [("kind", "=", "night"), ("as_of", "=", self._today(company))]
        left = self.search(
            [*nights, ("company_id", "!=", company.id), ("state", "=", "running")],
            limit=1,
        )
        if not left:
            return left
        mine = [("company_id", "=", company.id)]
        done = self.search(
            [*nights, *mine, ("state", "=", "done"), ("id", "<", left.id)], limit=1
        )
        version = self.env["client.health.config"]._current(company).version
        stale = self.env["client.health"].search_count(
            [*mine, ("config_version", "!=", version)]
        )
        return done if stale <= done.failed else self.browse()

    def _is_over(self):
        """True when the day that a run over the present is about has passed."""
        return self.kind == "night" and self.as_of < self._today(self.company_id)

    def _retrying(self, function, *args):
        """Call a function; under the scheduler, where all that was done before is
        committed, call it again when somebody else wrote the same row."""
        tries = TRIES if self.env.context.get("cron_id") else 1
        for left in reversed(range(tries)):
            try:
                return function(*args)
            except RETRY:
                if not left:
                    raise
                self.env.cr.rollback()
                time.sleep(random.uniform(0, PAUSE))

    @api.model
    def _open(self, company):
        """Today's unfinished run of the company, or a new one."""
        today = self._today(company)
        unfinished = self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "night"),
                ("state", "in", ("waiting", "running")),
            ]
        )
        run = unfinished.filtered(lambda r: r.as_of == today)[:1]
        (unfinished - run).write(
            {
                "state": "failed",
                "date_end": fields.Datetime.now(),
                "error": self.env._("Interrupted; a later run took over."),
            }
        )
        if run.state != "running":
            run = run or self._ask_for(company)
            health = self.env["client.health"]
            health._census(company, as_of=today)
            health._remember(company, today)
            run.write(
                {
                    "state": "running",
                    "date_start": fields.Datetime.now(),
                    "total": health.search_count(
                        [("company_id", "=", company.id), ("phase", "!=", "ended")]
                    ),
                }
            )
        return run

    @api.model
    def _ask_for(self, company):
        """A run of today that waits for its turn."""
        return self.create(
            {
                "company_id": company.id,
                "as_of": self._today(company),
                "state": "waiting",
                "date_start": fields.Datetime.now(),
            }
        )

    def _work(self, parts=None):
        """Parts and batches until the end (True) or until the scheduler's time, or
        the day that is scored, is up.

        ``parts``: what :meth:`_parts` yields, of later runs too.
        """
        self.ensure_one()
        if self.seen or self.failed:
            _logger.info(
                "Going on with the clients of company %s as of %s: %s of %s are done.",
                self.company_id.id, self.as_of, self.seen + self.failed, self.total,
            )  # fmt: skip
        for left, part, ahead in parts or self._parts():
            if not self.total:
                self.total = left
            self._commit(remaining=left)
            if part and not self._work_part(part, ahead):
                return False
            if left == len(part):
                break
            if not self._commit():
                return False
        self.write({"state": "done", "date_end": fields.Datetime.now()})
        self._commit()
        _logger.info(
            "Scored %s clients of company %s as of %s, %.1f s: %s changed, %s failed.",
            self.seen, self.company_id.id, self.as_of, self.seconds, self.changed,
            self.failed,
        )  # fmt: skip
        return True

    def _parts(self):
        """Yield what is left to do, once at least: ``(how many clients are left, those
        of this part, what was read of them ahead)``."""
        queue = self._queue()
        for start in range(0, len(queue) or 1, PART):
            yield len(queue) - start, queue[start : start + PART], None

    def _commit(self, *args, **kwargs):
        """Under the scheduler, commit and tell the progress.

        Returns the seconds that are left; without a scheduler there is no hurry.
        """
        if self.env.context.get("cron_id"):
            return self.env["ir.cron"]._commit_progress(*args, **kwargs)
        return math.inf

    def _is_committed(self):
        """True when all that was done before is committed: under the scheduler."""
        return bool(self.env.context.get("cron_id"))

    def _work_part(self, part, ahead=None):
        """Read the facts of many clients, and score in batches those who changed.

        ``ahead``: what was read of them before. Returns False when the time is up
        before the end.
        """
        start = time.monotonic()
        gathered, stale = self._retrying(self._gather, part, ahead)
        if self.kind == "night":
            self.env["client.health.flag"]._wake(self.as_of)
        return self._work_batches(_batches(part, stale), gathered, start)

    def _work_batches(self, batches, gathered, start):
        """Score, write down how far it is and commit, batch by batch.

        ``start``: since when the first one is being worked at. Returns False when
        the time is up before the end.
        """
        for clients, todo, is_last in batches:
            if self._is_over():
                return False
            seen, changed, failed, error = self._score_patiently(todo, gathered)
            self.write(
                {
                    "cursor": clients[-1],
                    "seen": self.seen + seen + len(clients) - len(todo),
                    "changed": self.changed + changed,
                    "failed": self.failed + failed,
                    "seconds": self.seconds + time.monotonic() - start,
                    "error": "\n".join(filter(None, (self.error, error))) or False,
                }
            )
            start = time.monotonic()
            if not self._commit(len(clients)) and not is_last:
                return False
        return True

    def _gather(self, part, ahead=None):
        """The facts of a part, and the clients of it that need scoring.

        Nothing is gathered where a client's records cannot be summed up: its batch
        will find out which.
        """
        try:
            with self.env.cr.savepoint():
                found = self._read_part(part, ahead)
        except RETRY:
            raise
        except psycopg2.Error as error:
            if self.env.cr.closed or isinstance(error, psycopg2.InterfaceError):
                raise
            _logger.info("Facts are read in batches: %s", error)
            return None, part
        self._commit()  # the first batch sees its rows as they are now
        return found

    def _read_part(self, part, ahead):
        """What :meth:`_gather` returns, or the error of the database."""
        return self.env["client.health"]._gather(
            self.company_id, part, committed=self._is_committed()
        )

    def _queue(self):
        """Ids of the clients that are left, in order.

        A night leaves clients who left as they were. History is about those who
        were clients on its day, and leaves alone what a night said on that very day.
        """
        which = SQL("AND h.phase <> 'ended'")
        if self.kind == "history":
            # no join, which would be planned for a table without snapshots yet
            which = SQL(
                """EXCEPT
                   SELECT h.partner_id FROM client_health_snapshot s
                     JOIN client_health h ON h.id = s.health_id
                    WHERE h.company_id = %s AND s.date = %s
                      AND s.date >= h.create_date::date""",
                self.company_id.id,
                self.as_of,
            )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT h.partner_id FROM client_health h
                    WHERE h.company_id = %s AND h.partner_id > %s %s ORDER BY 1""",
                self.company_id.id,
                self.cursor,
                which,
            )
        )
        clients = [row[0] for row in self.env.cr.fetchall()]
        if self.kind == "history":
            health = self.env["client.health"]
            return health._clients_among(self.company_id, clients, self.as_of)
        return clients

    def _score_patiently(self, clients, gathered):
        """As :meth:`_score`; under the scheduler, a batch that others keep changing
        is scored in halves, so that each is over sooner than they come back."""
        try:
            return self._retrying(self._score, clients, gathered)
        except RETRY as error:
            if not self.env.context.get("cron_id"):
                raise
            self.env.cr.rollback()
            if len(clients) == 1:
                return self._failed(clients[0], error)
        half = len(clients) // 2
        first = self._score_patiently(clients[:half], gathered)
        self._commit()
        second = self._score_patiently(clients[half:], gathered)
        return tuple(a + b for a, b in zip(first, second, strict=True))

    def _score(self, clients, gathered=None):
        """Score a batch; halve it until the client that fails stands alone.

        ``gathered``: their facts, if they were read before. Returns ``(seen, changed,
        failed, error text)``.
        """
        try:
            with self.env.cr.savepoint():
                changed = self.env["client.health"]._score_clients(
                    self.company_id, clients, self.as_of, gathered
                )
            return len(clients), changed, 0, ""
        except RETRY:
            raise
        except Exception as error:
            if self.env.cr.closed or isinstance(error, psycopg2.InterfaceError):
                raise  # the connection is gone: nobody can be scored
            if len(clients) > 1:
                half = len(clients) // 2
                first = self._score(clients[:half], gathered)
                second = self._score(clients[half:], gathered)
                return tuple(a + b for a, b in zip(first, second, strict=True))
            return self._failed(clients[0], error)

    def _failed(self, client, error):
        """What :meth:`_score` returns of a client that could not be scored."""
        _logger.exception("Client %s could not be scored.", client)
        name = self.env["res.partner"].browse(client).display_name
        return 0, 0, 1, f"{name}: {type(error).__name__}: {error}\n"

    # -- one at a time ---------------------------------------------------------

    @api.model
    def _lock_sql(self, function, company, kind):
        self.env.cr.execute(
            SQL(
                "SELECT %s(hashtext(%s), %s)",
                SQL.identifier(function),
                f"{self._name}.{kind}",
                company.id,
            ),
            log_exceptions=False,  # after an error, which was told by then
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _lock(self, company, kind):
        """Take the lock of the company; it goes with the connection."""
        return self._lock_sql("pg_try_advisory_lock", company, kind)

    @api.model
    def _unlock(self, company, kind):
        if self.env.cr.closed:
            return
        try:
            self._lock_sql("pg_advisory_unlock", company, kind)
        except psycopg2.errors.InFailedSqlTransaction:
            self.env.cr.rollback()
            self._lock_sql("pg_advisory_unlock", company, kind)

    @api.autovacuum
    def _gc_runs(self):
        """Forget runs older than KEEP_DAYS."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        old = [("date_start", "<", limit), ("kind", "=", "night")]
        self.search(old, limit=1000).unlink()


def _batches(clients, todo):
    """Cut ``clients`` into runs in which at most BATCH need scoring.

    ``todo``: those who do, in the same order. Yields (clients, those to score,
    whether they are the last).
    """
    first = 0
    for start in range(0, len(todo) or 1, BATCH):
        batch = todo[start : start + BATCH]
        is_last = start + BATCH >= len(todo)
        last = len(clients) if is_last else bisect.bisect_right(clients, batch[-1])
        yield clients[first:last], batch, is_last
        first = last
