"""Settings that make no sense are refused, by name, and nothing is kept."""

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestConfiguration(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env["client.health.check"].create(
            {"code": "test_check", "name": "Punctuality", "weight": 10}
        )
        cls.indicator = cls.env["client.health.indicator"].create(
            {
                "check_id": cls.check.id,
                "code": "test_indicator",
                "name": "Late mornings",
                "formula": "open_tasks",
                "good": 1,
                "watch": 2,
                "red": 3,
            }
        )

    def assertRefused(self, record, values, *words):
        """Writing raises an error that has these words, and nothing is kept."""
        self.env.flush_all()
        before = record.read(list(values))
        with (
            self.assertRaises(ValidationError, msg=str(values)) as caught,
            self.cr.savepoint(),
        ):
            record.write(values)
            self.env.flush_all()
        record.invalidate_recordset()
        self.assertEqual(record.read(list(values)), before)
        for word in words:
            self.assertIn(word, str(caught.exception))

    # -- limits, windows, weights ----------------------------------------------

    def test_limits_out_of_order_are_refused(self):
        for limits in ((1, 3, 2), (2, 2, 3), (1, 2, 2), (3, 1, 2), (1, 1, 1)):
            values = dict(zip(("good", "watch", "red"), limits, strict=True))
            self.assertRefused(self.indicator, values, "Late mornings", "out of order")

    def test_limits_may_rise_or_fall(self):
        self.indicator.write({"good": 3, "watch": 2, "red": 1})
        self.assertIn("or less", self.indicator.explanation)
        self.indicator.write({"good": -1, "watch": 0, "red": 0.5})
        self.assertNotIn("or less", self.indicator.explanation)

    def test_limits_are_told_as_they_were_set_and_figures_rounded(self):
        for unit, limits, told, value, rounded in (
            ("ratio", (0.05, 0.075, 0.1234), ("5 %", "7.5 %", "12.34 %"), 0.081, "8 %"),
            ("days", (7, 10.5, 30), ("7 days", "10.5 days", "30 days"), 12.4,
             "12 days"),
            ("hours", (1, 1.25, 2.5), ("1 hour", "1.25 hours", "2.5 hours"), 1.31,
             "1.3 hours"),
            ("times", (1, 1.15, 1.2), ("1.0 ×", "1.15 ×", "1.2 ×"), 1.16, "1.2 ×"),
        ):  # fmt: skip
            with self.subTest(unit=unit):
                names = ("good", "watch", "red")
                limits = dict(zip(names, limits, strict=True))
                self.indicator.write({"unit": unit, **limits})
                words = self.indicator.explanation.replace("\N{NO-BREAK SPACE}", " ")
                for limit in told:
                    self.assertIn(f" {limit}", words)
                flag = self.indicator._words().sentence(value, "watch")
                flag = flag.replace("\N{NO-BREAK SPACE}", " ")
                self.assertIn(f": {rounded} (warning from {told[1]},", flag)

    def test_one_limit_alone_cannot_leave_the_order(self):
        self.assertRefused(self.indicator, {"watch": 4}, "Late mornings")
        self.assertRefused(self.indicator, {"red": 1.5}, "Late mornings")

    def test_a_window_is_one_day_to_ten_years(self):
        for days in (0, -1, 3651):
            self.assertRefused(
                self.indicator, {"window_days": days}, "Late mornings", str(days)
            )
        for days in (1, 3650):
            self.indicator.window_days = days

    def test_a_text_holds_no_character_that_no_text_may_hold(self):
        self.check.advice = "Call\0 first"
        self.indicator.description = "Late\0ly"
        self.env.flush_all()
        self.assertEqual(self.check.advice, "Call first")
        self.assertEqual(self.indicator.description, "Lately")

    def test_the_least_number_of_cases_is_a_number_of_cases(self):
        for cases in (-1, float("inf"), float("nan"), 1_000_001):
            self.assertRefused(
                self.indicator, {"min_sample": cases}, "Late mornings", "to 1000000"
            )

    def test_a_weight_below_zero_is_refused_and_zero_is_not(self):
        self.assertRefused(self.check, {"weight": -0.5}, "Punctuality", "-0.5")
        self.check.weight = 0

    # -- formulas --------------------------------------------------------------

    def test_a_formula_over_an_unknown_fact_names_it(self):
        for name in ("formula", "sample", "condition"):
            self.assertRefused(
                self.indicator, {name: "open_tasks + smiles"}, "Late mornings", "smiles"
            )

    def test_a_fact_of_a_missing_app_may_be_named(self):
        self.indicator.formula = "revenue / hours"
        available = "account.move" in self.env and (
            "effective_hours" in self.env["project.task"]
        )
        self.assertEqual(self.indicator.available, available)

    def test_hostile_and_broken_formulas_are_refused(self):
        for formula in (
            "leads_won[99999999999]",
            "leads_won[True]",
            "open_tasks[5]",
            "max(leads_won)",
            "abs(leads_won, leads_lost)",
            "months_under(leads_won)",
            "__import__('os').system('true')",
            "open_tasks.__class__",
            "().__class__.__bases__[0].__subclasses__()",
            "[x for x in (1, 2)]",
            "lambda: 1",
            "open_tasks ** 9",
            "9 ** 9 ** 9",
            "'a' * 999",
            "True",
            "f['open_tasks']",
            "open_tasks['x']",
            "open_tasks[0]",
            "open_tasks[-1]",
            "max(open_tasks, key=abs)",
            "max(*[1, 2])",
            "max()",
            "opt(1 + 2)",
            "eval('1')",
            "open('/etc/passwd')",
            "open_tasks; 1",
            "open_tasks = 1",
            "(open_tasks := 1)",
            "open_tasks if",
            "open_tasks\x00",
            "open_tasks // 2",
            "open_tasks % 2",
            "1 << 99",
            "{open_tasks}",
            "open_tasks @ 2",
            "...",
            "None",
            "1j",
        ):
            with self.subTest(formula=formula):
                self.assertRefused(self.indicator, {"formula": formula})

    def test_huge_and_deeply_nested_formulas_are_refused(self):
        for formula in (
            " + ".join(["open_tasks"] * 500),
            "(" * 480 + "1" + ")" * 480,
            "-" * 950 + "open_tasks",
            "not " * 240 + "open_tasks",
            "max(" * 190 + "open_tasks" + ")" * 190,
        ):
            with self.subTest(formula=formula[:20]):
                try:
                    self.indicator.formula = formula
                    self.env.flush_all()
                except ValidationError as error:
                    self.assertIn("Late mornings", str(error))
                    self.env.invalidate_all(flush=False)
                else:
                    self.assertLess(len(formula), 1000)
                    self.env["client.health.config"]._current(self.env.company)

    def test_an_empty_formula_is_refused(self):
        self.assertRefused(self.indicator, {"formula": " "}, "Late mornings")

    def test_a_bad_indicator_is_not_created(self):
        Indicator = self.env["client.health.indicator"]
        with self.assertRaises(ValidationError), self.cr.savepoint():
            Indicator.create(
                {
                    "check_id": self.check.id,
                    "code": "bad",
                    "name": "Bad one",
                    "formula": "smiles",
                    "good": 1,
                    "watch": 2,
                    "red": 3,
                }
            )
        self.assertFalse(Indicator.search([("code", "=", "bad")]))

    # -- the company -----------------------------------------------------------

    def test_levels_of_a_company_out_of_order_are_refused(self):
        company = self.env["res.company"].create({"name": "Levels"})
        for values in (
            {"client_health_watch": 80},
            {"client_health_watch": 85},
            {"client_health_at_risk": 65},
            {"client_health_at_risk": 0},
            {"client_health_healthy": 101},
            {"client_health_healthy": 60},
        ):
            self.assertRefused(company, values, "Levels", "out of order")

    def test_least_coverage_is_a_percentage(self):
        company = self.env["res.company"].create({"name": "Levels"})
        for coverage in (-1, 101):
            self.assertRefused(
                company, {"client_health_min_coverage": coverage}, "Levels"
            )
        company.client_health_min_coverage = 0
        company.client_health_min_coverage = 100

    def test_a_required_rate_below_zero_is_refused(self):
        company = self.env["res.company"].create({"name": "Levels"})
        self.assertRefused(company, {"client_health_required_rate": -1}, "Levels")

    def test_new_limits_have_the_clients_scored_again(self):
        cron = self.env.ref("client_health.ir_cron_refresh")
        trigger = self.env["ir.cron.trigger"]
        company = self.env["res.company"].create({"name": "Moved"})
        for change in (
            lambda: self.indicator.write({"red": 9}),
            lambda: self.check.write({"weight": 11}),
            lambda: self.env.company.write({"client_health_healthy": 81}),
            lambda: company.write({"currency_id": self.env.ref("base.CHF").id}),
        ):
            before = trigger.search_count([("cron_id", "=", cron.id)])
            change()
            after = trigger.search_count([("cron_id", "=", cron.id)])
            self.assertGreater(after, before)
