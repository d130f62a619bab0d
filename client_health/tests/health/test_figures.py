"""Figures: what each client earned, and totals that are right."""

import runpy
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo.exceptions import AccessError, UserError
from odoo.tools import file_path

from ..common import HealthCase
from ..facts import test_random_relations
from ..facts.oracle import Oracle
from ..stories.money_case import MoneyCase

EARNED = ("invoiced", "time", "fixed", "rest", "milestones")
SCRIPT = "client_health/migrations/19.0.1.7.0/post-figures.py"
SUMS = ("revenue", "earned", "cost", "result", "hours", "overdue")


class FiguresOracle:
    """Figures worked out from the facts of the slow oracle."""

    def __init__(self, env, client, company, today, required):
        facts = Oracle(env).facts(client, company, today)
        self.facts = {key: value for key, value in facts.items()}
        year = {
            key.removesuffix("_365"): value
            for key, value in facts.items()
            if key.endswith("_365")
        }
        get = year.get
        self.revenue, self.hours = get("revenue", 0), get("hours", 0)
        self.earned = sum(get(f"earned_{name}", 0) for name in EARNED)
        self.other_cost = get("other_cost", 0)
        self.cost = get("timesheet_cost", 0) + self.other_cost
        self.result = self.earned - self.cost
        self.overdue = facts.get("overdue", 0)
        net = self.earned - self.other_cost
        few = self.hours < 10
        unvalued = get("hours_unvalued", 0) > 0.2 * max(self.hours, 1)
        missing = required and net > 5 * required * max(self.hours, 1)
        without_cost = get("hours_without_cost", 0) > 0.2 * max(self.hours, 1)
        self.has_rate = not (few or unvalued or missing)
        self.has_margin = self.has_rate and not without_cost
        self.net = net

    @staticmethod
    def rate(figures):
        measured = [f for f in figures if f.has_rate]
        hours = sum(f.hours for f in measured)
        return sum(f.net for f in measured) / hours if hours else False

    @staticmethod
    def margin(figures):
        measured = [f for f in figures if f.has_margin]
        if not measured:
            return False
        earned = sum(f.earned for f in measured)
        if earned <= 0:
            return -100
        return max(-100, 100 * sum(f.result for f in measured) / earned)


