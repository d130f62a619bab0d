"""The rules of the scoring, example by example: formulas, limits and checks."""

import math

import pytest

from client_health.scoring import formula as formulas
from client_health.scoring.formula import (
    MAX_LENGTH,
    FormulaError,
    UnknownFact,
    compile_formula,
    evaluate,
    months_under,
    months_without_improvement,
)
from client_health.scoring.keys import FactKey
from client_health.scoring.score import (
    Indicator,
    Settings,
    assess,
    build_check,
    judge_check,
    level_of,
    whole_points,
)
from client_health.scoring.thresholds import Limits, LimitsError, check_level

KNOWN = {"a": False, "b": False, "w": True, "v": True}


def compiled(text, window=30, known=KNOWN):
    return compile_formula(text, known, window)


def text_of(keys):
    return {str(key) for key in keys}


def value(text, facts, **options):
    return evaluate(compiled(text, **options), facts)


def refused(text, **options):
    """The text with which a formula is refused."""
    with pytest.raises(FormulaError) as error:
        compiled(text, **options)
    return str(error.value)


# -- limits --------------------------------------------------------------------


def test_limits_in_strict_order_are_returned_as_they_are():
    for rising_or_falling in (Limits(1, 2, 3), Limits(3, 2, 1)):
        assert rising_or_falling.check() is rising_or_falling
    assert Limits(1, 2, 3).rising and not Limits(3, 2, 1).rising


@pytest.mark.parametrize(
    "three",
    [(1, 1, 2), (1, 2, 2), (2, 2, 1), (2, 1, 1), (1, 3, 2), (3, 1, 2), (1, 1, 1)],
)
def test_two_limits_may_not_be_equal_or_out_of_order(three):
    with pytest.raises(LimitsError) as error:
        Limits(*three).check()
    assert str(error.value) == "good {}, watch {}, red {}".format(*three)


def test_an_error_about_limits_shows_them_short():
    with pytest.raises(LimitsError, match=r"^good 0.25, watch 0.25, red 0.5$"):
        Limits(0.250, 0.250, 0.500).check()


def test_a_penalty_lies_on_a_straight_line_between_two_limits():
    late = Limits(10, 20, 50)
    assert [late.penalty(days) for days in (10, 12, 18, 20, 26, 44, 50)] == [
        0.0, 0.1, 0.4, 0.5, 0.6, 0.9, 1.0
    ]  # fmt: skip
    share = Limits(0.9, 0.5, 0.3)
    parts = (1, 0.9, 0.7, 0.5, 0.4, 0.3, 0)
    assert [round(share.penalty(part), 9) for part in parts] == [
        0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0
    ]  # fmt: skip


def test_a_flag_that_is_open_holds_on():
    assert check_level(0.4) == "ok"
    assert check_level(0.4, "watch") == check_level(0.4, "red") == "watch"
    assert check_level(0.9) == check_level(0.9, "watch") == "watch"
    assert check_level(0.9, "red") == "red"
    assert check_level(0.3999, "red") == "ok"


# -- formulas ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", 8), ("a - b", 4), ("a * b", 12), ("a / b", 3), ("-a", -6),
        ("a if b else 1", 6), ("a > b", 1), ("a < b", 0), ("a >= 6", 1),
        ("a <= 5", 0), ("a == 6", 1), ("a != 6", 0), ("a and b", 2), ("0 or b", 2),
        ("not a", 0), ("1 < b < 3", 1), ("max(a, b)", 6), ("min(a, b, 1)", 1),
        ("abs(b - a)", 4), ("  a  ", 6), ("2.5 * b", 5), ("opt(a)", 6),
        ("opt(c)", 0), ("least(a, c, b)", 2),
    ],
)  # fmt: skip
def test_a_formula_calculates(text, expected):
    known = {**KNOWN, "c": False}
    assert value(text, {"a": 6.0, "b": 2.0}, known=known) == (expected, None)


