"""Formulas over facts: a small, safe piece of arithmetic.

A formula names facts and combines them with ``+ - * /``, comparisons,
``and or not``, ``a if b else c`` and the functions of :data:`FUNCTIONS`.
A fact that is measured over a period takes the window of its indicator, or the
number of days in brackets: ``revenue``, ``invoices[730]``.

An absent fact makes the value unmeasurable, never zero, except inside
``opt(fact)`` (0 when absent) and ``least(a, b, …)`` (the smallest of those
that are there).
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .keys import FactKey
from .months import loss_months, months_under, months_without_improvement

MAX_LENGTH = 1000
MAX_DAYS = 3650  # the longest window
LARGEST = 1e15  # a figure beyond is none: floats count by ones up to about here
MOVES = "moves"  # what is said of a fact without a window that has a past

# Figures that several indicators share, said once.
DERIVED = {
    "earned_by_work": (
        "opt(earned_time) + opt(earned_fixed) + opt(earned_rest)"
        " + opt(earned_milestones)"
    ),
    "earned": "earned_invoiced + earned_by_work",
    "cost": "timesheet_cost + other_cost",
}


class FormulaError(ValueError):
    """The formula cannot be understood; the text says where."""


class UnknownFact(FormulaError):
    """The formula names a fact that no source offers."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Absent(Exception):
    """Every fact that would do is absent."""


def _least(*values: float | None) -> float:
    there = [value for value in values if value is not None]
    if not there:
        raise Absent
    return min(there)


def _times(left: float, right: float) -> float:
    """The product of two numbers: a list times a number would be a longer list."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left * right
    raise TypeError("no numbers")


FUNCTIONS: dict[str, Callable] = {
    "max": max,
    "min": min,
    "abs": abs,
    "months_under": months_under,
    "loss_months": loss_months,
    "months_without_improvement": months_without_improvement,
}
# How many arguments they take, at least and at most.
ARGUMENTS = {
    "max": (2, 10),
    "min": (2, 10),
    "abs": (1, 1),
    "months_under": (4, 5),
    "loss_months": (6, 6),
    "months_without_improvement": (1, 1),
}
# These read their arguments as facts, absent or not.
_READERS = {"opt", "least"}

_ALLOWED = (
    ast.Expression, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp,
    ast.USub, ast.Not, ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.Lt, ast.LtE,
    ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.IfExp, ast.Load,
)  # fmt: skip
_OPERATORS = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


class Formula(NamedTuple):
    """A compiled formula: the facts it reads, by key, and what it does.

    ``required`` are those without which it has no value.
    """

    text: str
    keys: frozenset[FactKey]
    required: frozenset[FactKey]
    function: Callable[[Mapping[str, Any]], Any]

    def value(self, facts: Mapping[str, Any]) -> Any:
        """The value over ``facts`` (key → number), a float.

        Raises KeyError (an absent fact), :class:`Absent` (none of several) or
        ZeroDivisionError; see :func:`evaluate` for the quiet version.
        """
        return self.function(facts)


class _Binder(ast.NodeTransformer):
    """Replace fact names by look-ups in the mapping ``f``."""

    def __init__(self, facts: Mapping[str, Any], window: int, ago: int) -> None:
        self.facts = facts
        self.window = window
        self.ago = ago
        self.keys: set[FactKey] = set()
        self.required: set[FactKey] = set()

    def generic_visit(self, node: ast.AST) -> ast.AST:
        # an operator has no text of its own: it is refused with its operands
        operators = [n for n in ast.iter_child_nodes(node) if isinstance(n, _OPERATORS)]
        if not all(isinstance(part, _ALLOWED) for part in [node, *operators]):
            raise FormulaError(ast.unparse(node))
        return super().generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        bound = self.generic_visit(node)
        if not isinstance(node.op, ast.Mult):
            return bound
        return ast.Call(ast.Name("_times", ast.Load()), [node.left, node.right], [])

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise FormulaError(ast.unparse(node))
        return node

    def _key(self, name: str, window: int | None = None) -> ast.Constant:
        if name not in self.facts:
            raise UnknownFact(name)
        known = self.facts[name]
        windowed = known and known != MOVES
        if window and not windowed:
            raise FormulaError(f"{name}[{window}]")
        days = (window or self.window) if windowed else 0
        key = FactKey(name, days, self.ago if known else 0)
        self.keys.add(key)
        self.required.add(key)
        return ast.Constant(str(key))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in DERIVED:
            return self.visit(_parse(DERIVED[node.id]))
        return ast.Subscript(ast.Name("f", ast.Load()), self._key(node.id), ast.Load())

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        days = node.slice
        if (
            not isinstance(node.value, ast.Name)
            or not isinstance(days, ast.Constant)
            or type(days.value) is not int
            or not 1 <= days.value <= MAX_DAYS
        ):
            raise FormulaError(ast.unparse(node))
        key = self._key(node.value.id, days.value)
        return ast.Subscript(ast.Name("f", ast.Load()), key, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords or not node.args:
            raise FormulaError(ast.unparse(node))
        if name in _READERS:
            return self._reader(name, node)
        least, most = ARGUMENTS.get(name, (1, 0))
        if not least <= len(node.args) <= most:
            raise FormulaError(ast.unparse(node))
        args = [self.visit(arg) for arg in node.args]
        return ast.Call(ast.Name(name, ast.Load()), args, [])

    def _reader(self, name: str, node: ast.Call) -> ast.AST:
        gets: list[ast.expr] = []
        text = ast.unparse(node)  # before its facts become look-ups
        required = set(self.required)
        for arg in node.args:
            bound = self.visit(arg)
            if not isinstance(bound, ast.Subscript):
                raise FormulaError(text)
            get = ast.Attribute(ast.Name("f", ast.Load()), "get", ast.Load())
            default = [ast.Constant(0.0)] if name == "opt" else []
            gets.append(ast.Call(get, [bound.slice, *default], []))
        self.required = required
        if name == "opt":
            if len(gets) != 1:
                raise FormulaError(text)
            return gets[0]
        return ast.Call(ast.Name("_least", ast.Load()), gets, [])


def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(text) from error


def divided(text: str) -> tuple[str, str] | None:
    """What a formula divides, and by what; None where it is no division.

    >>> divided("least(days_since_message, days_since_meeting) / contact_every_days")
    ('least(days_since_message, days_since_meeting)', 'contact_every_days')
    >>> divided("revenue - cost / 2")
    """
    body = _parse(text)
    if isinstance(body, ast.BinOp) and isinstance(body.op, ast.Div):
        return ast.unparse(body.left), ast.unparse(body.right)
    return None


def compile_formula(
    text: str, facts: Mapping[str, Any], window: int, ago: int = 0
) -> Formula:
    """Compile ``text`` over ``facts`` (name → measured over a period or not).

    ``ago``: as it was so many days before. Facts without a period are those of today,
    but for the ones marked MOVES.

    >>> known = {"revenue": True, "to_invoice": False, "hours": True}
    >>> rate = compile_formula("(revenue + opt(to_invoice)) / hours", known, 365)
    >>> [str(key) for key in sorted(rate.keys)]
    ['hours_365', 'revenue_365', 'to_invoice']
    >>> [str(key) for key in sorted(rate.required)]
    ['hours_365', 'revenue_365']
    >>> rate.value({"revenue_365": 900.0, "to_invoice": 100.0, "hours_365": 10.0})
    100.0
    >>> rate.value({"revenue_365": 900.0, "hours_365": 10.0})
    90.0
    >>> before = compile_formula("revenue / hours", known, 365, ago=30)
    >>> [str(key) for key in sorted(before.keys)]
    ['hours_365_30', 'revenue_365_30']
    >>> compile_formula("revenu / hours", known, 365)
    Traceback (most recent call last):
    ...
    client_health.scoring.formula.UnknownFact: revenu
    >>> compile_formula("__import__('os')", known, 365)
    Traceback (most recent call last):
    ...
    client_health.scoring.formula.FormulaError: __import__('os')
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(text[:60] + "…")
    binder = _Binder(facts, window, ago)
    try:
        body = binder.visit(_parse(text))
        arguments = ast.arguments([], [ast.arg("f")], None, [], [], None, [])
        tree = ast.Expression(ast.Lambda(arguments, body))
        code = compile(ast.fix_missing_locations(tree), "<formula>", "eval")
    except (RecursionError, MemoryError) as error:
        raise FormulaError(text) from error
    scope = {"__builtins__": {}, "_least": _least, "_times": _times, **FUNCTIONS}
    # nothing but the nodes that _Binder let through, and no built-ins
    function = eval(code, scope)  # pylint: disable=eval-used
    return Formula(text, frozenset(binder.keys), frozenset(binder.required), function)


