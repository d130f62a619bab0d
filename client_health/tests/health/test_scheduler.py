"""The scheduler: several companies, conflicts, a night that lasts too long."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from ...engine.clients import Clients
from ...engine.night import Night
from .test_history import HistoryCase
from .test_refresh import BATCHES


class TestScheduler(HistoryCase):
    """What the scheduler of Odoo makes of our runs."""

    def test_somebody_who_writes_the_same_row_costs_a_try_not_the_night(self):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(2)]
        )
        for client in clients:
            self.make_tasks(client, 2)
        self.Health._history(self.company).plan()
        original = Clients.create_missing
        tries = []

        def create_missing(clients, *args, **kwargs):
            tries.append(clients.company)
            if len(tries) % 2:
                raise psycopg2.errors.SerializationFailure("somebody else wrote")
            return original(clients, *args, **kwargs)

        rollback = patch.object(self.env.cr, "rollback", lambda: None)
        cron = self.env.ref("client_health.ir_cron_refresh")
        scheduled = self.Health.with_context(cron_id=cron.id)
        patched = patch.object(Clients, "create_missing", create_missing)
        with patched, rollback, self.no_commit():
            self.assertEqual(scheduled._night(self.company).run().seen, 2)
            self.assertTrue(scheduled._history(self.company).fill())
        self.assertEqual(len(tries), 2 + 2 * 24)
        with (
            patch.object(
                Clients, "create_missing", side_effect=psycopg2.errors.DeadlockDetected
            ),
            rollback,
            self.no_commit(),
            self.assertRaises(psycopg2.errors.DeadlockDetected),
        ):
            scheduled._night(self.company).run()

    def busy(self, number, is_busy):
        """A night over ``number`` clients, while batches that are busy conflict."""
        clients = self.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(number)]
        )
        for client in clients:
            self.make_tasks(client, 2)
        original = Night.score

        def score(night, ids, *args):
            if is_busy(ids, clients):
                raise psycopg2.errors.SerializationFailure("somebody else wrote")
            return original(night, ids, *args)

        cron = self.env.ref("client_health.ir_cron_refresh")
        with (
            patch.object(Night, "score", score),
            patch.object(self.env.cr, "rollback", lambda: None),
            patch(f"{BATCHES}.PAUSE", 0),
            self.no_commit(),
        ):
            scheduled = self.Health.with_context(cron_id=cron.id)
            return scheduled._night(self.company).run()

    def test_a_batch_that_others_keep_changing_is_scored_in_smaller_ones(self):
        run = self.busy(5, lambda ids, _clients: len(ids) > 1)
        self.assertEqual((run.state, run.seen, run.failed), ("done", 5, 0))
        self.assertFalse(run.error)

    def test_one_client_that_is_never_left_alone_does_not_stop_the_others(self):
        with self.assertLogs("odoo.addons.client_health", "ERROR"):
            run = self.busy(4, lambda ids, clients: clients[2].id in ids)
        self.assertEqual((run.state, run.seen, run.failed), ("done", 3, 1))
        self.assertIn("Client 2", run.error)

    def test_a_connection_that_is_lost_is_no_client_s_fault(self):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(4)]
        )
        for client in clients:
            self.make_tasks(client, 2)
        lost = psycopg2.InterfaceError("cursor already closed")
        with (
            patch.object(Night, "score", side_effect=lost) as scored,
            suppress(psycopg2.InterfaceError),
        ):
            self.run_all()
        self.assertEqual(scored.call_count, 1)
        run = self.nights(self.company)
        self.assertEqual((run.state, run.failed, run.error), ("running", 0, False))
        self.assertEqual(self.run_all(), run)
        self.assertEqual((run.state, run.seen), ("done", 4))

    def nights(self, company):
        return self.Run.search(
            [("company_id", "=", company.id), ("kind", "=", "night")]
        )

    def test_a_company_without_clients_does_not_keep_the_scheduler_busy(self):
        client = self.make_client()
        self.make_tasks(client, 2)
        empty = self.make_company("ZZ Empty")
        empty.sequence = 10000
        with self.enter_registry_test_mode():
            self.env.ref("client_health.ir_cron_refresh").method_direct_trigger()
        self.assertEqual(self.nights(self.company).mapped("state"), ["done"])
        self.assertEqual(self.nights(empty).mapped("state"), ["done"])

    def test_the_history_of_a_company_without_clients_is_done_at_once(self):
        empty = self.make_company("ZZ Empty")
        empty.sequence = 10000
        self.Health._history(empty).plan()
        cron = self.env.ref("client_health.ir_cron_history")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.cr.execute(
            "SELECT remaining FROM ir_cron_progress WHERE cron_id = %s"
            " ORDER BY id DESC LIMIT 1",
            [cron.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_a_company_is_scored_once_a_night_however_often_time_is_up(self):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(6)]
        )
        other = self.make_company("ZZ Other")
        self.company.sequence, other.sequence = 9998, 9999
        for client in clients:
            self.make_tasks(client, 2, 8)
            self.make_tasks(client, 2, 8, company=other)
        cron = self.env.ref("client_health.ir_cron_refresh")
        Health = self.Health.with_context(cron_id=cron.id)
        with patch(f"{BATCHES}.BATCH", 2), self.out_of_time(), self.watched() as calls:
            for _call in range(30):
                Health._cron_refresh()
                if self.nights(other).filtered(lambda run: run.state == "done"):
                    break
        for company in self.company + other:
            self.assertEqual(
                self.nights(company).mapped("state"), ["done"], company.name
            )
        mine = [ids for _day, ids in calls if set(ids) & set(clients.ids)]
        self.assertEqual(len(mine), 6)

    def test_changed_settings_make_an_unfinished_night_begin_again(self):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(2)]
        )
        other = self.make_company("ZZ Other")
        self.company.sequence, other.sequence = 9998, 9999
        for client in clients:
            self.make_tasks(client, 2)
            self.make_tasks(client, 2, company=other)
        self.run_all()
        # the other company's part of this night was interrupted
        self.Run.create(
            {
                "company_id": other.id,
                "as_of": self.today_in(other),
                "date_start": self.now(),
                "total": 2,
            }
        )
        self.check.indicator_ids.write({"good": 0, "watch": 0.5, "red": 1})
        cron = self.env.ref("client_health.ir_cron_refresh")
        with self.out_of_time():
            self.Health.with_context(cron_id=cron.id)._cron_refresh()
        self.assertEqual(len(self.nights(self.company)), 2)
        healths = self.Health.search([("company_id", "=", self.company.id)])
        self.assertEqual(healths.mapped("score"), [95, 95])
        self.assertEqual(self.nights(other).mapped("state"), ["done"])

    def test_a_night_that_lasts_beyond_midnight_scores_the_present(self):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(4)]
        )
        for client in clients:
            self.make_tasks(client, 2)
        original = Night.score
        with freeze_time(self.moment(self.today, hour=23, minute=59)) as clock:

            def slow(night, ids, *args):
                result = original(night, ids, *args)
                clock.move_to(self.moment(self.today + timedelta(days=1), hour=1))
                return result

            with patch(f"{BATCHES}.BATCH", 2), patch.object(Night, "score", slow):
                self.run_all()
        healths = self.Health.search([("company_id", "=", self.company.id)])
        self.assertEqual(healths.mapped("score"), [80] * 4)
        self.assertTrue(all(healths.mapped("computed_on")))
        self.assertNotIn("running", self.nights(self.company).mapped("state"))
