"""History: month-ends of the past, snapshots of the nights, the trend."""

import calendar
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tools import SQL, mute_logger

from ...engine.batches import Batches
from ...engine.night import Night
from ...engine.reader import Reader
from .test_refresh import BATCHES, RefreshCase


class HistoryCase(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # demonstration data that belongs to no company would make clients of ours
        for table in ("project_project", "project_task", "crm_lead"):
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET company_id = %s WHERE company_id IS NULL",
                    SQL.identifier(table),
                    cls.env.ref("base.main_company").id,
                )
            )
        cls.env.invalidate_all()
        cls.Run = cls.env["client.health.run"]
        cls.Snapshot = cls.env["client.health.snapshot"]

    @classmethod
    def make_old_tasks(cls, client, *ages, company=None):
        """Open tasks, one made so many days ago each, that never moved since."""
        project = cls.make_project(client, company=company, day=cls.ago(max(ages)))
        for age in ages:
            cls.make_task(project, day=cls.ago(age))
        return project

    @classmethod
    def month_ends(cls, count=24):
        """The last month-ends before today, the oldest first."""
        year, month = cls.today.year, cls.today.month
        days = []
        for _month in range(count):
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
            days.append(date(year, month, calendar.monthrange(year, month)[1]))
        return days[::-1]

    def runs(self, **values):
        domain = [("company_id", "=", self.company.id), ("kind", "=", "history")]
        return self.Run.search(
            domain + [(name, "=", value) for name, value in values.items()],
            order="as_of",
        )

    def snapshots(self, clients=None):
        """(client id, day) → what the snapshot says."""
        domain = [("company_id", "=", self.company.id)]
        if clients:
            domain.append(("partner_id", "in", clients.ids))
        return {
            (s.partner_id.id, s.date): (s.score, s.level, s.coverage, s.facts, s.points)
            for s in self.Snapshot.search(domain)
        }

    @contextmanager
    def watched(self, break_at=None):
        """Yields the list of (day, clients) that are scored; the batch with the
        number ``break_at`` raises instead."""
        original = Night.score
        calls = []

        def score(night, clients, as_of=None, facts=None):
            if len(calls) == break_at:
                raise KeyboardInterrupt
            calls.append((as_of, list(clients)))
            return original(night, clients, as_of, facts)

        with patch.object(Night, "score", score):
            yield calls

    @contextmanager
    def no_commit(self, seconds=60):
        """A scheduler that commits nothing and has so many seconds left."""
        model = type(self.env["ir.cron"])
        with patch.object(model, "_commit_progress", lambda *args, **kwargs: seconds):
            yield

    def out_of_time(self):
        """A scheduler whose time is up after every batch."""
        return self.no_commit(0)

    def assertKnows(self, record, known):
        """What checks ask for, beside the figures that are kept whatever they ask."""
        found = {name: record.facts.get(name) for name in known}
        self.assertEqual(found, known)

    def fill(self):
        history = self.Health._history(self.company)
        history.plan()
        return history.fill()


