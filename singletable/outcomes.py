"""What a refusal of DynamoDB means for what was asked: a cancelled transaction raises the error of the operation that failed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from singletable.errors import IdempotentParameterMismatch, ServiceError, SingleTableError, Throttled, TransactionConflict
from singletable.transport import CONDITION_FAILED, Reason, Refusal
from singletable.writes import Write

THROTTLED = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
TRANSIENT = {"InternalServerError", "ReplicatedWriteConflictException", "ServiceUnavailable", "TransactionInProgressException"}
THROTTLED_REASONS = {"ProvisionedThroughputExceeded", "ThrottlingError"}
"""Codes of errors and of cancellation reasons (API reference: each operation's errors; "TransactionCanceledException")."""


def explain(refusal: Refusal, table: str, writes: Sequence[Write] = ()) -> SingleTableError:
    """The error to raise for a refusal. table: its name. writes: what the request holds, in its order."""
    codes = [reason.code for reason in refusal.reasons]
    for write, reason in zip(writes, refusal.reasons):
        if reason.code == CONDITION_FAILED:
            return write.present if reason.item else write.absent
    if refusal.name in THROTTLED or THROTTLED_REASONS.intersection(codes):
        what = f" ({'; '.join(refusal.throttling)})" if refusal.throttling else ""
        return Throttled(f"DynamoDB throttled this request{what}: try again later, with growing pauses", refusal.throttling)
    if refusal.name == "TransactionConflictException" or "TransactionConflict" in codes:
        return TransactionConflict("another transaction works on one of these items: try again after a short pause")
    if refusal.name == "IdempotentParameterMismatchException":
        return IdempotentParameterMismatch(
            "this token was used within ten minutes for another request: give each request its own token, and send equal values with it"
        )
    failed = [f"{write.action} {write.entity}: {reason.code}" for write, reason in zip(writes, refusal.reasons) if reason.code != "None"]
    if refusal.name == "ResourceNotFoundException":
        return ServiceError(
            refusal.name, f"there is no table {table} in this account and region: check its name, and where the client sends to"
        )
    message = refusal.args[0].removeprefix(f"{refusal.name}: ")
    return ServiceError(refusal.name, "; ".join(failed) or message, retryable=refusal.retryable or refusal.name in TRANSIENT)


def written_before(refusal: Refusal, writes: Sequence[Write]) -> bool:
    """Did an earlier attempt of the same request succeed, whose answer was lost? Then what it wrote is what lies there now."""
    if refusal.attempts == 1 or len(writes) != 1 or len(refusal.reasons) != 1:
        return False
    reason: Reason = refusal.reasons[0]
    return reason.code == CONDITION_FAILED and _meaning({"M": reason.item or {}}) == _meaning({"M": writes[0].new or {}})


def _meaning(attribute: Mapping[str, Any]) -> object:
    """Equal for equal values: DynamoDB gives back numbers without zeros at the end, and sets in an order of its own."""
    [(kind, content)] = attribute.items()
    match kind:
        case "N":
            return Decimal(content)
        case "NS":
            return frozenset(map(Decimal, content))
        case "SS" | "BS":
            return frozenset(content)
        case "M":
            return {name: _meaning(part) for name, part in content.items()}
        case "L":
            return [_meaning(part) for part in content]
        case _:
            return kind, content
