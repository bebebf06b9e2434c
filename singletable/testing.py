"""What tests of code over this kit need: a transport without a service, answers in the service's form, and events of a stream.

transport = RecordingTransport(found(User(id="1", ...)))
user = UserRepository(Store(transport, "shop")).find_by_id("1")
assert transport.requests[0].operation == "GetItem"
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from singletable.entity import Entity, entity_of
from singletable.generated import Item
from singletable.reads import OWNER, Request
from singletable.streams import EXPIRY
from singletable.transport import Reason, Refusal

Answer = Mapping[str, Any] | Exception | Callable[[Request], Mapping[str, Any]]
Sides = tuple[object | None, object | None]
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)


class RecordingTransport:
    """Gives the answers in their order and keeps the requests. Nothing is stored: a write changes no later answer.

    An answer is a response in the service's form, an exception to raise, or a function of the request that returns a response.
    Raises AssertionError for a request that no answer is left for.
    """

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[Request] = []
        self._answers = list(answers)

    @property
    def unused(self) -> int:
        """How many answers nobody asked for."""
        return len(self._answers)

    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        sent = Request(operation, dict(request))
        self.requests.append(sent)
        if not self._answers:
            raise AssertionError(f"request {len(self.requests)}, {operation}, has no answer left: give RecordingTransport one more")
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return dict(answer(sent) if callable(answer) else answer)


WRITTEN: Mapping[str, Any] = {}
"""The answer to a write that succeeded."""


def wire(item: object) -> Item:
    """An entity's item as DynamoDB has it."""
    return _entity(item).codec.encode(item)


def found(item: object | None) -> dict[str, Any]:
    """The answer to GetItem. None: nothing lies there."""
    return {} if item is None else {"Item": wire(item)}


def listed(*items: object, more: bool = False) -> Answer:
    """The answer to Query. more: there is more to read behind the last item, which the service tells by that item's key."""
    answer: dict[str, Any] = {"Items": [wire(item) for item in items], "Count": len(items)}
    if not more:
        return answer

    def answer_with_key(request: Request) -> dict[str, Any]:
        entity, index = _entity(items[-1]), request.body.get("IndexName")
        paths = (entity.primary, *([entity.indexes[index]] if index else []))
        return {**answer, "LastEvaluatedKey": {name: answer["Items"][-1][name] for path in paths for name in path.attributes}}

    return answer_with_key


def locked(item: object, *fields: str) -> dict[str, Any]:
    """The answer to the GetItem of the lock that claims these fields of the item."""
    entity = _entity(item)
    lock = next(unique.lock for unique in entity.uniques.values() if set(unique.fields) == set(fields))
    values = entity.values(item)
    return {"Item": {**lock.key_of(values), OWNER: {"M": entity.primary.key_of(values)}}}


def refused(name: str, *reasons: str | tuple[str, object], message: str = "") -> Refusal:
    """What a transport raises.

    name: of the error, such as "ThrottlingException". reasons: of a cancelled transaction, one for each action, "None" for one that did not
    fail; with the item that lies there: ("ConditionalCheckFailed", item).
    """
    given = [(reason, None) if isinstance(reason, str) else reason for reason in reasons]
    return Refusal(name, message, reasons=[Reason(code, None if item is None else wire(item)) for code, item in given])


def stream_event(*changes: Sides, at: datetime = EARLIEST, expired: bool = False) -> dict[str, Any]:
    """An event as Lambda hands it to a stream's handler.

    changes: pairs (before, after), None where there is no item: (None, new) was created, (old, None) deleted. They have the sequence
    numbers "1", "2", ... and the event ids "event-1", ... at: when all of them happened. expired: the deletions are by time to live.
    """
    return {"Records": [_record(number, sides, at, expired) for number, sides in enumerate(changes, 1)]}


def _record(number: int, sides: Sides, at: datetime, expired: bool) -> dict[str, Any]:
    old, new = (None if side is None else _in_json(wire(side)) for side in sides)
    image = new or old
    if image is None:
        raise ValueError("a change has an item before it, after it, or both")
    key = _entity(sides[1] or sides[0]).primary.attributes
    record: dict[str, Any] = {
        "eventID": f"event-{number}",
        "eventName": "MODIFY" if old and new else "INSERT" if new else "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": at.timestamp(),
            "Keys": {attribute: image[attribute] for attribute in key},
            **({"OldImage": old} if old else {}),
            **({"NewImage": new} if new else {}),
            "SequenceNumber": str(number),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }
    return {**record, "userIdentity": EXPIRY} if expired and not new else record


def _in_json(value: Any) -> Any:
    """Bytes are base64 in an event."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: _in_json(part) for name, part in cast("Mapping[str, Any]", value).items()}
    return [_in_json(part) for part in cast("Sequence[Any]", value)] if isinstance(value, list) else value


def _entity(item: object) -> Entity[Any]:
    return entity_of(type(item))
