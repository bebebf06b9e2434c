"""What a table is beside its declaration, as every language can say it. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Maps and lists of objects are inputs only
because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi


class BillingMode(StrEnum):
    """How a table is paid for."""

    ON_DEMAND = "on-demand"
    """For each request."""
    PROVISIONED = "provisioned"
    """For each hour, of a capacity that is fixed or follows the load."""


class Schedule(TypedDict):
    """From a time on, other bounds of a capacity. They stay until another schedule changes them."""

    name: str
    """Letters, digits and dashes, once in a capacity."""
    when: str
    """In the forms of Application Auto Scaling: cron(0 7 ? * MON-FRI *), at(2026-11-27T00:00:00) or rate(1 day)."""
    minimum: NotRequired[int]
    """Units a second; it or maximum is needed. Default: as it is."""
    maximum: NotRequired[int]
    """Units a second; it or minimum is needed. Default: as it is."""
    timezone: NotRequired[str]
    """Of cron and at, as the IANA database names it. Default: UTC."""


class Capacity(TypedDict):
    """Units a second of one direction. Equal bounds are a fixed capacity, others follow the load."""

    minimum: int
    """Where it starts, and how far autoscaling may go down."""
    maximum: int
    """How far autoscaling may go up."""
    target_percent: NotRequired[int]
    """Utilisation that autoscaling holds, 20 to 90. Not of a fixed capacity. Default: 70."""
    scale_in_seconds: NotRequired[int]
    """From one step down to the next. Default: 60."""
    scale_out_seconds: NotRequired[int]
    """From one step up to the next. Default: 60."""
    schedules: NotRequired[pulumi.Input[Sequence[pulumi.Input[Schedule]]]]
    """When other bounds begin. Not of a fixed capacity. Default: none."""


class IndexBilling(TypedDict):
    """How one index is paid for, in the mode of its table."""

    max_read: NotRequired[int]
    """On demand: read request units a second at which DynamoDB starts to throttle. Default: no limit."""
    max_write: NotRequired[int]
    """On demand: write request units. A lower limit than the table's throttles the writes of the table. Default: no limit."""
    read: NotRequired[Capacity]
    """Provisioned: its reads. Default: as the table's."""
    write: NotRequired[Capacity]
    """Provisioned: its writes. Default: as the table's."""


class Billing(TypedDict):
    """How a table and its indexes are paid for. A change of the mode never replaces the table."""

    mode: BillingMode
    """Per request, or per hour."""
    max_read: NotRequired[int]
    """On demand: read request units a second of the table, and of each index, at which DynamoDB starts to throttle. -1 lifts a limit that was deployed. Default: no limit."""
    max_write: NotRequired[int]
    """On demand: as maxRead, of write request units. Default: no limit."""
    read: NotRequired[Capacity]
    """Provisioned: reads of the table, and as many of each index. Needed there."""
    write: NotRequired[Capacity]
    """Provisioned: writes of the table, and as many of each index. Default: as read."""
    indexes: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[IndexBilling]]]]
    """By name of the index, where it differs from the table. Default: each as the table."""


class EncryptionKind(StrEnum):
    """Who owns the key that encrypts a table at rest."""

    AWS_OWNED = "aws-owned"
    """DynamoDB: free, without a trail."""
    AWS_MANAGED = "aws-managed"
    """AWS, in your account: paid for by use, seen in CloudTrail."""
    CUSTOMER_KEY = "customer-key"
    """You: kmsKeyArn says which."""


class TableClass(StrEnum):
    """What costs less, storage or use."""

    STANDARD = "STANDARD"
    """Requests cost less."""
    STANDARD_INFREQUENT_ACCESS = "STANDARD_INFREQUENT_ACCESS"
    """Storage costs less, requests more."""


class InsightsMode(StrEnum):
    """Which keys CloudWatch records. They are shown as they are."""

    THROTTLED_KEYS = "THROTTLED_KEYS"
    """Those that are refused: costs only when something is throttled."""
    ACCESSED_AND_THROTTLED_KEYS = "ACCESSED_AND_THROTTLED_KEYS"
    """Those that are used most, too: counts every request."""
    OFF = "OFF"
    """None."""


class Insights(TypedDict):
    """Contributor insights: which keys are used and throttled most."""

    mode: NotRequired[InsightsMode]
    """Of the table, and of each index that says nothing else. Default: OFF."""
    indexes: NotRequired[Mapping[str, InsightsMode]]
    """By name of the index, where it differs from the table. Default: each as the table."""


class AttributeType(StrEnum):
    """What a key attribute is."""

    STRING = "S"
    """A text."""
    NUMBER = "N"
    """A number."""
    BINARY = "B"
    """Bytes."""


