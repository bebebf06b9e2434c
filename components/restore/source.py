"""The table that would have to be restored, and from what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from components.errors import ComponentError
from components.restore.settings import read_settings
from monitoring.live import Account
from monitoring.live.deployed import block
from monitoring.prices import OPTION_PRICES

GIGABYTE: Final = 1024**3


class NoRecovery(ComponentError):
    """There is nothing that the table could be restored from."""

    code = "no-recovery"


@dataclass(frozen=True)
class Source:
    """described: as DescribeTable gives it. settings: see read_settings. backup: its ARN; None: continuous backups, up to `latest`."""

    described: Mapping[str, Any]
    settings: Mapping[str, Any]
    backup: str | None
    earliest: datetime | None
    latest: datetime

    @property
    def name(self) -> str:
        return self.described["TableName"]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key["AttributeName"] for key in self.described["KeySchema"])

    @property
    def items(self) -> int:
        """Up to six hours old (API reference, TableDescription)."""
        return int(self.described.get("ItemCount", 0))

    @property
    def gigabytes(self) -> float:
        return int(self.described.get("TableSizeBytes", 0)) / GIGABYTE

    @property
    def usd(self) -> float:
        """Of a restore. Its local indexes are paid for too, and not counted here."""
        return self.gigabytes * OPTION_PRICES.restore_gigabyte_usd


def read_source(account: Account, table: str, backup: str | None = None) -> Source:
    """backup: the ARN of one on demand. Default: continuous backups. Raises NoRecovery, and what Account.ask raises."""
    described = account.ask("dynamodb", "DescribeTable", TableName=table)["Table"]
    if backup:
        details = account.ask("dynamodb", "DescribeBackup", BackupArn=backup)["BackupDescription"]
        of = details["SourceTableDetails"]["TableName"]
        if of != described["TableName"]:
            raise NoRecovery(f"the backup is one of {of}, not of {described['TableName']}: give one of this table")
        status = details["BackupDetails"]["BackupStatus"]
        if status != "AVAILABLE":
            raise NoRecovery(f"the backup is {status}: only one that is AVAILABLE can be restored")
        made = details["BackupDetails"]["BackupCreationDateTime"].astimezone(UTC)
        return Source(described, read_settings(account, described), backup, made, made)
    found = account.ask("dynamodb", "DescribeContinuousBackups", TableName=table)["ContinuousBackupsDescription"]
    recovery = block(found, "PointInTimeRecoveryDescription")
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED" or "LatestRestorableDateTime" not in recovery:
        raise NoRecovery(
            f"{described['TableName']} has no point-in-time recovery, so nothing can be restored: deploy it with recovery_days (SingleTable has 35), "
            "or name a backup with --backup"
        )
    latest = recovery["LatestRestorableDateTime"].astimezone(UTC)
    earliest = recovery.get("EarliestRestorableDateTime")
    return Source(described, read_settings(account, described), None, earliest.astimezone(UTC) if earliest else None, latest)
