"""Terraform: `terraform show -json` of a plan or a state. Source: Terraform's "JSON Output Format"."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from monitoring.lint.document import Document, Path
from monitoring.lint.given import Given, Place
from monitoring.lint.readers.described import given
from monitoring.lint.readers.provider import request_of
from monitoring.names import Ref

TYPES: Final = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")


def matches(value: Any) -> bool:
    return isinstance(value, Mapping) and ("planned_values" in value or ("format_version" in value and "values" in value))


def read(document: Document) -> Iterator[Given]:
    start = "planned_values" if "planned_values" in document.value else "values"
    changes: list[dict[str, Any]] = document.value.get("resource_changes") or []
    unknown: dict[str, Any] = {str(each.get("address")): _change(each).get("after_unknown") for each in changes}
    root: dict[str, Any] = document.value[start] or {}
    yield from _module(document, root.get("root_module") or {}, (start, "root_module"), unknown)


def _change(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    return resource.get("change") or {}


def _module(document: Document, module: Mapping[str, Any], path: Path, unknown: Mapping[str, Any]) -> Iterator[Given]:
    for number, resource in enumerate(module.get("resources") or ()):
        if resource.get("type") in TYPES and resource.get("mode", "managed") == "managed":
            address = str(resource.get("address", ""))
            values = _overlaid(resource.get("values") or {}, unknown.get(address), address)
            place = Place(document.file, address, document.lines.get((*path, "resources", number)))
            alarm = given(request_of(values), place)
            yield alarm if isinstance(alarm.request.get("AlarmName"), str) else Given(address, place, alarm.request)
    for number, child in enumerate(module.get("child_modules") or ()):
        yield from _module(document, child, (*path, "child_modules", number), unknown)


def _overlaid(values: Any, unknown: Any, path: str) -> Any:
    """Planned values leave out what is not known yet; `after_unknown` says where that is."""
    if unknown is True:
        return Ref(path)
    if isinstance(unknown, Mapping):
        found = dict(cast("Mapping[str, Any]", values)) if isinstance(values, Mapping) else {}
        for key, inner in cast("Mapping[str, Any]", unknown).items():
            if inner not in (False, None, [], {}):
                found[key] = _overlaid(found.get(key), inner, f"{path}.{key}")
        return found
    if isinstance(unknown, list):
        inner = cast("list[Any]", unknown)
        given = cast("list[Any]", values) if isinstance(values, list) else []
        given = [*given, *[None] * (len(inner) - len(given))]
        return [_overlaid(value, inner[number] if number < len(inner) else None, f"{path}[{number}]") for number, value in enumerate(given)]
    return values
