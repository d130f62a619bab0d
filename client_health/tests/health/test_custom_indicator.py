"""Indicators that a manager defines over any model."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import HealthCase

SALES = "sales_team.group_sale_manager"
MANAGER = "client_health.group_manager"


@tagged("post_install", "-at_install")
class CustomCase(HealthCase):
    """Opportunities are what is counted: CRM is always there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Indicator = cls.env["client.health.indicator"]
        cls.check = cls.env.ref("client_health.check_progress")
        cls.manager = cls.make_user("custom_manager", SALES, MANAGER)
        cls.works_everywhere(cls.manager)
        cls.client = cls.make_client("Acme")

    @classmethod
    def define(cls, **values):
        """An indicator over opportunities, made by the manager."""
        by = values.pop("by", cls.manager)
        return (
            cls.Indicator.with_user(by)
            .create(
                {
                    "name": "Open ends",
                    "check_id": cls.check.id,
                    "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                    "domain": "[('type', '=', 'opportunity')]",
                    "partner_path": "partner_id",
                    "date_field": "create_date",
                    "unit": "count",
                    "window_days": 30,
                    "good": 1,
                    "watch": 3,
                    "red": 5,
                    **values,
                }
            )
            .with_user(cls.env.user)
        )

    def fact(self, indicator, client=None, company=None, as_of=None):
        """(figure, cases) of a client as the nightly run reads them."""
        client = client or self.client
        window = indicator.window_days
        keys = [f"{name}_{window}" for name in (indicator.formula, indicator.sample)]
        facts = self.read_facts(keys, client, company, as_of)[client.id]
        return facts.get(keys[0]), facts.get(keys[1])

    def reading(self, client, indicator):
        """The indicator in the explanation of a client."""
        health = self.refresh(client)
        check = next(
            c for c in health.explain()["checks"] if c["code"] == self.check.code
        )
        return next(i for i in check["indicators"] if i["code"] == indicator.code)

    def assertRefused(self, sentence, **values):
        before = self.Indicator.with_context(active_test=False).search_count([])
        with self.assertRaisesRegex(ValidationError, sentence) as caught:
            with self.env.cr.savepoint():
                self.define(**values)
        self.env.invalidate_all()
        self.assertIn(values.get("name", "Open ends"), str(caught.exception))
        after = self.Indicator.with_context(active_test=False).search_count([])
        self.assertEqual(after, before)