def test_a_fact_over_a_period_takes_the_window_or_the_days_in_brackets():
    assert text_of(compiled("w + v[90] + a").keys) == {"w_30", "v_90", "a"}
    assert text_of(compiled("w", window=365).keys) == {"w_365"}
    assert text_of(compiled("w[1] + w[3650]").keys) == {"w_1", "w_3650"}
    assert value("w[90] - w", {"w_90": 5.0, "w_30": 2.0}) == (3.0, None)
    assert str(FactKey("w", 30)) == "w_30"
    assert str(FactKey("w", 0)) == str(FactKey("w")) == "w"


def test_only_facts_outside_opt_and_least_are_required():
    both = compiled("a + opt(w) + least(b, v)")
    assert text_of(both.keys) == {"a", "b", "w_30", "v_30"}
    assert text_of(both.required) == {"a"}
    assert text_of(compiled("opt(a) + a").required) == {"a"}
    assert text_of(compiled("a + opt(a)").required) == {"a"}


def test_figures_that_several_indicators_share_are_said_once():
    work = {f"earned_{name}" for name in ("time", "fixed", "rest", "milestones")}
    known = dict.fromkeys(
        ("earned_invoiced", "timesheet_cost", "other_cost", *work), False
    )
    earned = compiled("earned", known=known)
    assert text_of(earned.keys) == {"earned_invoiced", *work}
    assert text_of(earned.required) == {"earned_invoiced"}
    assert value("earned", {"earned_invoiced": 5.0}, known=known) == (5.0, None)
    both = {"earned_invoiced": 5.0, "earned_time": 2.0}
    assert value("earned", both, known=known) == (7.0, None)
    cost = {"timesheet_cost": 3.0, "other_cost": 4.0}
    assert value("cost", cost, known=known) == (7.0, None)
    assert value("cost", {"other_cost": 4.0}, known=known) == (
        None, ("absent", "timesheet_cost")
    )  # fmt: skip


def test_a_compiled_formula_keeps_its_text_and_gives_its_value():
    formula = compiled("a / b")
    assert formula.text == "a / b"
    assert formula.value({"a": 1.0, "b": 2.0}) == 0.5
    with pytest.raises(KeyError):
        formula.value({"a": 1.0})
    with pytest.raises(ZeroDivisionError):
        formula.value({"a": 1.0, "b": 0.0})


def test_a_compiled_formula_has_its_own_functions_and_no_built_ins():
    scope = compiled("a").function.__globals__
    assert scope["__builtins__"] == {}
    assert set(scope) - {*formulas.FUNCTIONS} == {"__builtins__", "_least", "_times"}


def test_an_unknown_fact_is_named():
    with pytest.raises(UnknownFact) as error:
        compiled("a + nobody")
    assert error.value.name == "nobody" and str(error.value) == "nobody"
    with pytest.raises(UnknownFact):
        compiled("nobody[30]")
    with pytest.raises(UnknownFact):
        compiled("opt(nobody)")


@pytest.mark.parametrize(
    "text",
    """a ** b | a // b | a % b | +a | ~a | a is b | a in (1, 2) | [a] | a.real
    | lambda: 1 | (a := 1) | 'a' | True | None | 1j | f'{a}' | a[30] | w[0] | w[3651]
    | w[-1] | w[1.5] | w[True] | w['x'] | w[a] | w[1:2] | (a + b)[30] | abs()
    | abs(a, b) | max(a) | min(a) | max(a, b, key=a) | a(b) | a.b(1) | sum(a, b) | opt()
    | opt(a, b) | opt(1) | opt(a + b) | least() | least(a, 1) | opt(a, x=1)
    | months_without_improvement(a, b) | months_under(a, b, a) | a + | a b
    | months_under(a, b, a, b, a, b)""".split("|"),
)
def test_what_is_no_formula_is_refused_and_shown(text):
    text = text.strip()
    assert refused(text) == text


