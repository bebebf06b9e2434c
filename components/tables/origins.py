"""Where a table's first items come from. Said once: a table that exists is never made again because of it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import pulumi

from components import arns
from components.errors import InvalidArgument
from components.moments import rfc3339
from components.tables.indexes import NAME

Compression = Literal["NONE", "GZIP", "ZSTD"]
Format = Literal["DYNAMODB_JSON", "ION"]
DELIMITERS = (",", ";", ":", "|", "\t", " ")
"""API reference, CsvOptions."""

_ARN = re.compile(r"arn:[a-z0-9-]+:dynamodb:[a-z0-9-]+:\d{12}:table/" + NAME.pattern)

SETTINGS = (
    "attributes",
    "billingMode",
    "deletionProtectionEnabled",
    "globalSecondaryIndexes",
    "globalTableWitness",
    "onDemandThroughput",
    "pointInTimeRecovery",
    "readCapacity",
    "replicas",
    "serverSideEncryption",
    "streamEnabled",
    "streamViewType",
    "tableClass",
    "tags",
    "ttl",
    "warmThroughput",
    "writeCapacity",
)
"""Arguments of aws.dynamodb.Table that can change while it stays the same table, as the engine spells them."""
CREATION_ONLY = (
    "importTable",
    "restoreBackupArn",
    "restoreDateTime",
    "restoreSourceName",
    "restoreSourceTableArn",
    "restoreToLatestTime",
)
"""Arguments that matter when a table is created, for some of which the provider would replace it, were they changed or removed later."""


class Origin(ABC):
    """`Origin.point_in_time(...)`, `.backup(...)`, `.s3(...)` or `.existing(...)`."""

    filled = True
    """Has items from the first."""
    gaps: tuple[str, ...] = ()
    """What the provider does not set in the deployment that creates the table, but in the next one (resourceTableCreate: the requests of a
    restore and of an import have no place for it, and only TTL, recovery and replicas are set afterwards)."""

    @staticmethod
    def point_in_time(source: str, *, at: datetime | None = None) -> "PointInTime":
        """What another table held. source: its name, or its ARN where it is in another region. at: with a time zone. Default: the latest
        time that can be restored, about five minutes ago.
        """
        return PointInTime(source, at)

    @staticmethod
    def backup(arn: str) -> "Backup":
        """What a backup on demand holds."""
        return Backup(arn)

    @staticmethod
    def s3(
        bucket: pulumi.Input[str],
        *,
        prefix: str | None = None,
        owner: str | None = None,
        format: Format | None = None,
        compression: Compression = "NONE",
        csv: "Csv | None" = None,
    ) -> "S3Import":
        """The objects of a bucket. prefix: of their names. owner: the account that has the bucket, where it is another. format:
        "DYNAMODB_JSON" or "ION". Default: "DYNAMODB_JSON". csv: instead of a format.
        """
        return S3Import(bucket, prefix, owner, format, compression, csv)

    @staticmethod
    def existing(name: str, *, as_declared: bool = False) -> "Existing":
        """A table that nothing manages, or something else until now. name: as AWS knows it; keep it here for as long as the table lives.

        as_declared: False takes it over as it is, and changes nothing: keys and local indexes must be those of the declaration, all else may
        differ. True, in a later deployment, makes it what the declaration says. Default: False.
        """
        return Existing(name, as_declared)

    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """Of aws.dynamodb.Table."""

    @property
    def import_id(self) -> str | None:
        return None

    @property
    def held(self) -> Sequence[str]:
        """Arguments that stay as they are, as the engine spells them."""
        return ()


@dataclass(frozen=True)
class PointInTime(Origin):
    source: str
    at: datetime | None = None

    gaps = (
        "billing_mode",
        "deletion_protection_enabled",
        "on_demand_throughput",
        "stream_enabled",
        "table_class",
        "tags",
        "warm_throughput",
    )

    def __post_init__(self) -> None:
        if not (NAME.fullmatch(self.source) or _ARN.fullmatch(self.source)):
            raise InvalidArgument(f"the table to restore is {self.source!r}: its name or its ARN is needed")
        if self.at is not None and self.at.tzinfo is None:
            raise InvalidArgument(
                f"the time to restore is {self.at.isoformat()}: give it with a time zone, such as datetime(..., tzinfo=UTC)"
            )

    def arguments(self) -> dict[str, Any]:
        source = {"restore_source_table_arn" if ":" in self.source else "restore_source_name": self.source}
        if self.at is None:
            return {**source, "restore_to_latest_time": True}
        return {**source, "restore_date_time": rfc3339(self.at)}


@dataclass(frozen=True)
class Backup(Origin):
    arn: str

    gaps = PointInTime.gaps

    def __post_init__(self) -> None:
        if not arns.BACKUP.fits(self.arn):
            raise InvalidArgument(f"the backup is {self.arn!r}: {arns.BACKUP.shown} is needed")

    def arguments(self) -> dict[str, Any]:
        return {"restore_backup_arn": self.arn}


@dataclass(frozen=True)
class Csv:
    """delimiter: one of `,` `;` `:` `|`, tab and space. Default: ",". headers: names of the attributes. Default: the first line has them."""

    delimiter: str = ","
    headers: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS:
            raise InvalidArgument(f"the delimiter is {self.delimiter!r}: allowed are {', '.join(map(repr, DELIMITERS))}")
        if isinstance(self.headers, str):
            raise InvalidArgument(f"the headers are {self.headers!r}: give a list of names")

    def arguments(self) -> dict[str, Any]:
        return {"csv": {"delimiter": self.delimiter, **({"header_lists": list(self.headers)} if self.headers else {})}}


@dataclass(frozen=True)
class S3Import(Origin):
    bucket: pulumi.Input[str]
    prefix: str | None = None
    owner: str | None = None
    format: Format | None = None
    compression: Compression = "NONE"
    csv: Csv | None = None

    gaps = ("deletion_protection_enabled", "stream_enabled", "table_class", "tags", "warm_throughput")

    def __post_init__(self) -> None:
        if self.csv is not None and self.format is not None:
            raise InvalidArgument(f"an import of CSV in the format {self.format!r}: give csv or a format")
        if self.format is not None and self.format not in get_args(Format):
            raise InvalidArgument(f"the format is {self.format!r}: {' or '.join(get_args(Format))} is allowed, or csv=Csv() instead")
        if self.compression not in get_args(Compression):
            raise InvalidArgument(f"the compression is {self.compression!r}: {', '.join(get_args(Compression))} are allowed")
        if self.owner is not None and not re.fullmatch(r"\d{12}", self.owner):
            raise InvalidArgument(f"the owner of the bucket is {self.owner!r}: the 12 digits of an account are needed")

    def arguments(self) -> dict[str, Any]:
        source = {"bucket": self.bucket, "key_prefix": self.prefix, "bucket_owner": self.owner}
        return {
            "import_table": {
                "input_format": "CSV" if self.csv else self.format or "DYNAMODB_JSON",
                "input_compression_type": self.compression,
                "s3_bucket_source": {name: value for name, value in source.items() if value is not None},
                **({"input_format_options": self.csv.arguments()} if self.csv else {}),
            }
        }


@dataclass(frozen=True)
class Existing(Origin):
    name: str
    as_declared: bool = False

    filled = False  # it may be strongly consistent already

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InvalidArgument(f"the existing table is {self.name!r}: its name is needed, of 3 to 255 letters, digits, '_', '-' and '.'")

    def arguments(self) -> dict[str, Any]:
        return {"name": self.name}

    @property
    def import_id(self) -> str | None:
        return self.name

    @property
    def held(self) -> Sequence[str]:
        return () if self.as_declared else SETTINGS