class TestCustomFigures(CustomCase):
    def test_a_count_takes_the_rows_of_the_window_of_the_client_and_its_contacts(self):
        contact = self.make_contact(self.client)
        for days in (0, 5, 29):
            self.make_deal(self.client, day=self.ago(days))
        self.make_deal(contact, day=self.ago(3))
        self.make_deal(self.client, day=self.ago(30))
        self.make_deal(self.make_client("Other"), day=self.ago(3))
        self.assertEqual(self.fact(self.define()), (4, 4))

    def test_a_client_without_rows_counts_zero_and_averages_nothing(self):
        self.assertEqual(self.fact(self.define()), (0, 0))
        total = self.define(
            name="Hoped for", aggregate="sum", value_field="expected_revenue"
        )
        self.assertEqual(self.fact(total), (0, 0))
        mean = self.define(name="Mean", aggregate="average", value_field="probability")
        self.assertEqual(self.fact(mean), (None, 0))

    def test_sums_and_averages_are_those_of_the_value_field(self):
        for amount in (100, 250, 1000):
            self.make_deal(self.client, expected_revenue=amount)
        total = self.define(
            name="Hoped for", aggregate="sum", value_field="expected_revenue"
        )
        mean = self.define(
            name="Usual hope", aggregate="average", value_field="expected_revenue"
        )
        self.assertEqual(self.fact(total), (1350, 3))
        self.assertEqual(self.fact(mean), (450, 3))

    def test_the_filter_decides_which_records_count_archived_ones_only_on_demand(self):
        self.make_deal(self.client, name="Red barn")
        self.make_deal(self.client, name="Blue barn", priority="2")
        self.make_deal(self.client, name="Lost barn", outcome="lost")
        self.assertEqual(self.fact(self.define()), (2, 2))
        some = self.define(
            name="Important", domain="[('priority', '=', '2'), ('name', '!=', 'x')]"
        )
        self.assertEqual(self.fact(some), (1, 1))
        every = self.define(name="All", domain="[('active', 'in', [True, False])]")
        self.assertEqual(self.fact(every), (3, 3))

    def test_the_day_is_that_of_the_company_and_not_after_the_date(self):
        lead = self.make_deal(self.client)
        late = self.moment(self.ago(10), hour=23, minute=30)
        self.force(lead, create_date=late)
        indicator = self.define()
        for days, expected in ((11, 0), (10, 1), (0, 1)):
            found = self.fact(indicator, as_of=self.ago(days))
            self.assertEqual(found, (expected, expected), days)
        indicator.window_days = 9
        self.assertEqual(self.fact(indicator), (0, 0))

    def test_rows_of_another_company_do_not_count_and_shared_ones_do(self):
        other = self.make_company("There", "Asia/Tokyo")
        self.works_everywhere(self.manager)
        self.make_deal(self.client)
        self.make_deal(self.client, shared=True)
        self.make_deal(self.client, company=other)
        self.make_deal(self.client, company=other)
        indicator = self.define()
        self.assertEqual(self.fact(indicator), (2, 2))
        self.assertEqual(self.fact(indicator, company=other), (3, 3))

    def test_a_path_leads_through_other_records_to_the_client(self):
        project = self.make_project(self.client)
        for _i in range(3):
            self.make_task(project)
        self.make_task(self.make_project(self.make_client("Other")))
        indicator = self.define(
            model_id=self.env["ir.model"]._get_id("project.task"),
            domain="[]",
            partner_path="project_id.partner_id",
            by=self.works_everywhere(
                self.make_user(
                    "custom_project", "project.group_project_manager", SALES, MANAGER
                )
            ),
        )
        self.assertEqual(self.fact(indicator), (3, 3))

    def test_a_filter_from_today_says_nothing_about_a_past_day(self):
        self.make_deal(self.client, day=self.ago(5))
        indicator = self.define(domain="[('create_date', '>=', 'today -10d')]")
        self.assertEqual(self.fact(indicator), (1, 1))
        self.assertEqual(self.fact(indicator, as_of=self.ago(2)), (None, None))

    def test_amounts_in_a_foreign_currency_are_converted_at_the_rate_of_their_day(self):
        self.app("sale.order")
        dollar = self.env.ref("base.USD")
        self.make_rate(dollar, self.ago(20), 2.0)
        self.make_rate(dollar, self.ago(5), 4.0)
        self.make_order(self.client, self.ago(10), 100, currency=dollar)
        self.make_order(self.client, self.ago(3), 100, currency=dollar)
        self.make_order(self.client, self.ago(3), 7)
        indicator = self.define(
            model_id=self.env["ir.model"]._get_id("sale.order"),
            domain="[('state', '=', 'sale')]",
            date_field="date_order",
            aggregate="sum",
            value_field="amount_untaxed",
        )
        self.assertEqual(self.fact(indicator), (100 / 2 + 100 / 4 + 7, 3))

    def test_the_queries_of_a_refresh_do_not_grow_with_the_clients(self):
        self.define()
        few = self.env["res.partner"].union(*(self.make_client() for _i in range(2)))
        many = self.env["res.partner"].union(*(self.make_client() for _i in range(12)))
        for client in few | many:
            self.make_deal(client)
        counts = []
        for clients in (few, few, many):
            self.refresh(clients)
            self.make_deal(clients[0])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.refresh(clients)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])


