from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import HealthCase


class ClientCase(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("seller", "client_health.group_user")
        cls.client = cls.make_client(user_id=cls.seller.id)

    @classmethod
    def health(cls, client=None):
        return cls.env["client.health"].search(
            [
                ("partner_id", "=", (client or cls.client).id),
                ("company_id", "=", cls.company.id),
            ]
        )

    @classmethod
    def scored(cls, client=None):
        cls.refresh(client or cls.client)
        health = cls.health(client)
        health.invalidate_recordset()
        return health

    def asked(self, health):
        kind = self.env.ref("client_health.mail_activity_type_quiet")
        return health.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def insult(self, days=5):
        """Something that raises a red flag."""
        incident = self.env["client.incident"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "category": "abuse",
                "severity": "severe",
                "description": "Shouted at Ann.",
            }
        )
        return self.force(
            incident,
            state="confirmed",
            date=self.ago(days),
            confirmed_on=self.moment(self.ago(days)),
        )

    @classmethod
    def agreement(cls, **values):
        return cls.env["client.agreement"].create(
            {
                "partner_id": cls.client.id,
                "company_id": cls.company.id,
                "date_start": cls.ago(400),
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestWhoIsAClient(ClientCase):
    def test_a_prospect_is_no_client(self):
        self.make_opportunity(self.client, day=self.ago(20))
        self.assertFalse(self.scored())
        self.make_project(self.client)
        self.assertEqual(self.scored().phase, "active")

    def test_archived_by_hand_and_back(self):
        """Story 24."""
        project = self.make_project(self.client)
        self.make_task(project, day=self.ago(200))
        self.insult()
        health = self.scored()
        self.assertTrue(health.open_flag_ids)
        health.activity_schedule(
            "client_health.mail_activity_type_drop", user_id=self.seller.id
        )
        for task in project.task_ids:
            task.state = "1_done"
        project.active = False
        self.client.active = False
        health.invalidate_recordset()
        self.assertEqual(health.phase, "past")
        self.assertFalse(health.open_flag_ids)
        self.assertFalse(health.activity_ids)
        self.assertEqual((health.flag_count, health.red_flag_count), (0, 0))
        self.assertEqual(self.scored().phase, "past", "the night changes nothing")
        current = self.env.ref("client_health.client_health_view_search")
        self.assertIn("'past'", current.arch)
        history = health.snapshot_ids
        project.active = True
        self.client.active = True
        health.invalidate_recordset()
        self.assertEqual(health, self.scored())
        self.assertEqual(health.phase, "active")
        self.assertTrue(history <= health.snapshot_ids)
        self.assertTrue(health.open_flag_ids, "what was said of them is remembered")

    def test_no_alarm_about_an_archived_client_by_night(self):
        self.make_project(self.client)
        self.scored()
        self.client.with_context(active_test=False).project_ids.active = False
        self.client.active = False
        self.insult()
        health = self.scored()
        self.assertFalse(health.open_flag_ids)
        self.assertFalse(health.activity_ids)

    def test_nothing_for_two_years_and_nothing_open_is_past(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(800), 100)
        self.pay(invoice, self.ago(790))
        self.scored()
        self.assertFalse(self.health(), "no client of today")
        self.env["client.health"]._refresh(self.client, self.ago(300))
        self.assertEqual(self.health().phase, "past")
        self.make_invoice(self.client, self.today, 100)
        self.assertEqual(self.scored().phase, "active")

    def test_who_owes_money_is_not_past(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(700), 100)
        health = self.scored()
        self.assertEqual(health.phase, "active", "unpaid for two years: still open")


@tagged("post_install", "-at_install")
class TestQuiet(ClientCase):
    def invoices(self, *days):
        self.app("account.move")
        for day in days:
            self.pay(self.make_invoice(self.client, self.ago(day), 1000), self.ago(day))

    def test_no_business_for_half_a_year_asks_once(self):
        self.invoices(*range(200, 560, 30))
        self.insult(100)
        self.scored()
        health = self.health()
        self.assertEqual(health.phase, "quiet")
        self.assertFalse(health.open_flag_ids)
        self.assertFalse(self.asked(health), "no to-do about what was so already")
        health.phase = "active"
        self.scored()
        [todo] = self.asked(health)
        self.assertEqual(todo.user_id, self.seller)
        self.scored()
        self.assertEqual(self.asked(health), todo, "one to-do")
        self.assertEqual(health.level, "unknown")
        self.assertIn("Quiet", health.level_reason)

    def test_a_new_invoice_brings_it_back(self):
        self.invoices(*range(200, 560, 30))
        health = self.scored()
        history = health.snapshot_ids
        health.activity_schedule("client_health.mail_activity_type_quiet")
        self.invoices(0)
        self.scored()
        self.assertEqual(health.phase, "active")
        self.assertFalse(self.asked(health))
        self.assertTrue(history <= health.snapshot_ids)

    def test_five_months_are_not_quiet(self):
        self.invoices(*range(150, 500, 30))
        self.assertEqual(self.scored().phase, "active")

    def test_a_yearly_client_is_quiet_after_two_years_at_the_earliest(self):
        self.invoices(300, 665)
        self.assertEqual(self.scored().phase, "active")

    def test_what_is_open_is_not_quiet(self):
        self.invoices(*range(200, 560, 30))
        project = self.make_project(self.client, day=self.ago(500))
        self.assertEqual(self.scored().phase, "active")
        project.active = False
        self.assertEqual(self.scored().phase, "quiet")
        lead = self.make_opportunity(self.client, day=self.ago(3))
        self.assertEqual(self.scored().phase, "active")
        lead.action_set_lost()
        self.assertEqual(self.scored().phase, "quiet")
        self.agreement(date_start=self.ago(20)).action_activate()
        self.assertEqual(self.scored().phase, "active")

    def test_money_that_is_open_is_not_quiet(self):
        self.invoices(*range(260, 560, 30))
        self.make_invoice(self.client, self.ago(230), 1000)
        self.assertEqual(self.scored().phase, "active")

    def test_who_is_in_recovery_stays_so(self):
        self.invoices(*range(200, 560, 30))
        health = self.scored()
        health.phase = "recovery"
        self.scored()
        self.assertEqual(health.phase, "recovery")


@tagged("post_install", "-at_install")
class TestSoleTrader(ClientCase):
    """Story 26."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create({"name": "Sole trader"})
        project = cls.make_project(cls.person)
        cls.make_task(project, day=cls.ago(50))
        cls.own = cls.scored(cls.person)
        cls.agreed = cls.agreement(partner_id=cls.person.id)
        cls.agreed.action_activate()
        cls.recovery = cls.env["client.recovery"].create(
            {
                "partner_id": cls.person.id,
                "company_id": cls.company.id,
                "user_id": cls.seller.id,
            }
        )
        cls.history = cls.own.snapshot_ids

    def found(self, company):
        self.person.parent_id = company
        self.env.flush_all()
        self.env.invalidate_all()

    def test_all_of_it_is_the_companys_now(self):
        company = self.make_client("Company")
        self.found(company)
        health = self.health(company)
        self.assertEqual(health, self.own)
        self.assertTrue(self.history <= health.snapshot_ids)
        self.assertEqual(self.agreed.partner_id, company)
        self.assertEqual(self.recovery.partner_id, company)
        self.assertEqual(health.phase, "recovery")
        self.assertEqual(self.person.health_id, health)
        self.assertFalse(self.health(self.person))

    def test_a_company_with_a_health_keeps_one(self):
        company = self.make_client("Company")
        self.make_project(company)
        theirs = self.scored(company)
        self.found(company)
        self.assertEqual(self.health(company), theirs)
        self.assertEqual(self.recovery.partner_id, company)
        self.assertEqual(theirs.phase, "recovery")

    def test_who_leaves_takes_nothing_along(self):
        company = self.make_client("Company")
        self.found(company)
        self.person.parent_id = False
        self.env.flush_all()
        self.assertEqual(self.agreed.partner_id, company)
        self.assertEqual(self.health(company), self.own)


@tagged("post_install", "-at_install")
class TestTacitRenewal(ClientCase):
    """Story 25."""

    def setUp(self):
        super().setUp()
        self.last_december = date(self.today.year - 1, 12, 31)

    def tacit(self, **values):
        agreement = self.agreement(
            **{
                "date_start": date(self.today.year - 2, 1, 1),
                "date_end": self.last_december,
                "notice_days": 90,
                "renewal": "tacit",
                "renewal_months": 12,
                "termination_clause": "In writing.",
                **values,
            }
        )
        agreement.action_activate()
        return agreement

    def next_december(self):
        """The end that notice given today can still reach."""
        end = date(self.today.year, 12, 31)
        if (end - self.today).days < 90:
            end = date(self.today.year + 1, 12, 31)
        return end

    def test_it_goes_on_by_silence(self):
        agreement = self.tacit()
        self.assertEqual(agreement.state, "active")
        self.assertTrue(agreement.in_force)
        self.assertEqual(agreement.date_end, self.next_december())
        found = self.env["client.agreement"].search([("in_force", "=", True)])
        self.assertIn(agreement, found)

    def test_the_night_renews_and_warns_again(self):
        agreement = self.tacit(date_end=self.ago(-10), notice_days=5)
        agreement.sudo().date_end = self.ago(1)
        self.assertTrue(agreement.in_force, "before the night has come")
        self.env["client.agreement"]._cron_agreements()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.date_end, self.ago(1) + relativedelta(months=12))

    def test_a_goodbye_ends_with_the_running_period(self):
        self.make_project(self.client)
        agreement = self.tacit()
        self.scored()
        goodbye = self.env["client.offboarding"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "user_id": self.seller.id,
            }
        )
        self.assertEqual(goodbye.agreement_id, agreement)
        self.assertEqual(goodbye.clause, "In writing.")
        self.assertEqual(goodbye.earliest_end, self.next_december())
        self.assertGreaterEqual(goodbye.date_end, self.next_december())
        self.assertEqual(goodbye.date_end.month, 12)
        self.assertFalse(goodbye.is_too_early)
        goodbye.date_end = self.next_december() - relativedelta(days=1)
        self.assertTrue(goodbye.is_too_early)

    def test_the_end_of_a_month_stays_one(self):
        agreement = self.tacit(
            date_start=date(2020, 1, 1), date_end=date(2020, 2, 29), renewal_months=1
        )
        following = agreement.date_end + relativedelta(days=1)
        self.assertEqual(following.day, 1)

    def test_bad_input_gets_a_sentence(self):
        for months in (0, -1, 10_000):
            with self.assertRaisesRegex(ValidationError, "Say for how many"):
                self.tacit(renewal_months=months)
        with self.assertRaisesRegex(ValidationError, "no last day"):
            self.tacit(date_end=False)

    def test_import_and_activation_from_the_list(self):
        rows = self.env["client.agreement"].load(
            ["partner_id/.id", "date_start", "date_end", "renewal", "renewal_months"],
            [
                [self.client.id, "2020-01-01", "2020-12-31", "tacit", "12"],
                [self.make_client().id, "2020-01-01", "2020-12-31", "tacit", "0"],
            ],
        )
        self.assertIn("Say for how many", str(rows["messages"]))
        rows = self.env["client.agreement"].load(
            ["partner_id/.id", "date_start", "date_end", "renewal", "renewal_months"],
            [
                [self.client.id, "2020-01-01", "2020-12-31", "tacit", "12"],
                [self.make_client().id, "2020-01-01", "2020-12-31", "none", "0"],
            ],
        )
        drafts = self.env["client.agreement"].browse(rows["ids"])
        drafts.action_activate()
        self.assertEqual(drafts.mapped("state"), ["active", "ended"])
        self.assertIn(
            "action_activate",
            self.env.ref("client_health.client_agreement_view_list").arch,
        )


@tagged("post_install", "-at_install")
class TestContactWhoMoves(ClientCase):
    """What was done for a client stays with it when its contact goes elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.make_contact(cls.client)
        cls.other = cls.make_client("Other")

    def work(self, day):
        project = self.make_project(self.contact, day=day)
        self.make_task(project, day=day)
        self.make_task(project, day=day, state="1_done")
        self.make_opportunity(self.contact, day=day, outcome="won", closed=day)
        if "sale.order" in self.env:
            self.make_order(self.contact, day)
        return project

    def known(self, client):
        keys = ["open_tasks", "reviews_accepted_365", "leads_won_365"]
        if "sale.order" in self.env:
            keys.append("quotes_won_365")
        facts = self.read_facts(keys, client)[client.id]
        return {facts.get(key) for key in keys}

    def test_history_stays_where_it_was_made(self):
        project = self.work(self.ago(60))
        self.assertEqual(self.known(self.client), {1})
        self.contact.parent_id = self.other
        self.assertEqual(self.known(self.client), {1})
        self.assertEqual(self.known(self.other), {0})
        self.make_task(project, day=self.today)
        self.assertEqual(
            self.read_facts(["open_tasks"], self.client)[self.client.id]["open_tasks"],
            2,
            "the project is the old client's",
        )
        self.work(self.today)
        self.assertEqual(self.known(self.other), {1})
        [moved] = self.env["client.affiliation"].search(
            [("contact_id", "=", self.contact.id)]
        )
        self.assertEqual(moved.partner_id, self.client)
        self.assertEqual(moved.until, self.today)

    def test_who_becomes_a_company_of_its_own_leaves_its_work_behind(self):
        self.work(self.ago(60))
        self.contact.write({"parent_id": False, "is_company": True})
        self.assertEqual(self.known(self.client), {1})
        self.assertEqual(self.known(self.contact), {0})

    def test_money_and_meetings_stay_too(self):
        for app in ("sale.order", "account.move", "project.task:effective_hours"):
            self.app(app)
        project = self.make_project(
            self.contact, day=self.ago(90), allow_timesheets=True
        )
        task = self.make_task(project, day=self.ago(90))
        self.force(task, allocated_hours=4)
        order = self.make_order(self.contact, self.ago(80), amount=900)
        self.log(self.make_employee(50), self.ago(40), 6, project=project, task=task)
        invoice = self.make_invoice(self.contact, self.ago(30), 900)
        invoice.invoice_line_ids.sale_line_ids = order.order_line
        event = (
            self.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, dont_notify=True)
            .create(
                {
                    "name": "Meeting",
                    "start": self.moment(self.ago(20)),
                    "stop": self.moment(self.ago(20)) + timedelta(hours=1),
                    "partner_ids": [(6, 0, self.contact.ids)],
                }
            )
        )
        self.assertTrue(event.attendee_ids)
        keys = [
            "hours_365",
            "timesheet_cost_365",
            "earned_rest_365",
            "revenue_365",
            "days_since_held",
            "budget_spent_365",
        ]
        before = self.read_facts(keys, self.client)[self.client.id]
        self.assertNotIn(None, before.values())
        self.assertTrue(all(before[key] for key in keys if key != "earned_rest_365"))
        self.contact.parent_id = self.other
        found = self.read_facts(keys, self.client + self.other)
        self.assertEqual(found[self.client.id], before)
        self.assertFalse(any(found[self.other.id].values()), found[self.other.id])
        # what is done from now on is the new client's
        self.log(self.make_employee(50), self.today, 2, project=project, task=task)
        found = self.read_facts(keys, self.client + self.other)
        self.assertEqual(found[self.client.id]["hours_365"], 6)
        self.assertEqual(found[self.other.id]["hours_365"], 2)

    def test_mails_stay_too(self):
        record = self.make_opportunity(self.client)
        for days, author in ((40, self.contact), (30, self.seller.partner_id)):
            message = record.sudo().message_post(
                body="Could you please send me the contract?",
                author_id=author.id,
                partner_ids=self.contact.ids if author != self.contact else [],
                message_type="email" if author == self.contact else "comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.force(message, date=self.moment(self.ago(days)))
        keys = ["mail_count_90", "our_turns_90", "client_turns_90"]
        before = self.read_facts(keys, self.client)[self.client.id]
        self.assertEqual([before[key] for key in keys], [2, 1, 1])
        self.contact.parent_id = self.other
        found = self.read_facts(keys, self.client + self.other)
        self.assertEqual(found[self.client.id], before)
        self.assertFalse(any(found[self.other.id].values()), found[self.other.id])

    def test_hours_stay_too(self):
        self.app("project.task:effective_hours")
        project = self.make_project(
            self.contact, day=self.ago(60), allow_timesheets=True
        )
        self.log(self.make_employee(50), self.ago(9), 3, project=project)
        self.contact.parent_id = self.other
        found = self.read_facts(["days_since_hours"], self.client + self.other)
        self.assertEqual(found[self.client.id].get("days_since_hours"), 9)
        self.assertIsNone(found[self.other.id].get("days_since_hours"))
