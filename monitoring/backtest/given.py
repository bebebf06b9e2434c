"""The alarms to test: those that the recipes make of a stack, or any from a file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.errors import MonitoringError
from monitoring.lint.given import Given, Place
from monitoring.lint.readers import read_file
from monitoring.lint.readers.described import given
from monitoring.names import Name, Ref, refs_in, resolve
from monitoring.options import Options
from monitoring.recipes import alarms_for, anomalies_for, composites_for
from monitoring.recordings import ACTIONS, Recording, needs_of
from monitoring.scenarios import named
from monitoring.subjects import Stack


@dataclass(frozen=True)
class Alarms:
    """impossible: name of an alarm -> why it can never fire. unjudged: name -> why nothing can be said of it."""

    metric: tuple[Alarm, ...]
    composite: tuple[CompositeAlarm, ...] = ()
    impossible: Mapping[str, str] | None = None
    unjudged: Mapping[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(alarm.name for alarm in (*self.metric, *self.composite))


def generated(stack: Stack, options: Options | None = None) -> Alarms:
    """Of a stack whose names are known (`scenarios.named`)."""
    alarms = alarms_for(stack, options)
    unjudged = {alarm.name: "it compares with a band that only CloudWatch learns" for alarm in anomalies_for(stack, options)}
    return Alarms(alarms, composites_for(stack, alarms), unjudged=unjudged)


def read_alarms(path: str, stack: Stack | None = None) -> Alarms:
    """DescribeAlarms, and whatever else `lint` reads. stack: what the alarms are of: it tells names that the file does not know yet, as in the
    preview of a first deployment. Raises lint's InputError.
    """
    found = read_file(path)
    if stack is None:
        return _alarms(found)
    deployed = named(stack, names_from(stack, _alarms(found).metric))
    return _alarms(replace(each, request=_told(each, deployed)) for each in found)


def deployed_alarms(recording: Recording) -> Alarms:
    """Those of a stack as they were when it was recorded."""
    described = (*recording.alarms, *recording.composites)
    return _alarms(given(each, Place("deployed", str(each["AlarmName"]))) for each in described)


def answerable(alarms: Alarms, recording: Recording) -> Alarms:
    """Those that a recording holds everything for; of the others it says what is not in it."""
    unjudged = dict(alarms.unjudged or {})
    metric: list[Alarm] = []
    for alarm in alarms.metric:
        lacked = recording.lacks(needs_of(alarm, recording.metrics))
        if lacked:
            unjudged[alarm.name] = f"{lacked[0]} was not recorded"
        else:
            metric.append(alarm)
    return Alarms(tuple(metric), _answerable(metric, alarms.composite, unjudged), alarms.impossible, unjudged)


def _alarms(found: Iterable[Given]) -> Alarms:
    metric: list[Alarm] = []
    composite: list[CompositeAlarm] = []
    impossible: dict[str, str] = {}
    unjudged: dict[str, str] = {}
    for each in found:
        if refs_in(each.request):
            unjudged[each.label] = "parts of it are known only after deployment"
            continue
        try:
            if each.composite:
                composite.append(CompositeAlarm.from_request(each.request))
            else:
                metric.append(Alarm.from_request(each.request))
        except MonitoringError as error:
            (unjudged if _of_another_kind(each) else impossible)[each.label] = error.message
        except (KeyError, TypeError, ValueError):
            unjudged[each.label] = "it is of a kind that is not evaluated here: neither one metric nor metric math"
    return Alarms(tuple(metric), _answerable(metric, composite, unjudged), impossible, unjudged)


def _of_another_kind(each: Given) -> bool:
    """It may well work on CloudWatch."""
    return each.insights or each.anomaly or each.promql or each.by_the_clock


def _answerable(metric: Iterable[Alarm], composite: Iterable[CompositeAlarm], unjudged: dict[str, str]) -> tuple[CompositeAlarm, ...]:
    """Those whose alarms are all there: what they ask of others may be one that was just left out."""
    kept = list(composite)
    known = {alarm.name for alarm in (*metric, *kept)}
    while lost := [each for each in kept if not known.issuperset(each.children)]:
        for each in lost:
            unjudged[each.name] = f'its rule asks for "{next(name for name in each.children if name not in known)}", which is not evaluated'
            kept.remove(each)
            known.discard(each.name)
    return tuple(kept)


def names_from(stack: Stack, alarms: Iterable[Alarm]) -> dict[Ref, str]:
    """The names that the alarms use for the stack's parts, so that both speak of the same: by label where there are several.

    "api-1a2b3c4" is the function "api", and "order-events-1a2b3c4" is "order-events" where both labels fit.
    """
    used: dict[str, set[str]] = {}
    for alarm in alarms:
        for metric in alarm.metrics.values():
            for dimension, name in metric.dimensions.items():
                used.setdefault(dimension, set()).add(str(name))
    labels = [function.label for function in stack.functions]
    return {
        part.name: name
        for part in _parts(stack)
        if isinstance(part.name, Ref) and (name := _choose(used.get(part.dimension, set()), part.label, labels))
    }


@dataclass(frozen=True)
class _Part:
    """Of a stack. dimension: which names it. label: what people call it."""

    name: Name
    dimension: str
    label: str


def _parts(stack: Stack) -> tuple[_Part, ...]:
    return (
        _Part(stack.table.name, "TableName", stack.project),
        *(_Part(function.name, "FunctionName", function.label) for function in stack.functions),
        *(_Part(function.failed_events, "QueueName", function.label) for function in stack.functions if function.failed_events),
        *(_Part(stream.mapping, "EventSourceMappingUUID", stream.function) for stream in stack.streams),
        *(_Part(stream.queue, "QueueName", stream.function) for stream in stack.streams),
    )


def _choose(names: set[str], label: str, labels: list[str]) -> str | None:
    longer = [other for other in labels if label in other and other != label]
    fitting = sorted(name for name in names if label in name and not any(other in name for other in longer))
    return fitting[0] if fitting else next(iter(names)) if len(names) == 1 else None


def _told(alarm: Given, stack: Stack) -> Mapping[str, Any]:
    """Its request with the names of the stack's parts in it. Whom it tells does not matter here."""
    request = {name: value for name, value in alarm.request.items() if name not in ACTIONS}
    names: dict[Ref, Name] = {ref: ref for ref in refs_in(request)}
    for dimension, name in _dimensions(request):
        if isinstance(name, Ref):
            names[name] = _part_named(name, dimension, alarm.label, stack) or name
    return resolve(request, names)


def _part_named(name: Ref, dimension: str, alarm: str, stack: Stack) -> Name | None:
    """The stack's only part of that kind; of several the one that the file or the alarm's name speaks of."""
    fitting = [part for part in _parts(stack) if part.dimension == dimension]
    if len(fitting) > 1:
        said = f"{name.key} {alarm}"
        fitting = sorted((part for part in fitting if part.label in said), key=lambda part: -len(part.label))
    return fitting[0].name if fitting else None


def _dimensions(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for metric in (request, *(query.get("MetricStat", {}).get("Metric", {}) for query in request.get("Metrics") or ())):
        for each in metric.get("Dimensions") or ():
            yield each["Name"], each["Value"]
