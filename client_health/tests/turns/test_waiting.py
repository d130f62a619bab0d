"""What waits for an answer: whose turn it is, what people see, and what they say."""

import ast
from datetime import timedelta

from lxml import etree
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..facts.people import PeopleCase

ASKS = "Could you please send me the signed contract?"
THANKS = "Perfect, thank you very much. Have a good weekend!"
USER = "client_health.group_user"
LEADS = "sales_team.group_sale_salesman_all_leads"


class WaitingCase(PeopleCase):
    """A client with a contact, and a record on which they write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.make_user("reader", USER, LEADS)
        # the last working day but two, so that two working days have passed
        day = cls.today
        for _number in range(3):
            day -= timedelta(days=1)
            while day.weekday() > 4:
                day -= timedelta(days=1)
        cls.day = day

    def turns(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["client.turn"].search(
            [("company_id", "=", self.company.id), *domain]
        )

    def asked(self, hour=9, days=0, **values):
        """A question of the client, of three working days ago."""
        day = self.day + timedelta(days=days)
        return self.they(self.at(day, hour), body=ASKS, **values)

    def seen_by(self, user, turns=None):
        turns = self.turns() if turns is None else turns
        return turns.with_user(user).with_context(
            allowed_company_ids=self.company.ids, lang="en_US"
        )


@tagged("post_install", "-at_install")
class TestWaiting(WaitingCase):
    def test_a_question_waits_for_us_with_its_sentence(self):
        message = self.asked()
        self.refresh(self.client)
        turn = self.turns()
        self.assertEqual(turn.message_id, message)
        self.assertEqual((turn.waits_for, turn.state), ("ours", "waiting"))
        self.assertEqual(
            (turn.partner_id, turn.contact_id), (self.client, self.contact)
        )
        self.assertEqual(turn.record, self.record)
        self.assertIn("signed contract", turn.asks)
        self.assertEqual(turn.asked_on, message.date)
        self.assertTrue(turn.surely)

    def test_our_question_waits_for_them_in_the_name_of_who_asked(self):
        self.we(self.at(self.day), body=ASKS)
        self.refresh(self.client)
        turn = self.turns()
        self.assertEqual(turn.waits_for, "client")
        self.assertEqual(turn.user_id, self.colleague)
        self.assertEqual(turn.contact_id, self.contact)

    def test_it_is_mine_on_what_several_are_assigned_to(self):
        task = self.make_task(self.make_project(self.client), client=self.contact)
        partner = self.make_user("partner", USER, LEADS)
        task.user_ids = partner + self.reader
        self.they(self.at(self.day), task, body=ASKS)
        self.refresh(self.client)
        for user in (partner, self.reader):
            turns = self.seen_by(user).search([("is_mine", "=", True)])
            self.assertEqual(turns, self.turns(), user.name)
            self.assertTrue(turns.is_mine)
            self.assertEqual(turns.get_counts()["mine"], 1)
        other = self.make_user("other", USER, LEADS)
        self.assertFalse(self.seen_by(other).is_mine)
        self.assertEqual(self.seen_by(other).get_counts()["mine"], 0)

    def test_it_is_due_when_the_agreed_working_hours_are_over(self):
        self.company.client_health_our_hours = 4
        message = self.asked(hour=10)
        self.refresh(self.client)
        turn = self.turns()
        self.assertEqual(turn.agreed, 4)
        self.assertGreater(turn.due_on, message.date + timedelta(hours=3.9))
        self.assertEqual(turn.due, "beyond")
        self.assertGreater(turn.beyond_hours, 4)
        self.assertIn("working hours", turn.lateness)

    def test_an_answer_takes_it_off_the_list(self):
        self.asked()
        self.refresh(self.client)
        self.we(self.at(self.day, 15), body=THANKS)
        self.refresh(self.client)
        turn = self.turns()
        self.assertEqual(turn.state, "answered")
        self.assertEqual(turn.answered_on, self.at(self.day, 15))
        self.assertFalse(turn.lateness)

    def test_a_thank_you_waits_for_nobody(self):
        self.they(self.at(self.day), body=THANKS)
        self.refresh(self.client)
        self.assertFalse(self.turns())

    def test_nothing_is_written_where_nothing_changed(self):
        self.asked()
        self.refresh(self.client)
        before = self.row_versions("client_turn")
        self.refresh(self.client)
        self.Health._night(self.company).turns.sync(
            self.client.ids, self.env["client.health.facts"]._scope(self.company, [])
        )
        self.assertEqual(self.row_versions("client_turn"), before)

    def test_a_message_that_is_deleted_waits_no_more(self):
        message = self.asked()
        self.refresh(self.client)
        turn = self.seen_by(self.reader)
        message.unlink()
        self.assertFalse(turn.exists())
        for name in ("open", "not_needed", "needed", "take_back", "remind", "answered"):
            action = getattr(turn, f"action_{name}")()
            self.assertEqual(action["tag"], "client_health_said", name)

    def test_what_may_be_answered_is_settled_when_its_record_closed_before(self):
        self.we(self.at(self.day), body=ASKS)
        self.record.action_set_lost()
        self.force(self.record, date_closed=self.at(self.day, 12))
        self.they(self.at(self.day, 14), record=self.make_record(), body=THANKS)
        self.refresh(self.client)
        self.assertFalse(self.turns())

    def test_what_nobody_can_answer_waits_for_nobody(self):
        self.app("sms.sms")
        message = self.we(self.at(self.day), body=ASKS)
        self.force(message, message_type="sms")
        self.refresh(self.client)
        self.assertFalse(self.turns())

    def test_who_is_archived_is_left_alone(self):
        self.asked()
        self.refresh(self.client)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_turn_action"
        )
        self.assertIn("search_default_open", action["context"])
        shown = self.env.ref("client_health.client_turn_view_search").arch
        [is_open] = etree.fromstring(shown).xpath("//filter[@name='open']/@domain")
        domain = ast.literal_eval(is_open)
        seen = self.seen_by(self.reader)
        self.assertEqual(seen.search(domain), seen)
        self.assertEqual(seen.get_counts()["ours"], 1)
        self.client.active = False
        self.assertFalse(seen.search(domain))
        self.assertEqual(seen.get_counts()["ours"], 0)

    def test_a_record_that_is_deleted_takes_its_questions_along(self):
        self.asked()
        self.refresh(self.client)
        self.record.unlink()
        self.assertFalse(self.turns())

    def test_an_answer_in_another_record_is_kept_as_perhaps(self):
        self.we(self.at(self.day), body=ASKS)
        self.refresh(self.client)
        other = self.make_record()
        answer = self.they(self.at(self.day, 14), record=other, body=THANKS)
        self.refresh(self.client)
        turn = self.turns()
        self.assertTrue(turn.perhaps)
        self.assertEqual(turn.elsewhere_id, answer)
        # nobody is late with what may be answered
        self.assertEqual(turn.due, "may")
        self.assertFalse(turn.lateness)
        self.assertEqual(self.seen_by(self.reader).get_counts()["client"], 0)
        action = self.seen_by(self.reader).action_open_elsewhere()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (other._name, other.id)
        )
        self.seen_by(self.reader).action_answered()
        self.assertFalse(turn.perhaps)
        self.Health._night(self.company).turns.sync(
            self.client.ids, self.env["client.health.facts"]._scope(self.company, [])
        )
        self.assertFalse(turn.perhaps)


@tagged("post_install", "-at_install")
class TestWord(WaitingCase):
    def test_needs_no_answer_is_kept_and_undone_in_one_click(self):
        self.asked()
        health = self.refresh(self.client)
        late = health.facts["our_turns_90"]
        turn = self.seen_by(self.reader)
        action = turn.action_not_needed()
        self.assertEqual(action["params"]["undo"], turn.ids)
        self.assertEqual(self.turns().state, "not_needed")
        self.assertEqual(health.facts["our_turns_90"], late - 1)
        said = self.env["client.message"].search([("word", "!=", False)])
        self.assertEqual(said.word_user_id, self.reader)
        turn.action_take_back()
        self.assertEqual(self.turns().state, "waiting")
        self.assertEqual(health.facts["our_turns_90"], late)

    def test_does_need_one_on_a_message_that_asks_nothing(self):
        message = self.they(self.at(self.day), body=THANKS)
        health = self.refresh(self.client)
        self.assertFalse(self.turns())
        mine = message.with_user(self.reader)
        mine.action_client_health_needed()
        self.assertEqual(mine.client_health_word, "needs")
        self.assertEqual(self.turns().message_id, message)
        self.assertTrue(self.turns().surely)
        self.assertEqual(health.facts["our_turns_90"], 1)
        mine.action_client_health_take_back()
        self.assertFalse(mine.client_health_word)
        self.assertFalse(self.turns())

    def test_a_note_can_need_no_answer(self):
        note = self.we(self.at(self.day), subtype_xmlid="mail.mt_note")
        with self.assertRaises(UserError):
            note.with_user(self.reader).action_client_health_needed()

    def test_only_users_of_client_health_say_it(self):
        message = self.asked()
        plain = self.make_user("plain", LEADS)
        with self.assertRaises(AccessError):
            message.with_user(plain).action_client_health_not_needed()

    def test_nobody_says_it_of_a_client_they_may_not_read(self):
        message = self.asked()
        health = self.refresh(self.client)
        self.hide(health)
        with self.assertRaises(UserError):
            message.with_user(self.reader).action_client_health_not_needed()


@tagged("post_install", "-at_install")
class TestWhoSees(WaitingCase):
    def test_who_may_not_open_the_record_learns_that_something_waits(self):
        self.asked()
        self.refresh(self.client)
        nobody = self.make_user("nobody", USER)
        turn = self.seen_by(nobody)
        self.assertTrue(turn.is_hidden)
        self.assertEqual(turn.asks, "Something waits in Lead.")
        self.assertFalse(turn.contact_name or turn.record)
        for name in ("message_id", "sentence", "contact_id", "res_id"):
            with self.assertRaises(AccessError):
                turn.read([name])
        with self.assertRaisesRegex(UserError, "Lead"):
            turn.action_open()
        with self.assertRaisesRegex(UserError, "Lead"):
            turn.action_not_needed()

    def test_who_may_not_read_the_client_sees_nothing(self):
        self.asked()
        self.refresh(self.client)
        self.hide(self.client)
        turns = self.seen_by(self.reader)
        self.assertFalse(turns.search([("id", "in", turns.ids)]))
        with self.assertRaises(AccessError):
            turns.action_open()

    def test_each_company_has_its_own(self):
        self.asked()
        self.refresh(self.client)
        there = self.make_company("There")
        stranger = self.make_user("stranger", USER, LEADS, company=there)
        self.assertFalse(
            self.env["client.turn"]
            .with_user(stranger)
            .with_context(allowed_company_ids=there.ids)
            .search([("partner_id", "=", self.client.id)])
        )

    def test_remind_opens_a_letter_and_sends_nothing(self):
        message = self.we(self.at(self.day), body=ASKS)
        self.refresh(self.client)
        turn = self.seen_by(self.reader)
        count = self.env["mail.message"].search_count([])
        action = turn.action_remind()
        self.assertEqual(action["res_model"], "mail.compose.message")
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.reader)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(composer.partner_ids, self.contact)
        self.assertIn("signed contract", composer.body)
        self.assertEqual(composer.parent_id, message)
        self.assertEqual(self.env["mail.message"].search_count([]), count)

    def test_the_number_of_queries_does_not_grow_with_the_questions(self):
        records = [self.make_record() for _number in range(12)]
        for record in records:
            self.asked(record=record)
        self.refresh(self.client)
        fields_ = {
            name: {}
            for name in (
                "partner_id asks contact_name record_name asked_on due_on lateness"
                " perhaps surely is_hidden state due waits_for"
            ).split()
        }
        fields_["partner_id"] = fields_["user_id"] = {"fields": {"display_name": {}}}
        turns = self.env["client.turn"].with_user(self.reader)
        turns = turns.with_context(allowed_company_ids=self.company.ids)
        # what belongs to the user and the company is known, nothing else is
        turns.web_search_read([], fields_, limit=1)
        self.env.flush_all()
        for model in (turns, self.record, self.client, self.asked()):
            model.invalidate_model()
        with self.assertQueryCount(12):
            found = turns.web_search_read([], fields_, limit=80)
        self.assertEqual(found["length"], 12)

    def test_counts_are_of_what_surely_waits(self):
        self.asked()
        record = self.make_record()
        self.we(self.at(self.day, 10), record=record, to=self.second, body=ASKS)
        self.refresh(self.client)
        self.turns(waits_for="ours").user_id = self.reader
        self.env.flush_all()
        counts = (
            self.env["client.turn"]
            .with_user(self.reader)
            .with_context(allowed_company_ids=self.company.ids)
            .get_counts()
        )
        self.assertEqual(
            (counts["ours"], counts["client"], counts["mine"]), (1, 1, 1), counts
        )

    def test_what_is_old_is_cleaned_up(self):
        self.asked()
        self.refresh(self.client)
        turn = self.turns()
        self.env.cr.execute(
            "UPDATE client_turn SET asked_on = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=95), turn.id),
        )
        self.env["client.turn"]._gc_turns()
        self.assertFalse(turn.exists())
