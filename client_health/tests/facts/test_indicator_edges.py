"""Every indicator at its edges: limits, least number of cases, nothing known.

The facts are plain mappings made by hand; the indicators are the records that
are installed. The limits are those of the design, written down once more.
"""

from datetime import timedelta

from odoo.tests import TransactionCase, tagged

from ...scoring.score import assess, build_check
from .edges import EDGES, bad_months, profit

COST = {"margin", "effective_rate", "loss_months"}
REPORTED = ("unprepared", "disrespect", "pessimism", "abuse", "unreasonable")
WEIGHTS = {
    "time_cost": (15, "watch"),
    "rejection": (15, "watch"),
    "respect": (10, "watch"),
    "communication": (15, "watch"),
    "progress": (10, "watch"),
    "attitude": (10, "watch"),
    "profit": (15, "at_risk"),
    "abuse": (10, "critical"),
}
# Facts whose absence another fact makes up for, by indicator.
ONE_IS_ENOUGH = {
    "silence": ("days_since_heard", "days_since_call", "days_since_held"),
    "our_silence": ("days_since_heard", "days_since_call", "days_since_held"),
    "standstill": (
        "days_since_order",
        "days_since_lead_move",
        "days_since_task_move",
        "days_since_milestone",
        "days_since_hours",
    ),
}
# Facts that count as nothing when absent, or are not asked where others tell.
OPTIONAL = {
    # the months say how much it was, and that there were hours is asked of no rate
    "loss_months": (
        "timesheet_cost_365",
        "other_cost_365",
        "usual_gap_365",
        "earned_work_months",
    ),
    "silence": ("open_tasks", "open_leads"),
    # nothing that we wrote is what it is about
    "our_silence": ("open_tasks", "open_leads", "written_since_heard"),
    "standstill": ("due_tasks", "open_leads"),
    "rejection_rate": (
        "quotes_lost_365",
        "leads_lost_365",
        "reviews_turned_down_365",
        "quotes_won_365",
        "leads_won_365",
        "reviews_accepted_365",
    ),
}


