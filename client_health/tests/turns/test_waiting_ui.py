"""What waits, in a real browser."""

from odoo.tests import tagged

from ..common import ScreenCase
from .test_waiting import ASKS, WaitingCase


@tagged("post_install", "-at_install")
class TestWaitingUi(WaitingCase, ScreenCase):
    def setUp(self):
        super().setUp()
        self.make_user(
            "keeper",
            "client_health.group_user",
            "sales_team.group_sale_salesman_all_leads",
            company=self.company,
        )
        user = self.env["res.users"].search([("login", "=", "keeper")])
        self.record.user_id = user
        self.message = self.they(self.at(self.day), body=ASKS)
        self.refresh(self.client)

    def test_the_morning_of_a_salesperson(self):
        self.start_tour("/odoo", "client_health_waiting_answer", login="keeper")
        self.refresh(self.client)
        self.assertEqual(self.turns(waits_for="ours").state, "answered")
        page = "/odoo/client-health-waiting"
        self.start_tour(page, "client_health_waiting_nothing", login="keeper")

    def test_needs_no_answer_and_back(self):
        self.start_tour(
            "/odoo/client-health-waiting", "client_health_waiting_word", login="keeper"
        )
        self.assertEqual(self.turns().state, "not_needed")
