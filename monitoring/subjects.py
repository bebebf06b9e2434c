"""What is watched: a stack with its table, its functions and the streams they read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from monitoring.errors import MonitoringError
from monitoring.measures import Access
from monitoring.names import Name, Ref
from singletable.definition import PatternDefinition, TableDefinition


@dataclass(frozen=True)
class Ceiling:
    """Units a second that the table, or one index, may use at most. Default: nobody set a maximum. Raises MonitoringError "invalid-subject"."""

    reads_per_second: int | None = None
    writes_per_second: int | None = None

    def __post_init__(self) -> None:
        for units in (self.reads_per_second, self.writes_per_second):
            if units is not None and units < 1:
                raise MonitoringError(
                    "invalid-subject", f"a ceiling of {units} units a second: give 1 or more, or None where there is none"
                )

    def of(self, access: Access) -> int | None:
        return self.reads_per_second if access == "Read" else self.writes_per_second


@dataclass(frozen=True)
class Billing:
    """How capacity is paid for, which decides what "near a limit" means.

    table: on demand, our own ceiling; provisioned, the maximum of autoscaling. None where the account's quota, or a capacity that nothing
    scales, is the limit: CloudWatch knows both. indexes: those of which it is another, by name. Default: each as the table.
    """

    mode: Literal["on-demand", "provisioned"] = "on-demand"
    table: Ceiling = Ceiling()
    indexes: tuple[tuple[str, Ceiling], ...] = ()

    def __post_init__(self) -> None:
        names = [name for name, _ in self.indexes]
        if len(set(names)) < len(names):
            raise MonitoringError("invalid-subject", f"each index has one ceiling, given for: {', '.join(names)}")

    @classmethod
    def on_demand(
        cls,
        *,
        max_reads_per_second: int | None = None,
        max_writes_per_second: int | None = None,
        indexes: Mapping[str, Ceiling] | None = None,
    ) -> "Billing":
        """Ceilings are ours: beyond them DynamoDB throttles. indexes: by name, as a whole. Default: each as the table."""
        return cls("on-demand", *_ceilings(max_reads_per_second, max_writes_per_second, indexes or {}))

    @classmethod
    def provisioned(
        cls,
        *,
        max_reads_per_second: int | None = None,
        max_writes_per_second: int | None = None,
        indexes: Mapping[str, Ceiling] | None = None,
    ) -> "Billing":
        """Ceilings are the maxima of autoscaling. Default: nothing scales. indexes: by name, as a whole. Default: each as the table."""
        return cls("provisioned", *_ceilings(max_reads_per_second, max_writes_per_second, indexes or {}))

    def ceiling(self, access: Access, index: str | None) -> int | None:
        """Units a second of the table (None) or of an index. None: there is no ceiling."""
        return dict(self.indexes).get(index or "", self.table).of(access)


def _ceilings(reads: int | None, writes: int | None, indexes: Mapping[str, Ceiling]) -> tuple[Ceiling, tuple[tuple[str, Ceiling], ...]]:
    """Two that mean the same are equal: an index as the table is not named, and the others stand by name."""
    table = Ceiling(reads, writes)
    return table, tuple(sorted((name, each) for name, each in indexes.items() if each != table))


TABLE = Ref("table")


def _expect(given: object, kind: type, what: str, instead: str) -> None:
    if not isinstance(given, kind):
        raise MonitoringError("invalid-subject", f"{what} is a {kind.__name__}, given: a {type(given).__name__}. Give {instead}")


@dataclass(frozen=True)
class TableSubject:
    """definition: what the declaration says. name: as deployed. Default: Ref("table").

    replicas: the other regions of a global table. Default: none. insight_rules: of Contributor Insights, "the table" or an index -> the name
    of the rule that counts its keys; it exists once the insights were switched on. Default: none.
    """

    definition: TableDefinition
    name: Name = TABLE
    billing: Billing = Billing()
    replicas: tuple[str, ...] = ()
    insight_rules: tuple[tuple[str, Name], ...] = ()

    def __post_init__(self) -> None:
        _expect(self.definition, TableDefinition, "the definition of the table", "`.definition()` of the table")
        _expect(self.replicas, tuple, "what the table has as replicas", 'a tuple of regions, such as ("eu-central-1",)')
        if len(set(self.replicas)) < len(self.replicas):
            raise MonitoringError("invalid-subject", f"each replica is in a region of its own, given: {', '.join(self.replicas)}")


@dataclass(frozen=True)
class FunctionSubject:
    """label: what people call it, "api". name: as deployed. patterns: the access patterns it uses.

    http: it answers callers who wait, as behind a function URL. Default: no. pattern_metrics: it publishes metrics of each pattern it uses
    (namespace SingleTable). Default: no. log_group: the name of its log's; None: its log is not looked at. failed_events: the name of the queue
    for events that it was sent without waiting and that failed for good; None: there is none, or somebody else watches it.
    """

    label: str
    name: Name
    timeout_seconds: int
    patterns: tuple[PatternDefinition, ...] = ()
    http: bool = False
    pattern_metrics: bool = False
    log_group: Name | None = None
    failed_events: Name | None = None

    def __post_init__(self) -> None:
        _expect(self.patterns, tuple, f"what {self.label} has as patterns", "a tuple of `definition_of(pattern)`")
        for pattern in self.patterns:
            _expect(pattern, PatternDefinition, f"a pattern of {self.label}", "`definition_of(pattern)` of each")


@dataclass(frozen=True)
class StreamSubject:
    """A function fed by the table's stream. function: its label. mapping: the UUID of the event source mapping. queue: the name of the
    queue that receives what could not be handled; "": there is none, so what is given up is lost.

    The mapping must have the metrics of the group EventCount switched on (metrics_config): without them nobody seems to read the stream.
    """

    function: str
    mapping: Name
    queue: Name


@dataclass(frozen=True)
class Stack:
    """region: where the table is. owner: shown where it is given."""

    project: str
    stage: str
    region: Name
    table: TableSubject
    functions: tuple[FunctionSubject, ...] = ()
    streams: tuple[StreamSubject, ...] = ()
    owner: str | None = None

    def __post_init__(self) -> None:
        labels = [function.label for function in self.functions]
        if len(set(labels)) < len(labels):
            raise MonitoringError("invalid-subject", f"each function needs its own label, given: {', '.join(labels)}")
        for stream in self.streams:
            if stream.function not in labels:
                known = ", ".join(labels) or "none"
                raise MonitoringError("invalid-subject", f'the stream of "{stream.function}" names no function; given are: {known}')

    @property
    def label(self) -> str:
        return f"{self.project}-{self.stage}"

    @property
    def patterns(self) -> tuple[PatternDefinition, ...]:
        """The access patterns in use: those of the functions; of the whole table where no function names any."""
        used = {pattern.name: pattern for function in self.functions for pattern in function.patterns}
        return tuple(used.values()) or self.table.definition.patterns

    @property
    def measured_patterns(self) -> tuple[PatternDefinition, ...]:
        """The access patterns of which functions publish metrics."""
        found = {pattern.name: pattern for function in self.functions if function.pattern_metrics for pattern in function.patterns}
        return tuple(found.values())

    def function(self, label: str) -> FunctionSubject:
        return next(function for function in self.functions if function.label == label)

    @property
    def indexes(self) -> tuple[str, ...]:
        return tuple(index.name for index in self.table.definition.indexes)