def test_an_empty_formula_and_a_star_are_refused():
    assert refused("") == ""
    assert refused("max(*a)") == "max(*a)"
    assert refused("max(b, *a)") == "*a"
    assert refused("\0") == "\0"


def test_functions_take_as_many_arguments_as_they_say():
    facts = {"a": 1.0}
    assert value(f"max({', '.join('a' * 10)})", facts) == (1.0, None)
    assert value(f"min({', '.join('a' * 10)})", facts) == (1.0, None)
    assert refused(f"max({', '.join('a' * 11)})")
    assert refused(f"min({', '.join('a' * 11)})")
    lists = {"a": [100.0, 100.0], "b": [90.0, 10.0]}
    assert value("months_under(0.2, a, b, b)", lists) == (1, None)
    assert value("months_under(0.2, a, b, b, 1000)", lists)[0] == 0
    assert value("months_without_improvement(a)", {"a": [0.6, -1]}) == (1, None)


def test_a_formula_may_be_long_but_not_longer():
    fits = "a" + " " * (MAX_LENGTH - 1)
    assert text_of(compiled(fits).keys) == {"a"}
    assert MAX_LENGTH == 1000
    text = "a + " * 250 + "a"
    assert refused(text) == text[:60] + "…"


def test_a_formula_too_deep_to_read_is_refused_with_its_text():
    for text in ("(" * 300 + "a" + ")" * 300, "-" * 900 + "a"):
        assert refused(text) == text


@pytest.mark.parametrize(
    ("text", "facts", "why"),
    [
        ("a + b", {"a": 1.0}, ("absent", "b")),
        ("least(b, a)", {}, ("absent", "a")),
        ("least(w, v)", {}, ("absent", "v_30")),
        ("a / b", {"a": 1.0, "b": 0.0}, ("undefined", "")),
        ("a * b", {"a": 1e308, "b": 10.0}, ("undefined", "")),
        ("a", {"a": math.nan}, ("undefined", "")),
        ("a", {"a": math.inf}, ("undefined", "")),
        ("a + 1", {"a": [1.0]}, ("undefined", "")),
        ("a", {"a": 10**400}, ("undefined", "")),
    ],
)
def test_a_value_that_cannot_be_had_says_why(text, facts, why):
    assert value(text, facts) == (None, why)


def test_the_functions_of_formulas_are_these():
    assert set(formulas.FUNCTIONS) == set(formulas.ARGUMENTS) == {
        "max", "min", "abs", "loss_months", "months_under",
        "months_without_improvement",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("revenue", "hours", "other", "to_invoice", "months"),
    [
        ([100], [80], [0], 0, 0),  # 20 % is not under 20 %
        ([100], [80.01], [0], 0, 1),
        ([100], [40], [41], 0, 1),
        ([100], [0], [81], 0, 1),
        ([0], [1], [0], 0, 1),  # nothing earned, but it cost
        ([0], [0], [1], 0, 1),
        ([0], [0], [0], 0, 0),  # nothing happened
        ([0.5], [1], [0], 0, 1),
        ([-10], [1], [0], 0, 1),
        ([100, 100, 100], [90, 10, 90], [0, 0, 0], 0, 1),
        ([100, 100], [90, 90], [0, 0], 0, 2),
        ([0, 100], [90, 90], [0, 0], 200, 0),  # work in progress is no loss
        ([100, 100], [190, 110], [0, 0], 50, 2),  # of the latest month alone
        ([100, 100, 100], [90, 90], [0, 0, 0], 0, 2),
        ([100, 100], [190, 80.5], [0, 0], 0, 2),
        ([0.5], [0.1], [0], 0, 0),
        ([], [], [], 0, 0),
    ],
)
def test_months_of_loss_are_counted_back_from_the_last(
    revenue, hours, other, to_invoice, months
):
    assert months_under(0.2, revenue, hours, other, to_invoice) == months
    if not to_invoice:
        assert months_under(0.2, revenue, hours, other) == months


