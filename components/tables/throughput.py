"""Throughput that a table and its indexes must be able to serve at once, paid for once, before a peak that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from components.checks import check_least
from components.errors import InvalidArgument

LEAST_READ, LEAST_WRITE = 12_000, 4_000
"""What every table on demand can serve from the start (DynamoDB developer guide, "Understanding DynamoDB warm throughput"). The provider takes
no less, and of exactly these two says nothing when it reads a table (flattenTableWarmThroughput), so that they would be asked for for ever.
"""


@dataclass(frozen=True)
class WarmUnits:
    """Of a table or an index. read: units a second, at least 12,000. write: at least 4,000. Default: as it is; one of them is needed."""

    read: int | None = None
    write: int | None = None

    def __post_init__(self) -> None:
        if self.read is None and self.write is None:
            raise InvalidArgument("a warm throughput of nothing: give read units, write units or both")
        for direction, units, least in (("read", self.read, LEAST_READ), ("write", self.write, LEAST_WRITE)):
            if units is not None:
                check_least(f"the warm throughput in {direction} units", units, least)
        if (self.read, self.write) == (LEAST_READ, LEAST_WRITE):
            raise InvalidArgument(
                f"a warm throughput of {LEAST_READ} read and {LEAST_WRITE} write units, which every table has: ask for more, or leave it out"
            )

    def arguments(self) -> dict[str, int]:
        given = {"read_units_per_second": self.read, "write_units_per_second": self.write}
        return {name: units for name, units in given.items() if units is not None}


@dataclass(frozen=True)
class WarmThroughput:
    """table: default, as it is. indexes: by name, each with read and write units. Default: as they are.

    For one deployment: declare it, deploy, and leave it out after that. It is paid for when it is raised. AWS raises it further as the use
    grows and lowers it never, and the provider answers a declaration that has become less with a refusal or another table, of an index by
    building it anew. Left out, it stays. An index that is not warm throttles the writes of a warm table.
    """

    table: WarmUnits | None = None
    indexes: Mapping[str, WarmUnits] = field(default_factory=dict[str, WarmUnits])

    def __post_init__(self) -> None:
        object.__setattr__(self, "indexes", MappingProxyType(dict(self.indexes)))
        subjects: dict[str, object] = {"the table": self.table, **{f"index {name}": units for name, units in self.indexes.items()}}
        for subject, units in subjects.items():
            if units is not None and not isinstance(units, WarmUnits):
                raise InvalidArgument(f"the warm throughput of {subject} is {units!r}: use WarmUnits(read=..., write=...)")
        for name, units in self.indexes.items():
            if units.read is None or units.write is None:
                raise InvalidArgument(
                    f"the warm throughput of index {name} has no {'read' if units.read is None else 'write'} units, which the provider takes for "
                    "less than it has, and builds the index anew: give both"
                )

    def of(self, index: str | None) -> WarmUnits | None:
        """Of the table (None) or of an index."""
        return self.table if index is None else self.indexes.get(index)
