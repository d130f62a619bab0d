from odoo.tests import tagged

from .work_case import WorkCase


@tagged("post_install", "-at_install")
class TestStalledWork(WorkCase):
    """Standing still: what an account manager would call so."""

    def hours(self, task, *days, hours=5):
        self.app("project.task:effective_hours")
        employee = self.make_employee(50)
        for day in days:
            self.log(employee, self.ago(day), hours, task=task)

    def test_the_next_recurring_task_lies_there_with_a_date_to_come(self):
        """Story 20."""
        for name in ("Backup", "Report", "Updates"):
            task = self.old_task(
                name,
                days=70,
                recurring_task=True,
                repeat_interval=2,
                repeat_unit="month",
                date_deadline=self.moment(self.ago(40)),
            )
            self.finish(task, 42)
            [following] = task.recurrence_id.task_ids - task
            self.force(following, create_date=self.moment(self.ago(42)))
            self.force(following, date_last_stage_update=self.moment(self.ago(42)))
            self.assertGreater(following.date_deadline.date(), self.today)
        self.assertIsNone(self.penalty("stalled_tasks"))
        self.assertIsNone(self.penalty("standstill"))

    def test_a_recurring_task_without_a_date_waits_for_its_turn(self):
        for name in ("Backup", "Report", "Updates"):
            task = self.old_task(
                name, days=300, recurring_task=True, repeat_unit="year"
            )
            self.finish(task, 200)
            following = task.recurrence_id.task_ids - task
            self.force(following, create_date=self.moment(self.ago(200)))
            self.force(following, date_last_stage_update=self.moment(self.ago(200)))
        self.assertIsNone(self.penalty("stalled_tasks"))
        recurrences = self.project.task_ids.recurrence_id
        recurrences.repeat_unit = "month"
        self.assertEqual(self.value("stalled_tasks"), 1)

    def test_the_evergreen_tasks_move_by_the_hours_on_them(self):
        """Story 21."""
        for name in ("Support", "Hosting", "Small changes"):
            task = self.old_task(name, days=400)
            self.hours(task, *range(5, 400, 15))
        self.assertEqual(self.value("stalled_tasks"), 0)
        self.assertEqual(self.value("standstill"), 5)

    def test_what_is_written_about_moves_too(self):
        tasks = [self.old_task() for _number in range(3)]
        self.assertEqual(self.value("stalled_tasks"), 1)
        for task in tasks:
            self.write_on(task, 12)
        self.assertEqual(self.value("stalled_tasks"), 0)

    def test_what_odoo_logs_by_itself_moves_nothing(self):
        for _number in range(3):
            self.old_task().message_post(body="", message_type="notification")
        self.assertEqual(self.value("stalled_tasks"), 1)

    def test_what_moves_a_sub_task_moves_the_task_above(self):
        for name in ("Shop", "Blog", "App"):
            top = self.old_task(name)
            step = self.old_task("Step", parent_id=top.id)
            detail = self.old_task("Detail", parent_id=step.id)
            self.write_on(detail, 3)
        self.assertEqual(self.value("stalled_tasks"), 0)

    def test_what_waits_for_another_task_is_not_due(self):
        self.project.allow_task_dependencies = True
        first = self.old_task("First")
        others = [
            self.old_task("Then", depend_on_ids=[(4, first.id)]) for _number in range(5)
        ]
        self.assertIsNone(self.penalty("stalled_tasks"), "one task is due: too few")
        self.finish(first, 29)
        self.assertIsNone(self.penalty("stalled_tasks"), "30 days to begin")
        self.finish(first, 31)
        for task in others:
            self.force(task, date_last_stage_update=self.moment(self.ago(200)))
        self.assertEqual(self.value("stalled_tasks"), 1)

    def test_a_deadline_to_come_is_time_left_and_a_past_one_is_none(self):
        coming = [
            self.old_task(date_deadline=self.moment(self.ago(-20))) for _n in range(4)
        ]
        self.assertIsNone(self.penalty("stalled_tasks"))
        for task in coming:
            task.date_deadline = self.moment(self.ago(1))
        self.assertEqual(self.value("stalled_tasks"), 1)

    def test_below_a_task_that_is_not_due_nothing_is(self):
        top = self.old_task(date_deadline=self.moment(self.ago(-20)))
        for _number in range(4):
            self.old_task(parent_id=top.id)
        self.assertIsNone(self.penalty("stalled_tasks"))

    def test_hours_on_what_is_past_its_deadline_are_no_movement(self):
        task = self.old_task(date_deadline=self.moment(self.ago(100)))
        self.hours(task, *range(2, 200, 7))
        self.assertEqual(self.value("standstill"), 200)
        task.date_deadline = self.moment(self.ago(-3))
        self.old_task()
        self.assertEqual(self.value("standstill"), 2)

    def test_hours_below_zero_correct_others_and_move_nothing(self):
        task = self.old_task()
        self.hours(task, 90)
        self.hours(task, 3, hours=-2)
        self.assertEqual(self.value("standstill"), 90)

    def test_a_fixed_price_that_only_takes_hours_stands_still(self):
        self.app("sale.order", "project.task:effective_hours")
        order = self.make_order(self.client, self.ago(200), 20000)
        if "sale_line_id" not in self.env["project.task"]:
            self.skipTest("needs app Sales Timesheet")
        task = self.old_task(days=210, sale_line_id=order.order_line.id)
        self.hours(task, *range(4, 190, 7))
        self.assertEqual(self.value("standstill"), 200)
        self.make_milestone(self.project, self.ago(60))
        self.assertEqual(self.value("standstill"), 4, "a milestone within 90 days")

    def test_what_was_invoiced_as_a_whole_is_worked_off(self):
        """A year's retainer, paid ahead in an order: nothing is left to invoice."""
        self.app("sale.order", "project.task:effective_hours")
        if "sale_line_id" not in self.env["project.task"]:
            self.skipTest("needs app Sales Timesheet")
        self.open_books(self.company)
        order = self.make_order(self.client, self.ago(150), 24000)
        invoice = order._create_invoices()
        invoice.invoice_date = self.ago(148)
        invoice.action_post()
        task = self.old_task(days=150, sale_line_id=order.order_line.id)
        self.hours(task, *range(4, 140, 7))
        self.assertEqual(self.value("standstill"), 4)

    def test_tasks_in_a_circle_are_read_like_any_others(self):
        """Tasks that are their own grandparents' children."""
        tasks = [self.old_task() for _number in range(3)]
        for task, above in zip(tasks, tasks[1:] + tasks[:1], strict=True):
            self.force(task, parent_id=above.id)
        self.assertEqual(self.value("stalled_tasks"), 1)


