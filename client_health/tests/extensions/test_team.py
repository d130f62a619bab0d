"""Clients by level and open flags on the cards of sales teams."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_where_people_work import WorkCase


@tagged("post_install", "-at_install")
class TestTeams(WorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("seller", "sales_team.group_sale_salesman")
        cls.team = cls.make_team("Here", cls.seller)
        cls.clients = cls.make_crowd(40, 40, 6, 3, 0, user=cls.seller)

    @classmethod
    def make_team(cls, name, *members):
        return cls.env["crm.team"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "member_ids": [(4, member.id) for member in members],
            }
        )

    def figures(self, team=None, user=None):
        team = (team or self.team).with_user(user or self.user)
        team.invalidate_recordset(["client_health_figures"])
        figures = team.client_health_figures
        if not figures:
            return figures
        levels = {item["level"]: item["count"] for item in figures["levels"]}
        return figures["clients"], levels, figures["flags"]

    def test_a_team_shows_its_clients_by_level_and_its_open_flags(self):
        # 40 and 6 of 40 tasks raise a flag, 3 of 40 do not
        self.assertEqual(
            self.figures(), (5, {"critical": 3, "watch": 1, "healthy": 1}, 3)
        )
        order = [
            item["level"]
            for item in self.team.with_user(self.user).client_health_figures["levels"]
        ]
        self.assertEqual(order, ["critical", "watch", "healthy"])

    def test_who_left_and_what_is_snoozed_or_cleared_is_not_counted(self):
        self.force(self.clients[0].health_id, phase="ended")
        self.assertEqual(
            self.figures(), (4, {"critical": 2, "watch": 1, "healthy": 1}, 2)
        )
        for flag, state in zip(
            self.clients[1:3].health_id.flag_ids, ("snoozed", "cleared"), strict=True
        ):
            flags = self.figures()[2]
            self.force(flag, state="acknowledged")
            self.assertEqual(self.figures()[2], flags)
            self.force(flag, state=state)
            self.assertEqual(self.figures()[2], flags - 1)

    def test_a_team_without_clients_shows_nothing(self):
        self.assertFalse(self.figures(self.make_team("Empty")))

    def test_the_figures_lead_to_the_very_lists(self):
        team = self.team.with_user(self.user)
        self.force(self.clients[0].health_id, phase="ended")
        self.force(self.clients[1].health_id.flag_ids, state="snoozed")
        clients, levels, flags = self.figures()

        def count(action):
            domain = action["domain"]
            return (
                self.env[action["res_model"]].with_user(self.user).search_count(domain)
            )

        self.assertEqual(count(team.action_open_client_health()), clients)
        for level, number in levels.items():
            self.assertEqual(count(team.action_open_client_health(level)), number)
        self.assertEqual(count(team.action_open_client_flags()), flags)
        self.assertEqual((clients, flags), (4, 1))

    def test_clients_of_other_companies_and_hidden_ones_are_not_counted(self):
        other = self.make_company("There", "Pacific/Auckland")
        self.make_tasks(self.clients[4], 40, company=other)
        self.refresh(self.clients[4], other)
        self.assertEqual(self.figures()[0], 5)
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.clients[0].id})]",
                "groups": [(4, self.env.ref("client_health.group_user").id)],
            }
        )
        self.assertEqual(self.figures()[::2], (4, 2))

    def test_only_for_the_group(self):
        theirs = self.team.with_user(self.colleague)
        self.assertNotIn("client_health_figures", theirs.fields_get())
        for action, *args in (
            (theirs.read, ["client_health_figures"]),
            (theirs.action_open_client_health,),
            (theirs.action_open_client_flags,),
        ):
            with self.assertRaises(AccessError):
                action(*args)

    def test_all_teams_are_counted_in_one_query(self):
        teams = self.team
        for number in range(6):
            seller = self.make_user(f"seller{number}", "base.group_user")
            teams += self.make_team(f"Team {number}", seller)
            self.make_crowd(6, 0, user=seller)

        def queries(teams):
            teams = teams.with_user(self.user)
            self.env.flush_all()
            self.env.invalidate_all()
            teams.check_access("read")
            self.env["client.health"].with_user(self.user)._search([])
            before = self.env.cr.sql_log_count
            self.assertTrue(all(teams.mapped("client_health_figures")))
            return self.env.cr.sql_log_count - before

        queries(teams)
        self.assertEqual(queries(teams), 1)
        self.assertEqual(queries(self.team), 1)
