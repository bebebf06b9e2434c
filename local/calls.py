"""Every request that moto handles passes through here: decoded, attributed to a role, offered to observers, which may refuse it.

Order for one request: `before` of each observer; the request itself (for DynamoDB alone, and all or nothing); `committing` of each
observer, while its writes can still be taken back; `after` of each observer.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from local.consumption import told
from local.patches import Patch, Repair

if TYPE_CHECKING:
    from moto.core.responses import BaseResponse

Item = Mapping[str, Any]
"""Attributes as DynamoDB's API spells them: `{"PK": {"S": "USER#1"}}`."""
Wire = tuple[int, dict[str, Any], Any]
"""What moto answers a request with: status, headers, body."""

_log = logging.getLogger(__name__)
_current: ContextVar[Call | None] = ContextVar("call", default=None)


@dataclass(frozen=True, slots=True)
class Write:
    """One item as it was before a call and as it is after it, which may be the same; `None`: there was, or is, no such item."""

    table: str
    key: Item
    old: Item | None
    new: Item | None


@dataclass(frozen=True, slots=True)
class Read:
    """What one GetItem, or one page of a Query or Scan, had to read: before a filter or projection took anything away."""

    table: str
    index: str | None
    items: int
    item_bytes: int


class Refusal(Exception):
    """An error that AWS would answer with. `fields` are the further members of the error (CancellationReasons, ThrottlingReasons...)."""

    def __init__(self, code: str, message: str, status: int = 400, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields: Mapping[str, Any] = fields or {}


@dataclass(slots=True)
class Call:
    """One API request.

    `service` is boto3's name of it ("dynamodb", "dynamodbstreams", "sqs", "sns", "lambda", "cloudwatch" ...), `request` has the members of
    the operation's input (observers must not change it), `role` is the name of the assumed role that signed it, or None for anybody else.
    `writes` and `reads` are filled for DynamoDB while the request is handled: complete in `committing` and `after`. `repeated`: a
    transaction that was carried out before under its ClientRequestToken, and was only answered now. `consumed`: units by table and index,
    where an observer has counted them; who asked for them with ReturnConsumedCapacity is told.
    """

    service: str
    operation: str
    request: Mapping[str, Any]
    role: str | None
    at: datetime
    region: str = ""
    account: str = ""
    access_key: str = field(default="", repr=False)
    writes: list[Write] = field(default_factory=list[Write])
    reads: list[Read] = field(default_factory=list[Read])
    consumed: dict[tuple[str, str | None], float] = field(default_factory=dict[tuple[str, "str | None"], float])
    repeated: bool = False
    commit: Callable[[Call], None] = field(default=lambda _: None, repr=False)


class _Error(Exception):
    """A refusal as moto's serialisers read it: code, message and each further member as attributes."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        vars(self).update(refusal.fields, code=refusal.code, message=refusal.message)


class Observer:
    """What an observer may do with a call; override what is needed. `before` and `committing` may raise Refusal."""

    def before(self, call: Call) -> None:
        """Before moto sees the request."""

    def committing(self, call: Call) -> None:
        """DynamoDB only, inside its lock: `call.writes` is complete, nobody has seen them yet. A Refusal takes them back."""

    def after(self, call: Call, response: Mapping[str, Any] | None, refusal: Refusal | None, milliseconds: float) -> None:
        """When the answer is known: either a response or a refusal. `milliseconds` is wall time spent here."""


def current_call() -> Call | None:
    """The call that this thread is handling."""
    return _current.get()


class Pipeline:
    """Leads each request of moto past the observers. `now` gives the time of a call."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._observers: tuple[Observer, ...] = ()
        self._changing = Lock()

    def observe(self, *observers: Observer) -> None:
        """Add observers; they are asked in the order in which they were added."""
        with self._changing:
            self._observers = (*self._observers, *observers)

    def ignore(self, observer: Observer) -> None:
        """Ask this observer no more; unknown ones are ignored."""
        with self._changing:
            self._observers = tuple(known for known in self._observers if known is not observer)

    def hook(self) -> Repair:
        """What puts this pipeline into moto; install it after all other repairs, so that it is the outermost."""

        def patches() -> Sequence[Patch]:
            from moto.core import errors
            from moto.core.responses import BaseResponse

            # moto warns about every code that a service's model does not list; AccessDeniedException is in none.
            return (Patch(BaseResponse, "call_action", self._around), Patch(errors, "warn", lambda _: _silent))

        return Repair("calls", "moto has no place where every request can be seen, attributed and refused", patches)

    def _around(self, proceed: Callable[[BaseResponse], Wire]) -> Callable[[BaseResponse], Wire]:
        def call_action(handler: BaseResponse) -> Wire:
            if not handler._get_action():  # pyright: ignore[reportPrivateUsage]  # moto's own way to name the operation
                return proceed(handler)
            return self._handle(handler, proceed)

        return call_action

    def _handle(self, handler: BaseResponse, proceed: Callable[[BaseResponse], Wire]) -> Wire:
        observers = self._observers
        call = _call_of(handler, self._now())
        call.commit = _committing(observers)
        started = time.perf_counter()
        token = _current.set(call)
        refusal: Refusal | None = None
        try:
            for observer in observers:
                observer.before(call)
            wire = proceed(handler)
        except Refusal as refused:
            refusal, wire = refused, _wire_error(handler, refused)
        except NotImplementedError as missing:
            # moto says so of an operation that it lacks. 501 and not 500: the SDKs retry a 500 for a long time before they say anything.
            refusal = Refusal("NotImplemented", f"the embedded AWS has no {call.service} {call.operation}: {missing}", 501)
            wire = _wire_error(handler, refusal)
        except Exception as crash:
            _log.exception("the embedded AWS failed in %s %s", call.service, call.operation)
            what = f"the embedded AWS failed in {call.service} {call.operation}: {type(crash).__name__}: {crash}"
            refusal = Refusal("InternalServerError" if call.service.startswith("dynamodb") else "InternalFailure", what, 500)
            wire = _wire_error(handler, refusal)
        finally:
            _current.reset(token)
        milliseconds = (time.perf_counter() - started) * 1000
        if observers:
            response = None
            if refusal is None:
                response, refusal = _decoded(handler, wire)
            for observer in observers:
                observer.after(call, response, refusal, milliseconds)
            if response is not None and call.consumed:
                return wire[0], wire[1], json.dumps(told(call.operation, call.request, response, call.consumed))
        return wire


def _silent(*_: object, **__: object) -> None:
    pass


def _committing(observers: Sequence[Observer]) -> Callable[[Call], None]:
    def commit(call: Call) -> None:
        for observer in observers:
            observer.committing(call)

    return commit


def _call_of(handler: BaseResponse, at: datetime) -> Call:
    if not handler.automated_parameter_parsing:
        handler.parse_parameters(handler.normalized_request)
    params = handler.params
    request: dict[str, Any] = params.original_dict() if hasattr(params, "original_dict") else params
    return Call(
        service=handler.boto3_service_name,
        operation=handler._get_action(),  # pyright: ignore[reportPrivateUsage]  # as above
        request=request,
        role=_role_of(handler),
        at=at,
        region=handler.region,
        account=handler.current_account,
        access_key=handler.access_key,
    )


def _role_of(handler: BaseResponse) -> str | None:
    from moto.sts.models import sts_backends

    if "X-Amz-Security-Token" not in handler.headers:
        return None
    for assumed in sts_backends[handler.current_account][handler.partition].assumed_roles:
        if assumed.access_key_id == handler.access_key:
            return assumed.role_arn.rsplit("/", 1)[-1]
    return None


def _wire_error(handler: BaseResponse, refusal: Refusal) -> Wire:
    """The refusal in the service's own protocol, so that an SDK reports its code and fields."""
    from moto.core.responses import ActionResult

    _, headers, body = cast(Wire, handler.serialized(ActionResult(_Error(refusal))))
    headers, body = handler._enrich_response(headers, body)  # pyright: ignore[reportPrivateUsage]  # request id, as moto does
    # A second one in other letters would reach the SDK as "Code, Code".
    if not any(name.lower() == "x-amzn-errortype" for name in headers):
        headers["x-amzn-errortype"] = refusal.code
    return refusal.status, headers, body


def _decoded(handler: BaseResponse, wire: Wire) -> tuple[Mapping[str, Any] | None, Refusal | None]:
    """The answer as data; JSON as it is on the wire (blobs in base64), everything else as botocore reads it."""
    status, headers, body = wire
    ok = int(status) < 300
    if ok and isinstance(body, str) and "json" in str(headers.get("Content-Type", headers.get("content-type", ""))):
        return (json.loads(body) if body else {}), None
    parsed = _parsed(handler, int(status), headers, body)
    if ok:
        parsed.pop("ResponseMetadata", None)
        return parsed, None
    error = cast("dict[str, Any]", parsed.get("Error", {}))
    return None, Refusal(str(error.get("Code", status)), str(error.get("Message", "")), int(status), _fields(body))


def _fields(body: Any) -> dict[str, Any]:
    """The members of a JSON error beside its type and message: botocore reads them only where it knows the error's shape."""
    try:
        found = json.loads(body)
    except (TypeError, ValueError):
        return {}
    members = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return {name: value for name, value in members.items() if name not in ("__type", "message", "Message")}


def _parsed(handler: BaseResponse, status: int, headers: dict[str, Any], body: Any) -> dict[str, Any]:
    from botocore import parsers
    from botocore.awsrequest import HeadersDict
    from moto.core.utils import get_service_model

    service = get_service_model(handler.boto3_service_name)
    protocol = handler.determine_response_protocol(service)
    content = body.encode() if isinstance(body, str) else bytes(body or b"")
    shape = service.operation_model(handler._get_action()).output_shape  # pyright: ignore[reportPrivateUsage]  # as above
    parser = cast(Any, parsers).create_parser(protocol)
    lowered = HeadersDict({name: str(value) for name, value in headers.items()})
    return parser.parse({"status_code": status, "headers": lowered, "body": content}, shape)
