"""What people read about patterns: titles and keys as text."""

from collections.abc import Sequence
from typing import Any

from singletable.grants import AnyPattern
from singletable.patterns import One, Read
from singletable.resolve import LOCKED_GET, Access
from singletable.transactions import Operation, Update


def title_of(pattern: AnyPattern) -> str:
    """The first line of its docstring. Without one, a sentence from the names: "orders by user, newest first"."""
    if pattern.doc:
        return pattern.doc
    if isinstance(pattern, Read):
        return _title_of_read(pattern)
    if isinstance(pattern, Update):
        return f"change {_listed([_words(field) for field in pattern.fields])} of one {_words(pattern.entity.name)}"
    return ", ".join(_title_of_operation(operation) for operation in pattern.operations)


def _title_of_read(pattern: Read[Any]) -> str:
    want, noun = pattern.want, _words(pattern.entity.name)
    title = noun if isinstance(pattern, One) else _plural(noun)
    if want.by:
        title += f" by {_listed([_words(name).removesuffix(' id') for name in want.by])}"
    if want.within:
        title += f", within a range of {_words(want.within)}"
    return f"{title}, newest first" if want.newest_first else title


def _title_of_operation(operation: Operation[Any]) -> str:
    noun = _words(operation.entity.name)
    if operation.update:
        return title_of(operation.update)
    return f"{operation.verb} {noun}" if operation.up_to is None else f"{operation.verb} up to {operation.up_to} {_plural(noun)}"


def access_of(pattern: AnyPattern) -> str:
    """The key that is used: `PK=USER#{user_id} SK^ORDER#`, where ^ reads "begins with"; of a write the items in it."""
    if isinstance(pattern, Read):
        order = ", newest first" if pattern.want.newest_first else ""
        return f"{_access_of_read(pattern.access, pattern.want.within)}{order}"
    if isinstance(pattern, Update):
        locks = [f"the lock of {' and '.join(unique.fields)}" for unique in pattern.locks]
        return " + ".join((str(pattern.entity.primary), *locks))
    return " + ".join(_access_of_operation(operation) for operation in pattern.operations)


def _access_of_read(access: Access, within: str | None) -> str:
    path = access.path
    if access.rank == LOCKED_GET and access.unique:
        return f"{access.unique.lock}, then the item"
    text = f"{path.key.partition}={path.partition}"
    prefix = "".join(f"{part}#" for part in access.prefix)
    if path.sort is None or not (prefix or within):
        return text
    if access.open_slot is None:
        return f"{text} {path.key.sort}={path.sort}"
    return f"{text} {path.key.sort}={prefix}{{{within} from..to}}" if within else f"{text} {path.key.sort}^{prefix}"


def _access_of_operation(operation: Operation[Any]) -> str:
    number = f"up to {operation.up_to} " if operation.up_to else ""
    text = f"{operation.verb} {number}{operation.entity.name}"
    if not operation.locks:
        return text
    locks = [" and ".join(unique.fields) for unique in operation.locks]
    return f"{text} with its lock{'s' if len(locks) > 1 else ''} of {_listed(locks)}"


def _words(name: str) -> str:
    """OrderItem and order_item both read "order item"."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() and position else letter for position, letter in enumerate(name))
    return spaced.replace("_", " ").lower()


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
