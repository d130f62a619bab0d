"""Who owes whom an answer: small worlds, and what is right in them."""

from datetime import timedelta

from markupsafe import Markup

from .answers_case import ASKS, THANKS, AnswersCase

WEEKS = range(3, 9)  # six of them, all within the 90 days


class TestThankYou(AnswersCase):
    """The last word of a conversation is not a question that nobody answered."""

    def test_a_thank_you_at_the_end_is_owed_no_answer(self):
        for week in WEEKS:
            task = self.thread()
            self.they_write(task, self.at(week, 9))
            self.we_write(task, self.at(week, 11), "Of course, it is attached.")
            self.they_write(task, self.at(week, 12), THANKS)
        # the thanks came in time, which nobody holds against them
        self.assertOwes((6, 6), (6, 6))

    def test_our_done_have_a_good_weekend_is_owed_no_answer(self):
        for week in WEEKS:
            task = self.thread()
            self.we_write(task, self.at(week, 9))
            self.they_write(task, self.at(week, 11), "It is attached.")
            self.we_write(task, self.at(week, 12), "All done. Have a good weekend!")
        self.assertOwes((6, 6), (6, 6))

    def test_a_conversation_that_we_end_leaves_nothing_open(self):
        for week in WEEKS:
            task = self.thread()
            self.they_write(task, self.at(week, 9))
            self.we_write(task, self.at(week, 11), "It is attached. Have a nice day!")
        self.assertOwes((0, 0), (6, 6))

    def test_thanks_in_dutch(self):
        for week, words in enumerate(
            (
                "Top, dankjewel!",
                "Bedankt voor de snelle reactie. Fijn weekend!",
                "Helemaal goed, ik heb het ontvangen. Dank je.",
                "Prima zo. Groetjes, Bob",
            ),
            3,
        ):
            task = self.thread()
            self.they_write(task, self.at(week, 9), "Kun je mij het contract sturen?")
            self.we_write(task, self.at(week, 10), "Zie de bijlage.")
            self.they_write(task, self.at(week, 11), words)
        self.assertOwes((4, 4), (4, 4))

    def test_a_last_word_that_asks_does_wait(self):
        task = self.thread()
        self.we_write(task, self.at(3, 9))
        self.they_write(task, self.at(3, 10), f"Thank you! {ASKS}")
        self.assertOwes((1, 1), (0, 1))

    def test_thanks_above_the_quoted_question_do_not_ask_it_again(self):
        task = self.thread()
        self.they_write(task, self.at(3, 9))
        answer = self.we_write(task, self.at(3, 10), "It is attached.")
        self.mail_in(
            "Bob <bob@bakery.example>",
            self.at(3, 12),
            f"Great, thanks.\n\nBob\n\nOn Monday Ann wrote:\n> {ASKS}\n> Could you?\n",
            answers=answer,
        )
        self.assertOwes((1, 1), (1, 1))

    def test_a_question_after_the_thanks_begins_the_wait(self):
        task = self.thread()
        self.they_write(task, self.at(3, 9), "We moved to the new office last week.")
        self.they_write(task, self.at(3, 9, days=3))
        self.we_write(task, self.at(3, 14, days=3), "It is attached.")
        self.assertOwes((0, 0), (1, 1))


