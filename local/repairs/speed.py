"""Answers of the data plane, written at once instead of member by member.

moto 5.2.5 looks each attribute of each item up in the service model, under up to four spellings: 4 ms for a query of 10 small items, of
which DynamoDB's own form, which the items are already in, needs none. It also walks its package directory, and the members of the service's class, for every HTTP request.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from local.patches import Patch, Repair

_DATA_PLANE = frozenset(
    {
        "GetItem",
        "BatchGetItem",
        "TransactGetItems",
        "Query",
        "Scan",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
    }
)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp()  # moto's times are UTC without a zone
    raise TypeError(f"{type(value).__name__} has no place in an answer of DynamoDB")


def _at_once(_: object) -> Callable[..., Any]:
    def execute_result(result: Any, context: Any) -> Any:
        from moto.core.responses import ActionResult

        operation = context.operation_model
        if operation.name not in _DATA_PLANE or isinstance(result.result, Exception):
            return ActionResult.execute_result(result, context)
        members = operation.output_shape.members
        answer = {name: value for name, value in result.result.items() if name in members and value is not None}
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(answer, default=_plain)

    return execute_result


def _records_at_once(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def get_records(handler: Any) -> Any:
        found = original(handler).result
        body = json.dumps(found, default=_plain)
        return 200, {"Content-Type": "application/x-amz-json-1.0", "status": 200}, body

    return get_records


def _remembered(original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    @functools.lru_cache(256)
    def backend_of(application: Any, host: Any) -> Any:
        return original(application, host)

    return backend_of


def _method_names_remembered(original: Callable[[type], list[str]]) -> Callable[[type], list[str]]:
    return functools.lru_cache(None)(original)


def _patches() -> Sequence[Patch]:
    from moto.core import responses
    from moto.dynamodb.responses import DynamoResult
    from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    return (
        Patch(DynamoDBStreamsHandler, "get_records", _records_at_once),
        Patch(DynamoResult, "execute_result", _at_once, missing=True),
        Patch(responses, "method_names_from_class", _method_names_remembered),
        Patch(DomainDispatcherApplication, "get_backend_for_host", _remembered),
    )


SPEED = Repair(
    "speed",
    "moto picks every attribute of an answer by the service model and looks its own modules and methods up for every request: "
    "milliseconds, ten thousand times in a demo",
    _patches,
)
