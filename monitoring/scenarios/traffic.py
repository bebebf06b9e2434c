"""How much a stack is used when nothing is wrong: calls by operation, units by table and index, and what it may use."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from monitoring.measures import Access, Cause
from monitoring.operations import READS, operations_of
from monitoring.recipes.capacity import READING, in_use, users_of
from monitoring.scenarios.minute import Place
from monitoring.subjects import Stack
from singletable.definition import PatternDefinition

READ_RATE: Final = 2.0
WRITE_RATE: Final = 0.5
"""Calls a second of a pattern that does not say how often it is used."""

UNITS: Final = {"GetItem": 1.0, "Query": 1.5, "Scan": 20.0, "BatchGetItem": 10.0, "TransactGetItems": 4.0, "TransactWriteItems": 6.0}
"""Capacity of one call. Default: 1."""

ACCOUNT_QUOTA: Final = 40_000
"""Units a second of one table. Source: DynamoDB developer guide, "Quotas in Amazon DynamoDB"."""

HEADROOM: Final = 4
"""Provisioned capacity, times what is used when nothing is wrong."""


@dataclass(frozen=True)
class Limit:
    """metric: which says how much may be used. cause: of the throttles beyond it. by_table: it has the table's dimensions."""

    metric: str
    units_per_second: float
    cause: Cause
    by_table: bool = True


@dataclass(frozen=True)
class Traffic:
    stack: Stack

    @cached_property
    def calls(self) -> dict[str, float]:
        """Operation -> calls a minute."""
        return {each: self._calls(each, self.stack.patterns) for each in operations_of(self.stack.patterns)}

    @cached_property
    def units(self) -> dict[Place, float]:
        """Place -> units a minute, of all places that exist."""
        places: list[Place] = [(access, index) for index in (None, *self.stack.indexes) for access in ("Read", "Write")]
        return {place: self._units(place) for place in places}

    @cached_property
    def needs(self) -> dict[Place, dict[str, float]]:
        """Place -> operation -> share of its calls that need the place."""
        return {place: self._shares(place) for place in in_use(self.stack)}

    @cached_property
    def changes(self) -> float:
        """Items written a minute, so records in the stream."""
        return sum(calls for operation, calls in self.calls.items() if operation not in READS)

    def limit(self, place: Place) -> Limit:
        """Autoscaling has gone to its maximum where there is one."""
        access, index = place
        billing = self.stack.table.billing
        ceiling = billing.ceiling(access, index)
        if billing.mode == "provisioned":
            most = ceiling or max(1.0, HEADROOM * self.units[place] / 60)
            return Limit(f"Provisioned{access}CapacityUnits", most, "ProvisionedThroughput")
        if ceiling:
            return Limit(f"OnDemandMax{access}RequestUnits", ceiling, "MaxOnDemandThroughput")
        return Limit(f"AccountMaxTableLevel{access}s", ACCOUNT_QUOTA, "AccountLimit", by_table=False)

    def requests(self, patterns: Iterable[PatternDefinition]) -> float:
        """Requests a minute of a function with these patterns: each uses two."""
        return sum(_rate(pattern) for pattern in patterns) * 60 / 2

    def calls_of(self, pattern: PatternDefinition) -> float:
        """Of one pattern, a minute."""
        return _rate(pattern) * 60

    def _calls(self, operation: str, patterns: Iterable[PatternDefinition]) -> float:
        return sum(_rate(each) * 60 / len(each.operations) for each in patterns if operation in each.operations)

    def _units(self, place: Place) -> float:
        access, index = place
        users = users_of(self.stack, access, index)
        # An index's entry is written once where its items are; in a transaction the table pays twice, the index once.
        weight = 1.0 if index is None else 0.5
        return weight * sum(
            UNITS.get(each, 1.0) * self._calls(each, users) for each in operations_of(users) if (each in READS) is _reads(access)
        )

    def _shares(self, place: Place) -> dict[str, float]:
        access, index = place
        users = users_of(self.stack, access, index)
        found = {each: self._calls(each, users) / self.calls[each] for each in operations_of(users)}
        return {each: share for each, share in found.items() if (each in READS) is _reads(access)}


def _reads(access: Access) -> bool:
    return access == "Read"


def _rate(pattern: PatternDefinition) -> float:
    usual = READ_RATE if pattern.kind in READING else WRITE_RATE
    return usual if pattern.rate_per_second is None else pattern.rate_per_second
