"""When a client was last heard, and who talks where: small worlds."""

from datetime import timedelta

from .answers_case import THANKS, AnswersCase


class TestSilence(AnswersCase):
    """Heard is who wrote, was called, or came to a meeting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.task = cls.thread()  # work is open all the time
        cls.agree = {
            "partner_id": cls.client.id,
            "company_id": cls.company.id,
            "date_start": cls.ago(500),
            "contact_every_days": 14,
        }

    def write_monthly(self, last, months=8):
        """Mails of the client, one a month, the last of them so many days ago."""
        for month in range(months):
            day = self.ago(last + 30 * month)
            self.they_write(self.thread(), self.moment(day), THANKS)

    def test_we_talk_by_phone(self):
        self.write_monthly(100)
        for week in range(15):
            self.call(self.client, self.ago(3 + 7 * week))
        self.we_write(self.task, self.moment(self.ago(50)))
        self.assertEqual(self.judged("silence")["penalty"], 0)
        self.assertEqual(self.silent(), 3)

    def test_a_call_on_the_project_or_a_task_is_a_call_with_the_client(self):
        self.write_monthly(100)
        self.call(self.task, self.ago(6))
        self.assertEqual(self.silent(), 6)

    def test_the_series_nobody_accepted(self):
        self.app("calendar.event")
        self.write_monthly(120)
        for week in range(16):
            self.meet(self.moment(self.ago(4 + 7 * week)))
        self.we_write(self.task, self.moment(self.ago(60)))
        silence = self.judged("silence")
        self.assertEqual((silence["value"], silence["penalty"]), (4, 1))

    def test_a_meeting_that_was_accepted_is_contact(self):
        self.app("calendar.event")
        self.write_monthly(120)
        self.meet(self.moment(self.ago(10)), answer="accepted")
        self.assertEqual(self.silent(), 10)

    def test_a_meeting_that_was_entered_afterwards_is_contact(self):
        self.app("calendar.event")
        self.write_monthly(120)
        moment = self.moment(self.ago(10))
        self.meet(moment, entered=moment + timedelta(hours=3))
        self.assertEqual(self.silent(), 10)

    def test_a_meeting_that_was_declined_is_none(self):
        self.app("calendar.event")
        self.write_monthly(120)
        moment = self.moment(self.ago(10))
        self.meet(moment, answer="declined", entered=moment + timedelta(hours=3))
        self.assertEqual(self.silent(), 120)

    def test_a_meeting_to_come_is_no_contact_yet(self):
        self.app("calendar.event")
        self.write_monthly(120)
        self.meet(self.moment(self.ago(-10)), answer="accepted")
        self.assertEqual(self.silent(), 120)

    def test_a_firm_of_the_season_is_not_silent_out_of_it(self):
        for week in range(4):
            day = self.ago(120 + 7 * week)
            self.they_write(self.thread(), self.moment(day), THANKS)
        self.we_write(self.task, self.moment(self.ago(20)))
        self.assertIsNone(self.judged("silence")["penalty"])

    def test_who_wrote_every_month_and_stopped_is_silent(self):
        self.write_monthly(95)
        self.we_write(self.task, self.moment(self.ago(20)))
        silence = self.judged("silence")
        self.assertEqual(silence["penalty"], 1)
        self.assertIsNone(self.judged("our_silence")["penalty"])

    def test_where_we_did_not_write_either_the_silence_is_ours(self):
        self.write_monthly(95)
        self.assertIsNone(self.judged("silence")["penalty"])
        ours = self.judged("our_silence")
        self.assertEqual(ours["penalty"], 1)
        [health] = self.refresh(self.client)
        flag = health.flag_ids.filtered(lambda f: f.driver_id.code == "our_silence")
        self.assertEqual((flag.side, flag.points), ("ours", 0))

    def test_without_open_work_only_an_agreement_makes_silence_matter(self):
        self.write_monthly(95)
        self.we_write(self.task, self.moment(self.ago(20)))
        for task in self.project.task_ids:
            task.state = "1_done"
        self.assertIsNone(self.judged("silence")["penalty"])
        agreement = self.env["client.agreement"].create(self.agree)
        self.force(agreement, state="active")
        self.assertEqual(self.judged("silence")["penalty"], 1)

    def test_the_agreed_interval_counts(self):
        self.write_monthly(40)
        self.we_write(self.task, self.moment(self.ago(20)))
        self.assertLess(self.judged("silence")["penalty"], 0.5)
        self.force(self.env["client.agreement"].create(self.agree), state="active")
        self.assertGreater(self.judged("silence")["penalty"], 0.5)

    def test_an_answer_that_no_person_wrote_is_not_heard(self):
        self.write_monthly(60)
        self.they_write(
            self.task, self.moment(self.ago(5)), "Away.", subject="Out of office: Hello"
        )
        self.assertEqual(self.silent(), 60)

    def test_a_message_in_the_portal_and_a_mail_from_their_domain_are_heard(self):
        self.write_monthly(60)
        self.mail_in("Eve <eve@bakery.example>", self.moment(self.ago(9)), THANKS)
        self.assertEqual(self.silent(), 9)
        portal = self.make_user("bob", "base.group_portal").partner_id
        portal.parent_id = self.client
        self.they_write(
            self.task, self.moment(self.ago(4)), "Yes.", portal, message_type="comment"
        )
        self.assertEqual(self.silent(), 4)


class TestOtherMessages(AnswersCase):
    """Ratings, notes, forwarded documents, and what a person says about a message."""

    def test_a_request_to_rate_is_owed_no_answer(self):
        self.app("rating.rating")
        task = self.thread()
        template = self.env.ref("project.rating_project_request_email_template")
        task.sudo().rating_send_request(template, lang=False, force_send=False)
        asked = task.message_ids.filtered(lambda m: self.bob in m.partner_ids)
        if asked:
            self.force(asked, date=self.at(3))
        self.assertOwes((0, 0))

    def test_a_rating_waits_for_nothing(self):
        self.app("rating.rating")
        task = self.thread()
        rating = task.sudo()._rating_get_access_token(self.bob)
        task.sudo().rating_apply(4, token=rating, feedback="Well done.")
        message = task.message_ids.filtered(lambda m: m.author_id == self.bob)
        self.force(message, date=self.at(3))
        self.assertOwes((0, 0))

    def test_an_internal_note_asks_the_client_nothing(self):
        task = self.thread()
        self.we_write(task, self.at(3), subtype_xmlid="mail.mt_note")
        self.assertOwes((0, 0))

    def test_a_document_that_is_forwarded_without_a_word_asks_nothing(self):
        self.mail_in(
            "Bob <bob@bakery.example>",
            self.at(3),
            "-------- Forwarded Message --------\nFrom: Supplier <s@supplier.example>\n"
            "Subject: Invoice 17\n\nCould you please pay this invoice by Friday?\n",
            subject="Fwd: Invoice 17",
        )
        self.assertOwes((0, 0))

    def test_a_mail_without_words_or_subject_asks_nothing(self):
        self.mail_in("Bob <bob@bakery.example>", self.at(3), "", subject="")
        self.assertOwes((0, 0))

    def test_a_task_that_says_it_was_received_asks_nothing(self):
        task = self.thread()
        self.we_write(task, self.at(3), message_type="auto_comment")
        self.assertOwes((0, 0))

    def test_a_person_s_word_stands(self):
        message = self.they_write(self.thread(), self.at(3))
        self.assertOwes((0, 0), (0, 1))
        words = self.env["client.message"].sudo()
        words._say(message, "not_needed")
        self.assertOwes((0, 0))
        words._say(message, None)
        self.assertOwes((0, 0), (0, 1))

    def test_a_message_that_does_need_an_answer_though_it_does_not_ask(self):
        message = self.they_write(self.thread(), self.at(3), "The site is down again.")
        self.env["client.message"].sudo()._say(message, "needs")
        self.assertOwes((0, 0), (0, 1))

    def test_only_a_question_mark_asks_in_a_language_nobody_knows(self):
        self.they_write(self.thread(), self.at(3), "Skicka avtalet till mig.")
        self.assertOwes((0, 0))

    def test_a_task_of_no_client_belongs_to_its_project_s(self):
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "email": "s@elsewhere.example"}
        )
        task = self.thread(client=stranger)
        self.they_write(task, self.at(3), who=stranger)
        self.assertOwes((0, 0), (0, 1))


class TestTalksElsewhere(AnswersCase):
    """A firm that answers from another mail program is not called late."""

    def ask(self, mails, answered):
        for number in range(mails):
            task = self.thread(f"Task {number}")
            moment = self.at(2 + number % 8, 9, number)
            self.they_write(task, moment)
            if number < answered:
                later = moment + timedelta(hours=2)
                self.we_write(task, later, "It is attached.")

    def test_both_figures_are_grey_with_a_hint_about_the_mail(self):
        self.ask(24, answered=0)
        for code in ("our_on_time", "client_on_time"):
            judged = self.judged(code)
            self.assertIsNone(judged["penalty"])
            self.assertIn("Odoo", judged["reason"])

    def test_who_answers_most_in_odoo_is_judged(self):
        eve = self.bob
        for number in range(24):
            self.bob = self.make_contact(
                self.client, f"Person {number}", email=f"p{number}@bakery.example"
            )
            task = self.thread(f"Task {number}")
            moment = self.at(2 + number % 8, 9, number)
            self.they_write(task, moment)
            if number % 4:
                self.we_write(task, moment + timedelta(hours=2), "It is attached.")
        self.bob = eve
        judged = self.judged("our_on_time")
        self.assertEqual(judged["value"], 0.75)

    def test_few_mails_tell_nothing_about_the_firm(self):
        self.ask(8, answered=0)
        self.assertEqual(self.judged("our_on_time")["value"], 0)
        self.assertFalse(self.company.client_health_talks_elsewhere)
