"""No look-ahead, of money: what is ordered, worked, invoiced, credited, planned or
disputed later never changes what was earned and owed on a day."""

from odoo import Command

from ..stories.money_case import HOUR, MoneyCase
from .oracle_case import OracleCase, every_key

DAY = 31  # days ago: the day from which is looked
NEXT = DAY - 1  # the day after
DAYS = (0, DAY, 200)


class TestNoMoneyAhead(MoneyCase):
    assertSameFacts = OracleCase.assertSameFacts
    in_every_way = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_time = cls.order(cls.ago(300), (cls.service("time", HOUR), 0, 100))
        cls.fixed = cls.order(cls.ago(280), (cls.service("fixed"), 1, 9000))
        cls.plan(cls.fixed, 90)
        cls.staged = cls.order(cls.ago(280), (cls.service("milestones"), 1, 8000))
        for order in (cls.by_time, cls.fixed, cls.staged):
            cls.force(order, create_date=cls.moment(cls.ago(300)))
            cls.force(order.order_line, create_date=cls.moment(cls.ago(300)))
            tasks = order.order_line.task_id
            cls.force(
                tasks,
                create_date=cls.moment(cls.ago(300)),
                date_last_stage_update=cls.moment(cls.ago(300)),
            )
            cls.work(order, cls.ago(250), 30)
        cls.invoiced = cls.invoice(cls.by_time, cls.ago(240))
        cls.unpaid = cls.make_invoice(cls.client, cls.ago(90), 500, due=cls.ago(60))
        cls.before = cls.everything()

    @classmethod
    def everything(cls):
        keys = every_key(cls.env)
        return {
            days: cls.read_facts(keys, cls.client, as_of=cls.ago(days))[cls.client.id]
            for days in DAYS
        }

    def assertNothingKnown(self, *changed):
        after = self.everything()
        for days in DAYS[1:]:
            self.assertSameFacts(after[days], self.before[days], f"{days} days ago")
        for key in changed:
            self.assertNotEqual(after[0].get(key), self.before[0].get(key), key)

    def early(self):
        """The first moment of the day after."""
        return self.moment(self.ago(NEXT), hour=0)

    def told(self, record, name, **old):
        """The chatter tells that a field had another value until the day after."""
        value = {"field_id": self.env["ir.model.fields"]._get(record._name, name).id}
        self.env["mail.message"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "message_type": "notification",
                "date": self.early(),
                "tracking_value_ids": [Command.create({**value, **old})],
            }
        )

    def test_the_world_earned_in_the_past(self):
        known = self.before[DAY]
        self.assertEqual(known["earned_time_365"], 3000)
        self.assertEqual(known["earned_fixed_365"], 3000)
        self.assertEqual(known["hours_unvalued_365"], 30)
        self.assertEqual(known["overdue"], 3500)

    def test_hours_worked_later(self):
        self.work(self.by_time, self.ago(NEXT), 5)
        self.work(self.fixed, self.ago(NEXT), 5)
        self.assertNothingKnown("earned_time_90", "earned_fixed_90", "hours_90")

    def test_an_order_of_later(self):
        order = self.order(self.ago(NEXT), (self.service("fixed"), 1, 70000))
        self.invoice(order, self.ago(NEXT))
        self.assertNothingKnown("earned_invoiced_90")

    def test_a_milestone_reached_later(self):
        milestone = self.env["project.milestone"].create(
            {
                "name": "Half",
                "project_id": self.staged.order_line.task_id.project_id.id,
                "sale_line_id": self.staged.order_line.id,
                "quantity_percentage": 0.5,
                "is_reached": True,
            }
        )
        self.force(milestone, reached_date=self.ago(NEXT))
        self.assertNothingKnown("earned_milestones_90", "hours_unvalued_365")

    def test_a_plan_that_is_changed_later(self):
        task = self.fixed.order_line.task_id
        task.allocated_hours = 300
        self.told(task, "allocated_hours", old_value_float=90)
        self.assertNothingKnown("earned_fixed_365")

    def test_work_that_is_finished_later(self):
        self.finish(self.fixed, self.ago(NEXT))
        self.assertNothingKnown("earned_rest_90")

    def test_an_invoice_of_work_later(self):
        self.work(self.by_time, self.ago(40), 10)
        self.before = self.everything()
        self.invoice(self.by_time, self.ago(NEXT))
        self.assertNothingKnown("revenue_90", "billed_for_work_90")
        self.assertEqual(
            self.everything()[0]["earned_time_365"],
            self.before[0]["earned_time_365"],
        )

    def test_a_credit_note_and_a_new_invoice_later(self):
        again = self.reverse(self.invoiced, self.ago(NEXT), again=True)
        self.assertNothingKnown("credited_90")
        self.post(again, self.ago(20))
        self.assertNothingKnown("credited_90", "billed_invoices_90")

    def test_good_will_of_later(self):
        self.reverse(self.invoiced, self.ago(NEXT), 700)
        self.assertNothingKnown("earned_invoiced_90")

    def test_a_down_payment_of_later(self):
        self.pay_down(self.staged, self.ago(NEXT), 2000)
        self.assertNothingKnown("billed_not_earned_90")

    def test_a_dispute_of_later(self):
        self.unpaid.action_toggle_block_payment()
        self.told(self.unpaid, "payment_state", old_value_char="Not Paid")
        self.assertNothingKnown("overdue", "disputed")

    def test_an_agreement_of_later(self):
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": self.ago(NEXT),
                "accepted_days_late": 100,
            }
        )
        agreement.action_activate()
        self.assertNothingKnown("overdue")

    def test_a_bill_of_later(self):
        project = self.by_time.order_line.task_id.project_id
        if not project.account_id:
            project._create_analytic_account()
        self.make_bill(self.ago(NEXT), 300, project)
        self.assertNothingKnown("other_cost_90")
