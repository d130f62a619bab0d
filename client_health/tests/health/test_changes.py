"""What changed between two days, and whether data or settings did it."""

import random

from odoo.exceptions import AccessError, UserError

from ...scoring.changes import changes
from ...scoring.score import assess, build_check
from .test_refresh import RefreshCase

FACTS = {name: False for name in "abcdefgh"}


class TestSharesOfChange(RefreshCase):
    """The pure part: three assessments, without any record."""

    def checks(self, rng, codes):
        """Checks of our own with random weights, limits and figures."""
        return [
            build_check(
                {
                    "code": code,
                    "weight": rng.choice([0, 5, 10, 15, 33.3]),
                    "floor_level": rng.choice([None, "watch", "critical"]),
                    "indicators": [
                        {
                            "code": f"{code}_{fact}",
                            "formula": fact,
                            "window": 30,
                            "good": low,
                            "watch": low + rng.uniform(0.1, 3),
                            "red": low + rng.uniform(3.1, 9),
                        }
                        for fact in rng.sample(sorted(FACTS), rng.randint(1, 3))
                        for low in [rng.uniform(-2, 2)]
                    ],
                },
                FACTS,
            )
            for code in codes
        ]

    def facts(self, rng):
        """Some of the facts; a fact that is left out is absent."""
        known = [name for name in FACTS if rng.random() < 0.7]
        return {name: rng.uniform(-3, 12) for name in known}

    def test_the_shares_of_the_checks_add_up_exactly(self):
        rng = random.Random(20260131)
        scored = 0
        for _time in range(500):
            first = self.checks(rng, rng.sample("PQRSTU", rng.randint(1, 6)))
            second = self.checks(rng, rng.sample("PQRSTU", rng.randint(1, 6)))
            old, new = self.facts(rng), self.facts(rng)
            before, between, after = (
                assess(first, old), assess(second, old), assess(second, new)
            )  # fmt: skip
            found = changes(before, between, after)
            rows = found["checks"]
            self.assertEqual(
                {row["code"] for row in rows},
                {check.code for check in first} | {check.code for check in second},
            )
            for row in rows:
                self.assertEqual(row["change"], row["data"] + row["settings"])
                self.assertEqual(
                    row["change"], row["old"]["points"] - row["new"]["points"]
                )
            sizes = [abs(row["change"]) for row in rows]
            self.assertEqual(sizes, sorted(sizes, reverse=True))
            if before.score is None or after.score is None:
                self.assertIsNone(found["change"])
                continue
            scored += 1
            self.assertEqual(found["change"], after.score - before.score)
            cap = found["cap"] or {"change": 0, "settings": 0}
            total = sum(row["change"] for row in rows) + cap["change"]
            self.assertEqual(found["change"], total)
            if between.score is not None and found["cap"]:
                total = sum(row["settings"] for row in rows) + cap["settings"]
                self.assertEqual(total, between.score - before.score)
        self.assertGreater(scored, 250)

    def test_the_same_settings_change_nothing_by_themselves(self):
        rng = random.Random(3)
        for _time in range(100):
            checks = self.checks(rng, "PQR")
            old, new = self.facts(rng), self.facts(rng)
            for row in changes(
                assess(checks, old), assess(checks, old), assess(checks, new)
            )["checks"]:
                self.assertEqual(row["settings"], 0)
                self.assertEqual(row["data"], row["change"])

    def test_the_same_figures_change_nothing_by_themselves(self):
        rng = random.Random(4)
        for _time in range(100):
            first, second = self.checks(rng, "PQR"), self.checks(rng, "QRS")
            facts = self.facts(rng)
            again = assess(second, facts)
            for row in changes(assess(first, facts), again, again)["checks"]:
                self.assertEqual(row["data"], 0)
                self.assertEqual(row["settings"], row["change"])


