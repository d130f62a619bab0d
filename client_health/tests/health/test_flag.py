"""Red flags: raised and cleared by the figures, handled by people."""

from contextlib import suppress
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import Form, tagged
from odoo.tools import format_date, mute_logger
from psycopg2.errors import UniqueViolation

from ..common import HealthCase

ROLES = ("base.group_user", "client_health.group_user", "sales_team.group_sale_manager")


@tagged("post_install", "-at_install")
class FlagCase(HealthCase):
    """A client who turned down two of five opportunities: a flag at watch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("health_flag_user", *ROLES)
        cls.manager = cls.make_user(
            "health_flag_manager", *ROLES, "client_health.group_manager"
        )
        cls.client = cls.make_client()
        cls.check = cls.env.ref("client_health.check_rejection")
        cls.decide(cls.client, lost=2, won=3)
        cls.health = cls.refresh(cls.client)
        cls.flag = cls.flags(cls.health)

    @classmethod
    def decide(cls, client, lost=0, won=0):
        for outcome, number in (("lost", lost), ("won", won)):
            for _i in range(number):
                cls.make_deal(client, outcome=outcome)

    @classmethod
    def flags(cls, health, check=None):
        return cls.env["client.health.flag"].search(
            [
                ("health_id", "=", health.id),
                ("check_id", "=", (check or cls.check).id),
            ],
            order="id",
        )

    def by(self, user, flag=None):
        companies = user.company_ids.ids
        flag = (flag or self.flag).with_user(user)
        return flag.with_context(allowed_company_ids=companies)

    def snoozed(self, until=None, reason="On holiday"):
        """The flag, snoozed by the user."""
        self.by(self.user).snooze(until or self.today + timedelta(days=10), reason)
        return self.flag


class TestFlagLife(FlagCase):
    def test_a_check_at_watch_raises_one_open_flag_with_its_driver(self):
        self.assertEqual(len(self.flag), 1)
        self.assertEqual(
            (self.flag.state, self.flag.level, self.flag.driver_id.code),
            ("open", "watch", "rejection_rate"),
        )
        self.assertAlmostEqual(self.flag.value, 2 / 5)
        self.assertEqual(self.flag.raised_on, self.today)

    def test_the_worklist_says_the_check_and_where_it_is_our_doing(self):
        flag = self.by(self.user)
        check, figure = self.check.name, "Turned down: 40\u00a0% (warning from"
        self.assertTrue(flag.why.startswith(f"{check} · {figure}"), flag.why)
        self.force(self.flag, side="ours")
        self.env.invalidate_all()
        self.assertTrue(flag.why.startswith(f"{check} · Ours · {figure}"), flag.why)

    def test_a_flag_is_cleared_with_its_cause_and_keeps_what_people_said(self):
        flag = self.by(self.user)
        flag.action_acknowledge()
        flag.write({"feedback": "useful", "feedback_note": "We talked."})
        self.decide(self.client, won=10)
        self.refresh(self.client)
        self.assertEqual(self.flag.state, "cleared")
        self.assertEqual(self.flag.cleared_on, self.today)
        self.assertEqual(self.flag.acknowledged_on, self.today)
        self.assertEqual(self.flag.feedback, "useful")
        self.assertEqual(self.flag.feedback_note, "We talked.")

    def test_a_flag_whose_figure_turns_grey_stays_and_says_since_when(self):
        self.flag.driver_id.min_sample = 99
        self.refresh(self.client)
        self.assertEqual(self.flag.state, "open")
        self.assertEqual(self.flag.unmeasured_since, self.today)
        self.assertAlmostEqual(self.flag.value, 2 / 5)
        self.assertEqual(self.flag.points, 0)
        self.assertEqual(self.health.flag_count, 1)
        sentence = self.by(self.user).sentence
        since = format_date(self.env, self.today)
        self.assertIn(f", not measured since {since}", sentence)
        [check] = [
            check
            for check in self.health.with_user(self.manager).explain()["checks"]
            if check["code"] == "rejection"
        ]
        self.assertEqual(check["level"], "grey")
        self.assertIn(f"is not measured since {since}", check["held"])

    def test_a_flag_that_can_be_measured_again_follows_its_figure(self):
        driver = self.flag.driver_id
        few = driver.min_sample
        driver.min_sample = 99
        self.refresh(self.client)
        driver.min_sample = few
        self.refresh(self.client)
        self.assertEqual(self.flag.state, "open")
        self.assertFalse(self.flag.unmeasured_since)
        driver.min_sample = 99
        self.refresh(self.client)
        self.decide(self.client, won=99)
        self.refresh(self.client)
        self.assertEqual(self.flag.state, "cleared")

    def test_a_flag_that_is_not_measured_for_ninety_days_is_cleared_by_itself(self):
        self.flag.driver_id.min_sample = 99
        self.refresh(self.client)
        self.force(self.flag, unmeasured_since=self.today - timedelta(days=89))
        self.refresh(self.client)
        self.assertEqual(self.flag.state, "open")
        self.force(self.flag, unmeasured_since=self.today - timedelta(days=90))
        self.refresh(self.client)
        self.assertEqual(self.flag.state, "cleared")
        self.assertEqual(self.health.flag_count, 0)

    def test_a_flag_is_cleared_where_its_figure_does_not_apply_any_more(self):
        self.flag.driver_id.condition = "open_leads < 0"
        self.refresh(self.client)
        self.assertEqual(self.flag.state, "cleared")

    def test_a_check_that_turns_bad_again_raises_a_new_flag(self):
        self.by(self.user).write({"feedback": "false_alarm"})
        self.decide(self.client, won=10)
        self.refresh(self.client)
        self.decide(self.client, lost=30)
        self.refresh(self.client)
        old, new = self.flags(self.health)
        self.assertEqual(old, self.flag)
        self.assertEqual((old.state, old.feedback), ("cleared", "false_alarm"))
        self.assertEqual((new.state, new.feedback), ("open", False))

    def test_two_open_flags_of_one_check_and_side_are_impossible(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                self.flag.copy({"health_id": self.health.id})
                self.env.flush_all()

    def test_removing_an_indicator_keeps_the_flags_it_raised(self):
        self.flag.driver_id.unlink()
        self.assertTrue(self.flag.exists())
        self.assertFalse(self.flag.driver_id)
        self.assertEqual(self.flag.sentence, "Its indicator was removed.")
        with self.assertRaisesRegex(UserError, "was removed"):
            self.by(self.user).action_show_records()


class TestFlagActions(FlagCase):
    def test_acknowledging_says_when_and_gives_the_flag_an_owner(self):
        self.flag.user_id = False
        self.by(self.user).action_acknowledge()
        self.assertEqual(self.flag.state, "acknowledged")
        self.assertEqual(self.flag.acknowledged_on, self.today)
        self.assertEqual(self.flag.user_id, self.user)

    def test_acknowledging_leaves_the_owner_that_there_is(self):
        self.flag.user_id = self.manager
        self.by(self.user).action_acknowledge()
        self.assertEqual(self.flag.user_id, self.manager)

    def test_an_acknowledged_flag_can_be_reopened(self):
        self.by(self.user).action_acknowledge()
        self.by(self.user).action_reopen()
        self.assertEqual((self.flag.state, self.flag.acknowledged_on), ("open", False))

    def test_the_snooze_dialog_silences_the_flag_with_date_and_reason(self):
        action = self.by(self.user).action_snooze()
        until = self.today + timedelta(days=30)
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.user)
            .with_context(**action["context"])
        )
        wizard.until = until
        wizard.reason = "  Waiting for their new director "
        wizard.save().action_apply()
        self.assertEqual(self.flag.state, "snoozed")
        self.assertEqual(self.flag.snooze_until, until)
        self.assertEqual(self.flag.snooze_reason, "Waiting for their new director")

    def test_a_snooze_needs_a_day_ahead_and_at_most_a_year(self):
        flag = self.by(self.user)
        year = self.today + relativedelta(years=1)
        for wrong in (
            self.today,
            self.today - timedelta(days=1),
            year + timedelta(days=1),
            False,
            "soon",
            "2999-13-45",
            7,
        ):
            with self.assertRaisesRegex(UserError, "cannot be snoozed until"):
                flag.snooze(wrong, "Reason")
        self.assertEqual(self.flag.state, "open")
        flag.snooze(Date.to_string(year), "Reason")
        self.assertEqual(self.flag.snooze_until, year)

    def test_a_snooze_needs_a_reason(self):
        for wrong in ("", "   ", False, None, 3, ["x"]):
            with self.assertRaisesRegex(UserError, "Say why"):
                self.by(self.user).snooze(self.today + timedelta(days=3), wrong)
        self.assertEqual(self.flag.state, "open")

    def test_a_cleared_flag_refuses_every_button(self):
        self.decide(self.client, won=10)
        self.refresh(self.client)
        flag = self.by(self.user)
        for act in (
            flag.action_acknowledge,
            flag.action_reopen,
            flag.action_snooze,
            lambda: flag.snooze(self.today + timedelta(days=3), "Reason"),
        ):
            with self.assertRaisesRegex(UserError, "was cleared on"):
                act()
        self.assertEqual(self.flag.state, "cleared")


class TestFlagWaking(FlagCase):
    def test_a_flag_wakes_up_on_its_day_even_when_nothing_else_changed(self):
        flag = self.snoozed()
        self.refresh(self.client)
        self.assertEqual(flag.state, "snoozed")
        self.force(flag, snooze_until=self.today + timedelta(days=1))
        self.refresh(self.client)
        self.assertEqual(flag.state, "snoozed")
        self.force(flag, snooze_until=self.today)
        self.refresh(self.client)
        self.assertEqual((flag.state, flag.snooze_until), ("open", False))
        self.assertEqual(flag.snooze_reason, "On holiday")

    def test_a_flag_acknowledged_before_is_acknowledged_when_it_wakes(self):
        self.by(self.user).action_acknowledge()
        flag = self.snoozed()
        self.force(flag, snooze_until=self.today)
        self.refresh(self.client)
        self.assertEqual(flag.state, "acknowledged")

    def test_a_snoozed_flag_that_turns_red_wakes_up(self):
        flag = self.snoozed()
        self.decide(self.client, lost=10)
        self.refresh(self.client)
        self.assertEqual((flag.level, flag.state), ("red", "open"))
        self.assertFalse(flag.snooze_until)

    def test_an_acknowledged_flag_that_turns_red_is_open_again(self):
        flag = self.flag
        self.by(self.user).action_acknowledge()
        self.decide(self.client, lost=1)
        self.refresh(self.client)
        self.assertEqual((flag.level, flag.state), ("watch", "acknowledged"))
        self.decide(self.client, lost=10)
        self.refresh(self.client)
        self.assertEqual((flag.level, flag.state), ("red", "open"))
        self.assertFalse(flag.acknowledged_on)
        self.assertEqual(flag.user_id, self.user)

    def test_a_snoozed_flag_that_only_costs_more_sleeps_on(self):
        flag = self.snoozed()
        self.decide(self.client, lost=1)
        self.refresh(self.client)
        self.assertAlmostEqual(flag.value, 3 / 6)
        self.assertEqual((flag.level, flag.state), ("watch", "snoozed"))

    def test_a_snoozed_flag_is_cleared_with_its_cause(self):
        flag = self.snoozed()
        self.decide(self.client, won=10)
        self.refresh(self.client)
        self.assertEqual(flag.state, "cleared")

    def test_people_can_wake_a_flag_themselves(self):
        flag = self.snoozed()
        self.by(self.user).action_reopen()
        self.assertEqual((flag.state, flag.snooze_until), ("open", False))

    def test_the_night_of_one_company_wakes_no_flags_of_another(self):
        flag = self.snoozed()
        self.force(flag, snooze_until=self.today)
        other = self.make_company("There", "Asia/Tokyo")
        there = self.make_client("Theirs")
        self.make_deal(there, company=other)
        self.refresh(there, other)
        self.assertEqual(flag.state, "snoozed")

    def test_a_night_without_news_leaves_the_rows_alone(self):
        self.snoozed()
        before = self.row_versions("client_health_flag")
        self.refresh(self.client)
        self.assertEqual(self.row_versions("client_health_flag"), before)


class TestFlagRights(FlagCase):
    def test_people_change_owner_and_feedback_and_nothing_else(self):
        flag = self.by(self.user)
        flag.write({"user_id": self.manager.id, "feedback": "known"})
        self.assertEqual(self.flag.feedback_user_id, self.user)
        for name, value in {
            "state": "cleared",
            "level": "watch",
            "snooze_until": self.today,
            "snooze_reason": "x",
            "acknowledged_on": self.today,
            "raised_on": self.today,
            "value": 0,
            "feedback_user_id": self.manager.id,
            "partner_id": self.make_client().id,
            "health_id": self.health.id,
        }.items():
            for by in (flag, self.by(self.manager)):
                with self.assertRaises(AccessError, msg=name):
                    by.write({name: value})

    def test_feedback_can_be_changed_and_taken_back(self):
        self.by(self.user).write({"feedback": "useful"})
        self.by(self.manager).write({"feedback": "false_alarm"})
        self.assertEqual(self.flag.feedback_user_id, self.manager)
        self.by(self.user).write({"feedback": False})
        self.assertFalse(self.flag.feedback_user_id)

    def test_nobody_makes_or_deletes_flags_by_hand(self):
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.by(user).copy()
            with self.assertRaises(AccessError):
                self.by(user).unlink()

    def test_flags_of_clients_one_may_not_see_are_out_of_reach(self):
        other = self.make_company("There", "Asia/Tokyo")
        stranger = self.make_user("health_flag_stranger", *ROLES, company=other)
        plain = self.make_user("health_flag_plain")
        for user in (stranger, plain):
            flag = self.by(user)
            for act in (
                flag.action_acknowledge,
                flag.action_reopen,
                flag.action_snooze,
                flag.action_show_records,
                lambda flag=flag: flag.snooze(self.today + timedelta(days=3), "x"),
                lambda flag=flag: flag.write({"feedback": "known"}),
            ):
                with self.assertRaises(AccessError):
                    act()
        wizards = self.by(stranger).env["client.health.flag.snooze"]
        # Refused when it is made, or empty for who may not see the flag.
        with suppress(AccessError):
            wizards.create(
                {
                    "flag_ids": [(6, 0, self.flag.ids)],
                    "until": self.today + timedelta(days=3),
                    "reason": "Not mine",
                }
            ).action_apply()
        self.assertEqual(self.flag.state, "open")


class TestFalseAlarms(FlagCase):
    def figures(self, user):
        check = self.check.with_user(user)
        check.invalidate_recordset()
        return (check.flag_total, check.false_alarm_count, check.false_alarm_rate)

    def test_the_rate_counts_the_flags_of_the_last_twelve_months(self):
        base = self.figures(self.manager)
        self.assertEqual(base[0], 1)
        for number in range(3):
            client = self.make_client(f"Another {number}")
            self.decide(client, lost=4)
            flag = self.flags(self.refresh(client))
            flag.feedback = ("false_alarm", "useful", "false_alarm")[number]
        self.assertEqual(self.figures(self.manager), (4, 2, 0.5))
        self.force(flag, raised_on=self.today - relativedelta(years=1))
        total, count, rate = self.figures(self.manager)
        self.assertEqual((total, count), (3, 1))
        self.assertAlmostEqual(rate, 1 / 3)

    def test_a_check_without_flags_has_no_rate(self):
        check = self.env.ref("client_health.check_abuse").with_user(self.manager)
        self.assertEqual((check.flag_total, check.false_alarm_rate), (0, 0))

    def test_the_rate_is_for_managers_only(self):
        check = self.check.with_user(self.user)
        self.assertTrue(check.read(["name"]))
        for name in ("flag_total", "false_alarm_count", "false_alarm_rate"):
            with self.assertRaises(AccessError):
                check.read([name])
