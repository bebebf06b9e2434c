"""What an access pattern costs before there is any data: the rules of `sizing`, applied to items of typical size.

Typical means: every field has a value, of the lengths below. Real items differ; `Store.plan` prices the request at hand.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from singletable.definition import IndexDefinition, key_definition
from singletable.entity import TYPE_ATTRIBUTE, Entity, Path
from singletable.fields import Mark
from singletable.grants import AnyPattern
from singletable.keys import SEPARATOR, KeyTemplate, Slot
from singletable.patterns import Many, Read
from singletable.reads import OWNER
from singletable.resolve import LOCKED_GET
from singletable.shapes import Enumeration, FieldShape, Hidden, ListOf, MapOf, Maybe, Record, Scalar, SetOf, Shape
from singletable.sizing import KB, Item, Units, item_bytes, read_cost, refused_cost, total, write_cost
from singletable.transactions import Operation, Transaction, Update
from singletable.values import value

TEXT_CHARACTERS = 20
IDENTIFIER_CHARACTERS = 26
"""A ULID. Also assumed for a text whose name ends with _id."""
EMAIL_CHARACTERS = 24
SECRET_CHARACTERS = 97
"""A password hash by argon2."""
NUMBER_DIGITS = 4
EPOCH_DIGITS = 10
"""A time of expiry, in seconds since 1970."""
BINARY_BYTES = 64
ELEMENTS = 3
ASSUMED = (
    f"texts of {TEXT_CHARACTERS} characters, identifiers {IDENTIFIER_CHARACTERS}, e-mail addresses {EMAIL_CHARACTERS}, "
    f"secrets {SECRET_CHARACTERS}, numbers of {NUMBER_DIGITS} digits, {ELEMENTS} elements in a collection, no field empty"
)


@value
class Cost:
    """What one call of a pattern pays for.

    fixed: in any case. each: for each item of each part of a transaction that takes several. size_bytes: of a typical item, by entity.
    text: the same in words: "2 + 2n WCU table, 1 WCU GSI1".
    """

    fixed: Units
    each: tuple[Units, ...]
    size_bytes: Mapping[str, int]
    text: str

    def to_dict(self) -> dict[str, Any]:
        units = [{"read": part.read, "write": part.write, "indexes": dict(part.indexes)} for part in (self.fixed, *self.each)]
        return {"fixed": units[0], "each": units[1:], "size_bytes": dict(self.size_bytes), "text": self.text}


def pattern_cost(pattern: AnyPattern) -> Cost:
    """A read as it is declared, eventually consistent unless it asks for more; a write that succeeds, and changes what it can."""
    if isinstance(pattern, Read):
        return _read(pattern)
    if isinstance(pattern, Update):
        return _update(pattern)
    return _transaction(pattern)


def typical_item(entity: Entity[Any], letter: str = "x") -> dict[str, Any]:
    """An item in wire form with a value of typical size in every attribute. Another letter gives other values of the same sizes."""
    values = {name: _sample(field.shape, field, letter) for name, field in entity.fields.items()}
    keys = {name: {"S": _key(template, values)} for path in entity.paths for name, template in path.attributes.items()}
    return {TYPE_ATTRIBUTE: {"S": entity.name}, **keys, **values}


def typical_bytes(entity: Entity[Any]) -> int:
    return item_bytes(typical_item(entity))


def _read(pattern: Read[Any]) -> Cost:
    access, entity = pattern.access, pattern.entity
    size_bytes = typical_bytes(entity)
    sizes = {entity.name: size_bytes}
    index = access.path.name if access.path.is_index else None
    if access.rank == LOCKED_GET and access.unique:
        lock, item = (read_cost(size, consistent=True) for size in (item_bytes(_lock(access.unique.lock, entity)), size_bytes))
        return Cost(lock + item, (), sizes, f"{_number(lock.read)} + {_number(item.read)} RCU")
    if not isinstance(pattern, Many):
        units = read_cost(size_bytes, consistent=pattern.want.consistent, index=index)
        return Cost(units, (), sizes, _text(units, (), "RCU"))
    # A page reads one item more than it returns, to know whether there is a next one.
    units = read_cost((pattern.page + 1) * size_bytes, consistent=pattern.want.consistent, index=index)
    block = read_cost(0, consistent=pattern.want.consistent, index=index)
    text = f"{_text(block, (), 'RCU')} per 4 KB, {pattern.page} x {size_bytes / KB:.1f} KB = {_number(units.total)}"
    return Cost(units, (), sizes, text)


def _update(pattern: Update[..., Any]) -> Cost:
    units = _update_units(pattern, transactional=bool(pattern.locks))
    return Cost(units, (), {pattern.entity.name: typical_bytes(pattern.entity)}, _text(units, (), "WCU"))


def _transaction(pattern: Transaction[*tuple[Any, ...]]) -> Cost:
    [first, *others] = pattern.operations
    transactional = bool(others or first.up_to is not None or first.verb == "check" or first.locks)
    priced = [(operation, _operation_units(operation, transactional)) for operation in pattern.operations]
    fixed = total(units for operation, units in priced if operation.up_to is None)
    each = tuple(units for operation, units in priced if operation.up_to is not None)
    sizes = {operation.entity.name: typical_bytes(operation.entity) for operation, _ in priced}
    return Cost(fixed, each, sizes, _text(fixed, each, "WCU"))


def _operation_units(operation: Operation[Any], transactional: bool) -> Units:
    """Of one item, with its locks."""
    if operation.update:
        return _update_units(operation.update, transactional)
    entity, item = operation.entity, typical_item(operation.entity)
    if operation.verb == "check":
        return refused_cost(item, transactional=transactional)
    # To delete costs what it costs to create: the image is the same.
    return _units(entity, [(None, item), *((None, _lock(unique.lock, entity)) for unique in operation.locks)], transactional)


def _update_units(pattern: Update[..., Any], transactional: bool) -> Units:
    entity = pattern.entity
    old, other = typical_item(entity), typical_item(entity, "y")
    new = {**old, **{name: other[name] for name in pattern.attributes if name in other}}
    locks = [_lock(unique.lock, entity) for unique in pattern.locks]
    return _units(entity, [(old, new), *((lock, None) for lock in locks), *((None, lock) for lock in locks)], transactional)


def _units(entity: Entity[Any], images: Iterable[tuple[Item | None, Item | None]], transactional: bool) -> Units:
    indexes = [IndexDefinition(name, key_definition(path.key)) for name, path in entity.indexes.items()]
    return total(write_cost(old, new, indexes, key_definition(entity.primary.key), transactional) for old, new in images)


def _lock(lock: Path, entity: Entity[Any]) -> dict[str, Any]:
    """A lock names the item that holds it by its primary key."""
    values = {name: _sample(field.shape, field, "x") for name, field in entity.fields.items()}
    keys = [{name: {"S": _key(template, values)} for name, template in path.attributes.items()} for path in (lock, entity.primary)]
    return {**keys[0], OWNER: {"M": keys[1]}}


def _sample(shape: Shape, field: FieldShape, letter: str) -> dict[str, Any]:
    """A value of typical size, in wire form."""
    match shape:
        case Scalar():
            return {shape.wire: _scalar(shape, field, letter)}
        case Enumeration():
            longest = max((str(member.value) for member in shape.members), key=len)
            return {shape.wire: longest if shape.wire == "N" else letter * len(longest)}
        case ListOf():
            return {"L": [_sample(shape.item, field, letter)] * ELEMENTS}
        case MapOf():
            return {"M": {str(number) * TEXT_CHARACTERS: _sample(shape.item, field, letter) for number in range(ELEMENTS)}}
        case SetOf():
            [(wire, content)] = _sample(shape.item, field, letter).items()
            return {f"{wire}S": [content] * ELEMENTS}
        case Maybe():
            return _sample(shape.item, field, letter)
        case Hidden():
            return {"S": letter * SECRET_CHARACTERS} if shape.item == Scalar(str, "S") else _sample(shape.item, field, letter)
        case Record():
            return {"M": {inner.name: _sample(inner.shape, inner, letter) for inner in shape.fields}}


def _scalar(shape: Scalar, field: FieldShape, letter: str) -> object:
    if shape.wire == "S":
        fixed = {"datetime": 27, "date": 10}.get(shape.type.__name__)
        identifies = field.mark is Mark.ID or field.name.endswith("_id")
        return letter * (
            fixed or (EMAIL_CHARACTERS if field.mark is Mark.EMAIL else IDENTIFIER_CHARACTERS if identifies else TEXT_CHARACTERS)
        )
    if shape.wire == "N":
        return str(ord(letter) % 9 + 1) * (EPOCH_DIGITS if shape.type.__name__ == "datetime" else NUMBER_DIGITS)
    return letter == "x" if shape.wire == "BOOL" else letter.encode() * BINARY_BYTES


def _key(template: KeyTemplate, values: Mapping[str, dict[str, Any]]) -> str:
    parts: list[str] = []
    for part in template.parts:
        text = str(next(iter(values[part.field].values()))) if isinstance(part, Slot) else part.text
        # A padded number is as long as its width; a time is of its own length already.
        parts.append(text.zfill(part.form.length or 0) if isinstance(part, Slot) else text)
    return SEPARATOR.join(parts)


def _text(fixed: Units, each: tuple[Units, ...], unit: str) -> str:
    """Such as "2 + 2n WCU table, 1 WCU GSI1"; without indexes "0.5 RCU"."""
    table = [part.read + part.write for part in (fixed, *each)]
    names = dict.fromkeys(name for part in (fixed, *each) for name in part.indexes)
    texts = [f"{_sum(table)} {unit}{' table' if names else ''}"] if any(table) else []
    return ", ".join([*texts, *(f"{_sum([part.indexes.get(name, 0.0) for part in (fixed, *each)])} {unit} {name}" for name in names)])


def _sum(numbers: list[float]) -> str:
    """Fixed part first, then n, m, n3, n4... times what each part of a transaction costs for one of its items."""
    texts = [_number(numbers[0])] if numbers[0] else []
    for position, number in enumerate(numbers[1:]):
        letter = "nm"[position] if position < 2 else f"n{position + 1}"
        texts += [f"{'' if number == 1 else _number(number)}{letter}"] if number else []
    return " + ".join(texts)


def _number(number: float) -> str:
    return f"{number:g}"
