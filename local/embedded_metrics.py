"""Metrics that functions write into their logs, taken out of them as CloudWatch does.

Source: CloudWatch user guide, "Specification: Embedded metric format". A line that does not keep to it gives no metrics and stays a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite
from typing import Any, cast

from monitoring.samples import Samples

MOST_DIMENSIONS = 30
MOST_METRICS = 100
MOST_VALUES = 100
"""In one set, in one directive, and of one metric."""


def record_embedded(fields: Mapping[str, Any], samples: Samples, at: datetime) -> None:
    """fields: of a line of a log. at: when the line was written; the time in the line itself is the machine's, which is not the world's."""
    meaning: Any = fields.get("_aws")
    if not isinstance(meaning, Mapping):
        return
    for directive in _maps(cast("Mapping[str, Any]", meaning).get("CloudWatchMetrics")):
        namespace: Any = directive.get("Namespace")
        if not (isinstance(namespace, str) and namespace):
            continue
        for dimensions in _dimensions(directive, fields):
            for name, value in _values(directive, fields):
                samples.record(namespace, name, dimensions, at, value)


def _dimensions(directive: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Each set of them, without those that the line has no text for."""
    for names in _listed(directive.get("Dimensions")):
        wanted = _listed(names)
        found = {name: value for name in wanted if isinstance(name, str) and isinstance(value := fields.get(name), str)}
        if isinstance(names, list) and len(found) == len(wanted) <= MOST_DIMENSIONS:
            yield found


def _values(directive: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for metric in _maps(directive.get("Metrics"))[:MOST_METRICS]:
        name: Any = metric.get("Name")
        found: Any = fields.get(name) if isinstance(name, str) else None
        for value in (_listed(found) or [found])[:MOST_VALUES]:
            if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
                yield name, float(value)


def _listed(given: Any) -> list[Any]:
    return cast("list[Any]", given) if isinstance(given, list) else []


def _maps(given: Any) -> list[Mapping[str, Any]]:
    return [cast("Mapping[str, Any]", each) for each in _listed(given) if isinstance(each, Mapping)]
