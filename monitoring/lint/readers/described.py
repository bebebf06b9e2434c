"""What CloudWatch's own API gives and takes: DescribeAlarms, and requests of PutMetricAlarm and PutCompositeAlarm."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from monitoring.lint.document import Document, Path, pointer
from monitoring.lint.given import COMPOSITE_PARAMETERS, METRIC_PARAMETERS, Given, Place

KINDS = ("MetricAlarms", "CompositeAlarms")


def matches(value: Any) -> bool:
    """An answer of DescribeAlarms, one request, or a list of either's alarms."""
    if isinstance(value, Mapping):
        return any(kind in value for kind in KINDS) or "AlarmName" in value
    return isinstance(value, list) and all(isinstance(each, Mapping) and "AlarmName" in each for each in cast("list[Any]", value))


def read(document: Document) -> Iterator[Given]:
    for path, alarm in _alarms(document.value):
        place = Place(document.file, pointer(path), document.lines.get(path))
        yield given(alarm, place)


def given(alarm: Mapping[str, Any], place: Place) -> Given:
    """One alarm, without its state and what is empty."""
    names = COMPOSITE_PARAMETERS if "AlarmRule" in alarm else METRIC_PARAMETERS
    request = {name: _without_none(alarm[name]) for name in names if alarm.get(name) not in (None, [], "")}
    name = request.get("AlarmName")
    return Given(name if isinstance(name, str) else place.path, place, request)


def _alarms(value: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        answer = cast("Mapping[str, Any]", value)
        if "AlarmName" in answer:
            yield (), answer
            return
        for kind in KINDS:
            yield from (((kind, *path), alarm) for path, alarm in _alarms(answer.get(kind) or ()))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, alarm in enumerate(cast("Sequence[Any]", value)):
            if isinstance(alarm, Mapping):
                yield (number,), cast("Mapping[str, Any]", alarm)


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(inner) for key, inner in cast("Mapping[str, Any]", value).items() if inner is not None}
    if isinstance(value, list):
        return [_without_none(inner) for inner in cast("list[Any]", value)]
    return value
