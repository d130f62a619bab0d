"""Fix, reprice or part: the sheet of one client, from its figures to an agreement."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import HealthCase
from ..stories.money_case import MoneyCase


class SheetCase(MoneyCase):
    """An hour of Anna's costs 60, and 90 must come in for it."""

    def setUp(self):
        super().setUp()
        self.company.client_health_required_rate = 90
        self.boss = self.make_user(
            "boss",
            "client_health.group_manager",
            "account.group_account_invoice",
            "hr_timesheet.group_timesheet_manager",
            "sales_team.group_sale_manager",
        )
        self.project = self.make_project(self.client)

    def worked(self, hours, amount, day=None):
        self.log(self.anna, day or self.month(8), hours, project=self.project)
        if amount:
            self.make_invoice(self.client, day or self.month(8), amount)

    def open(self, client=None, user=None):
        health = self.refresh(client or self.client).with_user(user or self.boss)
        health = health.with_context(allowed_company_ids=self.company.ids)
        action = health.action_open_sheet()
        return health.env["client.sheet"].browse(action["res_id"])

    def figure(self, sheet):
        return sheet.env["client.health.figure"].search(
            [("health_id", "=", sheet.health_id.id)]
        )


@tagged("post_install", "-at_install")
class TestSheet(SheetCase):
    def test_it_has_the_figures_of_the_client(self):
        self.worked(100, 8000)
        sheet, row = (opened := self.open()), self.figure(opened)
        for name in ("earned", "cost", "result", "rate", "required_rate", "margin"):
            self.assertAlmostEqual(sheet[name], row[name], 2, name)
        self.assertEqual(
            (sheet.earned, sheet.cost, sheet.hours_worked), (8000, 6000, 100)
        )
        self.assertFalse(sheet.grey_reason)

    def test_it_says_at_which_price_hours_or_scope_the_margin_is_met(self):
        self.worked(100, 8000)
        sheet = self.open()
        self.assertEqual(sheet.target, 35)
        self.assertEqual((sheet.price, sheet.hours, sheet.scope), (9230.77, 100, 100))
        sheet.action_use("hours")
        self.assertEqual((sheet.price, sheet.hours, sheet.scope), (8000, 86.66, 100))
        sheet.action_use("scope")
        self.assertEqual((sheet.price, sheet.hours, sheet.scope), (8000, 86.6, 86.6))
        self.assertIn("86.6", sheet.by_scope)
        self.assertIn("9,230.77", sheet.by_price)

    def test_an_hour_that_must_bring_in_more_asks_for_more_margin(self):
        self.company.client_health_required_rate = 120
        self.worked(100, 8000)
        sheet = self.open()
        self.assertEqual((sheet.target, sheet.price, sheet.new_rate), (50, 12000, 120))
        self.assertFalse(sheet.below_required)

    def test_the_sliders_move_together(self):
        self.worked(100, 8000)
        with Form(self.open()) as form:
            form.price = 10000
            self.assertEqual((form.hours, form.scope), (108.33, 100))
            form.hours = 80
            self.assertEqual(form.price, 7384.62)
            form.scope = 50
            self.assertEqual((form.price, form.hours), (4615.39, 50))
            form.target = 40
            self.assertEqual((form.price, form.hours), (5000, 50))
            self.assertEqual((form.new_margin, form.new_rate), (40, 100))
            self.assertFalse(form.below_required)
            form.price = 4000
            self.assertEqual(form.hours, 40)
        with self.assertRaises(UserError), Form(self.open()) as form:
            form.target = 100

    def test_a_month_of_the_deal_goes_into_the_draft_of_the_next_agreement(self):
        self.worked(100, 8000, self.ago(380))
        self.worked(100, 8000)
        agreements = self.env["client.agreement"]
        old = agreements.create(
            {
                "partner_id": self.client.id,
                "date_start": self.ago(300),
                "boundaries": "Two rounds.",
            }
        )
        old.action_activate()
        sheet = self.open()
        sheet.action_use("scope")
        self.assertEqual((sheet.month_price, sheet.month_hours), (666.67, 7.21))
        action = sheet.action_new_agreement()
        draft = agreements.browse(action["res_id"])
        self.assertEqual((draft.state, draft.previous_id), ("draft", old))
        self.assertEqual(
            (draft.price, draft.hours_sold, draft.hours_period), (666.67, 7.21, "month")
        )
        self.assertTrue(draft.boundaries.startswith("Two rounds.\nScope: 86.6"))
        self.assertEqual(sheet.action_new_agreement()["res_id"], draft.id)
        self.assertEqual(draft.boundaries.count("Scope"), 1)

    def test_without_an_agreement_there_is_a_first_one(self):
        self.worked(100, 8000)
        action = self.open().action_new_agreement()
        draft = self.env["client.agreement"].browse(action["res_id"])
        self.assertEqual((draft.state, draft.version), ("draft", 1))
        self.assertEqual(draft.partner_id, self.client)

    def test_what_is_not_known_is_grey_with_its_reason(self):
        other = self.make_client("No hours")
        self.make_invoice(other, self.month(8), 500)
        self.assertIn("No hours", self.open(other).grey_reason)
        self.worked(8, 8000)
        few = self.open()
        self.assertIn("Not enough data", few.grey_reason)
        with self.assertRaises(UserError):
            few.action_new_agreement()
        free = self.make_employee(0)
        self.log(free, self.month(8), 100, project=self.project)
        self.assertIn("Cost rates are missing", self.open().grey_reason)

    def test_who_is_no_client_any_more_has_no_figures(self):
        self.worked(100, 8000)
        health = self.refresh(self.client)
        self.force(health, phase="past")
        action = health.with_user(self.boss).action_open_sheet()
        sheet = self.env["client.sheet"].browse(action["res_id"])
        self.assertIn("no client any more", sheet.grey_reason)

    def test_a_client_of_one_day_says_nothing_about_a_year(self):
        self.log(self.anna, self.today, 12, project=self.project)
        self.assertIn("(days: 1)", self.open().grey_reason)

    def test_a_client_of_some_months_has_figures_of_those(self):
        self.worked(50, 4000, self.ago(91))
        self.assertEqual(self.open().months, 3)

    def test_where_nothing_was_earned_the_price_alone_may_help(self):
        self.worked(20, 0)
        self.make_invoice(self.client, self.month(7), 500, refund=True)
        self.make_invoice(self.client, self.month(11), 200)
        sheet = self.open()
        self.assertLess(sheet.earned, 0)
        self.assertFalse(sheet.grey_reason)
        self.assertIn("1,846.16", sheet.by_price)
        self.assertIn("nothing was earned", sheet.by_hours)
        for lever in ("hours", "scope", "no_such", None):
            with self.assertRaises(UserError):
                sheet.action_use(lever)
        sheet.action_use("price")

    def test_figures_in_another_currency_are_not_carried_on(self):
        self.worked(100, 8000)
        sheet = self.open()
        other = self.env["res.currency"].with_context(active_test=False).search(
            [("id", "!=", sheet.currency_id.id)], limit=1
        )  # fmt: skip
        self.force(self.company, currency_id=other.id)
        with self.assertRaisesRegex(UserError, other.name):
            sheet.action_new_agreement()

    def test_each_figure_opens_its_records(self):
        self.worked(100, 8000)
        sheet = self.open()
        for column, model in {
            "earned": "client.health.evidence",
            "hours": "account.analytic.line",
            "rate": "client.health.evidence",
            "margin": "client.health.evidence",
        }.items():
            self.assertEqual(sheet.action_open_figure(column)["res_model"], model)
        for nothing in ("partner_id", "no_such", None):
            with self.assertRaises(UserError):
                sheet.action_open_figure(nothing)

    def test_managers_alone_open_it(self):
        self.worked(100, 8000)
        user = self.make_user("seller", "client_health.group_user")
        with self.assertRaises(AccessError):
            self.open(user=user)
        with self.assertRaises(AccessError):
            self.env["client.sheet"].with_user(user).create({})
        self.hide(self.client)
        with self.assertRaises(AccessError):
            self.open()

    def test_a_recovery_and_an_offboarding_open_it_too(self):
        self.worked(100, 8000)
        self.refresh(self.client)
        recovery = self.env["client.recovery"].create(
            {"partner_id": self.client.id, "user_id": self.boss.id}
        )
        action = recovery.with_user(self.boss).action_open_sheet()
        self.assertEqual(action["res_model"], "client.sheet")
        row = self.env["client.health.figure"].search(
            [("partner_id", "=", self.client.id)]
        )
        action = row.with_user(self.boss).action_open_sheet()
        self.assertEqual(action["res_model"], "client.sheet")


