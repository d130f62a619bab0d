"""Nothing is written to a client by accident."""

from odoo.exceptions import RedirectWarning

from ..offboarding.case import OffboardingCase


class TestInternalThread(OffboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.make_contact(cls.client, "Wheel", email="w@harbour.example")
        cls.make_project(cls.client)
        cls.offboarding = cls.start(contact_id=cls.contact.id)
        cls.agreement = cls.make_agreement()
        cls.incident = cls.env["client.incident"].create(
            {
                "partner_id": cls.client.id,
                "company_id": cls.company.id,
                "category": "abuse",
                "description": "They shouted.",
            }
        )
        cls.threads = [
            cls.offboarding,
            cls.agreement,
            cls.incident,
            cls.refresh(cls.client),
        ]

    def test_the_client_is_never_proposed(self):
        for record in self.threads:
            people = record._message_get_suggested_recipients(reply_discussion=True)
            names = {person["partner_id"] for person in people}
            self.assertFalse(names & {self.client.id, self.contact.id}, record)

    def test_colleagues_still_are(self):
        colleague = self.make_user("colleague", "base.group_user").partner_id
        people = self.offboarding._message_get_suggested_recipients(
            additional_partners=colleague | self.contact
        )
        self.assertEqual([p["partner_id"] for p in people], colleague.ids)

    def test_who_names_a_client_is_asked_first(self):
        for record in self.threads:
            with self.assertRaisesRegex(RedirectWarning, "Wheel"):
                record.message_post(
                    body="They leave us!",
                    message_type="comment",
                    partner_ids=(self.contact | self.user.partner_id).ids,
                )

    def test_colleagues_are_written_to(self):
        for record in self.threads:
            message = record.message_post(
                body="Shall we?",
                message_type="comment",
                partner_ids=self.user.partner_id.ids,
            )
            self.assertEqual(message.partner_ids, self.user.partner_id)

    def test_nobody_outside_follows(self):
        for record in self.threads:
            with self.assertRaisesRegex(RedirectWarning, "Wheel"):
                record.message_subscribe(self.contact.ids)
            record.message_subscribe(self.user.partner_id.ids)
            self.assertIn(self.user.partner_id, record.message_partner_ids)
        self.offboarding.write({"told_on": self.today, "told_how": "mail"})
        with self.assertRaises(RedirectWarning):
            self.offboarding.message_subscribe(self.contact.ids)
