"""Money: whole numbers in the smallest unit of a currency, so that no cent is ever rounded away by a float."""

import re

from app.errors import InvalidField

LARGEST_MINOR = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact (RFC 8259, section 6): no amount and no total is larger."""

CURRENCY = re.compile(r"[A-Z]{3}")


def checked_minor(field: str, amount: int) -> int:
    """The amount itself. Raises InvalidField outside 0 to LARGEST_MINOR."""
    if not 0 <= amount <= LARGEST_MINOR:
        raise InvalidField(field, f"{amount} was given; an amount is 0 to {LARGEST_MINOR} in the smallest unit of its currency")
    return amount


def checked_currency(field: str, currency: str) -> str:
    """The code itself. Raises InvalidField for what is no ISO 4217 code in form, such as "eur"."""
    if not CURRENCY.fullmatch(currency):
        raise InvalidField(field, f"{currency[:20]!r} was given; a currency is three capital letters, such as EUR")
    return currency


def line_total_minor(unit_price_minor: int, quantity: int, discount_percent: int) -> int:
    """Price times quantity less the discount, rounded half up to a whole minor unit."""
    return (unit_price_minor * quantity * (100 - discount_percent) + 50) // 100
