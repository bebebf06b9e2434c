"""What an item can hold: values within DynamoDB's limits, 400 KB in all.

moto adds the size up again for each attribute that is set, by rules of its own, and stops at 405,000 bytes. Here the whole item is measured
once, by `singletable.sizing`, when it is put and when an update has made it. Sources: developer guide, "Quotas in Amazon DynamoDB" and
"Supported data types and naming rules".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Context
from typing import Any, cast

from local.calls import Refusal
from local.patches import Patch, Repair
from singletable.sizing import ITEM_LIMIT_BYTES, item_bytes

_DIGITS = 38
_LARGEST_EXPONENT = 125
_EXACT = Context(prec=1000)


def _check_value(value: Mapping[str, Any]) -> None:
    for kind, content in value.items():
        if kind == "N":
            _check_number(content)
        elif kind == "NS":
            for number in content:
                _check_number(number)
        elif kind == "L":
            for member in content:
                _check_value(member)
        elif kind == "M":
            if "" in content:
                raise Refusal("ValidationException", "One or more parameter values were invalid: Empty attribute name")
            for member in content.values():
                _check_value(member)


def _check_number(text: Any) -> None:
    """Leaves what is no number to moto, which refuses it."""
    try:
        number = _EXACT.create_decimal(text).normalize(_EXACT)
    except (ArithmeticError, TypeError, ValueError):
        return
    if number and number.adjusted() > _LARGEST_EXPONENT:
        raise Refusal("ValidationException", "Number overflow. Attempting to store a number with magnitude larger than supported range")
    if number.is_finite() and len(number.as_tuple().digits) > _DIGITS:
        raise Refusal("ValidationException", "Attempting to store more than 38 significant digits in a Number")


def _put_item(original: Callable[..., Any]) -> Callable[..., Any]:
    def put_item(table: Any, item_attrs: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        from moto.dynamodb.exceptions import ItemSizeTooLarge

        for value in item_attrs.values():
            _check_value(value)
        if item_bytes(item_attrs) > ITEM_LIMIT_BYTES:
            raise ItemSizeTooLarge
        return original(table, item_attrs, *args, **kwargs)

    return put_item


def _update_item(original: Callable[..., Any]) -> Callable[..., Any]:
    def update_item(backend: Any, *args: Any, **kwargs: Any) -> Any:
        from moto.dynamodb.exceptions import ItemSizeToUpdateTooLarge

        item = original(backend, *args, **kwargs)
        made: Mapping[str, Any] = item.to_json()["Attributes"]
        for value in made.values():
            _check_value(value)
        if item_bytes(made) > ITEM_LIMIT_BYTES:
            raise ItemSizeToUpdateTooLarge
        return item

    return update_item


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.dynamo_type import LimitedSizeDict
    from moto.dynamodb.models.table import Table

    return (
        Patch(LimitedSizeDict, "__setitem__", lambda _: cast("Any", dict).__setitem__),
        Patch(Table, "put_item", _put_item),
        Patch(DynamoDBBackend, "update_item", _update_item),
    )


ITEMS = Repair(
    "items",
    "moto refuses items over 405,000 bytes and takes numbers of 39 digits, numbers of 1E+126 and empty names inside a map; DynamoDB takes "
    "409,600 bytes and refuses the others",
    _patches,
)
