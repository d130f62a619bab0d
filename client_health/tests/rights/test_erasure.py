"""Who asks to be forgotten is: not a word of the person is left in the database."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..feedback.case import FeedbackCase

# Words of nobody else in any database.
NAME = "Quillon Brambleforth"
WORDS = ("Brambleforth", "quillon@", "+32 470 99 88 77", "Sharp words")


@tagged("post_install", "-at_install")
class TestErasure(FeedbackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partner_manager = cls.env.ref("base.group_partner_manager")
        for user in (cls.mia, cls.anna):
            user.group_ids += partner_manager
        cls.works_everywhere(cls.mia)
        cls.person = cls.make_contact(
            cls.client,
            NAME,
            email="quillon@brambleforth.example",
            phone="+32 470 99 88 77",
            street="Lane 7",
            comment="Sharp words on the phone",
            function="Head of Brambleforth matters",
        )

    def as_user(self, user, model):
        return (
            self.env[model]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids)
        )

    def as_manager(self):
        return self.as_user(self.mia, "res.partner").browse(self.person.id)

    def found(self, words=WORDS):
        """Table, column and word wherever the database still tells of the person."""
        self.env.flush_all()
        columns = """SELECT table_name, column_name FROM information_schema.columns c
                      JOIN information_schema.tables t USING (table_schema, table_name)
                      WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                        AND data_type IN ('text', 'character varying', 'jsonb')"""
        self.env.cr.execute(columns)
        told = []
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(
                f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE ANY(%s) LIMIT 1',
                ([f"%{word}%" for word in words],),
            )
            if self.env.cr.fetchone():
                told.append((table, column))
        return told

    def make_traces(self):
        """Something of every kind that keeps a person."""
        person = self.person
        incident = self.as_user(self.anna, "client.incident").create(
            {
                "partner_id": self.client.id,
                "contact_id": person.id,
                "category": "abuse",
                "description": f"Sharp words of {NAME}",
            }
        )
        incident.severity = "severe"
        incident.message_post(body=f"{NAME} called again")
        self.as_user(self.mia, "client.incident").browse(incident.id).action_confirm()
        waiting = incident.copy({"description": "Sharp words once more"})
        self.as_user(self.anna, "client.request").create(
            {
                "partner_id": self.client.id,
                "contact_id": person.id,
                "name": f"Texts of {NAME}",
                "due_on": self.today,
            }
        )
        self.as_user(self.anna, "client.talk").create(
            {
                "partner_id": self.client.id,
                "contact_id": person.id,
                "said": f"Plain words of {NAME}",
            }
        )
        self.env["client.agreement"].create(
            {"partner_id": self.client.id, "boundaries": f"Only {NAME} calls"}
        )
        recovery = self.as_user(self.mia, "client.recovery").create(
            {"partner_id": self.client.id, "reason": f"{NAME} said so"}
        )
        recovery.message_post(body=f"Talked to {NAME}, quillon@brambleforth.example")
        recovery.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=f"Call {NAME}",
            user_id=self.mia.id,
        )
        self.client.message_subscribe(person.ids)
        person.message_post(body="Sharp words about the weather")
        person.phone = "+32 470 99 88 77"
        lead = self.env["crm.lead"].search([("partner_id", "=", self.client.id)])[:1]
        mail = lead.message_post(
            body=f"<p>Could you call me? {NAME}</p>",
            author_id=person.id,
            email_from=person.email_formatted,
            message_type="email",
            attachments=[("Brambleforth.txt", b"Sharp words")],
        )
        lead.message_post(
            body=f"Dear {NAME}, we will",
            partner_ids=person.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env["ir.attachment"].create(
            {
                "name": f"{NAME}.txt",
                "raw": b"x",
                "res_model": "res.partner",
                "res_id": person.id,
            }
        )
        self.env["client.affiliation"].create(
            {
                "contact_id": person.id,
                "partner_id": self.make_client("Before").id,
                "until": self.today,
            }
        )
        return incident.sudo(), waiting.sudo(), mail

    def test_deleting_the_contact_is_refused_with_the_way_out(self):
        self.make_traces()
        for partner in (self.person, self.client):
            with self.assertRaisesRegex(UserError, "Erase this person"):
                self.as_user(self.mia, "res.partner").browse(partner.id).unlink()
        other = self.make_contact(self.client, "Nobody")
        self.as_user(self.mia, "res.partner").browse(other.id).unlink()
        self.assertFalse(other.exists())

    def test_nothing_of_the_person_is_left_anywhere(self):
        incident, waiting, mail = self.make_traces()
        points = incident.points
        self.assertTrue(self.found())
        self.as_manager().erase_person()
        self.env.cr.precommit.run()
        self.assertEqual(self.found(), [])
        self.assertEqual((incident.state, incident.points), ("confirmed", points))
        self.assertFalse(incident.contact_id)
        self.assertEqual(waiting.state, "dismissed")
        self.assertTrue(mail.exists())
        self.assertFalse(mail.author_id)
        self.assertFalse(self.person.active)
        self.assertNotIn(self.person, self.client.message_partner_ids)
        self.assertEqual(self.client.name, "Acme", "the client stays who it is")

    def make_traces_elsewhere(self):
        """Records of other apps that name the person, and other ways to name them."""
        person, address = self.person, "quillon@brambleforth.example"
        lead = self.env["crm.lead"].create(
            {"name": f"{NAME}: a site", "partner_id": person.id}
        )
        lead.message_post(
            body="Quillon wrote from home", email_from=address, message_type="email"
        ).author_id = False
        self.env["crm.lead"].create({"name": "Copy", "email_from": address.upper()})
        self.env["mail.blacklist"].create({"email": address})
        self.env["res.partner.bank"].create(
            {"acc_number": "Quillon-1", "partner_id": person.id}
        )
        self.env["calendar.event"].create(
            {
                "name": f"Meeting with {NAME}",
                "start": self.moment(self.ago(-9)),
                "stop": self.moment(self.ago(-9)),
                "partner_ids": [Command.link(person.id)],
            }
        )
        self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": NAME,
                "login": address,
                "partner_id": person.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.as_user(self.anna, "client.incident").create(
            {
                "partner_id": self.client.id,
                "category": "abuse",
                "description": "Mr Brambleforth shouted. Call 0470/99 88 77.",
            }
        )
        self.as_user(self.anna, "client.pulse").create(
            {
                "partner_id": self.client.id,
                "respect": 1,
                "attitude": 1,
                "note": "Brambleforth, Quillon is rude",
            }
        )

    def test_no_other_app_and_no_other_spelling_keeps_the_person(self):
        """Nor does anything of it come back: no mail is sent about it."""
        self.make_traces_elsewhere()
        words = ("quillon", "mr brambleforth", "99 88 77", "470998877")
        told = str(self.as_manager()._stored_about())
        for name in ("Lead", "Calendar Event", "Pulse on", "Verbal abuse"):
            self.assertIn(name, told)
        self.as_manager().erase_person()
        self.env.cr.precommit.run()
        self.assertEqual(self.found(words), [])
        self.assertEqual(self.client.name, "Acme")

    def test_words_that_others_share_stay(self):
        cousin = self.make_contact(self.client, "Rose Brambleforth")
        note = self.as_user(self.anna, "client.pulse").create(
            {
                "partner_id": self.client.id,
                "respect": 1,
                "attitude": 1,
                "note": "Rose Brambleforth is fine, Quillon is not",
            }
        )
        self.as_manager().erase_person()
        self.assertEqual(cousin.name, "Rose Brambleforth")
        self.assertEqual(note.sudo().note, "Rose Brambleforth is fine, … is not")

    def test_an_own_colleague_with_that_first_name_and_a_longer_address_stay(self):
        self.make_user("Quillon Ours").name = "Quillon Ours"
        self.person.write({"partner_latitude": 51.2, "company_registry": "REG-77-QB"})
        record = self.as_user(self.anna, "client.pulse").create(
            {
                "partner_id": self.client.id,
                "respect": 1,
                "attitude": 1,
                "note": f"Quillon of our team wrote to jo.{self.person.email}, and "
                f"to {self.person.email}.",
            }
        )
        alike = self.make_client("Alike", email=f"jo.{self.person.email}")
        self.as_manager().erase_person()
        self.assertEqual(
            record.sudo().note,
            f"Quillon of our team wrote to {alike.email}, and to ….",
        )
        self.assertEqual(self.person.partner_latitude, 0)
        self.assertFalse(self.person.company_registry)

    def test_mail_of_others_stays_whose_address_is_alike_or_shared(self):
        colleague = self.make_contact(self.client, "Rose", email=self.person.email)
        theirs, alike, shared = self.env["mail.message"].create(
            [
                {
                    "model": "res.partner",
                    "res_id": self.client.id,
                    "message_type": "email",
                    "body": "<p>When is it ready?</p>",
                    "email_from": f"Somebody <{address}>",
                    "author_id": author.id,
                }
                for address, author in (
                    (self.person.email, self.person.browse()),
                    (f"mc{self.person.email}", self.person.browse()),
                    (self.person.email, colleague),
                )
            ]
        )
        queue = self.env["mail.mail"].sudo()
        to_alike = queue.create({"email_to": f"mc{self.person.email}"})
        to_person = queue.create({"email_to": f"Q <{self.person.email}>"})
        self.as_manager().erase_person()
        self.assertFalse(theirs.body)
        self.assertIn("When is it ready?", alike.body)
        self.assertIn("When is it ready?", shared.body)
        self.assertTrue(to_alike.exists())
        self.assertFalse(to_person.exists())

    def test_only_managers_erase_and_print_and_only_persons_outside(self):
        mine = self.as_user(self.anna, "res.partner").browse(self.person.id)
        for method in ("erase_person", "action_erase_person", "action_print_stored"):
            with self.assertRaises(AccessError):
                getattr(mine, method)()
        partners = self.as_user(self.mia, "res.partner")
        for partner in (self.client, self.otto.partner_id):
            with self.assertRaisesRegex(UserError, "no person outside"):
                partners.browse(partner.id).erase_person()
        self.max.group_ids += self.env.ref("base.group_partner_manager")
        here = self.as_user(self.max, "res.partner").browse(self.person.id)
        with self.assertRaisesRegex(AccessError, "works in all"):
            here.erase_person()
        self.assertEqual(self.person.name, NAME)
        action = self.as_manager().action_erase_person()
        self.assertEqual(action["res_id"], self.person.id)

    def test_what_is_under_way_with_a_person_ends_first(self):
        alone = self.env["res.partner"].create({"name": "Alone at work"})
        self.make_deal(alone)
        recovery = self.as_user(self.mia, "client.recovery").create(
            {"partner_id": alone.id}
        )
        person = self.as_user(self.mia, "res.partner").browse(alone.id)
        with self.assertRaisesRegex(UserError, "Finish or cancel this first"):
            person.erase_person()
        recovery.sudo().state = "cancelled"
        person.erase_person()
        self.assertNotIn("Alone", str(recovery.sudo().display_name))

    def test_what_is_stored_is_printed_for_who_asks(self):
        self.make_traces()
        [health] = self.refresh(self.client)
        asked = self.env["mail.message"].search(
            [("author_id", "=", self.person.id), ("model", "=", "crm.lead")], limit=1
        )
        self.env["client.turn"].create(
            {
                "health_id": health.id,
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "contact_id": self.person.id,
                "message_id": asked.id,
                "res_model": asked.model,
                "res_id": asked.res_id,
                "sentence": "Could you call me?",
                "waits_for": "ours",
                "state": "waiting",
            }
        )
        self.person.sudo().write(
            {"comment": "<p>Likes tea</p>", "website": "x.example"}
        )
        self.env["res.partner.bank"].sudo().create(
            {"partner_id": self.person.id, "acc_number": "BE12 3456"}
        )
        self.person.sudo().message_post(
            body="Please send it by post",
            author_id=self.person.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        parts = dict(self.as_manager()._stored_about())
        whole = str(parts)
        for words in ("Likes tea", "x.example", "BE12 3456", "Please send it by post"):
            self.assertIn(words, whole)
        told = str(parts)
        for words in (NAME, "quillon@", "Sharp words", "Texts of", "Before", "Acme"):
            self.assertIn(words, told)
        for title, words in (
            ("Talks", "Plain words of"),
            ("Questions that wait, or waited", "Something waits in"),
        ):
            self.assertIn(words, str(parts.get(title)), title)
        reports = self.env["ir.actions.report"].with_user(self.mia)
        html, _kind = reports._render_qweb_html(
            "client_health.stored_about", self.person.ids
        )
        self.assertIn("Sharp words", str(html))
        there = self.make_company("There")
        stranger = self.make_user(
            "stranger", "client_health.group_manager", company=there
        )
        elsewhere = self.person.with_user(stranger).with_context(
            allowed_company_ids=there.ids
        )
        elsewhere = elsewhere._stored_about()
        self.assertNotIn("Sharp words of", str(elsewhere))
        reports = reports.with_user(self.anna)
        with self.assertRaises(AccessError):
            reports.sudo(False)._render_qweb_html(
                "client_health.stored_about", self.person.ids
            )
