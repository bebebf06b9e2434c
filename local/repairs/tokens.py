"""ClientRequestToken: a transaction sent again within ten minutes is answered and not carried out again.

Source: API reference, TransactWriteItems: a token is valid for 10 minutes after the first request that used it completed; the same token
with other parameters within that time is an IdempotentParameterMismatch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from local.calls import Refusal, current_call
from local.patches import Patch, Repair, memory
from local.repairs.isolation import open_journal

VALID_FOR = timedelta(minutes=10)


def _idempotent(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def transact_write_items(handler: Any) -> Any:
        token = handler.body.get("ClientRequestToken")
        if not token:
            return original(handler)
        from moto.core.responses import ActionResult

        call = current_call()
        now = call.at if call is not None else datetime.now(UTC)
        used: dict[str, tuple[datetime, str]] = memory(handler.dynamodb_backend).setdefault("client_request_tokens", {})
        request = json.dumps(handler.body["TransactItems"], sort_keys=True, default=repr)
        if token in used and now - used[token][0] < VALID_FOR:
            if used[token][1] != request:
                raise Refusal(
                    "IdempotentParameterMismatchException",
                    "The provided client token is already in use with different request parameters",
                )
            if call is not None:
                call.repeated = True
            return ActionResult({})
        result = original(handler)
        journal = open_journal()
        if journal is not None:
            journal.on_commit.append(lambda: used.update({token: (now, request)}))
        return result

    return transact_write_items


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.responses import DynamoHandler

    return (Patch(DynamoHandler, "transact_write_items", _idempotent),)


TOKENS = Repair(
    "tokens",
    "moto ignores ClientRequestToken and carries a repeated transaction out again; DynamoDB carries it out once within ten minutes",
    _patches,
)
