"""Recovery: with whom it starts, and what it starts with."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo.exceptions import RedirectWarning, UserError, ValidationError

from .case import RecoveryCase


class TestRecoveryStart(RecoveryCase):
    def test_it_starts_with_an_entry_steps_activities_and_a_phase(self):
        level, score = self.health.level, self.health.score
        recovery = self.start(reason="Nothing moves")
        self.assertEqual(recovery.state, "self_review")
        self.assertEqual((recovery.entry_level, recovery.entry_score), (level, score))
        self.assertEqual(recovery.entry_on, self.today)
        self.assertEqual(recovery.sudo().entry["facts"], self.health.facts)
        later = self.today + relativedelta(months=3)
        self.assertEqual(recovery.review_date, self.work_day(later))
        self.assertEqual(
            [(step.code, step.date) for step in recovery.step_ids],
            [
                ("self_review", self.work_day(self.today + timedelta(days=3))),
                ("channel", self.work_day(self.today + timedelta(days=7))),
                ("agreement", self.work_day(self.today + timedelta(days=14))),
                ("review", self.work_day(recovery.review_date)),
            ],
        )
        activities = self.activities(recovery)
        self.assertEqual(activities.user_id, self.user)
        self.assertEqual(
            sorted(activities.mapped("date_deadline")),
            sorted(recovery.step_ids.mapped("date")),
        )
        self.assertEqual(self.health.phase, "recovery")
        self.assertEqual(self.client.health_phase, "recovery")
        self.assertTrue(self.client.in_recovery)

    def test_a_flag_starts_it_and_somebody_is_on_it_from_then_on(self):
        flag = self.health.open_flag_ids.filtered(
            lambda f: f.check_id.code == "stalled"
        ).with_user(self.user)
        action = flag.action_start_recovery()
        self.assertEqual(action["res_model"], "client.recovery.start")
        wizard = (
            self.env["client.recovery.start"]
            .with_user(self.user)
            .with_context(**action["context"])
            .create({})
        )
        recovery = self.env["client.recovery"].browse(wizard.action_start()["res_id"])
        self.assertEqual(recovery.flag_id, flag)
        self.assertEqual(flag.state, "acknowledged")
        self.assertEqual(flag.user_id, self.user)
        self.assertTrue(self.health.flag_count, "flags stay visible")
        stranger = self.make_client("Stranger")
        self.make_deal(stranger)
        with self.assertRaisesRegex(ValidationError, "not one of Stranger"):
            self.start(stranger, flag_id=flag.id)

    def test_a_selection_names_whom_it_cannot_start_with(self):
        other = self.make_client("Other Works")
        self.make_deal(other)
        running = self.start(other)
        quiet = self.make_client("Never Met")
        gone = self.make_client("Put Away", active=False)
        leaving = self.make_client("On Its Way Out")
        self.make_deal(leaving)
        self.env["client.offboarding"].with_user(self.manager).create(
            {"partner_id": leaving.id, "company_id": self.company.id}
        )
        contact = self.make_contact(self.client)
        ours, colleague = self.company.partner_id, self.user.partner_id
        clients = contact | other | quiet | gone | leaving | ours | colleague
        wizard = self.wizard(clients, review_date=self.today + timedelta(days=40))
        self.assertIn("Other Works", wizard.open_note)
        for words in (
            "no business with Never Met",
            "Put Away is archived",
            "cannot be started with On Its Way Out",
            f"{ours.name} is a company of ours",
            f"{colleague.name} is a user of ours",
        ):
            self.assertIn(words, wizard.refused_note)
        action = wizard.action_start()
        self.assertIn("Never Met", action["params"]["message"])
        made = self.env["client.recovery"].search(
            [("partner_id", "=", self.client.id), ("state", "=", "self_review")]
        )
        self.assertEqual(made.review_date, self.today + timedelta(days=40))
        self.assertEqual(
            action["params"]["next"]["domain"], [("id", "in", (running | made).ids)]
        )
        with self.assertRaisesRegex(UserError, "no business with Never Met"):
            self.wizard(quiet).action_start()

    def test_contacts_among_several_clients_are_skipped_and_named(self):
        other = self.make_client("Other")
        self.make_deal(other)
        theirs = self.make_contact(self.client)
        chosen = self.client | other | theirs | self.make_contact(other)
        chosen = chosen.with_user(self.user)
        made = self.env["client.recovery.start"].with_context(
            **chosen.action_start_recovery()["context"]
        )
        wizard = made.create({})
        self.assertEqual(wizard.partner_ids, self.client | other)
        self.assertEqual(wizard.skipped_ids, chosen - self.client - other)
        action = theirs.with_user(self.user).action_start_recovery()
        self.assertEqual(action["context"]["default_partner_ids"], self.client.ids)
        self.assertFalse(action["context"]["default_skipped_ids"])
        with self.assertRaisesRegex(UserError, "Only contacts.*Choose their clients"):
            (chosen - self.client - other).action_start_recovery()

    def test_one_is_open_per_client_and_the_open_one_is_shown(self):
        recovery = self.start()
        with self.assertRaisesRegex(RedirectWarning, "under way already") as caught:
            self.start(self.make_contact(self.client))
        self.assertEqual(caught.exception.args[1]["res_id"], recovery.id)
        action = self.client.with_user(self.user).action_start_recovery()
        self.assertEqual(action["res_id"], recovery.id)
        there = self.make_company("There", "Europe/Amsterdam")
        self.make_deal(self.client, company=there)
        self.user.company_ids |= there
        with self.env.cr.savepoint():
            second = self.env["client.recovery"].create(
                {
                    "partner_id": self.client.id,
                    "company_id": there.id,
                    "user_id": self.user.id,
                }
            )
        self.assertEqual(second.state, "self_review", "another company has its own")

    def test_bad_dates_and_owners_are_refused_by_name_of_the_field(self):
        outsider = self.make_user("outsider")
        for values, words in (
            ({"review_date": self.ago(1)}, "“Review on”.*from today"),
            (
                {"review_date": self.today + relativedelta(years=1, days=1)},
                "“Review on”.*from today",
            ),
            ({"date_start": self.today + timedelta(days=1)}, "“Started on”"),
            ({"user_id": outsider.id}, "“Owner”"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                self.start(**values)
        self.assertFalse(self.env["client.recovery"]._open_of(self.client))
        self.assertEqual(self.health.phase, "active")
        self.assertTrue(self.start(review_date=self.today + relativedelta(years=1)))

    def test_asking_says_only_what_there_is_to_say(self):
        for model in ("client.recovery.start", "client.offboarding.start"):
            wizard = self.env[model].create({"partner_ids": self.client.ids})
            self.assertFalse(wizard.open_note)
        self.assertFalse(self.wizard(self.client).refused_note)

    def test_a_client_being_offboarded_is_refused(self):
        self.env["client.offboarding"].with_user(self.manager).create(
            {"partner_id": self.client.id, "company_id": self.company.id}
        )
        # the client was not told yet: why, is not said
        with self.assertRaisesRegex(UserError, "cannot be started"):
            self.start()
        with self.assertRaisesRegex(UserError, "cannot be started"):
            self.health.with_user(self.user).action_start_recovery()