def test_nothing_is_to_be_invoiced_unless_somebody_says_so():
    assert months_under(0.2, [100], [80.5], [0]) == 1
    assert months_under(0.2, [100], [80.5], [0], 1) == 0


@pytest.mark.parametrize(
    ("penalties", "months"),
    [
        ([0.5], 1), ([0.6, 0.6, 0.6], 3), ([0.5, 0.6], 1), ([0.51, 0.6], 2),
        ([0.55, 0.5, 0.6], 2), ([0.7, -1, 0.7, 0.7], 1), ([0.0], 1), ([-1], 0), ([], 0),
        ([0.4, 0.5, 0.6, 0.7], 1), ([0.9, 0.6, 0.61], 3),
    ],
)  # fmt: skip
def test_months_without_improvement_begin_anew_with_one(penalties, months):
    assert months_without_improvement(penalties) == months


# -- indicators and checks -----------------------------------------------------


def item(code="one", formula="a", **values):
    return {
        "code": code, "formula": formula, "good": 0, "watch": 10, "red": 20,
        "window": 30, **values,
    }  # fmt: skip


def check(*items, **values):
    mapping = {"code": "check", "weight": 10, "indicators": items, **values}
    return build_check(mapping, KNOWN)


def test_a_check_is_built_with_what_the_mapping_says():
    full = check(
        item(
            formula="w", sample="b", min_sample=3, condition="a > 1", unit="days",
            side="ours", reported=True, money=True, window=90,
        ),
        code="profit", weight=15, floor_level="at_risk",
    )  # fmt: skip
    assert full[:3] == ("profit", 15, "at_risk")
    (indicator,) = full.indicators
    assert (indicator.code, indicator.unit, indicator.side) == ("one", "days", "ours")
    assert (indicator.min_sample, indicator.window) == (3, 90)
    assert (indicator.reported, indicator.money) == (True, True)
    assert indicator.limits == Limits(0, 10, 20)
    texts = (indicator.value.text, indicator.sample.text, indicator.condition.text)
    assert texts == ("w", "b", "a > 1")
    assert text_of(indicator.keys) == {"w_90", "b", "a"}


def test_a_check_is_built_with_defaults_for_the_rest():
    plain = check(item(sample="", condition=None))
    assert plain.floor_level is None
    (indicator,) = plain.indicators
    assert indicator.sample is None and indicator.condition is None
    assert (indicator.unit, indicator.side, indicator.min_sample) == (
        "ratio", "client", 0
    )  # fmt: skip
    assert indicator.reported is False and indicator.money is False
    assert text_of(indicator.keys) == {"a"}
    bare = Indicator("one", compiled("a"), Limits(0, 1, 2))
    assert bare[3:11] == ("ratio", "client", None, 0.0, None, 0, False, False)
    assert bare[11:] == ((), None, False, False, 0, None)


def test_a_check_with_bad_limits_or_a_bad_formula_is_not_built():
    with pytest.raises(LimitsError):
        check(item(good=10))
    for key in ("formula", "sample", "condition"):
        with pytest.raises(FormulaError):
            check(item(**{key: "nobody"}))


def reading(facts, **values):
    """What is read of the one indicator of a check, but for the indicator."""
    built = check(item(**values))
    (result,) = judge_check(built, facts).readings
    assert result.indicator is built.indicators[0]
    assert result.settling is False
    return result[1:5]


def test_each_grey_rule_must_hold_and_says_what_is_missing():
    rules = {"grey_rules": "b <= 0.2\n\nopt(v) == 0", "window": 30}
    assert reading({"a": 5.0, "b": 0.2}, **rules)[:3] == (5.0, None, 0.25)
    missing = reading({"a": 5.0, "b": 0.35}, **rules)
    assert missing == (None, None, None, ("rule", "0", 0.35))
    said = reading({"a": 5.0, "b": 0.1, "v_30": 1.0}, **rules)
    assert said == (None, None, None, ("rule", "1", 1.0))
    assert reading({"a": 5.0}, **rules)[3] == ("absent", "b")
    # one that is no comparison says no share
    assert reading({"a": 5.0, "b": 0.0}, grey_rules="b")[3] == ("rule", "0", None)


