"""Two judgements side by side, and one as plain data: changes, compare, explain."""

from typing import NamedTuple

import pytest

from client_health.scoring.changes import changes
from client_health.scoring.compare import Client, compare
from client_health.scoring.explain import EVERYTHING, Reader, explain
from client_health.scoring.score import Settings, assess, build_check

KNOWN = dict.fromkeys("abc", False)


class Config(NamedTuple):
    checks: list
    settings: Settings = Settings()


def item(code, formula, watch=10, red=20, **values):
    return {
        "code": code, "formula": formula, "good": 0, "watch": watch, "red": red,
        "window": 30, **values,
    }  # fmt: skip


def check(code, *items, weight=10, floor=None):
    mapping = {"code": code, "weight": weight, "floor_level": floor}
    return build_check({**mapping, "indicators": items}, KNOWN)


def config(watch=10, red=20, weight=10, floor=None, settings=None, **values):
    """Two checks; the limits, weight and floor of the first are the caller's."""
    return Config(
        [
            check("x", item("late", "a", watch, red, **values), weight=weight,
                  floor=floor),
            check("y", item("slow", "b")),
        ],
        settings or Settings(),
    )  # fmt: skip


# -- explain -------------------------------------------------------------------


def judged(facts, **values):
    money = item("margin", "a", money=True, unit="money", **values)
    return assess([check("profit", money, item("late", "b"), floor="at_risk")], facts)


def reader(money):
    """Whoever sees everything, or no money of any kind."""
    return EVERYTHING if money else Reader(money=False, cost=False)


def told(assessment, money=True):
    """The first check of an explanation, and its indicators."""
    [first, *_others] = explain(assessment, reader(money))["checks"]
    return first, first["indicators"]


def test_a_reading_is_explained_with_its_limits():
    checks = [check("x", item("late", "a", sample="b", min_sample=2, unit="days"))]
    expected = {
        "code": "late", "value": 5.0, "sample": 3.0, "penalty": 0.25, "reason": None,
        "settling": False,
        "private": False, "hidden": False, "good": 0, "watch": 10, "red": 20,
        "unit": "days", "window": 30, "min_sample": 2, "side": "client",
    }  # fmt: skip
    measured = assess(checks, {"a": 5.0, "b": 3.0})
    assert told(measured)[1] == [expected]
    assert told(measured, False)[1] == [expected], "no money: shown to all"
    assert told(assess(checks, {"b": 3.0}))[1] == [
        {**expected, "value": None, "penalty": None, "reason": ("absent", "a")}
    ]


def test_where_none_of_several_facts_is_there_the_first_is_named():
    checks = [check("x", item("late", "least(b, a)"))]
    [indicator] = told(assess(checks, {}))[1]
    assert indicator["reason"] == ("absent", "a")


def test_money_is_explained_to_those_alone_who_may_see_it():
    assessment = judged({"a": 15.0, "b": 4.0}, sample="b", min_sample=1)
    shown, hidden = told(assessment)[1][0], told(assessment, False)[1][0]
    figures = ("value", "sample", "penalty", "good", "watch", "red", "min_sample")
    assert [shown[name] for name in figures] == [15.0, 4.0, 0.75, 0, 10, 20, 1]
    assert [hidden[name] for name in figures] == [None] * 7
    assert [(line["private"], line["hidden"]) for line in (shown, hidden)] == [
        (False, False), (True, True),
    ]  # fmt: skip
    same = set(shown) - {*figures, "private", "hidden"}
    assert {name: shown[name] for name in same} == {name: hidden[name] for name in same}


def test_a_figure_about_money_that_is_not_there_hides_nothing():
    _check, (margin, late) = told(judged({"b": 4.0}), False)
    assert (margin["private"], margin["hidden"], margin["good"]) == (True, False, None)
    assert (late["private"], late["hidden"], late["penalty"]) == (False, False, 0.2)


def test_which_figure_about_money_is_measured_is_not_said():
    money = [item(code, code[0], money=True) for code in ("a1", "b2")]
    lines = told(assess([check("profit", *money)], {"a": 15.0}), False)[1]
    assert [line["hidden"] for line in lines] == [True, True]


