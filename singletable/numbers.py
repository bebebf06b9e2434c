"""DynamoDB's numbers: 38 significant digits, magnitudes from 1E-130 to 9.99E+125."""

from decimal import Decimal

from singletable.errors import InvalidValue

DIGITS = 38
LARGEST_EXPONENT = 125
SMALLEST_EXPONENT = -130


def decimal_text(value: Decimal) -> str:
    """Raises InvalidValue for a number that DynamoDB would round or refuse."""
    if not value.is_finite():
        raise InvalidValue(f"{value} is not a number that DynamoDB can hold")
    significant = "".join(map(str, value.as_tuple().digits)).strip("0")
    if significant and not (len(significant) <= DIGITS and SMALLEST_EXPONENT <= value.adjusted() <= LARGEST_EXPONENT):
        raise InvalidValue(f"{value} has more than {DIGITS} digits or is out of range: round it before it is stored")
    return str(value)
