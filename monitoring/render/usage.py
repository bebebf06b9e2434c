"""How each access pattern is used at the moment: exactly, where functions publish metrics of their patterns; else what can be said of its
operation, which several patterns may share.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from monitoring.catalogue.patterns import NAMESPACE as PATTERNS
from monitoring.colours import NEUTRAL, OPERATION, TROUBLE
from monitoring.measures import latency, throttled_requests, use_of_pattern
from monitoring.metrics import Expression, Metric, Source
from monitoring.render.readings import Reading, reading_of
from monitoring.render.view import View
from monitoring.subjects import Stack
from monitoring.widgets import Line
from singletable.definition import PatternDefinition


@dataclass(frozen=True)
class Use:
    """calls: a second. latency: the 99th percentile, in ms. refused: requests a minute. units: read and write units of a call; None: only
    metrics of patterns say it. objective_ms: above it the latency is a ticket. None: no alarm watches it.

    operation: whose numbers these are. shared_with: other patterns that use this operation, so that the numbers are of all of them together;
    empty where they are exact.
    """

    pattern: PatternDefinition
    operation: str
    calls: Reading
    latency: Reading
    refused: Reading
    units: tuple[Reading, Reading] | None
    objective_ms: float | None
    shared_with: tuple[str, ...]

    @property
    def refusals(self) -> float:
        """In the time that is shown."""
        return sum(value or 0 for value in self.refused.values) * (self.refused.step / timedelta(minutes=1))

    @property
    def is_known(self) -> bool:
        """False where the recording that is looked at holds neither calls nor refusals of it: then nothing can be said."""
        return self.calls.is_recorded and self.refused.is_recorded

    @property
    def is_slow(self) -> bool:
        newest = self.latency.newest
        return self.objective_ms is not None and newest is not None and newest > self.objective_ms


def uses(view: View) -> tuple[Use, ...]:
    """Those that are refused or slow first, each in the order of the declaration. Empty where nothing is known of patterns. Read once for a
    view.
    """
    if "uses" not in view.read:
        found = _uses(view, view.stack) if view.stack else ()
        view.read["uses"] = tuple(sorted(found, key=lambda use: (not use.refusals, not use.is_slow)))
    return view.read["uses"]


def _uses(view: View, stack: Stack) -> Iterator[Use]:
    published = {pattern.name for function in stack.functions if function.pattern_metrics for pattern in function.patterns}
    published |= {dimensions.get("Pattern", "") for namespace, _, dimensions in view.samples.metrics() if namespace == PATTERNS}
    for pattern in stack.patterns:
        if pattern.operations:
            exact = _exact(view, stack, pattern) if pattern.name in published else None
            # A recording may lack what functions publish of their patterns, and still have what DynamoDB measures of operations.
            yield exact if exact and exact.is_known else _of_operation(view, stack, pattern)


def _objective(view: View, metric: Metric) -> float | None:
    """Above which an alarm of the stack calls it slow."""
    return min((alarm.threshold for alarm in view.alarms if metric in alarm.metrics.values()), default=None)


def _reading(view: View, colour: str, source: Source) -> Reading:
    return reading_of(Line(source, "", colour), view)


def _exact(view: View, stack: Stack, pattern: PatternDefinition) -> Use:
    of = use_of_pattern(stack.table.name, pattern.name)

    def units(access: str) -> Reading:
        return _reading(view, NEUTRAL, Expression("units/calls", {"units": of[access], "calls": of["calls"]}))

    return Use(
        pattern,
        pattern.operations[0],
        _reading(view, NEUTRAL, Expression("calls/PERIOD(calls)", {"calls": of["calls"]})),
        _reading(view, OPERATION[pattern.operations[0]], of["p99"]),
        _reading(view, TROUBLE, Expression("60*refused/PERIOD(refused)", {"refused": of["refused"]})),
        (units("read"), units("write")),
        _objective(view, of["p99"]),
        (),
    )


def _of_operation(view: View, stack: Stack, pattern: PatternDefinition) -> Use:
    operation, table = pattern.operations[0], stack.table.name
    sharing = tuple(each.name for each in stack.patterns if operation in each.operations and each.name != pattern.name)
    key = ("use", operation)
    if key not in view.read:
        calls, refused = latency(table, operation, "SampleCount"), throttled_requests(table, operation)
        view.read[key] = (
            _reading(view, NEUTRAL, Expression("calls/PERIOD(calls)", {"calls": calls})),
            _reading(view, OPERATION[operation], latency(table, operation)),
            _reading(view, TROUBLE, Expression("60*refused/PERIOD(refused)", {"refused": refused})),
        )
    calls, slow, refused = view.read[key]
    return Use(pattern, operation, calls, slow, refused, None, _objective(view, latency(table, operation)), sharing)