class TestDocuments(AnswersCase):
    """An invoice says nothing that waits for an answer."""

    books = True

    def test_mailed_invoices_are_owed_no_answer(self):
        self.app("account.move")
        for week in WEEKS:
            task = self.thread()
            self.we_write(task, self.at(week, 9))
            self.they_write(task, self.at(week, 10), "It is attached.")
        heard = self.silent()
        for number in range(9):
            invoice = self.make_invoice(self.client, self.ago(10 + number), 100)
            self.send(invoice)
        self.assertOwes((6, 6))
        self.assertEqual(self.silent(), heard)

    def send(self, invoice, body=None):
        """What the button *Send* of an invoice does."""
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["email"]})
        )
        wizard.mail_partner_ids = self.bob
        wizard.action_send_and_print(allow_fallback_pdf=True)
        mails = invoice.message_ids.filtered(lambda m: self.bob in m.partner_ids)
        self.assertTrue(mails)
        return self.force(mails, date=self.at(3))

    def test_a_mailed_quotation_is_owed_no_answer(self):
        self.app("sale.order")
        order = self.make_order(self.client, self.ago(20), state="draft")
        action = order.action_quotation_send()
        composer = (
            self.env["mail.compose.message"]
            .with_context(**action["context"])
            .create({"partner_ids": [(6, 0, self.bob.ids)]})
        )
        composer.action_send_mail()
        mails = order.message_ids.filtered(lambda m: self.bob in m.partner_ids)
        self.assertTrue(mails)
        self.force(mails, date=self.at(3))
        self.assertOwes((0, 0))

    def test_a_question_about_an_invoice_is_a_question(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(30), 100)
        self.send(invoice)
        self.they_write(
            invoice, self.at(3, 15), "Could you please correct our address?"
        )
        self.assertOwes((0, 0), (0, 1))
        self.we_write(invoice, self.at(2), "Could you send us the right one?")
        self.assertOwes((0, 1), (0, 1))

    def test_a_document_answers_who_asked_for_it(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(30), 100)
        self.they_write(invoice, self.at(3, 8), "Could you please send me the invoice?")
        self.send(invoice)  # an hour later
        self.assertOwes((0, 0), (1, 1))


class TestAnotherWay(AnswersCase):
    """An answer counts, whatever address, record or telephone it came by."""

    def test_the_answer_came_by_another_address_or_as_a_new_mail(self):
        for week in (4, 5):
            asked = self.we_write(self.thread(), self.at(week, 9))
            self.mail_in(
                "Bob <bobby@gmail.com>", self.at(week, 10), "Here it is.", answers=asked
            )
        for week in (6, 7, 8):
            self.we_write(self.thread(), self.at(week, 9))
            self.mail_in(
                "Bob <bob@bakery.example>", self.at(week, 10), "Here is the contract."
            )
        self.assertOwes((5, 5))

    def test_a_private_address_that_became_a_contact_of_its_own(self):
        private = self.env["res.partner"].create(
            {"name": "Bob", "email": "bobby@gmail.com"}
        )
        task = self.thread()
        self.we_write(task, self.at(3, 9))
        self.they_write(task, self.at(3, 10), "Here it is.", who=private)
        self.assertOwes((1, 1))

    def test_a_colleague_of_theirs_whom_nobody_knows_answers_on_the_record(self):
        asked = self.we_write(self.thread(), self.at(3, 9))
        self.mail_in("Eve <eve@bakery.example>", self.at(3, 10), "Yes.", answers=asked)
        self.assertOwes((1, 1))

    def test_a_mail_from_their_own_domain_is_theirs(self):
        self.mail_in("Eve <eve@bakery.example>", self.at(3, 9))
        self.assertOwes((0, 0), (0, 1))

    def test_a_person_who_is_there_twice_answers_under_either_name(self):
        again = self.make_contact(
            self.client, "Bob (invoices)", type="invoice", email=self.bob.email
        )
        self.we_write(self.thread("One"), self.at(3, 9))
        self.they_write(self.thread("Two"), self.at(3, 10), "Here it is.", who=again)
        self.assertOwes((1, 1))

    def test_a_mail_from_a_public_provider_is_nobodys(self):
        self.make_contact(self.client, "Kim", email="kim@gmail.com")
        self.mail_in("Stranger <stranger@gmail.com>", self.at(3, 9), new="crm.lead")
        self.assertOwes((0, 0))

    def test_our_answer_in_another_record_answers_who_asked(self):
        self.they_write(self.thread("One"), self.at(3, 9))
        self.we_write(self.thread("Two"), self.at(3, 11), "It is attached.")
        self.assertOwes((0, 0), (1, 1))

    def test_what_we_write_to_another_person_elsewhere_answers_nobody(self):
        eve = self.make_contact(self.client, "Eve", email="eve@bakery.example")
        self.they_write(self.thread("One"), self.at(3, 9))
        self.we_write(self.thread("Two"), self.at(3, 11), "All is well.", to=eve)
        self.assertOwes((0, 0), (0, 1))

    def test_another_person_of_the_client_answers_in_the_conversation(self):
        eve = self.make_contact(self.client, "Eve", email="eve@bakery.example")
        task = self.thread()
        self.we_write(task, self.at(3, 9))
        self.they_write(task, self.at(3, 10), "Here it is.", who=eve)
        self.assertOwes((1, 1))

    def test_a_call_the_same_day_answers(self):
        self.we_write(self.thread(), self.at(3, 9))
        self.call(self.bob, self.monday(3))
        self.assertOwes((1, 1))

    def test_a_call_with_somebody_else_of_the_client_does_not(self):
        eve = self.make_contact(self.client, "Eve", email="eve@bakery.example")
        self.we_write(self.thread(), self.at(3, 9))
        self.call(eve, self.monday(3))
        self.assertOwes((0, 1))

    def test_a_meeting_they_came_to_answers(self):
        self.app("calendar.event")
        task = self.thread()
        self.we_write(task, self.at(3, 9))
        self.meet(self.at(3, 14), answer="accepted")
        self.assertOwes((1, 1))

    def test_a_meeting_nobody_accepted_answers_nothing(self):
        self.app("calendar.event")
        self.we_write(self.thread(), self.at(3, 9))
        self.meet(self.at(3, 14))
        self.assertOwes((0, 1))

    def test_a_meeting_entered_afterwards_was_held(self):
        self.app("calendar.event")
        self.they_write(self.thread(), self.at(3, 9))
        self.meet(self.at(3, 11), entered=self.at(3, 16))
        self.assertOwes((0, 0), (1, 1))

    def test_a_comment_in_the_portal_answers(self):
        portal = self.make_user("bob", "base.group_portal").partner_id
        portal.parent_id = self.client
        task = self.thread(client=portal)
        self.we_write(task, self.at(3, 9), to=portal)
        self.they_write(task, self.at(3, 10), "Yes.", portal, message_type="comment")
        self.assertOwes((1, 1))

    def test_an_internal_note_answers_nobody(self):
        task = self.thread()
        self.they_write(task, self.at(3, 9))
        nobody = self.env["res.partner"]
        self.we_write(
            task, self.at(3, 10), "I will answer.", nobody, subtype_xmlid="mail.mt_note"
        )
        self.assertOwes((0, 0), (0, 1))


