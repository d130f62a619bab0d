"""What a search finds by health is what its reader reads, row by row."""

import operator

from odoo.tests import tagged

from .test_where_people_work import WorkCase

MANY = ("in", "not in")
COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@tagged("post_install", "-at_install")
class TestSearched(WorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        bad, good, fair, gone = cls.clients = cls.make_crowd(40, 0, 3, 40)
        cls.force(bad.health_id, trend=-12)
        cls.force(fair.health_id, trend=5)
        nobody = cls.make_client("No client of ours yet")
        people = cls.make_contact(bad) | cls.make_contact(gone)
        cls.hide(gone)
        contacts = bad | good | fair | nobody | people
        about = [
            {"name": "Sail", "partner_id": partner.id, "company_id": cls.company.id}
            for partner in (*contacts, gone, cls.env["res.partner"])
        ]
        cls.records = {"res.partner": (contacts, "health_level")}
        for model in ("crm.lead", "project.project"):
            cls.records[model] = (cls.env[model].create(about), "client_health_level")

    def fields_of(self, model):
        prefix = "" if model == "res.partner" else "client_"
        names = (
            "health_score", "health_level", "health_trend", "health_phase",
            "red_flag_count",
        )  # fmt: skip
        names = [prefix + name for name in names]
        return [name for name in names if name in self.env[model]._fields]

    def test_every_condition_finds_what_is_read(self):
        for model, (records, level) in self.records.items():
            mine = records.with_user(self.user)
            domain = [("id", "in", mine.ids)]
            for name in self.fields_of(model):
                read = {row["id"]: row for row in mine.read([name, level])}
                values = {row[name] for row in read.values()}
                asked = [
                    *((sign, value) for value in values for sign in ("=", "!=")),
                    # together, 0 and False are one value to a set
                    *((s, [v, False]) for v in values for s in MANY if v != 0),
                    *((sign, [value]) for value in values for sign in MANY),
                    ("=", False),
                    ("!=", False),
                ]
                if mine._fields[name].type == "integer":
                    figures = {*values, 0, 50, -1}
                    asked += [(sign, value) for value in figures for sign in COMPARE]
                for sign, value in asked:
                    with self.subTest(model=model, field=name, asked=(sign, value)):
                        expected = {
                            id_
                            for id_, row in read.items()
                            if meets(row[name] if row[level] else False, sign, value)
                        }
                        found = mine.search([*domain, (name, sign, value)])
                        self.assertEqual(set(found.ids), expected)

    def test_every_group_opens_what_it_counts(self):
        for model, (records, _level) in self.records.items():
            mine = records.with_user(self.user)
            domain = [("id", "in", mine.ids)]
            for name in self.fields_of(model):
                with self.subTest(model=model, field=name):
                    groups = mine.formatted_read_group(domain, [name], ["__count"])
                    self.assertEqual(sum(g["__count"] for g in groups), len(mine))
                    self.assertGreater(len(groups), 1)
                    for group in groups:
                        opened = [*domain, *group["__extra_domain"]]
                        self.assertEqual(mine.search_count(opened), group["__count"])

    def test_paths_lead_to_the_health_and_no_further_than_one_may(self):
        contacts, _level = self.records["res.partner"]
        bad, good, fair, gone = self.clients
        person = contacts.filtered(lambda contact: contact.parent_id == bad)
        hidden = contacts.filtered(lambda contact: contact.parent_id == gone)
        known = bad | good | fair | person
        # the rules do not count for the superuser
        for user, more in ((self.user, hidden.browse()), (self.env.user, hidden)):
            mine = contacts.with_user(user)
            domain = [("id", "in", mine.ids)]
            for path, value, expected in (
                ("health_id.score", 0, bad | person | more),
                ("health_id.partner_id.name", bad.name, bad | person),
                ("health_id.company_id.name", self.company.name, known | more),
            ):
                with self.subTest(user=user.name, path=path):
                    found = mine.search([*domain, (path, "=", value)])
                    self.assertEqual(set(found.ids), set(expected.ids))
            above = good | fair
            for sign, expected in (("any", above), ("not any", contacts - above)):
                found = mine.search(
                    [*domain, ("health_id", sign, [("score", ">", 50)])]
                )
                self.assertEqual(set(found.ids), set(expected.ids))


def meets(value, sign, asked):
    """What a condition means to those who read the value; without a health it is
    False, which is no 0 and neither above nor below anything."""
    if sign in COMPARE:
        return value is not False and COMPARE[sign](value, asked)
    asked = asked if isinstance(asked, list) else [asked]
    among = any(value == one and (value is False) == (one is False) for one in asked)
    return among == (sign in ("=", "in"))