def test_a_check_that_money_drives_keeps_all_points_to_itself():
    money, other = item("margin", "a", money=True), item("late", "b")
    assessment = assess([check("profit", money), check("x", other)], {"a": 15, "b": 5})
    for points, show_money in ((True, True), (False, False)):
        checks = explain(assessment, reader(show_money))["checks"]
        for name in ("points", "penalty", "weight"):
            shown = [line[name] is not None for line in checks]
            assert shown == [points, points], (name, show_money)
        assert [line["level"] for line in checks] == ["watch", "ok"]
        assert [line["driver"] for line in checks] == [
            points and "margin" or None,
            "late",
        ]
        assert [line["hidden"] for line in checks] == [not points, False]
    late = explain(assessment, reader(False))["checks"][1]["indicators"][0]
    assert (late["value"], late["penalty"]) == (5.0, None)


def test_where_something_else_drives_every_check_its_points_are_shown_to_all():
    first, _lines = told(judged({"a": 2.0, "b": 15.0}), False)
    assert (first["penalty"], first["points"], first["driver"]) == (0.75, 75, "late")
    assert (first["weight"], first["hidden"]) == (10, False)
    grey, _lines = told(judged({}), False)
    assert (grey["driver"], grey["hidden"], grey["level"]) == (None, False, "grey")


def test_a_flag_that_holds_on_is_told_unless_money_drives_it():
    money, other = item("margin", "a", money=True), item("late", "b")
    checks = [check("profit", money), check("x", other), check("y", item("slow", "c"))]
    held = {(code, "client"): "red" for code in ("profit", "x", "y")}
    assessment = assess(checks, {"a": 18.5, "b": 18.5, "c": 20}, held)
    for show_money in (True, False):
        lines = explain(assessment, reader(show_money))["checks"]
        assert [line["level"] for line in lines] == ["red"] * 3
        assert [line["held"] for line in lines] == [show_money, True, False]
    [fine] = assess([checks[1]], {"b": 8.5}, {("x", "client"): "watch"}).checks
    assert (fine.level, fine.held) == ("watch", True)


def test_the_whole_judgement_is_explained():
    whole = explain(judged({"a": 20.0, "b": 4.0}))
    first = whole.pop("checks")[0]
    assert whole == {
        "score": 0, "uncapped": 0, "cap": None, "level": "critical",
        "level_reason": "score", "coverage": 100,
    }  # fmt: skip
    indicators = first.pop("indicators")
    assert first == {
        "code": "profit", "level": "red", "penalty": 1.0, "points": 100, "weight": 10,
        "driver": "margin", "ours": "grey", "hidden": False, "held": False,
        "evidence": True,
    }  # fmt: skip
    assert [line["code"] for line in indicators] == ["margin", "late"]


# -- what changed --------------------------------------------------------------


def moved(before, after, old=None, new=None):
    """The changes between two days, each with its facts and settings."""
    old, new = old or config(), new or config()
    return changes(
        assess(old.checks, before),
        assess(new.checks, before),
        assess(new.checks, after),
    )


def test_a_change_of_figures_is_put_down_to_the_figures():
    result = moved({"a": 0.0, "b": 10.0}, {"a": 20.0, "b": 10.0})
    assert result["change"] == -50
    first, second = result["checks"]
    assert first == {
        "code": "x", "change": -50, "settings": 0, "data": -50, "gone": False,
        "money": False, "cost": False,
        "old": {"level": "ok", "driver": "late", "value": 0.0, "money": False,
                "cost": False, "points": 0, "evidence": True},
        "new": {"level": "red", "driver": "late", "value": 20.0, "money": False,
                "cost": False,
                "points": 50, "evidence": True},
    }  # fmt: skip
    assert (second["code"], second["change"], second["gone"]) == ("y", 0, False)


def test_money_that_decides_in_between_is_said_too():
    def settings(red):
        margin = item("margin", "b", red / 2, red, money=True)
        return Config([check("x", item("late", "a"), margin)])

    days = ({"a": 12.0, "b": 50.0}, {"a": 12.0, "b": 0.0})
    [row] = moved(*days, old=settings(1000), new=settings(40))["checks"]
    assert (row["old"]["driver"], row["new"]["driver"]) == ("late", "late")
    assert row["money"], "its points in between are those of the margin"
    [row] = moved(*days, old=settings(1000), new=settings(1000))["checks"]
    assert not row["money"]


def test_a_change_of_settings_is_put_down_to_the_settings():
    same = {"a": 10.0, "b": 0.0}
    result = moved(same, same, new=config(20, 40))
    first = result["checks"][0]
    assert (first["change"], first["settings"], first["data"]) == (12, 12, 0)
    assert result["change"] == first["change"]


