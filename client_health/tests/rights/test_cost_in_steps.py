"""What our work costs is told by level alone: worlds alike but for cost look alike."""

import random
import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged

from ...engine.codec import EncodedFacts, FactCodec
from ...engine.reader import Reader
from ..common import HealthCase

PAIRS = 6  # of worlds
WORDS = 3  # of the user in each, at most
MONTHS = 24
COST_FIGURES = ("margin", "effective_rate", "loss_months")
# What tells one row of a table from another, in whatever world.
OF_ROWS = {"id", "create_date", "write_date", "computed_on", "__last_update"}


@contextmanager
def world(facts):
    """Score clients as if their records had yielded these facts too, now and before."""
    original = Reader.read_scope

    def read(reader, scope):
        found = original(reader, scope)
        mine = as_before(facts, reader.config().keys)
        known = {client: {**found.of(client), **mine} for client in scope.clients}
        codec = FactCodec.of(known.values())
        texts = {client: codec.encode(told) for client, told in known.items()}
        return EncodedFacts(codec, texts)

    with patch.object(Reader, "read_scope", read):
        yield


def as_before(facts, keys):
    """The facts among these keys; on earlier days they were as they are."""
    return {
        str(key): facts[now]
        for key in keys
        if (now := str(key._replace(ago=0))) in facts
    }