class TestPastDay(HistoryCase):
    def test_a_past_day_is_judged_by_the_records_of_its_time(self):
        client = self.make_client()
        # 60 days ago: eight tasks, two of them older than the window of 30 days
        self.make_old_tasks(client, *(300, 200), *([80] * 6), *([5] * 8))
        health = self.refresh(client)
        self.assertKnows(health, {"open_tasks": 16, "stalled_tasks_30": 8})
        before = {
            table: self.row_versions(table)
            for table in ("client_health", "client_health_flag", "res_partner")
        }
        self.refresh(client, as_of=self.ago(60))
        past = health.snapshot_ids.filtered(lambda s: s.date == self.ago(60))
        self.assertKnows(past, {"open_tasks": 8, "stalled_tasks_30": 2})
        self.assertEqual((past.score, past.level), (0, "critical"))
        self.assertEqual(past.points["stalled"]["points"], 100 - past.score)
        self.refresh(client, as_of=self.ago(180))
        past = health.snapshot_ids.filtered(lambda s: s.date == self.ago(180))
        self.assertKnows(past, {"open_tasks": 2, "stalled_tasks_30": 1})
        for table, versions in before.items():
            self.assertEqual(self.row_versions(table), versions, table)

    def test_a_past_day_says_nothing_to_anybody(self):
        client = self.make_client(user_id=self.env.user.id)
        self.make_old_tasks(client, 300)
        health = self.refresh(client)
        messages = self.env["mail.message"].search_count([])
        activities = self.env["mail.activity"].search_count([])
        self.force(health, level="healthy", score=100)
        self.refresh(client, as_of=self.ago(100))
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        self.assertEqual((health.level, health.score), ("healthy", 100))

    def test_the_past_knows_no_fact_that_is_only_known_today(self):
        self.app("project.task:effective_hours")
        client = self.make_client()
        project = self.make_old_tasks(client, 300)
        task = self.make_task(project, day=self.ago(200), allocated_hours=10)
        self.log(self.make_employee(50), self.ago(150), 25, task=task)
        self.make_check("budget", "budget_spent / budget_allocated", 1)
        self.make_check("hours", "hours", 100)
        health = self.refresh(client)
        self.assertEqual(health.facts["budget_spent_30"], 0)
        self.check.indicator_ids.window_days = 200
        self.env["client.health.indicator"].search(
            [("code", "in", ("budget_figure", "hours_figure"))]
        ).window_days = 200
        self.refresh(client)
        self.assertEqual(health.facts["budget_spent_200"], 25)
        self.assertEqual(health.facts["budget_allocated_200"], 10)
        self.refresh(client, as_of=self.ago(100))
        past = health.snapshot_ids.filtered(lambda s: s.date == self.ago(100))
        known = {"open_tasks": 2, "stalled_tasks_200": 1, "hours_200": 25}
        self.assertKnows(past, known)
        self.assertFalse({name for name in past.facts if "budget" in name})
        self.assertEqual(past.points["budget"]["level"], "grey")

    def test_what_was_read_ahead_counts_while_the_settings_are_the_same(self):
        client = self.make_client()
        self.make_old_tasks(client, *([80] * 4))
        self.refresh(client)
        day = self.ago(60)
        reader = Reader(self.env, self.company)
        ahead = reader.read_ahead(client.ids, day, frozenset())
        self.assertNotIn("communication_months", ahead.codec.lists)
        self.make_old_tasks(client, 70)  # after it was read

        def open_tasks(read):
            return read.of(client.id)["open_tasks"]

        read = reader.read_past(client.ids, day, ahead)
        self.assertEqual(open_tasks(read), 4)
        self.check.indicator_ids.red += 1
        self.env.flush_all()
        read = reader.read_past(client.ids, day, ahead)
        self.assertEqual(open_tasks(read), 5)

    def test_records_that_cannot_be_summed_up_are_left_to_their_batch(self):
        def read():
            self.env.cr.execute("SELECT 1 / 0")

        with mute_logger("odoo.sql_db"):
            self.assertIsNone(Batches(self.env).attempt(read))
        self.assertTrue(Batches(self.env).attempt(lambda: True))

    def test_a_client_of_then_that_is_none_now_has_a_history(self):
        client = self.make_client()
        project = self.make_old_tasks(client, 900)
        project.active = False
        self.assertFalse(self.refresh(client))
        then = self.ago(400)
        health = self.refresh(client, as_of=then)
        self.assertEqual(health.partner_id, client)
        self.assertEqual(client.health_id, health)
        self.assertFalse(health.computed_on)

    def test_the_trend_is_the_score_less_that_of_about_thirty_days_ago(self):
        client = self.make_client()
        tasks = self.make_tasks(client, 2)
        health = self.refresh(client)
        self.assertEqual((health.score, health.trend), (80, 0))
        self.Snapshot.create(
            [
                {"health_id": health.id, "date": self.ago(days), "score": score}
                for days, score in ((90, 10), (31, 55), (29, 99), (3, 97))
            ]
        )
        self.refresh(client)
        self.assertEqual(health.trend, 25)
        self.stall(tasks, 8)
        self.refresh(client)
        self.assertEqual((health.score, health.trend), (20, -35))
        self.Snapshot.create(
            {"health_id": health.id, "date": self.ago(30), "score": 20}
        )
        self.refresh(client)
        self.assertEqual(health.trend, 0)