class TestAddressed(AnswersCase):
    """Who was not asked, or not reached, owes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.make_client("Printer")
        cls.pat = cls.make_contact(cls.partner, "Pat", email="pat@printer.example")

    def test_a_follower_who_was_not_named_owes_nothing(self):
        for week in WEEKS:
            task = self.thread()
            task.message_subscribe(self.pat.ids)
            message = self.we_write(task, self.at(week, 9))
            self.assertIn(self.pat, message.notification_ids.res_partner_id)
            self.they_write(task, self.at(week, 10), "Here it is.")
        self.assertOwes((6, 6))
        self.assertOwes((0, 0), client=self.partner)

    def test_who_follows_a_record_of_another_owes_nothing_when_nobody_is_named(self):
        task = self.thread()
        task.message_subscribe((self.pat + self.bob).ids)
        self.we_write(task, self.at(3, 9), to=self.env["res.partner"])
        self.assertOwes((0, 0), client=self.partner)
        self.assertOwes((0, 1))  # as in databases that name nobody

    def test_who_was_named_on_the_record_of_another_was_asked(self):
        task = self.thread()
        self.we_write(task, self.at(3, 9), to=self.pat)
        self.assertOwes((0, 1), client=self.partner)
        self.assertOwes((0, 0))

    def test_who_was_not_reached_was_not_asked(self):
        for status in ("bounce", "exception", "canceled"):
            message = self.we_write(self.thread(), self.at(3, 9))
            self.force(message.notification_ids, notification_status=status)
        self.assertOwes((0, 0))

    def test_a_colleague_asked_in_the_client_s_task_is_no_question_to_the_client(self):
        task = self.thread()
        colleague = self.make_user("carl").partner_id
        task.message_subscribe(self.bob.ids)
        self.we_write(task, self.at(3, 9), to=colleague)
        self.assertEqual(self.counted()[1], (0, 0))


class TestToMany(AnswersCase):
    """Season's greetings wait for nobody's answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.bob
        for number in range(7):
            client = cls.make_client(f"Client {number}")
            cls.people += cls.make_contact(
                client, "Someone", email=f"someone@client{number}.example"
            )

    def test_one_text_from_the_list_of_contacts(self):
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.ann)
            .sudo()
            .with_context(active_model="res.partner", active_ids=self.people.ids)
            .create(
                {
                    "composition_mode": "mass_mail",
                    "model": "res.partner",
                    "res_ids": str(self.people.ids),
                    "subject": "Season's greetings",
                    "body": "<p>Will we see you next year? Please let us know!</p>",
                }
            )
        )
        before = self.env["mail.message"].search([], order="id DESC", limit=1)
        composer._action_send_mail()
        sent = self.env["mail.message"].search([("id", ">", before.id)])
        self.force(sent, date=self.at(3))
        self.assertOwes((0, 0))
        self.assertIsNone(self.silent())

    def test_the_same_text_written_to_each(self):
        for number, person in enumerate(self.people):
            self.we_write(person, self.at(3, 9, number), to=person)
        self.assertOwes((0, 0))

    def test_the_same_text_with_the_name_of_each(self):
        for number, person in enumerate(self.people):
            body = Markup(f"<p>Dear Mr {person.id},</p><p>{ASKS}</p>")
            self.we_write(person, self.at(3, 9, number), body, to=person)
        self.assertOwes((0, 0))

    def test_the_same_question_to_three_clients_is_a_question_to_each(self):
        for number, person in enumerate(self.people[:3]):
            self.we_write(person, self.at(3, 9, number), to=person)
        self.assertOwes((0, 1))

    def test_the_same_text_over_the_weeks_is_a_question_each_time(self):
        for week, person in enumerate(self.people[:7], 2):
            self.we_write(person, self.at(week), to=person)
        self.assertOwes((0, 1))


