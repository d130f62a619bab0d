"""The figures read from the tables, against an independent count."""

import random
from datetime import timedelta

from odoo.tests import TransactionCase, tagged
from odoo.tests.common import loaded_demo_data

from ..common import installed, read_in_every_way
from .oracle import Oracle
from .oracle_case import OracleCase, every_key
from .sold_work import some_sold_work


@tagged("post_install", "-at_install")
class TestDemonstrationFacts(TransactionCase):
    assertSameFacts = OracleCase.assertSameFacts

    def test_facts_of_every_demonstration_client_equal_the_oracle(self):
        if not loaded_demo_data(self.env):
            self.skipTest("needs demonstration data")
        Facts = self.env["client.health.facts"]
        Health = self.env["client.health"]
        oracle = Oracle(self.env)
        self.env.flush_all()
        compared = 0
        for company in self.env["res.company"].search([]):
            today = Facts._scope(company, []).as_of
            query = Health._night(company).clients.query()
            ids = [row[0] for row in self.env.execute_query(query)]
            for as_of in (today, today - timedelta(days=45)):
                scope = Facts._scope(company, ids, as_of)
                found = read_in_every_way(Facts, every_key(self.env), scope)
                for client in self.env["res.partner"].browse(ids):
                    expected = oracle.facts(client, company, as_of)
                    self.assertSameFacts(
                        found[client.id],
                        expected,
                        f"{client.display_name} in {company.name} on {as_of}",
                    )
                    compared += len(expected)
        self.assertGreater(compared, 100)


