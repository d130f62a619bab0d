import json
import logging
import time

import psycopg2
from odoo import api, fields, models

_logger = logging.getLogger(__name__)

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
        counts = self.env["client.health"]._night(self.company_id).job(self, clients)
        self._count_after_commit()
        seconds = round(time.monotonic() - start, 3)
        return json.dumps({**counts._asdict(), "seconds": seconds})

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
        self._end()
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
