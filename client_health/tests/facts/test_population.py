"""Who is a client of a company, and who is not."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tools import SQL

from ..common import HealthCase


class TestPopulation(HealthCase):
    books = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client()

    def assertClient(self, client=None, company=None, as_of=None):
        self.assertIn((client or self.client).id, self.clients_of(company, as_of))

    def assertNoClient(self, client=None, company=None, as_of=None):
        self.assertNotIn((client or self.client).id, self.clients_of(company, as_of))

    # -- what makes a client ---------------------------------------------------

    def test_a_partner_without_business_is_no_client(self):
        self.assertNoClient()
        self.make_contact(self.client)
        self.assertNoClient()

    def test_an_open_project_makes_a_client(self):
        self.make_project(self.client)
        self.assertClient()

    def test_business_that_another_source_knows_makes_a_client_who_is_not_quiet(self):
        project = self.make_project(self.client, day=self.ago(700))
        project.active = False
        health = self.refresh(self.client)
        self.assertEqual(health.phase, "quiet")
        stranger = self.make_client("Stranger")

        def visits(source, scope):
            rows = SQL(
                "(VALUES (%s, %s), (%s, %s)) v(client_id, day)",
                self.client.id,
                self.ago(20),
                stranger.id,
                self.ago(20),
            )
            mine = scope.mine(SQL("client_id"))
            return SQL("SELECT client_id, day FROM %s WHERE %s", rows, mine)

        source = type(self.env["client.health.facts.opportunities"])
        with patch.object(source, "_business", visits):
            self.assertClient(stranger)
            self.assertEqual(self.refresh(self.client).phase, "active")
        self.assertNoClient(stranger)

    def test_an_opportunity_makes_a_prospect_and_no_client(self):
        self.make_opportunity(self.client, type="lead")
        self.make_opportunity(self.client)
        self.make_opportunity(
            self.client, day=self.ago(700), outcome="won", closed=self.ago(690)
        )
        self.assertNoClient()

    def test_a_posted_invoice_makes_a_client_and_a_draft_does_not(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(5), 10, post=False)
        self.assertNoClient()
        self.make_invoice(self.client, self.ago(5), 10)
        self.assertClient()

    def test_a_vendor_is_no_client(self):
        self.app("account.move", "project.task:effective_hours")
        project = self.make_project(self.client, allow_timesheets=True)
        bill = self.make_bill(self.ago(5), 10, project)
        self.assertNoClient(bill.partner_id)

    def test_a_credit_note_alone_makes_no_client(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(5), 10, refund=True)
        self.assertNoClient()

    def test_a_confirmed_order_makes_a_client_and_a_quotation_does_not(self):
        self.app("sale.order")
        for state in ("draft", "sent", "cancel"):
            self.make_order(self.client, self.ago(5), state=state)
        self.assertNoClient()
        self.make_order(self.client, self.ago(5))
        self.assertClient()

    def test_a_timesheet_line_makes_a_client_of_its_own_client(self):
        self.app("project.task:effective_hours")
        internal = self.make_project(allow_timesheets=True)
        task = self.make_task(internal, client=self.client)
        self.assertNoClient()
        self.log(self.make_employee(10), self.ago(5), 1, task=task)
        self.assertClient()

    def test_hours_on_a_template_make_no_client(self):
        self.app("project.task:effective_hours")
        template = self.make_project(
            self.client, allow_timesheets=True, is_template=True
        )
        pattern = self.make_task(
            self.make_project(allow_timesheets=True),
            client=self.client,
            is_template=True,
        )
        employee = self.make_employee(10)
        self.log(employee, self.ago(5), 1, project=template)
        self.log(employee, self.ago(5), 1, task=pattern)
        self.assertNoClient()

    # -- since when ------------------------------------------------------------

    def test_business_counts_for_two_years_and_not_a_day_longer(self):
        self.app("account.move", "sale.order")
        other = self.make_client("Other")
        self.make_invoice(self.client, self.ago(729), 10)
        self.make_order(other, self.ago(729))
        self.assertClient()
        self.assertClient(other)
        former = self.make_client("Former")
        self.make_invoice(former, self.ago(730), 10)
        self.make_order(former, self.ago(730))
        self.assertNoClient(former)
        self.assertClient(former, as_of=self.ago(1))

    def test_nobody_is_a_client_before_the_first_business(self):
        self.make_opportunity(self.client, day=self.ago(30))
        self.make_project(self.client, day=self.ago(20))
        self.assertClient(as_of=self.ago(20))
        self.assertNoClient(as_of=self.ago(21))

    def test_an_old_project_counts_while_it_is_open(self):
        project = self.make_project(self.client, day=self.ago(1000))
        self.assertClient()
        project.active = False
        self.assertNoClient()

    def test_a_project_archived_within_two_years_of_its_start_counts(self):
        self.make_project(self.client, day=self.ago(700)).active = False
        self.assertClient()

    def test_a_template_project_makes_no_client(self):
        self.make_project(self.client, is_template=True)
        self.assertNoClient()

    def test_an_invoice_of_tomorrow_makes_no_client_today(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(-1), 10)
        self.assertNoClient()
        self.assertClient(as_of=self.ago(-1))

    def test_a_day_is_a_day_where_the_company_is(self):
        company = self.make_company("There", "Pacific/Auckland")
        day = self.today_in(company) - timedelta(days=10)
        project = self.make_project(self.client, company=company)
        self.force(project, create_date=self.moment(day, company, hour=0))
        self.assertClient(company=company, as_of=day)
        self.assertNoClient(company=company, as_of=day - timedelta(days=1))

    # -- who -------------------------------------------------------------------

    def test_the_commercial_entity_is_the_client_not_its_contact(self):
        contact = self.make_contact(self.client)
        self.make_project(contact)
        self.assertClient()
        self.assertNoClient(contact)

    def test_a_person_without_a_company_is_a_client(self):
        person = self.make_client("Person", is_company=False)
        self.make_project(person)
        self.assertClient(person)

    def test_an_archived_partner_is_no_client(self):
        self.make_project(self.client)
        self.force(self.client, active=False)
        self.assertNoClient()

    def test_our_own_people_are_no_clients(self):
        colleague = self.make_user("colleague").partner_id
        self.make_project(colleague)
        self.assertNoClient(colleague)

    def test_a_client_with_access_to_the_portal_stays_a_client(self):
        customer = self.make_user("customer", "base.group_portal").partner_id
        self.make_project(customer)
        self.assertClient(customer)

    def test_a_client_whose_contact_is_one_of_our_people_stays_a_client(self):
        colleague = self.make_user("colleague").partner_id
        colleague.parent_id = self.client
        self.make_project(colleague)
        self.assertClient()

    def test_our_own_companies_are_no_clients_of_each_other(self):
        other = self.make_company("Sister", "UTC")
        self.make_project(other.partner_id)
        self.make_opportunity(self.make_contact(other.partner_id))
        self.assertNoClient(other.partner_id)

    # -- of whom ---------------------------------------------------------------

    def test_business_with_another_company_makes_no_client_of_ours(self):
        other = self.make_company("There", "UTC")
        self.make_project(self.client, company=other)
        self.make_opportunity(self.client, company=other)
        if "account.move" in self.env:
            self.make_invoice(self.client, self.ago(5), 10, company=other)
        if "sale.order" in self.env:
            self.make_order(self.client, self.ago(5), company=other)
        self.assertNoClient()
        self.assertClient(company=other)

    def test_a_record_without_a_company_makes_a_client_of_every_company(self):
        other = self.make_company("There", "UTC")
        self.make_project(self.client, shared=True)
        self.assertClient()
        self.assertClient(company=other)
