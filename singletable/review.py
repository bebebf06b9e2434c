"""A table's access patterns on one page: how each is answered, what it costs, and what is wrong or doubtful about them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from singletable.costs import ASSUMED, Cost, pattern_cost
from singletable.definition import PatternDefinition, definition_of
from singletable.entity import Entity, Path
from singletable.grants import AnyPattern
from singletable.keys import Slot
from singletable.patterns import Read
from singletable.resolve import LOCKED_GET
from singletable.shapes import Enumeration, FieldShape, Maybe, has_secret
from singletable.transactions import Transaction, Update
from singletable.values import value

if TYPE_CHECKING:
    from singletable.table import Table

UNNAMED = "unnamed"
PARTITION_WRITES_PER_SECOND, PARTITION_READS_PER_SECOND = 1000, 3000
"""Units that one partition serves ("Best practices for designing and using partition keys effectively in DynamoDB")."""
HEADINGS = ("pattern", "operation", "access", "consistent", "cost")


@value
class Finding:
    """A problem has to be solved, a warning is for people to judge. code: stable. message: what is the case, and what to do."""

    level: Literal["problem", "warning"]
    code: str
    message: str

    def to_dict(self) -> dict[str, str]:
        return {"level": self.level, "code": self.code, "message": self.message}

    def __str__(self) -> str:
        return f"{self.level} [{self.code}] {self.message}"


@value
class Line:
    """One pattern. consistent: "yes", "optional" (the key could be read consistently), "never" (an index), "-" for a write."""

    definition: PatternDefinition
    consistent: str
    cost: Cost

    @property
    def operation(self) -> str:
        index = f" {self.definition.index}" if self.definition.index else ""
        return " or ".join(f"{operation}{index}" for operation in self.definition.operations)

    def cells(self) -> tuple[str, ...]:
        return (self.definition.name, self.operation, self.definition.access, self.consistent, self.cost.text)

    def to_dict(self) -> dict[str, Any]:
        return {**self.definition.to_dict(), "consistent": self.consistent, "cost": self.cost.to_dict()}


@value
class Review:
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "problem")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "warning")

    @property
    def scans(self) -> int:
        return sum("Scan" in line.definition.operations for line in self.lines)

    @property
    def summary(self) -> str:
        counted = [(len(self.lines), "pattern"), (self.scans, "scan"), (len(self.problems), "problem"), (len(self.warnings), "warning")]
        return ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counted if number or noun != "warning")

    def to_dict(self) -> dict[str, Any]:
        return {
            "patterns": [line.to_dict() for line in self.lines],
            "scans": self.scans,
            "problems": [finding.to_dict() for finding in self.problems],
            "warnings": [finding.to_dict() for finding in self.warnings],
            "sizes_assumed": ASSUMED,
        }

    def text(self) -> str:
        rows = [HEADINGS, *(line.cells() for line in self.lines)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        notes = ["", "^ begins with. n, m: items in a list. RCU, WCU: read and write capacity units of the table, or of the index named."]
        return "\n".join([*table, *notes, f"Typical sizes: {ASSUMED}."])


def review(table: "Table") -> Review:
    patterns: list[AnyPattern] = list(table.patterns)
    lines = tuple(Line(definition_of(pattern), _consistency(pattern), pattern_cost(pattern)) for pattern in patterns)
    findings = [*_names(lines), *_duplicates(patterns), *_unread(table, patterns), *_secrets(table), *_hot(table), *_lost_updates(patterns)]
    return Review(lines, tuple(sorted(findings, key=lambda finding: finding.level)))


def _consistency(pattern: AnyPattern) -> str:
    if not isinstance(pattern, Read):
        return "-"
    if pattern.access.path.is_index:
        return "never"
    return "yes" if pattern.want.consistent or pattern.access.rank == LOCKED_GET else "optional"


# --- findings


def _names(lines: Iterable[Line]) -> Iterator[Finding]:
    for name, count in Counter(line.definition.name for line in lines).items():
        if name == UNNAMED:
            yield Finding(
                "problem",
                "unnamed-pattern",
                f"{_plural(count, 'pattern')} without a name: assign each to a variable of its module, alarms need it",
            )
        elif count > 1:
            yield Finding(
                "problem", "duplicate-name", f"{count} patterns are called {name}: errors and alarms could not tell them apart, rename one"
            )


def _duplicates(patterns: Iterable[AnyPattern]) -> Iterator[Finding]:
    same: defaultdict[object, list[str]] = defaultdict(list)
    for pattern in patterns:
        same[_request(pattern)].append(pattern.name)
    for names in same.values():
        if len(names) > 1:
            yield Finding("problem", "duplicate-pattern", f"{' and '.join(names)} send the same request: keep one of them")


def _request(pattern: AnyPattern) -> object:
    """Equal for patterns that send the same, whatever they are called and in whatever order they take their arguments."""
    if isinstance(pattern, Read):
        want = pattern.want
        asked = (frozenset(want.by), want.within, want.newest_first, want.consistent)
        return (want.verb, pattern.entity.name, pattern.access.path.name, pattern.access.rank, asked)
    if isinstance(pattern, Update):
        return ("update", pattern.entity.name, frozenset(pattern.fields))
    return tuple(
        (step.verb, step.entity.name, step.up_to, step.update and frozenset(step.update.fields), step.unchanged)
        for step in pattern.operations
    )


def _unread(table: "Table", patterns: Iterable[AnyPattern]) -> Iterator[Finding]:
    reads = [pattern for pattern in patterns if isinstance(pattern, Read)]
    read = {(pattern.entity.name, pattern.access.path.name) for pattern in reads}
    used = {entity.name for pattern in patterns for entity in pattern.entities}
    for index in table.indexes:
        if index not in {name for _, name in read}:
            yield Finding(
                "problem", "unread-index", f"no pattern reads {index}, and each write pays for it: declare a pattern or remove the index"
            )
            continue
        for entity in table.entities.values():
            if index in entity.indexes and (entity.name, index) not in read:
                text = f"no pattern reads {entity.name} through {index}, and each write of it pays for the entry: {entity.indexes[index]}"
                yield Finding("warning", "unread-entry", text)
    for name in table.entities:
        if name not in used:
            yield Finding("problem", "unused-entity", f"no pattern reads or writes {name}: declare a pattern or remove the entity")
        elif name not in {entity for entity, _ in read}:
            yield Finding("warning", "unread-entity", f"{name} is written, and no pattern reads it")


def _secrets(table: "Table") -> Iterator[Finding]:
    for entity in table.entities.values():
        secrets = [name for name, field in entity.fields.items() if has_secret(field.shape)]
        if secrets and entity.indexes:
            text = f"{entity.name} has the secret {' and '.join(secrets)} and an entry in {' and '.join(entity.indexes)}, which copies it: "
            yield Finding("problem", "secret-in-index", f"{text}give the secret an entity of its own without index keys")


def _hot(table: "Table") -> Iterator[Finding]:
    """Partitions of which there are only a few, however many items."""
    for entity in table.entities.values():
        for path in entity.paths:
            # One item with a constant key is no partition that fills.
            if path.fields and (number := _partitions(entity, path)):
                units = f"{PARTITION_WRITES_PER_SECOND} write or {PARTITION_READS_PER_SECOND} read units a second"
                text = f"{entity.name} lies in {_plural(number, 'partition')} of {path.name}, {path.key.partition}={path.partition}: each serves {units}"
                yield Finding("warning", "hot-partition", text)


def _partitions(entity: Entity[Any], path: Path) -> int | None:
    """How many values the partition key can have, where that is known: words and enumerations."""
    number = 1
    for part in path.partition.parts:
        if isinstance(part, Slot):
            members = _members(entity.fields[part.field])
            if members is None:
                return None
            number *= members
    return number


def _members(field: FieldShape) -> int | None:
    shape = field.shape.item if isinstance(field.shape, Maybe) else field.shape
    return len(shape.members) if isinstance(shape, Enumeration) else None


def _lost_updates(patterns: Iterable[AnyPattern]) -> Iterator[Finding]:
    updates = [pattern for pattern in patterns if isinstance(pattern, Update)]
    updates += [step.update for pattern in patterns if isinstance(pattern, Transaction) for step in pattern.operations if step.update]
    for name in dict.fromkeys(update.entity.name for update in updates if not update.entity.version):
        text = f"{name} is updated and has no version, so that the last writer wins unseen: add `version: Version = 1`"
        yield Finding("warning", "lost-update", text)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
