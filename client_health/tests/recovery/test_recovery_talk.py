"""The talk with the client: planned, rehearsed and reviewed, and what was said."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError

from ...models.recovery.conversation import PROPOSED
from .case import RecoveryCase
from .test_recovery_self import RecoveryCase as OurSideCase


class TestRecoveryTalk(RecoveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.make_contact(cls.client)
        cls.recovery = cls.start()

    def record(self, user=None, **values):
        """A talk recorded by the button, as a user."""
        action = self.recovery.with_user(user or self.user).action_record_talk()
        talks = self.env["client.talk"].with_user(user or self.user)
        talks = talks.with_context(**action["context"])
        return talks.create({"said": "Both were late", **values})

    def make_target(self):
        """To be reached yesterday, and not reached."""
        indicator = self.health.open_flag_ids[:1].driver_id
        target = self.env["client.recovery.target"].create(
            {"recovery_id": self.recovery.id, "indicator_id": indicator.id, "value": 0}
        )
        self.force(target, by_when=self.ago(1))
        self.force(self.recovery, date_start=self.ago(40))
        self.env.invalidate_all()
        return target

    # -- the plan ----------------------------------------------------------------

    def test_topics_come_from_the_red_flags_and_keep_what_is_there(self):
        self.recovery.topics = "Thanks first"
        code = self.health.open_flag_ids.check_id.code
        with patch.dict(PROPOSED, {code: PROPOSED["progress"]}):
            self.recovery.action_propose_topics()
            lines = self.recovery.topics.splitlines()
            self.assertEqual(lines[0], "Thanks first")
            self.assertIn("What stands still", lines[1])
            self.assertIn("Name one person who decides", self.recovery.talk_asks)
            self.propose_nothing_more(lines)

    def propose_nothing_more(self, lines):
        with self.assertRaisesRegex(UserError, "propose nothing more"):
            self.recovery.action_propose_topics()
        self.assertEqual(self.recovery.topics.splitlines(), lines)

    def test_who_rehearsed_it_does_not_review_it_and_new_words_ask_again(self):
        recovery = self.recovery
        recovery.write({"topics": "What stands still", "speaker_id": self.user.id})
        recovery.action_rehearse()
        with self.assertRaisesRegex(UserError, "Somebody else"):
            recovery.action_review()
        recovery.with_user(self.manager).action_review()
        self.assertTrue(recovery.reviewed_on)
        recovery.talk_asks = "One person who decides"
        self.assertFalse(recovery.rehearsed_on or recovery.reviewed_on)
        self.assertIn("asks for both again", self.said(recovery))

    def test_a_colleague_is_asked_to_rehearse_before_the_day_of_the_talk(self):
        self.recovery.talk_on = self.today + timedelta(days=3)
        context = self.recovery.action_ask_rehearsal()["context"]
        self.assertIn("Rehearse the talk", context["default_summary"])
        self.assertEqual(context["default_date_deadline"], self.recovery.talk_on)

    def test_the_step_agreement_asks_for_the_plan(self):
        def keys():
            return {n.key for n in self.recovery.sudo()._open_requirements("agreement")}

        self.assertIn("no_topics", keys())
        self.recovery.topics = "What stands still"
        self.assertNotIn("no_topics", keys())

    def test_the_sheet_is_for_us_and_the_document_for_the_client_names_nothing(self):
        self.recovery.write({"topics": "Secret words", "talk_asks": "Secret wish"})
        reports = self.env["ir.actions.report"]
        html, _kind = reports._render_qweb_html(
            "client_health.report_recovery_talk", self.recovery.ids
        )
        self.assertIn(b"Secret words", html)
        self.assertIn(b"Do not send", html)
        self.recovery.with_user(self.manager).action_new_agreement()
        html, _kind = reports._render_qweb_html(
            "client_health.report_client_agreement", self.recovery.ids
        )
        self.assertNotIn(b"Secret", html)

    def test_an_appointment_is_not_saved_and_names_nothing_of_ours(self):
        self.recovery.contact_id = self.contact
        action = self.recovery.action_make_appointment()
        context = action["context"]
        self.assertEqual(context["client_health_invites"], self.contact.display_name)
        self.assertNotIn("ecover", context["default_name"])
        self.assertNotIn("res_id", action)

    # -- what was said -----------------------------------------------------------

    def test_a_target_not_kept_is_told_until_it_was_talked_about(self):
        self.assertFalse(self.recovery.missed_words)
        target = self.make_target()
        self.assertEqual(self.recovery.missed_words, target.indicator_id.name)
        talk = self.record(agreed="A meeting each week")
        self.assertEqual((talk.reason, talk.recovery_id), ("not_kept", self.recovery))
        self.assertEqual(talk.what, target.indicator_id.name)
        self.assertFalse(self.recovery.missed_words)
        self.assertEqual(self.recovery.talk_count, 1)
        self.assertEqual(self.recovery.last_talk_on, self.today)

    def test_who_held_the_talk_is_reminded_on_the_day_to_come_back_to_it(self):
        talk = self.record(next_on=self.today + timedelta(days=14))
        activity = self.activities(talk)
        self.assertEqual(activity.user_id, self.user)
        self.assertEqual(activity.date_deadline, talk.next_on)
        talk.next_on = False
        self.assertFalse(self.activities(talk))

    def test_a_talk_says_something_on_a_day_that_has_come(self):
        for values, words in (
            ({"said": " "}, "Write down"),
            ({"date": self.today + timedelta(days=1)}, "still to come"),
            ({"next_on": self.today}, "after the day"),
            ({"contact_id": self.make_client("Other").id}, "is not of"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self.record(**values)

    def test_others_read_it_and_do_not_change_it(self):
        talk = self.record()
        other = self.make_user("other", "client_health.group_user")
        theirs = talk.with_user(other)
        self.assertEqual(theirs.said, "Both were late")
        with self.assertRaises(AccessError):
            theirs.said = "We were right"
        talk.with_user(self.manager).agreed = "To answer in two days"

    def test_an_agreement_that_is_not_kept_has_its_talks(self):
        agreement = self.env["client.agreement"].create(
            {"partner_id": self.client.id, "company_id": self.company.id}
        )
        action = agreement.with_user(self.user).action_record_talk()
        talks = self.env["client.talk"].with_user(self.user)
        talk = talks.with_context(**action["context"]).create({"agreed": "Two days"})
        self.assertEqual((talk.agreement_id, agreement.talk_count), (agreement, 1))
        self.assertEqual(
            self.env["client.talk"].search(agreement.action_open_talks()["domain"]),
            talk,
        )


class TestBestMoment(OurSideCase):
    """Asked on Mondays, answered on the Tuesday at ten."""

    def answer(self, weeks):
        for week in weeks:
            day = self.ago(7 * week + 7)
            monday = day - timedelta(days=day.weekday())
            self.we(self.at(monday))
            self.they(self.at(monday + timedelta(days=1), 10))

    def best(self, record, tz):
        record.invalidate_recordset()
        record = record.with_user(self.anna).with_context(tz=tz)
        return record.best_moment, record.best_moment_known

    def test_it_is_told_on_the_clock_of_the_reader_and_not_of_few_answers(self):
        recovery = self.start()
        tz = self.env["client.health.facts"]._zone(self.company)
        self.answer(range(1, 10))
        words, known = self.best(recovery, tz)
        self.assertIn("9 written answers in a year, of at least 10", words)
        self.assertFalse(known)
        self.answer(range(10, 13))
        words, known = self.best(recovery, tz)
        self.assertTrue(known)
        self.assertEqual(words, "on Tuesday (12), in the morning (12), of 12 answers")
        words, _known = self.best(recovery, "Asia/Tokyo")
        self.assertEqual(words, "on Tuesday (12), in the evening (12), of 12 answers")

    def test_several_clients_are_read_at_once(self):
        recoveries = self.start() | self.start(self.others[0])
        self.env.flush_all()
        recoveries.invalidate_recordset()
        reading = patch(
            "odoo.addons.client_health.models.process.talk.answered_at", return_value={}
        )
        with reading as read:
            recoveries.mapped("best_moment")
        read.assert_called_once()