class TestCustomLife(CustomCase):
    def test_it_counts_towards_the_score_like_a_built_in_one(self):
        for _i in range(5):
            self.make_deal(self.client)
        indicator = self.define()
        health = self.refresh(self.client)
        flag = health.flag_ids.filtered(lambda f: f.driver_id == indicator)
        self.assertEqual((flag.level, flag.value, flag.state), ("red", 5, "open"))
        reading = self.reading(self.client, indicator)
        self.assertEqual((reading["value"], reading["penalty"]), (5, 1))

    def test_fewer_cases_than_the_minimum_are_not_measured(self):
        self.make_deal(self.client)
        indicator = self.define(min_sample=2)
        self.assertIn("1 of at least 2", self.reading(self.client, indicator)["reason"])
        self.make_deal(self.client)
        self.assertEqual(self.reading(self.client, indicator)["value"], 2)

    def test_show_records_opens_the_very_records_that_were_counted(self):
        leads = self.make_deal(self.client) | self.make_deal(self.client)
        self.make_deal(self.client, day=self.ago(40))
        indicator = self.define()
        health = self.refresh(self.client)
        action = health.with_user(self.manager).action_show_records(indicator.code)
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertEqual(self.env["crm.lead"].search(action["domain"]), leads)

    def test_code_and_formula_are_made_from_the_name_and_stay(self):
        first = self.define(name="Zu viele Anfragen (2)!")
        second = self.define(name="Zu viele Anfragen (2)!")
        self.assertEqual(first.code, "zu_viele_anfragen2")
        self.assertEqual(second.code, "zu_viele_anfragen22")
        self.assertEqual(
            (first.kind, first.formula, first.sample),
            ("custom", "custom_zu_viele_anfragen2", "custom_zu_viele_anfragen2_cases"),
        )
        first.name = "Another name"
        self.assertEqual(first.code, "zu_viele_anfragen2")
        for change in ({"code": "other"}, {"formula": "1"}, {"kind": "builtin"}):
            with self.assertRaises(ValidationError, msg=change):
                with self.env.cr.savepoint():
                    first.write(change)
            first.invalidate_recordset()

    def test_codes_that_could_be_taken_for_another_fact_are_refused(self):
        for code in ("a-b", "A", "1a", "a b", "a_30", "a_cases", "a" * 41, 'a";--'):
            self.assertRefused("code", code=code)

    def test_a_formula_may_read_a_custom_figure_which_then_cannot_be_deleted(self):
        indicator = self.define(code="ends")
        other = self.Indicator.create(
            {
                "name": "Twice",
                "check_id": self.check.id,
                "formula": "custom_ends * 2",
                "good": 1,
                "watch": 2,
                "red": 3,
            }
        )
        self.assertEqual(other.kind, "builtin")
        with self.assertRaisesRegex(UserError, "Twice"):
            indicator.unlink()
        other.unlink()
        indicator.unlink()
        self.refresh(self.client)

    def test_archived_it_costs_nobody_a_point(self):
        for _i in range(5):
            self.make_deal(self.client)
        indicator = self.define()
        self.refresh(self.client)
        indicator.active = False
        health = self.refresh(self.client)
        flag = health.flag_ids.filtered(lambda f: f.driver_id == indicator)
        self.assertEqual(flag.state, "cleared")

    def test_built_in_indicators_are_not_custom(self):
        builtin = self.env.ref("client_health.indicator_rejection_rate")
        self.assertEqual(builtin.kind, "builtin")

    def test_when_its_model_is_gone_it_is_not_measured_and_the_night_goes_on(self):
        self.make_deal(self.client)
        indicator = self.define()
        self.refresh(self.client)
        # What removing an app leaves behind: no model, and no field that names it.
        self.force(indicator, model_id=None, model_name="gone.model")
        indicator._forget_definitions()
        reading = self.reading(self.client, indicator)
        self.assertIsNone(reading["value"])
        self.assertIn("there is no model “gone.model”", reading["reason"])
        self.assertFalse(indicator.available)
        self.assertTrue(self.client.health_id.score is not None)

    def test_when_a_field_is_gone_it_is_not_measured_and_the_night_goes_on(self):
        self.make_deal(self.client)
        indicator = self.define()
        for change in (
            {"date_field": "gone"},
            {"partner_path": "gone.partner_id"},
            {"domain": "[('gone', '=', 1)]"},
        ):
            values = indicator.read(list(change))[0]
            values.pop("id")
            self.force(indicator, **change)
            indicator._forget_definitions()
            self.assertEqual(self.fact(indicator), (None, None), change)
            self.force(indicator, **values)
        indicator._forget_definitions()
        self.assertEqual(self.fact(indicator), (1, 1))

    def test_a_search_that_breaks_leaves_the_other_figures_alone(self):
        self.make_deal(self.client)
        indicator = self.define(domain="[('is_rotting', '=', True)]")
        lead = type(self.env["crm.lead"])
        error = ValueError("broken")
        with patch.object(lead, "_search_is_rotting", side_effect=error):
            reading = self.reading(self.client, indicator)
        self.assertIsNone(reading["value"])
        keys = ["open_leads"]
        self.assertEqual(self.read_facts(keys, self.client)[self.client.id], {
            "open_leads": 1,
        })  # fmt: skip


