"""The dashboard: for managers, and every picture of it can be drawn."""

import json

from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.client_health.tests.common import HealthCase


@tagged("post_install", "-at_install")
class TestDashboard(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.make_user("dash_boss", "client_health.group_manager")
        cls.dashboard = cls.env.ref(
            "client_health_dashboard.spreadsheet_dashboard_client_health"
        )
        cls.drawn = json.loads(cls.dashboard.spreadsheet_data)

    def test_managers_alone_find_it(self):
        user = self.make_user("dash_user", "client_health.group_user")
        for who, found in ((self.boss, True), (user, False)):
            dashboards = self.env["spreadsheet.dashboard"].with_user(who)
            mine = dashboards.search([("id", "=", self.dashboard.id)])
            self.assertEqual(bool(mine), found, who.login)

    def test_every_picture_is_read_by_a_manager(self):
        charts = [
            figure["data"]
            for sheet in self.drawn["sheets"]
            for figure in sheet["figures"]
            if figure["data"]["type"] != "scorecard"
        ]
        self.assertEqual(len(charts), 7)
        for chart in charts:
            about, asked = chart["metaData"], chart["searchParams"]
            measure = about["measure"]
            model = self.env[about["resModel"]].with_user(self.boss)
            if measure != "__count":
                measure = f"{measure}:{model._fields[measure].aggregator}"
            with self.subTest(chart["title"]["text"]):
                model.formatted_read_group(
                    Domain(asked["domain"]), about["groupBy"], [measure]
                )

    def test_every_number_is_read_by_a_manager(self):
        for pivot in self.drawn["pivots"].values():
            model = self.env[pivot["model"]].with_user(self.boss)
            for measure in pivot["measures"]:
                name = measure["fieldName"]
                spec = name if name == "__count" else measure["id"]
                with self.subTest(pivot["name"]):
                    model.formatted_read_group(Domain(pivot["domain"]), [], [spec])

    def test_every_picture_opens_a_menu_that_managers_have(self):
        figures = {f["id"] for s in self.drawn["sheets"] for f in s["figures"]}
        menus = self.drawn["chartOdooMenusReferences"]
        self.assertEqual(figures, set(menus))
        visible = self.env["ir.ui.menu"].with_user(self.boss)._visible_menu_ids()
        for menu in menus.values():
            self.assertIn(self.env.ref(menu).id, visible, menu)
