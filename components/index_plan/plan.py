"""From the indexes that a table has to those that a declaration wants."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from components.index_plan import steps
from components.index_plan.backfill import Size, backfill_of
from components.index_plan.steps import Step
from components.tables.indexes import MOST_GLOBAL
from monitoring.prices import TablePrices
from singletable.definition import IndexDefinition, TableDefinition


@dataclass(frozen=True)
class Table:
    """What is known of the deployed table. name: as deployed. size: None, not known. write_capacity: provisioned units a second of an
    index; None: on demand, or not known. local: names of its local indexes. busy: indexes that are not ACTIVE, with their status.
    """

    name: str = "TABLE"
    size: Size | None = None
    write_capacity: int | None = None
    local: tuple[str, ...] = ()
    busy: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Plan:
    """steps: in this order. refused: why the wanted declaration cannot be deployed as it is, with the way round; the steps are that way.
    notes: what else to know.
    """

    table: Table
    steps: tuple[Step, ...]
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def deployments(self) -> int:
        return sum(each.kind in ("add", "switch", "remove") for each in self.steps)


def plan_of(old: TableDefinition, new: TableDefinition, table: Table | None = None, prices: TablePrices | None = None) -> Plan:
    """old: what is deployed; its patterns are those that run now, if it has some. new: what is wanted."""
    known = table or Table()
    refused: list[str] = []
    if old.key != new.key:
        return Plan(known, (), (_replaced(old, new, known),))
    before, after = _by_name(old), _by_name(new)
    renamed: dict[str, str] = {}
    for name in before:
        if name in after and _made(before[name]) != _made(after[name]):
            renamed[name] = _next_name(name, {*before, *after, *renamed.values()})
    for name, other in renamed.items():
        what = "keys" if before[name].key != after[name].key else "projection"
        refused.append(
            f"{name} would have another {what}. An index cannot change: the provider would delete it and build it anew, and every query of "
            f"it would fail meanwhile. Call the new one {other}"
        )
    added = [_named(after[name], renamed.get(name, name)) for name in after if name not in before or name in renamed]
    removed = [name for name in before if name not in after or name in renamed]
    found = tuple(_steps(old, new, known, added, removed, renamed, prices or TablePrices()))
    return Plan(known, found, tuple(refused), tuple(_notes(old, new, known, added)))


def _steps(
    old: TableDefinition,
    new: TableDefinition,
    table: Table,
    added: Sequence[IndexDefinition],
    removed: Sequence[str],
    renamed: Mapping[str, str],
    prices: TablePrices,
) -> Iterator[Step]:
    original = {other: name for name, other in renamed.items()}
    if added or removed:
        yield from (steps.wait(index, status, table.name) for index, status in table.busy.items())
    for index in added:
        cost = backfill_of(index, table.size, prices, table.write_capacity) if table.size else None
        unwritten = _unwritten(old, new, index, original.get(index.name, index.name))
        yield steps.add(index, cost, unwritten, provisioned=table.write_capacity is not None)
        yield steps.watch(index.name, table.name)
        if unwritten:
            yield steps.fill(index.name, unwritten, f"today's items have no {', '.join(index.key.attributes)} as the new keys are")
    for index in (each.name for each in new.indexes if each.name not in renamed and each not in added):
        if changed := _rekeyed(old, new, index):
            yield steps.fill(index, changed, "their keys of the index are made otherwise")
    wanted = {original.get(index.name, index.name): index.name for index in added}
    if switched := [pattern.name for pattern in new.patterns if pattern.index in wanted]:
        yield steps.switch(sorted({wanted[pattern.index] for pattern in new.patterns if pattern.index in wanted}), switched)
    left = len(old.indexes) + len(added)
    for name in removed:
        left -= 1
        yield steps.prove(name, [pattern.name for pattern in old.patterns if pattern.index == name], table.name)
        yield steps.remove(name) if left else steps.delete(name, table.name)


def _unwritten(old: TableDefinition, new: TableDefinition, index: IndexDefinition, declared: str) -> list[str]:
    """Entities whose stored items lack the keys of a new index, or have others. declared: its name in the new declaration."""
    before = {entity.name: entity for entity in old.entities}
    same = [each.name for each in old.indexes if each.key == index.key]
    return [
        entity.name
        for entity in new.entities
        if declared in entity.keys
        and entity.name in before
        and not any(before[entity.name].keys.get(name) == entity.keys[declared] for name in same)
    ]


def _rekeyed(old: TableDefinition, new: TableDefinition, index: str) -> list[str]:
    before = {entity.name: entity for entity in old.entities}
    return [
        entity.name
        for entity in new.entities
        if index in entity.keys and entity.name in before and before[entity.name].keys.get(index) != entity.keys[index]
    ]


def _notes(old: TableDefinition, new: TableDefinition, table: Table, added: Sequence[IndexDefinition]) -> Iterator[str]:
    together = len(old.indexes) + len(added)
    if added and together > MOST_GLOBAL:
        yield (
            f"{together} indexes are there at once: AWS allows {MOST_GLOBAL}, unless it has raised that quota for the account. Otherwise first "
            "remove one that nothing reads"
        )
    if table.write_capacity is not None and together > 1:
        yield (
            "where reads and writes are both autoscaled, a change of indexes is refused (change-lost): each deployment that adds or removes one "
            "has Capacity.fixed, and the one after it autoscales again"
        )
    if table.local:
        yield (
            f"{', '.join(table.local)}: a local index can be neither added nor removed, the table would be replaced. Keep it in the stack's "
            "`indexes`; another order of the partitions is a global index with the table's partition key"
        )
    if added and table.size is None:
        yield "no estimate of the backfill: give --deployed TABLE, or --items and --item-bytes"
    if added and not old.entities:
        yield "what stored items have is not known without their declaration (--from): see that they have the keys of the new index"
    if old.ttl != new.ttl:
        yield "time to live changes too: deploy it apart from an index, and read SingleTable on switching it off"


def _replaced(old: TableDefinition, new: TableDefinition, table: Table) -> str:
    items = f" with its {table.size.items:,} items" if table.size else ""
    was, would = (" and ".join(each.key.attributes) for each in (old, new))
    return (
        f"the table's key is {was} and would be {would}. A table keeps its key: it would be replaced by an empty one, and the old one{items} left "
        "behind. Declare a second table of another name, write to both, copy the items, move the readers, and stop writing to the old one "
        "(docs/evolve.md)"
    )


def _by_name(table: TableDefinition) -> dict[str, IndexDefinition]:
    return {index.name: index for index in table.indexes}


def _named(index: IndexDefinition, name: str) -> IndexDefinition:
    return IndexDefinition(name, index.key, index.projection, index.attributes)


def _made(index: IndexDefinition) -> tuple[object, ...]:
    """What an index cannot change. The order of its attributes means nothing."""
    return index.key, index.projection, frozenset(index.attributes)


def _next_name(name: str, taken: set[str]) -> str:
    """GSI1 -> GSI1v2 -> GSI1v3."""
    stem, _, number = name.rpartition("v")
    base, version = (stem, int(number)) if stem and number.isascii() and number.isdigit() else (name, 1)
    while f"{base}v{version + 1}" in taken:
        version += 1
    return f"{base}v{version + 1}"
