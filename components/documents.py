"""JSON of values that the engine learns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from inspect import isawaitable
from typing import Any, cast

import pulumi


def json_text(value: Any) -> pulumi.Output[str]:
    """Dicts and lists as JSON, sorted by key, with outputs wherever something is known only later.

    One output of those that there are. pulumi.Output.json_dumps makes one of every part first, and the SDK runs tasks for each.
    """
    later = {id(each): each for each in _later(value)}
    known = pulumi.Output.all(*later.values())
    return known.apply(lambda values: json.dumps(_filled(value, dict(zip(later, values, strict=True))), sort_keys=True))


def _later(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in cast("Mapping[str, Any]", value).values():
            yield from _later(item)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[Any]", value):
            yield from _later(item)
    elif isinstance(value, pulumi.Output) or isawaitable(value):
        yield value


def _filled(value: Any, known: Mapping[int, Any]) -> Any:
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, Mapping):
        return {key: _filled(item, known) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_filled(item, known) for item in cast("Sequence[Any]", value)]
    return value