class TestCustomMoney(CustomCase):
    def test_money_fields_and_ticked_indicators_are_for_managers_only(self):
        plain = self.define()
        ticked = self.define(name="Ticked", managers_only=True)
        money = self.define(
            name="Money", aggregate="sum", value_field="expected_revenue", unit="money"
        )
        named = self.define(
            name="Price", aggregate="sum", value_field="probability", unit="money"
        )
        mean = self.define(name="Mean", aggregate="average", value_field="probability")
        self.assertEqual(
            [i.money for i in (plain, ticked, money, named, mean)],
            [False, True, True, True, True],
        )
        (mean | money).shown_to_users = True
        self.assertEqual([i.money for i in (mean, money)], [False, True])
        self.make_deal(self.client, expected_revenue=1234)
        health = self.refresh(self.client)
        user = self.make_user("custom_user", SALES, "client_health.group_user")
        for by, hidden in ((user, True), (self.manager, False)):
            checks = health.with_user(by).explain()["checks"]
            found = {i["code"]: i for c in checks for i in c["indicators"]}
            self.assertEqual(found[plain.code]["value"], 1)
            for indicator in (ticked, money):
                self.assertEqual(found[indicator.code]["value"] is None, hidden)


class TestCustomRefusals(CustomCase):
    def test_fields_that_do_not_exist(self):
        self.assertRefused("does not exist", partner_path="owner_id")
        self.assertRefused("does not exist", partner_path="team_id.gone")
        self.assertRefused("does not exist", date_field="day_of_doom")
        self.assertRefused("does not exist", aggregate="sum", value_field="gold")
        self.assertRefused("does not exist", domain="[('gone', '=', 1)]")
        self.assertRefused("does not exist", domain="[('team_id.gone', '=', 1)]")
        self.assertRefused(
            "does not exist", domain="[('team_id', 'any', [('gone', '=', 1)])]"
        )
        self.assertRefused("names the field “”", partner_path="partner_id.")

    def test_paths_that_do_not_lead_to_a_client(self):
        self.assertRefused("does not end at a contact", partner_path="team_id")
        self.assertRefused("does not end at a contact", partner_path=False)
        self.assertRefused("does not name one stored record", partner_path="tag_ids")
        self.assertRefused("does not name one stored record", partner_path="name")
        self.assertRefused(
            "does not name one stored record",
            partner_path="partner_id.child_ids",
        )
        self.assertRefused(
            "does not name one stored record", partner_path="commercial_partner_id"
        )

    def test_dates_and_values_of_the_wrong_kind(self):
        self.assertRefused("not a stored date", date_field="name")
        self.assertRefused("does not say of what", aggregate="sum")
        self.assertRefused("does not say of what", aggregate="average")
        for name in ("name", "partner_id", "active", "id"):
            self.assertRefused("not a stored number", aggregate="sum", value_field=name)

    def test_models_without_records_of_their_own(self):
        administrator = self.make_user(
            "custom_admin", "base.group_system", SALES, MANAGER
        )
        self.works_everywhere(administrator)
        snooze = "client.health.flag.snooze"
        for model in ("mail.thread", snooze, "crm.activity.report"):
            self.assertRefused(
                "keeps no records of its own",
                model_id=self.env["ir.model"]._get_id(model),
                by=administrator,
            )
        self.assertRefused("there is no model", model_id=False)
        self.assertRefused("there is no model", model_id=False, model_name="no.such")

    def test_filters_that_are_no_plain_conditions(self):
        for domain in (
            "[('name', '=', ",
            "[('user_id', '=', uid)]",
            "[('create_date', '>', context_today())]",
            "__import__('os').system('true')",
            "[('name', '=', (lambda: 1)())]",
            "{'name': 1}",
            "[('name', 'is exactly', 'x')]",
            "['&', ('name', '=', 'x')]",
            "[('id', 'any!', [])]",
            "[(1, 2)]",
            "[" * 3000,
            "[" + "('name', '=', 'x')," * 600 + "]",
        ):
            self.assertRefused("cannot be read", domain=domain)

    def test_filters_that_the_database_cannot_use(self):
        for domain in (
            "[('name', '=', 'nul\\x00byte')]",
            "[('probability', '>', 'much')]",
            "[('create_date', '>', 'someday')]",
        ):
            self.assertRefused("cannot be measured", domain=domain)

    def test_text_of_the_user_never_becomes_sql(self):
        hostile = "x'; DROP TABLE crm_lead; --"
        indicator = self.define(
            name=hostile, domain=repr([("name", "=", hostile)]), code="hostile"
        )
        self.make_deal(self.client, name=hostile)
        self.assertEqual(self.fact(indicator), (1, 1))
        for name in ("partner_path", "date_field", "value_field"):
            values = {"value_field": "probability", name: hostile}
            self.assertRefused("does not exist", aggregate="sum", **values)