class TestAutomatic(AnswersCase):
    """What no person wrote answers nothing."""

    def test_out_of_office_in_any_language(self):
        subjects = (
            "[EXTERN] Automatic reply: Website",
            "Respuesta automática: Website",
            "Risposta automatica: Website",
            "Automatisk svar: Website",
            "Odpowiedź automatyczna: Website",
            "Re: Website (Out of office)",
        )
        for week, subject in zip(WEEKS, subjects, strict=True):
            asked = self.we_write(self.thread(), self.at(week, 9))
            reply = self.mail_in(
                "Bob <bob@bakery.example>",
                self.at(week, 9, 1),
                "I am away until Monday. Could you please write to Eve?",
                answers=asked,
                subject=subject,
                headers={"Auto-Submitted": "auto-replied"},
            )
            self.assertTrue(reply.client_health_automatic)
        self.assertOwes((0, 6))
        self.assertIsNone(self.silent())

    def test_the_headers_are_enough(self):
        headers = (
            {"Auto-Submitted": "auto-generated"},
            {"X-Autoreply": "yes"},
            {"Precedence": "auto_reply"},
        )
        for week, header in zip(WEEKS, headers, strict=False):
            asked = self.we_write(self.thread(), self.at(week, 9))
            self.mail_in(
                "Bob <bob@bakery.example>", self.at(week, 10), "Away.", asked,
                subject="Re: Website", headers=header,
            )  # fmt: skip
        self.assertOwes((0, 3))

    def test_the_words_are_enough_for_older_ones(self):
        subjects = (
            "AW: [EXT] Abwesenheitsnotiz: Website",
            "Réponse automatique : Website",
            "Autosvar: Website",
            "Resposta automática: Website",
            "Automatisch antwoord: Website",
            "RE: Frånvaromeddelande: Website",
        )
        for week, subject in zip(WEEKS, subjects, strict=True):
            task = self.thread()
            self.we_write(task, self.at(week, 9))
            self.they_write(task, self.at(week, 10), "Away.", subject=subject)
        self.assertOwes((0, 6))

    def test_a_person_who_writes_about_the_office_wrote(self):
        for week, subject in ((3, "Our office hours"), (4, "Auto: the red one")):
            task = self.thread()
            self.we_write(task, self.at(week, 9))
            self.they_write(
                task, self.at(week, 10), "As asked.", subject=subject,
            )  # fmt: skip
        self.assertOwes((2, 2))

    def test_auto_submitted_no_is_a_person(self):
        asked = self.we_write(self.thread(), self.at(3, 9))
        self.mail_in(
            "Bob <bob@bakery.example>", self.at(3, 10), "Yes.", asked,
            headers={"Auto-Submitted": "no"},
        )  # fmt: skip
        self.assertOwes((1, 1))


