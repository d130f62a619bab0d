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
        self.make_invoice(self.client, self.ago(10), 1234)
        self.refresh(self.client)
        manager = self.make_user(
            "boss", "client_health.group_manager", "sales_team.group_sale_manager"
        )
        self.assertIn("1,234", self.lines(manager)["stake"]["text"])
        self.assertNotIn("1,234", self.lines()["stake"]["text"])
        self.assertIn("500", self.lines()["stake"]["text"])

    def test_who_may_not_read_opportunities_hears_of_none(self):
        plain = self.make_user("plain", "client_health.group_user")
        self.assertNotIn("stake", self.lines(plain))
