"""People: who of us talks with whom of them, and what one should know of it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..stories.answers_case import AnswersCase

ALL = (
    "client_health.group_user",
    "project.group_project_manager",
    "sales_team.group_sale_salesman_all_leads",
)


@tagged("post_install", "-at_install")
class TestPeople(AnswersCase):
    def setUp(self):
        super().setUp()
        self.reader = self.make_user("reader", *ALL)
        self.ann.group_ids |= self.env.ref("project.group_project_manager")
        self.record = self.thread()

    def people(self, user=None):
        self.health = self.refresh(self.client)
        self.env.invalidate_all()
        return self.dismissals(user).people_of(self.health.id)

    def dismissals(self, user=None):
        model = self.env["client.people.dismissal"].with_user(user or self.reader)
        return model.with_context(allowed_company_ids=self.company.ids)

    def line(self, side, name, user=None):
        return {line["name"]: line for line in self.people(user)[side]}[name]

    def warned(self, user=None):
        """Kinds of the warnings that nobody dismissed."""
        warnings = self.people(user)["warnings"]
        return {w["kind"]: w for w in warnings if not w["dismissed"]}

    def talk(self, weeks, who=None):
        """Ann and a contact write to each other, in a week so many weeks ago."""
        self.we_write(self.record, self.at(weeks, 9), to=who)
        self.they_write(self.record, self.at(weeks, 10), who=who)

    def test_each_side_is_told_with_how_much_when_and_with_whom(self):
        self.talk(3)
        self.talk(2)
        self.call(self.record, self.ago(5))
        self.meet(self.at(1, 14), answer="accepted")
        people = self.people()
        [bob] = people["theirs"]
        self.assertEqual((bob["name"], bob["total"]), ("Bob", 6))
        self.assertIn("4 messages, 1 call, 1 meeting", bob["talks"])
        self.assertIn(self.ann.name, bob["with"])
        ann = self.line("ours", self.ann.name)
        self.assertEqual(ann["with"], "Bob")
        self.assertEqual(ann["total"], 5, "the call was planned by another")
        links = {(li["theirs"], li["ours"]): li["total"] for li in people["links"]}
        self.assertEqual(links[self.bob.id, self.ann.partner_id.id], 5)

    def test_nothing_said_in_a_year_is_empty(self):
        self.talk(60)
        people = self.people()
        self.assertFalse(people["theirs"] + people["ours"] + people["links"])
        self.assertFalse(people["warnings"])
        self.assertEqual(people["silent"], 1)

    def test_of_records_that_one_may_not_open_there_are_counts_and_no_day(self):
        self.talk(2)
        self.project.privacy_visibility = "followers"
        plain = self.make_user("plain", ALL[0], "project.group_project_user")
        bob = self.line("theirs", "Bob", plain)
        self.assertEqual((bob["total"], bob["last"]), (2, None))
        self.assertTrue(self.line("theirs", "Bob")["last"])

    def test_a_private_meeting_is_its_guests_own(self):
        event = self.meet(self.at(1, 14), answer="accepted")
        event.with_user(self.ann).privacy = "private"
        self.assertFalse(self.people()["theirs"])
        self.ann.group_ids |= self.env.ref(ALL[0])
        self.assertEqual(self.line("theirs", "Bob", self.ann)["total"], 1)

    def test_whom_one_may_not_read_is_counted_only(self):
        eve = self.make_contact(self.client, "Eve", email="eve@bakery.example")
        self.talk(2)
        self.talk(2, eve)
        self.env["ir.rule"].create(
            {
                "name": "Not Eve",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", eve.id)],
            }
        )
        people = self.people()
        self.assertEqual([line["name"] for line in people["theirs"]], ["Bob"])
        self.assertEqual(people["unnamed"]["theirs"], 1)
        self.assertNotIn("Eve", str(people))

    def test_the_only_one_who_talks_with_us_is_warned_about(self):
        self.talk(2)
        self.assertNotIn("one_contact", self.warned(), "too little to tell")
        self.talk(3)
        self.talk(4)
        self.assertIn("Bob", self.warned()["one_contact"]["text"])
        eve = self.make_contact(self.client, "Eve", email="eve@bakery.example")
        self.talk(2, eve)
        self.assertNotIn("one_contact", self.warned())

    def test_a_main_contact_is_silent_after_longer_than_ever(self):
        for weeks in (30, 28, 26):
            self.talk(weeks)
        warning = self.warned()["silent"]
        self.assertIn("longest silence before was 14", warning["text"])
        self.call(self.record, self.ago(5))
        self.assertNotIn("silent", self.warned())

    def test_mail_that_came_back_is_told_until_mail_arrives(self):
        message = self.we_write(self.record, self.at(2))
        notice = message.notification_ids.filtered(
            lambda n: n.res_partner_id == self.bob
        )
        notice.write(
            {
                "notification_type": "email",
                "notification_status": "bounce",
                "failure_type": "mail_bounce",
            }
        )
        self.assertEqual(self.warned()["bounced"]["contact"], self.bob.id)
        later = self.we_write(self.record, self.at(1))
        notice = later.notification_ids.filtered(lambda n: n.res_partner_id == self.bob)
        notice.write({"notification_type": "email", "notification_status": "sent"})
        self.assertNotIn("bounced", self.warned())

    def test_who_left_is_told_with_who_else_knows_their_people(self):
        for weeks in (2, 3):
            self.talk(weeks)
        self.ann.active = False
        text = self.warned()["left"]["text"]
        self.assertIn("nobody else", text)
        self.assertTrue(self.line("ours", self.ann.name)["left"])
        dan = self.make_user("dan", "base.group_user", "project.group_project_user")
        message = self.we_write(self.record, self.at(1))
        self.force(message, author_id=dan.partner_id.id)
        self.assertIn("are known to dan", self.warned()["left"]["text"])

    def test_a_warning_is_dismissed_with_a_reason_and_undone(self):
        for weeks in (2, 3, 4):
            self.talk(weeks)
        warning = self.warned()["one_contact"]
        about = (self.health.id, warning["kind"], warning["contact"])
        with self.assertRaises(UserError):
            self.dismissals().dismiss(*about, "  ")
        [told] = self.dismissals().dismiss(*about, "A one-man firm")["warnings"]
        self.assertEqual(told["dismissed"]["reason"], "A one-man firm")
        self.assertEqual(told["dismissed"]["by"], self.reader.name)
        self.assertFalse(self.warned())
        self.dismissals().browse(told["dismissed"]["id"]).action_undo()
        self.assertIn("one_contact", self.warned())
        kept = self.env["client.people.dismissal"].with_context(active_test=False)
        self.assertEqual(len(kept.search([("health_id", "=", self.health.id)])), 1)

    def test_a_new_silence_is_warned_about_again(self):
        for weeks in (30, 28, 26):
            self.talk(weeks)
        warning = self.warned()["silent"]
        self.dismissals().dismiss(self.health.id, "silent", warning["contact"], "Leave")
        self.assertNotIn("silent", self.warned())
        said = self.env["client.people.dismissal"].search(
            [("health_id", "=", self.health.id)]
        )
        self.force(said, dismissed_on=self.ago(200))
        self.assertIn("silent", self.warned())

    def test_it_takes_as_many_queries_for_many_contacts_as_for_few(self):
        self.talk(2)
        self.people()

        def queries():
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            before = self.env.cr.sql_log_count
            self.dismissals().people_of(self.health.id)
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(12):
            name = f"person{number}"
            contact = self.make_contact(
                self.client, name, email=f"{name}@bakery.example"
            )
            self.talk(2, contact)
        self.env.flush_all()
        many = queries()
        self.assertLessEqual(many, few + 2)
        self.assertLess(many, 40)

    def test_only_who_may_read_the_client_is_told(self):
        self.talk(2)
        health = self.refresh(self.client)
        colleague = self.make_user("colleague")
        with self.assertRaises(AccessError):
            self.dismissals(colleague).people_of(health.id)
        other = self.make_company("Other")
        stranger = self.make_user("stranger", *ALL, company=other)
        model = self.env["client.people.dismissal"].with_user(stranger)
        with self.assertRaises(AccessError):
            model.people_of(health.id)

    def test_a_colleagues_team_is_named(self):
        self.talk(2)
        self.env["crm.team"].create(
            {
                "name": "Shops",
                "company_id": self.company.id,
                "crm_team_member_ids": [Command.create({"user_id": self.ann.id})],
            }
        )
        self.assertEqual(self.line("ours", self.ann.name)["role"], "Shops")
