"""Text messages: a way to speak with each other, where the app is."""

from .people import PeopleCase
from .test_messages import MONDAY


class TestTextMessages(PeopleCase):
    def setUp(self):
        super().setUp()
        self.app("sms.sms")

    def text(self, author, moment, to=None, **values):
        """A text message as Odoo keeps it: a note of a kind of its own."""
        message = self.say(author, moment, to, **values)
        note = self.env.ref("mail.mt_note")
        return self.force(message, message_type="sms", subtype_id=note.id)

    def facts(self):
        keys = ("message_count_90", "mail_count_90", "days_since_message")
        self.assertPeople(self.client, as_of=MONDAY)
        return [
            self.read_facts(keys, self.client, as_of=MONDAY)[self.client.id].get(key)
            for key in keys
        ]

    def test_it_counts_as_a_message_of_who_wrote_it_and_is_heard(self):
        ours = self.colleague.partner_id
        self.text(ours, self.at(MONDAY, 9), self.contact)
        self.assertEqual(self.facts(), [1, 0, 0])
        self.text(self.contact, self.at(MONDAY, 10))
        self.assertEqual(self.facts(), [2, 0, 0])
        # answered in time; by itself it surely asks nothing
        self.assertEqual(self.turns(as_of=MONDAY), ((1, 1), (0, 0)))

    def test_it_is_owed_no_answer(self):
        self.text(self.colleague.partner_id, self.at(MONDAY, 9), self.contact)
        self.assertEqual(self.turns(), ((0, 0), (0, 0)))

    def test_a_reminder_of_odoo_is_nobody_s_word(self):
        self.text(self.env.ref("base.partner_root"), self.at(MONDAY, 9), self.contact)
        self.assertEqual(self.facts()[:2], [0, 0])
