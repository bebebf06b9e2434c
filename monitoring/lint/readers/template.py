"""CloudFormation templates, also those that the CDK and SAM write. What refers to something else stays a symbol."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from monitoring.lint.document import Document, pointer
from monitoring.lint.given import Given, Place
from monitoring.lint.readers.described import given
from monitoring.names import Ref

TYPES: Final = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")

_NOTHING: Final = object()


def matches(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(cast("Mapping[str, Any]", value).get("Resources"), Mapping)


def read(document: Document) -> Iterator[Given]:
    for logical_id, resource in cast("Mapping[str, Any]", document.value["Resources"]).items():
        if not isinstance(resource, Mapping):
            continue
        found = cast("Mapping[str, Any]", resource)
        if found.get("Type") not in TYPES:
            continue
        path = ("Resources", logical_id)
        properties: Any = known_part(found.get("Properties") or {})
        alarm = given(
            cast("dict[str, Any]", properties) if isinstance(properties, dict) else {},
            Place(document.file, pointer(path), document.lines.get(path)),
        )
        yield alarm if isinstance(alarm.request.get("AlarmName"), str) else Given(logical_id, alarm.place, alarm.request)


def known_part(value: Any) -> Any:
    """Plain data, a Ref for each function whose result is not known, and without what is AWS::NoValue."""
    found = _known_part(value)
    return None if found is _NOTHING else found


def _known_part(value: Any) -> Any:
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        if len(given) == 1:
            [(name, argument)] = given.items()
            if name == "Ref" or name.startswith("Fn::"):
                return _NOTHING if argument == "AWS::NoValue" else _result(name.removeprefix("Fn::"), argument)
        parts = {key: _known_part(inner) for key, inner in given.items()}
        return {key: inner for key, inner in parts.items() if inner is not _NOTHING}
    if isinstance(value, list):
        return [inner for inner in map(_known_part, cast("list[Any]", value)) if inner is not _NOTHING]
    return value


def _result(function: str, argument: Any) -> Any:
    if function == "Sub" and isinstance(argument, str):
        return Ref(f"Sub {argument}") if "${" in argument else argument
    if function == "Join" and isinstance(argument, list):
        joined = _joined(cast("list[Any]", argument))
        if joined is not None:
            return joined
    if function == "GetAtt" and isinstance(argument, list):
        return Ref(f"GetAtt {'.'.join(map(str, cast('list[Any]', argument)))}")
    return Ref(f"{function} {argument if isinstance(argument, str) else json.dumps(argument, default=str)}")


def _joined(argument: list[Any]) -> str | None:
    """None unless all of it is known."""
    if len(argument) != 2 or not isinstance(argument[1], list):
        return None
    known = [_known_part(part) for part in cast("list[Any]", argument[1])]
    return str(argument[0]).join(known) if all(isinstance(part, str) for part in known) else None