def test_figures_and_settings_add_up_to_the_whole_change():
    result = moved({"a": 10.0}, {"a": 20.0}, new=config(20, 40))
    first = result["checks"][0]
    assert (first["change"], first["settings"], first["data"]) == (0, 25, -25)
    assert result["change"] == 0


def test_the_largest_change_comes_first_a_loss_before_a_gain():
    three = Config(
        [
            check("x", item("late", "a")),
            check("y", item("slow", "b")),
            check("z", item("rare", "c")),
            check("w", item("none", "a")),
        ]
    )
    result = moved(
        {"a": 10.0, "b": 20.0, "c": 0.0}, {"a": 10.0, "b": 0.0, "c": 20.0}, three, three
    )
    found = [(row["code"], row["change"]) for row in result["checks"]]
    assert found == [("z", -25), ("y", 25), ("w", 0), ("x", 0)]
    small = moved(
        {"a": 10.0, "b": 0.0, "c": 0.0}, {"a": 10.0, "b": 8.0, "c": 20.0}, three, three
    )
    assert [row["code"] for row in small["checks"]] == ["z", "y", "w", "x"]


def test_money_is_marked_as_such_in_a_change():
    old = config(money=True)
    first = moved({"a": 0.0}, {"a": 20.0}, old, old)["checks"][0]
    assert first["old"]["money"] is True and first["new"]["money"] is True


def test_a_check_that_is_new_or_gone_is_grey_on_the_other_day():
    grey = {"level": "grey", "driver": None, "value": None, "money": False,
            "cost": False, "points": 0, "evidence": False}  # fmt: skip
    one = Config([check("x", item("late", "a"))])
    result = moved({"a": 20.0, "b": 20.0}, {"a": 20.0, "b": 20.0}, config(), one)
    row = {row["code"]: row for row in result["checks"]}["y"]
    assert row["new"] == grey
    assert (row["old"]["points"], row["change"], row["gone"]) == (50, 50, True)
    result = moved({"a": 20.0, "b": 20.0}, {"a": 20.0, "b": 20.0}, one, config())
    row = {row["code"]: row for row in result["checks"]}["y"]
    assert row["old"] == grey
    assert (row["new"]["points"], row["change"], row["gone"]) == (50, -50, False)


def test_a_driver_that_is_not_measured_any_more_is_gone():
    rows = moved({"a": 20.0, "b": 0.0}, {"b": 0.0})["checks"]
    row = {row["code"]: row for row in rows}
    assert row["x"]["gone"] is True and row["y"]["gone"] is False
    assert row["x"]["new"]["driver"] is None
    rows = moved({"b": 0.0}, {"a": 20.0, "b": 0.0})["checks"]
    assert not any(row["gone"] for row in rows)


def test_a_driver_that_another_one_replaced_is_not_gone():
    two = Config([check("x", item("late", "a"), item("slow", "b"))])
    rows = moved({"a": 20.0, "b": 0.0}, {"a": 0.0, "b": 20.0}, two, two)["checks"]
    assert (rows[0]["old"]["driver"], rows[0]["new"]["driver"]) == ("late", "slow")
    assert rows[0]["gone"] is False
    rows = moved({"a": 20.0, "b": 0.0}, {"b": 20.0}, two, two)["checks"]
    assert rows[0]["gone"] is True


def test_without_a_score_on_one_of_the_days_there_is_no_change():
    assert moved({}, {"a": 0.0})["change"] is None
    assert moved({"a": 0.0}, {})["change"] is None
    assert moved({}, {})["change"] is None


# -- a red flag that holds the score down ----------------------------------------


def test_a_red_flag_that_holds_the_score_down_has_a_line_of_its_own():
    checks = config(floor="critical", weight=1).checks
    whole = explain(assess(checks, {"a": 20.0, "b": 0.0}))
    assert (whole["score"], whole["uncapped"], whole["level"]) == (49, 91, "critical")
    assert whole["cap"] == {"check": "x", "points": 42}
    lost = [line["points"] for line in whole["checks"]]
    assert sum(lost) + whole["cap"]["points"] == 100 - whole["score"]


