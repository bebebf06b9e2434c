"""Resource policies of streams. Those of tables moto has; neither is evaluated here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local.calls import Refusal
from local.patches import Patch, Repair


def _of_streams(original: Callable[..., Any]) -> Callable[..., Any]:
    def policy_call(backend: Any, resource_arn: str, *more: Any, **named: Any) -> Any:
        table_arn, of_stream, label = resource_arn.partition("/stream/")
        if not of_stream:
            return original(backend, resource_arn, *more, **named)
        name = table_arn.rsplit("/", 1)[-1]
        table = backend.tables.get(name)
        if table is None or table.latest_stream_label != label:
            raise Refusal("ResourceNotFoundException", f"Requested resource not found: Stream: {resource_arn} not found")
        # moto takes what stands last for the table's name.
        return original(backend, f"{resource_arn}/{name}", *more, **named)

    return policy_call


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.models import DynamoDBBackend

    return (
        Patch(DynamoDBBackend, "put_resource_policy", _of_streams),
        Patch(DynamoDBBackend, "get_resource_policy", _of_streams),
        Patch(DynamoDBBackend, "delete_resource_policy", _of_streams),
    )


POLICIES = Repair(
    "policies",
    "moto has resource policies of tables only, and says of a stream that its table does not exist; DynamoDB has one of each stream too",
    _patches,
)
