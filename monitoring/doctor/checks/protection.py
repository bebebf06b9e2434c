"""Can the table be lost, and can what was lost be had again."""

from collections.abc import Iterator
from typing import Final

from monitoring.doctor.call import Call
from monitoring.doctor.check import Check, Found
from monitoring.doctor.examined import Examined
from monitoring.live.deployed import block

LONGEST_RECOVERY_DAYS: Final = 35
"""Source: DynamoDB API reference, PointInTimeRecoverySpecification."""
_DISPOSABLE: Final = "; its tag says that it may be lost"


def _deletable(examined: Examined) -> Iterator[Found]:
    if not examined.table.get("DeletionProtectionEnabled"):
        protect = Call("dynamodb", "UpdateTable", {"TableName": examined.name, "DeletionProtectionEnabled": True})
        yield _unless_disposable(examined, "deletion protection is off", protect)


def _unrecoverable(examined: Examined) -> Iterator[Found]:
    if examined.recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        gigabytes = examined.table.get("TableSizeBytes", 0) / 2**30
        size = f"; it is paid by the table's size, {gigabytes:,.0f} GB" if gigabytes >= 1 else ""
        yield _unless_disposable(examined, f"point-in-time recovery is off{size}", _recovery(examined.name))


def _short_recovery(examined: Examined) -> Iterator[Found]:
    days = examined.recovery.get("RecoveryPeriodInDays")
    if days and days < LONGEST_RECOVERY_DAYS:
        yield Found(examined.name, f"a restore can go back {days} days", _recovery(examined.name))


def _recovery(table: str) -> Call:
    wanted = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": LONGEST_RECOVERY_DAYS}
    return Call("dynamodb", "UpdateContinuousBackups", {"TableName": table, "PointInTimeRecoverySpecification": wanted})


def _unless_disposable(examined: Examined, message: str, call: Call) -> Found:
    """Of a table that may be lost it is as somebody wants it: nothing is offered to change it."""
    return Found(examined.name, message + _DISPOSABLE, level="note") if examined.disposable else Found(examined.name, message, call)


def _locked_out(examined: Examined) -> Iterator[Found]:
    if since := block(examined.table, "SSEDescription").get("InaccessibleEncryptionDateTime"):
        yield Found(examined.name, f"DynamoDB cannot use the key of the table since {since:%d %b %Y %H:%M}")


def _rarely_read(examined: Examined) -> Iterator[Found]:
    if block(examined.table, "TableClassSummary").get("TableClass") == "STANDARD_INFREQUENT_ACCESS":
        yield Found(examined.name, "the table is of the class STANDARD_INFREQUENT_ACCESS")


CHECKS: Final = (
    Check(
        "deletable-table",
        "error",
        "Deletion protection is off.",
        "One call of DeleteTable, by hand or by a program that replaces the table, takes all data with it.",
        "DynamoDB developer guide, Using deletion protection; Security Hub, DynamoDB.6",
        "SingleTable(disposable=False), aws.dynamodb.Table(deletion_protection_enabled=True)",
        _deletable,
        safe=True,
    ),
    Check(
        "unrecoverable-table",
        "error",
        "Point-in-time recovery is off.",
        "What a faulty program writes over or deletes is gone: there is no moment to go back to.",
        "DynamoDB developer guide, Point-in-time backups for DynamoDB; Security Hub, DynamoDB.2",
        "SingleTable(recovery_days=35), aws.dynamodb.Table(point_in_time_recovery={'enabled': True})",
        _unrecoverable,
        safe=True,
    ),
    Check(
        "short-recovery",
        "note",
        "A restore reaches back less than 35 days.",
        "Damage that is noticed later cannot be undone. A longer time costs the same.",
        "DynamoDB API reference, PointInTimeRecoverySpecification",
        "SingleTable(recovery_days=35)",
        _short_recovery,
    ),
    Check(
        "inaccessible-key",
        "error",
        "DynamoDB cannot use the key that encrypts the table.",
        "Every request fails, and 7 days later DynamoDB archives the table.",
        "DynamoDB API reference, SSEDescription: InaccessibleEncryptionDateTime",
        "Enable the key, cancel its deletion, or give DynamoDB its grant back",
        _locked_out,
    ),
    Check(
        "infrequent-access",
        "note",
        "The table is of the class for data that is rarely read.",
        "Storage is cheaper, each read and write costs more: it pays where storage is most of the bill.",
        "DynamoDB developer guide, Table classes",
        "aws.dynamodb.Table(table_class='STANDARD'), where requests are most of the bill",
        _rarely_read,
    ),
)
