"""Demonstration clients who pay or work in another way: nothing of them is red."""

from odoo.tests import tagged

from ...demo import arrangements, people, work
from ...demo.builder import Builder
from ..common import HealthCase

FIGURES = ("margin", "effective_rate", "loss_months", "revenue_trend", "buying_gap")


@tagged("post_install", "-at_install")
class TestArrangements(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.builder = Builder(cls.env)
        people.make_staff(cls.builder)
        cls.builder.stages, _new = cls.builder.make(
            "project.task.type",
            {
                name: {"name": label, "fold": fold, "user_id": False}
                for name, (label, fold) in work.STAGES.items()
            },
        )
        arrangements.make(cls.builder)
        found = [cls.builder.partners.get(key) for key in arrangements.KEYS]
        cls.clients = cls.env["res.partner"].union(*filter(None, found))

    def setUp(self):
        super().setUp()
        self.app("account.move", "sale.order", "project.task:effective_hours")
        if not self.clients:
            self.skipTest("needs books in the main company")

    def scored(self, day=None):
        healths = self.refresh(self.clients, self.builder.company, day)
        return {health.partner_id: health for health in healths}

    def figures(self, client):
        """Code → figure as the explanation has it."""
        [health] = self.scored()[client]
        checks = health.explain()["checks"]
        return {i["code"]: i for check in checks for i in check["indicators"]}

    def test_each_of_them_is_there(self):
        self.assertEqual(len(self.clients), len(arrangements.KEYS))

    def test_none_of_them_is_red_nor_at_risk(self):
        for client, health in self.scored().items():
            with self.subTest(client=client.name):
                told = health.flag_ids.mapped("sentence")
                self.assertEqual(health.red_flag_count, 0, told)
                self.assertIn(health.level, ("healthy", "watch", "unknown"), told)
                self.assertNotIn("profit", health.flag_ids.check_id.mapped("code"))

    def test_none_of_them_was_red_in_the_year_before(self):
        days = [self.builder.month_end(month) for month in range(10, 0, -3)]
        for day in days:
            for client, health in self.scored(day).items():
                kept = health.snapshot_ids.filtered(lambda s, day=day: s.date == day)
                red = [
                    code
                    for code, said in (kept.points or {}).items()
                    if said["level"] == "red"
                ]
                self.assertEqual(red, [], (client.name, day))

    def test_the_figures_are_those_that_an_account_manager_expects(self):
        """The retainer earns by the year, media is neither earned nor cost, a season is
        no trend, and the milestone order is not measured before its first one."""
        by_name = {client.name: self.figures(client) for client in self.clients}
        retainer = by_name["Marigold Almanacs"]
        self.assertEqual(retainer["loss_months"]["value"] or 0, 0)
        self.assertGreater(retainer["margin"]["value"], 0.5)
        media = by_name["Beacon Street Theatre"]["margin"]["value"]
        self.assertAlmostEqual(media, 1 - 11 * 55 / 1500, delta=0.01)
        season = by_name["Tidewater Lido"]["revenue_trend"]
        self.assertIn(season["penalty"], (0, None))
        self.assertIsNone(by_name["Copperfield Bridges"]["margin"]["value"])
        evergreen = by_name["Fernhill Nurseries"]
        for code in ("standstill", "stalled_tasks"):
            self.assertIn(evergreen[code]["penalty"], (0, None), code)
