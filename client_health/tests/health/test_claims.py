"""What the screen claims: a score under a red flag, and a level on little evidence."""

from ..feedback.case import MANAGER, FeedbackCase


class TestScoreUnderARedFlag(FeedbackCase):
    """A client whose figures are fine, and who shouted at somebody."""

    def setUp(self):
        super().setUp()
        self.told = self.make_told(self.client)
        self.health.invalidate_recordset()

    def make_told(self, client):
        incident = self.env["client.incident"].create(
            {"partner_id": client.id, "category": "abuse", "severity": "severe"}
        )
        incident.with_user(self.max).action_confirm()
        return incident

    def test_points_and_cap_add_up_to_what_the_score_lacks(self):
        told = self.health.explain()
        self.assertEqual((told["score"], told["level"]), (49, "critical"))
        lost = sum(check["points"] for check in told["checks"])
        self.assertEqual(told["uncapped"], 100 - lost)
        self.assertEqual(lost + told["cap"]["points"], 100 - told["score"])
        self.assertEqual(told["cap"]["check"], "abuse")
        self.assertIn(f"would be {told['uncapped']}", told["cap"]["text"])
        self.assertIn(f"would be {told['uncapped']}", told["level_reason"])

    def test_lists_history_and_reports_show_the_score_that_goes_with_the_level(self):
        self.assertEqual(self.health.score, 49)
        self.assertEqual(self.client.health_score, 49)
        self.assertEqual(self.health.badge["score"], 49)
        [now] = self.health.relationship()["history"][-1:]
        self.assertEqual((now["score"], now["level"]), (49, "critical"))
        self.assertEqual(now["uncapped"], self.health.uncapped_score)
        self.assertIn("without the red flag", now["cap"])
        [kept] = self.health.snapshot_ids.filtered(lambda s: s.date == self.today)
        self.assertEqual(
            (kept.score, kept.uncapped_score, kept.level_check),
            (49, self.health.uncapped_score, "abuse"),
        )

    def test_the_order_within_a_level_follows_the_figures(self):
        other = self.make_client("Worse")
        self.make_deal(other)
        self.make_told(other)
        for _number in range(2):
            incident = self.env["client.incident"].create(
                {"partner_id": other.id, "category": "disrespect", "severity": "severe"}
            )
            incident.with_user(self.max).action_confirm()
        worse = self.refresh(other)
        self.assertEqual(worse.score, self.health.score)
        both = self.env["client.health"].search(
            [("id", "in", (worse | self.health).ids)]
        )
        self.assertEqual(both[0], worse)

    def test_what_changed_tells_what_the_flag_took(self):
        self.told.with_user(self.max).action_back_to_reported()
        self.refresh(self.client, as_of=self.ago(40))
        self.told.with_user(self.max).action_confirm()
        before = self.health.snapshot_ids.filtered(lambda s: s.date < self.today)
        if not before:
            self.skipTest("nothing was measured then")
        found = self.health.what_changed(before[0].date)
        if found["change"] is None:
            self.assertIsNone(found["cap"])
            return
        moved = sum(check["change"] for check in found["checks"])
        self.assertEqual(moved + found["cap"]["change"], found["change"])
        self.assertEqual(found["cap"]["name"], self.check_of("abuse")["name"])


class TestLittleEvidence(FeedbackCase):
    def test_a_check_of_which_nothing_was_reported_rests_on_nothing(self):
        check = self.check_of("abuse")
        self.assertEqual((check["level"], check["evidence"]), ("ok", False))
        self.env["client.incident"].create(
            {"partner_id": self.client.id, "category": "abuse", "severity": "minor"}
        ).with_user(self.max).action_confirm()
        self.assertTrue(self.check_of("abuse")["evidence"])

    def test_a_level_on_little_evidence_says_so_and_why(self):
        self.env["client.incident"].create(
            {"partner_id": self.client.id, "category": "abuse", "severity": "severe"}
        ).with_user(self.max).action_confirm()
        self.health.invalidate_recordset()
        self.assertLess(self.health.coverage, 60)
        self.assertTrue(self.health.badge["thin"])
        told = self.health.explain()
        self.assertIn("Little evidence", told["evidence"])
        for check in told["checks"]:
            named = check["name"] in told["evidence"]
            self.assertEqual(named, not check["evidence"], check["code"])

    def test_an_unknown_level_has_no_score(self):
        self.assertEqual(self.health.level, "unknown")
        told = self.health.explain()
        self.assertIsNone(told["score"])
        self.assertIsNone(told["evidence"], "unknown says it already")
        self.env.cr.execute(
            "SELECT score, uncapped_score FROM client_health WHERE id = %s",
            [self.health.id],
        )
        score, uncapped = self.env.cr.fetchone()
        self.assertIsNone(score)
        self.assertIsNotNone(uncapped)

    def test_a_manager_that_sets_a_level_is_no_little_evidence(self):
        manager = self.make_user("sure", MANAGER)
        self.health.with_user(manager).set_override(
            "healthy", "We know them.", self.today
        )
        self.assertNotIn("thin", self.health.badge)
        self.assertIsNone(self.health.explain()["evidence"])