def test_what_a_red_flag_takes_is_a_change_beside_those_of_the_checks():
    held = config(floor="critical", weight=1)
    result = moved({"a": 0.0, "b": 0.0}, {"a": 20.0, "b": 0.0}, held, held)
    assert result["change"] == -51
    assert sum(row["change"] for row in result["checks"]) == -9
    assert result["cap"] == {
        "check": "x", "old": 0, "new": 42, "change": -42, "data": -42, "settings": 0,
    }  # fmt: skip
    red = {"a": 20.0, "b": 0.0}
    back = moved(red, red, held, config(weight=1))
    assert (back["cap"]["check"], back["cap"]["settings"]) == ("x", 42)
    assert moved(red, red)["cap"] is None


def test_what_if_tells_what_would_hold_a_score_down_and_from_what():
    clients = [client("c", 91, "healthy", a=20.0, b=0.0)]
    result = compare(clients, config(weight=1), config(floor="critical", weight=1))
    [move] = result.moves
    assert (move.score, move.uncapped, move.capped_by) == (49, 91, "x")


# -- what if -------------------------------------------------------------------


def client(key, score, level, held=None, **facts):
    return Client(key, score, level, facts, held or {}, current=True)


def moves(result):
    return [move[:5] for move in result.moves]


def counted(result):
    return [dict(result.before), dict(result.after), dict(result.raised),
            dict(result.cleared)]  # fmt: skip


def test_the_same_settings_change_nothing():
    clients = [client("a", 100, "healthy", a=0.0, b=0.0), client("b", 3, "watch")]
    result = compare(clients, config(), config())
    both = {"healthy": 1, "watch": 1}
    assert counted(result) == [both, both, {}, {}]
    assert result.moves == []


def test_a_limit_that_moves_raises_and_clears_flags():
    clients = [
        client("better", 75, "watch", a=10.0, b=0.0),
        client("same", 100, "healthy", a=0.0, b=0.0),
        client("unmeasured", 100, "healthy", b=0.0),
    ]
    result = compare(clients, config(), config(20, 40))
    # 10 of 20: half of watch, a penalty of 0.25; its flag is not open, so it is gone
    assert counted(result) == [
        {"watch": 1, "healthy": 2}, {"healthy": 3}, {}, {"x": 1}
    ]  # fmt: skip
    assert moves(result) == [("better", "watch", "healthy", 75, 87)]
    stricter = compare(
        [client("worse", 87, "healthy", a=10.0, b=0.0)], config(20, 40), config()
    )
    assert counted(stricter) == [{"healthy": 1}, {"watch": 1}, {"x": 1}, {}]
    assert moves(stricter) == [("worse", "healthy", "watch", 87, 75)]


def test_a_level_of_flag_that_changes_neither_raises_nor_clears():
    result = compare(
        [client("redder", 75, "watch", a=10.0, b=0.0)], config(), config(5, 10)
    )
    assert counted(result) == [{"watch": 1}, {"at_risk": 1}, {}, {}]
    assert moves(result) == [("redder", "watch", "at_risk", 75, 50)]


def test_a_client_who_changes_score_but_not_level_does_not_move():
    result = compare(
        [client("c", 95, "healthy", a=2.0, b=0.0)], config(), config(5, 20)
    )
    assert counted(result) == [{"healthy": 1}, {"healthy": 1}, {}, {}]
    assert result.moves == []


def test_flags_of_our_side_are_counted_too():
    old, new = config(side="ours"), config(20, 40, side="ours")
    clients = [client("c", 100, "healthy", a=10.0, b=0.0)]
    assert counted(compare(clients, old, new))[2:] == [{}, {"x": 1}]
    assert counted(compare(clients, new, old))[2:] == [{"x": 1}, {}]


def test_flags_that_are_open_hold_on_in_both_judgements():
    held = {("x", "client"): "watch"}
    open_flag = client("c", 75, "watch", held, a=10.0, b=0.0)
    still = compare([open_flag], config(), config(12, 24))
    assert counted(still)[2:] == [{}, {}], "a penalty of 0.42 does not lower it"
    gone = compare([open_flag], config(), config(13, 26))
    assert counted(gone)[2:] == [{}, {"x": 1}]
    ours = client("c", 100, "healthy", {("x", "ours"): "watch"}, a=10.0, b=0.0)
    still = compare([ours], config(side="ours"), config(12, 24, side="ours"))
    assert counted(still)[2:] == [{}, {}]