def left_side(text: str) -> str:
    """What a comparison compares: its left side; empty for anything else.

    >>> left_side("unknown / hours <= 0.2"), left_side("a and b")
    ('unknown / hours', '')
    """
    body = _parse(text)
    return ast.unparse(body.left) if isinstance(body, ast.Compare) else ""


# What a formula raises over facts that do not allow a value.
NOT_MEASURABLE = (KeyError, Absent, ZeroDivisionError, OverflowError, TypeError)


# value, and why there is none
Value = tuple[float | None, tuple[str, str] | None]


def evaluate(formula: Formula, facts: Mapping[str, Any]) -> Value:
    """Return ``(value, None)``, or ``(None, why)`` when it cannot be measured.

    ``why`` is ``("absent", key)`` or ``("undefined", "")``: a division by zero
    or a number beyond LARGEST.

    >>> ratio = compile_formula("a / b", {"a": False, "b": False}, 30)
    >>> evaluate(ratio, {"a": 1.0, "b": 4.0})
    (0.25, None)
    >>> evaluate(ratio, {"a": 1.0})
    (None, ('absent', 'b'))
    >>> evaluate(ratio, {"a": 1.0, "b": 0.0})
    (None, ('undefined', ''))
    >>> product = compile_formula("a * b", {"a": False, "b": False}, 30)
    >>> evaluate(product, {"a": 1e8, "b": 1e8})
    (None, ('undefined', ''))
    >>> evaluate(product, {"a": [1.0, 2.0], "b": 1_000_000_000})
    (None, ('undefined', ''))
    >>> first = compile_formula("least(a, b)", {"a": False, "b": False}, 30)
    >>> evaluate(first, {"b": 3.0}), evaluate(first, {})
    ((3.0, None), (None, ('absent', 'a')))
    """
    try:
        return number(formula, facts), None
    except NOT_MEASURABLE as error:
        return None, why_not(formula, error)


def number(formula: Formula, facts: Mapping[str, Any]) -> float:
    """The value of a formula, a float up to LARGEST; raises one of NOT_MEASURABLE."""
    value = float(formula.function(facts))
    if not abs(value) <= LARGEST:  # nor is NaN
        raise OverflowError
    return value


def why_not(formula: Formula, error: Exception) -> tuple[str, str]:
    """Why it cannot be measured, as :func:`evaluate` says it, of what was raised."""
    if isinstance(error, KeyError):
        return "absent", error.args[0]
    if isinstance(error, Absent):
        return "absent", str(min(formula.keys))
    return "undefined", ""