class TestHistory(HistoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(5)]
        )
        cls.check.indicator_ids.write({"good": 0, "watch": 0.5, "red": 1})
        for number, client in enumerate(cls.clients):
            ages = [800] * number + list(range(5, 800, 60 + number))
            cls.make_old_tasks(client, *ages)

    def test_24_month_ends_are_planned_and_worked_off_the_oldest_first(self):
        planned = self.Health._history(self.company).plan()
        self.assertEqual(planned.sorted("as_of").mapped("as_of"), self.month_ends())
        self.assertEqual(set(planned.mapped("state")), {"waiting"})
        self.assertEqual(set(planned.mapped("progress")), {0})
        self.assertFalse(self.snapshots())
        with self.watched() as calls:
            self.assertTrue(self.Health._history(self.company).fill())
        self.assertEqual([day for day, _clients in calls], self.month_ends())
        self.assertEqual(
            set(self.snapshots()),
            {(c.id, day) for c in self.clients for day in self.month_ends()},
        )
        for run in planned:
            self.assertEqual(
                (run.state, run.seen, run.total, run.progress), ("done", 5, 5, 100)
            )
            self.assertTrue(run.date_start and run.date_end)

    def test_a_history_that_is_complete_is_left_alone(self):
        self.fill()
        before = self.row_versions("client_health_snapshot")
        self.assertTrue(before)
        with self.watched() as calls:
            self.assertFalse(self.Health._history(self.company).plan())
            self.assertTrue(self.Health._history(self.company).fill())
        self.assertFalse(calls)
        self.assertEqual(self.row_versions("client_health_snapshot"), before)

    def test_a_second_request_plans_only_what_is_missing(self):
        self.Health._history(self.company).plan()
        self.assertFalse(self.Health._history(self.company).plan())
        runs = self.runs()
        lost = runs[3] + runs[17]
        days = lost.mapped("as_of")
        lost.unlink()
        again = self.Health._history(self.company).plan()
        self.assertEqual(sorted(again.mapped("as_of")), days)

    def test_an_interrupted_history_ends_like_one_that_was_not(self):
        ordered = self.clients.sorted("id").ids
        with patch(f"{BATCHES}.BATCH", 2), self.watched(break_at=7) as calls:
            # assertRaises would undo what was done before
            with suppress(KeyboardInterrupt):
                self.fill()
        # three batches a month: it broke in the second one of the third month
        self.assertEqual(len(calls), 7)
        third = self.runs()[2]
        self.assertEqual(
            (third.state, third.cursor, third.seen, third.progress),
            ("running", ordered[1], 2, 40),
        )
        with patch(f"{BATCHES}.BATCH", 2), self.watched() as rest:
            self.assertTrue(self.Health._history(self.company).fill())
        self.assertEqual(rest[0], (self.month_ends()[2], ordered[2:4]))
        scored = [(day, client) for day, ids in calls + rest for client in ids]
        self.assertEqual(len(scored), len(set(scored)))
        self.assertEqual(set(self.runs().mapped("state")), {"done"})
        self.assertEqual(set(self.runs().mapped("seen")), {5})
        found = self.snapshots()
        self.Snapshot.search([("company_id", "=", self.company.id)]).unlink()
        self.runs().unlink()
        self.fill()
        self.assertEqual(len(found), 5 * 24)
        self.assertEqual(found, self.snapshots())
        self.assertGreater(len({said[0] for said in found.values()}), 5)

    def test_the_history_and_a_night_do_not_wait_for_each_other(self):
        self.Health._history(self.company).plan()
        with self.watched(break_at=1):
            with suppress(KeyboardInterrupt):
                self.Health._history(self.company).fill()
        night = self.run_all()
        self.assertEqual((night.kind, night.state, night.seen), ("night", "done", 5))
        self.assertEqual(self.runs()[1].state, "running")

    def test_a_partner_who_was_no_client_yet_has_no_snapshot_of_then(self):
        self.make_check("leads", "open_leads", 1)  # measured for everybody
        young = self.make_client("Young")
        self.make_old_tasks(young, 100)
        self.fill()
        days = sorted(day for client, day in self.snapshots(young))
        self.assertEqual(
            days, [day for day in self.month_ends() if day >= self.ago(100)]
        )

    def test_history_never_replaces_what_a_night_said_on_that_day(self):
        """A night knows all facts of its day, history looks back with less."""
        self.run_all()
        later = (self.today.replace(day=1) + timedelta(days=65)).replace(day=1)
        later -= timedelta(days=1)
        late = self.make_client("Late")
        with freeze_time(self.moment(later)):
            self.run_all()
        said = self.Snapshot.search(
            [("company_id", "=", self.company.id), ("date", "=", later)]
        )
        self.assertEqual(set(said.partner_id.ids), set(self.clients.ids))
        self.force(said, score=7)
        self.make_old_tasks(late, 100)
        with freeze_time(self.moment(later + timedelta(days=3))):
            self.assertTrue(self.fill())
        self.assertIn(later, self.runs(state="done").mapped("as_of"))
        self.assertEqual(said.mapped("score"), [7] * 5)
        self.assertIn((late.id, later), self.snapshots(late))

    def test_a_month_end_that_no_night_saw_is_planned(self):
        self.fill()
        self.run_all()
        noon = self.moment(self.month_ends()[-1]) + timedelta(days=62)
        missed = (noon.replace(day=1) - timedelta(days=1)).date()
        with freeze_time(self.moment(missed + timedelta(days=3))):
            planned = self.Health._history(self.company).plan()
        self.assertEqual(planned.mapped("as_of")[-1], missed)

    # -- the nights ------------------------------------------------------------

    def test_a_month_end_night_remembers_every_client_another_one_what_changed(self):
        stable, moving = self.clients[0], self.clients[1]
        self.make_check("leads", "open_leads", 1)
        self.check.active = False
        self.run_all()
        last = self.month_ends()[-1] + timedelta(days=40)
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])

        def night(day, change):
            with freeze_time(self.moment(day)):
                if change:
                    lead = self.make_deal(moving)
                    self.force(lead, create_date=self.moment(self.ago(1)))
                run = self.run_all()
                self.assertEqual(run.as_of, day)
            return {client for client, date in self.snapshots() if date == day}

        before, after = last - timedelta(days=1), last + timedelta(days=1)
        self.assertEqual(night(before, True), {moving.id})
        self.assertEqual(night(last, False), set(self.clients.ids))
        with freeze_time(self.moment(last)):
            self.assertEqual(self.run_all().changed, 0, "said already")
        self.assertEqual(night(after, False), set())
        self.assertEqual(night(after + timedelta(days=1), True), {moving.id})
        found = self.snapshots(stable)
        self.assertEqual(found[stable.id, last], found[stable.id, self.today])

    # -- the scheduler and its button -------------------------------------------

    def trigger(self):
        """The scheduler, which a slow machine gives too little time for one call."""
        job = self.env.ref("client_health.ir_cron_history")
        with self.enter_registry_test_mode():
            for _call in range(30):
                if self.runs() != self.runs(state="done"):
                    job.method_direct_trigger()
        self.assertEqual(set(self.runs().mapped("state")), {"done"})

    def test_the_scheduler_fills_in_the_history_and_scores_anew(self):
        self.Health._history(self.company).plan()
        nightly = [("cron_id", "=", self.env.ref("client_health.ir_cron_refresh").id)]
        triggers = self.env["ir.cron.trigger"].search(nightly)
        self.trigger()
        self.assertEqual(len(self.snapshots()), 5 * 24)
        self.assertTrue(self.env["ir.cron.trigger"].search(nightly) - triggers)

    def test_a_scheduler_out_of_time_goes_on_at_the_next_call(self):
        self.Health._history(self.company).plan()
        cron = self.env.ref("client_health.ir_cron_history")
        with patch(f"{BATCHES}.BATCH", 2), self.out_of_time(), self.watched() as calls:
            done = (
                self.Health.with_context(cron_id=cron.id)._history(self.company).fill()
            )
        self.assertFalse(done)
        self.assertEqual(len(calls), 1)
        self.assertEqual((self.runs()[0].seen, self.runs()[0].state), (2, "running"))
        with patch(f"{BATCHES}.BATCH", 2), self.watched() as calls:
            self.trigger()
        self.assertEqual(calls[0][1], self.clients.sorted("id").ids[2:4])
        self.assertEqual(len(self.snapshots()), 5 * 24)

    def test_only_managers_have_the_history_filled_in(self):
        user = self.make_user("relation", "client_health.group_user")
        manager = self.make_user("boss", "client_health.group_manager")
        with self.assertRaises(AccessError) as refused:
            self.Run.with_user(user).action_fill_history()
        self.assertIn("managers", str(refused.exception).lower())
        self.assertFalse(self.runs())
        for method in ("_history_of", "_take_up", "_cron_history"):
            self.assertTrue(method.startswith("_"))
        action = self.Run.with_user(manager).action_fill_history()
        self.assertEqual(len(self.runs(state="waiting")), 24)
        self.assertIn("24", action["params"]["message"])
        cron = self.env.ref("client_health.ir_cron_history")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        action = self.Run.with_user(manager).action_fill_history()
        self.assertEqual(len(self.runs()), 24)
        self.assertIn("0", action["params"]["message"])
