"""What work costs, as an account manager sees it: small worlds and what is right."""

from datetime import timedelta

from odoo import Command

from .money_case import HOUR, MoneyCase


class TestCostStories(MoneyCase):
    """Cost is what a client costs us, once, and known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worked = cls.order(cls.month(6), (cls.service("time", HOUR), 0, 100))

    def project(self):
        return self.worked.order_line.task_id.project_id

    def vendor_bill(self, vendor, day, amount, product=None, project=None):
        """A bill for a project, by a vendor."""
        project = project or self.project()
        if not project.account_id:
            project._create_analytic_account()
        line = {
            "name": "Bought",
            "quantity": 1,
            "price_unit": amount,
            "product_id": product.id if product else False,
            "tax_ids": [Command.clear()],
            "analytic_distribution": {str(project.account_id.id): 100},
        }
        bill = (
            self.env["account.move"]
            .with_company(self.company)
            .create(
                {
                    "move_type": "in_invoice",
                    "partner_id": vendor.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        )
        bill.action_post()
        return bill

    def sell(self, day, product, amount):
        """Invoice a product to the client, without an order."""
        invoice = self.make_invoice(self.client, day, amount, post=False)
        invoice.invoice_line_ids.write(
            {
                "product_id": product.id,
                "price_unit": amount,
                "tax_ids": [Command.clear()],
            }
        )
        invoice.action_post()
        return invoice

    # -- cost rates ------------------------------------------------------------

    def test_half_the_team_has_no_cost_rate(self):
        """95 of 100 hours without cost: grey, with the share that is missing."""
        self.work(self.worked, self.month(5), 5)
        self.work(self.worked, self.month(5), 95, who=self.make_employee(0))
        self.assertEqual(
            self.why_grey("margin"), "Cost rates are missing for 95 % of the hours."
        )
        self.assertIn("95 %", self.why_grey("loss_months"))
        self.assertEqual(self.level("profit"), "grey")

    def test_the_rate_needs_no_cost(self):
        self.set_required_rate(80)
        self.work(self.worked, self.month(5), 100, who=self.make_employee(0))
        self.assertEqual(self.figure("effective_rate"), 1.25)
        [text] = [
            item["text"]
            for check in self.refresh(self.client).explain()["checks"]
            for item in check["indicators"]
            if item["code"] == "effective_rate"
        ]
        self.assertRegex(text, r"100\.00.* an hour of .*80\.00.* required \(125.%\)")

    def test_a_fifth_without_a_cost_rate_is_still_a_margin(self):
        self.work(self.worked, self.month(5), 80)
        self.work(self.worked, self.month(5), 20, who=self.make_employee(0))
        self.assertEqual(self.figure("margin"), round(1 - 4800 / 10000, 4))
        self.work(self.worked, self.month(4), 1, who=self.make_employee(0))
        self.assertIsNone(self.figure("margin"))

    def test_under_ten_hours_nothing_is_said(self):
        self.work(self.worked, self.month(5), 9.5)
        self.assertIsNone(self.figure("margin"))
        self.work(self.worked, self.month(5), 0.5)
        self.assertEqual(self.figure("margin"), 0.4)

    # -- passed on -------------------------------------------------------------

    def test_media_spend(self):
        """10,000 a month bought and billed on at cost, fee 1,500, hours 500: the margin
        of the fee, 67 %, and no month of loss."""
        media = self.service(
            "by hand", expense_policy="cost", service_tracking="no", name="Media"
        )
        fee = self.service("fixed", service_tracking="no", name="Fee")
        self.set_required_rate(80)
        agency = self.make_client("Network")
        campaign = self.make_project(self.client)
        for month in range(4, 0, -1):
            self.vendor_bill(agency, self.month(month), 10000, media, campaign)
            order = self.order(self.month(month), (fee, 1, 1500), (media, 1, 10000))
            order.order_line[1].is_expense = True
            order.order_line[1].qty_delivered = 1
            self.invoice(order, self.month(month) + timedelta(days=2))
            self.log(self.anna, self.month(month), 500 / 60, project=campaign)
        self.assertEqual(self.figure("margin"), 0.6667)
        self.assertEqual(self.figure("loss_months"), 0)
        self.assertEqual(self.figure("effective_rate"), 2.25)

    def test_a_bill_that_odoo_invoices_again_at_cost(self):
        """The bill itself puts its line on the order, as Odoo does it."""
        media = self.service(
            "by hand", expense_policy="cost", service_tracking="no", name="Media"
        )
        self.work(self.worked, self.month(5), 100)
        project = self.project()
        project._create_analytic_account()
        project.sale_line_id = self.worked.order_line[:1]
        self.vendor_bill(self.make_client("Network"), self.month(4), 5000, media)
        expense = self.worked.order_line.filtered("is_expense")
        self.invoice(self.worked, self.month(3))
        self.assertEqual(self.figure("margin"), 0.4)
        if expense:
            self.assertEqual(expense.price_subtotal, 5000)

    def test_media_that_is_billed_by_hand(self):
        """A product ticked as passed on at cost, without an order; the bill of the
        same amount has no product."""
        if "passed_on_at_cost" not in self.env["product.template"]:
            self.skipTest("needs Client Health: quotations")
        media = self.service("fixed", service_tracking="no", passed_on_at_cost=True)
        self.work(self.worked, self.month(5), 100)
        self.vendor_bill(self.make_client("Network"), self.month(4), 7000)
        self.assertEqual(self.figure("margin"), round(1 - 13000 / 10000, 4))
        self.sell(self.month(3), media, 7000)
        self.assertEqual(self.figure("margin"), 0.4)

    def test_goods_are_no_work(self):
        """Twenty laptops sold and bought say nothing about what our work earns."""
        laptop = self.env["product.product"].create(
            {"name": "Laptop", "type": "consu", "taxes_id": [Command.clear()]}
        )
        self.work(self.worked, self.month(5), 100)
        self.vendor_bill(self.make_client("Shop"), self.month(4), 18000, laptop)
        self.sell(self.month(4), laptop, 20000)
        self.assertEqual(self.figure("margin"), 0.4)
        order = self.order(self.month(3), (laptop, 20, 1000))
        order.order_line.qty_delivered = 20
        self.invoice(order, self.month(3))
        self.assertEqual(self.figure("margin"), 0.4)

    def test_a_purchase_that_is_sold_with_a_surcharge_is_our_trade(self):
        """Billed at sales price, not at cost: earned and cost, both."""
        stock = self.service(
            "fixed", expense_policy="sales_price", service_tracking="no"
        )
        self.work(self.worked, self.month(5), 100)
        self.vendor_bill(self.make_client("Shop"), self.month(4), 1000, stock)
        self.sell(self.month(4), stock, 1500)
        self.assertEqual(self.figure("margin"), round((11500 - 7000) / 11500, 4))

    def test_rent_of_a_server_is_a_cost_of_the_client(self):
        self.work(self.worked, self.month(5), 100)
        self.vendor_bill(self.make_client("Host"), self.month(4), 1000)
        self.assertEqual(self.figure("margin"), 0.3)

    # -- subcontractors --------------------------------------------------------

    def freelancer(self, hourly_cost, company=False):
        """An employee whose own contact, or its company, sends us bills."""
        contact = self.make_client("Freelancer", is_company=company)
        if company:
            contact = self.make_contact(contact, "Freelancer himself")
        who = self.make_employee(hourly_cost)
        who.work_contact_id = contact
        return who

    def test_a_subcontractor_counts_once(self):
        """Logs 50 hours at 70 and sends a bill of 3,500 for them."""
        bob = self.freelancer(70)
        self.work(self.worked, self.month(5), 50, who=bob)
        self.work(self.worked, self.month(5), 50)
        self.vendor_bill(bob.work_contact_id, self.month(4), 3500)
        self.assertEqual(self.figure("margin"), round(1 - 6500 / 10000, 4))

    def test_the_larger_of_bill_and_hours_counts(self):
        bob = self.freelancer(70)
        self.work(self.worked, self.month(5), 100, who=bob)
        self.vendor_bill(bob.work_contact_id, self.month(4), 8000)
        self.assertEqual(self.figure("margin"), 0.2)

    def test_hours_of_a_subcontractor_without_a_rate_carry_the_cost_of_the_bill(self):
        bob = self.freelancer(0, company=True)
        self.work(self.worked, self.month(5), 100, who=bob)
        self.assertIn("100 %", self.why_grey("margin"))
        self.vendor_bill(bob.work_contact_id.commercial_partner_id, self.month(4), 6500)
        self.assertEqual(self.figure("margin"), 0.35)

    def test_a_bill_before_the_hours_are_all_in(self):
        """Billed for the month, logged for half of it: the bill counts."""
        bob = self.freelancer(70)
        self.work(self.worked, self.month(5), 30, who=bob)
        self.work(self.worked, self.month(5), 70)
        self.vendor_bill(bob.work_contact_id, self.month(4), 4000)
        self.assertEqual(self.figure("margin"), round(1 - (4000 + 4200) / 10000, 4))

    # -- what cannot be --------------------------------------------------------

    def test_hours_seem_missing(self):
        """A fixed price of 60,000 with 12 hours on it: somebody logs elsewhere."""
        self.set_required_rate(80)
        order = self.order(self.month(5), (self.service("fixed"), 1, 60000))
        self.work(order, self.month(4), 12)
        self.invoice(order, self.month(3))
        self.assertIn("Hours seem missing", self.why_grey("margin"))
        self.assertIn("Hours seem missing", self.why_grey("effective_rate"))

    def test_a_month_of_loss_shows_after_it(self):
        """Hours by time at half of what they cost: a loss month after month."""
        order = self.order(self.month(6), (self.service("time", HOUR), 0, 30))
        for month in range(5, 0, -1):
            self.work(order, self.month(month), 20)
            self.invoice(order, self.month(month - 1))
        self.assertEqual(self.figure("loss_months", self.month(0)), 5)
        self.assertEqual(self.figure("loss_months", self.month(2)), 3)
