"""Changes of the table, typed: which function is called with which entity, before and after."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeVar

from singletable.entity import TYPE_ATTRIBUTE, Entity, entity_of
from singletable.errors import DeclarationError
from singletable.shapes import Hidden
from singletable.values import value

E = TypeVar("E")
Event = Mapping[str, Any]


@value
class Change:
    event_id: str
    sequence_number: str


@value
class _Rule(Generic[E]):
    entity: Entity[E]
    event: Literal["INSERT", "MODIFY", "REMOVE"]
    fields: tuple[str, ...]
    call: Callable[[E | None, E | None, Change], object]

    def apply(self, record: Event) -> None:
        images = record["dynamodb"]
        old, new = images.get("OldImage"), images.get("NewImage")
        if record["eventName"] != self.event or (new or old)[TYPE_ATTRIBUTE] != {"S": self.entity.name}:
            return
        if self.fields and old and new and all(old.get(field) == new.get(field) for field in self.fields):
            return
        decode = self.entity.codec.decode
        self.call(decode(old) if old else None, decode(new) if new else None, Change(record["eventID"], images["SequenceNumber"]))


class Stream:
    """Handlers by entity and event, and one Lambda handler for all of them."""

    def __init__(self) -> None:
        self._rules: list[_Rule[Any]] = []

    def on_change(self, entity: type[E], *fields: str) -> Callable[[Callable[[E, E, Change], None]], Callable[[E, E, Change], None]]:
        """An existing item was changed, in one of the fields. Default: in any."""
        return self._register(entity, "MODIFY", fields)

    def on_create(self, entity: type[E]) -> Callable[[Callable[[E, Change], None]], Callable[[E, Change], None]]:
        def register(function: Callable[[E, Change], None]) -> Callable[[E, Change], None]:
            self._add(entity, "INSERT", (), lambda old, new, change: function(new, change))
            return function

        return register

    def _register(self, entity: type[E], event: Literal["MODIFY"], fields: tuple[str, ...]) -> Callable[[Any], Any]:
        def register(function: Callable[[Any, Any, Change], None]) -> Callable[[Any, Any, Change], None]:
            self._add(entity, event, fields, function)
            return function

        return register

    def _add(
        self, cls: type[Any], event: Literal["INSERT", "MODIFY"], fields: tuple[str, ...], call: Callable[[Any, Any, Change], Any]
    ) -> None:
        entity = entity_of(cls)
        unknown = [field for field in fields if field not in entity.fields]
        if unknown:
            raise DeclarationError(f"{entity.name} has no field {unknown[0]}: its fields are {', '.join(entity.fields)}")
        if any(isinstance(field.shape, Hidden) for field in entity.shape.fields):
            raise DeclarationError(f"{entity.name} has a secret: no stream handler may see it")
        self._rules.append(_Rule(entity, event, fields, call))

    def filters(self) -> list[dict[str, Any]]:
        """What the event source mapping should let through: nothing that no handler would take."""
        image = {"INSERT": "NewImage", "MODIFY": "NewImage", "REMOVE": "OldImage"}
        wanted = dict.fromkeys((rule.event, rule.entity.name) for rule in self._rules)
        return [{"eventName": [event], "dynamodb": {image[event]: {TYPE_ATTRIBUTE: {"S": [name]}}}} for event, name in wanted]

    def handler(self) -> Callable[[Event, object], dict[str, Any]]:
        """A Lambda handler that stops at the first failure and reports it, so that the order of changes of an item holds."""

        def handle(event: Event, context: object) -> dict[str, Any]:
            for record in event["Records"]:
                try:
                    for rule in self._rules:
                        rule.apply(record)
                except Exception:
                    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
            return {"batchItemFailures": []}

        return handle
