"""What clients owe and how regular they are: small worlds and what is right there."""

from datetime import date, timedelta

from .money_case import HOUR, MoneyCase


class TestOwedStories(MoneyCase):
    """Late is what is late, and by how much it matters."""

    def owed(self, name="overdue", client=None, day=None):
        client = client or self.client
        return self.read_facts([name], client, as_of=day)[client.id].get(name)

    def big_firm(self):
        """Other clients were invoiced 2 million in a year."""
        self.make_invoice(self.make_client("Large"), self.ago(100), 2_000_000)

    # -- small and late --------------------------------------------------------

    def test_one_day_late(self):
        """A new client's first invoice, 800, is one day past due: nothing."""
        self.make_invoice(self.client, self.ago(31), 800, due=self.ago(1))
        self.assertEqual(self.owed(), 0)
        self.assertIn(self.level("profit"), ("ok", "grey"))

    def test_a_week_is_not_late_and_the_eighth_day_is(self):
        self.make_invoice(self.client, self.ago(60), 800, due=self.ago(7))
        self.assertEqual(self.owed(), 0)
        other = self.make_client()
        self.make_invoice(other, self.ago(60), 800, due=self.ago(8))
        self.assertEqual(self.owed(client=other), 800)
        # a warning at most until something is 30 days late
        self.assertEqual(self.level("profit", client=other), "watch")

    def test_it_is_red_only_from_thirty_days_on(self):
        self.make_invoice(self.client, self.ago(60), 800, due=self.ago(30))
        self.assertEqual(self.level("profit"), "red")
        self.assertEqual(self.level("profit", self.ago(1)), "watch")

    def test_a_forgotten_fee_of_a_large_firm_is_nothing(self):
        """45 of a firm of two million a year."""
        self.big_firm()
        self.make_invoice(self.client, self.ago(90), 45, due=self.ago(60))
        self.assertEqual(self.owed(), 0)
        self.company.client_health_least_overdue = 40
        self.assertEqual(self.owed(), 45)

    def test_the_agreement_accepts_sixty_days(self):
        """The client's payment runs need 60 days, and we agreed."""
        self.make_invoice(self.client, self.ago(90), 5000, due=self.ago(50))
        self.assertEqual(self.owed(), 5000)
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": self.ago(300),
                "accepted_days_late": 60,
            }
        )
        agreement.action_activate()
        self.assertEqual(self.owed(), 0)

    def test_tax_is_not_what_the_client_owes_us(self):
        """1,000 and 210 of tax are open of a year of 10,000: 10 %."""
        tax = self.env["account.tax"].create(
            {
                "name": "21",
                "amount": 21,
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        self.pay(self.make_invoice(self.client, self.ago(200), 9000), self.ago(200))
        invoice = self.make_invoice(
            self.client, self.ago(90), 1000, due=self.ago(60), post=False
        )
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 1210)
        self.assertEqual(self.figure("overdue"), 0.1)

    # -- disputed --------------------------------------------------------------

    def test_what_is_blocked_is_disputed_not_late(self):
        invoice = self.make_invoice(self.client, self.ago(90), 5000, due=self.ago(60))
        invoice.action_toggle_block_payment()
        self.assertEqual(invoice.payment_state, "blocked")
        self.assertEqual(self.owed(), 0)
        self.assertEqual(self.owed("disputed"), 5000)
        self.assertIsNone(self.owed("days_late_365"))

    def test_what_is_not_to_be_followed_up_is_disputed_too(self):
        invoice = self.make_invoice(self.client, self.ago(90), 5000, due=self.ago(60))
        lines = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        if "no_followup" not in lines:
            self.skipTest("no follow-up of Odoo")
        lines.no_followup = True
        self.assertEqual(self.owed(), 0)
        self.assertEqual(self.owed("disputed"), 5000)

    def test_a_dispute_that_is_over_is_late_again(self):
        invoice = self.make_invoice(self.client, self.ago(90), 5000, due=self.ago(60))
        invoice.action_toggle_block_payment()
        invoice.action_toggle_block_payment()
        self.assertEqual(self.owed(), 5000)

    # -- less what we owe them -------------------------------------------------

    def test_an_open_credit_note_of_tomorrow_is_taken_off(self):
        """Credited, not matched yet, whatever its due date."""
        self.make_invoice(self.client, self.ago(90), 5000, due=self.ago(60))
        self.make_invoice(
            self.client, self.ago(1), 4000, refund=True, due=self.ago(-60)
        )
        self.assertEqual(self.owed(), 1000)
        self.make_invoice(self.client, self.ago(1), 3000, refund=True)
        self.assertEqual(self.owed(), 0)

    def test_a_payment_that_nobody_matched_is_taken_off(self):
        self.make_invoice(self.client, self.ago(90), 5000, due=self.ago(60))
        payment = (
            self.env["account.payment"]
            .with_company(self.company)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.client.id,
                    "amount": 5000,
                    "date": self.ago(3),
                }
            )
        )
        payment.action_post()
        if payment.move_id:
            self.assertEqual(self.owed(), 0)
        self.assertEqual(self.owed(day=self.ago(4)), 5000)

    def test_paid_in_part_is_late_in_part(self):
        invoice = self.make_invoice(self.client, self.ago(90), 5000, due=self.ago(60))
        self.pay(invoice, self.ago(10), 4000)
        self.assertEqual(self.owed(), 1000)
        self.assertEqual(self.owed(day=self.ago(11)), 5000)

    def test_days_late_know_what_is_still_open(self):
        """Three paid on the day, one open for a hundred days, as large as they."""
        for back in (300, 260, 220):
            invoice = self.make_invoice(self.client, self.ago(back), 1000)
            self.pay(invoice, self.ago(back))
        self.assertEqual(self.figure("days_late"), 0)
        self.make_invoice(self.client, self.ago(130), 3000, due=self.ago(100))
        self.assertEqual(self.figure("days_late"), 50)

    def test_no_invoice_is_later_than_half_a_year(self):
        for back in (600, 500, 450):
            self.make_invoice(self.client, self.ago(back), 1000, due=self.ago(back))
        self.assertEqual(self.figure("days_late"), 180)
        self.assertEqual(self.figure("overdue"), 1)

    # -- season, and rhythm ----------------------------------------------------

    def new_years_eve(self):
        return date(self.today.year - 1, 12, 31)

    def season(self, years=3):
        """12,000 every April, 200 every month."""
        last = self.new_years_eve()
        for year in range(last.year - years + 1, last.year + 1):
            for month in range(1, 13):
                amount = 12200 if month == 4 else 200
                self.make_invoice(self.client, date(year, month, 10), amount)

    def test_the_season(self):
        self.season()
        self.assertEqual(self.figure("revenue_trend", self.new_years_eve()), 1)
        self.assertEqual(self.level("progress", self.new_years_eve()), "ok")

    def test_a_season_at_the_end_of_every_month(self):
        self.season()
        for month in range(1, 13):
            day = date(self.today.year - 1, month, 1) - timedelta(days=1)
            self.assertIn(self.level("progress", day), ("ok", "grey"), day)

    def test_a_yearly_conference_that_is_invoiced_two_weeks_later(self):
        """30,000 on one day each year: until it is there again, nothing is said."""
        for back in (375 + 365, 375):
            self.pay(self.make_invoice(self.client, self.ago(back), 30000), self.today)
        self.assertEqual(self.figure("revenue_trend"), 0)
        self.assertEqual(self.reading("revenue_trend").penalty, 0)
        for back in range(0, 370, 30):
            self.assertNotEqual(self.level("progress", self.ago(back)), "red", back)

    def test_a_season_in_the_second_year_is_not_compared_with_its_top(self):
        """Under 18 months a client is compared with the months before: a warning at
        most."""
        self.season(years=1)
        self.assertNotEqual(self.level("progress", self.new_years_eve()), "red")

    def test_revenue_that_halves_for_good_is_seen(self):
        for month in range(30, 0, -1):
            self.make_invoice(
                self.client, self.month(month), 500 if month < 7 else 1000
            )
        self.assertEqual(self.figure("revenue_trend", self.month_end(1)), 0.5)
        self.assertEqual(self.level("progress", self.month_end(1)), "watch")

    def test_one_large_order_is_left_out_by_name(self):
        """A website of 30,000 last year beside 1,000 a month: no loss of a client."""
        for month in range(30, 0, -1):
            self.make_invoice(self.client, self.month(month), 1000)
        order = self.order(self.month(16), (self.service("fixed"), 1, 30000))
        self.invoice(order, self.month(15))
        self.assertEqual(self.figure("revenue_trend", self.month_end(1)), 1)
        self.assertEqual(self.owed("revenue_one_off", day=self.month_end(1)), 30000)

    def test_a_client_of_a_few_months_has_no_trend(self):
        for month in (7, 6, 5):
            self.make_invoice(self.client, self.month(month), 1000)
        self.assertIn("nine months", self.why_grey("revenue_trend"))

    def test_ten_invoices_in_one_week_then_three_quiet_weeks(self):
        """Every month; nothing unusual after 16 days."""
        for month in range(8, 0, -1):
            for number in range(10):
                day = self.month(month) + timedelta(days=number * 6 // 10)
                self.make_invoice(self.client, day, 100)
        last = self.month(1) + timedelta(days=5)
        self.assertEqual(
            self.reading("buying_gap", last + timedelta(days=16)).penalty, 0
        )

    def test_the_same_client_three_months_later_is_quiet(self):
        for month in range(12, 4, -1):
            for number in range(3):
                self.make_invoice(
                    self.client, self.month(month) + timedelta(number), 100
                )
        self.assertEqual(self.reading("buying_gap").penalty, 1)

    def test_a_yearly_client_is_not_late_in_february(self):
        for years in (2, 1):
            for number in (40, 0):
                day = self.ago(365 * years - 300 - number)
                self.make_invoice(self.client, day, 1000)
        self.assertIn(self.level("progress"), ("ok", "grey"))

    def test_milestones_are_no_trend_and_hours_by_time_are(self):
        order = self.order(self.month(24), (self.service("time", HOUR), 0, 100))
        for month in range(24, 0, -1):
            self.work(order, self.month(month), 10)
            self.invoice(order, self.month(month - 1))
        self.assertEqual(self.figure("revenue_trend", self.month(0)), 1)

    def test_a_currency_that_is_gone_still_owes(self):
        dollar = self.env.ref("base.NZD")
        self.make_rate(dollar, self.ago(400), 2.0)
        self.make_invoice(
            self.client, self.ago(90), 1000, due=self.ago(60), currency=dollar
        )
        dollar.active = False
        self.assertEqual(self.owed(), 500)
        self.assertTrue(self.refresh(self.client))

    def test_an_invoice_without_an_amount_is_nothing(self):
        self.make_invoice(self.client, self.ago(90), 0, due=self.ago(60))
        self.assertEqual(self.owed(), 0)
        self.assertIsNone(self.figure("days_late"))
