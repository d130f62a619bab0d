"""Facts from invoices."""

from datetime import timedelta

from .oracle_case import OracleCase


class TestInvoiceFacts(OracleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app("account.move")
        cls.client = cls.make_client()

    def fact(self, key, client=None, company=None, as_of=None):
        client = client or self.client
        return self.read_facts([key], client, company, as_of)[client.id].get(key)

    def test_a_credit_note_lowers_revenue_on_its_own_date(self):
        self.make_invoice(self.client, self.ago(100), 1000)
        self.make_invoice(self.client, self.ago(10), 300, refund=True)
        self.assertEqual(self.fact("revenue_365"), 700)
        self.assertEqual(self.fact("revenue_30"), -300)
        self.assertEqual(self.fact("revenue_365", as_of=self.ago(11)), 1000)
        self.assertEqual(self.fact("invoices_365"), 1)
        self.assertFacts(self.client, days=(0, 11, 50, 120))

    def test_draft_and_cancelled_invoices_do_not_count(self):
        self.make_invoice(self.client, self.ago(10), 1000, post=False)
        cancelled = self.make_invoice(self.client, self.ago(10), 500)
        cancelled.button_draft()
        cancelled.button_cancel()
        self.make_invoice(self.client, self.ago(10), 70)
        self.assertEqual(self.fact("revenue_365"), 70)
        self.assertFacts(self.client)

    def test_a_foreign_invoice_counts_at_the_rate_of_its_day(self):
        dollar = self.env.ref("base.USD")
        self.make_rate(dollar, self.ago(400), 2.0)
        self.make_rate(dollar, self.ago(20), 4.0)
        self.make_invoice(self.client, self.ago(100), 1000, currency=dollar)
        self.make_invoice(self.client, self.ago(10), 1000, currency=dollar)
        self.assertEqual(self.fact("revenue_365"), 500 + 250)
        self.assertEqual(self.fact("overdue"), 500 + 250)
        self.assertFacts(self.client, days=(0, 5, 50))

    def test_a_difference_of_exchange_rates_is_no_payment(self):
        dollar = self.env.ref("base.USD")
        self.make_rate(dollar, self.ago(400), 2.0)
        self.make_rate(dollar, self.ago(20), 4.0)
        invoice = self.make_invoice(
            self.client, self.ago(100), 1000, currency=dollar, due=self.ago(70)
        )
        self.pay(invoice, self.ago(60), 400)
        self.pay(invoice, self.ago(10))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.fact("overdue"), 0)
        # 400 dollars at 2 are 200, 10 days late; 600 at 4 are 150, 60 days late.
        self.assertAlmostEqual(
            self.fact("days_late_365"), (200 * 10 + 150 * 60) / 350, places=3
        )
        self.assertFacts(self.client, days=(0, 11, 61, 90))

    def test_companies_do_not_see_each_others_invoices(self):
        other = self.make_company("There", "Pacific/Auckland")
        self.make_invoice(self.client, self.ago(10), 100)
        self.make_invoice(self.client, self.ago(10), 40, company=other)
        self.assertEqual(self.fact("revenue_365"), 100)
        self.assertEqual(self.fact("revenue_365", company=other), 40)
        self.assertEqual(self.fact("overdue", company=other), 40)
        self.assertFacts(self.client)
        self.assertFacts(self.client, other)

    def test_invoices_of_contacts_belong_to_their_client(self):
        contact = self.make_contact(self.client)
        branch = self.make_contact(contact, "Contact of a contact")
        stranger = self.make_client("Stranger")
        invoice = self.make_invoice(contact, self.ago(40), 100, due=self.ago(30))
        self.make_invoice(branch, self.ago(20), 60)
        self.make_invoice(stranger, self.ago(20), 7)
        self.pay(invoice, self.ago(25))
        self.assertEqual(self.fact("revenue_365"), 160)
        self.assertEqual(self.fact("days_late_365"), (100 * 5 + 60 * 20) / 160)
        self.assertEqual(self.fact("overdue"), 60)
        self.assertFacts(self.client + stranger, days=(0, 26))

    def test_what_was_overdue_on_a_past_day_is_what_people_saw_then(self):
        invoice = self.make_invoice(self.client, self.ago(100), 1000, due=self.ago(70))
        self.pay(invoice, self.ago(50), 400)
        self.pay(invoice, self.ago(20), 600)
        seen = {back: self.fact("overdue", as_of=self.ago(back)) for back in (
            100, 71, 63, 62, 51, 50, 49, 21, 20, 0
        )}  # fmt: skip
        self.assertEqual(
            seen,
            {
                100: 0,
                71: 0,
                63: 0,  # a week is not late
                62: 1000,
                51: 1000,
                50: 600,
                49: 600,
                21: 600,
                20: 0,
                0: 0,
            },
        )
        self.assertFacts(self.client, days=seen)

    def test_a_payment_before_the_due_date_is_on_time_not_early(self):
        early = self.make_invoice(self.client, self.ago(60), 300, due=self.ago(30))
        late = self.make_invoice(self.client, self.ago(60), 100, due=self.ago(30))
        self.pay(early, self.ago(50))
        self.pay(late, self.ago(10))
        self.assertEqual(self.fact("days_late_365"), 5)  # 20 days on a quarter
        self.assertEqual(self.fact("paid_invoices_365"), 2)
        self.assertFacts(self.client, days=(0, 11, 45, 55))

    def test_partial_payments_weigh_by_their_amount(self):
        invoice = self.make_invoice(self.client, self.ago(90), 1000, due=self.ago(60))
        self.pay(invoice, self.ago(50), 250)
        self.pay(invoice, self.ago(20), 750)
        self.assertEqual(self.fact("days_late_365"), 0.25 * 10 + 0.75 * 40)
        # what is still open counts with the days until then
        then = self.fact("days_late_365", as_of=self.ago(30))
        self.assertEqual(then, 0.25 * 10 + 0.75 * 30)
        self.assertEqual(self.fact("paid_invoices_365"), 1)
        self.assertFacts(self.client, days=(0, 30))

    def test_a_credit_note_matched_with_an_invoice_is_no_payment(self):
        invoice = self.make_invoice(self.client, self.ago(90), 1000, due=self.ago(60))
        credit = self.make_invoice(self.client, self.ago(20), 1000, refund=True)
        self.settle(invoice, credit)
        self.assertIsNone(self.fact("days_late_365"))
        self.assertEqual(self.fact("paid_invoices_365"), 0)
        self.assertEqual(self.fact("overdue"), 0)
        self.assertEqual(self.fact("overdue", as_of=self.ago(21)), 1000)
        self.assertFacts(self.client, days=(0, 21))

    def test_a_credit_outweighing_what_is_due_leaves_nothing_overdue(self):
        self.make_invoice(self.client, self.ago(90), 100, due=self.ago(60))
        self.make_invoice(self.client, self.ago(20), 300, refund=True)
        self.assertEqual(self.fact("overdue"), 0)
        self.assertEqual(self.fact("overdue", as_of=self.ago(21)), 100)
        self.assertFacts(self.client, days=(0, 21))

    def test_instalments_are_overdue_one_by_one(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 10}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 40}),
                ],
            }
        )
        invoice = self.make_invoice(self.client, self.ago(30), 1000, post=False)
        invoice.invoice_payment_term_id = term
        invoice.action_post()
        self.assertEqual(self.fact("overdue"), 500)
        self.assertEqual(self.fact("overdue", as_of=self.ago(20)), 0)
        self.assertFacts(self.client, days=(0, 20))

    def test_an_invoice_of_tomorrow_is_not_there_today(self):
        self.make_invoice(self.client, self.ago(-1), 500)
        self.make_invoice(self.client, self.ago(0), 40)
        self.assertEqual(self.fact("revenue_365"), 40)
        self.assertEqual(self.fact("days_since_invoice"), 0)
        self.assertFacts(self.client)

    def test_a_window_ends_with_its_day_and_holds_exactly_so_many_days(self):
        self.make_invoice(self.client, self.ago(364), 1)
        self.make_invoice(self.client, self.ago(365), 10)
        self.make_invoice(self.client, self.ago(729), 100)
        self.make_invoice(self.client, self.ago(730), 1000)
        self.assertEqual(self.fact("revenue_365"), 1)
        self.assertEqual(self.fact("revenue_before_365"), 110)
        self.assertEqual(self.fact("revenue_730"), 111)
        self.assertFacts(self.client)

    def test_months_hold_full_calendar_months_the_latest_first(self):
        this_month = self.today.replace(day=1)
        last_of_month = this_month - timedelta(days=1)
        first_of_month = last_of_month.replace(day=1)
        self.make_invoice(self.client, this_month, 1)
        self.make_invoice(self.client, last_of_month, 10)
        self.make_invoice(self.client, first_of_month, 100)
        self.make_invoice(self.client, first_of_month - timedelta(days=1), 1000)
        year_ago = this_month.replace(year=this_month.year - 1)
        self.make_invoice(self.client, year_ago, 5)
        self.make_invoice(self.client, year_ago - timedelta(days=1), 7)
        self.assertEqual(self.fact("revenue_months"), [110, 1000] + [0] * 9 + [5])
        self.assertFacts(self.client, days=(0, 31, 200))

    def test_the_usual_gap_is_the_median_between_different_dates(self):
        for back in (100, 90, 90, 60, 0):
            self.make_invoice(self.client, self.ago(back), 1)
        self.make_invoice(self.client, self.ago(75), 1, refund=True)
        self.assertEqual(self.fact("usual_gap_730"), 30)  # of 10, 30, 60
        self.assertEqual(self.fact("invoices_730"), 5)
        self.assertIsNone(self.fact("usual_gap_30"))
        self.assertFacts(self.client, days=(0, 1, 70, 95))
