"""The seam to DynamoDB: one method. Bytes are bytes; everything else is as the service's JSON has it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from singletable.errors import InvalidArguments, ServiceError

CONDITION_FAILED = "ConditionalCheckFailed"


class Reason:
    """Why one action of a write failed, by DynamoDB's own code, "None" for an action that did not. item: what lies there instead, where
    the request asked for it. Its repr shows neither key nor attribute.
    """

    __slots__ = ("code", "item")

    def __init__(self, code: str, item: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.item = item

    def __repr__(self) -> str:
        return f"Reason({self.code!r}, item={'...' if self.item else None})"


class Refusal(ServiceError):
    """What DynamoDB answered instead of a result. A store makes a better error of it.

    reasons: one for each action of a transaction, or one for a single write whose condition failed. throttling: what was throttled, and
    why. attempts: how often the request was sent.
    """

    def __init__(
        self,
        name: str,
        message: str = "",
        *,
        reasons: Sequence[Reason] = (),
        throttling: Sequence[str] = (),
        attempts: int = 1,
        retryable: bool = False,
    ) -> None:
        super().__init__(name, message, retryable=retryable)
        self.reasons = tuple(reasons)
        self.throttling = tuple(throttling)
        self.attempts = attempts


class Transport(Protocol):
    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        """Sends one request, such as "GetItem". Raises Refusal for what the service refuses."""
        ...


NO_ANSWER = {"ConnectionError", "HTTPClientError"}
"""Bases of botocore's errors for a request that could not be sent or was not answered."""
METHODS = {
    "GetItem": "get_item",
    "Query": "query",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "TransactWriteItems": "transact_write_items",
}


class BotocoreTransport:
    """Over a client of botocore or boto3, which the caller makes and configures: nothing is imported here."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, METHODS[operation])(**request)
            return answer
        except Exception as error:
            answered: Mapping[str, Any] | None = getattr(error, "response", None)
            if isinstance(answered, Mapping):
                raise refusal_of(answered) from error
            if NO_ANSWER.isdisjoint(cls.__name__ for cls in type(error).__mro__):
                raise
            raise Refusal(
                type(error).__name__, "DynamoDB gave no answer, so that a write may have happened or not", retryable=True
            ) from error


def botocore_transport(
    *,
    region: str | None = None,
    endpoint_url: str | None = None,
    connect_timeout_seconds: float = 1,
    read_timeout_seconds: float = 3,
    attempts: int = 4,
    connections: int = 10,
) -> BotocoreTransport:
    """A transport with a client of botocore, which is imported here and not before.

    region, endpoint_url: default from the environment (AWS_DEFAULT_REGION or the profile, AWS_ENDPOINT_URL). attempts: in all, with
    botocore's "standard" backoff. connections: kept open at most; use as many as there are threads.
    The defaults end a call that gets no answer after about 15 seconds; botocore's own, 60 s for each of up to ten attempts, outlive a
    function. A client can be shared by threads: make one for a process, when it is first needed.
    Raises InvalidArguments where no region is known.
    """
    from botocore.config import Config
    from botocore.exceptions import NoRegionError
    from botocore.session import get_session

    config = Config(
        connect_timeout=connect_timeout_seconds,
        read_timeout=read_timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
        max_pool_connections=connections,
        # The service checks the same again; here it would cost a sixth of each call.
        parameter_validation=False,
    )
    try:
        client = cast(Any, get_session()).create_client("dynamodb", region_name=region, endpoint_url=endpoint_url, config=config)
    except NoRegionError:
        raise InvalidArguments("no region is known: give region=..., such as eu-west-1, or set AWS_DEFAULT_REGION") from None
    return BotocoreTransport(client)


def refusal_of(answer: Mapping[str, Any]) -> Refusal:
    """From the response of a botocore ClientError."""
    details: Mapping[str, Any] = answer.get("Error", {})
    name = details.get("Code", "Unknown")
    reasons = [Reason(reason.get("Code", "None"), reason.get("Item")) for reason in answer.get("CancellationReasons", ())]
    if name == f"{CONDITION_FAILED}Exception":
        reasons = [Reason(CONDITION_FAILED, answer.get("Item"))]
    # The service spells the member in both ways, by error.
    throttling: Sequence[Mapping[str, str]] = answer.get("ThrottlingReasons") or answer.get("throttlingReasons") or ()
    return Refusal(
        name,
        details.get("Message", ""),
        reasons=reasons,
        throttling=[f"{reason.get('reason', '')} {reason.get('resource', '')}".strip() for reason in throttling],
        attempts=1 + int(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0)),
    )