@tagged("post_install", "-at_install")
class TestTurnedDown(WorkCase):
    """Turning down what we recommend, and what only looks like it."""

    def rejected(self):
        return self.judged("rejection_rate")

    def test_version_three_is_won(self):
        """Story 23."""
        self.app("sale.order")
        for _deal in range(3):
            product = self.product()
            for days in (60, 50):
                version = self.quotation(days, product)
                self.send(version, days)
                self.cancel(version, days - 5)
            third = self.quotation(40, product)
            self.send(third, 40)
            self.win(third, 30)
        for _draft in range(5):
            self.cancel(self.quotation(90), 2)
        for _duplicate in range(5):
            task = self.old_task()
            task.state = "1_canceled"
        rate = self.rejected()
        self.assertEqual(rate["sample"], 3, "three deals were decided")
        self.assertIsNone(rate["penalty"])
        facts = self.client.health_id.facts
        self.assertEqual(facts["quotes_lost_365"], 0)
        self.assertEqual(facts["quotes_won_365"], 3)

    def test_versions_of_an_opportunity_are_one_offer(self):
        self.app("sale.order")
        if "opportunity_id" not in self.env["sale.order"]:
            self.skipTest("needs app Sales with CRM")
        for deal in range(4):
            lead = self.make_opportunity(self.client, day=self.ago(99))
            for days in (300, 200, 100):
                version = self.quotation(days, opportunity_id=lead.id)
                self.mail(version, days)
                self.cancel(version, days - 1)
            if deal:
                last = self.quotation(20, opportunity_id=lead.id)
                self.win(last, 10)
        rate = self.rejected()
        self.assertEqual((rate["value"], rate["sample"]), (0.25, 4))

    def test_a_new_version_that_is_open_decides_nothing(self):
        self.app("sale.order")
        for _deal in range(4):
            product = self.product()
            first = self.quotation(60, product)
            self.send(first, 60)
            self.cancel(first, 20)
            self.send(self.quotation(20, product), 20)
        self.assertEqual(self.rejected()["sample"], 0)

    def test_another_deal_is_another_offer(self):
        self.app("sale.order")
        for _deal in range(2):
            product = self.product()
            for days in (200, 60):
                order = self.quotation(days, product)
                self.send(order, days)
                self.cancel(order, days - 10)
        rate = self.rejected()
        self.assertEqual((rate["value"], rate["sample"]), (1, 4))

    def test_a_mailed_offer_was_offered(self):
        self.app("sale.order")
        for _offer in range(4):
            order = self.quotation(40)
            self.mail(order, 40)
            self.assertEqual(order.state, "sent")
            self.cancel(order, 10)
        self.assertEqual(self.rejected()["value"], 1)

    def test_offers_that_expire_are_turned_down(self):
        self.app("sale.order")
        for _offer in range(4):
            order = self.quotation(40, validity_date=self.ago(5))
            self.send(order, 40)
        self.assertEqual(self.rejected()["value"], 1)

    def lose(self, reason=None, number=4):
        leads = self.env["crm.lead"]
        for _number in range(number):
            lead = self.make_opportunity(self.client, day=self.ago(30))
            lead.action_set_lost(**({"lost_reason_id": reason.id} if reason else {}))
            leads += lead
        return leads

    def test_a_lost_opportunity_counts_by_its_reason(self):
        reasons = self.env["crm.lost.reason"]
        self.lose()
        self.assertEqual(self.rejected()["sample"], 4)
        refused = reasons.create({"name": "Does not believe in it"})
        self.assertTrue(refused.client_refusal)
        self.lose(refused)
        self.assertEqual(self.rejected()["sample"], 8)
        for name in ("Duplicate", "Public tender", "Too expensive", "Dubbel"):
            self.assertFalse(reasons.create({"name": name}).client_refusal, name)
        tender = reasons.create({"name": "Tender"})
        self.lose(tender)
        self.assertEqual(self.rejected()["sample"], 8)
        tender.client_refusal = True
        tender.name = "Tender of the town"
        self.assertTrue(tender.client_refusal, "a tick that was set by hand stays")
        self.assertEqual(self.rejected()["sample"], 12)

    def test_an_offer_of_an_opportunity_lost_to_the_price_is_no_refusal(self):
        self.app("sale.order")
        if "opportunity_id" not in self.env["sale.order"]:
            self.skipTest("needs app Sales with CRM")
        price = self.env["crm.lost.reason"].create({"name": "Price"})
        for _offer in range(4):
            lead = self.make_opportunity(self.client, day=self.ago(60))
            order = self.quotation(50, opportunity_id=lead.id)
            self.send(order, 50)
            self.cancel(order, 20)
            lead.action_set_lost(lost_reason_id=price.id)
        self.assertEqual(self.rejected()["sample"], 0)

    def review(self, *states):
        """A task that is reviewed with one verdict after the other."""
        task = self.old_task(days=60)
        for place, state in enumerate(states):
            before = task.message_ids
            self.env.flush_all()
            self.env.cr.flush()
            task.with_context(tracking_disable=False, mail_notrack=False).state = state
            self.env.flush_all()
            self.env.cr.flush()
            task.invalidate_recordset()
            day = self.moment(self.ago(30 - place))
            self.force(task.message_ids - before, date=day)
            self.force(task, date_last_stage_update=day)
        return task

    def test_a_result_counts_by_its_last_review(self):
        changes, progress = "02_changes_requested", "01_in_progress"
        for _task in range(3):
            self.review(changes, progress, "03_approved")
        self.review(changes, progress)
        rate = self.rejected()
        self.assertEqual((rate["value"], rate["sample"]), (0.25, 4))
        for task in self.project.task_ids:
            self.tracked(task, "action_archive", 1)
        self.assertEqual(self.rejected()["value"], 0.25, "archived results count")

    def test_many_good_results_do_not_hide_refused_offers(self):
        for _task in range(40):
            self.finish(self.old_task(), 10)
        self.lose()
        self.assertEqual(self.rejected()["value"], 1)

    def test_advice_that_is_dismissed_needs_no_rate(self):
        self.assertIsNone(self.penalty("advice_dismissed"))
        for expected in (1 / 6, 1 / 3, 0.5, None, None, 1):
            incident = self.env["client.incident"].create(
                {
                    "partner_id": self.client.id,
                    "company_id": self.company.id,
                    "category": "rejected",
                    "severity": "minor",
                    "description": "No, and no reason given.",
                }
            )
            self.force(
                incident, state="confirmed", confirmed_on=self.moment(self.ago(1))
            )
            self.force(incident, date=self.ago(1))
            if expected:
                self.assertAlmostEqual(self.penalty("advice_dismissed"), expected, 3)
