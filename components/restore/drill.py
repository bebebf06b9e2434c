"""One drill: restore beside the table, wait, compare, take away."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from components.restore.items import Compared, compare
from components.restore.reader import Reader
from components.restore.settings import UNREADABLE, Difference, differences, read_settings
from components.restore.source import Source
from monitoring.errors import MonitoringError
from monitoring.live import Account, CallRefused

PREFIX: Final = "restore-drill-"
MARK: Final = {"Key": "singletable:restore-drill", "Value": "true"}
POLL_SECONDS: Final = 15
DELETE_ATTEMPTS: Final = 20
LONGEST_NAME: Final = 255


@dataclass(frozen=True)
class RecoveryPoint:
    """The state that is restored. age: how much the newest of it is behind, which a real loss would cost at least."""

    at: datetime
    age: timedelta


@dataclass(frozen=True)
class Record:
    """A drill that is over. restore: until the table is ACTIVE. indexes: until each of its indexes is, more. left: what still exists of it.
    tolerated_percent: of differing items, which a table that is written to has. unfinished: why it did not come to its end.
    """

    table: str
    region: str
    copy: str
    began: datetime
    point: RecoveryPoint
    restore: timedelta | None = None
    indexes: timedelta | None = None
    checking: timedelta | None = None
    differences: tuple[Difference, ...] = ()
    items: Compared | None = None
    applied: tuple[str, ...] = ()
    tolerated_percent: float = 0.0
    unfinished: str = ""
    left: str = ""

    @property
    def broken(self) -> tuple[Difference, ...]:
        """What a restore should have brought back and did not."""
        return tuple(each for each in self.differences if each.setting.kept)

    @property
    def gaps(self) -> tuple[Difference, ...]:
        """What the table has and no restore brings back, so that it must be set again."""
        return tuple(each for each in self.differences if not each.setting.kept and each.was is not None)

    @property
    def good(self) -> bool:
        items = self.items is not None and self.items.percent <= self.tolerated_percent
        return not self.unfinished and not self.broken and items


@dataclass(frozen=True)
class Options:
    """at: a time to restore. None: the latest. most_items: read of table and copy each. longest: until the copy is ACTIVE."""

    at: datetime | None = None
    keep: bool = False
    reapply: bool = False
    most_items: int = 10_000
    tolerated_percent: float = 0.0
    longest: timedelta = timedelta(hours=24)


class _TooLate(Exception):
    """The copy is not ACTIVE in the time that it was given."""


class Drill:
    """clock: what time it is. wait: lets so many seconds pass. told: hears of each step. id: makes the copy's name its own."""

    def __init__(
        self,
        account: Account,
        source: Source,
        options: Options,
        *,
        id: str,
        clock: Callable[[], datetime],
        wait: Callable[[float], object],
        told: Callable[[str], object],
    ) -> None:
        self._account = account
        self._source = source
        self._options = options
        self._clock, self._wait, self._told = clock, wait, told
        self._chance = random.Random(id)  # noqa: S311  # which items are compared is no secret
        self._began = clock()
        self.copy = f"{PREFIX}{self._began:%Y%m%d%H%M}-{id}-{source.name}"[:LONGEST_NAME]
        self._found: dict[str, Any] = {}
        self._requested = False

    def run(self) -> Record:
        """Whatever happens, the copy is taken away, unless it is to be kept; what is left stands in the record.

        Raises MonitoringError where the restore was refused, so that there is nothing to tell of.
        """
        try:
            self._restore()
            copy = self._wait_until_active()
            self._compare(copy)
            if self._options.reapply:
                self._found["applied"] = tuple(self._reapply(copy))
        except MonitoringError as error:
            if not self._requested:
                raise
            self._found["unfinished"] = error.message
        except _TooLate as error:
            self._found["unfinished"] = str(error)
        except KeyboardInterrupt:
            self._found["unfinished"] = "interrupted"
        self._found["left"] = self.copy if self._options.keep and self._requested else self._take_away()
        return Record(
            self._source.name,
            self._account.region,
            self.copy,
            self._began,
            self._point(),
            tolerated_percent=self._options.tolerated_percent,
            **self._found,
        )

    def _point(self) -> RecoveryPoint:
        at = self._options.at or self._source.latest
        return RecoveryPoint(at, self._began - at)

    def _restore(self) -> None:
        source, options = self._source, self._options
        self._told(f"restoring {source.name} as {self.copy}")
        if source.backup:
            self._account.ask("dynamodb", "RestoreTableFromBackup", TargetTableName=self.copy, BackupArn=source.backup)
        else:
            when: dict[str, Any] = {"RestoreDateTime": options.at} if options.at else {"UseLatestRestorableTime": True}
            self._account.ask("dynamodb", "RestoreTableToPointInTime", SourceTableName=source.name, TargetTableName=self.copy, **when)
        self._requested = True

    def _wait_until_active(self) -> Any:
        while True:
            found = self._account.ask("dynamodb", "DescribeTable", TableName=self.copy)["Table"]
            passed = self._clock() - self._began
            indexes = found.get("GlobalSecondaryIndexes") or ()
            waiting = [index["IndexName"] for index in indexes if index.get("IndexStatus", "ACTIVE") != "ACTIVE"]
            if found["TableStatus"] == "ACTIVE":
                self._found.setdefault("restore", passed)
                if not waiting:
                    self._found["indexes"] = passed - self._found["restore"]
                    return found
            if passed > self._options.longest:
                raise _TooLate(f"{self.copy} is {found['TableStatus']} after {passed}: longer than --longest allows")
            self._told(f"{self.copy} is {found['TableStatus']} for {passed}{', waiting for ' + ', '.join(waiting) if waiting else ''}")
            self._wait(POLL_SECONDS)

    def _compare(self, copy: Any) -> None:
        began = self._clock()
        with suppress(CallRefused):  # only to find it again, should it be left behind
            self._account.ask("dynamodb", "TagResource", ResourceArn=copy["TableArn"], Tags=[MARK])
        self._told("comparing settings")
        settings = read_settings(self._account, copy)
        settings["tags"] = without_mark(settings["tags"])
        self._found["differences"] = tuple(differences(self._source.settings, settings))
        self._told(f"comparing up to {self._options.most_items:,} items")
        reader = Reader(self._account, self._wait)
        self._found["items"] = compare(reader, self._source.name, self.copy, self._source.keys, self._options.most_items, self._chance)
        self._found["checking"] = self._clock() - began

    def _reapply(self, copy: Any) -> list[str]:
        """Sets on the copy what it lacks and what can be set with a call: to see that it works, and that it is allowed."""
        lacking = {each.setting.name: each.was for each in self._found["differences"] if each.was is not None}
        done = [name for name in _REAPPLY if name in lacking]
        for name in done:
            self._told(f"setting {name} on the copy")
            operation, request = _REAPPLY[name](self.copy, copy, lacking[name])
            self._account.ask("dynamodb", operation, **request)
        return done

    def _take_away(self) -> str:
        """The name of what is left; empty where nothing is."""
        if not self._requested:
            return ""
        self._told(f"deleting {self.copy}")
        # A table that is being changed cannot be deleted. One that is being restored may take hours: it is left, and named.
        attempts = 1 if self._found.get("unfinished") else DELETE_ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                self._account.ask("dynamodb", "DeleteTable", TableName=self.copy)
            except CallRefused as error:
                if error.aws_code != "ResourceInUseException":
                    break
                if attempt < attempts:
                    self._wait(POLL_SECONDS)
            except MonitoringError:
                break
            else:
                return ""
        return self.copy