def test_a_weight_that_changes_moves_clients_but_no_flags():
    clients = [
        client("c", 75, "watch", a=10.0, b=0.0),
        client("d", 75, "watch", a=0.0, b=10.0),
    ]
    result = compare(clients, config(), config(weight=30))
    # (30 × 0.5) ÷ 40: 38 points; (10 × 0.5) ÷ 40: 13 points
    assert counted(result) == [{"watch": 2}, {"at_risk": 1, "healthy": 1}, {}, {}]
    assert [move[:4] for move in result.moves] == [
        ("c", "watch", "at_risk", 75), ("d", "watch", "healthy", 75)
    ]  # fmt: skip
    assert [move.score for move in result.moves] == [62, 87]


def test_a_floor_that_changes_caps_the_level():
    clients = [client("c", 50, "at_risk", a=20.0, b=0.0)]
    result = compare(clients, config(), config(floor="critical"))
    assert moves(result) == [("c", "at_risk", "critical", 50, 49)]
    assert counted(result)[2:] == [{}, {}]


def test_where_the_levels_begin_changes_levels_alone():
    clients = [client("c", 75, "watch", a=10.0, b=0.0)]
    result = compare(clients, config(), config(settings=Settings(healthy=70)))
    assert moves(result) == [("c", "watch", "healthy", 75, 75)]
    assert counted(result) == [{"watch": 1}, {"healthy": 1}, {}, {}]


def test_what_is_stored_with_older_settings_is_judged_anew():
    stale = client("c", 12, "critical", a=10.0, b=0.0)._replace(current=False)
    result = compare([stale], config(), config())
    assert counted(result) == [{"watch": 1}, {"watch": 1}, {}, {}]
    result = compare([stale], config(), config(5, 10))
    assert moves(result) == [("c", "watch", "at_risk", 75, 50)]
    assert Client("c", 1, "watch", {}, {})[5:] == (False, False, False)
    strict = config(settings=Settings(healthy=99, watch=90))
    result = compare([stale], strict, strict)
    assert counted(result)[:2] == [{"at_risk": 1}, {"at_risk": 1}], "the old settings"


def test_a_stored_score_is_taken_as_it_is():
    result = compare(
        [client("c", 12, "critical", a=10.0, b=0.0)], config(), config(5, 10)
    )
    assert moves(result) == [("c", "critical", "at_risk", 12, 50)]


def test_a_level_that_a_person_decided_stays():
    fixed = client("c", 75, "critical", a=10.0, b=0.0)._replace(fixed=True)
    other = client("d", 75, "watch", a=10.0, b=0.0)
    result = compare([fixed, fixed, other], config(), config(20, 40))
    assert counted(result) == [
        {"critical": 2, "watch": 1}, {"critical": 2, "healthy": 1}, {}, {"x": 3}
    ]  # fmt: skip
    assert [move.key for move in result.moves] == ["d"]


def test_every_client_is_counted_though_one_of_them_does_not_differ():
    clients = [
        client("a", 100, "healthy", a=0.0, b=0.0),
        client("b", 75, "watch", a=10.0, b=0.0)._replace(fixed=True),
        client("c", 75, "watch", a=10.0, b=0.0),
        client("d", 75, "watch", a=10.0, b=0.0),
    ]
    result = compare(clients, config(), config(20, 40))
    assert counted(result)[:2] == [
        {"healthy": 1, "watch": 3},
        {"healthy": 3, "watch": 1},
    ]
    assert [move.key for move in result.moves] == ["c", "d"]


def test_a_change_in_the_last_check_is_seen_as_well_as_in_the_first():
    def last(watch, red, weight=10):
        return Config(
            [
                check("x", item("late", "a")),
                check("y", item("slow", "b", watch, red), weight=weight),
            ]
        )

    clients = [client("c", 75, "watch", a=0.0, b=10.0)]
    twice = compare(2 * clients, last(10, 20), last(20, 40))
    assert counted(twice)[2:] == [{}, {"y": 2}]
    twice = compare(2 * clients, last(20, 40), last(10, 20))
    assert counted(twice)[2:] == [{"y": 2}, {}]
    assert moves(compare(clients, last(10, 20), last(5, 10))) == [
        ("c", "watch", "at_risk", 75, 50)
    ]
    assert moves(compare(clients, last(10, 20), last(10, 20, 30))) == [
        ("c", "watch", "at_risk", 75, 62)
    ]


def test_settings_with_other_checks_are_not_compared():
    one = Config([check("x", item("late", "a"))])
    with pytest.raises(ValueError, match="argument"):
        compare([], config(), one)
