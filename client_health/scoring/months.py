"""Months in a row: what formulas count over lists of one number a month.

Every list has the latest month first.
"""

import itertools
from collections.abc import Sequence

MOST = 12  # months in a row that are counted
YEAR = 12
IMPROVED = 0.1  # a penalty lower by this much is an improvement
CENT = 0.005  # less than this is nothing

Months = Sequence[float] | float  # a number where the fact is absent


def months_under(
    limit: float,
    revenue: Sequence[float],
    hours_cost: Sequence[float],
    other_cost: Sequence[float],
    to_invoice: float = 0.0,
) -> int:
    """Months in a row, counted back from the last full one, under a margin.

    The lists hold one amount per calendar month, the latest first. A month in
    which nothing was earned and nothing spent ends the row; a month that only
    cost money is under any limit. What is still to be invoiced counts for the
    latest month, so that work in progress is no loss.

    >>> months_under(0.2, [100, 100, 100], [90, 90, 10], [0, 0, 0])
    2
    >>> months_under(0.2, [0, 100], [50, 90], [0, 0], to_invoice=100)
    0
    >>> months_under(0.2, [0, 0, 0], [50, 0, 50], [0, 0, 0])
    1
    """
    count = 0
    extra = to_invoice
    for earned, hours, other in zip(revenue, hours_cost, other_cost, strict=False):
        earned += extra
        extra = 0.0
        cost = hours + other
        if earned > 0:
            if earned - cost >= limit * earned:
                break
        elif cost <= 0:
            break
        count += 1
    return count


def loss_months(
    span: int,
    earned_so_far: float,
    by_work: Months,
    invoiced: Months,
    hours_cost: Months,
    other_cost: Months,
) -> int:
    """Months in a row, up to the last full one, at whose end the ``span`` months
    before had lost money: they cost more than was earned in them.

    ``by_work`` and ``invoiced`` are what was earned, month by month, the latest
    first; ``earned_so_far`` is what was earned by today, the running month included.

    A retainer of 24 paid in January, 1 a month of cost: at the end of April the
    twelve months before earned money, the three before did not.

    >>> january = [0, 0, 0, 24] + [0] * 20
    >>> cost = [1.0] * 4 + [0] * 20
    >>> [loss_months(span, 24, 0, january, cost, 0) for span in (12, 3)]
    [0, 1]

    Months before anything was earned do not count once something is: whoever is
    billed for the first time after a quarter did not lose money until then.

    >>> loss_months(12, 6, 0, [0] * 24, [1, 1, 1] + [0] * 21, 0)
    0
    >>> loss_months(12, 0, 0, [0] * 24, [1, 1, 1] + [0] * 21, 0)
    3

    Nor does a season that comes every year, where the year as a whole earned money.

    >>> spring = ([1] * 8 + [99] + [1] * 3) * 2
    >>> loss_months(3, 110, 0, spring, [5.0] * 24, 0)
    0
    >>> loss_months(3, 12, 0, [1] * 24, [5.0] * 24, 0)
    12
    """
    earned, cost = _added(by_work, invoiced), _added(hours_cost, other_cost)
    results = [e - c for e, c in itertools.zip_longest(earned, cost, fillvalue=0.0)]
    count = 0
    for end in range(min(MOST, len(results) - span + 1)):
        if sum(results[end : end + span]) > -CENT:
            break
        before = sum(map(abs, earned[end:]))
        if before < CENT and max(earned_so_far, sum(earned[:end])) > CENT:
            break
        if span < YEAR and _is_season(results[end:], span):
            break
        count += 1
    return count


def _is_season(results: Sequence[float], span: int) -> bool:
    """True where the year earned money, and the same months a year ago lost some."""
    known = len(results) >= YEAR + span
    lost = sum(results[YEAR : YEAR + span]) < -CENT
    return known and lost and sum(results[:YEAR]) > -CENT


def _added(*lists: Months) -> list[float]:
    """Lists added up month by month; a fact that is absent adds nothing."""
    there = [months for months in lists if isinstance(months, Sequence)]
    return [sum(month) for month in itertools.zip_longest(*there, fillvalue=0.0)]


def months_without_improvement(penalties: Sequence[float]) -> int:
    """Months in a row, up to the last month-end, without improvement.

    ``penalties``: one per month-end, the latest first; -1 where the check stood
    at neither watch nor red, which ends the row. A penalty lower by IMPROVED
    than at the first of the row begins a new one.

    >>> months_without_improvement([0.6, 0.6, 0.55, -1, 0.9])
    3
    >>> months_without_improvement([0.5, 0.5, 0.7, 0.7])
    2
    >>> months_without_improvement([-1, 0.7]), months_without_improvement([])
    (0, 0)
    """
    first: float | None = None
    count = 0
    row = list(itertools.takewhile(lambda penalty: penalty >= 0, penalties))
    for penalty in reversed(row):
        if first is None or penalty <= first - IMPROVED + 1e-9:
            first, count = penalty, 0
        count += 1
    return count
