"""The seam to DynamoDB: one method. Bytes are bytes; everything else is as the service's JSON has it."""

from collections.abc import Mapping
from typing import Any, Protocol

from singletable.errors import ServiceError


class Transport(Protocol):
    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        """Sends one request, such as "GetItem". Raises ServiceError for what the service refuses."""
        ...


METHODS = {
    "GetItem": "get_item",
    "Query": "query",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "TransactWriteItems": "transact_write_items",
}


class BotocoreTransport:
    """Over a client of botocore or boto3, which the caller makes and configures: the kit imports neither."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, METHODS[operation])(**request)
            return answer
        except Exception as error:
            refusal: Mapping[str, Any] | None = getattr(error, "response", None)
            if refusal is None:
                raise
            raise _service_error(refusal) from error


def _service_error(refusal: Mapping[str, Any]) -> ServiceError:
    details = refusal.get("Error", {})
    reasons = tuple(reason.get("Code", "None") for reason in refusal.get("CancellationReasons", ()))
    return ServiceError(details.get("Code", "Unknown"), details.get("Message", ""), reasons)