@tagged("post_install", "-at_install")
class TestIndicatorEdges(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.env["client.health.indicator"]._known_facts()
        cls.indicators = {
            code: cls.env.ref(f"client_health.indicator_{code}") for code in EDGES
        }

    def judge(self, code, facts):
        """The assessment of a check that has this one indicator."""
        indicator = self.indicators[code]
        check = build_check(
            {
                "code": indicator.check_id.code,
                "weight": indicator.check_id.weight,
                "floor_level": indicator.check_id.floor_level,
                "indicators": [indicator._as_mapping()],
            },
            self.known,
        )
        return assess([check], facts)

    def penalty(self, code, facts):
        """The penalty in a straight line, also of a figure that counts in steps."""
        [reading] = self.judge(code, facts).checks[0].readings
        return reading.penalty if reading.exact is None else reading.exact

    def level(self, code, facts):
        (check,) = self.judge(code, facts).checks
        return check.ours_level if EDGES[code].side == "ours" else check.level

    def reason(self, code, facts):
        """Why the indicator is grey, in words; fails when it is not."""
        result = self.judge(code, facts)
        (reading,) = result.checks[0].readings
        self.assertIsNone(reading.penalty, code)
        self.assertIsNone(reading.value, code)
        self.assertEqual(result.checks[0].level, "grey", code)
        self.assertIsNone(result.score, code)
        self.assertEqual(result.coverage, 0, code)
        reason = (
            self.indicators[code]._words().grey_reason(reading.grey, reading.sample)
        )
        self.assertRegex(reason, r"^[A-Z].{9,}\.$", code)
        return reason

    # -- the whole table -------------------------------------------------------

    def test_every_installed_indicator_is_in_this_table(self):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "client_health"),
                ("model", "=", "client.health.indicator"),
            ]
        )
        names = {name for name in data.mapped("name")}
        self.assertEqual(names, {f"indicator_{code}" for code in EDGES})

    def test_indicators_are_those_of_the_design(self):
        for code, edge in EDGES.items():
            with self.subTest(code):
                record = self.indicators[code]
                self.assertEqual(record.check_id.code, edge.check)
                self.assertEqual((record.good, record.watch, record.red), edge.limits)
                self.assertEqual(record.window_days, edge.window)
                self.assertEqual(record.side, edge.side)
                self.assertEqual(record.reported, code in REPORTED)

    def test_checks_are_those_of_the_design(self):
        for code, expected in WEIGHTS.items():
            check = self.env.ref(f"client_health.check_{code}")
            self.assertEqual((check.weight, check.floor_level), expected, code)
        self.assertEqual(sum(weight for weight, _floor in WEIGHTS.values()), 100)

    # -- limits ----------------------------------------------------------------

    def test_up_to_good_there_is_no_penalty(self):
        for code, edge in EDGES.items():
            good, watch, _red = edge.limits
            away = edge.step if watch > good else -edge.step
            with self.subTest(code):
                self.assertEqual(self.penalty(code, edge.facts(good)), 0)
                self.assertEqual(self.level(code, edge.facts(good)), "ok")
                self.assertGreater(self.penalty(code, edge.facts(good + away)), 0)
                if good - away >= 0:
                    self.assertEqual(self.penalty(code, edge.facts(good - away)), 0)

    def test_watch_begins_exactly_at_its_limit(self):
        for code, edge in EDGES.items():
            good, watch, _red = edge.limits
            worse = edge.step if watch > good else -edge.step
            with self.subTest(code):
                before = self.penalty(code, edge.facts(watch - worse))
                self.assertLess(before, 0.5)
                if abs(watch - good) > edge.step:
                    self.assertGreater(before, 0)
                self.assertEqual(self.level(code, edge.facts(watch - worse)), "ok")
                self.assertEqual(self.penalty(code, edge.facts(watch)), 0.5)
                self.assertEqual(self.level(code, edge.facts(watch)), "watch")
                self.assertGreater(self.penalty(code, edge.facts(watch + worse)), 0.5)

    def test_red_begins_exactly_at_its_limit(self):
        for code, edge in EDGES.items():
            good, watch, red = edge.limits
            worse = edge.step if watch > good else -edge.step
            with self.subTest(code):
                before = self.penalty(code, edge.facts(red - worse))
                self.assertLess(before, 1)
                self.assertGreaterEqual(before, 0.5)
                self.assertEqual(self.level(code, edge.facts(red - worse)), "watch")
                for value in (red, red + worse, red + 3 * worse):
                    self.assertEqual(self.penalty(code, edge.facts(value)), 1)
                    self.assertEqual(self.level(code, edge.facts(value)), "red")

    def test_between_its_limits_a_penalty_rises_in_a_straight_line(self):
        for code, edge in EDGES.items():
            good, watch, red = edge.limits
            if edge.step == 1 and abs(red - watch) % 2:
                continue  # there is nothing half-way
            with self.subTest(code):
                half = self.penalty(code, edge.facts((watch + red) / 2))
                self.assertAlmostEqual(half, 0.75, 2)
                if edge.step != 1 or not abs(watch - good) % 2:
                    half = self.penalty(code, edge.facts((watch + good) / 2))
                    self.assertAlmostEqual(half, 0.25, 2)

    def test_cost_counts_in_steps(self):
        for code, edge in EDGES.items():
            middle = (edge.limits[1] + edge.limits[2]) / 2
            [reading] = self.judge(code, edge.facts(middle)).checks[0].readings
            self.assertEqual(reading.exact is not None, code in COST, code)
            self.assertTrue(code not in COST or reading.penalty == 0.5, code)

    def test_lower_is_worse_for_falling_limits_and_higher_for_rising_ones(self):
        falling = {
            code for code, edge in EDGES.items() if edge.limits[2] < edge.limits[0]
        }
        self.assertEqual(
            falling,
            {
                "effective_rate", "respect_pulse", "client_on_time", "our_on_time",
                "revenue_trend", "rating", "attitude_pulse", "margin",
            },
        )  # fmt: skip
        for code, edge in EDGES.items():
            low, high = sorted((edge.limits[0], edge.limits[2]))
            worst, best = (low, high) if code in falling else (high, low)
            with self.subTest(code):
                self.assertEqual(self.penalty(code, edge.facts(worst)), 1)
                self.assertEqual(self.penalty(code, edge.facts(best)), 0)

    def test_our_own_side_costs_nothing_at_any_value(self):
        for value in (1, 0.8, 0.6, 0.5, 0):
            result = self.judge("our_on_time", EDGES["our_on_time"].facts(value))
            (check,) = result.checks
            self.assertIsNone(result.score)
            self.assertEqual((check.level, check.points), ("grey", 0))
        self.assertEqual(check.ours.indicator.code, "our_on_time")
        self.assertEqual(check.ours_level, "red")

    # -- too few cases ---------------------------------------------------------

    def test_with_fewer_cases_than_needed_a_figure_is_grey_and_says_so(self):
        counted = {code: edge for code, edge in EDGES.items() if edge.cases}
        self.assertEqual(len(counted), 15)
        for code, edge in counted.items():
            with self.subTest(code):
                facts = edge.facts(edge.limits[2])
                enough = {**facts, edge.cases: edge.least}
                self.assertIsNotNone(self.penalty(code, enough))
                few = {**facts, edge.cases: edge.least - 1}
                have, need = edge.least - 1, edge.least
                self.assertEqual(
                    self.reason(code, few),
                    f"Not enough data: {have} of at least {need} cases.",
                )

    def test_a_rejection_rate_needs_four_decisions_of_one_kind(self):
        facts = {"quotes_lost_365": 2, "leads_lost_365": 1, "reviews_accepted_365": 3}
        self.assertEqual(
            self.reason("rejection_rate", facts),
            "Not enough data: 3 of at least 4 cases.",
        )
        for name in OPTIONAL["rejection_rate"]:
            more = {**facts, name: facts.get(name, 0) + 1}
            self.assertIsNotNone(self.penalty("rejection_rate", more), name)
        self.assertEqual(
            self.reason("rejection_rate", {}), "Not enough data: 0 of at least 4 cases."
        )

    def test_the_worst_kind_of_rejection_counts(self):
        offers = {"quotes_lost_365": 3, "quotes_won_365": 1}
        results = {"reviews_turned_down_365": 1, "reviews_accepted_365": 99}
        few = {"reviews_turned_down_365": 3}
        self.assertEqual(self.penalty("rejection_rate", {**offers, **results}), 1)
        self.assertEqual(self.penalty("rejection_rate", results), 0)
        won = {"leads_won_365": 4}
        self.assertEqual(self.penalty("rejection_rate", {**won, **few}), 0)

    def test_a_margin_needs_ten_hours_whatever_was_earned(self):
        for earned in (0, 9000):
            facts = {**profit(0), "earned_invoiced_365": earned, "hours_365": 9}
            self.assertEqual(
                self.reason("margin", facts), "Not enough data: 9 of at least 10 cases."
            )
        self.assertEqual(self.penalty("margin", {**facts, "hours_365": 10}), 0)
        facts["earned_invoiced_365"] = 0
        self.assertEqual(self.penalty("margin", {**facts, "hours_365": 10}), 1)

    # -- nothing known ---------------------------------------------------------

    def test_without_a_fact_it_needs_a_figure_is_grey_never_zero(self):
        for code, edge in EDGES.items():
            facts = edge.facts(edge.limits[2])
            spare = (*ONE_IS_ENOUGH.get(code, ()), *OPTIONAL.get(code, ()))
            for name in facts:
                if name in spare:
                    continue
                with self.subTest(code, without=name):
                    left = {key: facts[key] for key in facts if key != name}
                    self.reason(code, left)

    def test_with_nothing_known_every_figure_is_grey(self):
        for code in EDGES:
            with self.subTest(code):
                self.reason(code, {})

    def test_an_absent_fact_is_named_in_the_reason(self):
        catalogue = self.env["client.health.facts"]._catalogue()
        for code, absent, name in (
            ("rating", "ratings_180", "ratings"),
            ("silence", "contact_every_days", "contact_every_days"),
            ("abuse", "abuse_points_365", "abuse_points"),
            ("client_on_time", "client_turns_90", "client_turns"),
            ("no_improvement", "communication_months", "communication_months"),
        ):
            facts = EDGES[code].facts(EDGES[code].limits[0])
            del facts[absent]
            with self.subTest(code):
                label = str(catalogue[name][1].label)
                self.assertIn(label, self.reason(code, facts))

    def test_one_of_several_facts_is_enough_where_the_latest_counts(self):
        for code, names in ONE_IS_ENOUGH.items():
            edge = EDGES[code]
            for name in names:
                facts = edge.facts(edge.limits[1])
                kept = {k: v for k, v in facts.items() if k == name or k not in names}
                with self.subTest(code, only=name):
                    self.assertGreaterEqual(self.penalty(code, kept), 0.5)
            nothing = {k: v for k, v in facts.items() if k not in names}
            self.reason(code, nothing)

    def test_only_the_latest_movement_and_the_latest_contact_count(self):
        facts = EDGES["standstill"].facts(200)
        self.assertEqual(self.penalty("standstill", facts), 1)
        for name in ONE_IS_ENOUGH["standstill"]:
            self.assertEqual(self.penalty("standstill", {**facts, name: 3}), 0, name)
        facts = EDGES["silence"].facts(4)
        self.assertEqual(self.penalty("silence", facts), 1)
        for name in ONE_IS_ENOUGH["silence"]:
            self.assertEqual(self.penalty("silence", {**facts, name: 3}), 0, name)

    def test_silence_and_standstill_are_only_measured_while_work_is_open(self):
        for code, tasks, reason in (
            ("silence", "open_tasks", "There is no open work"),
            ("standstill", "due_tasks", "No open work is due to move."),
        ):
            facts = EDGES[code].facts(EDGES[code].limits[2])
            for name in (tasks, "open_leads"):
                facts.pop(name, None)
            for known in ({}, {tasks: 0}, {tasks: 0, "open_leads": 0}):
                told = self.reason(code, {**facts, **known})
                self.assertTrue(told.startswith(reason), told)
            for known in ({tasks: 1}, {"open_leads": 1, tasks: 0}):
                self.assertEqual(self.penalty(code, {**facts, **known}), 1, code)

    def test_an_agreement_in_force_makes_silence_matter_without_open_work(self):
        facts = {**EDGES["silence"].facts(4), "open_tasks": 0}
        facts["agreements_in_force"] = 1
        self.assertEqual(self.penalty("silence", facts), 1)

    def test_silence_is_the_client_s_only_where_we_wrote(self):
        facts = EDGES["silence"].facts(4)
        self.assertIn("We wrote since", self.reason("our_silence", facts))
        facts["written_since_heard"] = 0
        self.assertIn("We did not write since", self.reason("silence", facts))
        self.assertEqual(self.penalty("our_silence", facts), 1)

    def test_who_was_seldom_heard_is_not_silent(self):
        for code in ("silence", "our_silence"):
            told = self.reason(code, {**EDGES[code].facts(4), "heard_months": 2})
            self.assertIn("less than three", told)

    def test_who_talks_elsewhere_is_not_late(self):
        for code in ("client_on_time", "our_on_time"):
            facts = {**EDGES[code].facts(0.2), "talks_elsewhere": 1}
            self.assertIn("Odoo", self.reason(code, facts))

    # -- what the definitions say besides ----------------------------------------

    def test_without_a_required_rate_the_effective_rate_says_so(self):
        facts = EDGES["effective_rate"].facts(1)
        for known in ({}, {"required_rate": 0.0}):
            facts.pop("required_rate", None)
            facts.update(known)
            self.assertEqual(
                self.reason("effective_rate", facts),
                "No required rate is set, in an agreement or in the settings.",
            )

    def test_hours_without_cost_turn_margins_grey_beyond_a_fifth(self):
        for code in ("margin", "loss_months"):
            facts = {**EDGES[code].facts(0), "hours_365": 100}
            facts["hours_without_cost_365"] = 20
            self.assertIsNotNone(self.penalty(code, facts))
            facts["hours_without_cost_365"] = 35
            reason = self.reason(code, facts).replace("\N{NO-BREAK SPACE}", " ")
            self.assertEqual(reason, "Cost rates are missing for 35 % of the hours.")

    def test_work_without_a_worth_turns_figures_grey_beyond_a_fifth(self):
        for code in ("margin", "loss_months", "effective_rate"):
            facts = {**EDGES[code].facts(1), "hours_365": 100}
            facts["hours_unvalued_365"] = 20
            self.assertIsNotNone(self.penalty(code, facts))
            facts["hours_unvalued_365"] = 21
            self.assertIn("cannot be valued yet", self.reason(code, facts))

    def test_more_than_five_times_the_required_rate_says_that_hours_are_missing(self):
        for code in ("margin", "effective_rate"):
            facts = {
                **profit(0), "required_rate": 20, "timesheet_cost_365": 1,
                "other_cost_365": 0,
            }  # fmt: skip
            self.assertIsNotNone(self.penalty(code, facts))
            facts["earned_invoiced_365"] = 1001
            self.assertIn("Hours seem missing", self.reason(code, facts))
        del facts["required_rate"]
        self.assertIsNotNone(self.penalty("margin", facts))

    def test_an_agreement_not_to_judge_by_money_is_kept(self):
        for code in ("margin", "loss_months", "effective_rate"):
            facts = {**EDGES[code].facts(1), "not_judged_by_money": 1}
            self.assertIn("not to judge by money", self.reason(code, facts))

    def test_whatever_was_earned_counts(self):
        for name in ("time", "fixed", "rest", "milestones"):
            facts = {**profit(0), f"earned_{name}_365": 1000}
            self.assertEqual(self.penalty("margin", facts), 0)
            rate = EDGES["effective_rate"].facts(0.3)
            self.assertEqual(self.penalty("effective_rate", rate), 1)
            rate[f"earned_{name}_365"] = 560
            self.assertEqual(self.penalty("effective_rate", rate), 0)

    def test_a_worse_level_counts_once_it_has_lasted(self):
        """The facts of 30 days before say what it was then."""
        now, fine, bad = profit(-0.5), profit(0.5), profit(-0.1)

        def then(facts):
            return {f"{key}_30": value for key, value in facts.items()}

        self.assertEqual(self.penalty("margin", now), 1)
        self.assertEqual(self.penalty("margin", {**now, **then(fine)}), 0)
        self.assertEqual(self.penalty("margin", {**now, **then(bad)}), 1)
        self.assertEqual(self.penalty("margin", {**fine, **then(bad)}), 0)
        warned = then(profit(0.1))
        self.assertEqual(self.level("margin", {**now, **warned}), "watch")
        # nor what could not be measured then, as there were too few hours
        few = {**then(bad), "hours_365_30": 3}
        self.assertEqual(self.penalty("margin", {**now, **few}), 0)

    def test_what_is_overdue_is_a_warning_until_something_is_thirty_days_late(self):
        facts = EDGES["overdue"].facts(0.9)
        self.assertEqual(self.penalty("overdue", facts), 1)
        self.assertEqual(self.penalty("overdue", {**facts, "overdue_days": 29}), 0.5)
        small = {**EDGES["overdue"].facts(0.1), "overdue_days": 29}
        self.assertAlmostEqual(self.penalty("overdue", small), 0.25)

    def test_the_trend_of_a_young_client_is_a_warning_at_most(self):
        facts = EDGES["revenue_trend"].facts(0.1)
        self.assertEqual(self.penalty("revenue_trend", facts), 1)
        facts["client_months"] = 17
        self.assertEqual(self.penalty("revenue_trend", facts), 0.5)
        facts["client_months"] = 8
        self.assertIn("less than nine months", self.reason("revenue_trend", facts))

    def test_a_margin_is_never_below_minus_one(self):
        for earned in (0, 1, 100):
            facts = {
                **profit(0), "earned_invoiced_365": earned, "timesheet_cost_365": 5000,
                "hours_365": 50,
            }  # fmt: skip
            (check,) = self.judge("margin", facts).checks
            self.assertEqual(check.readings[0].value, -1)

    def test_months_that_earn_as_much_as_they_cost_are_no_loss(self):
        months = bad_months(0)
        months["other_cost_months"] = [50.0] * 24
        self.assertEqual(self.penalty("loss_months", months), 0)
        months["other_cost_months"] = [50.01] * 24
        self.assertEqual(self.penalty("loss_months", months), 1)

    def test_months_are_compared_by_the_year_where_invoices_are_rare(self):
        """24 in one month pays for the year."""
        months = bad_months(0)
        months["earned_invoiced_months"] = [0.0] * 4 + [2000.0] + [0.0] * 19
        months["timesheet_cost_months"] = [50.0] * 12 + [0.0] * 12
        months["other_cost_months"] = [49.0] * 12 + [0.0] * 12
        self.assertEqual(self.penalty("loss_months", months), 0.5)
        months["usual_gap_365"] = 36
        self.assertEqual(self.penalty("loss_months", months), 0)
        # but not where four fifths were earned by work
        months["earned_time_365"] = 4000
        self.assertEqual(self.penalty("loss_months", months), 0.5)

    def test_a_season_that_comes_every_year_is_no_loss(self):
        months = bad_months(0)
        months["earned_invoiced_months"] = ([0.0] * 4 + [2000.0] + [0.0] * 7) * 2
        self.assertEqual(self.penalty("loss_months", months), 0)

    def test_a_good_quarter_ends_the_row_of_bad_ones(self):
        months = bad_months(12)
        months["other_cost_months"][1] = -500.0
        (check,) = self.judge("loss_months", months).checks
        self.assertEqual(check.readings[0].value, 0)

    def test_overdue_without_revenue_is_all_of_it_and_never_more(self):
        for revenue, overdue, expected in (
            (0, 1, 1),
            (0, 0, 0),
            (10, 50, 1),
            (-5, 2, 1),
        ):
            facts = {
                **EDGES["overdue"].facts(1), "overdue": overdue, "billed_365": revenue
            }  # fmt: skip
            (check,) = self.judge("overdue", facts).checks
            self.assertEqual(check.readings[0].value, expected)

    def test_without_revenue_to_compare_with_there_is_no_trend(self):
        for before in (0, -10):
            facts = {**EDGES["revenue_trend"].facts(0), "trend_earlier": before}
            self.assertEqual(
                self.reason("revenue_trend", facts),
                "There was no revenue in the period to compare with.",
            )

    def test_invoices_all_of_one_day_have_no_longest_gap(self):
        facts = EDGES["buying_gap"].facts(4)
        self.reason("buying_gap", {**facts, "longest_gap": 0})

    def test_a_penalty_that_falls_by_a_tenth_is_an_improvement(self):
        row = [0.6, 0.7, 0.7, 0.7] + [-1.0] * 8
        (check,) = self.judge("no_improvement", {"communication_months": row}).checks
        self.assertEqual(check.readings[0].value, 1)
        row[0] = 0.61
        (check,) = self.judge("no_improvement", {"communication_months": row}).checks
        self.assertEqual(check.readings[0].value, 4)

    # -- what people report ----------------------------------------------------

    def test_nothing_reported_is_zero_but_no_evidence(self):
        for code in REPORTED:
            with self.subTest(code):
                nothing = self.judge(code, EDGES[code].facts(0))
                self.assertEqual((nothing.score, nothing.uncapped), (None, 100))
                self.assertEqual((nothing.coverage, nothing.level), (0, "unknown"))
                self.assertEqual(nothing.checks[0].level, "ok")
                something = self.judge(code, EDGES[code].facts(1))
                self.assertEqual(something.coverage, 100)
                self.assertLess(something.uncapped, 100)

    def test_a_measured_zero_is_evidence(self):
        for code, edge in EDGES.items():
            if code in REPORTED or edge.side == "ours":
                continue
            with self.subTest(code):
                result = self.judge(code, edge.facts(edge.limits[0]))
                self.assertEqual((result.score, result.coverage), (100, 100))

    def test_reporting_something_bad_never_raises_a_score(self):
        """With all indicators at once, whatever else is known."""
        checks = self.env["client.health.config"]._current(self.env.company)
        for others in (
            (),
            ("margin",),
            ("margin", "rating", "standstill"),
            tuple(code for code in EDGES if code not in REPORTED),
        ):
            facts = {}
            for code in REPORTED:
                facts.update(EDGES[code].facts(0))
            for code in others:
                facts.update(EDGES[code].facts(EDGES[code].limits[1]))
            before = checks.assess(facts, {})
            for code in REPORTED:
                for number in range(1, 7):
                    after = checks.assess({**facts, **EDGES[code].facts(number)}, {})
                    self.assertLessEqual(after.uncapped, before.uncapped, code)
                    self.assertGreaterEqual(after.coverage, before.coverage)


@tagged("post_install", "-at_install")
class TestReportedInTheDatabase(TransactionCase):
    def test_a_client_nobody_complained_about_is_not_known_to_be_healthy(self):
        client = self.env["res.partner"].create({"name": "Quiet", "is_company": True})
        company = self.env.company
        self.env["project.project"].create(
            {"name": "Project", "partner_id": client.id, "company_id": company.id}
        )
        health = (
            self.env["client.health"]
            .with_context(allowed_company_ids=company.ids)
            ._refresh(client)
        )
        self.assertEqual(health.level, "unknown")
        self.assertEqual((health.uncapped_score, health.coverage), (100, 0))
        today = self.env["client.health.facts"]._scope(company, []).as_of
        incident = (
            self.env["client.incident"]
            .sudo()
            .create(
                {
                    "partner_id": client.id,
                    "company_id": company.id,
                    "category": "abuse",
                    "severity": "severe",
                    "state": "confirmed",
                    "confirmed_on": self.env.cr.now() - timedelta(seconds=1),
                    "date": today,
                }
            )
        )
        self.assertEqual(incident.points, 3)
        self.assertEqual(health.level, "critical")
        self.assertLess(health.score, 50)
        self.assertGreater(health.coverage, 0)
