"""Pulumi: `pulumi preview --json`, and `pulumi stack export`."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from monitoring.lint.document import Document, Path
from monitoring.lint.given import Given, Place
from monitoring.lint.readers.described import given
from monitoring.lint.readers.provider import request_of
from monitoring.names import Ref

TYPES: Final = ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm")

UNKNOWN: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a text, and what any SDK sends
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # yes or no
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)
"""What the engine writes for values that are not known during a preview."""

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def matches(value: Any) -> bool:
    return isinstance(value, Mapping) and any(True for _ in _states(cast("Mapping[str, Any]", value), kind_only=True))


def read(document: Document) -> Iterator[Given]:
    """Each resource once, as it will be: a replacement has several steps, a deletion has no new state."""
    seen = set[str]()
    for path, state in _states(document.value):
        urn = str(state.get("urn", ""))
        if state.get("type") not in TYPES or urn in seen:
            continue
        seen.add(urn)
        name = urn.rpartition("::")[2]
        values: Any = _known_part(state.get("inputs") or {}, name)
        place = Place(document.file, urn, document.lines.get(path))
        yield registered(name, cast("dict[str, Any]", values) if isinstance(values, dict) else {}, place)


def registered(name: str, inputs: Mapping[str, Any], place: Place) -> Given:
    """A resource of TYPES by its inputs. name: of the resource, for an alarm whose own name only deployment knows."""
    alarm = given(request_of(inputs), place)
    return alarm if isinstance(alarm.request.get("AlarmName"), str) else Given(name, place, alarm.request)


def _states(value: Mapping[str, Any], *, kind_only: bool = False) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Of the steps of a preview, or of an exported stack. kind_only: one empty state tells that it is either."""
    deployment: Any = value.get("deployment")
    if isinstance(deployment, Mapping):
        entries: Any = cast("Mapping[str, Any]", deployment).get("resources") or []
        path, inner = ("deployment", "resources"), ""
    elif isinstance(value.get("steps"), list) or "changeSummary" in value:
        entries = value.get("steps") or []
        path, inner = ("steps",), "newState"
    else:
        return
    if kind_only:
        yield path, {}
        return
    for number, entry in enumerate(cast("list[Mapping[str, Any]]", entries)):
        state: Any = entry.get(inner) if inner else entry
        if isinstance(state, Mapping):
            found = cast("Mapping[str, Any]", state)
            yield (*path, number), {"urn": entry.get("urn"), **found}


def _known_part(value: Any, path: str) -> Any:
    if isinstance(value, str):
        return Ref(path) if value in UNKNOWN or value == "[secret]" else value
    if isinstance(value, list):
        return [_known_part(inner, f"{path}[{number}]") for number, inner in enumerate(cast("list[Any]", value))]
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        if _SIGNATURE in given:
            known = given[_SIGNATURE] == _OUTPUT and not given.get("secret") and "value" in given
            return _known_part(given["value"], path) if known else Ref(path)
        return {key: _known_part(inner, f"{path}.{key}") for key, inner in given.items() if key != "__defaults"}
    return value