class TestFiguresOfRandomWorlds(test_random_relations.TestRandomRelations):
    def setUp(self):
        super().setUp()
        self.app("account.move", "account.analytic.line:task_id", "sale.order")

    def assertEverything(self, clients, company, days=(0,)):
        """Instead of the facts: every figure, and every total over some clients."""
        self.refresh(clients, company)
        figures = self.env["client.health.figure"].with_context(
            allowed_company_ids=company.ids
        )
        mine = [("partner_id", "in", clients.ids), ("company_id", "=", company.id)]
        for number, client in enumerate(clients):
            client.category_id = self.env["res.partner.category"].create(
                {"name": f"Half {number % 2}"}
            )
        expected = {}
        for row in figures.search(mine):
            required = row.health_id.facts.get("required_rate")
            oracle = FiguresOracle(
                self.env, row.partner_id, company, self.today_in(company), required
            )
            expected[row.partner_id] = oracle
            for name in SUMS:
                self.assertCent(row[name], getattr(oracle, name), row, name)
            self.assertCent(row.rate, oracle.rate([oracle]), row, "rate")
            self.assertCent(row.margin, oracle.margin([oracle]), row, "margin")
            self.assertEqual(bool(row.rate_left_out), not oracle.has_rate)
            if row.rate_left_out:
                self.assertTrue(row.left_out, "it says why")
        measures = [*[f"{name}:sum" for name in SUMS], "rate:avg", "margin:avg"]
        for groupby in ([], ["tag_ids"], ["level"]):
            for *group, ids, found in figures._read_group(
                mine, groupby, ["id:recordset", "__count"]
            ):
                [totals] = figures._read_group([("id", "in", ids.ids)], [], measures)
                some = [expected[row.partner_id] for row in ids]
                self.assertEqual(len(some), found)
                for name, total in zip(SUMS, totals, strict=False):
                    whole = sum(getattr(one, name) for one in some)
                    self.assertCent(total, whole, group, name)
                self.assertCent(totals[-2], FiguresOracle.rate(some), group, "rate")
                self.assertCent(totals[-1], FiguresOracle.margin(some), group, "margin")
        self.assertMonths(clients, company, expected)

    def assertMonths(self, clients, company, expected):
        months = self.env["client.health.figure.month"].with_context(
            allowed_company_ids=company.ids
        )
        this = self.today_in(company).replace(day=1)
        for client in clients & self.env["res.partner"].union(*expected):
            rows = months.search(
                [("partner_id", "=", client.id), ("company_id", "=", company.id)]
            )
            by_date = {row.date: row for row in rows}
            facts = expected[client].facts
            for back in range(12):
                row = by_date.pop(this - relativedelta(months=back + 1), None)
                for name, keys in {
                    "revenue": ("revenue_months",),
                    "hours": ("hours_months",),
                    "earned": ("earned_work_months", "earned_invoiced_months"),
                    "cost": ("timesheet_cost_months", "other_cost_months"),
                }.items():
                    amount = sum(facts[key][back] for key in keys if key in facts)
                    self.assertCent(row[name] if row else 0, amount, client, name)
            self.assertFalse(by_date)

    def assertCent(self, found, expected, *what):
        if expected is False or found is False:
            self.assertEqual(found or 0, expected or 0, what)
        else:
            self.assertAlmostEqual(found, expected, 2, what)