@tagged("post_install", "-at_install")
class TestCostInSteps(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("steps_user", "client_health.group_user")
        cls.manager = cls.make_user("steps_manager", "client_health.group_manager")
        cls.client = cls.make_client("Harbour", user_id=cls.user.id)
        cls.make_deal(cls.client, day=cls.ago(60))
        cls.config = cls.env["client.health.config"]._current(cls.company)

    def facts(self, chance):
        """Facts of everything but cost, as chance will have them."""
        earned = chance.uniform(5_000, 100_000)
        return {
            "talks_elsewhere": 0,
            "client_turns_90": 10,
            "client_turns_on_time_90": chance.randint(5, 10),
            "days_since_task_move": chance.randint(0, 90),
            "open_tasks": 8,
            "earned_invoiced_365": earned,
            "hours_365": chance.uniform(50, 900),
            "hours_without_cost_365": 0,
            "hours_unvalued_365": 0,
            "earned_invoiced_months": [earned / MONTHS] * MONTHS,
            "earned_work_months": [0.0] * MONTHS,
            "usual_gap": 30,
        }

    def cost(self, chance, facts):
        """Facts of cost: about as much as is earned, give or take half."""
        part = chance.uniform(0.2, 1.5)
        cost = part * facts["earned_invoiced_365"]
        other = chance.uniform(0, 0.6) * cost
        months = [chance.uniform(0, 2) * part for _month in range(MONTHS)]
        share = facts["earned_invoiced_months"][0]
        return {
            "timesheet_cost_365": cost - other,
            "other_cost_365": other,
            "required_rate": chance.uniform(30, 150),
            "timesheet_cost_months": [month * share for month in months],
            "other_cost_months": [0.0] * MONTHS,
        }

    def levels(self, facts):
        """The level of each figure of cost in these facts; grey where none."""
        readings = [
            reading
            for result in self.config.assess(as_before(facts, self.config.keys)).checks
            for reading in result.readings
            if reading.indicator.code in COST_FIGURES
        ]
        return {r.indicator.code: (r.penalty, r.grey and r.grey[:2]) for r in readings}

    def pair(self, chance):
        """Two worlds that differ in what our work costs, and in no level."""
        facts = self.facts(chance)
        one = {**facts, **self.cost(chance, facts)}
        for _attempt in range(500):
            other = {**facts, **self.cost(chance, facts)}
            if self.levels(one) == self.levels(other):
                return one, other
        self.fail("no second world was found")

    def words(self, chance):
        """Some of what a plain user may say of a client, in some order."""
        category = chance.choice(("pessimism", "unprepared", "rejected", "disrespect"))
        said = [
            {"model": "client.pulse", "respect": chance.randint(1, 5),
             "attitude": chance.randint(1, 5), "note": "By what they said."},
            {"model": "client.incident", "category": category, "severity": "severe"},
            {"model": "client.incident", "category": "abuse", "severity": "minor",
             "confirmed": True},
            {"model": "client.request", "name": "The texts", "due_on": self.ago(9)},
        ]  # fmt: skip
        return chance.sample(said, chance.randint(1, WORDS))

    def say(self, model, confirmed=False, **values):
        mine = {"partner_id": self.client.id, "company_id": self.company.id}
        record = self.as_reader(self.env[model]).create({**mine, **values})
        if confirmed:
            record.with_user(self.manager).action_confirm()

    def live_in(self, facts, words):
        """What a plain user reads in a world, before and after each word of theirs."""
        with self.env.cr.savepoint(flush=True) as savepoint, world(facts):
            self.refresh(self.client, as_of=self.ago(40))
            health = self.refresh(self.client)
            told = [self.read_all(health)]
            for word in words:
                self.say(**word)
                told.append(self.read_all(self.refresh(self.client)))
            savepoint.rollback()
        self.env.invalidate_all()
        return told

    def as_reader(self, records):
        return records.with_user(self.user).with_context(
            allowed_company_ids=self.company.ids, lang="en_US"
        )

    def read_all(self, health):
        """Everything that the user reads about the client."""
        self.env.invalidate_all()
        mine = self.as_reader(health)
        weekly = self.env["client.health.weekly"].sudo()
        weekly = weekly.new({"user_id": self.user.id, "week": self.today})
        told = {
            "explain": mine.explain(),
            "relationship": mine.relationship(),
            "what_changed": mine.what_changed(self.ago(35)),
            "weekly": weekly._content(),
            "notes": mine.message_ids.mapped("body"),
        }
        for records in (mine, mine.flag_ids, mine.snapshot_ids):
            names = [
                name
                for name, field in records.fields_get(attributes=["type"]).items()
                if name not in OF_ROWS and "2" not in field["type"]
            ]
            told[records._name] = [
                {name: row[name] for name in names} for row in records.read(names)
            ]
        return _without_ids(told)

    def test_a_plain_user_gets_the_same_answers_in_worlds_of_another_cost(self):
        self.app("account.move", "project.task:effective_hours")
        chance = random.Random(19)
        flagged = 0
        for number in range(PAIRS):
            one, other = self.pair(chance)
            words = self.words(chance)
            first, second = self.live_in(one, words), self.live_in(other, words)
            with self.subTest(pair=number):
                self.assertEqual(first, second)
            flagged += any(penalty for penalty, _grey in self.levels(one).values())
        self.assertGreater(flagged, 1, "worlds in which cost counts")

    def test_a_manager_reads_the_figure_and_how_it_counts(self):
        facts = self.facts(random.Random(1))
        earned = facts["earned_invoiced_365"]
        with world({**facts, "timesheet_cost_365": 0.9 * earned, "other_cost_365": 0}):
            health = self.refresh(self.client)
        checks = health.with_user(self.manager).explain()["checks"]
        [margin] = [i for c in checks for i in c["indicators"] if i["code"] == "margin"]
        self.assertAlmostEqual(margin["value"], 0.1)
        self.assertEqual(margin["penalty"], 0.5, "a warning, however near to red")
        self.assertIn("steps", margin["limits"])


def _without_ids(told):
    """Nested data without ids of rows, also in links to flags: they differ between
    worlds."""
    if isinstance(told, dict):
        return {
            key: _without_ids(value)
            for key, value in told.items()
            if key not in ("id", "url")
        }
    if isinstance(told, list | tuple):
        return [_without_ids(value) for value in told]
    if isinstance(told, str):
        return re.sub(r"/client-health-flags/\d+", "/client-health-flags", told)
    return told


@tagged("post_install", "-at_install")
class TestReceivables(HealthCase):
    """What a client owes is no secret to whoever may read its invoices."""

    books = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("owed_user", "client_health.group_user")

    def owing(self):
        self.app("account.move", "sale.order")
        client = self.make_client("Harbour", user_id=self.user.id)
        for days in (300, 200, 100):
            self.make_invoice(client, self.ago(days), 1000, due=self.ago(days - 30))
        return client

    def overdue(self, health, user):
        mine = health.with_user(user).with_context(allowed_company_ids=self.company.ids)
        checks = {check["code"]: check for check in mine.explain()["checks"]}
        figures = {i["code"]: i for i in checks["profit"]["indicators"]}
        return mine, checks["profit"], figures["overdue"]

    def test_a_salesperson_who_may_read_the_invoices_reads_what_is_overdue(self):
        client = self.owing()
        seller = self.make_user(
            "owed_seller", "client_health.group_user", "sales_team.group_sale_salesman"
        )
        health = self.refresh(client)
        _mine, profit, figure = self.overdue(health, self.user)
        self.assertEqual((figure["value"], profit["hidden"]), (None, True))
        self.assertIsNone(profit["points"])
        self.env["account.move"].search(
            [("partner_id", "=", client.id)]
        ).invoice_user_id = seller
        mine, profit, figure = self.overdue(health, seller)
        self.assertEqual((figure["value"], profit["driver"]), (1, "overdue"))
        self.assertEqual(profit["points"] > 0, True)
        [flag] = mine.flag_ids.filtered(lambda flag: flag.check_id.code == "profit")
        self.assertIn("Overdue", flag.sentence)
        self.assertTrue(flag.has_records)
        self.assertEqual(flag.action_show_records()["res_model"], "account.move")

    def test_whoever_may_read_some_of_the_invoices_reads_no_sum_of_them(self):
        client = self.owing()
        seller = self.make_user(
            "owed_some", "client_health.group_user", "sales_team.group_sale_salesman"
        )
        moves = self.env["account.move"].search([("partner_id", "=", client.id)])
        moves.invoice_user_id = seller
        moves[0].invoice_user_id = self.user
        _mine, profit, figure = self.overdue(self.refresh(client), seller)
        self.assertEqual((figure["value"], profit["hidden"]), (None, True))
