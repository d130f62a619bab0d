"""Fix, reprice or part: what holds whatever a year of work was like, to the cent."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from client_health.scoring import sheet

cents = st.integers(-5_000_000_00, 5_000_000_00)
years = st.builds(
    sheet.Year,
    cents,
    st.integers(1, 10_000_00),
    st.integers(1, 2_000_000_00),
    st.integers(0, 500_000_00),
)
targets = st.integers(0, 950)
prices = st.integers(1, 5_000_000_00)
hours = st.integers(0, 10_000_00)
scopes = st.integers(0, 1500)


def reaches(year, deal, target):
    """The margin is met, worked out another way: what is left of the price."""
    left = Fraction(deal.price * (1000 - target), 1000)
    spent = Fraction(year.time_cost, year.hours) * deal.hours
    return spent + Fraction(year.other_cost * deal.scope, 1000) <= left


@given(years, hours, scopes, targets)
def test_the_price_is_the_least_that_reaches_the_margin(year, hours, scope, target):
    deal = sheet.with_hours(year, year.as_it_is, hours, target)._replace(scope=scope)
    deal = deal._replace(price=sheet.price_at(year, hours, scope, target))
    assert reaches(year, deal, target)
    less = deal._replace(price=deal.price - 1)
    assert deal.price == 0 or not reaches(year, less, target)


@given(years, prices, scopes, targets)
def test_the_hours_are_the_most_at_which_the_margin_is_met(year, price, scope, target):
    deal = sheet.Deal(price, sheet.hours_at(year, price, scope, target), scope)
    if deal.hours:
        assert reaches(year, deal, target)
    assert not reaches(year, deal._replace(hours=deal.hours + 1), target)


@given(years, prices, targets)
def test_the_scope_is_the_most_of_the_work_at_which_the_margin_is_met(
    year, price, target
):
    deal = sheet.by_scope(year._replace(earned=price), target)
    assert reaches(year, deal, target)
    more = year.cost * (deal.scope + 1)
    assert more > price * (1000 - target)


@given(years, scopes, targets)
def test_the_three_move_together(year, scope, target):
    smaller = sheet.with_scope(year, scope, target)
    assert reaches(year, smaller, target)
    assert smaller == sheet.with_hours(year, smaller, smaller.hours, target)
    back = sheet.with_price(year, smaller, smaller.price, target)
    # a cent may buy some hundredths of an hour more, and never less
    assert back.hours >= smaller.hours
    assert sheet.with_hours(year, back, back.hours, target).price <= smaller.price


@given(years, hours, scopes, targets)
def test_what_is_asked_for_more_margin_never_costs_less(year, hours, scope, target):
    price = sheet.price_at(year, hours, scope, target)
    assert price <= sheet.price_at(year, hours, scope, target + 1)
    assert sheet.price_at(year, hours + 1, scope, target) >= price


@given(years, prices, hours, scopes, st.integers(1, 12))
def test_a_month_times_the_months_reaches_the_margin_too(
    year, price, hours, scope, months
):
    month_price, month_hours = sheet.each_month(sheet.Deal(price, hours, scope), months)
    assert month_price * months >= price > (month_price - 1) * months
    assert month_hours * months <= hours < (month_hours + 1) * months


@given(st.integers(-(10**11), 10**11), st.integers(0, 3))
def test_an_amount_survives_the_way_there_and_back(number, digits):
    assert sheet.units(sheet.amount_of(number, digits), digits) == number


@given(years, prices, hours, scopes)
def test_margin_and_rate_are_those_of_the_figures(year, price, hours, scope):
    deal = sheet.Deal(price, hours, scope)
    spent = sheet.cost(year, hours, scope)
    assert sheet.margin(year, deal) == (price - spent) / price
    assert sheet.margin(year, deal._replace(price=0)) is None
    hourly = sheet.rate(year, deal)
    if not hours:
        assert hourly is None
    else:
        exact = (price - Fraction(year.other_cost * scope, 1000)) * 100 / hours
        assert abs(hourly - exact) <= Fraction(1, 2)


@given(years, st.integers(0, 500_00), st.integers(0, 900))
def test_the_first_target_is_good_and_pays_the_required_rate(year, required, least):
    target = sheet.target_of(year, required, least)
    assert least <= target <= sheet.MOST_MARGIN
    deal = sheet.by_price(year, target)
    if target < sheet.MOST_MARGIN:
        assert sheet.rate(year, deal) >= required
