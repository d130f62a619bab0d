"""The refresh: what it writes, what it leaves alone, how it carries on."""

from contextlib import contextmanager, suppress
from unittest.mock import patch

import psycopg2
from odoo import sql_db
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ...engine.night import Night
from ...facts.statement import statement
from ..common import HealthCase

BATCHES = "odoo.addons.client_health.engine.batches"


class RefreshCase(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # One check of our own over facts that CRM and Project always have.
        cls.env["client.health.check"].search([]).active = False
        cls.check = cls.make_check("stalled", "stalled_tasks / open_tasks", 1 / 8)

    @classmethod
    def make_check(cls, code, formula, step, **values):
        """A check whose only figure is good at 0, watch at one step, red at two."""
        indicator = {
            "code": f"{code}_figure",
            "name": f"Figure of {code}",
            "formula": formula,
            "good": 0,
            "watch": step,
            "red": 2 * step,
            "window_days": 30,
        }
        check = {"code": code, "name": code, "weight": 10, "floor_level": "at_risk"}
        return cls.env["client.health.check"].create(
            {**check, **values, "indicator_ids": [(0, 0, indicator)]}
        )

    @classmethod
    def make_tasks(cls, client, stalled, total=40, company=None):
        """Open tasks of which ``stalled`` did not move for two months."""
        project = cls.make_project(client, company=company)
        tasks = cls.env["project.task"].create(
            [{"name": str(n), "project_id": project.id} for n in range(total)]
        )
        cls.stall(tasks, stalled)
        return tasks

    @classmethod
    def stall(cls, tasks, stalled):
        old, new = cls.moment(cls.ago(60)), cls.moment(cls.ago(2))
        cls.force(tasks, create_date=old, date_last_stage_update=new)
        if stalled:
            cls.force(tasks[:stalled], date_last_stage_update=old)

    def run_all(self, company=None):
        return self.Health._night(company or self.company).run()

    @contextmanager
    def failing(self, *clients, error=None):
        """Scoring that breaks for some clients."""
        original = Night.score

        def score(night, ids, *args):
            if set(ids) & {client.id for client in clients}:
                raise error or ValueError("no such thing")
            return original(night, ids, *args)

        with patch.object(Night, "score", score):
            yield


class TestRefresh(RefreshCase):
    def test_a_client_has_one_health_per_company(self):
        client = self.make_client()
        other = self.make_company("There", "Pacific/Auckland")
        self.make_tasks(client, 0, 8)
        self.make_tasks(client, 8, 8, company=other)
        for _time in range(2):
            self.refresh(client)
            self.refresh(client, other)
        healths = self.Health.search([("partner_id", "=", client.id)])
        self.assertEqual(healths.company_id, self.company + other)
        self.assertEqual(len(healths), 2)
        scores = {health.company_id: health.score for health in healths}
        self.assertEqual(scores, {self.company: 100, other: 0})

    def test_a_refresh_of_a_contact_is_one_of_its_client(self):
        client = self.make_client()
        self.make_tasks(client, 0, 8)
        health = self.refresh(self.make_contact(client))
        self.assertEqual(health.partner_id, client)

    def test_a_partner_who_is_no_client_gets_no_health(self):
        stranger = self.make_client("Stranger")
        self.assertFalse(self.refresh(stranger))
        self.assertFalse(stranger.health_id)

    def test_score_level_and_facts_follow_the_records(self):
        client = self.make_client()
        tasks = self.make_tasks(client, 2)  # 5 %: penalty 0.2
        health = self.refresh(client)
        self.assertEqual(
            (health.score, health.level, health.coverage), (80, "healthy", 100)
        )
        self.assertEqual(health.facts["open_tasks"], 40)
        self.assertEqual(health.facts["stalled_tasks_30"], 2)
        self.assertEqual(health.level_rule, "score")
        self.stall(tasks, 12)  # 30 %: red, and its floor speaks
        self.refresh(client)
        self.assertEqual((health.score, health.level), (0, "critical"))

    def test_a_red_check_caps_the_level_at_its_floor(self):
        client = self.make_client()
        self.make_tasks(client, 40)
        self.make_check("leads", "open_leads", 1, weight=90)
        health = self.refresh(client)
        self.assertEqual(
            (health.score, health.uncapped_score, health.level, health.level_rule),
            (64, 90, "at_risk", "floor"),
        )
        self.assertEqual(health.level_check, "stalled")
        self.assertIn("stalled", health.level_reason)
        badge = {"level": "at_risk", "score": 64, "trend": 0, "by": "flag"}
        self.assertEqual(health.badge, badge)
        self.assertEqual(client.health_badge, badge)
        self.stall(client.project_ids.task_ids, 0)
        self.refresh(client)
        self.env.invalidate_all()
        self.assertEqual(health.level, "healthy")
        badge = {"level": "healthy", "score": 100, "trend": 0, "by": None}
        self.assertEqual(health.badge, badge)

    def test_a_client_without_measurable_data_is_unknown(self):
        client = self.make_client()
        self.make_project(client)
        health = self.refresh(client)
        self.env.cr.execute(
            SQL("SELECT score FROM client_health WHERE id = %s", health.id)
        )
        self.assertEqual(self.env.cr.fetchone(), (None,))
        self.assertEqual((health.level, health.coverage), ("unknown", 0))
        self.assertFalse(health.flag_ids)
        self.assertEqual(health.level_reason, "Nothing could be measured yet.")

    def test_the_facts_of_a_missing_app_are_absent_not_zero(self):
        client = self.make_client()
        self.make_tasks(client, 0, 8)
        self.make_check("debt", "overdue", 1)
        source = type(self.env["client.health.facts.receivables"])
        with patch.object(source, "_available", lambda self: False):
            health = self.refresh(client)
            self.assertLessEqual({"open_tasks", "stalled_tasks_30"}, set(health.facts))
            self.assertNotIn("overdue", health.facts)
            self.assertEqual((health.score, health.coverage), (100, 50))
            indicators = health.explain()["checks"][1]["indicators"]
            self.assertIsNone(indicators[0]["penalty"])
            self.assertIn("not installed", indicators[0]["reason"])

    def test_who_lacked_evidence_needs_some_more_to_be_known_again(self):
        client = self.make_client()
        self.make_tasks(client, 0, 8)
        self.make_check("debt", "overdue", 1)
        source = type(self.env["client.health.facts.receivables"])
        with patch.object(source, "_available", lambda self: False):
            for at_least, level in (
                (48, "healthy"), (51, "unknown"), (48, "unknown"), (45, "healthy"),
            ):  # fmt: skip
                self.company.client_health_min_coverage = at_least
                health = self.refresh(client)
                self.assertEqual((health.level, health.coverage), (level, 50), at_least)
                told = health.explain()
                self.assertEqual(told["level"], level)
                changes = health.what_changed(self.today, self.today)
                self.assertEqual(changes["to"]["level"], level)

    def test_a_zero_that_is_known_is_a_fact(self):
        self.app("account.move")
        client = self.make_client()
        self.make_tasks(client, 0, 8)
        self.make_check("debt", "overdue", 1)
        health = self.refresh(client)
        self.assertEqual(health.facts["overdue"], 0)
        self.assertEqual(health.coverage, 100)

    def test_companies_never_see_each_others_figures(self):
        client = self.make_client()
        other = self.make_company("There", "Pacific/Auckland")
        self.make_tasks(client, 8, 8)
        self.make_tasks(client, 0, 16, company=other)
        here, there = self.refresh(client), self.refresh(client, other)
        self.assertEqual(here.facts["open_tasks"], 8)
        self.assertEqual(there.facts["open_tasks"], 16)
        self.assertEqual(here.flag_ids.company_id, self.company)
        self.assertFalse(there.flag_ids)

    # -- nothing is written that did not change --------------------------------

    def test_a_second_refresh_writes_nothing(self):
        clients = self.make_client("One") + self.make_client("Two")
        self.make_tasks(clients[0], 10)
        self.make_tasks(clients[1], 0)
        self.refresh(clients)
        self.run_all()
        tables = ("client_health", "client_health_flag", "client_health_snapshot")
        before = [self.row_versions(table) for table in tables]
        self.assertTrue(all(before))
        # A write of the same transaction shows in the place of the row.
        self.refresh(clients)
        self.run_all()
        self.assertEqual([self.row_versions(table) for table in tables], before)

    def test_only_the_client_whose_figures_changed_is_written(self):
        clients = self.make_client("One") + self.make_client("Two")
        tasks = self.make_tasks(clients[0], 2)
        self.make_tasks(clients[1], 2)
        healths = self.refresh(clients)
        before = self.row_versions("client_health")
        self.stall(tasks, 3)
        self.refresh(clients)
        after = self.row_versions("client_health")
        changed = {row for row in after if after[row] != before.get(row)}
        mine = healths.filtered(lambda health: health.partner_id == clients[0])
        self.assertEqual(changed, set(mine.ids))

    def test_a_contact_is_written_once_when_it_becomes_a_client(self):
        client = self.make_client()
        tasks = self.make_tasks(client, 0)
        before = self.row_versions("res_partner")
        born = self.refresh(client)
        self.assertEqual(client.health_id, born)
        after = self.row_versions("res_partner")
        changed = {id_ for id_, version in after.items() if before[id_] != version}
        self.assertEqual(changed, set(client.ids))
        self.stall(tasks, 30)
        before = self.row_versions("res_partner")
        self.refresh(client)
        self.assertEqual(born.score, 0)
        self.assertEqual(self.row_versions("res_partner"), before)

    def test_a_past_day_writes_history_and_leaves_the_present_alone(self):
        client = self.make_client()
        tasks = self.make_tasks(client, 0, 8)
        self.force(tasks, create_date=self.moment(self.ago(100)))
        self.force(tasks.project_id, create_date=self.moment(self.ago(100)))
        self.refresh(client)
        before = self.row_versions("client_health")
        self.refresh(client, as_of=self.ago(50))
        self.assertEqual(self.row_versions("client_health"), before)
        snapshots = client.health_id.snapshot_ids
        self.assertEqual(set(snapshots.mapped("date")), {self.today, self.ago(50)})

    def test_the_number_of_queries_does_not_grow_with_the_clients(self):
        def queries(clients):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Health._night(self.company).score(clients.ids)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = (
            self.env["res.partner"].create(
                [{"name": f"{size} {n}", "is_company": True} for n in range(size)]
            )
            for size in (10, 200)
        )
        for client in few + many:
            self.make_deal(client)
        self.make_check("leads", "open_leads", 1)
        self.Health._night(self.company).clients.create_missing((few + many).ids)
        warm = self.make_client("Warm")
        self.make_deal(warm)
        self.refresh(warm)
        queries(warm)
        spent = queries(few)
        self.assertGreater(spent, 5)
        self.assertEqual(queries(many), spent)
        self.assertEqual(
            self.Health.search_count(
                [("partner_id", "in", (few + many).ids), ("flag_count", "=", 1)]
            ),
            210,
        )

    # -- partners --------------------------------------------------------------

    def test_a_contact_shows_the_health_of_its_client(self):
        client = self.make_client()
        contact = self.make_contact(client)
        self.make_tasks(client, 40)
        health = self.refresh(client)
        for partner in client + contact:
            self.assertEqual(partner.health_id, health)
            self.assertEqual(partner.health_score, 0)
            self.assertEqual(partner.health_level, "critical")
            self.assertEqual(partner.red_flag_count, 1)
            self.assertEqual(partner.health_phase, "active")

    def test_partners_sort_search_and_group_by_health_of_this_company(self):
        bad, good, fair = (self.make_client(name) for name in ("Bad", "Good", "Fair"))
        other = self.make_company("There", "Pacific/Auckland")
        for client, stalled in ((bad, 40), (good, 0), (fair, 2)):
            self.make_tasks(client, stalled)
            self.make_tasks(client, 40 - stalled, company=other)
        clients = bad + good + fair
        contact = self.make_contact(bad)
        self.refresh(clients)
        self.refresh(clients, other)
        Partner = self.env["res.partner"]
        mine = [("id", "in", (clients + contact).ids)]
        self.assertEqual(
            Partner.search([("id", "in", clients.ids)], order="health_score"),
            bad + fair + good,
        )
        there = Partner.with_context(allowed_company_ids=other.ids)
        self.assertEqual(
            there.search([("id", "in", clients.ids)], order="health_score, id").ids,
            (good + fair + bad).ids,
        )
        self.assertEqual(
            Partner.search([*mine, ("health_level", "=", "critical")]), bad + contact
        )
        self.assertEqual(
            Partner.search([*mine, ("health_score", ">=", 80)]), fair + good
        )
        groups = Partner._read_group(mine, ["health_level"], ["__count"])
        self.assertEqual(dict(groups), {"critical": 2, "healthy": 2})

    def test_a_duplicate_of_a_partner_has_no_health_of_its_own(self):
        client = self.make_client()
        self.make_tasks(client, 0, 8)
        self.refresh(client)
        self.assertFalse(client.copy().health_id)

    # -- flags -----------------------------------------------------------------

    def test_a_flag_is_raised_once_changes_and_clears(self):
        client = self.make_client()
        tasks = self.make_tasks(client, 6)  # 15 %: penalty 0.6
        health = self.refresh(client)
        flag = health.flag_ids
        self.assertEqual(
            (flag.check_id, flag.level, flag.side, flag.state, flag.points),
            (self.check, "watch", "client", "open", 60),
        )
        self.assertEqual(flag.driver_id, self.check.indicator_ids)
        self.assertEqual((flag.raised_on, flag.value), (self.today, 0.15))
        self.stall(tasks, 20)
        self.refresh(client)
        self.refresh(client)
        self.assertEqual(health.flag_ids, flag)
        self.assertEqual((flag.level, flag.points, flag.value), ("red", 100, 0.5))
        self.assertEqual((health.flag_count, health.red_flag_count), (1, 1))
        self.stall(tasks, 0)
        self.refresh(client)
        self.assertEqual((flag.state, flag.cleared_on), ("cleared", self.today))
        self.assertEqual((health.flag_count, health.red_flag_count), (0, 0))
        self.stall(tasks, 20)
        self.refresh(client)
        self.assertEqual(len(health.flag_ids), 2)
        self.assertEqual(flag.state, "cleared")

    def stalling(self, say, *stalled):
        """What ``say`` gives of a client's health, with more and fewer tasks of its
        forty stalled: each is a tenth of a penalty."""
        client = self.make_client()
        tasks = self.make_tasks(client, 0)
        health = self.refresh(client)
        said = []
        for number in stalled:
            self.stall(tasks, number)
            self.refresh(client)
            said.append(say(health))
        return said

    def test_an_open_flag_holds_on_until_things_are_clearly_better(self):
        def level(health):
            return health.flag_ids.filtered(lambda f: f.state != "cleared").level

        self.assertEqual(
            self.stalling(level, 4, 5, 4, 3, 4, 10, 9, 8, 9, 4, 3),
            [
                False, "watch", "watch", False, False,
                "red", "red", "watch", "watch", "watch", False,
            ],
        )  # fmt: skip

    def test_a_flag_that_holds_on_says_so(self):
        def said(health):
            [check] = [c for c in health.explain()["checks"] if c["level"] != "grey"]
            return check["level"], check["held"] and check["held"].split(".")[0]

        red = "Its figure is no longer beyond the red limit"
        watch = "Its figure is no longer beyond the limit"
        self.assertEqual(
            self.stalling(said, 10, 9, 5, 4),
            [("red", False), ("red", red), ("watch", False), ("watch", watch)],
        )

    def test_an_acknowledged_flag_stays_until_its_cause_is_gone(self):
        client = self.make_client()
        tasks = self.make_tasks(client, 6)
        flag = self.refresh(client).flag_ids
        flag.action_acknowledge()
        self.stall(tasks, 7)
        self.refresh(client)
        self.assertEqual((flag.state, flag.points), ("acknowledged", 70))
        self.stall(tasks, 0)
        self.refresh(client)
        self.assertEqual(flag.state, "cleared")

    def test_what_we_do_late_is_flagged_as_ours_and_costs_no_points(self):
        client = self.make_client()
        self.make_tasks(client, 20)
        self.check.indicator_ids.side = "ours"
        self.make_check("leads", "open_leads", 1)
        health = self.refresh(client)
        self.assertEqual(health.score, 100)
        self.assertEqual(
            (health.flag_ids.side, health.flag_ids.level, health.flag_ids.points),
            ("ours", "red", 0),
        )
        self.assertEqual(health.flag_summary, "stalled (ours)")
        self.assertEqual(health.red_flag_count, 0)

    def test_the_flags_of_a_check_that_is_switched_off_clear(self):
        client = self.make_client()
        self.make_tasks(client, 20)
        health = self.refresh(client)
        self.check.active = False
        self.refresh(client)
        self.assertEqual(health.flag_ids.state, "cleared")
        self.assertEqual(health.level, "unknown")


class TestRun(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(5)]
        )
        for client in cls.clients:
            cls.make_tasks(client, 2)

    def scored(self):
        healths = self.Health.search([("partner_id", "in", self.clients.ids)])
        return healths.filtered("computed_on").partner_id

    def test_a_run_scores_every_client_and_says_so(self):
        run = self.run_all()
        self.assertEqual(self.scored(), self.clients)
        self.assertEqual(run.state, "done")
        self.assertEqual((run.seen, run.changed, run.failed), (run.total, run.total, 0))
        self.assertEqual(run.as_of, self.today)
        again = self.run_all()
        self.assertNotEqual(again, run)
        self.assertEqual((again.seen, again.changed), (run.total, 0))

    def test_one_client_that_fails_does_not_stop_the_others(self):
        bad = self.clients[2]
        with self.failing(bad), self.assertLogs(BATCHES, "ERROR") as logs:
            run = self.run_all()
        self.assertEqual(self.scored(), self.clients - bad)
        self.assertEqual((run.failed, run.seen), (1, run.total - 1))
        self.assertIn(bad.name, run.error)
        self.assertIn("no such thing", run.error)
        self.assertNotIn(self.clients[1].name, run.error)
        self.assertEqual(run.state, "done")
        self.assertEqual(len(logs.records), 1)

    @mute_logger("odoo.sql_db")
    def test_a_database_error_of_one_client_does_not_stop_the_others(self):
        bad = self.clients[0]
        original = statement

        def read(facts, keys, scope, *args):
            sql, *keys = original(facts, keys, scope, *args)
            if bad.id in scope.clients:
                sql = SQL("SELECT 1 / 0 AS client_id, '' AS numbers")
            return sql, *keys

        broken = patch("odoo.addons.client_health.engine.reader.statement", read)
        with broken, self.assertLogs(BATCHES, "ERROR"):
            run = self.run_all()
        self.assertEqual(self.scored(), self.clients - bad)
        self.assertIn(bad.name, run.error)

    def test_an_interrupted_run_goes_on_where_it_stopped(self):
        conflict = psycopg2.errors.SerializationFailure("somebody else wrote")
        ordered = self.clients.sorted("id")
        with patch(f"{BATCHES}.BATCH", 2), self.failing(ordered[3], error=conflict):
            # assertRaises would undo what was done before
            with suppress(psycopg2.errors.SerializationFailure):
                self.run_all()
        run = self.env["client.health.run"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(run.state, "running")
        first = self.scored()
        self.assertTrue(first)
        self.assertNotIn(ordered[3], first)
        seen = []
        original = Night.score

        def score(night, ids, *args):
            seen.extend(ids)
            return original(night, ids, *args)

        with patch.object(Night, "score", score):
            resumed = self.run_all()
        self.assertEqual(resumed, run)
        self.assertEqual((run.state, run.seen), ("done", run.total))
        self.assertFalse(set(seen) & set(first.ids))
        self.assertEqual(self.scored(), self.clients)

    def test_an_interrupted_run_of_another_day_is_closed(self):
        old = self.env["client.health.run"].create(
            {
                "company_id": self.company.id,
                "as_of": self.ago(1),
                "date_start": self.moment(self.ago(1)),
                "cursor": max(self.clients.ids),
            }
        )
        run = self.run_all()
        self.assertEqual(old.state, "failed")
        self.assertTrue(old.error)
        self.assertEqual(run.seen, run.total)
        self.assertEqual(self.scored(), self.clients)

    @contextmanager
    def another_connection(self):
        """The runs as a second server process sees them."""
        with sql_db.db_connect(self.env.cr.dbname).cursor() as cr:
            yield self.env(cr=cr)["client.health.run"]

    def test_a_second_run_at_once_is_refused_and_says_why(self):
        with self.another_connection() as theirs:
            self.assertTrue(theirs._lock(self.company, "night"))
            with self.assertRaises(UserError) as refused:
                self.run_all()
            theirs._unlock(self.company, "night")
        self.assertIn(self.company.name, str(refused.exception))
        self.assertFalse(self.scored())
        self.assertEqual(self.run_all().state, "done")

    def test_a_run_that_failed_leaves_no_lock_behind(self):
        conflict = psycopg2.errors.SerializationFailure("somebody else wrote")
        with (
            self.failing(self.clients[0], error=conflict),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            self.run_all()
        with self.another_connection() as theirs:
            self.assertTrue(theirs._lock(self.company, "night"))
            theirs._unlock(self.company, "night")

    def test_the_scheduler_scores_every_company(self):
        other = self.make_company("There", "Pacific/Auckland")
        self.make_tasks(self.clients[0], 0, 8, company=other)
        with self.enter_registry_test_mode():
            self.env.ref("client_health.ir_cron_refresh").method_direct_trigger()
        self.assertEqual(self.scored(), self.clients)
        runs = self.env["client.health.run"].search(
            [("company_id", "in", (self.company + other).ids)]
        )
        self.assertEqual(runs.company_id, self.company + other)
        self.assertEqual(set(runs.mapped("state")), {"done"})