class KeyAttribute(TypedDict):
    """One attribute of a key."""

    name: str
    """Of the item's attribute."""
    type: NotRequired[AttributeType]
    """What it is. Default: S."""


class ProjectionKind(StrEnum):
    """Which attributes an index holds."""

    ALL = "ALL"
    """Whole items."""
    KEYS_ONLY = "KEYS_ONLY"
    """The keys of the index and of the table."""
    INCLUDE = "INCLUDE"
    """The keys and those that are named."""
    OF_PATTERNS = "OF_PATTERNS"
    """What the declared access patterns read of it."""


class Projection(TypedDict):
    """What an index holds. An index that gets another one is deleted and built anew."""

    kind: ProjectionKind
    """Which attributes."""
    attributes: NotRequired[Sequence[str]]
    """Of INCLUDE: their names, 1 to 20. Default: none."""


class GlobalIndex(TypedDict):
    """An index beside the declared ones, for readers that are not the application."""

    name: str
    """What it is called: 3 to 255 letters, digits, _, - and dots."""
    partition: pulumi.Input[Sequence[pulumi.Input[KeyAttribute]]]
    """All of which a query gives, 1 to 4 attributes."""
    sort: NotRequired[pulumi.Input[Sequence[pulumi.Input[KeyAttribute]]]]
    """Up to 4 attributes, of which a query gives some from the left. Default: none."""
    projection: NotRequired[Projection]
    """What it holds. Default: ALL."""


class LocalIndex(TypedDict):
    """Another order of the table's partitions, for the life of the table: it cannot be added or removed later."""

    name: str
    """What it is called: 3 to 255 letters, digits, _, - and dots."""
    sort: KeyAttribute
    """What it is sorted by."""
    projection: NotRequired[Projection]
    """What it holds. Default: ALL."""


class WarmUnits(TypedDict):
    """What an index must be able to serve at once."""

    read: NotRequired[int]
    """Read units a second, 12000 or more. Default: as it is."""
    write: NotRequired[int]
    """Write units a second, 4000 or more. Default: as it is."""


class WarmThroughput(TypedDict):
    """What a table must be able to serve at once. Paid for when it is raised; of a table it cannot be lowered again."""

    read: NotRequired[int]
    """Read units a second of the table, 12000 or more. Default: as it is."""
    write: NotRequired[int]
    """Write units a second of the table, 4000 or more. Default: as it is."""
    indexes: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[WarmUnits]]]]
    """By name of the index. One that is not warm throttles the writes of a warm table. Default: as they are."""


class Consistency(StrEnum):
    """What a read in another region sees. For good: another one needs a new table."""

    EVENTUAL = "EVENTUAL"
    """Usually within a second; the last writer wins."""
    STRONG = "STRONG"
    """The last write, in exactly three regions of one group. No transactions, no time to live, no local indexes."""


class Replica(TypedDict):
    """The table in another region."""

    region: str
    """For example eu-central-1."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Of a key in that region, where the table's own key is yours. Default: none."""
    removable: NotRequired[bool]
    """Takes its deletion protection off, in a deployment before the one that no longer has it. Default: false."""


class Replicas(TypedDict):
    """The table in other regions: a global table."""

    consistency: NotRequired[Consistency]
    """What a read elsewhere sees. Default: EVENTUAL."""
    regions: pulumi.Input[Sequence[pulumi.Input[Replica]]]
    """Where it is beside its own region."""
    witness: NotRequired[str]
    """STRONG: a third region that holds no readable copy, in the place of a second replica. Default: none."""
    scaled: NotRequired[bool]
    """The write capacity of a provisioned table is autoscaled already, from an earlier deployment. Default: false."""


class Precision(StrEnum):
    """Of the time of each change."""

    MILLISECOND = "MILLISECOND"
    """Thousandths of a second."""
    MICROSECOND = "MICROSECOND"
    """Millionths of a second."""


class KinesisDestination(TypedDict):
    """A Kinesis data stream that changes are sent to: kept up to a year, more than two readers; records may come twice and out of order."""

    stream_arn: pulumi.Input[str]
    """In the table's account and region."""
    precision: NotRequired[Precision]
    """Of the time of each change. Default: MILLISECOND."""


class PrincipalAccess(TypedDict):
    """One statement of a resource policy that allows somebody outside this stack. Wildcards are refused."""

    sid: str
    """Its name: letters and digits, once in a policy."""
    principals: Sequence[pulumi.Input[str]]
    """ARNs of roles or users, or account numbers."""
    actions: Sequence[str]
    """Each written out, for example dynamodb:GetItem."""
    indexes: NotRequired[Sequence[str]]
    """Names of those that may be queried too. Default: none."""
    condition: NotRequired[Mapping[str, Any]]
    """As IAM has it. Default: none."""