def without_mark(tags: Any) -> Any:
    """The tags of a copy that the drill did not give it. None: there are none."""
    if tags is None or tags == UNREADABLE:
        return tags
    return {name: tags[name] for name in tags if name != MARK["Key"]} or None


def _tagged(_name: str, copy: Any, tags: dict[str, str]) -> tuple[str, dict[str, Any]]:
    return "TagResource", {"ResourceArn": copy["TableArn"], "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}


def _streamed(name: str, _copy: Any, view: str) -> tuple[str, dict[str, Any]]:
    return "UpdateTable", {"TableName": name, "StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}}


def _expiring(name: str, _copy: Any, attribute: str) -> tuple[str, dict[str, Any]]:
    return "UpdateTimeToLive", {"TableName": name, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": attribute}}


def _recoverable(name: str, _copy: Any, days: str) -> tuple[str, dict[str, Any]]:
    asked = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": int(days.removesuffix(" days"))}
    return "UpdateContinuousBackups", {"TableName": name, "PointInTimeRecoverySpecification": asked}


_REAPPLY: Final[dict[str, Callable[[str, Any, Any], tuple[str, dict[str, Any]]]]] = {
    "tags": _tagged,
    "time to live": _expiring,
    "point-in-time recovery": _recoverable,
    "stream": _streamed,
}
"""In this order: while a stream is switched on, the table is UPDATING. Not deletion protection, which would keep the copy; not what has the
table's name elsewhere."""


def drills_left(account: Account) -> list[str]:
    """Copies of drills that were not taken away."""
    return [name for name in account.pages("dynamodb", "ListTables", "TableNames") if name.startswith(PREFIX)]