def test_a_figure_is_a_warning_at_most_while_that_holds():
    young = {"watch_only": "b < 18"}
    assert reading({"a": 25.0, "b": 17.0}, **young)[2] == 0.5
    assert reading({"a": 25.0, "b": 18.0}, **young)[2] == 1
    assert reading({"a": 5.0, "b": 17.0}, **young)[2] == 0.25


def settled(now, then, **values):
    """Penalty of a figure that was another one 30 days before, and whether that is
    why."""
    built = check(item(formula="w", window=90, settle_days=30, **values))
    facts = {"w_90": now, **({} if then is None else {"w_90_30": then})}
    (result,) = judge_check(built, facts).readings
    return result.penalty, result.settling


def test_a_worse_level_counts_once_it_has_lasted():
    assert settled(20.0, 5.0) == (0.25, True)
    assert settled(20.0, 10.0) == (0.5, True)
    assert settled(10.0, 9.0) == (0.45, True)
    assert settled(15.0, 10.0) == (0.75, False)
    assert settled(20.0, 30.0) == (1, False)
    assert settled(5.0, 20.0) == (0.25, False)
    assert settled(20.0, None) == (1, False)
    assert settled(9.0, 0.0) == (0.45, False)
    # it could not be measured then, so it has not lasted
    assert settled(20.0, 3.0, sample="w", min_sample=4) == (0, True)


SAMPLE = {"sample": "b", "min_sample": 3}


def grey(*why, sample=None):
    return (None, sample, None, why)


@pytest.mark.parametrize(
    ("values", "facts", "expected"),
    [
        ({}, {"a": 5.0}, (5.0, None, 0.25, None)),
        ({}, {}, grey("absent", "a")),
        ({"formula": "a / b"}, {"a": 1.0, "b": 0.0}, grey("undefined", "")),
        ({"condition": "b"}, {"a": 5.0, "b": 1.0}, (5.0, None, 0.25, None)),
        ({"condition": "b"}, {"a": 5.0, "b": 0.0}, grey("condition", "")),
        ({"condition": "b"}, {"a": 5.0}, grey("absent", "b")),
        (SAMPLE, {"a": 5.0, "b": 3.0}, (5.0, 3.0, 0.25, None)),
        (SAMPLE, {"a": 5.0, "b": 2.9}, grey("sample", "", sample=2.9)),
        (SAMPLE, {"a": 5.0}, grey("absent", "b")),
        (SAMPLE, {"b": 4.0}, grey("absent", "a", sample=4.0)),
        ({"sample": "b"}, {"a": 5.0, "b": 0.0}, (5.0, 0.0, 0.25, None)),
        (
            {**SAMPLE, "condition": "a > 9"},
            {"a": 5.0, "b": 9.0},
            grey("condition", ""),
        ),
    ],
)
def test_an_indicator_has_a_penalty_or_says_why_it_is_grey(values, facts, expected):
    assert reading(facts, **values) == expected


def test_the_worst_indicator_of_the_client_drives_a_check():
    two = check(item("mild"), item("worse", "b"), item("third", "w"))
    result = judge_check(two, {"a": 4.0, "b": 12.0})
    assert (result.level, result.penalty) == ("watch", 0.6)
    assert result.driver.indicator.code == "worse"
    assert [r.penalty for r in result.readings] == [0.2, 0.6, None]
    assert (result.ours, result.ours_level, result.evidence) == (None, "grey", True)
    assert result.points == 0
    result = judge_check(two, {"a": 8.0, "b": 8.0})
    assert result.driver.indicator.code == "mild", "the first of equals"
    result = judge_check(two, {"b": 12.0})
    assert result.driver.indicator.code == "worse", "what is grey stops nobody"


