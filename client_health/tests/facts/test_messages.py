"""Whose turn is it: who wrote when, and who answered in time."""

from datetime import date, datetime, timedelta

from odoo.tests import freeze_time

from ...facts.evidence import records
from ..common import read_in_every_way
from .oracle_people import working_hours
from .people import LATER, MONDAY, PeopleCase, people_keys


class TestTurns(PeopleCase):
    """Sixteen working hours for the client, eight for us, from 8 to 12 and 13 to 17."""

    def test_each_side_owes_the_other_an_answer(self):
        self.we(self.at(MONDAY))
        self.they(self.at(MONDAY, 11))
        self.we(self.at(MONDAY, 15))
        self.they(self.at(MONDAY, 16))
        self.we(self.at(MONDAY + timedelta(days=2), 9))
        # the client answered twice in time and owes us one; we were late once
        self.assertEqual(self.turns(), ((2, 3), (1, 2)))

    def test_the_hours_of_the_calendar_are_eight_a_day_without_lunch(self):
        start = self.at(MONDAY, 8)
        self.assertEqual(working_hours(self.company, start, self.at(MONDAY, 17)), 8)
        self.assertEqual(working_hours(self.company, start, self.at(MONDAY, 12, 30)), 4)

    def test_an_answer_exactly_at_the_agreed_time_is_in_time(self):
        wednesday = MONDAY + timedelta(days=2)
        for minute in (0, 7, 10, 20, 50):
            for second in (0, 1, 13, 59):
                talk = self.make_talk()
                self.we(self.at(MONDAY, 9, minute, second), *talk)
                self.they(self.at(wednesday, 9, minute, second), *talk)
        self.assertEqual(self.turns()[0], (20, 20))

    def test_an_answer_one_second_after_the_agreed_time_is_late(self):
        wednesday = MONDAY + timedelta(days=2)
        for minute in (0, 7, 10, 20, 50):
            talk = self.make_talk()
            self.we(self.at(MONDAY, 9, minute, 13), *talk)
            self.they(self.at(wednesday, 9, minute, 14), *talk)
        self.assertEqual(self.turns()[0], (0, 5))

    def test_our_answer_exactly_at_the_agreed_time_is_in_time(self):
        tuesday = MONDAY + timedelta(days=1)
        for minute in (0, 7, 10, 20, 50):
            talk = self.make_talk()
            self.they(self.at(MONDAY, 9, minute, 13), *talk)
            self.we(self.at(tuesday, 9, minute, 13), *talk)
        self.assertEqual(self.turns(as_of=tuesday)[1], (5, 5))
        talk = self.make_talk()
        self.they(self.at(MONDAY, 9, 7, 13), *talk)
        self.we(self.at(tuesday, 9, 7, 14), *talk)
        self.assertEqual(self.turns(as_of=tuesday)[1], (5, 6))

    def test_an_agreed_time_of_fractions_is_kept_to_the_second(self):
        self.make_agreement(client_response_hours=0.1)  # six minutes
        for hour in (8, 9, 10, 14, 15):
            talk = self.make_talk()
            self.we(self.at(MONDAY, hour, 3, 7), *talk)
            self.they(self.at(MONDAY, hour, 9, 7), *talk)
        self.assertEqual(self.turns()[0], (5, 5))

    def test_an_unanswered_turn_counts_once_the_agreed_time_is_over(self):
        tuesday, wednesday = (MONDAY + timedelta(days=n) for n in (1, 2))
        self.we(self.at(MONDAY, 8))
        # the working hours of two days have passed: exactly the agreed time
        self.assertEqual(self.turns(as_of=tuesday)[0], (0, 0))
        self.assertEqual(self.turns(as_of=wednesday)[0], (0, 1))

    def test_an_unanswered_turn_just_before_the_agreed_time_does_not_count_yet(self):
        with freeze_time(self.at(MONDAY + timedelta(days=2), 9, 59)):
            self.we(self.at(MONDAY, 10))
            self.assertEqual(self.turns(as_of=None)[0], (0, 0))

    def test_an_unanswered_turn_just_after_the_agreed_time_counts(self):
        with freeze_time(self.at(MONDAY + timedelta(days=2), 10, second=1)):
            self.we(self.at(MONDAY, 10))
            self.assertEqual(self.turns(as_of=None)[0], (0, 1))

    def test_our_unanswered_turn_counts_as_ours(self):
        self.they(self.at(MONDAY, 9))
        self.assertEqual(self.turns(as_of=MONDAY), ((0, 0), (0, 0)))
        later = MONDAY + timedelta(days=1)
        self.assertEqual(self.turns(as_of=later), ((0, 0), (0, 1)))

    def test_a_weekend_is_no_working_time(self):
        friday, monday = (MONDAY + timedelta(days=n) for n in (4, 7))
        self.make_agreement(client_response_hours=3)
        self.we(self.at(friday, 16))
        self.they(self.at(monday, 10))
        self.assertEqual(self.turns()[0], (1, 1))
        self.force(
            self.env["client.agreement"].search([("partner_id", "=", self.client.id)]),
            client_response_hours=2.99,
        )
        self.assertEqual(self.turns()[0], (0, 1))

    def test_a_question_in_the_weekend_is_asked_on_monday_morning(self):
        saturday, monday = (MONDAY + timedelta(days=n) for n in (5, 7))
        self.they(self.at(saturday, 23))
        self.we(self.at(monday, 17))
        self.assertEqual(self.turns()[1], (1, 1))

    def test_a_message_on_a_sunday_answers_a_message_of_saturday_at_once(self):
        self.make_agreement(client_response_hours=0.01)
        self.we(self.at(MONDAY + timedelta(days=5), 12))
        self.they(self.at(MONDAY + timedelta(days=6), 12))
        self.assertEqual(self.turns()[0], (1, 1))

    def test_a_public_holiday_is_no_working_time(self):
        self.they(self.at(MONDAY, 16))
        self.we(self.at(MONDAY + timedelta(days=2), 10))
        self.assertEqual(self.turns()[1], (0, 1))  # 1 + 8 + 2 hours
        self.make_holiday(
            MONDAY + timedelta(days=1), calendar=self.company.resource_calendar_id
        )
        self.assertEqual(self.turns()[1], (1, 1))

    def test_a_holiday_of_the_company_without_a_calendar_counts(self):
        self.they(self.at(MONDAY, 16))
        self.we(self.at(MONDAY + timedelta(days=2), 10))
        self.make_holiday(MONDAY + timedelta(days=1))
        self.assertEqual(self.turns()[1], (1, 1))

    def test_a_holiday_of_another_company_is_none_of_ours(self):
        other = self.make_company("Abroad")
        self.they(self.at(MONDAY, 16))
        self.we(self.at(MONDAY + timedelta(days=2), 10))
        self.make_holiday(MONDAY + timedelta(days=1), company=other)
        self.assertEqual(self.turns()[1], (0, 1))

    def test_the_day_off_of_one_colleague_is_no_holiday(self):
        resource = self.env["resource.resource"].create(
            {
                "name": "Colleague",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        self.they(self.at(MONDAY, 16))
        self.we(self.at(MONDAY + timedelta(days=2), 10))
        self.make_holiday(
            MONDAY + timedelta(days=1),
            calendar=self.company.resource_calendar_id,
            resource_id=resource.id,
        )
        self.assertEqual(self.turns()[1], (0, 1))

    def test_hours_are_those_of_the_clock_where_the_company_is(self):
        far = self.make_company("Far", "Pacific/Auckland")
        record = self.make_record(company=far)
        tuesday = MONDAY + timedelta(days=1)
        # 9 to 9 there is eight hours; seen from here it would be other days
        self.they(self.at(MONDAY, 9, company=far), record)
        self.we(self.at(tuesday, 9, company=far), record)
        self.assertEqual(self.turns(company=far)[1], (1, 1))
        late = self.make_talk(company=far)
        self.they(self.at(MONDAY, 9, company=far), *late)
        self.we(self.at(tuesday, 9, 1, company=far), *late)
        self.assertEqual(self.turns(company=far)[1], (1, 2))

    def test_the_night_the_clock_changes_moves_no_deadline(self):
        for friday in (date(2025, 3, 28), date(2025, 10, 24)):
            # summer time begins, or ends, on the Sunday between
            monday = friday + timedelta(days=3)
            for company in (
                self.company,
                self.make_company(str(friday), "Europe/Paris"),
            ):
                prompt = self.make_talk(company=company)
                late = self.make_talk(company=company)
                for talk in (prompt, late):
                    self.they(self.at(friday, 16, company=company), *talk)
                self.we(self.at(monday, 16, company=company), *prompt)
                self.we(self.at(monday, 16, 1, company=company), *late)
                found = self.turns(company=company, as_of=monday)
                self.assertEqual(found[1], (1, 2), f"{friday} {company.name}")

    def test_without_a_calendar_every_hour_counts(self):
        self.company.resource_calendar_id = False
        self.company.partner_id.tz = "Europe/Amsterdam"
        saturday = datetime(2025, 6, 7, 6)
        self.they(saturday)
        self.we(saturday + timedelta(hours=8))
        late = self.make_talk()
        self.they(saturday, *late)
        self.we(saturday + timedelta(hours=8, seconds=1), *late)
        self.assertEqual(self.turns()[1], (1, 2))

    # -- whose message it is ---------------------------------------------------

    def test_several_messages_in_a_row_are_one_turn_from_the_first_on(self):
        tuesday = MONDAY + timedelta(days=1)
        self.they(self.at(MONDAY, 9))
        self.they(self.at(MONDAY, 16), contact=self.second)
        self.they(self.at(tuesday, 8))
        self.we(self.at(tuesday, 9, 30))
        self.we(self.at(tuesday, 10))
        self.they(self.at(tuesday, 11))
        # we needed 8:30 from the first on; the client 1:30
        self.assertEqual(self.turns(as_of=tuesday), ((1, 1), (0, 1)))

    def test_any_contact_of_the_client_may_answer(self):
        self.we(self.at(MONDAY, 9), to=self.contact)
        self.they(self.at(MONDAY, 10), contact=self.second)
        self.we(self.at(MONDAY, 11), to=self.contact + self.second)
        self.they(self.at(MONDAY, 12), contact=self.client)
        self.assertEqual(self.turns(as_of=MONDAY)[0], (2, 2))

    def test_who_was_asked_may_answer_in_another_conversation(self):
        other = self.make_record()
        self.we(self.at(MONDAY, 8))
        self.they(self.at(MONDAY, 9), other)
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (0, 0)))
        self.we(self.at(MONDAY, 10))
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (1, 1)))

    def test_another_person_in_another_conversation_answers_nothing(self):
        other = self.make_record()
        self.we(self.at(MONDAY, 8))
        self.they(self.at(MONDAY, 9), other, self.second)
        self.we(self.at(MONDAY, 10), to=self.contact)
        self.assertEqual(self.turns(), ((0, 1), (0, 1)))

    def test_records_of_two_models_with_the_same_number_are_two_conversations(self):
        self.we(self.at(MONDAY, 9))
        stranger = self.they(self.at(MONDAY, 10), contact=self.second)
        self.force(stranger, model="res.partner")
        self.assertEqual(self.turns(), ((0, 1), (0, 1)))

    def test_two_clients_in_one_conversation_answer_for_themselves(self):
        neighbour = self.make_client("Neighbour")
        person = self.make_contact(neighbour, email="person@neighbour.example")
        self.we(self.at(MONDAY, 9), to=self.contact + person)
        self.they(self.at(MONDAY, 10))
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (0, 0)))
        self.we(self.at(MONDAY, 11))  # to the first client only
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (1, 1)))
        self.assertEqual(self.turns(neighbour), ((0, 1), (0, 0)))
        self.they(self.at(MONDAY, 16), contact=person)
        self.assertEqual(self.turns(neighbour, as_of=MONDAY), ((1, 1), (0, 0)))

    def test_what_the_same_second_holds_is_in_the_order_of_writing(self):
        self.we(self.at(MONDAY, 9))
        self.they(self.at(MONDAY, 9))
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (0, 0)))

    def test_a_colleague_who_is_a_contact_of_the_client_is_one_of_us(self):
        insider = self.make_user("insider").partner_id
        insider.parent_id = self.client
        nobody = self.env["res.partner"]
        self.we(self.at(MONDAY, 9), self.make_record(), to=nobody, author=insider)
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))
        self.they(self.at(MONDAY, 9))
        self.we(self.at(MONDAY, 10), author=insider)
        self.assertEqual(self.turns(as_of=MONDAY), ((0, 0), (1, 1)))

    def test_a_message_to_a_colleague_among_the_contacts_is_not_to_the_client(self):
        insider = self.make_user("insider").partner_id
        insider.parent_id = self.client
        self.we(self.at(MONDAY, 10), to=insider)
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))
        self.assertIsNone(self.fact("days_since_message", as_of=LATER))

    def test_a_colleague_who_left_was_one_of_us(self):
        self.they(self.at(MONDAY, 9))
        self.we(self.at(MONDAY, 10))
        self.colleague.active = False
        self.assertEqual(self.turns(as_of=MONDAY), ((0, 0), (1, 1)))

    def test_a_contact_that_was_archived_still_wrote(self):
        self.we(self.at(MONDAY, 9))
        self.they(self.at(MONDAY, 10))
        self.contact.active = False
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (0, 0)))

    def test_a_comment_in_the_portal_answers_like_an_e_mail(self):
        portal = self.make_user("visitor", "base.group_portal")
        portal.partner_id.parent_id = self.client
        self.we(self.at(MONDAY, 9), to=portal.partner_id)
        self.they(
            self.at(MONDAY, 10), contact=portal.partner_id, message_type="comment"
        )
        self.we(self.at(MONDAY, 11), message_type="email")
        self.they(self.at(MONDAY, 12), message_type="email")
        self.assertEqual(self.turns(as_of=MONDAY), ((2, 2), (1, 1)))

    def test_an_outgoing_e_mail_is_ours(self):
        self.we(self.at(MONDAY, 9), message_type="email_outgoing")
        self.they(self.at(MONDAY, 10))
        self.assertEqual(self.turns(as_of=MONDAY)[0], (1, 1))

    def test_somebody_else_s_message_to_the_client_is_nobody_s_turn(self):
        stranger = self.make_client("Stranger", email="stranger@x.example")
        self.say(stranger, self.at(MONDAY, 9), self.contact)
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))

    # -- what is no message of one side to the other -----------------------------

    def test_notes_tracking_and_automatic_messages_never_count(self):
        note = {"subtype_xmlid": "mail.mt_note"}
        kinds = [
            {"message_type": "comment", **note},
            {"message_type": "email", **note},
            {"message_type": "notification"},
            {"message_type": "auto_comment"},
            {"message_type": "out_of_office"},
        ]
        for kind in kinds:
            client = self.make_client("Quiet")
            contact = self.make_contact(client, email="quiet@client.example")
            record = self.make_record(client)
            with self.subTest(kind):
                self.they(self.at(MONDAY, 8), record, contact, **kind)
                self.we(self.at(MONDAY, 9), record, contact, **kind)
                self.assertEqual(self.turns(client), ((0, 0), (0, 0)))
                self.assertIsNone(self.fact("days_since_message", client, as_of=LATER))

    def test_an_automatic_message_is_no_answer(self):
        tuesday = MONDAY + timedelta(days=1)
        self.they(self.at(MONDAY, 9))
        self.we(self.at(MONDAY, 9, 1), message_type="auto_comment")
        self.we(self.at(MONDAY, 9, 2), subtype_xmlid="mail.mt_note")
        self.assertEqual(self.turns(as_of=tuesday)[1], (0, 1))
        self.we(self.at(tuesday, 9))
        self.they(self.at(tuesday, 9, 1), message_type="out_of_office")
        self.assertEqual(self.turns(as_of=tuesday), ((0, 0), (1, 1)))

    def test_the_log_of_a_change_is_no_message(self):
        self.record._message_log(
            body="Stage changed", author_id=self.colleague.partner_id.id
        )
        self.assertIsNone(self.fact("days_since_message"))

    def test_an_internal_message_never_counts(self):
        self.force(self.they(self.at(MONDAY, 9)), is_internal=True)
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))

    def test_automatic_replies_are_known_by_their_subject(self):
        subjects = (
            "Automatic reply: your quotation",
            "  AUTOMATIC REPLY: holidays",
            "Auto-Reply: hello",
            "Autoreply",
            "Automated response",
            "Out of office: back on Monday",
            "Out of the office until May",
            "Automatisch antwoord: offerte",
            "Afwezigheidsmelding",
            "Abwesenheitsnotiz: Angebot",
            "Automatische Antwort: Angebot",
            "Réponse automatique : devis",
            "Undeliverable: your quotation",
            "Undelivered Mail Returned to Sender",
            "Delivery Status Notification (Failure)",
            "Mail delivery failed: returning message to sender",
        )
        for subject in subjects:
            record = self.make_record()
            self.we(self.at(MONDAY, 8), record, subject="Quotation")
            self.they(self.at(MONDAY, 9), record, subject=subject)
        self.assertEqual(self.turns(as_of=MONDAY), ((0, 0), (0, 0)))

    def test_a_subject_that_only_looks_automatic_is_a_person_s(self):
        subjects = (
            "Automation of our reports",
            "Re: reply to your quotation",
            "The reply was automatic reply",
            "Undelivered order of last week",
            "Our office is out of paper",
            "Delivery of Monday",
            "Mailing in June",
        )
        for subject in subjects:
            talk = self.make_talk()
            self.we(self.at(MONDAY, 8), *talk)
            self.they(self.at(MONDAY, 9), *talk, subject=subject)
        expected = len(subjects)
        self.assertEqual(self.turns(as_of=MONDAY), ((expected, expected), (0, 0)))

    def test_our_message_that_nobody_of_the_client_received_is_not_to_the_client(self):
        self.we(self.at(MONDAY, 9), to=self.env["res.partner"])
        neighbour = self.make_client("Neighbour", email="n@x.example")
        self.we(self.at(MONDAY, 10), to=neighbour)
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))
        self.assertEqual(self.turns(neighbour), ((0, 1), (0, 0)))

    def test_our_message_that_never_arrived_is_not_to_the_client(self):
        for status in ("bounce", "exception", "canceled"):
            with self.subTest(status):
                message = self.we(self.at(MONDAY, 9), self.make_record())
                self.force(message.notification_ids, notification_status=status)
                self.assertEqual(self.turns(), ((0, 0), (0, 0)))
                self.assertIsNone(self.fact("days_since_message", as_of=LATER))
        message = self.we(self.at(MONDAY, 9), self.make_record())
        self.force(message.notification_ids, notification_status="ready")
        self.assertEqual(self.turns(), ((0, 1), (0, 0)))

    def test_a_message_that_reached_one_of_two_contacts_did_arrive(self):
        message = self.we(self.at(MONDAY, 9), to=self.contact + self.second)
        self.assertEqual(len(message.notification_ids), 2)
        self.force(message.notification_ids[0], notification_status="bounce")
        self.assertEqual(self.turns(), ((0, 1), (0, 0)))

    def test_a_chat_is_contact_but_nobody_s_turn(self):
        self.app("discuss.channel")
        channel = self.env["discuss.channel"].create({"name": "Chat"})
        message = self.they(self.at(MONDAY, 9), message_type="comment")
        self.force(message, model="discuss.channel", res_id=channel.id)
        # what we say in a channel notifies nobody, so an answer is never seen
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))
        self.assertEqual(self.fact("days_since_message", as_of=LATER), 28)

    # -- which company, which days ----------------------------------------------

    def test_messages_on_records_of_another_company_are_not_ours(self):
        other = self.make_company("Other")
        record = self.make_record(company=other)
        message = self.they(self.at(MONDAY, 9), record)
        self.assertEqual(message.record_company_id, other)
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))
        self.assertEqual(self.turns(company=other), ((0, 0), (0, 1)))
        self.assertIsNone(self.fact("days_since_message", as_of=LATER))

    def test_a_message_without_a_company_counts_for_every_company(self):
        other = self.make_company("Other")
        self.force(self.they(self.at(MONDAY, 9)), record_company_id=None)
        self.assertEqual(self.turns(), ((0, 0), (0, 1)))
        self.assertEqual(self.turns(company=other), ((0, 0), (0, 1)))

    def test_a_turn_counts_on_the_day_it_began(self):
        self.we(self.at(MONDAY, 9))
        self.they(self.at(MONDAY + timedelta(days=30), 9))
        last = MONDAY + timedelta(days=89)
        self.assertEqual(self.turns(as_of=last)[0], (0, 1))
        self.assertEqual(self.turns(as_of=last + timedelta(days=1))[0], (0, 0))

    def test_a_day_of_a_message_is_a_day_where_the_company_is(self):
        self.they(self.at(MONDAY, 0, 30))  # Sunday evening in Greenwich
        self.assertEqual(self.fact("days_since_message", as_of=MONDAY), 0)
        sunday = MONDAY - timedelta(days=1)
        self.assertIsNone(self.fact("days_since_message", as_of=sunday))
        self.assertPeople(self.client, as_of=sunday)

    def test_days_since_a_message_are_those_of_the_last_on_any_record(self):
        self.they(self.at(MONDAY, 9))
        self.we(self.at(MONDAY + timedelta(days=3), 9), self.make_record())
        self.assertEqual(self.fact("days_since_message", as_of=LATER), 25)
        before = MONDAY + timedelta(days=2)
        self.assertEqual(self.fact("days_since_message", as_of=before), 2)

    def test_the_last_words_of_clients_who_were_quiet_for_long(self):
        words = {
            "recent": lambda *who: self.they(self.at(MONDAY, 9), *who),
            "wrote": lambda *who: self.they(self.at(self.before(200), 9), *who),
            "written to": lambda *who: self.we(self.at(self.before(150), 9), *who),
            "both": lambda *who: (
                self.we(self.at(self.before(400), 9), *who),
                self.they(self.at(self.before(399), 9), *who),
            ),
            "nothing": lambda *who: None,
        }
        clients = {}
        for name, talk in words.items():
            client = clients[name] = self.make_client(name)
            contact = self.make_contact(client, email="quiet@client.example")
            self.make_contact(client, email="silent@client.example")
            talk(self.make_record(client), contact)
        if "discuss.channel" in self.env:
            client = clients["chat"] = self.make_client("chat")
            contact = self.make_contact(client, email="chat@client.example")
            channel = self.env["discuss.channel"].create({"name": "Chat"})
            message = self.they(self.at(self.before(120), 9), contact=contact)
            self.force(message, model="discuss.channel", res_id=channel.id)
        ids = [client.id for client in clients.values()]
        scope = self.Facts._scope(self.company, sorted(ids), MONDAY)
        for keys in (["days_since_message"], people_keys(self.env)):
            facts = read_in_every_way(self.Facts, keys, scope)
            found = {
                name: facts[client.id].get("days_since_message")
                for name, client in clients.items()
            }
            expected = {
                "recent": 0, "wrote": 200, "written to": 150, "both": 399,
                "nothing": None, "chat": 120,
            }  # fmt: skip
            self.assertEqual(found, {name: expected[name] for name in clients})

    @staticmethod
    def before(days):
        return MONDAY - timedelta(days=days)

    def test_a_turn_that_began_long_ago_does_not_begin_again(self):
        first = MONDAY - timedelta(days=300)
        self.we(self.at(first, 9))
        self.we(self.at(MONDAY, 9))
        self.assertEqual(self.turns()[0], (0, 0))
        self.assertEqual(self.fact("client_turns_365", as_of=LATER), 1)

    def test_a_figure_does_not_depend_on_what_else_is_asked(self):
        self.they(self.at(MONDAY - timedelta(days=200), 9))
        self.we(self.at(MONDAY - timedelta(days=190), 9))
        self.we(self.at(MONDAY, 9))
        alone = self.read_facts(["client_turns_30"], self.client, as_of=LATER)
        both = self.read_facts(
            ["client_turns_30", "client_turns_730"], self.client, as_of=LATER
        )
        key = "client_turns_30"
        self.assertEqual(alone[self.client.id][key], both[self.client.id][key])
        self.assertEqual(alone[self.client.id][key], 0)
        self.assertEqual(both[self.client.id]["client_turns_730"], 1)

    def test_the_messages_behind_a_figure_are_those_that_began_the_turns(self):
        first = self.we(self.at(MONDAY, 8))
        self.we(self.at(MONDAY, 9))
        self.they(self.at(MONDAY, 10))
        second = self.we(self.at(MONDAY, 11))
        self.assertEqual(self.turns(), ((1, 2), (1, 1)))
        source = self.env["client.health.facts.messages"]
        fact = next(f for f in source._facts() if f.name == "client_turns")
        scope = source._scope(self.company, self.client.ids, LATER)
        model, ids = records(source, fact, 90, scope)
        self.assertEqual(model, "mail.message")
        self.assertEqual(ids, {self.client.id: sorted((first + second).ids)})

    # -- what was agreed -------------------------------------------------------

    def test_an_agreement_s_answer_times_replace_the_settings(self):
        self.we(self.at(MONDAY, 8))
        self.they(self.at(MONDAY, 11))
        self.we(self.at(MONDAY, 16))
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (1, 1)))
        self.make_agreement(client_response_hours=2, our_response_hours=3)
        self.assertEqual(self.turns(as_of=MONDAY), ((0, 1), (0, 1)))

    def test_what_an_agreement_leaves_open_follows_the_settings(self):
        self.we(self.at(MONDAY, 8))
        self.they(self.at(MONDAY, 11))
        self.we(self.at(MONDAY, 16))
        self.make_agreement(our_response_hours=3)
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (0, 1)))
        self.company.client_health_client_hours = 2
        self.assertEqual(self.turns(as_of=MONDAY), ((0, 1), (0, 1)))

    def test_only_the_agreement_in_force_counts(self):
        other = self.make_company("Other")
        self.we(self.at(MONDAY, 8))
        self.they(self.at(MONDAY, 11))
        short = {"client_response_hours": 1}
        self.make_agreement(self.make_client("Neighbour"), **short)
        self.make_agreement(company=other, **short)
        self.make_agreement(state="draft", **short)
        self.make_agreement(date_start=MONDAY + timedelta(days=1), **short)
        self.make_agreement(date_end=MONDAY - timedelta(days=1), **short)
        self.assertEqual(self.turns()[0], (1, 1))

    def test_what_was_agreed_when_it_was_asked_counts(self):
        self.we(self.at(MONDAY, 8))
        self.they(self.at(MONDAY, 11))
        agreement = self.make_agreement(
            client_response_hours=1, date_end=MONDAY, state="ended"
        )
        self.make_agreement(date_start=MONDAY + timedelta(days=1))
        self.assertEqual(self.turns()[0], (0, 1))
        self.force(agreement, date_end=MONDAY - timedelta(days=1))
        self.assertEqual(self.turns()[0], (1, 1))
