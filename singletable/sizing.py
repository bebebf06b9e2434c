"""How large an item is and what reading and writing it costs, by DynamoDB's rules. Pure arithmetic on items in wire form.

Sources, pages of the Amazon DynamoDB Developer Guide unless another is named:
- [sizes] "DynamoDB item sizes and formats"
- [units] "DynamoDB read and write operations"
- [indexes] "Using Global Secondary Indexes in DynamoDB", section "Provisioned throughput considerations"
- [transactions] "Amazon DynamoDB Transactions: How it works", section "Capacity management"
- [measured] what the service itself reported as ConsumedCapacity: paritysuite/dynamodb-conformance 149, nubo-db/dynoxide 176 and 188
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from singletable.values import value

if TYPE_CHECKING:
    from singletable.definition import IndexDefinition, KeyDefinition

Item = Mapping[str, Any]
"""An item in wire form: {"total": {"N": "12"}, ...}."""

KB = 1024
ITEM_LIMIT_BYTES = 400 * KB
"""Names and values of one item ("Quotas in Amazon DynamoDB")."""
TRANSACTION_LIMIT_BYTES = 4 * KB * KB
"""All items of one transaction [transactions]."""
READ_UNIT_BYTES = 4 * KB
WRITE_UNIT_BYTES = KB
COLLECTION_BYTES = 3
ELEMENT_BYTES = 1
TRANSACTION = "TransactWriteItems"


@value
class Units:
    """Capacity units of the table, and of each index that takes part: read units for a read, write units for a write.

    An index whose entry does not change is not named.
    """

    read: float = 0.0
    write: float = 0.0
    indexes: Mapping[str, float] = {}

    @property
    def total(self) -> float:
        """What a request pays for: ConsumedCapacity's CapacityUnits."""
        return self.read + self.write + sum(self.indexes.values())

    def __add__(self, other: "Units") -> "Units":
        names = dict.fromkeys((*self.indexes, *other.indexes))
        indexes = {name: self.indexes.get(name, 0.0) + other.indexes.get(name, 0.0) for name in names}
        return Units(self.read + other.read, self.write + other.write, indexes)


def total(parts: Iterable[Units]) -> Units:
    return sum(parts, Units())


# --- sizes


def item_bytes(item: Item) -> int:
    """Names and values of its attributes [sizes]. An item that is not there has none."""
    return sum(len(name.encode()) + value_bytes(attribute) for name, attribute in item.items())


def value_bytes(attribute: Mapping[str, Any]) -> int:
    """One attribute value without its name, for example {"S": "abc"}: 3."""
    [(kind, content)] = attribute.items()
    return _BYTES_OF[kind](content)


def _number_bytes(text: str) -> int:
    """One byte for two significant digits on either side of the point, one more, and one for a minus sign.

    Zeros at both ends are left out. [sizes] says "approximately"; these are the sizes that others measured at the service's limit for items.
    """
    sign, digits, exponent = Decimal(text).as_tuple()
    significant = "".join(map(str, digits)).strip("0")
    if not significant:
        return 1
    whole = min(max(len(digits) + int(exponent), 0), len(significant))
    return 1 + sign + (whole + 1) // 2 + (len(significant) - whole + 1) // 2


def _binary_bytes(content: bytes | str) -> int:
    """The raw bytes: a client gives them as such, a stream event and JSON in base64."""
    return len(b64decode(content)) if isinstance(content, str) else len(content)


def _list_bytes(elements: Sequence[Mapping[str, Any]]) -> int:
    return COLLECTION_BYTES + sum(ELEMENT_BYTES + value_bytes(element) for element in elements)


def _map_bytes(elements: Item) -> int:
    return COLLECTION_BYTES + len(elements) * ELEMENT_BYTES + item_bytes(elements)


def _one_byte(_: object) -> int:
    return 1


_BYTES_OF: Mapping[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "N": _number_bytes,
    "B": _binary_bytes,
    "BOOL": _one_byte,
    "NULL": _one_byte,
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "NS": lambda numbers: sum(map(_number_bytes, numbers)),
    "BS": lambda contents: sum(map(_binary_bytes, contents)),
    "L": _list_bytes,
    "M": _map_bytes,
}