class TestSalesFacts(OracleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app("sale.order")
        cls.client = cls.make_client()

    def facts(self, *keys, as_of=None):
        found = self.read_facts(keys, self.client, as_of=as_of)[self.client.id]
        return [found.get(key) for key in keys]

    def test_quotations_are_won_lost_or_still_undecided(self):
        self.make_order(self.client, self.ago(50))
        self.make_order(self.client, self.ago(40), state="cancel")
        self.make_order(
            self.client, self.ago(30), state="sent", valid_until=self.ago(20)
        )
        self.make_order(self.client, self.ago(30), state="sent", valid_until=self.today)
        self.make_order(self.client, self.ago(30), state="sent")
        self.make_order(
            self.client, self.ago(30), state="draft", valid_until=self.ago(20)
        )
        # what was cancelled before it was sent was never offered
        self.assertEqual(self.facts("quotes_won_365", "quotes_lost_365"), [1, 1])
        self.assertEqual(
            self.facts("quotes_won_365", "quotes_lost_365", as_of=self.ago(20)),
            [1, 0],
        )
        self.assertEqual(self.facts("days_since_order"), [50])
        self.assertFacts(self.client, days=(0, 19, 20, 45, 60))

    def test_a_cancelled_order_counts_on_the_day_it_was_cancelled(self):
        order = self.make_order(self.client, self.ago(200))
        self.env.cr.flush()
        tracked = order.with_context(tracking_disable=False, mail_notrack=False)
        tracked._action_cancel()
        self.env.flush_all()
        self.env.cr.flush()
        order.invalidate_recordset()
        message = order.message_ids.filtered("tracking_value_ids")
        self.assertTrue(message, "the cancellation was tracked")
        self.force(message, date=self.moment(self.ago(15)))
        self.assertEqual(self.facts("quotes_won_365", "quotes_lost_30"), [0, 1])
        self.assertEqual(self.facts("quotes_lost_730", as_of=self.ago(16)), [0])
        self.assertFacts(self.client, days=(0, 14, 16))

    def test_what_is_to_be_invoiced_is_in_the_currency_of_the_company(self):
        dollar = self.env.ref("base.USD")
        self.make_rate(dollar, self.ago(400), 4.0)
        self.make_order(self.client, self.ago(10), 1000, currency=dollar)
        self.make_order(self.client, self.ago(10), 30)
        self.make_order(self.client, self.ago(10), 500, state="draft")
        self.assertEqual(self.facts("to_invoice"), [1000 / 4 + 30])
        self.assertFacts(self.client)

    def test_what_was_to_be_invoiced_on_a_past_day_is_not_known(self):
        self.make_order(self.client, self.ago(10), 1000)
        self.assertEqual(self.facts("to_invoice", as_of=self.ago(1)), [None])

    def test_an_invoiced_order_is_not_to_be_invoiced_any_more(self):
        order = self.make_order(self.client, self.ago(10), 1000)
        order._create_invoices().action_post()
        self.assertEqual(self.facts("to_invoice"), [0])
        self.assertFacts(self.client)

    def test_a_day_is_a_day_where_the_company_is(self):
        company = self.make_company("There", "Pacific/Auckland")
        today = self.today_in(company)
        order = self.make_order(self.client, today, company=company)
        order.date_order = self.moment(today - timedelta(days=3), company, hour=0)
        late = self.make_order(self.client, today, company=company)
        late.date_order = self.moment(
            today - timedelta(days=4), company, hour=23, minute=59
        )
        for back, won in ((5, 0), (4, 1), (3, 2)):
            as_of = today - timedelta(days=back)
            found = self.read_facts(["quotes_won_30"], self.client, company, as_of)
            self.assertEqual(found[self.client.id]["quotes_won_30"], won, back)
        self.assertFacts(self.client, company, days=(0, 3, 4, 5))

    def test_a_quotation_speaks_for_its_opportunity(self):
        lead = self.make_opportunity(self.client, outcome="won", closed=self.ago(3))
        self.make_opportunity(self.client, outcome="won", closed=self.ago(3))
        self.make_order(self.client, self.ago(3), opportunity_id=lead.id)
        self.assertEqual(self.facts("leads_won_30", "quotes_won_30"), [1, 1])
        self.assertFacts(self.client)


class TestOpportunityFacts(OracleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client()

    def facts(self, *keys, as_of=None):
        found = self.read_facts(keys, self.client, as_of=as_of)[self.client.id]
        return [found.get(key) for key in keys]

    def test_an_opportunity_is_open_until_the_day_it_is_decided(self):
        self.make_opportunity(
            self.client, day=self.ago(60), outcome="won", closed=self.ago(20)
        )
        self.make_opportunity(
            self.client, day=self.ago(60), outcome="lost", closed=self.ago(10)
        )
        self.make_opportunity(self.client, day=self.ago(5))
        keys = ("open_leads", "leads_won_365", "leads_lost_365")
        self.assertEqual(self.facts(*keys), [1, 1, 1])
        self.assertEqual(self.facts(*keys, as_of=self.ago(10)), [0, 1, 1])
        self.assertEqual(self.facts(*keys, as_of=self.ago(11)), [1, 1, 0])
        self.assertEqual(self.facts(*keys, as_of=self.ago(21)), [2, 0, 0])
        self.assertEqual(self.facts(*keys, as_of=self.ago(61)), [0, 0, 0])
        self.assertFacts(self.client, days=(0, 10, 11, 20, 21, 61))

    def test_leads_archived_undecided_and_mere_leads_are_not_open_work(self):
        archived = self.make_opportunity(self.client, day=self.ago(9))
        archived.probability = 40
        archived.active = False
        self.make_opportunity(self.client, day=self.ago(9), type="lead")
        self.assertEqual(self.facts("open_leads", "leads_lost_30"), [0, 0])
        self.assertFacts(self.client)

    def test_an_opportunity_without_a_company_counts_for_every_company(self):
        other = self.make_company("There", "Pacific/Auckland")
        self.make_opportunity(self.client, shared=True)
        self.make_opportunity(self.client, company=other)
        found = self.read_facts(["open_leads"], self.client, other)
        self.assertEqual(found[self.client.id]["open_leads"], 2)
        self.assertEqual(self.facts("open_leads"), [1])
        self.assertFacts(self.client)
        self.assertFacts(self.client, other)

    def test_an_opportunity_that_was_just_won_is_movement(self):
        self.make_opportunity(self.client, day=self.ago(90), moved=self.ago(80))
        self.make_opportunity(
            self.client, day=self.ago(90), outcome="won", closed=self.ago(2)
        )
        self.assertEqual(self.facts("days_since_lead_move"), [2])
        self.assertFacts(self.client)


class TestProjectFacts(OracleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client()
        cls.project = cls.make_project(cls.client)

    def facts(self, *keys, as_of=None, client=None):
        client = client or self.client
        found = self.read_facts(keys, client, as_of=as_of)[client.id]
        return [found.get(key) for key in keys]

    def test_tasks_are_accepted_turned_down_or_still_open(self):
        for back, state in (
            (40, "01_in_progress"),
            (30, "02_changes_requested"),
            (20, "03_approved"),
            (10, "1_done"),
            (5, "1_canceled"),
            (3, "04_waiting_normal"),
        ):
            task = self.make_task(self.project, day=self.ago(50))
            task.state = state
            self.force(
                task, state=state, date_last_stage_update=self.moment(self.ago(back))
            )
        keys = ("reviews_accepted_30", "reviews_turned_down_365", "open_tasks")
        self.assertEqual(self.facts(*keys), [2, 1, 4])
        self.assertEqual(self.facts(*keys, as_of=self.ago(6)), [2, 1, 5])
        self.assertEqual(self.facts(*keys, as_of=self.ago(11)), [1, 1, 6])
        self.assertEqual(self.facts(*keys, as_of=self.ago(51)), [0, 0, 0])
        self.assertEqual(self.facts("days_since_task_move"), [3])
        self.assertEqual(self.facts("stalled_tasks_30"), [2])
        self.assertFacts(self.client, days=(0, 6, 11, 31, 51))

    def test_a_task_belongs_to_its_own_client_before_its_projects(self):
        other = self.make_client("Other")
        self.make_task(self.project, client=self.make_contact(other))
        task = self.make_task(self.project)
        task.partner_id = False
        self.assertEqual(self.facts("open_tasks"), [1])
        self.assertEqual(self.facts("open_tasks", client=other), [1])
        self.assertFacts(self.client + other)

    def test_tasks_of_archived_projects_are_not_open_but_were_accepted(self):
        self.make_task(self.project, state="03_approved", day=self.ago(9))
        self.make_task(self.project, day=self.ago(9))
        self.project.active = False
        self.assertEqual(
            self.facts("open_tasks", "reviews_accepted_30", "stalled_tasks_30"),
            [0, 1, 0],
        )
        self.assertFacts(self.client)

    def test_templates_never_count(self):
        template = self.make_project(self.client, is_template=True)
        self.make_task(template)
        self.make_milestone(template, self.ago(4))
        pattern = self.make_task(self.project, is_template=True)
        child = self.make_task(self.project, parent_id=pattern.id)
        self.make_task(self.project, parent_id=child.id)
        self.assertEqual(
            self.facts("open_tasks", "days_since_task_move", "days_since_milestone"),
            [0, None, None],
        )
        self.make_task(self.project, day=self.ago(7))
        self.assertEqual(self.facts("open_tasks", "days_since_task_move"), [1, 7])
        self.assertFacts(self.client)

    def test_a_project_without_a_company_counts_for_every_company(self):
        other = self.make_company("There", "Pacific/Auckland")
        shared = self.make_project(self.client, shared=True)
        theirs = self.make_project(self.client, company=other)
        self.make_task(shared)
        self.make_task(theirs)
        self.make_milestone(shared, self.ago(6))
        self.make_milestone(theirs, self.ago(3))
        found = self.read_facts(["open_tasks"], self.client, other)
        self.assertEqual(found[self.client.id]["open_tasks"], 2)
        self.assertEqual(self.facts("open_tasks", "days_since_milestone"), [1, 6])
        self.assertFacts(self.client)
        self.assertFacts(self.client, other)

    def test_a_milestone_counts_from_the_day_it_was_reached(self):
        self.make_milestone(self.project)
        self.make_milestone(self.project, self.ago(12))
        self.make_milestone(self.project, self.ago(90))
        self.assertEqual(self.facts("days_since_milestone"), [12])
        self.assertEqual(self.facts("days_since_milestone", as_of=self.ago(13)), [77])
        self.assertEqual(self.facts("days_since_milestone", as_of=self.ago(91)), [None])
        self.assertFacts(self.client, days=(0, 13, 91))

    def test_a_task_stalls_when_it_moved_nowhere_in_the_window(self):
        for back in (29, 30, 31):
            self.make_task(self.project, day=self.ago(80), moved=self.ago(back))
        self.assertEqual(self.facts("stalled_tasks_30", "open_tasks"), [2, 3])
        self.assertEqual(self.facts("stalled_tasks_30", as_of=self.ago(1)), [1])
        self.assertEqual(self.facts("stalled_tasks_30", as_of=self.ago(30)), [1])
        self.assertFacts(self.client, days=(0, 1, 30, 60, 90))

    def test_on_a_past_day_a_later_move_is_not_known_yet(self):
        task = self.make_task(self.project, day=self.ago(90))
        self.env.cr.flush()
        task.with_context(tracking_disable=False, mail_notrack=False).write(
            {"state": "02_changes_requested"}
        )
        self.env.flush_all()
        self.env.cr.flush()
        task.invalidate_recordset()
        message = task.message_ids.filtered("tracking_value_ids")
        self.assertTrue(message)
        self.force(message, date=self.moment(self.ago(40)))
        self.force(task, date_last_stage_update=self.moment(self.ago(5)))
        self.assertEqual(self.facts("days_since_task_move"), [5])
        self.assertEqual(self.facts("days_since_task_move", as_of=self.ago(10)), [30])
        self.assertEqual(self.facts("days_since_task_move", as_of=self.ago(50)), [40])
        self.assertEqual(self.facts("stalled_tasks_30", as_of=self.ago(50)), [1])
        self.assertFacts(self.client, days=(0, 5, 6, 39, 40, 41, 60, 91))


class TestTimesheetFacts(OracleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app("project.task:effective_hours")
        cls.client = cls.make_client()
        cls.project = cls.make_project(cls.client, allow_timesheets=True)
        cls.employee = cls.make_employee(50)

    def facts(self, *keys, as_of=None, client=None, company=None):
        client = client or self.client
        found = self.read_facts(keys, client, company, as_of)[client.id]
        return [found.get(key) for key in keys]

    def test_hours_cost_what_the_employee_cost_on_the_day(self):
        self.log(self.employee, self.ago(400), 1, project=self.project)
        self.log(self.employee, self.ago(20), 2, project=self.project)
        self.employee.hourly_cost = 80
        self.log(self.employee, self.ago(10), 4, project=self.project)
        self.log(self.employee, self.ago(-1), 8, project=self.project)
        self.assertEqual(
            self.facts("hours_365", "timesheet_cost_365"), [6, 2 * 50 + 4 * 80]
        )
        self.assertEqual(self.facts("hours_365", as_of=self.ago(11)), [2])
        self.assertFacts(self.client, days=(0, 11, 30))

    def test_hours_belong_to_the_client_of_the_line(self):
        other = self.make_client("Other")
        task = self.make_task(self.project, client=self.make_contact(other))
        self.log(self.employee, self.ago(2), 3, task=task)
        self.log(self.employee, self.ago(2), 5, project=self.project)
        self.assertEqual(self.facts("hours_30"), [5])
        self.assertEqual(self.facts("hours_30", client=other), [3])
        self.assertFacts(self.client + other)

    def test_hours_on_templates_never_count(self):
        template = self.make_project(
            self.client, is_template=True, allow_timesheets=True
        )
        self.log(self.employee, self.ago(2), 3, project=template)
        pattern = self.make_task(self.project, is_template=True, allocated_hours=1)
        child = self.make_task(self.project, parent_id=pattern.id, allocated_hours=1)
        self.log(self.employee, self.ago(2), 5, task=child)
        self.log(self.employee, self.ago(2), 7, project=self.project)
        self.assertEqual(self.facts("hours_30", "budget_spent_30"), [7, 0])
        self.assertFacts(self.client)

    def test_hours_count_in_the_company_that_worked_them(self):
        other = self.make_company("There", "Pacific/Auckland")
        shared = self.make_project(self.client, shared=True, allow_timesheets=True)
        theirs = self.make_employee(10, other)
        self.log(theirs, self.ago(5), 4, project=shared)
        self.log(self.employee, self.ago(5), 1, project=shared)
        self.assertEqual(self.facts("hours_30", "timesheet_cost_30"), [1, 50])
        self.assertEqual(
            self.facts("hours_30", "timesheet_cost_30", company=other), [4, 40]
        )
        self.assertFacts(self.client)
        self.assertFacts(self.client, other)

    def test_allocated_tasks_count_with_all_their_hours_once_worked_on(self):
        spent = self.make_task(self.project, allocated_hours=10)
        self.log(self.employee, self.ago(500), 8, task=spent)
        self.log(self.employee, self.ago(5), 4, task=spent)
        idle = self.make_task(self.project, allocated_hours=100)
        self.log(self.employee, self.ago(400), 1, task=idle)
        loose = self.make_task(self.project)
        self.log(self.employee, self.ago(5), 3, task=loose)
        self.assertEqual(
            self.facts("budget_spent_365", "budget_allocated_365"), [12, 10]
        )
        self.assertEqual(self.facts("budget_spent_365", as_of=self.ago(1)), [None])
        self.assertFacts(self.client, days=(0, 1))

    def test_bills_on_a_project_are_other_cost_and_refunds_take_them_back(self):
        self.app("account.move")
        self.make_bill(self.ago(20), 300, self.project)
        self.make_bill(self.ago(20), 400, self.project, share=25)
        self.make_bill(self.ago(10), 50, self.project, refund=True)
        self.make_invoice(self.client, self.ago(10), 999, project=self.project)
        self.make_invoice(
            self.client, self.ago(9), 99, project=self.project, refund=True
        )
        self.log(self.employee, self.ago(5), 2, project=self.project)
        self.assertEqual(self.facts("other_cost_365", "timesheet_cost_365"), [350, 100])
        self.assertEqual(self.facts("other_cost_365", as_of=self.ago(11)), [400])
        self.assertFacts(self.client, days=(0, 11))

    def test_an_account_shared_by_two_clients_tells_about_neither(self):
        self.app("account.move")
        other = self.make_client("Other")
        sister = self.make_project(self.client, account_id=self.project.account_id.id)
        self.make_bill(self.ago(20), 300, self.project)
        self.assertEqual(self.facts("other_cost_365"), [300])  # both are the client's
        sister.partner_id = other
        self.assertEqual(self.facts("other_cost_365"), [0])
        self.assertEqual(self.facts("other_cost_365", client=other), [0])
        self.assertFacts(self.client + other)

    def test_costs_of_archived_projects_still_count(self):
        self.app("account.move")
        self.make_bill(self.ago(20), 300, self.project)
        self.log(self.employee, self.ago(5), 2, project=self.project)
        self.project.active = False
        self.assertEqual(self.facts("other_cost_365", "hours_365"), [300, 2])
        self.assertFacts(self.client)


class TestRandomWorld(OracleCase):
    """Many records at random, and every figure of every client compared."""

    def test_every_figure_of_a_random_world_equals_the_oracle(self):
        self.make_world(random.Random(1))

    def test_every_figure_of_another_random_world_equals_the_oracle(self):
        self.make_world(random.Random(19))

    def make_world(self, dice):
        other = self.make_company(f"There {dice.random()}", "Pacific/Auckland")
        companies = self.company + other
        clients = self.env["res.partner"].browse()
        partners = []
        for number in range(4):
            client = self.make_client(f"Client {number}")
            clients += client
            partners += [client, self.make_contact(client), self.make_contact(client)]
        build = [self.an_opportunity, self.a_task]
        if installed(self.env, "account.move"):
            self.make_rate(self.env.ref("base.GBP"), self.ago(900), dice.uniform(1, 3))
            self.make_rate(self.env.ref("base.GBP"), self.ago(60), dice.uniform(1, 3))
            build += [self.an_invoice] * 3
        if installed(self.env, "sale.order"):
            build += [self.a_quotation]
        if installed(self.env, "project.task:effective_hours"):
            self.staff = {
                c: self.make_employee(dice.randint(10, 90), c) for c in companies
            }
            build += [self.some_hours] * 2
        self.places = [
            self.a_project(dice, partners, companies) for _number in range(10)
        ]
        for _number in range(60):
            dice.choice(build)(dice, dice.choice(partners), dice.choice(companies))
        if len(build) > 6:
            for _number in range(12):
                some_sold_work(self, dice, dice.choice(partners))
        self.somebody_moves(dice, partners)
        for company in companies:
            self.assertFacts(clients, company, days=(0, 33, 180, 400))

    def somebody_moves(self, dice, partners):
        """Contacts who were of another client before, some of them of two."""
        contacts = [partner for partner in partners if partner.parent_id]
        clients = [partner for partner in partners if not partner.parent_id]
        for contact in dice.sample(contacts, 4):
            for _move in range(dice.choice((1, 1, 2))):
                self.env["client.affiliation"]._moved(
                    {contact.id: dice.choice(clients).id}, self.some_day(dice)
                )

    def some_day(self, dice):
        return self.ago(int(dice.triangular(-5, 800, 10)))

    def two_moments(self, dice):
        """When a thing began and when it last moved: nothing moves in the future,
        and noon of today is that in the morning."""
        return sorted(min(self.some_day(dice), self.ago(1)) for _moment in range(2))

    def a_project(self, dice, partners, companies):
        project = self.make_project(
            dice.choice(partners),
            company=dice.choice(companies),
            shared=dice.random() < 0.3,
            is_template=dice.random() < 0.1,
            day=self.some_day(dice),
        )
        if "allow_timesheets" in project:
            project.allow_timesheets = True
        if dice.random() < 0.6:
            self.make_milestone(project, self.some_day(dice))
        if dice.random() < 0.2:
            project.active = False
        return project

    def a_task(self, dice, partner, company):
        dates = self.two_moments(dice)
        values = {"is_template": dice.random() < 0.1}
        if "allocated_hours" in self.env["project.task"]:
            values["allocated_hours"] = dice.choice((0, 2, 9))
        task = self.make_task(
            dice.choice(self.places),
            client=dice.choice((None, partner)),
            day=dates[0],
            moved=dates[1],
            **values,
        )
        self.force(
            task,
            state=dice.choice(
                (
                    "01_in_progress",
                    "02_changes_requested",
                    "03_approved",
                    "1_done",
                    "1_canceled",
                    "04_waiting_normal",
                )
            ),
            active=dice.random() < 0.9,
        )
        if dice.random() < 0.3:
            self.recurring(dice, task)
        return task

    def recurring(self, dice, task):
        """The task comes again; the next one lies there, or is done."""
        task.write(
            {
                "recurring_task": True,
                "repeat_interval": dice.choice((1, 1, 2, 3)),
                "repeat_unit": dice.choice(("day", "week", "month", "year")),
                "repeat_type": "forever",
            }
        )
        following = task.copy({"partner_id": task.partner_id.id})
        days = self.two_moments(dice)
        self.force(
            following,
            create_date=self.moment(days[0]),
            date_last_stage_update=self.moment(days[1]),
            date_deadline=dice.choice((None, self.moment(self.some_day(dice)))),
            recurrence_id=task.recurrence_id.id,
            recurring_task=True,
            state=dice.choice(("01_in_progress", "01_in_progress", "1_done")),
            is_template=False,
        )

    def an_opportunity(self, dice, partner, company):
        dates = self.two_moments(dice)
        self.make_opportunity(
            partner,
            company=company,
            shared=dice.random() < 0.3,
            day=dates[0],
            outcome=dice.choice((None, "won", "lost")),
            closed=dates[1],
        )

    def an_invoice(self, dice, partner, company):
        day = self.some_day(dice)
        currency = dice.choice((None, None, self.env.ref("base.GBP")))
        if currency and company != self.company:
            currency = None
        invoice = self.make_invoice(
            partner,
            day,
            dice.randint(1, 900),
            company=company,
            due=day + timedelta(days=dice.choice((0, 14, 45))),
            refund=dice.random() < 0.2,
            currency=currency,
        )
        if invoice.move_type == "out_invoice" and dice.random() < 0.7:
            share = dice.choice((1, 1, 0.4))
            self.pay(
                invoice,
                day + timedelta(days=dice.randint(0, 90)),
                round(invoice.amount_total * share, 2),
            )

    def a_quotation(self, dice, partner, company):
        day = self.some_day(dice)
        self.make_order(
            partner,
            day,
            dice.randint(1, 900),
            company=company,
            state=dice.choice(("draft", "sent", "sale", "sale", "cancel")),
            valid_until=dice.choice((None, day + timedelta(days=20))),
        )

    def some_hours(self, dice, partner, company):
        place = dice.choice(self.places)
        if place.company_id and place.company_id != company:
            company = place.company_id
        self.log(
            self.staff[company],
            self.some_day(dice),
            dice.randint(1, 8),
            project=place,
            task=dice.choice((None, *place.with_context(active_test=False).tasks)),
        )
