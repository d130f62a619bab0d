"""Fix, reprice or part: at which price, hours or scope work for a client pays.

Everything is counted in whole numbers, so that it is exact: money in the smallest unit
of its currency (cents), hours in hundredths, the scope and a margin in thousandths. A
price is rounded up, hours and scope are rounded down: the margin asked for is reached,
and one cent less, or one hundredth of an hour more, would miss it.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

WHOLE = 1000  # thousandths
HUNDREDTHS = 2  # digits of hours
MOST_MARGIN = 950  # thousandths that are proposed at most


class Year(NamedTuple):
    """What was worked for a client in a year, or as long as it is one.

    ``earned``, ``time_cost`` and ``other_cost`` in cents, ``hours`` in hundredths.
    """

    earned: int
    hours: int
    time_cost: int
    other_cost: int

    @property
    def cost(self) -> int:
        return self.time_cost + self.other_cost

    @property
    def as_it_is(self) -> "Deal":
        return Deal(self.earned, self.hours, WHOLE)

    @property
    def is_known(self) -> bool:
        """True where an hour has a cost, without which nothing can be worked out.

        >>> Year(100, 0, 0, 0).is_known, Year(100, 200, 60, 0).is_known
        (False, True)
        """
        return self.hours > 0 and self.time_cost > 0 and self.cost > 0


class Deal(NamedTuple):
    """What the same time would be like: ``price`` in cents for ``hours``
    (hundredths) on ``scope`` of the work as it is now (thousandths)."""

    price: int
    hours: int
    scope: int


def cost(year: Year, hours: int, scope: int) -> Fraction:
    """What hours cost us, each as much as now, with the other cost of a scope; cents.

    >>> year = Year(earned=9_000_00, hours=100_00, time_cost=6_000_00, other_cost=0)
    >>> cost(year, hours=50_00, scope=1000)
    Fraction(300000, 1)
    """
    return Fraction(year.time_cost * hours, year.hours) + Fraction(
        year.other_cost * scope, WHOLE
    )


def margin(year: Year, deal: Deal) -> Fraction | None:
    """What is left of the price, as a share; None without a price.

    >>> year = Year(earned=9_000_00, hours=100_00, time_cost=6_000_00, other_cost=0)
    >>> margin(year, year.as_it_is)
    Fraction(1, 3)
    """
    if deal.price <= 0:
        return None
    return 1 - cost(year, deal.hours, deal.scope) / deal.price


def rate(year: Year, deal: Deal) -> int | None:
    """What an hour brings in after what is bought for it, in cents; None without hours.

    >>> year = Year(9_000_00, 100_00, 6_000_00, other_cost=1_000_00)
    >>> rate(year, year.as_it_is)
    8000
    """
    if deal.hours <= 0:
        return None
    money = deal.price - Fraction(year.other_cost * deal.scope, WHOLE)
    return floor(money * 100 / deal.hours + Fraction(1, 2))


# -- what gives: the price, the hours, or the scope ---------------------------------


def price_at(year: Year, hours: int, scope: int, target: int) -> int:
    """The least price, in cents, at which a margin (thousandths) is met.

    >>> year = Year(9_000_00, 100_00, 6_000_00, 0)
    >>> price_at(year, year.hours, 1000, target=400), price_at(year, 1, 1000, 350)
    (1000000, 93)
    """
    return max(0, ceil(cost(year, hours, scope) * WHOLE / (WHOLE - target)))


def hours_at(year: Year, price: int, scope: int, target: int) -> int:
    """The most hours, in hundredths, at which a margin is met; 0 where the other cost
    alone takes too much.

    >>> year = Year(9_000_00, 100_00, 6_000_00, other_cost=1_000_00)
    >>> hours_at(year, 9_000_00, 1000, target=400), hours_at(year, 100, 1000, 400)
    (7333, 0)
    """
    left = Fraction(price * (WHOLE - target) - year.other_cost * scope, WHOLE)
    return max(0, floor(left * year.hours / year.time_cost))


def scope_at(year: Year, price: int, target: int) -> int:
    """The largest share of the work as it is, in thousandths, at which a margin is met.

    >>> year = Year(9_000_00, 100_00, 6_000_00, 1_000_00)
    >>> scope_at(year, 9_000_00, target=400)
    771
    """
    return max(0, floor(Fraction(price * (WHOLE - target), year.cost)))


def by_price(year: Year, target: int) -> Deal:
    """The same hours and scope, for the price at which a margin is met."""
    return with_hours(year, year.as_it_is, year.hours, target)


def by_hours(year: Year, target: int) -> Deal:
    """The same price and scope, in the hours at which a margin is met."""
    return with_price(year, year.as_it_is, year.earned, target)


def by_scope(year: Year, target: int) -> Deal:
    """The same price, for the part of the work at which a margin is met.

    >>> by_scope(Year(9_000_00, 100_00, 6_000_00, 1_000_00), target=400)
    Deal(price=900000, hours=7710, scope=771)
    """
    scope = scope_at(year, year.earned, target)
    return Deal(year.earned, hours_of(year, scope), scope)


def target_of(year: Year, required: int, least: int) -> int:
    """The margin, in thousandths, to begin with: the least one that is good, or more
    where an hour must bring in so much (cents; 0 where that is not known).

    >>> year = Year(9_000_00, 100_00, 6_000_00, 0)
    >>> target_of(year, required=120_00, least=350)
    500
    >>> target_of(year, 0, 350), target_of(year, 10_00, 350)
    (350, 350)
    """
    price = Fraction(required * year.hours, 100) + year.other_cost
    if required <= 0 or price <= year.cost:
        return least
    return min(max(least, ceil((1 - year.cost / price) * WHOLE)), MOST_MARGIN)


# -- what follows when one of them is moved -------------------------------------------


def hours_of(year: Year, scope: int) -> int:
    """The hours, in hundredths, of a part of the work, as fast as now."""
    return year.hours * scope // WHOLE


def with_price(year: Year, deal: Deal, price: int, target: int) -> Deal:
    """Another price: the hours follow."""
    return Deal(price, hours_at(year, price, deal.scope, target), deal.scope)


def with_hours(year: Year, deal: Deal, hours: int, target: int) -> Deal:
    """Other hours: the price follows.

    >>> year = Year(9_000_00, 100_00, 6_000_00, 0)
    >>> with_hours(year, year.as_it_is, 80_00, target=400)
    Deal(price=800000, hours=8000, scope=1000)
    """
    return Deal(price_at(year, hours, deal.scope, target), hours, deal.scope)


def with_scope(year: Year, scope: int, target: int) -> Deal:
    """Another part of the work: the hours follow, and with them the price."""
    hours = hours_of(year, scope)
    return Deal(price_at(year, hours, scope, target), hours, scope)


def each_month(deal: Deal, months: int) -> tuple[int, int]:
    """Price and hours of one of the months, such that all of them reach the margin too:
    the price is rounded up, the hours down.

    >>> each_month(Deal(1_000_00, 100_00, 1000), months=12)
    (8334, 833)
    """
    return -(-deal.price // months), deal.hours // months


# -- numbers of Odoo ------------------------------------------------------------------


def units(amount: float, digits: int) -> int:
    """An amount in its smallest unit, of which it has so many digits.

    >>> units(19.995, 2), units(0.1 + 0.2, 2), units(1500.0, 0)
    (2000, 30, 1500)
    """
    whole = Decimal(repr(float(amount))).scaleb(digits)
    return int(whole.to_integral_value(ROUND_HALF_UP))


def amount_of(number: int, digits: int) -> float:
    """The amount of so many smallest units.

    >>> amount_of(2000, 2), amount_of(7, 0)
    (20.0, 7.0)
    """
    return number / 10**digits
