import logging
import time

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 1000  # clients; about a second of work
KEEP_DAYS = 90
# Not our fault and gone at the next try: somebody else wrote the same row.
RETRY = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
TRIES = 5


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

    def _work(self):
        """Batches until the end (True) or until the scheduler's time, or the day
        that is scored, is up."""
        self.ensure_one()
        under_cron = bool(self.env.context.get("cron_id"))
        cron = self.env["ir.cron"]
        queue = self._queue()
        if under_cron:
            cron._commit_progress(remaining=len(queue))
        while queue:
            if self._is_over():
                return False
            start = time.monotonic()
            clients, queue = queue[:BATCH], queue[BATCH:]
            seen, changed, failed, error = self._retrying(self._score, clients)
            self.write(
                {
                    "cursor": clients[-1],
                    "seen": self.seen + seen,
                    "changed": self.changed + changed,
                    "failed": self.failed + failed,
                    "seconds": self.seconds + time.monotonic() - start,
                    "error": "\n".join(filter(None, (self.error, error))) or False,
                }
            )
            if under_cron and not cron._commit_progress(len(clients)) and queue:
                return False
        self.write({"state": "done", "date_end": fields.Datetime.now()})
        if under_cron:
            cron._commit_progress()
        _logger.info(
            "Scored %s clients of company %s as of %s, %.1f s: %s changed, %s failed.",
            self.seen, self.company_id.id, self.as_of, self.seconds, self.changed,
            self.failed,
        )  # fmt: skip
        return True

    def _queue(self):
        """Ids of the clients that are left, in order.

        A night leaves clients who left as they were. History is about those who
        were clients on its day, and leaves alone what a night said on that very day.
        """
        health = self.env["client.health"]
        condition = SQL("AND h.phase <> 'ended'")
        if self.kind == "history":
            condition = SQL(
                """AND h.partner_id IN (%s)
                   AND NOT EXISTS (
                    SELECT 1 FROM client_health_snapshot s
                     WHERE s.health_id = h.id AND s.date = %s
                       AND s.date >= h.create_date::date)""",
                health._clients_sql(self.company_id, self.as_of),
                self.as_of,
            )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT h.partner_id FROM client_health h
                    WHERE h.company_id = %s AND h.partner_id > %s %s
                    ORDER BY h.partner_id""",
                self.company_id.id,
                self.cursor,
                condition,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _score(self, clients):
        """Score a batch; halve it until the client that fails stands alone.

        Returns ``(seen, changed, failed, error text)``.
        """
        try:
            with self.env.cr.savepoint():
                changed = self.env["client.health"]._score_clients(
                    self.company_id, clients, self.as_of
                )
            return len(clients), changed, 0, ""
        except RETRY:
            raise
        except Exception as error:
            if self.env.cr.closed or isinstance(error, psycopg2.InterfaceError):
                raise  # the connection is gone: nobody can be scored
            if len(clients) > 1:
                half = len(clients) // 2
                first = self._score(clients[:half])
                second = self._score(clients[half:])
                return tuple(a + b for a, b in zip(first, second, strict=True))
            _logger.exception("Client %s could not be scored.", clients[0])
            name = self.env["res.partner"].browse(clients[0]).display_name
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
            )
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
