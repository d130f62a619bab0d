"""Receivables in Figures: for whoever may read the invoices, and those columns only."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import HealthCase

USER = "client_health.group_user"


@tagged("post_install", "-at_install")
class TestReceivables(HealthCase):
    books = True

    def setUp(self):
        super().setUp()
        self.app("account.move", "sale.order")
        self.seller = self.make_user(
            "owed_seller", USER, "sales_team.group_sale_salesman"
        )
        self.boss = self.make_user("owed_boss", "client_health.group_manager")
        self.mine = self.owing("Harbour", 1000)
        self.theirs = self.owing("Quay", 3000, self.boss)
        self.refresh(self.mine + self.theirs)

    def owing(self, name, amount, seller=None):
        """A client with three open invoices, which the seller may read, or another."""
        client = self.make_client(name)
        for days in (300, 200, 100):
            self.make_invoice(client, self.ago(days), amount, due=self.ago(days - 30))
        moves = self.env["account.move"].search([("partner_id", "=", client.id)])
        moves.invoice_user_id = seller or self.seller
        return client

    def rows(self, user):
        rows = self.env["client.health.receivable"].with_user(user)
        rows = rows.with_context(allowed_company_ids=self.company.ids)
        return rows.search([("partner_id", "in", (self.mine + self.theirs).ids)])

    def total(self, user):
        domain = [("partner_id", "in", (self.mine + self.theirs).ids)]
        rows = self.rows(user)
        [found] = rows._read_group(domain, [], ["overdue:sum", "days_late:avg"])
        return found

    def figures(self):
        rows = self.env["client.health.figure"].search(
            [("partner_id", "in", (self.mine + self.theirs).ids)]
        )
        return {row.partner_id: row for row in rows}

    def test_a_salesperson_sees_what_clients_owe_whose_invoices_are_theirs_to_read(
        self,
    ):
        row = self.rows(self.seller)
        self.assertEqual(row.partner_id, self.mine)
        figure = self.figures()[self.mine]
        for name in ("overdue", "overdue_days", "days_late", "measured_paid"):
            self.assertEqual(row[name], figure[name], name)
        self.assertEqual(row.overdue, 3000)
        opened = row.action_open_figure("overdue")
        self.assertEqual(opened["res_model"], "account.move")
        self.assertEqual(len(opened["domain"][0][2]), 3)
        for name in ("overdue_days", "days_late", "measured_paid"):
            self.assertTrue(row.action_open_figure(name)["res_model"], name)

    def test_totals_are_of_what_one_may_read_only(self):
        self.assertEqual(self.total(self.seller)[0], 3000)
        self.assertEqual(self.total(self.boss)[0], 12000)
        late = self.figures()[self.mine].days_late
        self.assertAlmostEqual(self.total(self.seller)[1], late)

    def test_whoever_may_read_some_of_the_invoices_sees_no_sum_of_them(self):
        moves = self.env["account.move"].search([("partner_id", "=", self.mine.id)])
        moves[0].invoice_user_id = self.boss
        self.assertFalse(self.rows(self.seller))
        self.assertFalse(self.total(self.seller)[0])
        mine = self.refresh(self.mine).with_user(self.seller)
        mine = mine.with_context(allowed_company_ids=self.company.ids)
        reasons = {
            figure["code"]: figure["reason"]
            for check in mine.explain()["checks"]
            for figure in check["indicators"]
            if figure["private"]
        }
        self.assertIn("may read all invoices", reasons["overdue"])
        self.assertEqual(reasons["margin"], "For managers only.")

    def test_whoever_may_read_no_invoices_sees_nothing(self):
        plain = self.make_user("owed_plain", USER)
        self.assertFalse(self.rows(plain))
        colleague = self.make_user("owed_colleague", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.rows(colleague)

    def test_the_menu_opens_what_one_may_see(self):
        menu = self.env.ref("client_health.client_health_figure_menu")
        for user, model in (
            (self.seller, "client.health.receivable"),
            (self.boss, "client.health.figure"),
        ):
            self.assertIn(menu.id, menu.with_user(user)._visible_menu_ids())
            self.assertEqual(menu.action.with_user(user).run()["res_model"], model)

    def test_the_columns_are_the_same_rule_as_the_page(self):
        health = self.refresh(self.mine)
        for user, told in ((self.seller, True), (self.make_user("none", USER), False)):
            mine = health.with_user(user)
            mine = mine.with_context(allowed_company_ids=self.company.ids)
            checks = {check["code"]: check for check in mine.explain()["checks"]}
            figures = {i["code"]: i for i in checks["profit"]["indicators"]}
            self.assertEqual(figures["overdue"]["value"] is not None, told)
            self.assertEqual(bool(self.rows(user)), told)
