"""Offboarding: whom it refuses, and what blocks each of its steps."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tools import format_date

from .case import OffboardingCase


class TestOffboardingSteps(OffboardingCase):
    # -- starting --------------------------------------------------------------

    def test_a_plain_user_starts_an_offboarding(self):
        offboarding = self.start(user=self.user)
        self.assertEqual(offboarding.state, "contract")
        self.assertFalse(offboarding.sudo().archived)

    def test_an_offboarding_starts_with_steps_activities_projects_and_a_phase(self):
        project = self.make_project(self.client)
        task = self.make_task(project)
        offboarding = self.start()
        self.assertEqual(offboarding.state, "contract")
        self.assertEqual(len(offboarding.step_ids), 5)
        self.assertEqual(offboarding.sudo().project_ids.project_id, project)
        self.assertEqual(offboarding.sudo().deliverable_ids.task_id, task)
        self.assertEqual(
            offboarding.activity_ids.user_id - self.user,
            self.manager,
            "in the list of who starts it, but for the step of another",
        )
        self.assertEqual(offboarding.activity_ids, offboarding.step_ids.activity_id)
        self.assertEqual(len(offboarding.activity_ids), 5)
        health = self.Health.search([("partner_id", "=", self.client.id)])
        self.assertEqual(health.shown_phase, "offboarding")

    def test_a_second_one_shows_the_open_one(self):
        offboarding = self.start()
        with self.assertRaisesRegex(RedirectWarning, "under way already") as caught:
            self.start()
        self.assertEqual(caught.exception.args[1]["res_id"], offboarding.id)
        action = self.client.with_user(self.user).action_start_offboarding()
        self.assertEqual(action["res_id"], offboarding.id)

    def test_after_a_cancelled_one_another_may_start(self):
        self.start().action_cancel()
        self.assertEqual(self.start().state, "contract")

    def test_a_contact_is_refused_and_its_company_offered(self):
        contact = self.make_contact(self.client)
        with self.assertRaisesRegex(RedirectWarning, "a contact of Harbour") as caught:
            self.start(contact)
        context = caught.exception.args[1]["context"]
        self.assertEqual(context["default_partner_ids"], self.client.ids)

    def test_our_own_company_is_refused(self):
        with self.assertRaisesRegex(UserError, "company of ours"):
            self.start(self.company.partner_id)

    def test_an_internal_user_is_refused(self):
        with self.assertRaisesRegex(UserError, "user of ours"):
            self.start(self.user.partner_id)

    def test_an_administrator_is_offered_the_user_instead(self):
        admin = self.make_user(
            "root2", "base.group_system", "client_health.group_manager"
        )
        with self.assertRaises(RedirectWarning) as caught:
            self.start(self.user.partner_id, user=admin)
        self.assertEqual(caught.exception.args[1]["res_id"], self.user.id)

    def test_a_selection_starts_several_and_opens_those_under_way(self):
        first = self.start()
        other = self.make_client("Other")
        wizard = (
            self.env["client.offboarding.start"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids)
            .create({"partner_ids": [Command.set((self.client | other).ids)]})
        )
        self.assertIn("Harbour Lights", wizard.open_note)
        action = wizard.action_start()
        found = self.env["client.offboarding"].search(action["domain"])
        self.assertEqual(found.partner_id, self.client | other)
        self.assertIn(first, found)

    def test_of_a_selection_contacts_are_skipped_and_named(self):
        contact = self.make_contact(self.client, name="Ann")
        dialog = (
            self.env["client.offboarding.start"]
            .with_user(self.manager)
            .with_company(self.company)
            .create({"partner_ids": [Command.set((self.client | contact).ids)]})
        )
        action = dialog.action_start()
        self.assertIn("Ann", action["params"]["message"])
        started = self.env["client.offboarding"].search(
            [("partner_id", "in", (self.client | contact).ids)]
        )
        self.assertEqual(started.partner_id, self.client)

    def test_the_health_record_starts_an_offboarding(self):
        self.make_project(self.client)
        health = self.refresh(self.client).with_user(self.user)
        action = health.action_start_offboarding()
        self.assertEqual(action["res_model"], "client.offboarding.start")

    # -- contract --------------------------------------------------------------

    def test_the_contract_must_be_checked_by_somebody(self):
        offboarding = self.start()
        with self.assertRaisesRegex(UserError, "reads the contract"):
            offboarding.action_finish_step()
        offboarding.with_user(self.user).action_check_contract()
        self.assertEqual(offboarding.legal_user_id, self.user)
        offboarding.action_finish_step()
        self.assertEqual(offboarding.state, "conversation")
        self.assertEqual(offboarding._step("contract").done_user_id, self.manager)

    def test_an_end_before_the_notice_names_the_earliest_day(self):
        self.make_agreement(notice_days=30)
        offboarding = self.start(date_end=self.today + timedelta(days=10))
        self.assertTrue(offboarding.is_too_early)
        self.assertEqual(offboarding.earliest_end, self.today + timedelta(days=30))
        self.ready_contract(offboarding)
        earliest = format_date(offboarding.env, offboarding.earliest_end)
        with self.assertRaisesRegex(UserError, earliest):
            offboarding.action_finish_step()
        offboarding.date_end = offboarding.earliest_end
        offboarding.action_finish_step()
        self.assertEqual(offboarding.state, "conversation")

    def test_a_manager_passes_the_notice_with_a_reason_that_is_kept(self):
        self.make_agreement(notice_days=30)
        offboarding = self.start(date_end=self.today + timedelta(days=10))
        self.ready_contract(offboarding)
        key = self.needs(offboarding, "contract")[0].key
        with self.assertRaisesRegex(UserError, "Say why"):
            offboarding.pass_blocker(key, "  ")
        with self.assertRaisesRegex(UserError, "Only managers"):
            offboarding.with_user(self.user).pass_blocker(key, "Both sides agree")
        offboarding.pass_blocker(key, "Both sides agree")
        self.assertEqual(offboarding.waiver_ids.reason, "Both sides agree")
        self.assertEqual(offboarding.waiver_ids.user_id, self.manager)
        offboarding.action_finish_step()
        self.assertEqual(offboarding.state, "conversation")

    def test_a_pass_holds_for_the_day_it_was_given_for_only(self):
        self.make_agreement(notice_days=30)
        offboarding = self.start(date_end=self.today + timedelta(days=10))
        offboarding.pass_blocker(
            next(
                need.key
                for need in self.needs(offboarding, "contract")
                if need.code == "notice"
            ),
            "Both sides agree",
        )
        self.no_blocks(offboarding, "contract", "notice")
        offboarding.date_end = self.today + timedelta(days=2)
        self.blocks(offboarding, "contract", "notice")

    def test_ending_half_way_warns_and_does_not_block(self):
        self.make_agreement(date_end=self.today + timedelta(days=200))
        offboarding = self.start(date_end=self.today + timedelta(days=10))
        self.assertTrue(offboarding.is_half_way)
        self.no_blocks(offboarding, "contract", "notice")
        last = offboarding.agreement_id.date_end
        offboarding.with_user(self.user).action_end_with_agreement()
        self.assertEqual(offboarding.date_end, last)
        self.assertFalse(offboarding.is_half_way)
        # the open steps move with it
        transition = offboarding.step_ids.filtered(
            lambda step: step.code == "transition"
        )
        self.assertEqual(transition.date, self.work_day(last))

    def test_without_a_day_it_ends_when_telling_was_prepared_and_notice_is_over(self):
        end = self.today + timedelta(days=200)
        self.make_agreement(
            date_end=end, notice_days=30, termination_clause="One month."
        )
        proposed = self.env["client.offboarding.start"].with_user(self.user)
        proposed = proposed.create({"partner_ids": [Command.set(self.client.ids)]})
        self.assertEqual(proposed.date_end, self.today + timedelta(days=44))
        self.assertIn("Its notice in days: 30", proposed.end_note)
        offboarding = self.start(date_end=False)
        self.assertEqual(offboarding.date_end, self.today + timedelta(days=44))
        self.assertEqual(offboarding.clause, "One month.")
        self.assertEqual(
            self.start(self.make_client("Free"), date_end=False).date_end,
            self.today + timedelta(days=28),
        )

    def test_the_days_of_the_steps_rise_until_the_end_and_leave_the_notice(self):
        self.make_agreement(notice_days=30)
        for length in (44, 90, 400, 37):
            offboarding = self.start(date_end=self.today + timedelta(days=length))
            days = offboarding.step_ids.mapped("date")
            self.assertEqual(sorted(days), days, length)
            self.assertGreater(len(set(days)), 3, length)
            self.assertEqual([self.work_day(day) for day in days], days, length)
            self.assertGreaterEqual(days[0], self.today)
            self.assertEqual(days[-1], self.work_day(offboarding.date_end))
            told = offboarding._step("tell").date
            self.assertLessEqual(told, offboarding.date_end - timedelta(days=30))
            offboarding.action_cancel()

    def test_a_shorter_end_leaves_the_steps_apart(self):
        offboarding = self.start(date_end=self.today + timedelta(days=90))
        offboarding.date_end = self.today + timedelta(days=20)
        days = offboarding.step_ids.mapped("date")
        self.assertEqual(sorted(days), days)
        self.assertGreater(len(set(days)), 3)
        self.assertEqual(days[-1], self.work_day(offboarding.date_end))

    def test_notice_runs_from_the_day_the_client_is_told(self):
        self.make_agreement(notice_days=30)
        offboarding = self.start(date_end=self.today + timedelta(days=30))
        self.walk(offboarding, "tell")
        self.assertFalse(offboarding.is_too_early)
        offboarding.sudo()._step("contract").done_on = self.ago(10)
        offboarding.write(
            {"told_on": self.today, "told_how": "phone", "reaction": "Oh"}
        )
        self.assertEqual(offboarding.earliest_end, self.today + timedelta(days=30))

    # -- conversation ----------------------------------------------------------

    def test_every_part_of_the_conversation_blocks_until_it_is_there(self):
        self.make_agreement(termination_clause="One month.")
        offboarding = self.start()
        offboarding.write({"clause": False, "speaker_id": False})
        expected = {
            "no_reason",
            "no_reason_text",
            "no_topics",
            "no_speaker_id",
            "no_talk_on",
            "no_rehearsed_on",
            "no_reviewed_on",
            "no_clause",
        }
        self.assertEqual(self.codes(offboarding, "conversation"), expected)
        offboarding.write({"clause": "One month.", "speaker_id": self.manager.id})
        self.ready_conversation(offboarding)
        self.assertFalse(self.codes(offboarding, "conversation"))

    def test_nobody_chosen_to_be_told_is_asked_about_and_does_not_block(self):
        offboarding = self.walk(self.start(), "conversation")
        self.ready_conversation(offboarding)
        asked = [s["questions"] for s in offboarding.guide()["steps"] if s["questions"]]
        self.assertEqual(asked[0][0]["code"], "no_contact_id")
        action = offboarding.action_finish_step()
        self.assertEqual(action["res_model"], "client.offboarding.finish")
        offboarding.contact_id = self.make_contact(self.client)
        self.assertTrue(offboarding.action_finish_step() is True)
        self.assertEqual(offboarding.state, "tell")

    def test_reasons_have_the_names_of_the_checks(self):
        check = self.env.ref("client_health.check_progress")
        check.name = "Stands still"
        for model in ("client.offboarding", "client.offboarding.start"):
            field = self.env[model].fields_get(["reason"])["reason"]
            self.assertEqual(dict(field["selection"])["progress"], "Stands still")

    def test_nobody_reviews_what_they_will_say_themselves(self):
        offboarding = self.start()
        with self.assertRaisesRegex(UserError, "Somebody else"):
            offboarding.action_review()
        self.assertFalse(offboarding.may_review)
        asked = offboarding.action_ask_review()["context"]
        self.assertEqual(asked["active_ids"], offboarding.ids)
        self.assertNotEqual(asked["default_activity_user_id"], self.manager.id)
        self.assertTrue(offboarding.with_user(self.user).may_review)
        offboarding.with_user(self.user).action_review()
        self.assertEqual(offboarding.reviewed_user_id, self.user)

    def test_other_words_ask_for_a_new_rehearsal_and_review(self):
        offboarding = self.start()
        self.ready_conversation(offboarding)
        offboarding.topics = offboarding.topics
        self.assertTrue(offboarding.reviewed_on, "the same words are the same talk")
        offboarding.topics = "Something else"
        self.blocks(offboarding, "conversation", "no_rehearsed_on")
        self.assertIn("asks for both again", offboarding.message_ids[0].body)
        self.blocks(offboarding, "conversation", "no_reviewed_on")

    # -- tell ------------------------------------------------------------------

    def test_telling_needs_a_day_that_has_come_a_way_and_a_reaction(self):
        offboarding = self.start()
        self.assertEqual(
            self.codes(offboarding, "tell"),
            {"no_told_on", "no_told_how", "no_reaction"},
        )
        self.ready_tell(offboarding)
        offboarding.told_on = self.today + timedelta(days=1)
        self.assertEqual(self.codes(offboarding, "tell"), {"told_later"})

    def test_without_a_mail_address_an_appointment_is_offered(self):
        self.client.email = False
        offboarding = self.walk(self.start(), "tell")
        with self.assertRaisesRegex(RedirectWarning, "no mail address") as caught:
            offboarding.action_write_mail()
        action = caught.exception.args[1]
        self.assertEqual(action["res_model"], "calendar.event")
        self.assertIn(self.client.id, action["context"]["default_partner_ids"])

    def test_opening_the_mail_sends_nothing_and_sending_it_tells(self):
        offboarding = self.start(clause="§ 7: a month.")
        with self.assertRaisesRegex(UserError, "“Conversation”"):
            offboarding.action_write_mail()
        self.walk(offboarding, "tell")
        action = offboarding.action_write_mail()
        self.assertFalse(offboarding.told_on)
        context = {**action["context"], "allowed_company_ids": self.company.ids}
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.manager)
            .with_context(**context)
            .create({})
        )
        self.assertIn("We no longer offer what you need.", composer.body)
        self.assertIn("§ 7: a month.", composer.body)
        self.assertEqual(composer.partner_ids, self.client)
        composer._action_send_mail()
        self.assertEqual(offboarding.told_on, self.today)
        self.assertEqual(offboarding.told_how, "mail")

    def test_the_farewell_waits_for_its_step_whatever_writes_it(self):
        offboarding = self.start()
        template = self.env.ref("client_health.mail_template_offboarding")
        composers = self.env["mail.compose.message"].with_user(self.manager)
        named = {
            "model": offboarding._name,
            "res_ids": str(offboarding.ids),
            "template_id": template.id,
        }
        ways = (
            lambda: composers.create(named)._action_send_mail(),
            lambda: template.send_mail(offboarding.id),
            lambda: offboarding.message_post_with_source(template),
        )
        for way in ways:
            mails = self.env["mail.mail"].search_count([])
            with (
                self.assertRaisesRegex(UserError, "“Conversation”"),
                self.cr.savepoint(),
            ):
                way()
            self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.walk(offboarding, "tell")
        for way in ways:
            way()

    def test_only_somebody_of_the_client_is_told(self):
        stranger = self.make_client("Stranger")
        offboarding = self.start()
        with self.assertRaisesRegex(ValidationError, "no contact of Harbour"):
            offboarding.contact_id = stranger

    def test_the_appointment_is_remembered(self):
        offboarding = self.start()
        action = offboarding.action_make_appointment()
        context = dict(action["context"])
        event = (
            self.env["calendar.event"]
            .with_user(self.manager)
            .with_context(**context)
            .create({"name": "Talk"})
        )
        self.assertEqual(offboarding.event_id, event)
        self.assertIn(self.client, event.partner_ids)

    # -- transition ------------------------------------------------------------

    def test_a_promise_is_in_the_activities_of_whoever_keeps_it(self):
        offboarding = self.start(date_end=self.today + timedelta(days=60))
        day = self.today + timedelta(days=20)
        promises = self.env["client.offboarding.deliverable"].with_user(self.manager)
        promise = promises.create(
            {
                "offboarding_id": offboarding.id,
                "kind": "promise",
                "name": "A last report",
                "user_id": self.user.id,
                "date_due": day,
            }
        )
        self.assertFalse(promise.activity_id, "nobody hears of it before the client")
        self.ready_tell(offboarding)
        activity = promise.activity_id
        self.assertEqual(activity.user_id, self.user)
        self.assertEqual(activity.date_deadline, day)
        self.assertIn("A last report", activity.summary)
        promise.write({"date_due": day + timedelta(days=1), "user_id": self.manager.id})
        self.assertEqual(activity.date_deadline, day + timedelta(days=1))
        self.assertEqual(activity.user_id, self.manager)
        self.env["client.offboarding"]._cron_offboardings()
        self.assertEqual(promise.activity_id, activity, "once")
        promise.action_deliver()
        self.assertFalse(activity.active)
        self.assertEqual(activity.state, "done")

    def test_promises_and_handovers_keep_the_last_step_open(self):
        offboarding = self.start()
        promise = (
            self.env["client.offboarding.deliverable"]
            .with_user(self.user)
            .create(
                {
                    "offboarding_id": offboarding.id,
                    "kind": "promise",
                    "name": "The annual report",
                    "user_id": self.user.id,
                    "date_due": self.ago(1),
                }
            )
        )
        self.assertEqual(
            self.codes(offboarding, "transition"),
            {
                "promise",
                "no_files_handed_over",
                "no_access_handed_over",
                "no_final_invoice",
                "no_plan_given_on",
            },
        )
        texts = [need.text for need in self.needs(offboarding, "transition")]
        self.assertIn("Overdue", " ".join(texts))
        promise.action_deliver()
        self.no_blocks(offboarding, "transition", "promise")

    def test_a_promise_needs_somebody_and_a_day(self):
        offboarding = self.start()
        with self.assertRaisesRegex(ValidationError, "who delivers it"):
            self.env["client.offboarding.deliverable"].with_user(self.user).create(
                {
                    "offboarding_id": offboarding.id,
                    "kind": "promise",
                    "name": "A report",
                }
            )
