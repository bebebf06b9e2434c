"""Metrics that functions write into their logs, taken out of them as CloudWatch does.

Source: CloudWatch user guide, "Specification: Embedded metric format". A line that does not keep to it gives no metrics and stays a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from monitoring.samples import Samples

MOST_DIMENSIONS = 30
MOST_METRICS = 100
"""In one set, and in one directive."""


def record_embedded(fields: Mapping[str, Any], samples: Samples, at: datetime) -> None:
    """fields: of a line of a log. at: when the line was written; the time in the line itself is the machine's, which is not the world's."""
    meaning: Any = fields.get("_aws")
    if not isinstance(meaning, Mapping):
        return
    for directive in _maps(cast("Mapping[str, Any]", meaning).get("CloudWatchMetrics")):
        for names in directive.get("Dimensions") or ():
            dimensions = {name: fields.get(name) for name in names}
            if len(dimensions) > MOST_DIMENSIONS or not all(isinstance(value, str) for value in dimensions.values()):
                continue
            for name, value in _values(directive, fields):
                samples.record(directive["Namespace"], name, cast("dict[str, str]", dimensions), at, value)


def _values(directive: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for metric in _maps(directive.get("Metrics"))[:MOST_METRICS]:
        found = fields.get(metric["Name"])
        for value in cast("Sequence[Any]", found if isinstance(found, list) else [found]):
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield metric["Name"], float(value)


def _maps(given: Any) -> list[Mapping[str, Any]]:
    return (
        [cast("Mapping[str, Any]", each) for each in cast("list[Any]", given) if isinstance(each, Mapping)]
        if isinstance(given, list)
        else []
    )
