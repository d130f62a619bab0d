"""A person's word instead of the level: with a reason, until a date."""

from datetime import datetime, time, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method

from .test_refresh import RefreshCase


class OverrideCase(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client()
        cls.tasks = cls.make_tasks(cls.client, 2)  # 5 %: score 80, healthy
        cls.health = cls.refresh(cls.client)
        cls.user = cls.make_user("relation", "client_health.group_user")
        cls.manager = cls.make_user("boss", "client_health.group_manager")
        cls.managed = cls.health.with_user(cls.manager)

    def override(self, level="critical", reason="A court case", days=10):
        self.managed.set_override(level, reason, self.ago(-days))

    def night(self, day):
        """What the night of a day makes of the client."""
        with freeze_time(self.moment(day)):
            self.run_all()


class TestWhatIsAccepted(OverrideCase):
    def assertRefused(self, *args):
        before = self.row_versions("client_health")
        with self.assertRaises(UserError) as refused:
            self.managed.set_override(*args)
        self.assertEqual(self.row_versions("client_health"), before)
        self.assertFalse(self.health.override_level)
        return str(refused.exception)

    def test_a_reason_must_be_given(self):
        for reason in ("", "   ", False, None):
            text = self.assertRefused("watch", reason, self.ago(-10))
            self.assertIn("why", text)

    def test_an_end_within_a_year_must_be_given(self):
        for until in (False, None, self.ago(1), self.ago(-367), self.ago(-4000)):
            text = self.assertRefused("watch", "Reason", until)
            self.assertIn("year", text)
        for days in (0, 365):
            self.managed.set_override("watch", "Reason", self.ago(-days))
            self.assertEqual(self.health.override_until, self.ago(-days))

    def test_a_text_that_is_no_date_is_refused_like_a_missing_one(self):
        for until in ("soon", "2026-02-31"):
            self.assertIn("date", self.assertRefused("watch", "Reason", until))

    def test_unknown_is_no_level_to_choose(self):
        for level in ("unknown", "excellent", "", False):
            self.assertIn("level", self.assertRefused(level, "Reason", self.ago(-10)))

    def test_the_dialog_offers_every_level_but_unknown_and_asks_for_the_rest(self):
        Wizard = self.env["client.health.override"].with_user(self.manager)
        offered = dict(Wizard._fields["level"]._description_selection(self.env))
        self.assertEqual(set(offered), {"critical", "at_risk", "watch", "healthy"})
        wizard = Wizard.create(
            {"health_id": self.health.id, "level": "at_risk", "reason": "Strategic"}
        )
        self.assertEqual(wizard.until, self.ago(-90))
        wizard.action_apply()
        self.assertEqual(self.health.level, "at_risk")
        self.assertEqual(self.health.override_user_id, self.manager)
        self.assertEqual(self.health.override_until, self.ago(-90))
        with self.assertRaises(UserError):
            wizard.until = self.ago(1)
            wizard.action_apply()


class TestWhatItDoes(OverrideCase):
    def test_it_replaces_the_level_everywhere(self):
        contact = self.make_contact(self.client)
        self.override("critical")
        self.assertEqual(self.health.level, "critical")
        self.assertEqual(self.health.level_rank, 0)
        self.env.invalidate_all()
        for partner in self.client + contact:
            self.assertEqual(partner.health_level, "critical")
        found = self.env["res.partner"].search(
            [("health_level", "=", "critical"), ("id", "=", self.client.id)]
        )
        self.assertEqual(found, self.client)
        self.assertEqual(self.health.explain()["level"], "critical")
        today = self.health.snapshot_ids.filtered(lambda s: s.date == self.today)
        self.assertEqual(today.level, "critical")

    def test_it_is_named_with_who_until_when_and_why(self):
        self.env.invalidate_all()
        self.assertNotIn("court", self.health.level_reason)
        self.env.invalidate_all()
        self.override(days=10)
        self.assertEqual(self.health.level_rule, "override")
        shown = (self.health.level_reason, self.health.explain()["level_reason"])
        for reason in shown:
            self.assertIn(self.manager.name, reason)
            self.assertIn("A court case", reason)
            self.assertIn(str(self.ago(-10).year), reason)
            self.assertIn(self.ago(-10).strftime("%d"), reason)

    def test_another_override_is_named_at_once(self):
        self.override(reason="A court case")
        self.assertIn("A court case", self.health.level_reason)
        self.override(reason="A merger", days=20)
        self.assertIn("A merger", self.health.level_reason)
        self.assertIn(self.ago(-20).strftime("%d"), self.health.level_reason)
        self.assertNotIn("court", self.health.explain()["level_reason"])

    def test_score_and_computed_level_stay_visible(self):
        self.override("critical")
        said = self.health.with_user(self.user).explain()
        self.assertEqual((said["score"], self.health.score), (80, 80))
        self.assertEqual(
            (said["level"], said["computed_level"]), ("critical", "healthy")
        )

    def test_the_score_moves_on_below_it(self):
        self.override("watch")
        self.stall(self.tasks, 12)
        self.refresh(self.client)
        self.assertEqual((self.health.score, self.health.level), (0, "watch"))
        self.assertEqual(self.health.explain()["computed_level"], "critical")
        self.assertEqual(self.health.red_flag_count, 1)

    def test_it_says_something_even_of_a_client_without_data(self):
        empty = self.make_client("Empty")
        self.make_project(empty)
        health = self.refresh(empty)
        self.assertEqual(health.level, "unknown")
        health.with_user(self.manager).set_override("watch", "New", self.ago(-5))
        self.assertEqual(health.level, "watch")

    def test_it_ends_by_itself_the_night_after_its_last_day(self):
        self.override("critical", days=10)
        self.night(self.ago(-10))
        self.assertEqual(
            (self.health.level, self.health.level_rule), ("critical", "override")
        )
        self.night(self.ago(-11))
        self.assertEqual(
            (self.health.level, self.health.level_rule), ("healthy", "score")
        )
        self.env.invalidate_all()
        self.assertNotIn("court", self.health.level_reason)
        self.assertEqual(self.client.health_level, "healthy")

    def test_one_that_ended_long_ago_can_be_replaced(self):
        self.override("critical", days=10)
        self.night(self.ago(-20))
        self.assertEqual(self.health.level, "healthy")
        with freeze_time(self.moment(self.ago(-20))):
            self.managed.set_override("watch", "Again", self.ago(-40))
            self.assertEqual(self.health.level, "watch")

    def test_ending_it_gives_the_level_back(self):
        self.override("critical")
        self.managed.action_end_override()
        self.assertEqual(
            (self.health.level, self.health.level_rule), ("healthy", "score")
        )
        for name in self.health._override_fields():
            self.assertFalse(self.health[name])
        self.night(self.ago(-1))
        self.assertEqual(self.health.level, "healthy")

    def test_an_unchanged_night_leaves_it_alone(self):
        self.override("critical")
        before = self.row_versions("client_health")[self.health.id]
        self.night(self.ago(-1))
        self.assertEqual(self.row_versions("client_health")[self.health.id], before)

    def test_it_counts_in_its_own_company_only(self):
        other = self.make_company("There", "Pacific/Auckland")
        self.make_tasks(self.client, 2, company=other)
        there = self.refresh(self.client, other)
        self.manager.company_ids += other
        self.override("critical")
        self.refresh(self.client, other)
        self.assertEqual((self.health.level, there.level), ("critical", "healthy"))

    def test_the_past_does_not_know_it(self):
        self.force(self.tasks, create_date=self.moment(self.ago(70)))
        self.force(self.tasks.project_id, create_date=self.moment(self.ago(70)))
        self.override("critical")
        self.refresh(self.client, as_of=self.ago(50))
        past = self.health.snapshot_ids.filtered(lambda s: s.date == self.ago(50))
        self.assertEqual(past.level, "healthy")

    # -- alerts: the note says that somebody decided it, and who ------------------

    def notes(self):
        return self.env["mail.message"].search(
            [("model", "=", "client.health"), ("res_id", "=", self.health.id)]
        )

    def test_a_lower_level_by_override_is_noted_with_who_decided_it(self):
        before = self.notes()
        self.override("critical", reason="A court case")
        note = self.notes() - before
        self.assertEqual(len(note), 1)
        self.assertIn(self.manager.name, note.body)
        self.assertIn("A court case", note.body)

    def test_a_better_level_by_override_is_silent_and_what_it_hid_is_told_later(self):
        self.stall(self.tasks, 12)
        self.refresh(self.client)
        self.assertEqual(self.health.level, "critical")
        before = self.notes()
        self.override("healthy", days=10)
        self.night(self.ago(-5))
        self.assertEqual(self.notes(), before)
        self.night(self.ago(-11))
        self.assertEqual(self.health.level, "critical")
        note = self.notes() - before
        self.assertEqual(len(note), 1)
        self.assertIn("Critical", note.body)


class TestWhoMay(OverrideCase):
    def test_a_plain_user_can_override_in_no_way(self):
        colleague = self.make_user("colleague", "base.group_user")
        until = self.ago(-10)
        Wizard = self.env["client.health.override"]
        values = {
            "health_id": self.health.id,
            "level": "healthy",
            "reason": "I say so",
            "until": until,
        }
        made = Wizard.with_user(self.manager).create(values)
        for user in (self.user, colleague):
            theirs = self.health.with_user(user)
            mine = made.with_user(user)
            for attempt, *args in (
                (theirs.set_override, "healthy", "I say so", until),
                (theirs.action_end_override,),
                (theirs.write, {"override_level": "healthy"}),
                (theirs.write, {"override_until": until}),
                (Wizard.with_user(user).create, values),
                (mine.action_apply,),
                (mine.read, ["reason"]),
            ):
                with self.assertRaises(AccessError):
                    attempt(*args)
        self.assertFalse(self.health.override_level)
        self.assertEqual(self.health.level, "healthy")

    def test_the_method_itself_is_not_to_be_called_from_outside(self):
        with self.assertRaises(AccessError):
            get_public_method(self.managed, "set_override")

    def test_not_even_a_manager_writes_it_without_a_reason(self):
        with self.assertRaises(AccessError):
            self.managed.write({"override_level": "healthy"})
        Wizard = self.env["client.health.override"].with_user(self.manager)
        wizard = Wizard.create(
            {"health_id": self.health.id, "level": "healthy", "reason": " "}
        )
        with self.assertRaises(UserError):
            wizard.action_apply()
        self.assertFalse(self.health.override_level)

    def test_a_manager_of_another_company_is_refused(self):
        other = self.make_company("There", "Pacific/Auckland")
        stranger = self.make_user(
            "stranger", "client_health.group_manager", company=other
        )
        theirs = self.health.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            theirs.set_override("healthy", "Mine", self.ago(-10))
        self.assertFalse(self.health.override_level)

    def test_the_day_counts_where_the_company_is(self):
        """Today in the company may be tomorrow for the one who overrides."""
        other = self.make_company("There", "Pacific/Kiritimati")
        self.make_tasks(self.client, 2, company=other)
        self.manager.company_ids += other
        self.manager.tz = "Pacific/Pago_Pago"  # 25 hours behind
        noon = datetime.combine(self.ago(-2), time(12))
        with freeze_time(noon):
            there = self.refresh(self.client, other)
            mine = there.with_user(self.manager).with_context(
                allowed_company_ids=other.ids
            )
            today = self.today_in(other)
            self.assertEqual(today, noon.date() + timedelta(days=1))
            with self.assertRaises(UserError):
                mine.set_override("critical", "Late", today - timedelta(days=1))
            mine.set_override("critical", "In time", today)
            self.assertEqual(there.level, "critical")
