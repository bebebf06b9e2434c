"""What a table is beside its declaration, as every language can say it. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Maps and lists of objects are inputs only
because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from components.plugin.shapes.billing import Billing, WarmThroughput
from components.plugin.shapes.indexes import GlobalIndex, LocalIndex, Projection
from components.plugin.shapes.origins import Origin


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


class Accepted(StrEnum):
    """What the guard refuses, and one deployment may let pass."""

    STREAM_REPLACED = "stream-replaced"
    """Where nothing unread is lost."""
    INDEX_LEFT = "index-left"
    """When the last index was deleted by hand."""


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
    accept: NotRequired[Sequence[Accepted]]
    """For one deployment, refusals to let pass. Default: none."""
