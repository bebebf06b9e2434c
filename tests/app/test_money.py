"""Line totals against decimal arithmetic, and the limits of amounts."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidField
from app.money import checked_currency, checked_minor, line_total_minor


@given(st.integers(0, 2**53), st.integers(1, 10**6), st.integers(0, 100))
def test_a_line_total_is_price_times_quantity_less_discount_rounded_half_up(price: int, quantity: int, percent: int) -> None:
    exact = Decimal(price) * quantity * (Decimal(100) - percent) / 100
    assert line_total_minor(price, quantity, percent) == exact.quantize(Decimal(1), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("price", "quantity", "percent", "total"), [(1, 1, 50, 1), (3, 1, 50, 2), (149, 1, 99, 1), (1, 1, 51, 0), (7, 3, 100, 0)]
)
def test_half_a_cent_is_rounded_up(price: int, quantity: int, percent: int, total: int) -> None:
    assert line_total_minor(price, quantity, percent) == total


@pytest.mark.parametrize("amount", [-1, 2**53])
def test_an_amount_outside_the_exact_range_is_refused(amount: int) -> None:
    with pytest.raises(InvalidField, match=f"^price_minor: {amount} was given; an amount is 0 to 9007199254740991"):
        checked_minor("price_minor", amount)


def test_the_ends_of_the_range_are_amounts() -> None:
    assert [checked_minor("x", amount) for amount in (0, 2**53 - 1)] == [0, 2**53 - 1]


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "E1R", "EUR\n", "ÄÖÜ"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    assert checked_currency("currency", "EUR") == "EUR"
    with pytest.raises(InvalidField, match="^currency: .* a currency is three capital letters, such as EUR"):
        checked_currency("currency", currency)