class TestCustomRights(CustomCase):
    def test_only_managers_make_and_change_them(self):
        indicator = self.define()
        user = self.make_user("custom_plain", SALES, "client_health.group_user")
        with self.assertRaises(AccessError):
            self.define(name="Mine", by=user)
        with self.assertRaises(AccessError):
            indicator.with_user(user).write({"domain": "[]"})

    def test_a_manager_needs_access_to_the_model_and_to_what_lies_on_the_way(self):
        stranger = self.works_everywhere(self.make_user("custom_stranger", MANAGER))
        self.assertRefused("has no access", by=stranger)
        indicator = self.define()
        for change in (
            {"domain": "[]"},
            {"aggregate": "sum", "value_field": "probability"},
            {"date_field": "write_date"},
        ):
            with self.assertRaisesRegex(ValidationError, "has no access"):
                with self.env.cr.savepoint():
                    indicator.with_user(stranger).write(change)
            indicator.invalidate_recordset()
        self.assertRefused(
            "has no access", domain="[('message_ids.mail_ids.state', '=', 'sent')]"
        )

    def test_a_filter_cannot_ask_about_fields_that_the_manager_may_not_read(self):
        field = self.env["crm.lead"]._fields["description"]
        with patch.object(field, "groups", "base.group_system"):
            self.assertRefused(
                "no access to it", domain="[('description', 'ilike', 'secret')]"
            )

    def test_what_a_manager_without_access_may_change_are_the_limits(self):
        indicator = self.define()
        stranger = self.works_everywhere(self.make_user("custom_stranger", MANAGER))
        indicator.with_user(stranger).write({"red": 9})
        self.assertEqual(indicator.red, 9)


