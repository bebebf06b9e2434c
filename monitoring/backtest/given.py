"""The alarms to test: those that the recipes make of a stack, or any from a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.errors import MonitoringError
from monitoring.lint.readers import read_file
from monitoring.names import Name, Ref, refs_in
from monitoring.options import Options
from monitoring.recipes import alarms_for, anomalies_for, composites_for
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


def read_alarms(path: str) -> Alarms:
    """DescribeAlarms, and whatever else `lint` reads. Raises lint's InputError."""
    metric: list[Alarm] = []
    composite: list[CompositeAlarm] = []
    impossible: dict[str, str] = {}
    unjudged: dict[str, str] = {}
    for given in read_file(path):
        if refs_in(given.request):
            unjudged[given.label] = "parts of it are known only after deployment"
            continue
        try:
            if given.composite:
                composite.append(CompositeAlarm.from_request(given.request))
            else:
                metric.append(Alarm.from_request(given.request))
        except MonitoringError as error:
            (unjudged if given.insights or given.anomaly or given.promql else impossible)[given.label] = error.message
        except (KeyError, TypeError, ValueError):
            unjudged[given.label] = "it is of a kind that is not evaluated here: neither one metric nor metric math"
    return Alarms(tuple(metric), _answerable(metric, composite, unjudged), impossible, unjudged)


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
    wanted: list[tuple[Name, str, str]] = [(stack.table.name, "TableName", stack.project)]
    wanted += [(function.name, "FunctionName", function.label) for function in stack.functions]
    wanted += [(stream.mapping, "EventSourceMappingUUID", stream.function) for stream in stack.streams]
    wanted += [(stream.queue, "QueueName", stream.function) for stream in stack.streams]
    return {
        ref: name
        for ref, dimension, label in wanted
        if isinstance(ref, Ref) and (name := _choose(used.get(dimension, set()), label, labels))
    }


def _choose(names: set[str], label: str, labels: list[str]) -> str | None:
    longer = [other for other in labels if label in other and other != label]
    fitting = sorted(name for name in names if label in name and not any(other in name for other in longer))
    return fitting[0] if fitting else next(iter(names)) if len(names) == 1 else None
