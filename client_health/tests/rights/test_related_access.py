"""The one method of the ORM that is overridden: Odoo still needs it, and it holds."""

import inspect

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.tests import tagged

from ..extensions.test_where_people_work import WorkCase

LEVEL = {
    "res.partner": "health_level",
    "res.users": "health_level",
    "crm.lead": "client_health_level",
    "project.project": "client_health_level",
}
SCORE = {model: name.replace("level", "score") for model, name in LEVEL.items()}


@tagged("post_install", "-at_install")
class TestRelatedAccess(WorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_crowd(40)
        cls.portal = cls.make_user("harbour", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.client

    def ways(self, records):
        """Every way to learn a level or a score of records by RPC."""
        level, score = LEVEL[records._name], SCORE[records._name]
        one = [("id", "in", records.ids)]
        group = records.formatted_read_group
        ways = {
            "read": lambda: records.read([level]),
            "search a level": lambda: records.search([*one, (level, "=", "critical")]),
            "search a score": lambda: records.search([*one, (score, "<", 50)]),
            "sort": lambda: records.search(one, order=f"{level}, id"),
            "group": lambda: group(one, [level], ["__count"]),
            "sum": lambda: group(one, [], [f"{score}:avg"]),
        }
        if records._name in ("res.partner", "res.users"):
            path = [*one, ("health_id.score", "=", 0)]
            ways["search a path"] = lambda: records.search(path)
            ways["sort by a record"] = lambda: records.search(one, order="health_id")
            ways["name records"] = lambda: group(one, [], ["health_id:array_agg"])
        else:
            path = [*one, ("partner_id.health_level", "=", "critical")]
            ways["search a path"] = lambda: records.search(path)
            ways["group by a path"] = lambda: group(
                one, ["partner_id.health_level"], ["__count"]
            )
        return ways

    def records(self, model):
        if model == "res.partner":
            return self.client
        if model == "res.users":
            return self.portal
        return self.env[model].search([("partner_id", "=", self.client.id)])

    def assertClosed(self, records):
        for what, way in self.ways(records).items():
            with self.subTest(what, model=records._name, user=records.env.user.login):
                self.env.invalidate_all()
                self.assertRaises(AccessError, way)

    def test_who_is_not_in_the_group_learns_nothing_in_any_way(self):
        for records in (self.client, self.portal):
            self.assertClosed(records.with_user(self.portal))
        for model in LEVEL:
            self.assertClosed(self.records(model).with_user(self.colleague))

    def test_no_company_is_followed_that_the_user_is_not_of(self):
        self.env.ref("base.res_partner_rule").active = False
        there = self.make_company("There", "Europe/London")
        self.make_tasks(self.client, 0, company=there)
        foreign = self.refresh(self.client, there)
        self.assertEqual(foreign.level, "healthy")
        for model in LEVEL:
            records = self.records(model).with_user(self.user)
            self.assertClosed(records.with_context(allowed_company_ids=there.ids))
            self.assertClosed(records.with_company(there))
        # those who are of that company see it
        self.user.company_ids |= there
        self.env.invalidate_all()
        client = self.client.with_user(self.user).with_company(there)
        self.assertEqual(client.health_level, "healthy")
        self.assertEqual(client.with_company(self.company).health_level, "critical")

    def test_odoo_itself_does_not_ask(self):
        """When this fails, Odoo has changed its method: look whether the override is
        still needed, and still fits."""
        original = BaseModel._traverse_related_sql
        self.assertEqual(
            [*inspect.signature(original).parameters],
            ["self", "alias", "field", "query"],
        )
        partners = self.client.with_user(self.portal)
        group = self.ways(partners)["group"]
        self.assertRaises(AccessError, group)
        self.patch(self.env.registry["res.partner"], original.__name__, original)
        self.assertEqual(group()[0]["health_level"], "critical")