class TestClosed(AnswersCase):
    """What was asked before a record closed is settled by that."""

    def close(self, task, weeks, state="1_done"):
        task.state = state
        self.env.flush_all()
        self.force(task, date_last_stage_update=self.at(weeks))

    def test_a_task_that_was_done_settles_what_was_asked_before(self):
        for state in ("1_done", "1_canceled"):
            task = self.thread()
            self.they_write(task, self.at(5))
            self.close(task, 4, state)
        self.assertOwes((0, 0))

    def test_what_is_asked_afterwards_waits(self):
        task = self.thread()
        self.close(task, 4)
        self.they_write(task, self.at(3))
        self.assertOwes((0, 0), (0, 1))

    def test_a_late_answer_stays_late_when_the_task_is_done(self):
        task = self.thread()
        self.they_write(task, self.at(5))
        self.we_write(task, self.at(4), "It is attached.")
        self.close(task, 3)
        self.assertOwes((0, 0), (0, 1))

    def test_an_answer_after_it_was_done_is_not_late(self):
        done = "It was all done by then, sorry."
        task = self.thread()
        self.they_write(task, self.at(9))
        self.close(task, 8)
        self.we_write(task, self.at(7), done)
        task = self.thread()
        self.we_write(task, self.at(6))
        self.close(task, 5)
        self.they_write(task, self.at(4), done)
        self.assertOwes((0, 0))

    def test_an_opportunity_that_was_lost_settles_it(self):
        for outcome in ("won", "lost"):
            lead = self.make_opportunity(
                self.bob, day=self.ago(90), outcome=outcome, closed=self.monday(3)
            )
            self.they_write(lead, self.at(5))
        self.assertOwes((0, 0))

    def test_an_order_that_is_confirmed_is_open_and_one_cancelled_is_settled(self):
        self.app("sale.order")
        order = self.make_order(self.client, self.ago(60))
        self.they_write(order, self.at(5))
        self.assertOwes((0, 0), (0, 1))
        cancelled = self.make_order(self.client, self.ago(60), state="cancel")
        self.they_write(cancelled, self.at(4))
        self.assertOwes((0, 0), (0, 1))


class TestTerms(AnswersCase):
    """Answer times are those that were agreed when it was asked."""

    def agree(self, hours, start, end=None, state="active"):
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": start,
                "date_end": end,
                "client_response_hours": hours,
                "our_response_hours": hours,
            }
        )
        return self.force(agreement, state=state)

    def test_the_agreement_then_in_force_counts(self):
        self.agree(40, self.ago(400), self.monday(5), "ended")
        self.agree(4, self.monday(5) + timedelta(days=1))
        for week in (7, 3):
            task = self.thread()
            self.we_write(task, self.at(week, 9))
            self.they_write(task, self.at(week, 9, days=2), "Here it is.")
        self.assertOwes((1, 2))

    def test_a_new_agreement_changes_nothing_of_the_past(self):
        task = self.thread()
        self.they_write(task, self.at(4, 9))
        self.we_write(task, self.at(4, 15), "It is attached.")
        self.assertOwes((0, 0), (1, 1))
        self.agree(1, self.ago(1))
        self.assertOwes((0, 0), (1, 1))

    def test_a_weekend_between_is_no_working_time(self):
        task = self.thread()
        self.they_write(task, self.at(4, 16, days=4))
        self.we_write(task, self.at(3, 10), "It is attached.")
        self.assertOwes((0, 0), (1, 1))
