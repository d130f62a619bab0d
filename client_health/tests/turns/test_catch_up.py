"""By day the clients whose records changed are scored, and nobody else."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..health.test_alert import AlertCase
from .test_waiting import THANKS, WaitingCase


@tagged("post_install", "-at_install")
class TestCatchUp(WaitingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quiet = cls.make_client("Quiet")
        cls.make_opportunity(cls.quiet)
        cls.refresh(cls.client | cls.quiet)
        cls.runs = cls.env["client.health.run"]
        cls.night = cls.runs.create(
            {"company_id": cls.company.id, "as_of": cls.today, "state": "done"}
        )
        cls.env.flush_all()
        # all there is was written before the night
        cls.env.cr.execute(
            "UPDATE client_health_run SET seen_until = %s WHERE id = %s",
            (fields.Datetime.now() + timedelta(minutes=1), cls.night.id),
        )
        cls.env.invalidate_all()

    def written_since(self, *records):
        """Have these records, and nothing else, written after the night."""
        for record in records:
            self.force(record, write_date=fields.Datetime.now() + timedelta(hours=1))

    def catch_up(self):
        return self.Health._catch_up(self.company).run()

    def test_nothing_is_written_when_nothing_changed(self):
        tables = ("client_health", "client_turn", "client_health_run")
        before = [self.row_versions(table) for table in tables]
        self.assertFalse(self.catch_up())
        self.assertEqual([self.row_versions(table) for table in tables], before)

    def test_before_the_first_night_it_does_nothing(self):
        self.night.unlink()
        self.written_since(self.record)
        self.assertFalse(self.catch_up())

    def test_a_question_is_seen_and_its_answer_too(self):
        self.asked()
        self.written_since(self.record)
        run = self.catch_up()
        self.assertEqual((run.kind, run.state, run.total), ("catch_up", "done", 1))
        self.assertEqual(self.turns().state, "waiting")
        self.we(self.at(self.day, 15), body=THANKS)
        self.written_since(self.record)
        self.catch_up()
        self.assertEqual(self.turns().state, "answered")

    def test_a_message_that_is_read_is_enough(self):
        self.env.cr.execute(
            "UPDATE client_health_run SET seen_until = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(seconds=1), self.night.id),
        )
        self.asked(record=self.make_record(self.client))
        self.assertIn(self.client.id, self.changed())

    def changed(self):
        night = self.Health._catch_up(self.company)
        night.read_messages()
        return night.changed(self.runs._seen_until(self.company))

    def test_only_whose_records_changed_are_looked_at(self):
        self.assertEqual(self.changed(), [])
        self.written_since(self.record)
        self.assertEqual(self.changed(), self.client.ids)

    def test_an_agreed_time_that_is_over_is_seen(self):
        self.asked()
        self.refresh(self.client)
        turn = self.turns()
        self.env.cr.execute(
            "UPDATE client_health_run SET seen_until = %s WHERE id = %s",
            (turn.due_on - timedelta(minutes=1), self.night.id),
        )
        self.assertIn(self.client.id, self.changed())

    def test_a_call_that_was_done_is_seen(self):
        activity = self.record.activity_schedule("mail.mail_activity_data_call")
        activity.sudo().action_done()
        self.assertEqual(self.changed(), [])  # at the moment of the night
        done = activity.with_context(active_test=False)
        self.written_since(done)
        self.assertEqual(self.changed(), self.client.ids)

    def test_who_looks_after_the_record_now_is_asked(self):
        self.asked()
        self.written_since(self.record)
        self.catch_up()
        self.assertFalse(self.turns().user_id)
        self.record.user_id = self.colleague
        self.written_since(self.record)
        self.catch_up()
        self.assertEqual(self.turns().user_id, self.colleague)
        self.record.user_id = self.reader
        self.Health._night(self.company).wake(self.night)
        self.assertEqual(self.turns().user_id, self.reader)

    def test_who_was_scored_under_other_settings_waits_for_the_night(self):
        self.env.cr.execute(
            "UPDATE client_health SET config_version = 'old' WHERE partner_id = %s",
            self.client.ids,
        )
        self.written_since(self.record)
        self.assertEqual(self.changed(), [])

    def test_companies_may_do_without(self):
        self.company.client_health_catch_up = False
        self.written_since(self.record)
        self.env["res.company"].search([]).client_health_catch_up = False
        count = self.runs.search_count([])
        self.Health._cron_catch_up()
        self.assertEqual(self.runs.search_count([]), count)


@tagged("post_install", "-at_install")
class TestAlarmsByDay(AlertCase):
    def by_day(self):
        self.Health._catch_up(self.company).score(self.client.ids)

    def test_the_catch_up_stores_a_drop_and_the_night_tells_of_it(self):
        before = self.notes()
        self.stall(self.tasks, 3)
        self.by_day()
        self.assertEqual(self.health.level, "watch")
        self.assertEqual(self.notes(), before)
        self.assertFalse(self.todos())
        self.refresh(self.client)
        self.assertEqual(len(self.notes() - before), 1)
        self.assertEqual(len(self.todos()), 1)
        self.refresh(self.client)
        self.assertEqual(len(self.notes() - before), 1)

    def test_a_drop_that_is_over_by_the_night_alarms_nobody(self):
        before = self.notes()
        self.stall(self.tasks, 3)
        self.by_day()
        self.stall(self.tasks, 0)
        self.by_day()
        self.refresh(self.client)
        self.assertEqual(self.health.level, "healthy")
        self.assertEqual(self.notes(), before)
