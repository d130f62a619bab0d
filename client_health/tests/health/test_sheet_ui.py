from odoo.tests import tagged

from ..common import ScreenCase


@tagged("post_install", "-at_install")
class TestSheetUi(ScreenCase):
    """From a figure to a new agreement, and from a flag to money."""

    books = True

    def setUp(self):
        super().setUp()
        self.app("account.move", "sale.order", "project.task:effective_hours")
        self.company.client_health_setup_on = self.now()
        self.company.client_health_required_rate = 90
        self.owner = self.make_user(
            "keeper",
            "client_health.group_manager",
            "account.group_account_invoice",
            "hr_timesheet.group_timesheet_manager",
        )
        self.client = self.make_client("Harbour Lights", user_id=self.owner.id)
        self.anna = self.make_employee(60)
        self.work(self.client, 100, 8000)

    def work(self, client, hours, amount):
        day = self.ago(200)
        self.log(self.anna, day, hours, project=self.make_project(client))
        self.make_invoice(client, day, amount)

    def test_an_owner_goes_from_the_worst_hour_to_a_new_agreement(self):
        other = self.make_client("Lighthouse")
        self.work(other, 50, 9000)
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "date_start": self.ago(390),
                "hours_sold": 6,
            }
        )
        agreement.action_activate()
        self.make_order(self.client, self.ago(390))
        self.refresh(self.client + other)
        self.start_tour(
            "/odoo/client-health-figures", "client_health_reprice", login="keeper"
        )
        draft = agreement.next_ids
        self.assertEqual((draft.state, draft.price), ("draft", 750))

    def test_a_salesperson_goes_from_a_flag_to_the_paid_invoice(self):
        seller = self.make_user(
            "seller",
            "client_health.group_user",
            "account.group_account_invoice",
            "sales_team.group_sale_salesman_all_leads",
        )
        self.client.user_id = seller
        self.refresh(self.client)
        self.start_tour("/odoo/client-health", "client_health_chase", login="seller")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.client.id), ("move_type", "=", "out_invoice")]
        )
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
