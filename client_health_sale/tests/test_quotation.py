"""What a quotation says of its client."""

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import format_date

from odoo.addons.client_health.tests.common import HealthCase, ScreenCase

GROUP = "client_health.group_user"
SALES = ("sales_team.group_sale_manager", "base.group_partner_manager")


@tagged("post_install", "-at_install")
class TestQuotation(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("relation", GROUP, *SALES)
        cls.colleague = cls.make_user("colleague", *SALES)
        cls.client = cls.make_client("Harbour Lights")
        project = cls.make_project(cls.client, day=cls.ago(300))
        for _number in range(4):
            cls.make_task(project, day=cls.ago(200), moved=cls.ago(150))
        cls.env.ref("client_health.check_progress").floor_level = "critical"
        cls.refresh(cls.client)

    def quotation(self, client=None, user=None):
        client = client or self.client
        order = self.make_order(client, self.today, state="draft")
        return order.with_user(user or self.user)

    def leave(self, client):
        offboarding = self.env["client.offboarding"].create(
            {"partner_id": client.id, "company_id": self.company.id}
        )
        self.force(offboarding, state="done", ended_on=self.ago(40))
        self.env.invalidate_all()

    def test_it_says_why_a_client_is_in_trouble(self):
        order = self.quotation(self.make_contact(self.client))
        health = self.client.health_id
        self.assertEqual(health.level, "critical")
        self.assertEqual(order.client_health_badge, health.badge)
        self.assertEqual(order.client_health_note, health.level_reason)
        self.assertEqual(order.action_open_client_health()["res_id"], health.id)

    def test_it_says_how_the_relationship_ended(self):
        order = self.quotation()
        self.leave(self.client)
        day = format_date(self.env, self.ago(40))
        self.assertIn(day, order.client_health_note)

    def test_of_others_it_says_nothing(self):
        self.force(self.client.health_id, level="watch")
        for client in (self.client, self.make_client("New")):
            order = self.quotation(client)
            self.assertFalse(order.client_health_badge)
            self.assertFalse(order.client_health_note)

    def test_a_confirmed_order_says_nothing(self):
        order = self.quotation()
        order.action_confirm()
        self.assertFalse(order.client_health_note)

    def test_without_the_group_it_is_silent(self):
        order = self.quotation(user=self.colleague)
        for name in ("client_health_badge", "client_health_note"):
            with self.assertRaises(AccessError):
                order.read([name])
        for user, shown in ((self.user, True), (self.colleague, False)):
            orders = self.env["sale.order"].with_user(user)
            arch = orders.get_view(self.env.ref("sale.view_order_form").id)["arch"]
            self.assertEqual("client_health_note" in arch, shown, user.login)
        with Form(order) as form:
            form.client_order_ref = "Another"
        self.assertEqual(order.client_order_ref, "Another")

    def test_a_client_one_may_not_read_is_not_spoken_of(self):
        order = self.quotation()
        self.hide(self.client)
        self.env.invalidate_all()
        self.assertFalse(order.client_health_note)
        with self.assertRaises(AccessError):
            order.action_open_client_health()

    def test_a_new_one_warns_when_the_client_left(self):
        def chosen(user=self.user):
            orders = self.env["sale.order"].with_user(user)
            return orders.with_context(allowed_company_ids=self.company.ids).onchange(
                {"partner_id": self.client.id}, ["partner_id"], {"partner_id": {}}
            )

        self.assertNotIn("warning", chosen())
        self.leave(self.client)
        self.assertIn("ended on", chosen()["warning"]["message"])
        told = chosen(self.colleague)["warning"]["message"]
        self.assertIn("ended on", told, "whoever may write quotations is told")


@tagged("post_install", "-at_install")
class TestQuotationUi(ScreenCase):
    def test_from_the_quotation_to_the_relationship(self):
        self.make_user("keeper", GROUP, *SALES, company=self.company)
        client = self.make_client("Harbour Lights")
        self.make_project(client)
        order = self.make_order(client, self.today, state="draft")
        self.force(
            self.refresh(client),
            level="critical",
            level_rule="floor",
            level_check="progress",
        )
        self.start_tour(
            f"/odoo/sale.order/{order.id}", "client_health_quotation", login="keeper"
        )