# --- units


def read_units(size_bytes: int, consistent: bool = False, transactional: bool = False) -> float:
    """One for each 4 KB begun, half of it when eventually consistent, twice in a transaction [units].

    size_bytes: of one item, or all items that a Query reads together. Nothing found costs as much as one item.
    """
    blocks = max(1, -(-size_bytes // READ_UNIT_BYTES))
    return blocks * (2.0 if transactional else 1.0 if consistent else 0.5)


def write_units(size_bytes: int, transactional: bool = False) -> float:
    """One for each KB begun, twice in a transaction [units]. An item that is not there costs one, too."""
    return max(1, -(-size_bytes // WRITE_UNIT_BYTES)) * (2.0 if transactional else 1.0)


def read_cost(size_bytes: int, *, consistent: bool = False, index: str | None = None) -> Units:
    """GetItem: the size of the item. Query: of all that it reads. An index is only eventually consistent and pays by itself."""
    units = read_units(size_bytes, consistent)
    return Units(indexes={index: units}) if index else Units(read=units)


def write_cost(
    old: Item | None, new: Item | None, indexes: Sequence["IndexDefinition"], key: "KeyDefinition", transactional: bool = False
) -> Units:
    """One item put, updated (old to new) or deleted (new is None).

    The table pays for the larger of both images [units]; in a transaction twice, its indexes do not [measured].
    """
    paid = {index.name: _entry_units(_entry(old, index, key), _entry(new, index, key), index) for index in indexes}
    return Units(
        write=_image_units(old, new, transactional),
        indexes={name: units for name, units in paid.items() if units},
    )


def refused_cost(old: Item | None, new: Item | None = None, transactional: bool = False) -> Units:
    """A write whose condition does not hold, or a condition check: no index, but the table pays as if it had been written [units]."""
    return Units(write=_image_units(old, new, transactional))


def request_cost(
    operation: str,
    request: Mapping[str, Any],
    indexes: Sequence["IndexDefinition"],
    key: "KeyDefinition",
    *,
    images: Sequence[tuple[Item | None, Item | None]] | None = None,
    read_bytes: int = 0,
) -> Units:
    """What one request costs when it succeeds.

    images: each written or checked item before and after, in the order of the request. Default: what the request shows, which is a put item
    that was not there before, and no size for any other write. read_bytes: all that a GetItem or Query will read. Default: the least.
    """
    if operation in ("GetItem", "Query"):
        return read_cost(read_bytes, consistent=bool(request.get("ConsistentRead")), index=request.get("IndexName"))
    transactional = operation == TRANSACTION
    actions: list[tuple[str, Any]] = [pair for action in request["TransactItems"] for pair in action.items()] if transactional else []
    actions = actions or [(operation.removesuffix("Item"), request)]
    pairs = images if images is not None else [(None, body.get("Item")) for _, body in actions]
    return total(
        refused_cost(old, new, transactional) if action == "ConditionCheck" else write_cost(old, new, indexes, key, transactional)
        for (action, _), (old, new) in zip(actions, pairs)
    )


def _image_units(old: Item | None, new: Item | None, transactional: bool = False) -> float:
    return write_units(max(item_bytes(old or {}), item_bytes(new or {})), transactional)


def _entry(item: Item | None, index: "IndexDefinition", key: "KeyDefinition") -> Item | None:
    """What the index holds of an item: nothing when one of its key attributes is missing."""
    if item is None or any(name not in item for name in index.key.attributes):
        return None
    if index.projection == "ALL":
        return item
    held = {*key.attributes, *index.key.attributes, *index.attributes}
    return {name: attribute for name, attribute in item.items() if name in held}


def _entry_units(old: Item | None, new: Item | None, index: "IndexDefinition") -> float:
    """Nothing for an entry that stays as it is. A changed key is a deletion and a new entry, each rounded by itself [indexes, measured]."""
    if old == new:
        return 0.0
    if old and new and any(old[name] != new[name] for name in index.key.attributes):
        return write_units(item_bytes(old)) + write_units(item_bytes(new))
    return _image_units(old, new)