class ChangesCase(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client()
        cls.tasks = cls.make_tasks(cls.client, 2)
        cls.leads = cls.make_check("leads", "open_leads", 2)
        cls.health = cls.refresh(cls.client)  # 40 tasks, 2 stalled: penalty 0.2
        cls.user = cls.make_user("relation", "client_health.group_user")
        cls.manager = cls.make_user("boss", "client_health.group_manager")
        # all of this was the state of ten days ago
        cls.then = cls.ago(10)
        cls.force(cls.health.snapshot_ids, date=cls.then)

    def compare(self, *days, user=None):
        """The changes since ``then`` (default), and its rows by check."""
        health = self.health.with_user(user or self.manager)
        found = health.what_changed(*(days or (self.then,)))
        return found, {row["code"]: row for row in found["checks"]}


class TestChanges(ChangesCase):
    def test_figures_that_changed_are_called_data(self):
        self.stall(self.tasks, 7)
        self.make_deal(self.client)
        self.refresh(self.client)
        found, rows = self.compare()
        # penalties 0.2 and 0 became 0.7 and 0.25, each of half the weight
        self.assertEqual(found["from"]["score"], 90)
        self.assertEqual(found["to"]["score"], 52)
        self.assertEqual(found["change"], -38)
        self.assertFalse(found["settings_changed"])
        stalled = rows["stalled"]
        self.assertEqual(
            (stalled["change"], stalled["data"], stalled["settings"]), (-25, -25, 0)
        )
        self.assertEqual(stalled["old"]["points"], 10)
        self.assertEqual(stalled["new"]["points"], 35)
        self.assertEqual(
            (stalled["old"]["value"], stalled["new"]["value"]), (0.05, 0.175)
        )
        self.assertEqual(stalled["old"]["level"], "ok")
        self.assertEqual(stalled["new"]["level"], "watch")
        self.assertEqual(stalled["new"]["driver"], "stalled_figure")
        self.assertEqual(stalled["new"]["driver_name"], "Figure of stalled")
        self.assertIn("18", stalled["new"]["text"])
        self.assertEqual(rows["leads"]["data"], -13)
        self.assertEqual(found["checks"][0]["code"], "stalled")
        self.assertEqual(found["from"]["date"], self.then.isoformat())

    def test_a_level_that_is_held_is_told_on_both_days(self):
        self.stall(self.tasks, 10)  # red
        self.refresh(self.client)
        self.stall(self.tasks, 9)  # a little better: the flag stays red
        self.refresh(self.client)
        self.assertEqual(self.health.open_flag_ids.level, "red")
        yesterday = self.ago(1)
        self.force(
            self.health.snapshot_ids.filtered(lambda s: s.date > yesterday),
            date=yesterday,
        )
        self.assertEqual(self.compare()[1]["stalled"]["new"]["level"], "red")
        day = self.compare(self.then, yesterday)[1]["stalled"]
        self.assertEqual((day["old"]["level"], day["new"]["level"]), ("ok", "red"))
        since = self.compare(yesterday)[1]["stalled"]
        self.assertEqual((since["old"]["level"], since["change"]), ("red", 0))

    def test_limits_that_moved_are_called_settings(self):
        self.check.indicator_ids.write({"watch": 0.05, "red": 0.1})
        self.refresh(self.client)
        found, rows = self.compare()
        stalled = rows["stalled"]
        self.assertEqual((found["from"]["score"], found["to"]["score"]), (90, 75))
        self.assertTrue(found["settings_changed"])
        self.assertEqual(
            (stalled["change"], stalled["data"], stalled["settings"]), (-15, 0, -15)
        )
        self.assertEqual(stalled["old"]["points"], 10)
        self.assertEqual(rows["leads"]["change"], 0)

    def test_figures_and_limits_that_both_moved_are_told_apart(self):
        self.check.indicator_ids.write({"watch": 0.05, "red": 0.1})
        self.stall(self.tasks, 3)
        self.refresh(self.client)
        found, rows = self.compare()
        # old figures by old and new limits 0.2, 0.5; new figures 0.75
        self.assertEqual(
            [rows["stalled"][key] for key in ("settings", "data", "change")],
            [-15, -13, -28],
        )
        self.assertEqual(found["change"], found["to"]["score"] - found["from"]["score"])

    def test_a_weight_that_moved_is_a_setting(self):
        self.leads.weight = 30
        self.refresh(self.client)
        found, rows = self.compare()
        self.assertEqual((found["to"]["score"], found["change"]), (95, 5))
        self.assertEqual(rows["stalled"]["settings"], 5)
        self.assertEqual(rows["stalled"]["data"], 0)

    def test_a_check_that_came_in_between_is_due_to_the_settings(self):
        # its fact was read before: the old figures can be judged by it
        self.make_check("open", "open_tasks", 20)
        self.refresh(self.client)
        found, rows = self.compare()
        self.assertEqual(found["change"], found["to"]["score"] - 90)
        self.assertEqual(found["change"], sum(row["change"] for row in found["checks"]))
        self.assertEqual(rows["open"]["old"]["level"], "grey")
        self.assertEqual(rows["open"]["new"]["points"], 33)
        self.assertEqual((rows["open"]["settings"], rows["open"]["data"]), (-33, 0))

    def test_a_check_that_was_removed_gives_its_points_back(self):
        self.check.unlink()
        self.refresh(self.client)
        found, rows = self.compare()
        self.assertEqual((found["to"]["score"], found["change"]), (100, 10))
        self.assertEqual(
            (rows["stalled"]["settings"], rows["stalled"]["data"]), (10, 0)
        )
        self.assertEqual(rows["stalled"]["new"]["level"], "grey")
        self.assertEqual(rows["stalled"]["name"], "stalled")
        self.assertEqual(rows["stalled"]["old"]["value"], 0.05)

    def test_two_past_days_are_compared_without_the_present(self):
        self.stall(self.tasks, 10)
        self.refresh(self.client)
        self.force(
            self.health.snapshot_ids.filtered(lambda s: s.date == self.today),
            date=self.ago(5),
        )
        self.stall(self.tasks, 0)
        self.refresh(self.client)
        found, rows = self.compare(self.ago(8), self.ago(4))
        self.assertEqual(found["from"]["date"], self.then.isoformat())
        self.assertEqual(found["to"]["date"], self.ago(5).isoformat())
        self.assertEqual((found["from"]["score"], found["to"]["score"]), (90, 50))
        self.assertEqual(rows["stalled"]["data"], -40)
        text, _rows = self.compare(self.ago(8).isoformat(), self.ago(4).isoformat())
        self.assertEqual(text, found)
        back, _rows = self.compare(self.ago(4), self.ago(8))
        self.assertEqual(back["change"], 40)

    def test_random_days_and_settings_add_up_to_the_change_of_the_score(self):
        rng = random.Random(7)
        days = [self.then]
        for number in range(9, 0, -1):
            if rng.random() < 0.7:
                self.stall(self.tasks, rng.randint(0, 20))
            if rng.random() < 0.4:
                self.make_deal(self.client)
            if rng.random() < 0.4:
                step = rng.uniform(0.02, 0.4)
                self.check.indicator_ids.write({"watch": step, "red": 2 * step})
            if rng.random() < 0.3:
                self.leads.weight = rng.choice([0, 5, 20])
            if rng.random() < 0.2:
                self.leads.active = not self.leads.active
            self.refresh(self.client)
            new = self.health.snapshot_ids.filtered(lambda s: s.date == self.today)
            if new:
                self.force(new, date=self.ago(number))
                days.append(self.ago(number))
        self.assertGreater(len(days), 5)
        scores = {s.date: s.score for s in self.health.snapshot_ids}
        self.assertGreater(len(set(scores.values())), 3)
        for old in days:
            for new in days:
                found, rows = self.compare(old, new)
                self.assertEqual(found["from"]["score"], scores[old])
                self.assertEqual(found["to"]["score"], scores[new])
                self.assertEqual(found["change"], scores[new] - scores[old])
                cap = found["cap"] and found["cap"]["change"] or 0
                total = sum(row["change"] for row in rows.values()) + cap
                self.assertEqual(found["change"], total)

    # -- where nothing can be said ----------------------------------------------

    def test_a_day_without_a_score_says_so_and_not_zero(self):
        self.tasks.project_id.active = False
        self.leads.active = False
        self.refresh(self.client)
        self.assertEqual(self.health.level, "unknown")
        found, rows = self.compare()
        self.assertEqual(found["from"]["score"], 90)
        self.assertIsNone(found["to"]["score"])
        self.assertIsNone(found["change"])
        self.assertEqual(rows["stalled"]["new"]["level"], "grey")
        self.force(
            self.health.snapshot_ids.filtered(lambda s: s.date == self.today),
            date=self.ago(5),
        )
        self.leads.active = True
        self.refresh(self.client)
        found, _rows = self.compare(self.ago(5))
        self.assertIsNone(found["from"]["score"])
        self.assertEqual(found["to"]["score"], 100)
        self.assertIsNone(found["change"])

    def test_history_that_does_not_reach_back_is_said_with_its_first_day(self):
        with self.assertRaises(UserError) as refused:
            self.compare(self.ago(11))
        self.assertIn(str(self.then), str(refused.exception))
        self.assertIn(self.client.name, str(refused.exception))
        with self.assertRaises(UserError):
            self.compare(self.then, self.ago(11))

    def test_a_client_without_any_history_is_said_clearly(self):
        self.health.snapshot_ids.unlink()
        with self.assertRaises(UserError) as refused:
            self.compare(self.today)
        self.assertIn(self.client.name, str(refused.exception))

    def test_a_text_that_is_no_date_is_quoted(self):
        for text in ("soon", "2026-02-31", "31-01-2026", 5):
            with self.subTest(text=text):
                with self.assertRaises(UserError) as refused:
                    self.compare(text)
                self.assertIn(str(text), str(refused.exception))
                with self.assertRaises(UserError):
                    self.compare(self.then, text)

    def test_settings_of_the_past_survive_facts_that_are_gone(self):
        """An app that brought facts may have been removed since."""
        config = self.env["client.health.config"].search(
            [("version", "=", self.health.snapshot_ids.config_version)]
        )
        content = config.content
        content["checks"][0]["indicators"][0]["formula"] = "moons / open_tasks"
        self.env["client.health.config"].create(
            {"version": "of-another-app", "content": content}
        )
        self.health.snapshot_ids.config_version = "of-another-app"
        found, _rows = self.compare()
        self.assertEqual(found["to"]["score"], 90)
        self.assertTrue(found["settings_changed"])


class TestWhoMaySee(ChangesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rich = cls.make_check(
            "rich", "opt(to_invoice) + 7 * open_leads", 10, weight=10
        )
        cls.rich.indicator_ids.unit = "money"
        cls.refresh(cls.client)
        cls.make_deal(cls.client)
        cls.refresh(cls.client)

    def test_figures_about_money_reach_managers_only(self):
        _found, rows = self.compare(user=self.manager)
        self.assertFalse(rows["rich"]["hidden"])
        self.assertEqual(rows["rich"]["new"]["value"], 7)
        _found, rows = self.compare(user=self.user)
        rich = rows["rich"]
        self.assertTrue(rich["hidden"])
        self.assertEqual(
            [rich[key] for key in ("change", "data", "settings")], [None] * 3
        )
        self.assertEqual((rich["new"]["value"], rich["new"]["points"]), (None, None))
        self.assertEqual(rich["new"]["text"], "")
        self.assertFalse(rows["stalled"]["hidden"])
        self.assertEqual(rows["stalled"]["new"]["value"], 0.05)

    def test_a_money_figure_that_was_removed_since_stays_hidden(self):
        self.force(
            self.health.snapshot_ids.filtered(lambda s: s.date == self.today),
            date=self.ago(3),
        )
        self.rich.indicator_ids.unlink()
        self.refresh(self.client)
        _found, rows = self.compare(self.ago(3), user=self.manager)
        self.assertEqual(rows["rich"]["old"]["value"], 7)
        _found, rows = self.compare(self.ago(3), user=self.user)
        self.assertIsNone(rows["rich"]["old"]["value"])
        self.assertIsNone(rows["rich"]["old"]["points"])
        self.assertIsNone(rows["rich"]["change"])

    def test_it_needs_the_right_to_read_the_client(self):
        self.compare(user=self.user)
        self.hide(self.client)
        for user in (self.user, self.make_user("colleague", "base.group_user")):
            with self.assertRaises(AccessError):
                self.compare(user=user)

    def test_it_needs_the_company_of_the_client(self):
        other = self.make_company("There", "Pacific/Auckland")
        stranger = self.make_user(
            "stranger", "client_health.group_manager", company=other
        )
        with self.assertRaises(AccessError):
            self.health.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).what_changed(self.then)