class TestFigures(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.client_health_required_rate = 95
        cls.boss = cls.make_user(
            "boss", "client_health.group_manager", "base.group_allow_export"
        )
        cls.boss.group_ids += cls.env.ref("account.group_account_readonly")
        cls.boss.group_ids += cls.env.ref("hr_timesheet.group_hr_timesheet_approver")

    def worked(self, client, hours, invoiced, day=None):
        day = day or self.month(2)
        self.log(self.anna, day, hours, project=self.make_project(client))
        if invoiced:
            self.make_invoice(client, day, invoiced)
        self.refresh(client)

    def figures(self, clients, user=None):
        figures = self.env["client.health.figure"].with_user(user or self.boss)
        figures = figures.with_context(allowed_company_ids=self.company.ids)
        return figures.search([("partner_id", "in", clients.ids)])

    def total(self, clients, *measures):
        rows = self.figures(clients)
        return rows._read_group([("id", "in", rows.ids)], [], measures)[0]

    def test_a_rate_of_two_clients_is_their_money_over_their_hours(self):
        other = self.make_client("Other")
        self.worked(self.client, 90, 4500)
        self.worked(other, 10, 2000)
        rates = self.figures(self.client + other).mapped("rate")
        self.assertEqual(sorted(rates), [50, 200])
        rate, margin = self.total(self.client + other, "rate:avg", "margin:avg")
        self.assertAlmostEqual(rate, 65)
        self.assertAlmostEqual(margin, 100 * (6500 - 6000) / 6500)

    def test_what_is_grey_is_empty_says_why_and_is_in_no_total(self):
        other = self.make_client("Other")
        self.worked(self.client, 50, 5000)
        self.worked(other, 4, 4000)
        row = self.figures(other)
        self.assertIs(row.rate, False)
        self.assertIs(row.margin, False)
        self.assertIn("Not enough data", row.left_out)
        self.assertEqual(row.export_data(["rate"])["datas"], [[""]])
        self.assertEqual(row.revenue, 4000)
        rate, revenue, missing = self.total(
            self.client + other, "rate:avg", "revenue:sum", "rate_left_out:sum"
        )
        self.assertEqual((rate, revenue, missing), (100, 9000, 1))

    def test_reasons_of_many_clients_take_no_more_queries_than_of_one(self):
        clients = self.client + self.make_client("B") + self.make_client("C")
        for client in clients:
            self.worked(client, 4, 4000)

        def queries(rows):
            rows.mapped("left_out")  # what is read once for all
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(rows.mapped("left_out")))
            return self.env.cr.sql_log_count - before

        one, all_three = self.figures(self.client), self.figures(clients)
        self.assertEqual(queries(all_three), queries(one))

    def test_a_rate_is_shown_without_a_required_one(self):
        self.company.client_health_required_rate = 0
        self.worked(self.client, 50, 4000)
        row = self.figures(self.client)
        self.assertEqual((row.rate, row.rate_left_out), (80, 0))
        self.assertFalse(row.below_required)

    def test_a_rate_below_the_required_one_is_found(self):
        self.worked(self.client, 50, 4000)
        self.assertTrue(self.figures(self.client).below_required)

    def test_nothing_earned_and_money_credited_are_no_riddle(self):
        other = self.make_client("Other")
        self.worked(self.client, 20, 0)
        self.worked(other, 20, 0)
        self.make_invoice(other, self.month(2), 500, refund=True)
        self.refresh(other)
        row, credited = self.figures(self.client), self.figures(other)
        self.assertFalse(row.revenue)
        self.assertEqual(credited.revenue, -500)
        for one in row + credited:
            if one.margin_left_out:
                self.assertTrue(one.left_out)
            else:
                self.assertEqual(one.margin, -100)

    def test_shares_of_revenue_add_up_to_the_whole(self):
        other = self.make_client("Other")
        self.worked(self.client, 10, 3000)
        self.worked(other, 10, 1000)
        shares = [row.revenue_share for row in self.figures(self.client + other)]
        self.assertEqual(sorted(shares), [25, 75])

    def test_a_share_is_of_all_revenue_that_one_may_read(self):
        past, hidden = self.make_client("Past"), self.make_client("Hidden")
        for client, amount in ((self.client, 3000), (past, 1000), (hidden, 4000)):
            self.make_invoice(client, self.month(2), amount)
            self.refresh(client)
        past.active = False
        self.refresh(past)
        self.assertFalse(self.figures(past))
        self.assertEqual(self.figures(self.client).revenue_share, 37.5)
        self.hide(hidden)
        self.env.invalidate_all()
        self.assertEqual(self.figures(self.client).revenue_share, 75)

    def test_revenue_of_past_clients_ages(self):
        past = self.make_client("Past")
        self.worked(self.client, 10, 3000)
        self.make_invoice(past, self.month(2), 1000)
        self.make_invoice(past, self.ago(360), 2000)
        self.refresh(past)
        past.active = False
        self.refresh(past)
        self.assertEqual(self.figures(self.client).revenue_share, 50)
        later = self.today + timedelta(days=10)
        self.env["client.health"]._night(self.company).age_gone(later)
        self.env.invalidate_all()
        self.assertEqual(self.figures(self.client).revenue_share, 75)

    def test_an_upgrade_finds_the_figures_that_a_night_keeps(self):
        self.worked(self.client, 20, 3000)
        before = self.kept_figures()
        self.assertIn(3000, before)
        self.env.cr.execute("UPDATE client_health SET figures = NULL")
        runpy.run_path(file_path(SCRIPT))["migrate"](self.env.cr, "19.0.1.6.0")
        self.assertEqual(self.kept_figures(), before)

    def test_a_new_column_is_filled_as_it_is_made(self):
        self.worked(self.client, 20, 3000)
        before = self.kept_figures()
        self.env.cr.execute("ALTER TABLE client_health DROP COLUMN figures")
        self.env["client.health"].init()
        self.assertEqual(self.kept_figures(), before)

    def kept_figures(self):
        self.env.cr.execute(
            "SELECT figures FROM client_health WHERE partner_id = %s", [self.client.id]
        )
        return self.env.cr.fetchone()[0]

    def test_each_figure_opens_its_records(self):
        self.worked(self.client, 20, 3000)
        row = self.figures(self.client)
        for column, model in {
            "revenue": "account.move",
            "hours": "account.analytic.line",
            "rate": "client.health.evidence",
            "margin": "client.health.evidence",
        }.items():
            self.assertEqual(row.action_open_figure(column)["res_model"], model)
        for nothing in ("partner_id", "no_such_column", None, 7):
            with self.assertRaises(UserError):
                row.action_open_figure(nothing)

    def test_a_month_opens_the_records_of_that_month(self):
        self.worked(self.client, 20, 3000, self.month(2))
        self.worked(self.client, 30, 1000, self.month(3))
        action = self.figures(self.client).action_by_month()
        months = self.env[action["res_model"]].with_user(self.boss)
        rows = months.search(action["domain"])
        self.assertEqual(rows.mapped("date"), [self.month(2), self.month(3)])
        self.assertEqual(rows.mapped("rate"), [150, 1000 / 30])
        opened = rows[0].action_open_figure("revenue")
        moves = self.env["account.move"].search(opened["domain"])
        self.assertEqual(moves.mapped("amount_untaxed"), [3000])
        page = rows[1].action_open_figure("margin")
        lines = self.env["client.health.evidence"].browse(page["res_id"]).line_ids
        hours = lines.filtered(lambda line: line.model == "account.analytic.line")
        found = {i for line in hours for i in line.record_ids}
        spent = self.env["account.analytic.line"].browse(found).mapped("unit_amount")
        self.assertEqual(spent, [30])

    def test_days_late_of_several_clients_are_weighted_by_their_amounts(self):
        other = self.make_client("Other")
        for client, amount, late in ((self.client, 100, 10), (other, 300, 50)):
            for _number in range(3):
                day = self.ago(120)
                invoice = self.make_invoice(client, day, amount, due=day)
                self.pay(invoice, day + timedelta(days=late))
        self.refresh(self.client + other)
        [late] = self.total(self.client + other, "days_late:avg")
        self.assertAlmostEqual(late, 40)

    def test_managers_alone_see_figures_and_those_of_clients_they_may_read(self):
        self.worked(self.client, 20, 3000)
        user = self.make_user(
            "seller", "client_health.group_user", "base.group_allow_export"
        )
        for model in ("client.health.figure", "client.health.figure.month"):
            theirs = self.env[model].search([], limit=1).with_user(user)
            for action in (
                lambda theirs=theirs: theirs.search([]),
                lambda theirs=theirs: theirs._read_group([], [], ["rate:avg"]),
                lambda theirs=theirs: theirs.export_data(["rate"]),
            ):
                with self.assertRaises(AccessError):
                    action()
        with self.assertRaises(AccessError):
            self.figures(self.client).with_user(user).action_open_figure("margin")
        self.hide(self.client)
        self.assertFalse(self.figures(self.client))

    def test_another_company_has_figures_of_its_own(self):
        there = self.make_company("There")
        self.worked(self.client, 20, 3000)
        stranger = self.make_user("far", "client_health.group_manager", company=there)
        figures = self.env["client.health.figure"].with_user(stranger)
        found = figures.with_context(allowed_company_ids=there.ids).search([])
        self.assertFalse(found & self.figures(self.client))


class TestFiguresWithoutApps(HealthCase):
    def test_a_client_without_money_has_a_row_without_figures(self):
        client = self.make_client()
        self.make_project(client)
        self.refresh(client)
        row = self.env["client.health.figure"].search([("partner_id", "=", client.id)])
        self.assertEqual(len(row), 1)
        self.assertFalse(row.rate or row.margin or row.revenue or row.overdue)
        months = self.env["client.health.figure.month"]
        self.assertFalse(months.search([("partner_id", "=", client.id)]))
