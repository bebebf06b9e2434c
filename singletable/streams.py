"""Changes of the table, typed: which function is called with which entity, before and after."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from singletable.entity import TYPE_ATTRIBUTE, Entity, entity_of
from singletable.errors import DeclarationError, InvalidArguments, MalformedItem
from singletable.shapes import has_secret
from singletable.values import value

if TYPE_CHECKING:
    from singletable.definition import StreamDefinition

E = TypeVar("E")
Record = Mapping[str, Any]
"""One record of an event: {"eventID": ..., "eventName": "MODIFY", "dynamodb": {"OldImage": ..., "NewImage": ..., ...}}."""
Kind = Literal["INSERT", "MODIFY", "REMOVE"]
EXPIRY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
"""Who removes an item that has expired (developer guide, "DynamoDB Streams and Time to Live")."""
PERMANENT = (MalformedItem, DeclarationError)
"""What fails again however often it is tried."""


@value
class Change:
    """event_id: the same whenever this change is delivered again. at: about when it happened, in whole seconds.
    expired: DynamoDB removed the item because its time was over.
    """

    event_id: str
    sequence_number: str
    at: datetime
    expired: bool = False


@value
class _Rule(Generic[E]):
    entity: Entity[E]
    kind: Kind
    fields: tuple[str, ...]
    call: Callable[[E | None, E | None, Change], object]
    handler: Callable[..., object]

    def apply(self, record: Record) -> None:
        if record["eventName"] != self.kind:
            return
        images = record["dynamodb"]
        old, new = images.get("OldImage"), images.get("NewImage")
        image: Mapping[str, Any] | None = new or old
        if image and image.get(TYPE_ATTRIBUTE) != {"S": self.entity.name}:
            return
        if (self.kind != "INSERT" and not old) or (self.kind != "REMOVE" and not new):
            raise DeclarationError("the stream does not show the item on both sides of its change: set its view type to NEW_AND_OLD_IMAGES")
        if self.fields and all(old.get(field) == new.get(field) for field in self.fields):
            return
        decode = self.entity.codec.decode
        before, after = decode(old) if old else None, decode(new) if new else None
        # Sets and numbers have several spellings, so that equal values can look changed.
        if self.fields and all(getattr(before, field) == getattr(after, field) for field in self.fields):
            return
        self.call(before, after, change_of(record))


class Stream:
    """Handlers by entity and event, and one Lambda handler for all of them.

    A change is delivered at least once: a handler that must not act twice remembers `change.event_id`, or the version it acted on.
    An item of an entity that has no handler here, a lock of a unique field, and an item that is no entity are passed over.
    """

    def __init__(self) -> None:
        self._rules: list[_Rule[Any]] = []

    def on_change(self, entity: type[E], *fields: str) -> Callable[[Callable[[E, E, Change], None]], Callable[[E, E, Change], None]]:
        """An existing item was changed, in one of the fields. Default: in any."""
        return self._registering(entity, "MODIFY", fields, _both)

    def on_create(self, entity: type[E]) -> Callable[[Callable[[E, Change], None]], Callable[[E, Change], None]]:
        return self._registering(entity, "INSERT", (), _new_only)

    def on_delete(self, entity: type[E]) -> Callable[[Callable[[E, Change], None]], Callable[[E, Change], None]]:
        """An item was deleted, or has expired: `change.expired` tells."""
        return self._registering(entity, "REMOVE", (), _old_only)

    @property
    def handlers(self) -> tuple[Callable[..., object], ...]:
        """The functions that were registered."""
        return tuple(dict.fromkeys(rule.handler for rule in self._rules))

    def filters(self) -> list[dict[str, Any]]:
        """What the event source mapping should let through: nothing that no handler would take.

        At most three, one for each kind of event, because a mapping takes five (Lambda developer guide, "Lambda event filtering").
        """
        image = {"INSERT": "NewImage", "MODIFY": "NewImage", "REMOVE": "OldImage"}
        names: dict[str, list[str]] = {}
        for kind, name in dict.fromkeys((rule.kind, rule.entity.name) for rule in self._rules):
            names.setdefault(kind, []).append(name)
        return [{"eventName": [kind], "dynamodb": {image[kind]: {TYPE_ATTRIBUTE: {"S": known}}}} for kind, known in names.items()]

    def definition(self) -> "StreamDefinition":
        """The stream as plain data, for the stack that sets it up."""
        from singletable.definition import StreamDefinition

        return StreamDefinition(tuple(self.filters()))

    def handler(
        self, *, park: Callable[[Record, Exception], object] | None = None
    ) -> Callable[[Mapping[str, Any], object], dict[str, list[dict[str, str]]]]:
        """A Lambda handler that stops at the first failure and reports it, so that the order of changes of an item holds.

        park: is given a record that can never succeed (a malformed item, a wrong declaration), keeps it somewhere, and the batch goes on.
        Default: it is reported like any other failure, and tried again until the mapping gives it up.
        The event source mapping needs ReportBatchItemFailures.
        """

        def handle(event: Mapping[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
            for record in _records(event):
                try:
                    self._handle(record, park)
                except Exception as error:
                    _report(record, error)
                    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
            return {"batchItemFailures": []}

        return handle

    def _handle(self, record: Record, park: Callable[[Record, Exception], object] | None) -> None:
        try:
            for rule in self._rules:
                rule.apply(record)
        except PERMANENT as error:
            if park is None:
                raise
            park(record, error)

    def _registering(
        self, cls: type[Any], kind: Kind, fields: tuple[str, ...], adapt: Callable[[Callable[..., object]], Callable[..., object]]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        entity = entity_of(cls)
        unknown = [field for field in fields if field not in entity.fields]
        if unknown:
            raise DeclarationError(f"{entity.name} has no field {unknown[0]}: its fields are {', '.join(entity.fields)}")
        if has_secret(entity.shape):
            raise DeclarationError(f"{entity.name} has a secret: no stream handler may see it")

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self._rules.append(_Rule(entity, kind, fields, adapt(function), function))
            return function

        return register


def _both(function: Callable[..., object]) -> Callable[..., object]:
    return function


def _new_only(function: Callable[..., object]) -> Callable[..., object]:
    def call(old: object, new: object, change: Change) -> object:
        return function(new, change)

    return call


def _old_only(function: Callable[..., object]) -> Callable[..., object]:
    def call(old: object, new: object, change: Change) -> object:
        return function(old, change)

    return call


def change_of(record: Record) -> Change:
    images = record["dynamodb"]
    at = datetime.fromtimestamp(int(images["ApproximateCreationDateTime"]), UTC)
    expired = record["eventName"] == "REMOVE" and record.get("userIdentity") == EXPIRY
    return Change(record["eventID"], images["SequenceNumber"], at, expired)


def _records(event: Mapping[str, Any]) -> Sequence[Record]:
    if "Records" not in event:
        raise InvalidArguments(f"this is no event of a DynamoDB stream: it has {', '.join(event) or 'nothing'} where Records were expected")
    records: Sequence[Record] = event["Records"]
    if any("kinesis" in record for record in records):
        from singletable.kinesis import change_in

        return [change_in(record) if "kinesis" in record else record for record in records]
    return records


def _report(record: Record, error: Exception) -> None:
    """Into the log, because Lambda sees only the sequence number. Errors of the kit hold no values of items."""
    import logging

    logging.getLogger("singletable.streams").error(
        "stopped at change %s (event %s): %s: %s",
        record["dynamodb"]["SequenceNumber"],
        record["eventID"],
        getattr(error, "code", type(error).__name__),
        error,
        exc_info=error,
    )
