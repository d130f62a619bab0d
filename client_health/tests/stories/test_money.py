"""Earned money, as an account manager sees it: small worlds and what is right there."""

from datetime import timedelta

from odoo import Command

from .money_case import HOUR, MoneyCase


class TestMoneyStories(MoneyCase):
    """An amount is earned by the work, whenever it is invoiced."""

    # -- drafts ----------------------------------------------------------------

    def test_the_draft_invoice(self):
        """40 hours in August at 100; the draft is made on the 1st, posted on the 15th:
        40 % all the time."""
        order = self.order(self.month(3), (self.service("time", HOUR), 40, 100))
        self.work(order, self.month(2), 40)
        invoice = self.invoice(order, None, post=False)
        self.assertEqual(self.figure("margin", self.month_end(2)), 0.4)
        self.assertEqual(self.figure("margin", self.month(1) + timedelta(days=9)), 0.4)
        day = self.month(1) + timedelta(days=14)
        self.post(invoice, day)
        self.assertEqual(self.figure("margin", day), 0.4)
        self.assertEqual(self.figure("margin", day - timedelta(days=1)), 0.4)
        self.assertEqual(self.figure("loss_months", day), 0)

    def test_a_draft_that_was_thrown_away(self):
        """The draft was wrong, was cancelled, and another one is posted a month later:
        40 % on every day of it."""
        order = self.order(self.month(3), (self.service("time", HOUR), 40, 100))
        self.work(order, self.month(2), 40)
        self.invoice(order, None, post=False).button_cancel()
        self.assertEqual(self.figure("margin", self.month_end(1)), 0.4)
        self.invoice(order, self.month(0))
        for day in (self.month_end(2), self.month_end(1), self.month(0)):
            self.assertEqual(self.figure("margin", day), 0.4, day)

    def test_a_draft_credit_note_changes_nothing(self):
        order = self.order(self.month(3), (self.service("time", HOUR), 40, 100))
        self.work(order, self.month(2), 40)
        invoice = self.invoice(order, self.month(1))
        note = invoice._reverse_moves([{"invoice_date": self.month(0)}])
        self.assertEqual(note.state, "draft")
        self.assertEqual(self.figure("margin", self.month(0)), 0.4)

    def test_the_first_weeks_of_a_client_are_not_measured(self):
        """Nothing ordered, nothing invoiced yet: what the hours are worth is open."""
        self.log(self.anna, self.ago(20), 30, project=self.make_project(self.client))
        self.assertIn("cannot be valued yet", self.why_grey("margin"))
        self.assertEqual(self.level("profit"), "grey")

    # -- billed ahead, and in arrears ------------------------------------------

    def test_the_retainer_paid_ahead(self):
        """24,000 invoiced and paid in January for the year, 1,000 of hours a month: no
        month of loss in May."""
        january = self.month(4)
        invoice = self.make_invoice(self.client, january, 24000)
        self.pay(invoice, january + timedelta(days=5))
        project = self.make_project(self.client)
        for month in (4, 3, 2, 1):
            self.log(self.anna, self.month(month), 1000 / 60, project=project)
        may = self.month(0)
        self.assertEqual(self.figure("loss_months", may), 0)
        self.assertGreater(self.figure("margin", may), 0.8)
        self.assertEqual(self.level("profit", may), "ok")

    def test_the_retainer_by_the_quarter(self):
        """6,000 on the first day of each quarter."""
        project = self.make_project(self.client)
        for month in range(8, 0, -1):
            if month % 3 == 2:
                invoice = self.make_invoice(self.client, self.month(month), 6000)
                self.pay(invoice, self.month(month))
            self.log(self.anna, self.month(month), 20, project=project)
        for month in range(7):
            day = self.month(month)
            self.assertEqual(self.figure("loss_months", day), 0, day)
            self.assertEqual(self.level("profit", day), "ok", day)

    def test_hours_billed_each_quarter_in_arrears(self):
        order = self.order(self.month(5), (self.service("time", HOUR), 0, 100))
        for month in (4, 3, 2):
            self.work(order, self.month(month), 20)
        first = self.month(1)
        for day in (self.month(3), self.month(2), self.month_end(2)):
            self.assertEqual(self.figure("loss_months", day), 0)
            self.assertEqual(self.figure("margin", day), 0.4)
        self.invoice(order, first)
        self.assertEqual(self.figure("loss_months", first), 0)
        self.assertEqual(self.level("profit", first), "ok")

    def test_a_quarter_without_an_order_billed_in_arrears(self):
        """Nobody writes orders; each quarter's hours are invoiced in the next month."""
        project = self.make_project(self.client)
        for month in range(12, 0, -1):
            self.log(self.anna, self.month(month), 20, project=project)
            if month % 3 == 1:
                self.make_invoice(self.client, self.month(month - 1), 9000)
        for month in range(9):
            day = self.month(month)
            self.assertEqual(self.figure("loss_months", day), 0, day)

    def test_the_yearly_invoice_comes_a_week_later_than_last_year(self):
        """In between, twelve months hold no invoice: nothing of it counts, and then it
        is over."""
        project = self.make_project(self.client)
        self.pay(self.make_invoice(self.client, self.ago(370), 24000), self.ago(369))
        for back in range(360, 0, -30):
            self.log(self.anna, self.ago(back), 10, project=project)
        self.assertEqual(self.figure("margin"), -1)
        self.assertTrue(self.reading("margin").settling)
        self.assertEqual(self.reading("margin").penalty, 0)
        self.make_invoice(self.client, self.today, 24000)
        self.assertEqual(self.reading("margin").penalty, 0)
        self.assertFalse(self.reading("margin").settling)

    def test_a_margin_that_stays_bad_counts_after_thirty_days(self):
        project = self.make_project(self.client)
        self.pay(self.make_invoice(self.client, self.ago(410), 24000), self.ago(409))
        for back in range(360, 0, -30):
            self.log(self.anna, self.ago(back), 10, project=project)
        self.assertEqual(self.level("profit"), "red")
        self.assertEqual(self.level("profit", self.ago(45)), "ok")

    def test_a_better_margin_counts_at_once(self):
        project = self.make_project(self.client)
        self.log(self.anna, self.ago(100), 100, project=project)
        self.make_invoice(self.client, self.ago(200), 1000)
        self.assertEqual(self.level("profit", self.ago(1)), "red")
        self.make_invoice(self.client, self.today, 20000)
        self.assertEqual(self.reading("margin").penalty, 0)

    # -- down payments and milestones ------------------------------------------

    def milestone_order(self, day):
        order = self.order(day, (self.service("milestones"), 1, 50000))
        self.work(order, day + timedelta(days=5), 100)
        return order

    def reach(self, order, day, share):
        milestone = self.env["project.milestone"].create(
            {
                "name": f"{share:.0%}",
                "project_id": order.order_line.project_id.id
                or order.order_line.task_id.project_id.id,
                "sale_line_id": order.order_line[:1].id,
                "quantity_percentage": share,
                "is_reached": True,
            }
        )
        self.force(milestone, reached_date=day)
        return milestone

    def test_the_down_payment(self):
        """50,000 by milestone, 15,000 down and paid, 100 hours, no milestone yet: no
        loss."""
        order = self.milestone_order(self.month(4))
        invoice = self.pay_down(order, self.month(4), 15000)
        self.pay(invoice, self.month(3))
        for day in (self.month(3), self.month(1), self.today):
            self.assertIn(self.level("profit", day), ("ok", "grey"), day)
            self.assertNotEqual(self.figure("loss_months", day), 1)
        self.assertIn("cannot be valued yet", self.why_grey("margin"))

    def test_no_down_payment_and_no_milestone_is_not_yet_measurable(self):
        self.milestone_order(self.month(4))
        self.assertIn("100 % of the hours", self.why_grey("margin"))
        self.assertEqual(self.level("profit"), "grey")

    def test_a_milestone_is_earned_when_it_is_reached(self):
        """A fifth of 50,000 for 100 hours; invoiced or not, before or after."""
        order = self.milestone_order(self.month(4))
        self.reach(order, self.month(2), 0.2)
        self.assertIsNone(self.figure("margin", self.month_end(3)))
        self.assertEqual(self.figure("margin", self.month(2)), 0.4)
        self.invoice(order, self.month(1))
        self.assertEqual(self.figure("margin", self.month(1)), 0.4)
        self.assertEqual(self.figure("margin"), 0.4)

    def test_a_down_payment_is_not_earned_twice(self):
        """Half is paid down; the final invoice takes it off again."""
        order = self.order(self.month(4), (self.service("fixed"), 1, 10000))
        self.work(order, self.month(3), 100)
        self.pay_down(order, self.month(4), 5000)
        self.finish(order, self.month(2))
        self.invoice(order, self.month(2))
        self.assertEqual(self.figure("margin"), 0.4)

    def test_prepaid_hours_are_earned_as_they_are_worked(self):
        """A strip of 100 hours at 100, paid in one; half of it is used."""
        order = self.order(self.month(5), (self.service("prepaid", HOUR), 100, 100))
        self.invoice(order, self.month(5))
        self.work(order, self.month(3), 50)
        self.assertEqual(self.figure("margin"), 0.4)
        # and what is beyond the strip earns nothing
        self.work(order, self.month(1), 100)
        self.assertEqual(self.figure("margin"), round(1 - 9000 / 10000, 4))

    # -- orders ----------------------------------------------------------------

    def test_signed_today(self):
        """A year of loss; a fixed-price order of today changes nothing yet."""
        project = self.make_project(self.client)
        self.make_invoice(self.client, self.month(10), 4000)
        self.log(self.make_employee(80), self.month(9), 100, project=project)
        before = self.figure("margin")
        self.order(self.today, (self.service("fixed"), 1, 60000))
        self.assertEqual(before, -1)
        self.assertEqual(self.figure("margin"), before)
        self.assertEqual(self.level("profit"), "red")

    def test_signed_today_with_planned_hours(self):
        project = self.make_project(self.client)
        self.make_invoice(self.client, self.month(10), 4000)
        self.log(self.make_employee(80), self.month(9), 100, project=project)
        order = self.order(self.today, (self.service("prepaid", HOUR), 600, 100))
        self.assertEqual(self.level("profit"), "red")
        self.work(order, self.today, 1)
        self.assertEqual(self.level("profit"), "red")

    def test_a_signed_order_that_is_invoiced_ahead_by_the_plan(self):
        """60,000 planned at 600 hours and invoiced at once is earned hour by hour."""
        order = self.order(self.month(6), (self.service("fixed"), 1, 60000))
        self.plan(order, 600)
        self.invoice(order, self.month(6))
        self.work(order, self.month(4), 60)
        self.assertEqual(self.figure("margin"), 0.4)

    def test_a_fixed_price_with_a_plan_is_earned_by_the_hours(self):
        """10,000 planned at 100 hours: half is done, nothing invoiced."""
        order = self.order(self.month(4), (self.service("fixed"), 1, 10000))
        self.plan(order, 100)
        self.work(order, self.month(2), 50)
        self.assertEqual(self.figure("margin"), 0.4)
        self.work(order, self.month(1), 150)
        self.assertEqual(self.figure("margin"), round((10000 - 12000) / 10000, 4))

    def test_a_fixed_price_that_is_finished_early_earns_all_of_it(self):
        order = self.order(self.month(4), (self.service("fixed"), 1, 10000))
        self.plan(order, 100)
        self.work(order, self.month(2), 50)
        self.finish(order, self.month(1))
        self.assertEqual(self.figure("margin", self.month_end(2)), 0.4)
        self.assertEqual(self.figure("margin"), 0.7)

    def test_a_fixed_price_without_plan_or_invoice_is_not_measured(self):
        order = self.order(self.month(4), (self.service("fixed"), 1, 10000))
        self.work(order, self.month(3), 60)
        self.assertIn("100 % of the hours", self.why_grey("margin"))
        self.assertIn("100 % of the hours", self.why_grey("loss_months"))

    def test_an_hour_that_odoo_wrote_for_a_unit_is_no_plan(self):
        """Odoo allocates one hour to the task of a thing that was sold once."""
        order = self.order(self.month(4), (self.service("fixed"), 1, 10000))
        order.order_line.task_id.allocated_hours = 1
        self.work(order, self.month(3), 60)
        self.assertIn("cannot be valued yet", self.why_grey("margin"))
        self.invoice(order, self.month(2))
        self.assertEqual(self.figure("margin"), 0.64)

    def test_the_second_day_of_work_on_a_new_order_turns_nobody_red(self):
        """A client of many good years begins something by hand."""
        old = self.order(self.month(9), (self.service("time", HOUR), 0, 100))
        self.work(old, self.month(8), 100)
        new = self.order(self.month(1), (self.service("by hand"), 1, 20000))
        self.work(new, self.month(0), 50)
        self.assertIn("33 % of the hours", self.why_grey("margin"))

    def test_an_order_of_last_years_work_tells_the_margin_of_the_past(self):
        """As it was at the end of each month, not as we know it today."""
        order = self.order(self.month(8), (self.service("time", HOUR), 0, 100))
        self.work(order, self.month(7), 20)
        self.work(order, self.month(2), 20, who=self.make_employee(90))
        self.assertEqual(self.figure("margin", self.month_end(7)), 0.4)
        self.assertEqual(self.figure("margin", self.month_end(3)), 0.4)
        self.assertEqual(self.figure("margin"), 0.25)

    # -- good will, and credit notes -------------------------------------------

    def test_goodwill(self):
        """10,000 invoiced, 4,000 credited: 6,000 earned, nothing left to invoice."""
        order = self.order(self.month(6), (self.service("fixed"), 1, 10000))
        self.work(order, self.month(5), 50)
        invoice = self.invoice(order, self.month(4))
        self.reverse(invoice, self.month(3), 4000)
        self.assertEqual(self.figure("margin"), 0.5)
        found = self.read_facts(["to_invoice", "revenue_365"], self.client)
        self.assertEqual(found[self.client.id]["to_invoice"], 0)
        self.assertEqual(found[self.client.id]["revenue_365"], 6000)

    def test_goodwill_on_work_by_the_hour(self):
        """100 hours at 100 were worth 10,000; 2,000 of it is given back."""
        order = self.order(self.month(6), (self.service("time", HOUR), 0, 100))
        self.work(order, self.month(5), 100)
        invoice = self.invoice(order, self.month(4))
        self.reverse(invoice, self.month(3), 2000)
        self.assertEqual(self.figure("margin", self.month_end(4)), 0.4)
        self.assertEqual(self.figure("margin"), 0.25)

    def test_an_invoice_that_is_credited_and_made_anew_counts_once(self):
        """The address was wrong: a credit note, and a new invoice of the same lines."""
        order = self.order(self.month(6), (self.service("fixed"), 1, 10000))
        self.work(order, self.month(5), 100)
        invoice = self.invoice(order, self.month(4))
        again = self.reverse(invoice, self.month(2), again=True)
        self.assertEqual(self.figure("margin", self.month_end(3)), 0.4)
        self.post(again, self.month(2) + timedelta(days=10))
        for day in (self.month(2) + timedelta(days=10), self.today):
            self.assertEqual(self.figure("margin", day), 0.4, day)
        self.assertEqual(self.figure("loss_months"), 0)

    def test_a_second_invoice_for_more_than_the_first(self):
        """Hours by time: invoiced twice too low, credited, invoiced right."""
        order = self.order(self.month(6), (self.service("time", HOUR), 0, 100))
        self.work(order, self.month(5), 100)
        invoice = self.invoice(order, self.month(4))
        again = self.reverse(invoice, self.month(2), again=True)
        self.post(again, self.month(2))
        self.assertEqual(self.figure("margin"), 0.4)
        self.assertEqual(self.figure("margin", self.month(3)), 0.4)

    # -- whose money -----------------------------------------------------------

    def test_somebody_else_pays(self):
        """The clinic orders and gets the hours, its foundation is invoiced."""
        foundation = self.make_client("Foundation")
        order = self.order(
            self.month(6),
            (self.service("time", HOUR), 0, 120),
            partner_invoice_id=foundation.id,
        )
        self.work(order, self.month(5), 300)
        invoice = self.invoice(order, self.month(4))
        self.assertEqual(invoice.partner_id, foundation)
        self.assertEqual(self.figure("margin"), 0.5)
        found = self.read_facts(["overdue", "revenue_365"], self.client | foundation)
        self.assertEqual(found[self.client.id]["revenue_365"], 36000)
        self.assertEqual(found[self.client.id]["overdue"], 0)
        self.assertEqual(found[foundation.id]["revenue_365"], 0)
        self.assertEqual(found[foundation.id]["overdue"], 36000)
        self.assertIsNone(self.figure("margin", client=foundation))
        self.assertEqual(self.level("profit"), "ok")

    def test_two_payers_share_an_order(self):
        """Half of it is invoiced to the insurance: all of it was earned with the
        client."""
        insurance = self.make_client("Insurance")
        order = self.order(self.month(6), (self.service("fixed"), 2, 5000))
        self.work(order, self.month(5), 100)
        invoice = order._create_invoices(final=True)
        invoice.invoice_line_ids.quantity = 1
        self.post(invoice, self.month(4))
        other = order._create_invoices(final=True)
        other.partner_id = insurance
        self.post(other, self.month(4))
        self.assertEqual(self.figure("margin"), 0.4)
        found = self.read_facts(["revenue_365"], insurance)
        self.assertEqual(found[insurance.id]["revenue_365"], 0)

    def test_two_companies_that_invoice_for_each_other(self):
        """A orders and B pays, B orders and A pays: each earns what it ordered."""
        other = self.make_client("Other")
        for who, payer, price in ((self.client, other, 120), (other, self.client, 80)):
            order = self.order(
                self.month(6),
                (self.service("time", HOUR), 0, price),
                client=who,
                partner_invoice_id=payer.id,
            )
            self.work(order, self.month(5), 100)
            self.invoice(order, self.month(4))
        self.assertEqual(self.figure("margin"), 0.5)
        self.assertEqual(self.figure("margin", client=other), 0.25)

    def test_the_holding_pays_for_its_daughter(self):
        """The address of the invoice is the parent of who ordered: one client."""
        holding = self.make_client("Holding")
        self.client.write({"parent_id": holding.id, "is_company": True})
        daughter = self.make_contact(self.client, "Daughter's desk")
        order = self.order(
            self.month(6),
            (self.service("time", HOUR), 0, 120),
            client=daughter,
            partner_invoice_id=holding.id,
        )
        self.work(order, self.month(5), 100)
        self.invoice(order, self.month(4))
        clients = self.client.commercial_partner_id | holding
        found = self.read_facts(["revenue_365", "hours_365"], clients)
        entity = self.client.commercial_partner_id
        self.assertEqual(found[entity.id]["revenue_365"], 12000)
        self.assertEqual(found[entity.id]["hours_365"], 100)

    def test_the_address_of_the_invoice_is_a_daughter_of_who_ordered(self):
        """A client that is the parent of its own invoice address: a desk of its own is
        the client itself, a company below it owes for itself."""
        desk = self.make_contact(self.client, "Accounts payable", type="invoice")
        office = self.make_client("Office", parent_id=self.client.id, is_company=True)
        for payer in (desk, office):
            order = self.order(
                self.month(6),
                (self.service("time", HOUR), 0, 120),
                partner_invoice_id=payer.id,
            )
            self.work(order, self.month(5), 100)
            self.invoice(order, self.month(4))
        self.assertEqual(office.commercial_partner_id, office)
        self.assertEqual(self.figure("margin"), 0.5)
        found = self.read_facts(["revenue_365", "overdue"], self.client | office)
        self.assertEqual(found[self.client.id]["revenue_365"], 24000)
        owed = [found[client.id]["overdue"] for client in (self.client, office)]
        self.assertEqual(owed, [12000, 12000])

    def test_money_stays_where_it_was_earned(self):
        """The person who was invoiced moves to another firm afterwards."""
        person = self.make_contact(self.client, "Person")
        self.make_invoice(person, self.month(4), 5000)
        elsewhere = self.make_client("Elsewhere")
        person.parent_id = elsewhere
        found = self.read_facts(["revenue_365", "overdue"], self.client | elsewhere)
        self.assertEqual(found[self.client.id]["revenue_365"], 5000)
        self.assertEqual(found[self.client.id]["overdue"], 5000)
        self.assertEqual(found[elsewhere.id]["revenue_365"], 0)
        self.assertEqual(found[elsewhere.id]["overdue"], 0)

    def test_an_order_in_another_currency_is_worth_what_it_was_then(self):
        dollar = self.env.ref("base.NZD")
        self.make_rate(dollar, self.month(12), 2.0)
        prices = self.env["product.pricelist"].create(
            {"name": "New Zealand", "currency_id": dollar.id}
        )
        order = self.order(
            self.month(6),
            (self.service("time", HOUR), 0, 200),
            pricelist_id=prices.id,
        )
        self.assertEqual(order.currency_id, dollar)
        self.work(order, self.month(5), 100)
        self.assertEqual(self.figure("margin"), 0.4)
        dollar.active = False
        self.assertEqual(self.figure("margin"), 0.4)

    # -- what makes no sense ---------------------------------------------------

    def test_an_order_without_lines_and_one_of_less_than_nothing(self):
        self.order(self.month(4))
        order = self.order(self.month(4), (self.service("fixed"), -2, 100))
        self.work(order, self.month(3), 20)
        self.work(order, self.month(3), -5)
        free = self.order(self.month(4), (self.service("prepaid", HOUR), 0, 100))
        self.work(free, self.month(3), 5)
        self.assertIn(self.level("profit"), ("ok", "grey", "red"))
        self.assertTrue(self.refresh(self.client))

    def test_hours_below_zero_take_hours_back(self):
        order = self.order(self.month(6), (self.service("time", HOUR), 0, 100))
        self.work(order, self.month(5), 30)
        self.work(order, self.month(5), -10)
        found = self.read_facts(["hours_365", "earned_time_365"], self.client)
        self.assertEqual(found[self.client.id]["hours_365"], 20)
        self.assertEqual(found[self.client.id]["earned_time_365"], 2000)
        self.assertEqual(self.figure("margin"), 0.4)

    def test_an_agreement_that_does_not_judge_by_money(self):
        self.pay(self.make_invoice(self.client, self.month(6), 10), self.month(6))
        project = self.make_project(self.client)
        self.log(self.anna, self.month(5), 100, project=project)
        self.assertEqual(self.level("profit"), "red")
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": self.ago(100),
                "not_judged_by_money_until": self.ago(-100),
            }
        )
        agreement.action_activate()
        self.assertIn("not to judge by money", self.why_grey("margin"))
        self.assertNotIn(self.level("profit"), ("watch", "red"))

    def test_a_line_that_was_added_by_hand_is_earned_when_it_is_invoiced(self):
        order = self.order(self.month(4), (self.service("time", HOUR), 0, 100))
        self.work(order, self.month(3), 30)
        invoice = self.invoice(order, None, post=False)
        line = {"name": "Surcharge", "quantity": 1, "price_unit": 600}
        invoice.write(
            {
                "invoice_line_ids": [
                    Command.create({**line, "tax_ids": [Command.clear()]})
                ]
            }
        )
        self.post(invoice, self.month(2))
        self.assertEqual(self.figure("margin", self.month_end(3)), 0.4)
        self.assertEqual(self.figure("margin"), 0.5)
