"""Whether a copy holds what the table holds. A table of some size is sampled from both sides: what is lost shows on one, what is extra on the
other.
"""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from components.restore.reader import BATCH, Item, Reader

SEGMENTS: Final = 32
"""Of a sample: parts of the key space, read in an order of chance."""


@dataclass(frozen=True)
class Compared:
    """counted: items of table and copy, where all were read. checked: how many were compared. lost: in the table and not in the copy. extra:
    in the copy and not in the table. changed: in both, and not the same. examples: keys of some of them.
    """

    counted: tuple[int, int] | None
    checked: int
    lost: int
    extra: int
    changed: int
    examples: tuple[str, ...]

    @property
    def different(self) -> int:
        return self.lost + self.extra + self.changed

    @property
    def percent(self) -> float:
        return 100 * self.different / self.checked if self.checked else 0.0


def compare(reader: Reader, table: str, copy: str, keys: Sequence[str], most: int, chance: random.Random) -> Compared:
    """most: items that are read of each of the two. All are compared where there are no more."""
    theirs = list(_some(reader, table, most, chance))
    ours = list(_some(reader, copy, most, chance))
    if len(theirs) < most and len(ours) < most:
        return _whole(theirs, ours, keys)
    # Each sample is of other items: what one side gave is looked up on the other.
    lost, changed, examples = _looked_up(reader, copy, theirs, keys)
    extra, altered, more = _looked_up(reader, table, ours, keys)
    return Compared(None, len(theirs) + len(ours), lost, extra, changed + altered, (*examples, *more)[:5])


def _whole(theirs: Sequence[Item], ours: Sequence[Item], keys: Sequence[str]) -> Compared:
    before, after = ({_key(item, keys): item for item in items} for items in (theirs, ours))
    lost, extra = before.keys() - after.keys(), after.keys() - before.keys()
    changed = {key for key in before.keys() & after.keys() if not same(before[key], after[key])}
    return Compared(
        (len(theirs), len(ours)),
        len(before.keys() | after.keys()),
        len(lost),
        len(extra),
        len(changed),
        tuple(sorted(lost | extra | changed))[:5],
    )


def _some(reader: Reader, table: str, most: int, chance: random.Random) -> Iterator[Item]:
    """Of parts of the table in an order of chance, until there are enough."""
    parts = (reader.part(table, segment, SEGMENTS) for segment in chance.sample(range(SEGMENTS), SEGMENTS))
    return itertools.islice(itertools.chain.from_iterable(parts), most)


def _looked_up(reader: Reader, table: str, items: Sequence[Item], keys: Sequence[str]) -> tuple[int, int, list[str]]:
    """How many of the items are not there, how many are otherwise, and keys of some."""
    missing, changed, examples = 0, 0, list[str]()
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        found = {_key(item, keys): item for item in reader.items(table, [{name: item[name] for name in keys} for item in batch])}
        for item in batch:
            key = _key(item, keys)
            if key not in found:
                missing += 1
            elif not same(found[key], item):
                changed += 1
            else:
                continue
            examples.append(key)
    return missing, changed, examples


def same(one: Any, other: Any) -> bool:
    """Two items, or values of their attributes as DynamoDB has them. Sets have no order."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        ours, theirs = cast("Item", one), cast("Item", other)
        return ours.keys() == theirs.keys() and all(
            sorted(ours[name]) == sorted(theirs[name]) if _is_set(name, ours[name]) else same(ours[name], theirs[name]) for name in ours
        )
    if isinstance(one, list) and isinstance(other, list):
        first, second = cast("list[Any]", one), cast("list[Any]", other)
        return len(first) == len(second) and all(map(same, first, second))
    return one == other


def _is_set(name: str, value: object) -> bool:
    """An attribute of an item may be called SS: its value is no list."""
    return name in ("SS", "NS", "BS") and isinstance(value, list)


def _key(item: Item, keys: Sequence[str]) -> str:
    return " ".join(str(next(iter(item[name].values()))) for name in keys)
