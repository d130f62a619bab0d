"""Figures in groups: each total is that of the group's clients, added up by hand."""

from collections import defaultdict

from ..stories.money_case import MoneyCase

# Client → seller, tags, hours and what was invoiced in a month: months ago → amount.
WORLD = {
    "One": ("ann", ("Big", "Old"), 40, {2: 4000, 3: 1500}),
    "Two": ("ann", ("Old",), 25, {2: 1000}),
    "Three": ("bob", ("Big",), 10, {4: 2500}),
    "Four": ("bob", (), 60, {3: 300}),
    "Few hours": ("cas", ("Big",), 2, {2: 7000}),
}
FEW = "Few hours"  # too few for a rate: in no total of rates


class TestFiguresInGroups(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sellers, tags, cls.clients = {}, {}, {}
        for name, (seller, its_tags, hours, invoiced) in WORLD.items():
            if seller not in sellers:
                user = cls.make_user(seller, "client_health.group_user")
                team = cls.env["crm.team"].create({"name": f"Team of {seller}"})
                team.member_ids = user
                sellers[seller] = user
            client = cls.make_client(name)
            client.user_id = sellers[seller]
            for tag in its_tags:
                if tag not in tags:
                    tags[tag] = cls.env["res.partner.category"].create({"name": tag})
                client.category_id += tags[tag]
            project = cls.make_project(client)
            cls.log(cls.anna, cls.month(2), hours, project=project)
            for ago, amount in invoiced.items():
                cls.make_invoice(client, cls.month(ago), amount)
            cls.clients[client] = name
        cls.everybody = cls.env["res.partner"].union(*cls.clients)
        cls.refresh(cls.everybody)
        cls.domain = [("partner_id", "in", cls.everybody.ids)]
        cls.figures = cls.env["client.health.figure"]

    def sums(self, names):
        """Revenue, hours, rate and clients without a rate, of some clients."""
        revenue = sum(sum(WORLD[name][3].values()) for name in names)
        hours = sum(WORLD[name][2] for name in names)
        rated = [name for name in names if name != FEW]
        money = sum(sum(WORLD[name][3].values()) for name in rated)
        worked = sum(WORLD[name][2] for name in rated)
        return revenue, hours, money / worked if rated else False, FEW in names

    def assertGroups(self, groupby, key):
        """``key``: health → the groups it is in."""
        expected = defaultdict(list)
        for row in self.figures.search(self.domain):
            for group in key(row.health_id):
                expected[group].append(self.clients[row.partner_id])
        found = self.figures._read_group(
            self.domain,
            [groupby],
            ["revenue:sum", "hours:sum", "rate:avg", "rate_left_out:sum"],
        )
        self.assertGreater(len(found), 1)
        self.assertEqual({group for group, *_totals in found}, set(expected))
        for group, revenue, hours, rate, left_out in found:
            names = expected[group]
            whole = self.sums(names)
            self.assertAlmostEqual(revenue, whole[0], 2, names)
            self.assertAlmostEqual(hours, whole[1], 2, names)
            self.assertAlmostEqual(rate or 0, whole[2] or 0, 2, names)
            self.assertEqual(left_out, whole[3], names)

    def test_by_salesperson(self):
        self.assertGroups("user_id", lambda health: [health.partner_id.user_id])

    def test_by_team(self):
        self.assertGroups(
            "team_id", lambda health: [health.partner_id.user_id.sale_team_id]
        )

    def test_by_level(self):
        self.force(self.everybody[:2].health_id, level="critical")
        self.assertGroups("level", lambda health: [health.level])

    def test_by_tag_a_client_counts_once_for_each_of_its_tags(self):
        nothing = self.env["res.partner.category"]
        self.assertGroups(
            "tag_ids", lambda health: health.partner_id.category_id or [nothing]
        )

    def test_by_month(self):
        expected = defaultdict(float)
        for _seller, _tags, _hours, invoiced in WORLD.values():
            for ago, amount in invoiced.items():
                expected[self.month(ago)] += amount
        found = self.env["client.health.figure.month"]._read_group(
            self.domain, ["date:month"], ["revenue:sum", "hours:sum"]
        )
        self.assertEqual({day: total for day, total, _hours in found}, dict(expected))
        hours = {day: worked for day, _total, worked in found}
        self.assertEqual(hours[self.month(2)], sum(its[2] for its in WORLD.values()))