class TestCustomTrial(CustomCase):
    def form(self, user=None):
        model = self.Indicator.with_user(user or self.manager)
        form = Form(model.with_context(default_check_id=self.check.id))
        form.name = "Tried"
        form.model_id = self.env["ir.model"]._get("crm.lead")
        form.unit = "count"
        form.window_days = 30
        form.good, form.watch, form.red = 1, 3, 5
        return form

    def test_before_saving_it_shows_value_cases_and_level_of_the_largest_clients(self):
        clients = [self.make_client(f"Client no {number}") for number in range(10)]
        for number, client in enumerate(clients, 1):
            for _i in range(number):
                self.make_deal(client)
        self.refresh(self.env["res.partner"].union(*clients))
        before = self.Indicator.search_count([])
        form = self.form()
        self.assertEqual(form.partner_path, "partner_id")
        self.assertEqual(form.date_field, "create_date")
        self.assertFalse(form.trial)
        form.trial_now = True
        trial = form.trial
        for number in range(2, 10):
            self.assertIn(f"Client no {number}<", trial)
        self.assertNotIn("Client no 0<", trial)
        self.assertNotIn("Client no 1<", trial)
        self.assertRegex(
            trial, r"Client no 9</td><td>10</td><td>10</td>.*text-bg-danger"
        )
        self.assertRegex(trial, r"Client no 2</td><td>3</td>.*text-bg-warning")
        self.assertIn("Of 10 clients: 2 fine, 2 with a warning, 6 red, 0 not", trial)
        self.assertRegex(trial, r"Median[^<]*</td><td>5</td><td>5</td>")
        self.assertEqual(self.Indicator.search_count([]), before)
        saved = form.save()
        self.assertEqual((saved.code, saved.kind), ("tried", "custom"))

    def test_it_follows_what_is_typed_and_says_what_is_wrong(self):
        self.make_deal(self.client)
        self.refresh(self.client)
        form = self.form()
        form.trial_now = True
        self.assertRegex(form.trial, r"Acme</td><td>1</td>")
        form.domain = "[('name', '=', 'nothing')]"
        self.assertRegex(form.trial, r"Acme</td><td>0</td>")
        form.min_sample = 1
        self.assertIn("1 not measured", form.trial)
        form.domain = "[('gone', '=', 1)]"
        self.assertIn("does not exist", form.trial)
        form.domain = "[('probability', '>', 'much')]"
        self.assertIn("cannot be measured", form.trial)
        form.domain = "[]"
        form.red = 2
        self.assertIn("out of order", form.trial)

    def ask(self, indicators, values):
        """What the form asks over RPC."""
        spec = {"trial": {}, **{name: {} for name in values}}
        return indicators.onchange(values, list(values), spec)

    def test_names_of_clients_are_shown_as_text(self):
        client = self.make_client("<script>alert(1)</script>")
        self.make_deal(client)
        self.refresh(client)
        form = self.form()
        form.trial_now = True
        self.assertNotIn("<script>", form.trial)
        self.assertIn("&lt;script&gt;", form.trial)

    def test_only_managers_with_access_can_ask_for_it(self):
        self.make_deal(self.client)
        self.refresh(self.client)
        values = {
            "name": "Peek",
            "kind": "custom",
            "model_name": "crm.lead",
            "partner_path": "partner_id",
            "date_field": "create_date",
            "window_days": 30,
            "good": 1,
            "watch": 2,
            "red": 3,
            "trial_now": True,
        }
        user = self.make_user("custom_peek", SALES, "client_health.group_user")
        stranger = self.works_everywhere(self.make_user("custom_stranger", MANAGER))
        self.assertFalse(self.Indicator.with_user(user).new(values).trial)
        with self.assertRaises(AccessError):
            self.ask(self.Indicator.with_user(user), values)
        for by, text in ((stranger, "no access"), (self.manager, "Acme")):
            indicators = self.Indicator.with_user(by)
            for trial in (
                indicators.new(values).trial,
                self.ask(indicators, values)["value"]["trial"],
            ):
                self.assertIn(text, trial)
                self.assertEqual("Acme" in trial, by == self.manager)
