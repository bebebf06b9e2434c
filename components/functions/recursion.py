"""A function that follows the table's changes and writes to the table can call itself, for ever."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from components.errors import InvalidArgument
from singletable.definition import PatternDefinition
from singletable.entity import TYPE_ATTRIBUTE

Filter = Mapping[str, Any]
EVENTS = {"dynamodb:PutItem": "INSERT", "dynamodb:UpdateItem": "MODIFY", "dynamodb:DeleteItem": "REMOVE"}
"""What a write appears as in the stream. A pattern creates only what is not there yet, so that a put never changes an item."""


def check_recursion(component: str, patterns: Iterable[PatternDefinition], filters: Sequence[Filter], because: str | None) -> None:
    """because: what ends it, in words. Raises InvalidArgument where the filter lets a function's own writes through and nobody says that."""
    if because is not None:
        if not because.strip():
            raise InvalidArgument(f"{component} has recursion={because!r}: say in words what ends it")
        return
    for pattern, event, entity in own_changes(patterns, filters):
        raise InvalidArgument(
            f"{component} would be called by its own writes: {pattern} writes {entity}, and its filter lets {event} of {entity} through. "
            f"Write another entity, follow fewer changes, or say with recursion=... what ends it"
        )


def own_changes(patterns: Iterable[PatternDefinition], filters: Sequence[Filter]) -> Iterator[tuple[str, str, str]]:
    """Name of a pattern, event, entity: of each write that the filters may let through. A pattern does not say which of its entities it only
    checks, so that these count too.
    """
    for pattern in patterns:
        events = [EVENTS[grant.action] for grant in pattern.grants if grant.action in EVENTS]
        for event in dict.fromkeys(events):
            for entity in pattern.entities:
                if not filters or any(_may_pass(each, event, entity) for each in filters):
                    yield pattern.name, event, entity


def _may_pass(given: Filter, event: str, entity: str) -> bool:
    """Only a rule that lists texts can say no: what another one lets through is not looked into."""
    images = _map(given.get("dynamodb"))
    types = [_map(_map(images.get(image)).get(TYPE_ATTRIBUTE)).get("S") for image in ("NewImage", "OldImage")]
    return _lets(given.get("eventName"), event) and all(_lets(rule, entity) for rule in types)


def _map(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _lets(rule: object, text: str) -> bool:
    if not isinstance(rule, Sequence) or isinstance(rule, str):
        return True
    listed = cast("Sequence[object]", rule)
    return text in listed or any(not isinstance(each, str) for each in listed)