class PointInTime(TypedDict):
    """What another table held."""

    source: str
    """Its name, or its ARN where it is in another region."""
    at: NotRequired[str]
    """When, in the form of ISO 8601 with a zone: 2026-05-10T12:00:00Z. Default: the latest time that can be restored."""


class ImportFormat(StrEnum):
    """How the objects of an import are written."""

    DYNAMODB_JSON = "DYNAMODB_JSON"
    """As DynamoDB exports tables."""
    ION = "ION"
    """Amazon Ion."""


class Compression(StrEnum):
    """How the objects of an import are packed."""

    NONE = "NONE"
    """Not at all."""
    GZIP = "GZIP"
    """By gzip."""
    ZSTD = "ZSTD"
    """By Zstandard."""


class Csv(TypedDict):
    """How an import reads lines of values."""

    delimiter: NotRequired[str]
    """One of , ; : | tab and space. Default: a comma."""
    headers: NotRequired[Sequence[str]]
    """Names of the attributes. Default: the first line has them."""


class BucketImport(TypedDict):
    """The objects of a bucket."""

    bucket: pulumi.Input[str]
    """Its name."""
    prefix: NotRequired[str]
    """Of the names of the objects. Default: all of them."""
    owner: NotRequired[str]
    """The account that has the bucket. Default: this one."""
    format: NotRequired[ImportFormat]
    """How they are written. Default: DYNAMODB_JSON."""
    compression: NotRequired[Compression]
    """How they are packed. Default: NONE."""
    csv: NotRequired[Csv]
    """Lines of values, in the place of a format. Default: no CSV."""


class Existing(TypedDict):
    """A table that nothing manages, or something else until now."""

    name: str
    """As AWS knows it. It stays here for as long as the table lives."""
    as_declared: NotRequired[bool]
    """In a later deployment: it is made what the declaration says. Before, it is taken over as it is. Default: false."""


class Origin(TypedDict):
    """Where a table's first items come from: one of the four. A table that exists is never made again because of it."""

    point_in_time: NotRequired[PointInTime]
    """What another table held. Default: not from there."""
    backup_arn: NotRequired[str]
    """ARN of a backup on demand. Default: not from there."""
    bucket: NotRequired[BucketImport]
    """An import from S3. Default: not from there."""
    existing: NotRequired[Existing]
    """A table that is there already is taken over. Default: not from there."""


class TableOptions(TypedDict):
    """What a table is beside its declaration."""

    billing: NotRequired[Billing]
    """How it is paid for. Default: on demand, without a limit."""
    encryption: NotRequired[EncryptionKind]
    """Who owns its key. Default: aws-owned, or customer-key where kmsKeyArn is given."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """ARN of your own key, never an alias. Functions that use the table get the rights on it. Default: none."""
    recovery_days: NotRequired[int]
    """How many days back the table can be restored to any second, 1 to 35. Default: 35."""
    table_class: NotRequired[TableClass]
    """What costs less. Default: STANDARD."""
    insights: NotRequired[Insights]
    """Contributor insights. Default: none."""
    global_indexes: NotRequired[pulumi.Input[Sequence[pulumi.Input[GlobalIndex]]]]
    """Beside those of the declaration. Default: none."""
    local_indexes: NotRequired[pulumi.Input[Sequence[pulumi.Input[LocalIndex]]]]
    """For the life of the table. Default: none."""
    projections: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Projection]]]]
    """Of declared indexes, by name. Default: as declared."""
    warm_throughput: NotRequired[WarmThroughput]
    """What it must be able to serve at once. Default: as it is."""
    replicas: NotRequired[Replicas]
    """Other regions. Default: none."""
    kinesis: NotRequired[KinesisDestination]
    """Where its changes are sent beside its own stream. Default: nowhere."""
    resource_policy: NotRequired[pulumi.Input[Sequence[pulumi.Input[PrincipalAccess]]]]
    """What somebody outside this stack may do with the table. Default: nothing."""
    stream_resource_policy: NotRequired[pulumi.Input[Sequence[pulumi.Input[PrincipalAccess]]]]
    """What somebody outside this stack may do with its stream. Default: nothing."""
    origin: NotRequired[Origin]
    """Where its first items come from. Default: it begins empty."""
    disposable: NotRequired[bool]
    """A table that is thrown away with its stack: no protection, no backups. Refused in production by the policy pack. Default: false."""
    replaceable: NotRequired[bool]
    """For the one deployment that may put an empty table in the place of this one, which is left behind. Default: false."""
    accept: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """For one deployment, codes of refusals to let pass: "stream-replaced", "index-left". Default: none."""
