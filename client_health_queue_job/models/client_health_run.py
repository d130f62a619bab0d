import json
import logging
import time

import psycopg2
from odoo import api, fields, models
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 5000  # clients of one job; a few seconds of work
BATCH_PARAMETER = "client_health_queue_job.batch"
PRIORITY = 20  # behind the jobs that people wait for (10)
LEFT = ("wait_dependencies", "pending", "enqueued", "started")


class ClientHealthRun(models.Model):
    """The night in jobs: each scores a batch of clients, in any order, on any worker.

    What a job did is its own result; the counters of the run are the sum of these.
    So two workers never write the same row, and nothing is counted twice.
    """

    _inherit = "client.health.run"

    job_ids = fields.One2many(
        "queue.job",
        "client_health_run_id",
        readonly=True,
        groups="queue_job.group_queue_job_manager",
        export_string_translation=False,
    )

    # -- from the run to its jobs ----------------------------------------------

    def _work(self, parts=None):
        """Under the scheduler hand a night over to jobs, which go on by themselves.

        Without a job runner, and for history, whose months build on one another,
        it is worked off here as ever.
        """
        night = self.kind == "night" and self.env.context.get("cron_id")
        if not night or not (self.job_ids or self._has_runner()):
            return super()._work(parts)
        self._spread()
        self.env["ir.cron"]._commit_progress(remaining=0)
        self._count_in_new_transaction()
        return True

    @api.model
    def _has_runner(self):
        """True while a job runner of queue_job looks after this database."""
        self.env.cr.execute(
            SQL(
                """SELECT EXISTS (
                    SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                     WHERE d.datname = current_database() AND l.locktype = 'advisory'
                       AND l.granted AND l.objsubid = 1
                       AND (l.classid::bigint << 32) | l.objid::bigint = %s)""",
                PG_ADVISORY_LOCK_ID,
            )
        )
        return self.env.cr.fetchone()[0]

    def _spread(self):
        """A job for each batch of clients; a second time only for those that failed."""
        if self.job_ids:
            self.job_ids.filtered(
                lambda job: job.state in ("failed", "cancelled")
            ).requeue()
        else:
            # kept now, else the first two jobs would both want to keep it
            health_config = self.env["client.health.config"]
            health_config._remember(health_config._current(self.company_id))
            self.env["client.health.flag"]._wake(self.as_of)
            parameters = self.env["ir.config_parameter"].sudo()
            size = int(parameters.get_param(BATCH_PARAMETER) or BATCH)
            clients = self._queue()
            for first in range(0, len(clients), size):
                batch = clients[first : first + size]
                job = self.with_delay(
                    priority=PRIORITY,
                    identity_key=f"{self._name}:{self.id}:{batch[0]}",
                )._score_batch(batch)
                job.db_record().client_health_run_id = self

    # -- what a job does -------------------------------------------------------

    def _score_batch(self, clients):
        """Score those among some clients of the night whose facts changed.

        Returns the counters as JSON, which the job keeps as its result; None when
        the night is over or a later run took over. Raises what the database says
        about others who write the same rows: queue_job tries again then.
        """
        if self.state != "running":
            return None
        if self._is_over():
            self._start_again()
            return None
        start = time.monotonic()
        gathered, todo = self._gather(clients)
        seen, changed, failed, error = self._score(todo, gathered)
        self._count_after_commit()
        return json.dumps(
            {
                "seen": seen + len(clients) - len(todo),
                "changed": changed,
                "failed": failed,
                "seconds": round(time.monotonic() - start, 3),
                "error": error,
            }
        )

    def _is_committed(self):
        return bool(self.env.context.get("job_uuid")) or super()._is_committed()

    def _batch_failed(self, **_values):
        """A job has failed for good (called in a transaction of its own)."""
        self._count_after_commit()

    def _start_again(self):
        self.env.ref("client_health.ir_cron_refresh")._trigger()

    # -- from the jobs to the run ----------------------------------------------

    def _count_after_commit(self):
        """Bring the counters up to date as soon as what the job did is stored."""
        self.env.cr.postcommit.add(self._count_in_new_transaction)

    def _count_in_new_transaction(self):
        """Count the jobs, one who counts at a time: else they would collide."""
        try:
            with self.env.registry.cursor() as turn:
                mine = self.with_env(self.env(cr=turn))
                mine._lock_sql("pg_advisory_xact_lock", mine.company_id, "count")
                # begins now, so it sees what was stored while this waited
                with self.env.registry.cursor() as cr:
                    self.with_env(self.env(cr=cr))._count_jobs()
        except psycopg2.Error:
            # the job is done all the same: the next one counts it too
            _logger.warning("The jobs of a run were not counted.", exc_info=True)

    def _count_jobs(self):
        """Set the counters to the sum of what the jobs did; the last one ends it."""
        jobs = self.env["queue.job"].sudo()
        mine = [("client_health_run_id", "=", self.id)]
        found = jobs.search_read(mine, ["state", "result"])
        # a job that a person set to done has words for a result
        results = [
            json.loads(job["result"])
            for job in found
            if job["state"] == "done" and (job["result"] or "").startswith("{")
        ]
        errors = [result["error"] for result in results]
        lost = 0
        for job in jobs.search([*mine, ("state", "=", "failed")]):
            lost += len(job.args[0])
            errors.append(f"{job.uuid}: {job.exc_name}: {job.exc_message}")
        self.write(
            {
                "seen": sum(result["seen"] for result in results),
                "changed": sum(result["changed"] for result in results),
                "failed": lost + sum(result["failed"] for result in results),
                "seconds": sum(result["seconds"] for result in results),
                "error": "\n".join(filter(None, errors)) or False,
            }
        )
        # no result: the job came too late to score anybody
        scored = all(job["state"] == "done" and job["result"] for job in found)
        if self.state == "running" and scored:
            self._finish()

    def _finish(self):
        self.write({"state": "done", "date_end": fields.Datetime.now()})
        _logger.info(
            "Scored %s clients of company %s as of %s in jobs, %.1f s: %s changed,"
            " %s failed.",
            self.seen, self.company_id.id, self.as_of, self.seconds, self.changed,
            self.failed,
        )  # fmt: skip
        version = self.env["client.health.config"]._current(self.company_id).version
        stale = self.env["client.health"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("phase", "!=", "ended"),
                ("config_version", "not in", (version, False)),
            ]
        )
        if stale > self.failed:  # settings changed on the way
            self._start_again()

    # -- one at a time ---------------------------------------------------------

    @api.model
    def _open(self, company):
        """Before a later run takes over: what jobs did counts, though the server
        was killed before it was counted."""
        if self.env.context.get("cron_id"):
            runs = [("company_id", "=", company.id), ("kind", "=", "night")]
            for run in self.search([*runs, ("state", "=", "running")]):
                if run.job_ids:
                    run._count_in_new_transaction()
            self.env["ir.cron"]._commit_progress()
        return super()._open(company)

    @api.model
    def _lock(self, company, kind):
        """Jobs hold no lock of the database: while some are left, only the
        scheduler may come back to them."""
        if kind == "night" and not self.env.context.get("cron_id"):
            left = self.env["queue.job"].sudo().search_count(
                [
                    ("client_health_run_id.company_id", "=", company.id),
                    ("client_health_run_id.state", "=", "running"),
                    ("state", "in", LEFT),
                ],
                limit=1,
            )  # fmt: skip
            if left:
                return False
        return super()._lock(company, kind)