@tagged("post_install", "-at_install")
class TestHoursOnTheSheet(SheetCase):
    def lines(self):
        return {line.name: (line.sold, line.used) for line in self.open().line_ids}

    def test_hours_sold_stand_beside_hours_worked(self):
        self.worked(40, 4000)
        self.log(self.anna, self.today, 8, project=self.project)
        self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "date_start": self.month(9),
                "hours_sold": 20,
            }
        ).action_activate()
        task = self.make_task(self.project, name="Menu", allocated_hours=10)
        self.log(self.anna, self.ago(100), 4, task=task)
        lines = self.lines()
        self.assertEqual(lines["Agreement, this period"], (20, 8))
        self.assertEqual(lines["Agreement, full periods of twelve months"], (180, 44))
        self.assertEqual(lines["Menu"], (10, 4))
        self.assertEqual(lines["All hours in this period"], (0, 8))
        self.assertEqual(lines["All hours in twelve months"], (0, 52))

    def test_each_line_opens_its_hours(self):
        order = self.order(
            self.month(2), (self.service("prepaid", uom="uom.product_uom_hour"), 20, 90)
        )
        self.work(order, self.month(1), 15)
        self.worked(40, 4000)
        [line] = self.open().line_ids.filtered("sold")
        self.assertEqual((line.sold, line.used, line.percent), (20, 15, 75))
        opened = line.action_open()
        hours = self.env[opened["res_model"]].search(opened["domain"])
        self.assertEqual(sum(hours.mapped("unit_amount")), 15)
        everything = self.open().line_ids[-1].action_open()
        hours = self.env[everything["res_model"]].search(everything["domain"])
        self.assertEqual(sum(hours.mapped("unit_amount")), 55)

    def test_hours_are_counted_once_where_they_were_sold(self):
        self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "date_start": self.today - timedelta(days=20),
                "hours_sold": 20,
            }
        ).action_activate()
        prepaid = self.service("prepaid", uom="uom.product_uom_hour")
        by_time = self.service("time", uom="uom.product_uom_hour")
        order = self.order(self.ago(20), (prepaid, 20, 90), (by_time, 1, 90))
        self.work(order, self.ago(3), 5)
        self.work(order, self.ago(3), 7, line=1)
        self.log(self.anna, self.ago(3), 2, project=self.project)
        lines = self.lines()
        self.assertEqual(lines["Agreement, this period"], (20, 2))
        self.assertEqual(lines[order.name], (20, 5))
        self.assertEqual(lines["All hours in this period"], (0, 14))


@tagged("post_install", "-at_install", "client_health_bare")
class TestSheetWithoutHours(HealthCase):
    def test_a_client_without_hours_gets_a_sheet_that_says_so(self):
        client = self.make_client()
        self.make_project(client, day=self.ago(200))
        boss = self.make_user("boss", "client_health.group_manager")
        health = self.refresh(client).with_user(boss)
        health = health.with_context(allowed_company_ids=self.company.ids)
        action = health.action_open_sheet()
        sheet = health.env["client.sheet"].browse(action["res_id"])
        self.assertIn("No hours", sheet.grey_reason)
        self.assertFalse(sheet.by_price or sheet.month_price)
        for wanted in (sheet.action_new_agreement, lambda: sheet.action_use("price")):
            with self.assertRaises(UserError):
                wanted()
        words = self.env["client.hours.word"].with_company(self.company)
        self.assertFalse(words._tell(self.company))
