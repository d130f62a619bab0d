import logging
from contextlib import contextmanager

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...scoring.levels import GONE
from ..mixins import company_day
from ..mixins.access import check_manager, is_manager

_logger = logging.getLogger(__name__)

KEEP_DAYS = 90
OPEN = ("waiting", "running")


class ClientHealthRun(models.Model):
    """A run over all clients: its progress, and after which client it goes on when it
    was interrupted."""

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
        [
            ("night", "All clients"),
            ("catch_up", "What changed"),
            ("history", "History"),
        ],
        default="night",
        required=True,
        readonly=True,
        help="What changed: by day, the clients whose records changed. "
        "History: the month-ends of the past, from the records of their time.",
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
    seen_until = fields.Datetime(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What was written up to this moment is counted.",
    )
    progress = fields.Integer(compute="_compute_progress")

    @api.depends("seen", "failed", "total", "state")
    def _compute_progress(self):
        for run in self:
            done = run.seen + run.failed
            run.progress = 100 if run.state == "done" else (
                round(100 * done / run.total) if run.total else 0
            )  # fmt: skip

    # -- one run at a time -----------------------------------------------------

    @api.model
    @contextmanager
    def _one_at_a_time(self, company, kind):
        """Raise UserError while another run of the company is under way."""
        if not self._lock(company, kind):
            raise UserError(
                self.env._(
                    "The clients of %s are being scored right now by another run. "
                    "Wait until it is done; the list of runs shows how far it is.",
                    company.name,
                )
            )
        try:
            yield
        finally:
            self._unlock(company, kind)

    @api.model
    def _lock_sql(self, function, company, kind):
        self.env.cr.execute(
            SQL(
                "SELECT %s(hashtext(%s), %s)",
                SQL.identifier(function),
                f"{self._name}.{kind}",
                company.id,
            ),
            log_exceptions=False,  # it may run after an error, which is logged already
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _lock(self, company, kind):
        """Take the lock of the company, which PostgreSQL releases with the connection.
        Returns False when another connection has it."""
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

    # -- progress --------------------------------------------------------------

    @api.model
    def _history_of(self, company):
        """The runs over the past of a company, the oldest month-end first."""
        mine = [("company_id", "=", company.id), ("kind", "=", "history")]
        return self.search(mine, order="as_of")

    @api.model
    def _done_this_night(self, company):
        """The complete run of a company in a night with other companies not done yet.

        The scheduler calls again until every company is done. A company before the
        unfinished one is done already, unless its settings changed since.
        """
        if not self.env.context.get("cron_id"):
            return self.browse()
        nights = [
            ("kind", "=", "night"),
            ("as_of", "=", company_day.today(self.env, company)),
        ]
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

    @api.model
    def _take_up(self, company):
        """Today's unfinished run of a company, or a new one that waits. Unfinished runs
        of other days are marked as stopped."""
        today = company_day.today(self.env, company)
        unfinished = self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "night"),
                ("state", "in", OPEN),
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
        return run or self._ask_for(company)

    @api.model
    def _ask_for(self, company):
        """Create a run of today that waits for its turn."""
        return self.create(
            {
                "company_id": company.id,
                "as_of": company_day.today(self.env, company),
                "state": "waiting",
                "date_start": fields.Datetime.now(),
            }
        )

    def _is_over(self):
        """True for a run over all clients whose day has passed."""
        return self.kind == "night" and self.as_of < company_day.today(
            self.env, self.company_id
        )

    def _begin(self, total=0):
        """Mark the run as running. ``total``: its number of clients, if known."""
        values = {"state": "running", "date_start": fields.Datetime.now()}
        if self.kind == "night":
            values["seen_until"] = self._oldest_open()
        self.write({**values, "total": total} if total else values)

    def _log_resumed(self):
        if self.seen or self.failed:
            _logger.info(
                "Going on with the clients of company %s as of %s: %s of %s are done.",
                self.company_id.id, self.as_of, self.seen + self.failed, self.total,
            )  # fmt: skip

    def _note(self, last, counts, seconds):
        """Add the counts of a batch, whose last client is ``last``."""
        self.write(
            {
                "cursor": last,
                "seen": self.seen + counts.seen,
                "changed": self.changed + counts.changed,
                "failed": self.failed + counts.failed,
                "seconds": self.seconds + seconds,
                "error": "\n".join(filter(None, (self.error, counts.error))) or False,
            }
        )

    def _end(self):
        self.write({"state": "done", "date_end": fields.Datetime.now()})
        _logger.info(
            "Scored %s clients of company %s as of %s, %.1f s: %s changed, %s failed.",
            self.seen, self.company_id.id, self.as_of, self.seconds, self.changed,
            self.failed,
        )  # fmt: skip

    @api.autovacuum
    def _gc_runs(self):
        """Delete runs over all clients older than KEEP_DAYS."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        old = [("date_start", "<", limit), ("kind", "!=", "history")]
        self.search(old, limit=1000).unlink()

    # -- what people start -----------------------------------------------------

    @api.model
    def _cron_history(self):
        """Fill in the history of every company; resumable."""
        health = self.env["client.health"]
        companies = self.env["res.company"].sudo().search([])
        if all([health._history(company).fill() for company in companies]):
            # trends compare with the history that has just been filled in
            health._refresh_soon()
        else:
            self.env.ref("client_health.ir_cron_history")._trigger()

    def action_fill_history(self):
        """Have the history of the company filled in, in the background.

        Raises AccessError for others than managers.
        """
        check_manager(self.env, self.env._("set it up"))
        self.check_access("read")
        health = self.env["client.health"].sudo()
        planned = [len(health._history(each).plan()) for each in self.env.companies]
        self.env.ref("client_health.ir_cron_history").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Month-ends on the list: %s. You can leave this page; the list "
                    "shows how far it is.",
                    sum(planned),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _start(self, companies, at_once=False):
        """Score the clients of companies and their last month-ends.

        ``at_once``: now, the past first; otherwise the scheduler does it.
        """
        health = self.env["client.health"]
        self.env["client.message.bookmark"]._start(at_once)
        for company in companies:
            health._history(company).plan()
        if at_once:
            for company in companies:
                health._history(company).fill()
            health._refresh()
            return
        asked = self.search([("kind", "=", "night"), ("state", "in", OPEN)]).company_id
        for company in companies - asked:
            self._ask_for(company)
        for name in ("ir_cron_refresh", "ir_cron_history"):
            self.env.ref(f"client_health.{name}").sudo()._trigger()

    @api.model
    def _tell_again(self):
        """Have the month-ends that are told by now told again: more is known of what
        people wrote."""
        told = self.search([("kind", "=", "history"), ("state", "=", "done")])
        if told:
            told.write(
                {"state": "waiting", "cursor": 0, "total": 0, "seen": 0, "changed": 0}
            )
            self.env.ref("client_health.ir_cron_history").sudo()._trigger()

    @api.model
    def action_skip_setup(self):
        """Leave everything as it is and do not ask again in this company."""
        check_manager(self.env, self.env._("set it up"))
        # only administrators write companies; this field is for our managers
        self.env.company.sudo().client_health_setup_on = fields.Datetime.now()

    @api.model
    def get_progress(self):
        """The progress of runs in the background, for the current company.

        Returns ``{"is_set_up", "clients", "running", "percent", "text", "failed"}``:
        whether the set-up was gone through, the number of clients, whether work
        is under way or waits, its percentage, the same in words, and how many
        clients could not be scored. Empty for others than managers.
        """
        if not is_manager(self.env):
            return {}
        company = self.env.company
        mine = [("company_id", "=", company.id)]
        clients = self.env["client.health"].search_count(
            [*mine, ("phase", "not in", GONE)]
        )
        night = self.search([*mine, ("kind", "=", "night")], limit=1)
        months = dict(
            self._read_group([*mine, ("kind", "=", "history")], ["state"], ["__count"])
        )
        left = sum(months.get(state, 0) for state in OPEN)
        total = left + months.get("done", 0)
        reading = self.env["client.message.bookmark"].sudo()._progress()
        parts = []
        if left:
            parts.append(100 * (total - left) / total)
        if reading:
            parts.append(100 * reading[0] / max(reading[1], 1))
        if night.state in OPEN:
            parts.append(night.progress)
        return {
            "is_set_up": bool(company.client_health_setup_on),
            "clients": clients,
            "running": bool(parts),
            "percent": round(sum(parts) / len(parts)) if parts else 100,
            "text": self._progress_text(night, total, left, reading),
            "failed": night.failed,
        }

    @api.model
    def _progress_text(self, night, total, left, reading):
        """What is under way, in words; empty when nothing is."""
        words = []
        if night.state == "running":
            words.append(
                self.env._(
                    "%(seen)s of %(total)s clients scored.",
                    seen=night.seen + night.failed,
                    total=night.total,
                )
            )
        elif night.state == "waiting":
            words.append(self.env._("Scoring begins in a moment."))
        if left:
            words.append(
                self.env._(
                    "History: %(done)s of %(total)s months.",
                    done=total - left,
                    total=total,
                )
            )
        if reading:
            words.append(
                self.env._(
                    "Messages read: %(read)s of %(total)s.",
                    read=reading[0],
                    total=reading[1],
                )
            )
        return " ".join(words)