def test_our_own_side_stands_out_but_costs_nothing():
    both = check(item("theirs"), item("ours", "b", side="ours"),
                 item("ours2", "w", side="ours"))  # fmt: skip
    result = judge_check(both, {"a": 4.0, "b": 12.0, "w_30": 20.0})
    assert (result.level, result.penalty) == ("ok", 0.2)
    assert result.ours.indicator.code == "ours2"
    assert result.ours_level == "red"
    result = judge_check(both, {"a": 4.0, "b": 12.0, "w_30": 12.0})
    assert (result.ours.indicator.code, result.ours_level) == ("ours", "watch")


def test_a_check_of_our_side_alone_is_grey():
    ours = check(item("ours", "b", side="ours"))
    result = judge_check(ours, {"b": 20.0})
    assert (result.level, result.penalty, result.driver) == ("grey", None, None)
    assert (result.ours.penalty, result.ours_level) == (1.0, "red")
    assert result.evidence is False
    assert [r.penalty for r in result.readings] == [1.0]
    nothing = judge_check(ours, {})
    assert (nothing.ours, nothing.ours_level) == (None, "grey")


def test_open_flags_hold_each_their_own_side():
    both = check(item("theirs"), item("ours", "b", side="ours"))
    facts = {"a": 8.0, "b": 18.0}  # penalties 0.4 and 0.9
    result = judge_check(both, facts)
    assert (result.level, result.ours_level) == ("ok", "watch")
    result = judge_check(both, facts, "watch", "red")
    assert (result.level, result.ours_level) == ("watch", "red")
    result = assess(
        [both], facts, {("check", "client"): "watch", ("check", "ours"): "red"}
    ).checks[0]
    assert (result.level, result.ours_level) == ("watch", "red")
    result = assess([both], facts, {("other", "client"): "watch"}).checks[0]
    assert (result.level, result.ours_level) == ("ok", "watch")


def test_a_report_is_evidence_only_when_there_is_something_to_report():
    told = check(item("told", reported=True))
    assert judge_check(told, {"a": 0.0}).evidence is False
    assert judge_check(told, {"a": 0.5}).evidence is True
    both = check(item("told", reported=True), item("measured", "b"))
    assert judge_check(both, {"a": 0.0}).evidence is False
    assert judge_check(both, {"a": 0.0, "b": 0.0}).evidence is True
    assert judge_check(both, {"a": 1.0}).evidence is True
    other_way = check(item("measured", "b"), item("told", reported=True))
    assert judge_check(other_way, {"a": 0.0, "b": 0.0}).evidence is True


# -- score and level -----------------------------------------------------------


def three():
    return [
        check(item(), code="x", weight=20, floor_level="at_risk"),
        check(item(formula="b"), code="y", weight=10),
        check(item(formula="w", reported=True), code="z", weight=10,
              floor_level="critical"),
    ]  # fmt: skip


def test_a_score_is_a_hundred_less_the_weighted_penalties():
    result = assess(three(), {"a": 10.0, "b": 0.0, "w_30": 4.0})
    # (20 × 0.5 + 10 × 0 + 10 × 0.2) ÷ 40 = 0.3
    assert (result.score, result.level, result.rule) == (70, "watch", ("score", None))
    assert result.coverage == 100
    assert {c.check.code: c.points for c in result.checks} == {"x": 25, "y": 0, "z": 5}


def test_what_is_grey_counts_neither_for_nor_against():
    result = assess(three(), {"a": 10.0})
    assert (result.score, result.coverage) == (50, 50)
    assert (result.level, result.rule) == ("at_risk", ("score", None))
    assert [c.points for c in result.checks] == [50, 0, 0]
    assert [c.level for c in result.checks] == ["watch", "grey", "grey"]


