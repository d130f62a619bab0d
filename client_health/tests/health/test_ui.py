from odoo.tests import tagged

from ..common import ScreenCase


@tagged("post_install", "-at_install")
class TestUi(ScreenCase):
    """The main ways through the screens, in a real browser."""

    def setUp(self):
        super().setUp()
        self.client = self.make_client("Harbour Lights")
        project = self.make_project(self.client, day=self.ago(300))
        for number in range(4):
            self.make_task(
                project,
                name=f"Rope and rudder {number}",
                day=self.ago(200),
                moved=self.ago(150),
            )

    def user(self, *groups):
        return self.make_user(
            "keeper",
            "base.group_partner_manager",
            "project.group_project_user",
            *groups,
            company=self.company,
        )

    def test_a_user_goes_from_the_clients_to_the_stalled_tasks(self):
        self.refresh(self.client)
        self.user("client_health.group_user")
        self.start_tour(
            "/odoo/client-health", "client_health_red_flag_tasks", login="keeper"
        )

    def test_a_manager_goes_from_the_clients_to_the_unpaid_invoices(self):
        self.app("account.move")
        for days in (300, 200, 100):
            self.make_invoice(self.client, self.ago(days), 1000)
        self.refresh(self.client)
        self.user("client_health.group_manager", "account.group_account_invoice")
        self.start_tour(
            "/odoo/client-health", "client_health_red_flag_invoices", login="keeper"
        )

    def test_the_contact_shows_its_health_and_why(self):
        self.company.client_health_min_coverage = 10  # a score on both days
        self.refresh(self.client)
        self.refresh(self.client, as_of=self.ago(140))
        self.user("client_health.group_user")
        self.start_tour(
            f"/odoo/res.partner/{self.client.id}",
            "client_health_partner_page",
            login="keeper",
        )

    def test_a_user_without_the_group_sees_nothing_of_it(self):
        self.refresh(self.client)
        self.user()
        self.start_tour(
            f"/odoo/res.partner/{self.client.id}",
            "client_health_without_group",
            login="keeper",
        )
