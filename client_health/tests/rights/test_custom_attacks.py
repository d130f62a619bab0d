"""What a manager works out with indicators of their own: nothing that they may not
read anyway."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..health.test_custom_indicator import MANAGER, SALES, CustomCase

PLAIN = "client_health.group_user"


class AttackCase(CustomCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = cls.make_company("There", "Asia/Tokyo")
        cls.works_everywhere(cls.manager)
        cls.spy = cls.make_user("custom_spy", SALES, MANAGER)
        cls.mine = cls.make_deal(cls.client, expected_revenue=100)
        cls.theirs = cls.make_deal(
            cls.client, company=cls.there, expected_revenue=1234, name="Theirs"
        )
        cls.refresh(cls.client)

    def tried(self, user, **values):
        """What the trial tells somebody about the client: the figure as text."""
        values = {
            "name": "Peek",
            "kind": "custom",
            "model_name": "crm.lead",
            "partner_path": "partner_id",
            "date_field": "create_date",
            "aggregate": "count",
            "unit": "count",
            "window_days": 30,
            "good": 1,
            "watch": 20000,
            "red": 30000,
            "trial_now": True,
            **values,
        }
        indicators = self.Indicator.with_user(user).with_context(
            allowed_company_ids=self.company.ids
        )
        spec = {"trial": {}, **{name: {} for name in values}}
        with self.assertRaises(AccessError):  # who does not work everywhere
            indicators.onchange(values, list(values), spec)
        return indicators.new(values).trial


@tagged("post_install", "-at_install")
class TestCustomAttacks(AttackCase):
    def test_no_filter_asks_about_records_of_another_company(self):
        for amount, seen in ((100, True), (1234, False)):
            for domain in (
                f"[('expected_revenue', '=', {amount})]",
                f"[('partner_id.opportunity_ids.expected_revenue', '=', {amount})]",
                "[('partner_id', 'any', [('opportunity_ids', 'any', "
                f"[('expected_revenue', '=', {amount})])])]",
            ):
                with self.subTest(domain=domain):
                    told = self.tried(self.spy, domain=domain)
                    self.assertIn(f"Acme</td><td>{int(seen)}</td>", told)

    def test_the_company_holds_for_every_model_on_the_way_to_the_client(self):
        for lead, name in ((self.mine, "Ours"), (self.theirs, "Theirs")):
            self.env["calendar.event"].create(
                {
                    "name": name,
                    "opportunity_id": lead.id,
                    "start": self.moment(self.today),
                    "stop": self.moment(self.today, hour=23),
                    "partner_ids": [(6, 0, self.spy.partner_id.ids)],
                    "user_id": self.spy.id,
                }
            )
        path = {
            "model_name": "calendar.event",
            "partner_path": "opportunity_id.partner_id",
        }
        self.assertIn("Acme</td><td>1</td>", self.tried(self.spy, **path))
        indicator = self.define(
            model_id=self.env["ir.model"]._get_id("calendar.event"),
            partner_path="opportunity_id.partner_id",
            domain="[]",
        )
        self.assertEqual(self.fact(indicator), (1, 1))
        self.assertEqual(self.fact(indicator, company=self.there), (1, 1))

    def test_what_the_rules_hide_from_who_tries_or_saves_it_is_not_counted(self):
        self.hide(self.mine)
        self.assertIn("Acme</td><td>0</td>", self.tried(self.spy))
        self.assertEqual(self.fact(self.define()), (0, 0))
        by_the_system = self.define(name="Shipped", by=self.env.ref("base.user_root"))
        self.assertEqual(self.fact(by_the_system), (1, 1))

    def test_nobody_lends_it_the_rights_of_somebody_else(self):
        root = self.env.ref("base.user_root").id
        indicator = self.define(defined_by_id=root)
        self.assertEqual(indicator.defined_by_id, self.manager)
        mine = indicator.with_user(self.manager)
        for values in ({"defined_by_id": root}, {"defined_by_id": root, "name": "x"}):
            with self.assertRaises(UserError):
                mine.write(values)
        forged = self.Indicator.with_user(self.manager).with_context(
            default_defined_by_id=root
        )
        copied = forged.browse(indicator.id).copy({"code": "copied"})
        self.assertEqual(copied.defined_by_id, self.manager)
        other = self.works_everywhere(self.make_user("custom_2", SALES, MANAGER))
        indicator.with_user(other).red = 9
        self.assertEqual(indicator.defined_by_id, self.manager)
        indicator.with_user(other).domain = "[]"
        self.assertEqual(indicator.defined_by_id, other)

    def test_it_is_for_the_companies_in_which_its_author_works(self):
        indicator = self.define()
        self.assertEqual(self.fact(indicator, company=self.there), (1, 1))
        self.manager.company_ids = self.company
        indicator._forget_definitions()
        self.assertEqual(self.fact(indicator, company=self.there), (None, None))
        self.assertEqual(self.fact(indicator), (1, 1))

    def test_sums_are_for_managers_until_one_of_them_opens_them(self):
        indicator = self.define(
            name="Chance", aggregate="sum", value_field="probability", red=900
        )
        health = self.refresh(self.client)
        user = self.make_user("custom_reader", SALES, PLAIN)

        def shown():
            checks = health.with_user(user).explain()["checks"]
            found = {i["code"]: i for c in checks for i in c["indicators"]}
            return found[indicator.code]["value"] is not None

        self.assertFalse(shown())
        indicator.with_user(self.manager).shown_to_users = True
        self.refresh(self.client)
        self.assertTrue(shown())

    def test_when_its_author_may_read_no_more_it_is_grey_and_says_why(self):
        indicator = self.define()
        self.refresh(self.client)
        self.manager.group_ids -= self.env.ref(SALES)
        self.manager.group_ids -= self.env.ref("sales_team.group_sale_salesman")
        self.manager.group_ids -= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        indicator._forget_definitions()
        reading = self.reading(self.client, indicator)
        self.assertIsNone(reading["value"])
        self.assertIn("has no access", reading["reason"])
        health = self.client.health_id
        user = self.make_user("custom_reader", SALES, PLAIN)
        told = health.with_user(user).relationship()["explanation"]["checks"]
        [item] = [
            i for c in told for i in c["indicators"] if i["code"] == indicator.code
        ]
        self.assertIn("a manager has to look", item["reason"])
        self.assertNotIn("custom_manager", str(told))
        with self.assertRaisesRegex(UserError, "no records that you may"):
            health.with_user(user).action_show_records(indicator.code)
        self.assertFalse(indicator.available)

    def test_numbers_without_end_turn_one_figure_grey_and_not_the_night(self):
        formulas = {
            "lists": "opt(earned_invoiced) * 99999999 * 99999999",
            "huge": "(open_leads + 1) * 1e15 * 10",
        }
        for code, formula in formulas.items():
            self.Indicator.create(
                {
                    "name": code,
                    "code": code,
                    "check_id": self.check.id,
                    "formula": formula,
                    "good": 1,
                    "watch": 2,
                    "red": 3,
                }
            )
        for lead in self.mine:
            self.force(lead, expected_revenue=1e300)
        total = self.define(name="Sum", aggregate="sum", value_field="expected_revenue")
        huge = self.Indicator.search([("code", "=", "huge")])
        self.assertIsNone(self.reading(self.client, huge)["value"])
        self.assertEqual(self.fact(total), (0, 0))


@tagged("post_install", "-at_install")
class TestSettingsOfAll(AttackCase):
    def test_checks_are_changed_by_who_works_in_all_companies_only(self):
        indicator = self.define()
        for records, values in (
            (self.check, {"weight": 99}),
            (indicator, {"red": 99}),
            (indicator, {"active": False}),
        ):
            theirs = records.with_user(self.spy)
            with self.assertRaisesRegex(AccessError, "is the same in all") as caught:
                theirs.write(values)
            self.assertNotIn("There", str(caught.exception))
            with self.assertRaises(AccessError):
                theirs.unlink()
            with self.assertRaises(AccessError):
                theirs.copy()
            with self.assertRaises(AccessError):
                theirs.update_field_translations("name", {"en_US": "Mine"})
            records.with_user(self.manager).write(values)
        with self.assertRaises(AccessError):
            self.define(name="Mine", by=self.spy)
        what_if = self.env["client.health.what.if"].with_user(self.spy)
        wizard = what_if.browse(what_if.action_open()["res_id"])
        wizard.check_line_ids[:1].weight = 77
        with self.assertRaisesRegex(AccessError, "is the same in all"):
            wizard.action_apply()

    def test_a_check_that_raised_flags_is_archived_and_not_deleted(self):
        for _i in range(5):
            self.make_deal(self.client)
        self.define()
        flags = self.refresh(self.client).flag_ids
        self.assertTrue(flags)
        check = flags[0].check_id
        with self.assertRaisesRegex(UserError, "Archive it"):
            check.with_user(self.manager).unlink()
        check.with_user(self.manager).action_archive()
        self.assertTrue(flags[0].exists())
