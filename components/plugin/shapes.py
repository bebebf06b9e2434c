"""Arguments as every language can say them. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Unions, literals and types of other packages
have no place in it: with a type of the AWS provider among the arguments, every consumer's SDK would need that provider's whole schema.

Maps and lists of objects are inputs only because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
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
    """For each hour, autoscaled where minimum and maximum differ."""


class Billing(TypedDict):
    """How a table and its indexes are paid for. A change of the mode never replaces the table."""

    mode: BillingMode
    """Per request, or per hour."""
    max_read: NotRequired[int]
    """On demand: read request units a second of the table, and of each index, at which DynamoDB starts to throttle. -1 lifts a limit that was deployed. Default: no limit."""
    max_write: NotRequired[int]
    """On demand: as maxRead, of write request units. Default: no limit."""
    minimum: NotRequired[int]
    """Provisioned: units a second of reads, and as many of writes, of the table and of each index. Needed there."""
    maximum: NotRequired[int]
    """Provisioned: how far autoscaling may go. Equal to the minimum: the capacity is fixed. Needed there."""
    target_percent: NotRequired[int]
    """Provisioned: utilisation that autoscaling holds, 20 to 90. Default: 70."""


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
    """Default: STANDARD."""
    insights: NotRequired[InsightsMode]
    """Contributor insights of the table and of each index. Default: off."""
    disposable: NotRequired[bool]
    """A table that is thrown away with its stack: no protection, no backups. Refused in production by the policy pack. Default: false."""
    replaceable: NotRequired[bool]
    """For the one deployment that may put an empty table in the place of this one, which is left behind. Default: false."""


class UrlAuthorization(StrEnum):
    """Who may call a function over HTTPS."""

    AWS_IAM = "AWS_IAM"
    """Requests that are signed with rights of the account."""
    NONE = "NONE"
    """Everybody."""


class Architecture(StrEnum):
    """What a function runs on."""

    ARM64 = "arm64"
    """Costs a fifth less."""
    X86_64 = "x86_64"
    """For code that was compiled for it."""


class Permission(TypedDict):
    """One statement that allows a function something beside its access patterns. Wildcards are refused."""

    sid: str
    """Its name: letters and digits, once in a function."""
    actions: Sequence[str]
    """Each written out, for example sns:Publish."""
    resources: Sequence[pulumi.Input[str]]
    """ARNs."""


class Stream(TypedDict):
    """What a function follows of the table's changes. {}: all of them."""

    filters: NotRequired[Sequence[Mapping[str, Any]]]
    """Up to five, of which a change has to pass one, in the form of Lambda's event filtering: objects, not JSON. Default: every change passes."""


class Handler(TypedDict):
    """A function of the application."""

    handler: str
    """As Lambda takes it for the runtime, for example index.handler."""
    runtime: str
    """As Lambda calls it, for example nodejs22.x or python3.13."""
    code: pulumi.Input[pulumi.Archive]
    """What it runs: a folder or a .zip that is ready."""
    patterns: NotRequired[Sequence[str]]
    """Names of the declared access patterns that it uses: its permissions. Default: every declared pattern."""
    stream: NotRequired[Stream]
    """Makes it a consumer of the table's stream, with a queue for what it could not handle. Default: it is called by others."""
    url: NotRequired[UrlAuthorization]
    """Gives it a URL. Not for a consumer. Default: it has none."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables beside the component's own: TABLE_NAME, SCHEMA_FINGERPRINT. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further variables, which are encrypted in the state and hidden in output. Default: none."""
    permissions: NotRequired[pulumi.Input[Sequence[pulumi.Input[Permission]]]]
    """What it may do beside its access patterns. Default: nothing."""
    description: NotRequired[str]
    """Shown in the console. Default: none."""
    memory_mb: NotRequired[int]
    """128 to 10240; its share of a processor grows with it. Default: 512."""
    timeout_seconds: NotRequired[int]
    """1 to 900. Default: 20; of a consumer, which is given batches, 30."""
    log_retention_days: NotRequired[int]
    """How long its log is kept, in the steps that CloudWatch has. Default: 30."""
    architecture: NotRequired[Architecture]
    """What it runs on. Default: arm64."""


class Emails(TypedDict):
    """Who is told of alarms, by severity. Each address has to confirm."""

    page: NotRequired[Sequence[str]]
    """Of what cannot wait. Default: nobody."""
    ticket: NotRequired[Sequence[str]]
    """Of what can wait for the next working day. Default: nobody."""
    info: NotRequired[Sequence[str]]
    """Of everything else. Default: nobody."""


class Notify(StrEnum):
    """What tells a topic."""

    ALARMS = "alarms"
    """Each alarm: what is wrong and what to do."""
    COMPOSITES = "composites"
    """One message for each severity, until all of its alarms are clear."""


class MonitoringOptions(TypedDict):
    """Whom alarms tell, and when there are some."""

    emails: NotRequired[Emails]
    """Who is told. Default: nobody; the topics are there for other subscriptions."""
    notify: NotRequired[Notify]
    """What tells the topics. Default: alarms."""
    owner: NotRequired[str]
    """The team that answers for the stack, named on its dashboard. Default: nobody."""
    runbook_url: NotRequired[str]
    """The folder of the runbooks, https://...; each alarm links to the page of its kind. Default: no link."""
    thresholds: NotRequired[Mapping[str, float]]
    """Other thresholds, by the name of the alarm's kind, for example table-throttles. Default: those of the documentation."""
    disabled: NotRequired[Sequence[str]]
    """Kinds of alarms that are not made. Default: none."""


class WebAppTableArgs(TypedDict):
    """A table, the functions that use it, and what watches them."""

    definition: Mapping[str, Any]
    """The declaration, in its JSON form: what `python -m singletable definition MODULE` prints, or the same by hand. Its schema is docs/table.schema.json; `python -m singletable check FILE` checks a file."""
    handlers: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Handler]]]]
    """The functions, by a name of letters, digits and dashes. Default: none."""
    table: NotRequired[TableOptions]
    """What the table is beside its declaration. Default: on demand, protected in four layers."""
    monitoring: NotRequired[MonitoringOptions]
    """Whom the alarms tell. Default: nobody."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Of every resource. Default: none."""
    transform: NotRequired[Mapping[str, Mapping[str, Mapping[str, Any]]]]
    """The one way out: by part (table, monitoring, or the name of a handler), by resource (table, function, role, mapping, alarm, ...), arguments of the AWS provider's resource to set. Default: nothing."""


class SingleTableArgs(TypedDict):
    """A table alone, without functions and without alarms."""

    definition: Mapping[str, Any]
    """The declaration, in its JSON form, as of WebAppTable."""
    table: NotRequired[TableOptions]
    """What it is beside its declaration. Default: on demand, protected in four layers."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Of every resource. Default: none."""
    transform: NotRequired[Mapping[str, Mapping[str, Any]]]
    """The one way out: by resource (table, read-target, ...), arguments of the AWS provider's resource to set. Default: nothing."""


class AccountMonitoringArgs(TypedDict):
    """What all stacks of an account and region share, watched once."""

    emails: NotRequired[Emails]
    """Who is told. Default: nobody."""
    concurrency_quota: NotRequired[int]
    """Runs that Lambda allows at one time in this account and region. Default: 1000."""
    runbook_url: NotRequired[str]
    """The folder of the runbooks, https://...; each alarm links to the page of its kind. Default: no link."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Of every resource. Default: none."""
