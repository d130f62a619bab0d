"""Messages as nobody should write them: read, or left out; never an error."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .test_waiting import ASKS, THANKS, WaitingCase

MEGABYTE = 1_000_000


@tagged("post_install", "-at_install")
class TestOddMessages(WaitingCase):
    def verdict(self, message):
        """What a message was found to ask."""
        self.env["client.message.bookmark"]._read_new()
        read = self.env["client.message"].search([("message_id", "=", message.id)])
        return read.verdict

    def test_without_subject_and_without_author(self):
        message = self.asked()
        self.force(message, subject=None)
        nameless = self.asked(hour=11)
        self.force(nameless, author_id=None, email_from=None, subject="")
        self.refresh(self.client)
        self.assertEqual(self.turns().message_id, message, "of nobody: not a question")

    def test_by_a_sender_who_is_nobody_it_is_of_the_client_of_the_record(self):
        message = self.asked()
        self.force(message, author_id=None, email_from="someone@nowhere.example")
        self.refresh(self.client)
        self.assertEqual(self.turns().partner_id, self.client)

    def test_an_address_that_is_none(self):
        for sender in ("<>", "<<a@@b>", "no address", "a" * 500, "é@ü", "a@b@c <d"):
            message = self.asked()
            self.force(message, author_id=None, email_from=sender)
        self.assertTrue(self.refresh(self.client))

    def test_a_mail_of_five_megabytes_is_read_to_its_first_pages(self):
        long = f"<p>{ASKS}</p>" + "<p>Lorem ipsum dolor sit amet.</p>" * 160_000
        self.assertGreater(len(long), 5 * MEGABYTE)
        message = self.asked()
        self.force(message, body=long)
        self.assertEqual(self.verdict(message), "asks")
        self.refresh(self.client)
        self.assertIn("signed contract", self.turns().asks)

    def test_html_that_is_one_table_or_none_at_all(self):
        row = "<tr><td><table><tr><td>{}</td></tr></table></td></tr>"
        deep = "<div>" * 3000 + ASKS + "</div>" * 3000
        bodies = {
            f"<table>{row.format(ASKS) * 3}</table>": "asks",
            deep: None,
            "<p><b>" + ASKS: "asks",
            "<<<>>>&&&;;;<p": None,
            "\u202e\u0007 \ufffd": None,
            "": None,
        }
        for body, expected in bodies.items():
            message = self.asked()
            self.force(message, body=body)
            found = self.verdict(message)
            self.assertTrue(found)
            if expected:
                self.assertEqual(found, expected, body[:60])
        self.assertTrue(self.refresh(self.client))

    def test_in_a_language_that_nobody_taught_it_may_ask_and_never_surely(self):
        message = self.they(self.at(self.day), body="Обсудим это на следующей неделе.")
        self.assertNotEqual(self.verdict(message), "asks")
        self.refresh(self.client)
        self.assertFalse(self.turns().filtered("surely"))

    def test_from_the_future_it_waits_when_its_time_has_come(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.they(tomorrow, body=ASKS)
        self.refresh(self.client)
        self.assertFalse(self.turns())

    def test_five_thousand_in_one_thread(self):
        message = self.asked()
        self.they(self.at(self.day, 10), body=THANKS)
        self.env.cr.execute(
            SQL(
                """INSERT INTO mail_message (message_type, subtype_id, model, res_id,
                          author_id, body, date, record_company_id, email_from)
                   SELECT message_type, subtype_id, model, res_id, author_id,
                          'Line ' || i, date + i * INTERVAL '1 second',
                          record_company_id, email_from
                     FROM mail_message, generate_series(1, 5000) i WHERE id = %s""",
                message.id,
            )
        )
        self.refresh(self.client)
        self.assertEqual(self.turns().message_id, message)

    def test_a_contact_with_the_address_of_another_client_is_asked_by_its_own(self):
        """One person at two clients: each record is about one of them."""
        other = self.make_client("Other")
        twin = self.make_contact(other, email=self.contact.email)
        self.asked()
        record = self.make_record(other)
        self.they(self.at(self.day, 11), record=record, contact=twin, body=ASKS)
        self.refresh(self.client | other)
        for client in (self.client, other):
            turn = self.turns(partner_id=client.id)
            self.assertEqual(len(turn), 1, client.name)
