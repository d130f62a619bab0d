"""The night in jobs: who gets one, what they add up to, what happens when one fails.

The jobs are run here one after the other, as a worker of queue_job does. Two real
workers have their test outside of the module.
"""

from contextlib import contextmanager, suppress
from unittest.mock import patch

import psycopg2
from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.job import Job
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.client_health.engine.batches import Batches
from odoo.addons.client_health.engine.night import Night
from odoo.addons.client_health.tests.common import HealthCase

from ..night import NightInJobs

CONTROLLER = "odoo.addons.queue_job.controllers.main"
BATCH = 2


class TestNightInJobs(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["client.health.run"]
        cls.env["ir.config_parameter"].set_param("client_health_queue_job.batch", BATCH)
        for number in range(5):
            client = cls.make_client(f"Client {number}")
            cls.make_task(cls.make_project(client), moved=cls.ago(90))
        # with those of the demonstration data whose records name no company
        cls.Health._night(cls.company).clients.create_missing()
        healths = cls.Health.search([("company_id", "=", cls.company.id)])
        cls.clients = healths.partner_id.sorted("id")
        cls.total = len(cls.clients)

    @contextmanager
    def runner(self, there=True):
        """A job runner looks after the database (or none does)."""
        with patch.object(NightInJobs, "_has_runner", lambda night: there):
            yield

    def night(self, there=True):
        """The scheduler's turn; returns the run of our company."""
        with self.runner(there), self.enter_registry_test_mode():
            self.env.ref("client_health.ir_cron_refresh").method_direct_trigger()
        return self.last_run()

    def last_run(self):
        mine = [("company_id", "=", self.company.id), ("kind", "=", "night")]
        return self.Run.search(mine, limit=1)

    def work_off(self, jobs):
        """Do what a worker does with jobs, then what it does after its commit."""
        for record in jobs:
            with self.enter_registry_test_mode():
                RunJobController._runjob(self.env, Job.load(self.env, record.uuid))
        self.last_run()._count_jobs()

    def scored(self):
        healths = self.Health.search(
            [("company_id", "=", self.company.id), ("computed_on", "!=", False)]
        )
        return healths.partner_id

    def triggers(self):
        cron = self.env.ref("client_health.ir_cron_refresh")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_a_night_gives_every_client_to_one_job(self):
        run = self.night()
        self.assertEqual((run.state, run.total, run.seen), ("running", self.total, 0))
        self.assertFalse(self.scored())
        jobs = run.job_ids.sorted("id")
        batches = [job.args[0] for job in jobs]
        self.assertEqual(sum(batches, []), self.clients.ids)
        self.assertEqual({len(batch) for batch in batches[:-1]}, {BATCH})
        self.assertEqual(set(jobs.mapped("channel")), {"root.client_health"})
        self.assertGreater(min(jobs.mapped("priority")), 10, "behind what people do")
        self.assertEqual(len(set(jobs.mapped("identity_key"))), len(jobs))

    def test_a_night_is_done_when_its_last_job_is(self):
        run = self.night()
        *others, last = run.job_ids.sorted("id")
        self.work_off(last)
        one = len(last.args[0])
        self.assertEqual((run.state, run.seen, run.changed), ("running", one, one))
        self.assertEqual(run.progress, round(100 * one / self.total))
        self.work_off(others)
        self.assertEqual(
            (run.state, run.seen, run.changed), ("done", self.total, self.total)
        )
        self.assertEqual((run.failed, run.error), (0, False))
        self.assertTrue(run.date_end)
        self.assertEqual(self.scored(), self.clients)

    def test_jobs_say_the_same_as_a_night_without_them(self):
        def figures():
            healths = self.Health.search([("company_id", "=", self.company.id)])
            names = ["partner_id", "score", "level", "coverage", "facts", "flag_count"]
            return healths.sorted("id").read(names, load=None)

        self.night(there=False)
        without = figures()
        self.assertTrue(any(health["score"] for health in without))
        self.env.cr.execute(
            "UPDATE client_health SET score = NULL, encoded_facts = NULL, coverage = 0,"
            " level = 'unknown', fingerprint = NULL WHERE company_id = %s",
            [self.company.id],
        )
        self.env.invalidate_all()
        self.work_off(self.night().job_ids)
        self.assertEqual(figures(), without)

    def test_a_night_that_is_triggered_again_doubles_no_job(self):
        run = self.night()
        jobs = run.job_ids
        self.assertEqual(self.night(), run)
        self.assertEqual(run.job_ids, jobs)
        self.work_off(jobs[0])
        self.night()
        self.assertEqual(run.job_ids, jobs)
        self.assertEqual(jobs.mapped("state").count("pending"), len(jobs) - 1)

    def test_without_a_job_runner_the_night_runs_as_ever(self):
        run = self.night(there=False)
        self.assertEqual((run.state, run.seen), ("done", self.total))
        self.assertFalse(run.job_ids)
        self.assertEqual(self.scored(), self.clients)

    def test_a_night_asked_for_by_hand_runs_at_once(self):
        with self.runner():
            run = self.Health._night(self.company).run()
        self.assertEqual((run.state, run.seen), ("done", self.total))
        self.assertFalse(run.job_ids)

    def test_while_jobs_are_left_nobody_else_runs_the_night(self):
        run = self.night()
        with self.assertRaisesRegex(UserError, "another run"):
            self.Health._night(self.company).run()
        self.work_off(run.job_ids)
        self.assertNotEqual(self.Health._night(self.company).run(), run)

    def test_a_client_who_cannot_be_scored_is_told_apart_from_its_batch(self):
        run = self.night()
        culprit = self.clients.filtered(lambda client: client.name == "Client 1").id
        original = Night.score

        def score(night, ids, *args):
            if culprit in ids:
                raise ValueError("no such thing")
            return original(night, ids, *args)

        with (
            patch.object(Night, "score", score),
            mute_logger("odoo.addons.client_health.engine.batches"),
        ):
            self.work_off(run.job_ids)
        self.assertEqual((run.state, run.seen, run.failed), ("done", self.total - 1, 1))
        self.assertIn("Client 1: ValueError: no such thing", run.error)

    @mute_logger(CONTROLLER)
    def test_a_job_that_fails_shows_on_the_run_until_it_is_done_after_all(self):
        run = self.night()
        jobs = run.job_ids.sorted("id")
        first = jobs[0]
        with (
            patch.object(Batches, "work", side_effect=KeyError("gone")),
            suppress(KeyError),  # assertRaises would undo what is stored of it
        ):
            self.work_off(first)
        self.work_off(run.job_ids - first)
        self.assertEqual(first.state, "failed")
        self.assertEqual(
            (run.state, run.seen, run.failed), ("running", self.total - 2, 2)
        )
        self.assertIn("KeyError: gone", run.error)
        self.night()
        self.assertEqual(first.state, "pending", "the next turn tries it again")
        self.assertEqual(run.job_ids.sorted("id").ids, jobs.ids)
        self.work_off(first)
        self.assertEqual((run.state, run.seen, run.failed), ("done", self.total, 0))
        self.assertFalse(run.error)

    def test_a_row_that_somebody_else_writes_is_tried_again_later(self):
        run = self.night()
        job = run.job_ids[0]
        error = psycopg2.errors.SerializationFailure("somebody else")
        error.__setstate__({"pgcode": "40001", "pgerror": "somebody else"})
        self.env.flush_all()
        with (
            patch.object(Night, "score", side_effect=error),
            patch.object(self.env.cr, "rollback", lambda: None),  # a test may not
        ):
            self.work_off(job)
        self.assertEqual(job.state, "pending")
        self.assertTrue(job.eta)
        self.assertEqual((run.seen, run.failed, run.error), (0, 0, False))
        self.work_off(run.job_ids)
        self.assertEqual((run.state, run.seen), ("done", self.total))

    def test_a_job_whose_night_a_later_run_took_over_does_nothing(self):
        run = self.night()
        run.state = "failed"
        self.work_off(run.job_ids)
        self.assertFalse(self.scored())
        self.assertEqual((run.state, run.seen), ("failed", 0))

    def test_a_job_that_comes_after_its_day_has_the_night_begin_again(self):
        run = self.night()
        run.as_of = self.ago(1)
        before = self.triggers()
        self.work_off(run.job_ids[0])
        self.assertGreater(self.triggers(), before)
        self.assertFalse(self.scored())
        self.work_off(run.job_ids - run.job_ids[0])
        later = self.night()
        self.assertNotEqual(later, run)
        self.assertEqual(run.state, "failed", "what was not scored is not done")
        self.work_off(later.job_ids)
        self.assertEqual((later.state, later.seen), ("done", self.total))

    def test_what_jobs_did_counts_though_nobody_counted_it_at_the_time(self):
        run = self.night()
        for record in run.job_ids:
            with self.enter_registry_test_mode():
                RunJobController._runjob(self.env, Job.load(self.env, record.uuid))
        self.assertEqual((run.state, run.seen), ("running", 0))
        later = self.night()
        self.assertEqual((run.state, run.seen), ("done", self.total))
        self.assertNotEqual(later, run)

    def test_settings_that_change_between_two_jobs_have_all_scored_again(self):
        run = self.night()
        first, *_rest = run.job_ids
        self.work_off(first)
        self.company.client_health_healthy = 90
        self.env.flush_all()
        before = self.triggers()
        self.work_off(run.job_ids - first)
        self.assertEqual(run.state, "done")
        self.assertGreater(self.triggers(), before)

    def test_a_company_without_clients_is_done_at_once(self):
        nobody = patch.object(NightInJobs, "queue", lambda night, run: [])
        with nobody:
            run = self.night()
        self.assertEqual((run.state, run.seen), ("done", 0))
        self.assertFalse(run.job_ids)
