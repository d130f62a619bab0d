"""What somebody can work out about money who is not to see it."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...engine.codec import EncodedFacts, FactCodec
from ...engine.reader import Reader
from ..common import HealthCase, installed

MARGIN = 0.1234
REVENUE = 50000.0
# Everything else that the default checks read here: nobody minds it being seen.
OPEN_FACTS = {
    "client_turns_90": 10,
    "client_turns_on_time_90": 7,
    "talks_elsewhere": 0,
    "open_tasks": 8,
    "due_tasks": 8,
    "stalled_tasks_30": 3,
    "days_since_task_move": 45,
    "days_late_365": 7,
    "paid_invoices_365": 5,
}
SEEN_BY_USERS = (
    "client.health",
    "client.health.flag",
    "client.health.snapshot",
    "client.health.month",
    "client.health.check",
    "client.health.indicator",
)


class Unknown(Exception):
    """Something that the attacker would need is not there."""


def known(value):
    if value is None:
        raise Unknown
    return value


def work_out_the_figure(explanation, code="profit"):
    """What an attacker makes of an explanation: the value that drives a check.

    First what the check costs, by adding up the others, and from that with weight
    and limits the figure. Raises Unknown where something is missing.
    """
    checks = [c for c in explanation["checks"] if c["level"] != "grey"]
    [target] = [c for c in checks if c["code"] == code]
    total = sum(known(c["weight"]) for c in checks)
    lost = (100 - explanation["score"]) / 100 * total
    others = sum(c["weight"] * known(c["penalty"]) for c in checks if c["code"] != code)
    penalty = (lost - others) / target["weight"]
    driver = known(target["driver"])
    [figure] = [i for i in target["indicators"] if i["code"] == driver]
    watch, red = known(figure["watch"]), known(figure["red"])
    return watch + (penalty - 0.5) / 0.5 * (red - watch)


def numbers(data):
    """All numbers in some nested data, also those written in texts."""
    if isinstance(data, dict):
        for value in data.values():
            yield from numbers(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from numbers(value)
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield data


@tagged("post_install", "-at_install")
class TestMoney(HealthCase):
    """One client whose margin is the only figure about money, and a user who
    tries to find it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user(
            "curious", "client_health.group_user", "base.group_allow_export"
        )
        cls.manager = cls.make_user("knowing", "client_health.group_manager")
        cls.client = cls.make_client("Harbour", user_id=cls.user.id)
        cls.make_deal(cls.client, day=cls.ago(60))
        cls.facts = {
            **OPEN_FACTS,
            "earned_invoiced_365": REVENUE,
            "timesheet_cost_365": REVENUE * (1 - MARGIN),
            "other_cost_365": 0,
            "hours_365": 700,
            "hours_without_cost_365": 0,
            "hours_unvalued_365": 0,
        }
        cls.health = cls.score(cls.ago(40))
        cls.health = cls.score()
        cls.flag = cls.health.flag_ids.filtered(lambda f: f.check_id.code == "profit")
        cls.profit = cls.flag.check_id
        assert cls.flag.driver_id.code == "margin", cls.flag.mapped("sentence")

    @classmethod
    def score(cls, day=None):
        """Score the client as if its records had yielded ``cls.facts``."""

        def read(reader, scope):
            keys = set(map(str, reader.config().keys))
            facts = {key: cls.facts[key] for key in keys & set(cls.facts)}
            codec = FactCodec.of([facts])
            text = codec.encode(facts)
            return EncodedFacts(codec, dict.fromkeys(scope.clients, text))

        with patch.object(Reader, "read_scope", read):
            return cls.refresh(cls.client, as_of=day)

    def by(self, user, record=None):
        record = self.health if record is None else record
        return record.with_user(user).with_context(
            allowed_company_ids=self.company.ids, lang="en_US"
        )

    def test_points_weights_and_limits_tell_a_limit_that_was_passed_no_more(self):
        explanation = self.by(self.manager).explain()
        [margin] = [
            item
            for check in explanation["checks"]
            for item in check["indicators"]
            if item["code"] == "margin"
        ]
        found = work_out_the_figure(explanation)
        self.assertAlmostEqual(found, margin["watch"], delta=0.02)
        self.assertGreater(abs(found - MARGIN), 0.05)

    def test_a_user_cannot_work_it_out_from_the_explanation(self):
        explanation = self.by(self.user).explain()
        with self.assertRaises(Unknown):
            work_out_the_figure(explanation)
        [profit] = [c for c in explanation["checks"] if c["code"] == "profit"]
        self.assertEqual((profit["level"], profit["hidden"]), ("watch", True))
        self.assertIsNone(profit["driver"])
        private = [i for i in profit["indicators"] if i["private"]]
        self.assertGreater(len(private), 1)
        # which of them are measured is not said either
        for figure in private:
            self.assertTrue(figure["reason"].startswith("For managers"), figure["code"])
        for figure in private:
            for name in ("value", "sample", "penalty", "good", "watch", "red"):
                self.assertIsNone(figure[name], name)
            self.assertEqual((figure["text"], figure["limits"]), ("", ""))

    def test_where_no_money_drives_a_check_a_user_sees_all_points(self):
        self.addCleanup(setattr, type(self), "facts", self.facts)
        type(self).facts = dict(OPEN_FACTS)
        health = self.score()
        explanation = self.by(self.user, health).explain()
        points = [check["points"] for check in explanation["checks"]]
        self.assertEqual(sum(points), 100 - explanation["score"])
        [profit] = [c for c in explanation["checks"] if c["code"] == "profit"]
        self.assertEqual(profit["driver"], "days_late")

    def test_what_changed_tells_a_user_the_points_of_a_step_and_not_of_what(self):
        found = self.by(self.user).what_changed(self.ago(35))
        for row in found["checks"]:
            lost = row["old"]["points"] - row["new"]["points"]
            self.assertEqual(row["change"], lost)
        [profit] = [row for row in found["checks"] if row["code"] == "profit"]
        self.assertEqual(
            (profit["new"]["driver"], profit["new"]["driver_name"]), (None, "")
        )
        seen = self.by(self.manager).what_changed(self.ago(35))
        self.assertTrue(all(row["change"] is not None for row in seen["checks"]))

    def test_the_page_names_only_the_check_and_orders_flags_without_points(self):
        page = self.by(self.user).relationship()
        [flag] = [f for f in page["flags"] if f["code"] == "profit"]
        self.assertEqual(flag["sentence"], f"{self.profit.name}: beyond its limit")
        self.assertIsNone(flag["driver"])
        # the dearest one first is for managers
        dear = self.health.flag_ids.sorted("id")[-1]
        self.force(dear, points=99, level=self.flag.level)
        self.force(self.health.flag_ids - dear, points=1, level=self.flag.level)
        orders = [
            [f["id"] for f in self.by(user).relationship()["flags"]]
            for user in (self.user, self.manager)
        ]
        self.assertEqual(orders[0], sorted(orders[0]))
        self.assertEqual(orders[1][0], dear.id)

    def test_a_flag_does_not_tell_what_about_money_drives_it(self):
        flag = self.by(self.user, self.flag)
        self.assertFalse(flag.has_records)
        with self.assertRaises(AccessError):
            flag.action_show_records()
        for action, arguments in (
            (flag.read, [["driver_id"]]),
            (flag.search, [[("driver_id.code", "=", "margin")]]),
            (flag.search, [[("driver_id", "!=", False)], 0, None, "driver_id"]),
            (flag.formatted_read_group, [[], ["driver_id"], ["__count"]]),
            (flag.export_data, [["driver_id/name"]]),
        ):
            with self.assertRaises(AccessError):
                action(*arguments)
        there = installed(
            self.env, "account.move"
        )  # records that could stand behind it
        self.assertEqual(self.by(self.manager, self.flag).has_records, there)

    def test_limits_and_weights_of_the_checks_are_for_managers(self):
        for model, names in (
            ("client.health.check", ("weight", "weight_share")),
            (
                "client.health.indicator",
                ("good", "watch", "red", "min_sample", "explanation"),
            ),
        ):
            records = self.by(self.user, self.env[model])
            for name in names:
                with self.subTest(field=name), self.assertRaises(AccessError):
                    records.search([], limit=1).read([name])
                if records._fields[name].store:
                    with self.assertRaises(AccessError):
                        records.search([(name, ">", 0)])
        self.by(self.manager, self.profit).read(["weight"])

    def test_records_behind_a_figure_are_those_one_may_read(self):
        lead = self.make_deal(self.client)
        mine = self.health._evidence("overdue")
        self.assertEqual(mine._readable_ids("crm.lead", [lead.id, None]), lead.ids)
        theirs = self.by(self.user)._evidence("overdue")
        self.assertEqual(theirs._readable_ids("crm.lead", [lead.id]), [])
        self.assertEqual(theirs._readable_ids("crm.lead", []), [])

    def test_no_figure_about_money_is_in_anything_that_a_user_reads(self):
        secrets = {
            "margin": MARGIN,
            "percentage": MARGIN * 100,
            "revenue": REVENUE,
            "cost": self.facts["timesheet_cost_365"],
        }
        told = {
            "explain": self.by(self.user).explain(),
            "relationship": self.by(self.user).relationship(),
            "what_changed": self.by(self.user).what_changed(self.ago(35)),
        }
        for model in SEEN_BY_USERS:
            records = self.by(self.user, self.env[model])
            if "company_id" in records._fields:
                records = records.search([("company_id", "=", self.company.id)])
            else:
                records = records.search([])
            self.assertTrue(records, model)
            told[model] = records.read()
            names = records.fields_get(attributes=["type"])
            told[f"export of {model}"] = records.export_data(
                [n for n, f in names.items() if n != "id" and "2many" not in f["type"]]
            )["datas"]
        texts = repr(told).replace("\\xa0", " ")
        for name, secret in secrets.items():
            close = [n for n in numbers(told) if abs(n - secret) < 1e-4 * abs(secret)]
            self.assertFalse(close, name)
        for text in ("12 %", "0.1234", "12.34", "Margin:"):
            self.assertNotIn(text, texts)
        # the same look finds them where a manager looks
        seen = list(numbers(self.by(self.manager).explain()))
        self.assertTrue([n for n in seen if abs(n - MARGIN) < 1e-6])

    def test_notes_activities_and_mails_name_no_figure_about_money(self):
        self.company.client_health_weekly_mail = True
        texts = [
            *self.health.message_ids.mapped("body"),
            *self.health.activity_ids.mapped("summary"),
            self.health.display_name,
            self.flag.with_user(self.user).display_name,
        ]
        weekly = self.env["client.health.weekly"].create(
            {"user_id": self.user.id, "week": self.today}
        )
        texts.append(repr(weekly._content()).replace("\\xa0", " "))
        self.assertIn("beyond its limit", texts[-1])
        for text in texts:
            for secret in ("Margin", "12 %", "0.12"):
                self.assertNotIn(secret, str(text).replace("\xa0", " "))
