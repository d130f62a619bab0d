from odoo.tests import tagged

from ..common import ScreenCase


@tagged("post_install", "-at_install")
class TestRoundUi(ScreenCase):
    """Where people already work, in a real browser."""

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
        self.env["client.health.check"].search(
            [("code", "=", "progress")]
        ).floor_level = "critical"

    def user(self, *groups):
        user = self.make_user(
            "keeper",
            "base.group_partner_manager",
            "sales_team.group_sale_salesman_all_leads",
            *groups,
            company=self.company,
        )
        self.make_deal(self.client, user_id=user.id, name="A longer quay")
        self.env["crm.team"].create(
            {
                "name": "The quay",
                "company_id": self.company.id,
                "member_ids": [(4, user.id)],
            }
        )
        self.client.user_id = user
        self.refresh(self.client)
        return user

    def test_the_morning_round_of_a_salesperson(self):
        user = self.user("client_health.group_user")
        health = self.client.health_id
        self.assertEqual(health.level, "critical")
        flag = health.flag_ids
        self.assertEqual(flag.state, "open")
        self.start_tour("/odoo/crm", "client_health_morning_round", login="keeper")
        flag.invalidate_recordset()
        self.assertEqual((flag.state, flag.user_id), ("acknowledged", user))

    def test_from_the_team_to_its_critical_clients(self):
        self.user("client_health.group_user", "sales_team.group_sale_manager")
        self.start_tour(
            "/odoo/action-sales_team.crm_team_action_pipeline",
            "client_health_team_round",
            login="keeper",
        )

    def test_without_the_group_the_pipeline_shows_nothing_of_it(self):
        self.user()
        self.start_tour("/odoo/crm", "client_health_pipeline_as_ever", login="keeper")
