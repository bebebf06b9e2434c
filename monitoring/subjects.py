"""What is watched: a stack with its table, its functions and the streams they read."""

from dataclasses import dataclass
from typing import Literal

from monitoring.errors import MonitoringError
from monitoring.names import Name, Ref
from singletable.definition import PatternDefinition, TableDefinition


@dataclass(frozen=True)
class Billing:
    """How capacity is paid for, which decides what "near a limit" means.

    max_reads_per_second, max_writes_per_second: our own ceiling on demand, of the table and of each index. Default: none.
    """

    mode: Literal["on-demand", "provisioned"] = "on-demand"
    max_reads_per_second: int | None = None
    max_writes_per_second: int | None = None

    def __post_init__(self) -> None:
        if self.mode == "provisioned" and (self.max_reads_per_second or self.max_writes_per_second):
            raise MonitoringError("invalid-subject", "a ceiling belongs to on-demand billing; provisioned capacity is its own ceiling")

    @classmethod
    def on_demand(cls, *, max_reads_per_second: int | None = None, max_writes_per_second: int | None = None) -> "Billing":
        return cls("on-demand", max_reads_per_second, max_writes_per_second)

    @classmethod
    def provisioned(cls) -> "Billing":
        return cls("provisioned")


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
    (namespace SingleTable). Default: no. log_group: the name of its log's; None: its log is not looked at.
    """

    label: str
    name: Name
    timeout_seconds: int
    patterns: tuple[PatternDefinition, ...] = ()
    http: bool = False
    pattern_metrics: bool = False
    log_group: Name | None = None

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
