"""The data behind the Relationship page."""

import json

from odoo.exceptions import AccessError

from ..common import HealthCase


class TestRelationshipPage(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("reader", "client_health.group_user")
        cls.manager = cls.make_user("chief", "client_health.group_manager")
        # one check of facts that anybody may see, one driven by money
        cls.env["client.health.check"].search([]).active = False
        cls.make_check("slow", "open_leads", (0, 3, 9), "count")
        cls.make_check("open", "open_leads", (0, 1, 3), "count", weight=20)
        cls.make_check("rich", "opt(to_invoice) + 7 * open_leads", (0, 10, 20), "money")
        cls.client = cls.make_client("Harbour Lights")
        for _number in range(3):
            cls.make_deal(cls.client)
        cls.health = cls.refresh(cls.client)

    @classmethod
    def make_check(cls, code, formula, limits, unit, weight=10):
        indicator = {
            "code": f"{code}_figure",
            "name": f"Figure {code}",
            "formula": formula,
            "unit": unit,
            **dict(zip(("good", "watch", "red"), limits, strict=True)),
        }
        cls.env["client.health.check"].create(
            {
                "code": code,
                "name": f"Check {code}",
                "question": f"Question {code}?",
                "weight": weight,
                "indicator_ids": [(0, 0, indicator)],
            }
        )

    def page(self, user=None, health=None):
        health = (health or self.health).with_user(user or self.manager)
        return health.with_context(allowed_company_ids=self.company.ids).relationship()

    def make_snapshot(self, days, score, version="one", **values):
        """What was stored so many days ago; without a score where it is None."""
        snapshot = self.env["client.health.snapshot"].create(
            {
                "health_id": self.health.id,
                "date": self.ago(days),
                "score": score or 0,
                "level": "watch",
                "config_version": version,
                **values,
            }
        )
        return self.force(snapshot, score=score)

    def make_agreement(self, days, activate=True, client=None):
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": (client or self.client).id,
                "company_id": self.company.id,
                "date_start": self.ago(days),
                "date_end": self.ago(days - 10),
            }
        )
        if activate:
            agreement.action_activate()
        return agreement

    def test_the_history_runs_from_two_years_back_to_today(self):
        self.health.snapshot_ids.unlink()
        self.make_snapshot(900, 50)
        self.make_snapshot(300, None, level="unknown")
        self.make_snapshot(200, 60, version="two", coverage=45)
        self.make_snapshot(100, 0, version="two", level="critical", coverage=80)
        self.force(self.health, config_version="two")
        self.assertEqual(
            self.page()["history"],
            [
                {
                    "date": self.ago(days).isoformat(),
                    "score": score,
                    "uncapped": score,
                    "cap": None,
                    "level": level,
                    "coverage": coverage,
                    "settings": settings,
                }
                for days, score, level, coverage, settings in (
                    (300, None, "unknown", 0, False),
                    (200, 60, "watch", 45, True),
                    (100, 0, "critical", 80, False),
                    (0, self.health.score, self.health.level, 100, False),
                )
            ],
        )

    def test_the_trend_tells_the_day_it_looks_back_at(self):
        self.health.snapshot_ids.unlink()
        since = lambda: self.page()["explanation"]["trend_since"]  # noqa: E731
        self.assertIsNone(since())
        self.make_snapshot(10, 60)
        self.assertIsNone(since())
        self.make_snapshot(70, 60)
        self.make_snapshot(40, 60)
        self.assertEqual(since(), self.ago(40).isoformat())
        self.make_snapshot(35, None, level="unknown")
        self.assertIsNone(since())

    def test_without_any_score_there_is_no_history(self):
        fresh = self.env["client.health"].create(
            {
                "partner_id": self.make_client("Fresh").id,
                "company_id": self.company.id,
            }
        )
        self.force(fresh, score=None)
        page = self.page(health=fresh)
        self.assertEqual((page["history"], page["marks"]), ([], []))
        self.assertEqual(page["flags"], [])
        self.assertIsNone(page["explanation"]["score"])

    def test_levels_begin_where_the_settings_of_the_company_say(self):
        self.company.write({"client_health_healthy": 90, "client_health_watch": 70})
        levels = self.page()["levels"]
        self.assertEqual(
            [(level["code"], level["from"]) for level in levels],
            [
                ("critical", 0),
                ("at_risk", 50),
                ("watch", 70),
                ("healthy", 90),
                ("unknown", None),
            ],
        )
        self.assertEqual(levels[1]["name"], "At risk")

    def test_agreements_and_an_offboarding_leave_their_marks(self):
        self.make_snapshot(400, 80)
        self.make_agreement(350)
        self.make_agreement(500)  # before the history begins
        self.make_agreement(-5)  # still to come
        self.make_agreement(200, activate=False)
        self.make_agreement(100, client=self.make_client("Another"))
        offboarding = self.env["client.offboarding"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": self.ago(30),
                "date_end": self.today,
            }
        )
        self.force(offboarding, told_on=self.ago(10), cancelled_on=self.ago(5))
        self.assertEqual(
            [(mark["kind"], mark["date"]) for mark in self.page(self.user)["marks"]],
            [
                (kind, self.ago(days).isoformat())
                for kind, days in (
                    ("agreement", 350),
                    ("offboarding", 30),
                    ("offboarding", 10),
                    ("offboarding", 5),
                )
            ],
        )

    def test_the_start_and_the_end_of_a_recovery_leave_their_marks(self):
        if "client.recovery" not in self.env:
            self.skipTest("without recoveries")
        self.make_snapshot(400, 80)
        recovery = self.env["client.recovery"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "user_id": self.manager.id,
                "date_start": self.ago(60),
            }
        )
        self.force(recovery, state="recovered", ended_on=self.ago(9))
        marks = self.page(self.user)["marks"]
        self.assertEqual(
            [(mark["kind"], mark["date"]) for mark in marks],
            [
                ("recovery", self.ago(60).isoformat()),
                ("recovery_end", self.ago(9).isoformat()),
            ],
        )

    def test_a_report_that_nobody_judged_waits_on_the_page_of_who_may_see_it(self):
        incident = self.env["client.incident"].create(
            {"partner_id": self.health.partner_id.id, "company_id": self.company.id,
             "category": "abuse"}
        )  # fmt: skip
        [waiting] = self.page()["waiting"]
        self.assertEqual(waiting, {"id": incident.id, "name": incident.display_name})
        self.assertFalse(self.page(self.user)["waiting"])
        incident.with_user(self.manager).action_confirm()
        self.assertFalse(self.page()["waiting"])

    def test_flags_come_red_and_dear_first_with_their_sentence(self):
        flags = self.page()["flags"]
        self.assertEqual(
            [(flag["code"], flag["level"]) for flag in flags],
            [("open", "red"), ("rich", "red"), ("slow", "watch")],
        )
        self.assertEqual(flags[0]["driver"], "open_figure")
        self.assertEqual(flags[0]["since"], self.today.isoformat())
        self.assertIn("Figure open: 3", flags[0]["sentence"])

    def test_no_figure_about_money_reaches_a_plain_user(self):
        facts = {"to_invoice": 987654}
        snapshot = self.make_snapshot(100, 80, **self.kept(facts))
        self.assertEqual(snapshot.facts, facts)
        self.assertIn("21", self.page()["flags"][1]["sentence"])
        page = self.page(self.user)
        self.assertNotIn("21", page["flags"][1]["sentence"])
        [rich] = [c for c in page["explanation"]["checks"] if c["code"] == "rich"]
        self.assertIsNone(rich["points"])
        self.assertNotIn("987654", json.dumps(page))
        for part in ("history", "marks", "flags"):
            for row in page[part]:
                self.assertFalse({"points", "facts", "value"} & set(row))

    def test_it_needs_the_right_to_read_the_client_and_its_company(self):
        other = self.make_company("There", "Pacific/Auckland")
        stranger = self.make_user(
            "stranger", "client_health.group_manager", company=other
        )
        health = self.health.with_user(stranger)
        with self.assertRaises(AccessError):
            health.with_context(allowed_company_ids=other.ids).relationship()
        with self.assertRaises(AccessError):
            self.page(self.make_user("colleague", "base.group_user"))

    def test_a_long_life_costs_no_more_queries_than_a_short_one(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.page(self.user)
            return self.env.cr.sql_log_count - before

        def live(*ages):
            for days in ages:
                self.make_snapshot(days, 50 + days % 40)
                self.make_agreement(days)

        live(405)
        queries()
        short = queries()
        live(*range(10, 400, 20))
        self.assertEqual(len(self.page(self.user)["marks"]), 21)
        self.assertEqual(queries(), short)
