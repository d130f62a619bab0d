"""The client's page as a workspace: what one needs at hand, above the reasons."""

from datetime import timedelta

from odoo.tests import tagged

from ..common import HealthCase


@tagged("post_install", "-at_install")
class TestWorkspace(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user(
            "relation", "client_health.group_user", "sales_team.group_sale_manager"
        )
        cls.client = cls.make_client()
        cls.make_deal(cls.client, expected_revenue=500)
        cls.health = cls.refresh(cls.client)

    def lines(self, user=None):
        self.env.invalidate_all()
        health = self.health.with_user(user or self.user)
        health = health.with_context(allowed_company_ids=self.company.ids)
        return {line["key"]: line for line in health.relationship()["workspace"]}

    def test_whoever_was_not_heard_has_no_last_contact(self):
        self.assertIn("Not heard", self.lines()["contact"]["text"])
        self.assertFalse(self.lines()["contact"]["late"])

    def test_the_next_activity_is_the_first_one_on_the_client_or_its_health(self):
        self.assertEqual(self.lines()["activity"]["text"], "Nothing planned")
        for record, days in ((self.client, 9), (self.health, -2)):
            record.activity_schedule(
                "mail.mail_activity_data_call",
                self.today + timedelta(days=days),
                f"Call in {days}",
                user_id=self.user.id,
            )
        line = self.lines()["activity"]
        self.assertIn("Call in -2", line["text"])
        self.assertTrue(line["late"])

    def test_the_next_activity_may_be_on_what_is_about_the_client(self):
        contact = self.make_contact(self.client)
        lead = self.make_opportunity(contact)
        project = self.make_project(self.client)
        task = self.make_task(project)
        days = 50
        for record in (contact, task, project, lead):
            days -= 10
            record.activity_schedule(
                "mail.mail_activity_data_call",
                self.today + timedelta(days=days),
                f"Call about {record._name}",
                user_id=self.env.ref("base.user_admin").id,
            )
            line = self.lines()["activity"]
            self.assertIn(f"Call about {record._name}", line["text"])
            self.assertEqual((line["model"], line["id"]), (record._name, record.id))
        # of another company, and what one may not read, is not told
        lead.company_id = self.make_company("There")
        self.assertIn("Call about project.project", self.lines()["activity"]["text"])
        for record in (project, task.project_id):
            record.privacy_visibility = "followers"
        self.assertIn("Call about res.partner", self.lines()["activity"]["text"])

    def test_a_notice_that_passed_is_as_urgent(self):
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": self.ago(300),
                "date_end": self.ago(-10),
                "notice_days": 30,
            }
        )
        agreement.action_activate()
        line = self.lines()["agreement"]
        self.assertIn("notice passed", line["text"])
        self.assertTrue(line["late"])
        # renewed without a word, it runs on: the next notice is what counts
        agreement.sudo().write({"renewal": "tacit", "renewal_months": 12})
        line = self.lines()["agreement"]
        self.assertIn("notice by", line["text"])
        self.assertFalse(line["late"])

    def test_an_agreement_says_until_when_notice_may_be_given(self):
        self.assertEqual(self.lines()["agreement"]["text"], "None in force")
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": self.ago(30),
                "date_end": self.ago(-50),
                "notice_days": 30,
            }
        )
        agreement.action_activate()
        line = self.lines()["agreement"]
        self.assertEqual((line["model"], line["id"]), (agreement._name, agreement.id))
        self.assertIn(str(self.ago(-20).year), line["text"])
        self.assertTrue(line["late"], "twenty days are left")

    def test_revenue_is_told_to_managers_only(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(10), 1234, due=self.ago(-20))
        self.refresh(self.client)
        manager = self.make_user(
            "boss", "client_health.group_manager", "sales_team.group_sale_manager"
        )
        self.assertIn("1,234", self.lines(manager)["stake"]["text"])
        self.assertNotIn("1,234", self.lines()["stake"]["text"])
        self.assertIn("500", self.lines()["stake"]["text"])

    def test_what_is_overdue_is_told_to_whoever_may_read_the_invoices(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(60), 777, due=self.ago(40))
        self.refresh(self.client)
        manager = self.make_user("boss", "client_health.group_manager")
        line = self.lines(manager)["stake"]
        self.assertIn("777", line["text"])
        self.assertIn("overdue", line["text"])
        self.assertTrue(line["late"])
        plain = self.make_user("plain", "client_health.group_user")
        self.assertNotIn("777", str(self.lines(plain).get("stake")))

    def test_who_may_not_read_opportunities_hears_of_none(self):
        plain = self.make_user("plain", "client_health.group_user")
        self.assertNotIn("stake", self.lines(plain))
