"""What DynamoDB would refuse for its size, refused before anything is sent.

Sources: DynamoDB developer guide, "Quotas in Amazon DynamoDB" (item, transaction) and "Amazon DynamoDB Transactions: How it works" (100
actions, 4 MB, one action on an item). Keys are checked where they are rendered.
"""

from collections.abc import Sequence

from singletable.codec import Item
from singletable.errors import InvalidArguments, InvalidValue, ItemTooLarge, TransactionTooLarge
from singletable.sizing import ITEM_LIMIT_BYTES, TRANSACTION_LIMIT_BYTES, item_bytes
from singletable.transactions import MOST_ACTIONS
from singletable.writes import Write


def check_sizes(actions: Sequence[Write]) -> None:
    """Raises ItemTooLarge, TransactionTooLarge, InvalidArguments for two actions on one item, and InvalidValue for a text without UTF-8."""
    sizes = [_image_bytes(action) for action in actions]
    if len(actions) == 1:
        return
    if len(actions) > MOST_ACTIONS:
        raise TransactionTooLarge(f"this transaction has {len(actions)} actions (locks count too), DynamoDB takes {MOST_ACTIONS}")
    if sum(sizes) > TRANSACTION_LIMIT_BYTES:
        raise TransactionTooLarge(
            f"the items of this transaction have {sum(sizes):,} bytes together, DynamoDB takes {TRANSACTION_LIMIT_BYTES:,}: write fewer at once",
            bytes=sum(sizes),
        )
    _check_distinct(actions)


def _image_bytes(action: Write) -> int:
    """Of the larger of both images, as far as they are known."""
    after = _bytes(action, action.new)
    if after > ITEM_LIMIT_BYTES:
        raise ItemTooLarge(
            f"this {action.entity} would have {after:,} bytes with its names and keys, DynamoDB takes {ITEM_LIMIT_BYTES:,}: "
            "keep large content elsewhere, or divide it among several items",
            entity=action.entity,
            bytes=after,
        )
    return max(after, _bytes(action, action.old or action.key))


def _bytes(action: Write, item: Item | None) -> int:
    try:
        return item_bytes(item or {})
    except UnicodeEncodeError:
        raise InvalidValue(f"{action.entity}: a text holds half of a surrogate pair, which has no form in UTF-8") from None


def _check_distinct(actions: Sequence[Write]) -> None:
    seen: dict[tuple[str, ...], Write] = {}
    for action in actions:
        other = seen.setdefault(tuple(key["S"] for key in action.key.values()), action)
        if other is not action:
            raise InvalidArguments(
                f"this transaction has two actions on one item, {other.action} and {action.action} of {action.entity}: DynamoDB takes one for "
                "each item, put them into one update or leave one out"
            )
