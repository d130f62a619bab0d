"""The night in jobs: each scores a batch of clients, in any order, on any worker."""

from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.tools import SQL

from odoo.addons.client_health.engine.batches import Counts
from odoo.addons.client_health.engine.night import Night, Part

BATCH = 5000  # clients of one job; a few seconds of work
BATCH_PARAMETER = "client_health_queue_job.batch"
PRIORITY = 20  # behind the jobs that people wait for (10)


class NightInJobs(Night):
    """Hands a night of the scheduler over to jobs, which go on by themselves.

    Without a job runner, and for whoever waits for it, it works as ever.
    """

    @property
    def committed(self):
        return bool(self.env.context.get("job_uuid")) or super().committed

    def begin(self):
        """Before a later run takes over: what jobs did counts, though the server was
        killed before it was counted."""
        if self.batches.scheduled:
            mine = [("company_id", "=", self.company.id), ("kind", "=", "night")]
            for run in self.runs.search([*mine, ("state", "=", "running")]):
                if run.job_ids:
                    run._count_in_new_transaction()
            self.batches.commit()
        return super().begin()

    def work(self, run, parts=None):
        if not self.batches.scheduled or not (run.job_ids or self._has_runner()):
            return super().work(run, parts)
        self._spread(run)
        self.batches.commit(remaining=0)
        run._count_in_new_transaction()
        return True

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

    def _spread(self, run):
        """A job for each batch of clients; a second time only for those that failed."""
        if run.job_ids:
            failed = run.job_ids.filtered(lambda j: j.state in ("failed", "cancelled"))
            failed.requeue()
            return
        # kept now, else the first two jobs would both want to keep it
        self.remember(run.as_of)
        self.wake(run)
        parameters = self.env["ir.config_parameter"].sudo()
        size = int(parameters.get_param(BATCH_PARAMETER) or BATCH)
        clients = self.queue(run)
        for first in range(0, len(clients), size):
            batch = clients[first : first + size]
            job = run.with_delay(
                priority=PRIORITY, identity_key=f"{run._name}:{run.id}:{batch[0]}"
            )._score_batch(batch)
            job.db_record().client_health_run_id = run

    def job(self, run, clients):
        """Score those among some clients of a run whose facts changed: what came of
        them. Raises what the database says about others who write the same rows:
        queue_job tries again then."""
        facts, todo = self.read_part(run, Part(len(clients), clients))
        counts = self.batches.work(
            todo, lambda some: self.score(some, run.as_of, facts)
        )
        return counts.plus(Counts(len(clients) - len(todo)))
