"""An early word when the hours that were sold are used up."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo.tests import tagged

from ..stories.money_case import MoneyCase

HOUR = "uom.product_uom_hour"


@tagged("post_install", "-at_install")
class TestHoursWord(MoneyCase):
    def setUp(self):
        super().setUp()
        self.words = self.env["client.hours.word"]
        self.words.search([]).unlink()
        self.owner = self.make_user(
            "owner", "client_health.group_user", "project.group_project_user",
            "sales_team.group_sale_salesman_all_leads",
        )  # fmt: skip
        self.client.user_id = self.owner
        self.project = self.make_project(self.client, user_id=self.owner.id)

    def tell(self):
        return self.words.with_company(self.company)._tell(self.company)

    def told(self, record):
        activities = self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        return activities.filtered(
            lambda activity: activity.activity_type_id.name == "Hours sold are used"
        )

    def agree(self, hours, **values):
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "date_start": self.ago(10),
                "hours_sold": hours,
                "user_id": self.owner.id,
                **values,
            }
        )
        agreement.action_activate()
        return agreement

    def test_once_at_three_quarters_and_once_when_all_is_used(self):
        agreement = self.agree(20)
        self.log(self.anna, self.ago(2), 14.9, project=self.project)
        self.assertFalse(self.tell())
        self.log(self.anna, self.ago(1), 0.1, project=self.project)
        self.assertEqual(self.tell().mapped("percent"), [75])
        [first] = self.told(agreement)
        self.assertEqual(first.user_id, self.owner)
        self.assertIn("15.0 of 20.0", first.summary)
        self.assertFalse(self.tell(), "not twice")
        self.log(self.anna, self.today, 5, project=self.project)
        self.assertEqual(self.tell().mapped("percent"), [100])
        self.log(self.anna, self.today, 5, project=self.project)
        self.assertFalse(self.tell())
        self.assertEqual(len(self.told(agreement)), 2)

    def test_all_of_it_at_once_is_one_word(self):
        agreement = self.agree(20)
        self.log(self.anna, self.ago(1), 25, project=self.project)
        self.assertEqual(set(self.tell().mapped("percent")), {75, 100})
        self.assertEqual(len(self.told(agreement)), 1)

    def test_the_next_period_begins_anew(self):
        agreement = self.agree(20)
        self.log(self.anna, self.ago(1), 20, project=self.project)
        self.tell()
        self.force(agreement, date_start=self.ago(10) - timedelta(days=1))
        self.assertEqual(set(self.tell().mapped("percent")), {75, 100})

    def test_prepaid_hours_of_an_order_are_told_to_who_leads_the_work(self):
        order = self.order(self.ago(30), (self.service("prepaid", uom=HOUR), 10, 90))
        order.project_ids.user_id = self.owner
        self.work(order, self.ago(1), 8)
        self.assertEqual(self.tell().mapped("res_model"), ["sale.order"])
        [activity] = self.told(order)
        self.assertEqual(activity.user_id, self.owner)
        self.finish(order, self.today)
        self.work(order, self.today, 8)
        self.assertFalse(self.tell(), "the work is finished")

    def test_hours_allocated_to_a_task_are_told_while_it_is_open(self):
        task = self.make_task(self.project, allocated_hours=10)
        done = self.make_task(self.project, allocated_hours=10, state="1_done")
        for one in (task, done):
            self.log(self.anna, self.ago(1), 9, task=one)
        self.assertEqual(self.tell().mapped("res_id"), [task.id])
        self.assertEqual(self.told(task).user_id, self.owner)

    def test_what_nobody_works_on_is_no_news(self):
        task = self.make_task(self.project, allocated_hours=10)
        self.log(self.anna, self.ago(40), 12, task=task)
        self.assertFalse(self.tell())
        other = self.make_task(self.project)
        self.log(self.anna, self.today, 1, task=other)
        self.assertFalse(self.tell())

    def test_whoever_may_not_read_it_is_not_told(self):
        agreement = self.agree(20)
        agreement.user_id = self.make_user("outside")
        self.client.user_id = False
        manager = self.make_user("chief", "client_health.group_manager")
        self.log(self.anna, self.ago(1), 16, project=self.project)
        told = self.tell().user_id
        self.assertTrue(told.has_group("client_health.group_manager"))
        self.assertIn(manager.company_ids, told.company_ids)

    def test_a_run_that_was_killed_tells_nothing_twice(self):
        agreement = self.agree(20)
        self.log(self.anna, self.ago(1), 16, project=self.project)
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            self.tell()
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertFalse(self.told(agreement), "word and to-do are gone together")
        self.tell()
        self.tell()
        self.assertEqual(len(self.told(agreement)), 1)

    def test_it_can_be_switched_off(self):
        self.company.client_health_hours_word = False
        agreement = self.agree(20)
        self.log(self.anna, self.ago(1), 20, project=self.project)
        self.words._cron_tell()
        self.assertFalse(self.told(agreement))
        self.company.client_health_hours_word = True
        self.words._cron_tell()
        self.assertEqual(len(self.told(agreement)), 1)

    def test_many_clients_are_read_with_as_many_queries_as_one(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.tell()
            return self.env.cr.sql_log_count - before

        self.agree(100)
        self.log(self.anna, self.today, 1, project=self.project)
        self.tell()
        one = queries()
        for number in range(5):
            client = self.make_client(f"Client {number}")
            project = self.make_project(client)
            task = self.make_task(project, allocated_hours=100)
            self.log(self.anna, self.today, 1, task=task)
            self.env["client.agreement"].create(
                {
                    "partner_id": client.id,
                    "date_start": self.ago(10),
                    "hours_sold": 50,
                }
            ).action_activate()
        self.assertEqual(queries(), one)


@tagged("post_install", "-at_install")
class TestPeriods(MoneyCase):
    def period(self, start, day, length="month", **values):
        agreement = self.env["client.agreement"].new(
            {"date_start": start, "hours_period": length, **values}
        )
        return agreement._period_of(day)

    def test_periods_are_counted_from_the_first_day(self):
        day = self.month(3).replace(month=1, day=31)
        first, last = self.period(day, day.replace(month=2, day=27))
        month = day + relativedelta(months=1)
        self.assertEqual((first, last), (day, month - timedelta(days=1)))
        first, last = self.period(day, day.replace(month=3, day=1))
        self.assertEqual(first.month, 2)
        self.assertEqual(last, day.replace(month=3, day=30))
        first, last = self.period(day, day.replace(month=12, day=31), "year")
        self.assertEqual(last, day.replace(year=day.year + 1) - timedelta(days=1))

    def test_a_day_outside_has_none_and_an_end_cuts_the_last(self):
        start = self.ago(100)
        self.assertIsNone(self.period(start, self.ago(101)))
        end = start + timedelta(days=40)
        self.assertIsNone(self.period(start, self.today, date_end=end))
        self.assertEqual(self.period(start, end, date_end=end)[1], end)
        tacit = self.period(start, self.today, date_end=end, renewal="tacit")
        self.assertGreaterEqual(tacit[1], self.today)

    def test_full_periods_lie_before_today(self):
        agreement = self.env["client.agreement"].new(
            {"date_start": self.month(5), "hours_period": "quarter"}
        )
        [(first, last)] = agreement._full_periods(self.ago(365), self.today)
        self.assertEqual((first, last), (self.month(5), self.month_end(3)))
