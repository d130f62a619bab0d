"""The clients screen, the worklist, the set-up, and what limits say in words."""

from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .test_history import HistoryCase

LEVELS = ["critical", "at_risk", "watch", "healthy"]


@tagged("post_install", "-at_install")
class TestBoard(HistoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the eight checks as they are delivered, not the one of these cases
        checks = cls.env["client.health.check"].with_context(active_test=False)
        checks.search([("id", "!=", cls.check.id)]).active = True
        cls.check.active = False
        cls.clients = cls.env["res.partner"]
        for number in range(3):
            client = cls.make_client(f"Boat {number}")
            cls.make_old_tasks(client, 200, 200, 200)
            cls.clients |= client
        cls.manager = cls.make_user("keeper", "client_health.group_manager")
        cls.seller = cls.make_user("seller", "client_health.group_user")
        cls.healths = cls.refresh(cls.clients)

    def by(self, user, records):
        return records.with_user(user).with_context(
            allowed_company_ids=self.company.ids
        )

    def mine(self):
        return [("company_id", "=", self.company.id)]

    def columns(self, domain):
        groups = self.by(self.seller, self.Health).with_context(read_group_expand=True)
        found = groups.formatted_read_group(domain, ["level"], ["__count"])
        return {group["level"]: group["__count"] for group in found}

    # -- columns and panel -----------------------------------------------------

    def test_all_four_levels_are_columns_and_unknown_only_with_clients(self):
        one, two, three = self.healths
        self.force(one, level="watch", level_rank=2)
        self.force(two, level="watch", level_rank=2)
        self.force(three, level="critical", level_rank=0)
        columns = self.columns(self.mine())
        self.assertEqual(list(columns), LEVELS)
        self.assertEqual(list(columns.values()), [1, 0, 2, 0])
        self.force(three, level="unknown", level_rank=4)
        self.assertEqual(list(self.columns(self.mine())), [*LEVELS, "unknown"])

    def test_groups_and_lists_are_sorted_by_severity_and_not_by_the_alphabet(self):
        for rank, level in enumerate(LEVELS[1:], 1):
            self.force(self.healths[-rank], level=level, level_rank=rank)
        worst_first = LEVELS[1:]
        today = [("date", "=", self.today)]
        for model, since in (("client.health", []), ("client.health.month", today)):
            records = self.by(self.seller, self.env[model])
            records = records.with_context(read_group_expand=True)
            mine = [*self.mine(), *since]
            for order, expected in (
                ("", worst_first),
                ("level DESC", worst_first[::-1]),
            ):
                with self.subTest(model=model, order=order):
                    groups = records.formatted_read_group(
                        mine, ["level"], ["__count"], order=order
                    )
                    found = [g["level"] for g in groups if g["__count"]]
                    self.assertEqual(found, expected)
            order = records._order.removeprefix("date desc, ")
            found = records.search(mine, order=order)
            self.assertEqual(found.mapped("level"), worst_first)

    def test_the_direction_follows_the_trend_however_it_is_written(self):
        one, two, three = self.healths
        self.assertEqual(set(self.healths.mapped("direction")), {"steady"})
        for health, trend in ((one, -4), (two, 0), (three, 7)):
            health.trend = trend
        self.assertEqual(
            self.healths.mapped("direction"), ["falling", "steady", "rising"]
        )
        # a run that finds less than 30 days ago writes it in bulk
        client = self.make_client("Late starter")
        project = self.make_project(client, day=self.ago(400))
        for _number in range(3):
            self.make_task(project, day=self.ago(60))
        self.refresh(client, as_of=self.ago(31))
        health = self.refresh(client)
        self.assertLess(health.trend, 0)
        self.assertEqual(health.direction, "falling")

    def test_the_panel_counts_clients_by_open_flag_in_one_query(self):
        one, two, _three = self.healths
        progress = self.env.ref("client_health.check_progress")
        abuse = self.env.ref("client_health.check_abuse")
        two.flag_ids.filtered(lambda f: f.check_id == progress).state = "cleared"
        health = self.by(self.seller, self.Health)
        counts = {
            value["id"]: value["__count"]
            for value in health.search_panel_select_multi_range(
                "flagged_check_ids", enable_counters=True, search_domain=self.mine()
            )["values"]
        }
        self.assertEqual((counts[progress.id], counts[abuse.id]), (2, 0))
        found = health.search([*self.mine(), ("flagged_check_ids", "in", progress.ids)])
        self.assertEqual(found, self.healths - two)
        found = health.search([*self.mine(), ("flagged_check_ids", "=", False)])
        self.assertEqual(found, two)
        found = health.search(
            [*self.mine(), ("flagged_check_ids", "not in", progress.ids)]
        )
        self.assertEqual(found, two)
        self.assertEqual(one.flagged_check_ids, progress)

    def test_flags_are_acknowledged_from_the_card(self):
        one, two, _three = self.healths
        self.by(self.seller, one).action_acknowledge_flags()
        self.assertEqual(set(one.flag_ids.mapped("state")), {"acknowledged"})
        self.assertEqual(one.flag_ids.user_id, self.seller)
        self.assertEqual(set(two.flag_ids.mapped("state")), {"open"})

    def test_a_night_leaves_a_client_who_left_as_it_was(self):
        self.healths[0].phase = "ended"
        self.healths.write({"score": 1, "config_version": "older"})
        run = self.Health._night(self.company).run()
        self.assertEqual((run.total, run.seen), (2, 2))
        self.assertEqual(self.healths[0].score, 1)
        self.assertNotIn(1, self.healths[1:].mapped("score"))

    # -- history by month ------------------------------------------------------

    def test_history_counts_every_client_once_a_month(self):
        self.env.cr.execute(
            "DELETE FROM client_health_snapshot WHERE company_id = %s",
            [self.company.id],
        )
        one, two, three = self.healths
        last, before = self.month_ends(2)[::-1]
        made = [
            (one, before, 90, "healthy"),
            (one, last - timedelta(days=3), 10, "critical"),
            (one, last, 70, "watch"),
            (two, last, 50, "at_risk"),
        ]
        for health, day, score, level in made:
            self.Snapshot.create(
                {"health_id": health.id, "date": day, "score": score, "level": level}
            )
        self.force(three, phase="ended")
        months = self.by(self.seller, self.env["client.health.month"])
        found = months._read_group(
            self.mine(), ["date:day"], ["__count", "score:avg"], order="date:day"
        )
        now = (one.score + two.score) / 2
        self.assertEqual(
            [(day, count, round(score, 6)) for day, count, score in found],
            [(before, 1, 90), (last, 2, 60), (self.today, 2, round(now, 6))],
        )

    def test_history_follows_company_and_group(self):
        other = self.make_company("There")
        stranger = self.make_user("far", "client_health.group_user", company=other)
        nobody = self.make_user("nobody", "base.group_user")
        months = self.env["client.health.month"]
        found = months.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(found.search([("partner_id", "in", self.clients.ids)]))
        with self.assertRaises(AccessError):
            self.by(nobody, months).search([])

    # -- limits in words -------------------------------------------------------

    def test_clients_beyond_each_limit_are_counted_from_their_facts(self):
        indicator = self.env.ref("client_health.indicator_stalled_tasks")
        # good 0.2, watch 0.5, red 0.8 of at least three open tasks
        shares = [(10, 10), (10, 8), (10, 7), (10, 5), (10, 4), (2, 2)]
        clients = self.clients
        for number in range(len(shares) - len(clients)):
            client = self.make_client(f"More {number}")
            self.make_old_tasks(client, 5)
            clients |= client
        healths = self.refresh(clients)
        for health, (tasks, stalled) in zip(healths, shares, strict=True):
            facts = {"due_tasks": tasks, "stalled_tasks_30": stalled}
            health.write(self.kept(facts))
            self.assertEqual(health.facts, facts)
        indicator = self.by(self.manager, indicator)
        # independent of the scoring: 10/10 and 8/10 red, 7/10 and 5/10 at watch
        self.assertEqual(
            (indicator.measured_count, indicator.watch_count, indicator.red_count),
            (5, 2, 2),
        )
        self.assertIn("20\u00a0%", indicator.explanation)
        self.assertIn("2 with a warning and 2 red", indicator.counted_words)
        for beyond, expected in (
            ("red", healths[:2]),
            ("watch", healths[2:4]),
            (False, healths[:4]),
        ):
            action = indicator.with_context(beyond=beyond).action_show_clients()
            found = self.Health.search([*self.mine(), *action["domain"]])
            self.assertEqual(found.sorted("id"), expected.sorted("id"))

    def test_all_limits_are_counted_in_one_go(self):
        indicators = self.by(self.manager, self.env["client.health.indicator"])
        indicators = indicators.search([])
        self.env.flush_all()
        self.env.registry.clear_cache()
        self.env["client.health.config"]._current(self.company)
        indicators.mapped("name")
        before = self.cr.sql_log_count
        indicators.mapped("red_count")
        self.assertLess(self.cr.sql_log_count - before, 8)
        self.env.invalidate_all()
        indicators.mapped("name")
        with self.assertQueryCount(2):
            indicators.mapped("red_count")

    def test_counts_of_limits_are_for_managers(self):
        indicator = self.by(self.seller, self.env.ref("client_health.indicator_margin"))
        with self.assertRaises(AccessError):
            indicator.read(["red_count"])
        with self.assertRaises(AccessError):
            indicator.action_show_clients()

    def test_a_check_says_its_share_and_how_many_it_stands_out_for(self):
        checks = self.by(self.manager, self.env["client.health.check"]).search([])
        total = sum(checks.mapped("weight"))
        self.assertAlmostEqual(sum(checks.mapped("weight_share")), 1)
        progress = checks.filtered(lambda check: check.code == "progress")
        self.assertAlmostEqual(progress.weight_share, progress.weight / total)
        self.assertEqual((progress.red_count, progress.watch_count), (3, 0))
        indicator = self.by(
            self.manager, self.env.ref("client_health.indicator_stalled_tasks")
        )
        self.assertEqual(indicator.measured_count, 3)
        # who left is stood out for by nothing
        self.healths[0].phase = "ended"
        self.env.invalidate_all()
        self.assertEqual((progress.red_count, progress.watch_count), (2, 0))
        self.assertEqual(indicator.measured_count, 2)
        progress.sudo().active = False
        self.assertEqual(progress.weight_share, 0)

    # -- the first run ---------------------------------------------------------

    def progress(self, user=None):
        return self.by(user or self.manager, self.Run).get_progress()

    def test_the_set_up_shows_what_is_there_and_keeps_the_answers(self):
        self.assertFalse(self.progress()["is_set_up"])
        with Form(self.by(self.manager, self.env["client.health.setup"])) as form:
            self.assertEqual(form.client_count, 3)
            self.assertIn("Tasks", form.found)
            form.required_rate = 88
            form.client_hours = 12
        form.record.action_start()
        company = self.company
        self.assertEqual(company.client_health_required_rate, 88)
        self.assertEqual(company.client_health_client_hours, 12)
        state = self.progress()
        self.assertTrue(state["is_set_up"] and state["running"])
        self.assertEqual(state["percent"], 0)

    def test_progress_follows_the_work_until_it_is_done(self):
        self.Run._start(self.company)
        self.Run._start(self.company)  # a second click asks for nothing more
        waiting = self.Run.search([*self.mine(), ("kind", "=", "night")])
        self.assertEqual(waiting.mapped("state"), ["waiting"])
        self.assertEqual(len(self.runs(state="waiting")), 24)
        self.runs().sorted("as_of")[:12].write({"state": "done"})
        state = self.progress()
        self.assertEqual((state["running"], state["percent"]), (True, 25))
        self.assertIn("12 of 24", state["text"])
        run = self.Health._night(self.company).run()
        self.assertEqual((run, run.state, run.seen), (waiting, "done", 3))
        self.assertEqual(self.progress()["percent"], 50)
        self.runs().write({"state": "done"})
        state = self.progress()
        self.assertEqual(
            (state["running"], state["percent"], state["text"], state["clients"]),
            (False, 100, "", 3),
        )

    def test_flags_say_since_when_once_the_history_is_there(self):
        self.assertEqual(set(self.healths.flag_ids.mapped("raised_on")), {self.today})
        self.Run._start(self.company)
        self.assertTrue(self.Health._history(self.company).fill())
        # the tasks never moved in 200 days: stalled from the first month-end at
        # which that had lasted for 30 days
        first = next(day for day in self.month_ends() if day >= self.ago(169))
        since = (
            self.healths[0]
            .flag_ids.filtered(lambda flag: flag.check_id.code == "progress")
            .raised_on
        )
        self.assertLessEqual(since, first)
        self.assertGreaterEqual(since, self.ago(170))

    def test_bad_answers_are_refused_and_nothing_is_begun(self):
        setup = self.by(self.manager, self.env["client.health.setup"])
        setup = setup.create({"our_hours": 0})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            setup.action_start()
        self.company.invalidate_recordset()
        self.assertFalse(self.company.client_health_setup_on)
        self.assertFalse(self.Run.search([*self.mine(), ("state", "=", "waiting")]))

    def test_only_managers_set_up(self):
        self.assertEqual(self.progress(self.seller), {})
        with self.assertRaises(AccessError):
            self.by(self.seller, self.env["client.health.setup"]).create({})
        with self.assertRaises(AccessError):
            self.by(self.seller, self.Run).action_skip_setup()
        self.by(self.manager, self.Run).action_skip_setup()
        self.assertTrue(self.progress()["is_set_up"])
        self.assertFalse(self.progress()["running"])

    def test_an_empty_company_says_to_each_what_to_do(self):
        empty = self.make_company("Empty")
        users = {
            "client_health.group_manager": "Set it up",
            "client_health.group_user": "A manager of Client Health has to",
        }
        for number, (group, words) in enumerate(users.items()):
            user = self.make_user(f"empty{number}", group, company=empty)
            health = self.Health.with_user(user).with_context(
                allowed_company_ids=empty.ids
            )
            self.assertIn(words, health.get_empty_list_help("filtered"))
        full = self.by(self.seller, self.Health)
        self.assertEqual(full.get_empty_list_help("filtered"), "filtered")

    def test_the_favourites_find_what_they_say(self):
        one, two, three = self.healths
        self.clients[0].user_id = self.seller
        self.force(one, level="critical", trend=0, coverage=80)
        self.force(two, level="at_risk", trend=-2, coverage=80)
        self.force(three, level="watch", trend=3, coverage=10)
        health = self.by(self.seller, self.Health)
        expected = {
            "my_clients_at_risk": one,
            "lost_points": two,
            "little_data": three,
            "nobody_looks_after": two,
        }
        for name, found in expected.items():
            favourite = self.env.ref(f"client_health.ir_filters_{name}")
            domain = safe_eval(favourite.domain, {"uid": self.seller.id})
            self.assertEqual(health.search(self.mine() + domain), found, name)