def test_nothing_measured_has_no_score():
    result = assess(three(), {})
    assert result[:4] == (None, "unknown", ("nothing", None), 0)
    assert assess([], {})[:4] == (None, "unknown", ("nothing", None), 0)
    weightless = check(item(), weight=0)
    found = assess([weightless], {"a": 20.0})
    assert found[:4] == (None, "unknown", ("nothing", None), 0)


def test_little_evidence_leaves_the_level_unknown_but_for_a_floor():
    result = assess(three(), {"b": 0.0, "w_30": 0.0})
    assert (result.score, result.uncapped, result.coverage) == (None, 100, 25)
    assert (result.level, result.rule) == ("unknown", ("coverage", None))
    result = assess(three(), {"w_30": 20.0})
    assert (result.score, result.coverage) == (0, 25)
    assert (result.level, result.rule) == ("critical", ("floor", "z"))


def test_a_red_check_caps_the_level_at_its_floor():
    lenient = Settings(healthy=20, watch=15, at_risk=10, min_coverage=40)
    result = assess(three(), {"a": 20.0, "b": 0.0}, settings=lenient)
    assert (result.score, result.level, result.rule) == (14, "at_risk", ("floor", "x"))
    assert (result.uncapped, result.cap) == (33, ("x", 19))
    result = assess(three(), {"a": 20.0, "b": 0.0, "w_30": 20.0}, settings=lenient)
    assert (result.level, result.rule) == ("critical", ("floor", "z"))
    held = {("x", "client"): "red"}
    result = assess(three(), {"a": 18.0, "b": 0.0}, held, lenient)
    assert (result.level, result.rule) == ("at_risk", ("floor", "x")), "held red is red"
    result = assess(three(), {"a": 0.0, "b": 20.0}, settings=lenient)
    assert (result.level, result.rule) == ("healthy", ("score", None)), (
        "no floor, no cap"
    )


@pytest.mark.parametrize(
    ("score", "coverage", "floors", "expected"),
    [
        (80, 100, {}, ("healthy", ("score", None))),
        (79, 100, {}, ("watch", ("score", None))),
        (65, 100, {}, ("watch", ("score", None))),
        (64, 100, {}, ("at_risk", ("score", None))),
        (50, 100, {}, ("at_risk", ("score", None))),
        (49, 100, {}, ("critical", ("score", None))),
        (80, 40, {}, ("healthy", ("score", None))),
        (80, 39, {}, ("unknown", ("coverage", None))),
        (90, 90, {"b": "watch", "a": "watch"}, ("watch", ("floor", "a"))),
        (90, 90, {"a": "watch", "b": "at_risk"}, ("at_risk", ("floor", "b"))),
        (70, 90, {"a": "watch"}, ("watch", ("score", None))),
        (70, 90, {"a": "critical"}, ("critical", ("floor", "a"))),
        (None, 100, {"a": "watch"}, ("unknown", ("nothing", None))),
        (90, 10, {"b": "watch", "a": "at_risk"}, ("at_risk", ("floor", "a"))),
    ],
)  # fmt: skip
def test_the_level_follows_the_score_the_coverage_and_the_floors(
    score, coverage, floors, expected
):
    assert level_of(score, coverage, floors) == expected


def test_coverage_is_a_whole_percentage_judged_before_it_is_rounded():
    checks = [
        check(item(), code="x", weight=79),
        check(item(formula="b"), code="y", weight=121),
    ]
    result = assess(checks, {"a": 0.0})
    assert (result.coverage, result.level) == (40, "unknown")  # 39.5 %


def test_points_are_whole_and_go_to_whoever_is_owed_most():
    assert whole_points({"a": 0.4, "b": 0.6}) == {"a": 0, "b": 1}
    assert whole_points({"b": 0.5, "a": 0.5}) == {"b": 0, "a": 1}
    assert whole_points({"a": 10.0, "b": 5.0}) == {"a": 10, "b": 5}
    assert whole_points({"a": 1.9, "b": 1.9, "c": 1.9}) == {"a": 2, "b": 2, "c": 2}
    assert whole_points({}) == {}
