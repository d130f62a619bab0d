"""What a formula cannot do: numbers without end, and lists that grow."""

import pytest

from client_health.scoring.formula import compile_formula, evaluate

PRODUCT = compile_formula("a * b", {"a": False, "b": False}, 30)


def test_a_figure_is_measured_up_to_its_end():
    assert evaluate(PRODUCT, {"a": 1e7, "b": 1e8}) == (1e15, None)


@pytest.mark.parametrize(
    ("a", "b"), [(1e8, 1e8), (-1e8, 1e8), ([1.0], 9), (9, [1.0]), ("x", 9)]
)
def test_beyond_it_and_for_what_is_no_number_there_is_no_figure(a, b):
    assert evaluate(PRODUCT, {"a": a, "b": b}) == (None, ("undefined", ""))
