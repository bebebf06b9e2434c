"""The functions of an application, as every language can say them. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Maps and lists of objects are inputs only
because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi


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
    condition: NotRequired[Mapping[str, Any]]
    """As IAM has it. Default: none."""
    why: NotRequired[str]
    """What it is for, in the words of whoever reviews permissions. Default: not said."""


class Limits(TypedDict):
    """Permissions narrower than the table and its indexes, where the declaration says how. One of the two is needed."""

    leading_keys: NotRequired[bool]
    """Requests reach only partition keys that the entities of the function's patterns have. Default: true."""
    attributes: NotRequired[bool]
    """Writes name only attributes of these entities. Default: false."""


class LogForm(StrEnum):
    """How a function logs."""

    JSON = "JSON"
    """Lines that CloudWatch can query; only these are filtered by level."""
    TEXT = "Text"
    """Plain lines."""


class LogLevel(StrEnum):
    """The least of the function's own lines that is kept."""

    TRACE = "TRACE"
    """Everything."""
    DEBUG = "DEBUG"
    """For whoever looks for a fault."""
    INFO = "INFO"
    """What happens."""
    WARN = "WARN"
    """What should not happen."""
    ERROR = "ERROR"
    """What failed."""
    FATAL = "FATAL"
    """What ended the function."""


class SystemLogLevel(StrEnum):
    """The least of the platform's lines that is kept."""

    DEBUG = "DEBUG"
    """For whoever looks for a fault."""
    INFO = "INFO"
    """What happens."""
    WARN = "WARN"
    """What should not happen."""


class Logs(TypedDict):
    """How a function logs."""

    format: NotRequired[LogForm]
    """What a line is. Default: JSON."""
    level: NotRequired[LogLevel]
    """Of JSON: the function's own. What the alarms say of a log needs INFO. Default: INFO."""
    system_level: NotRequired[SystemLogLevel]
    """Of JSON: the platform's. Default: INFO."""


class Asynchronous(TypedDict):
    """What happens to events that a function is sent without waiting and that failed for good. Default: a queue of its own, kept 14 days; of a
    function with a URL, which is waited for, they are dropped.
    """

    queue_arn: NotRequired[pulumi.Input[str]]
    """A queue that is there already, not a FIFO queue. Default: a queue of its own."""
    topic_arn: NotRequired[pulumi.Input[str]]
    """A topic that is there already, in the place of a queue. Default: a queue of its own."""
    retries: NotRequired[int]
    """How often it is tried again, 0 to 2. Default: 2."""
    maximum_age_seconds: NotRequired[int]
    """Older events are not tried any more, 60 to 21600. Default: 21600."""
    dropped: NotRequired[bool]
    """Nobody keeps them, and nothing is registered. Default: false."""


class StartPosition(StrEnum):
    """Where a mapping begins to read a stream that it has never read."""

    TRIM_HORIZON = "TRIM_HORIZON"
    """With the oldest change that the stream still has: nothing is lost."""
    LATEST = "LATEST"
    """With what is written once it reads: what was written before is never delivered."""
    AT_TIMESTAMP = "AT_TIMESTAMP"
    """With the first change since a moment; of Kinesis only."""


class Start(TypedDict):
    """Where reading begins."""

    position: StartPosition
    """Where."""
    because: NotRequired[str]
    """LATEST: why it does no harm that changes are lost. Needed there."""
    moment: NotRequired[str]
    """AT_TIMESTAMP: when, in the form of ISO 8601 with a zone. Needed there."""


class Delivery(TypedDict):
    """How changes are handed to a function: batches, retries, and where reading starts."""

    batch_size: NotRequired[int]
    """Most changes of one call, 1 to 10000. Default: 100."""
    window_seconds: NotRequired[int]
    """How long a call waits for its batch to fill, up to 300. Default: 0."""
    parallelization: NotRequired[int]
    """Batches of a shard at a time, 1 to 10; above 1, order holds for one item only. Default: 1."""
    bisect: NotRequired[bool]
    """A batch that fails is halved until the change that cannot be handled is alone. Default: true."""
    retries: NotRequired[int]
    """How often a batch that failed is tried again, 0 to 10000. Default: 10."""
    maximum_age_seconds: NotRequired[int]
    """Older changes are not tried any more: 60 or more, up to 86400 of the table's stream. Default: 79200."""
    partial_failures: NotRequired[bool]
    """The function says where in a batch it stopped, in batchItemFailures. Default: true."""
    tumbling_window_seconds: NotRequired[int]
    """Calls of one window hand on a state, which the function has to return; 1 to 900. Default: no windows."""
    start: NotRequired[Start]
    """Where reading begins. Default: TRIM_HORIZON."""
    filter_key_arn: NotRequired[pulumi.Input[str]]
    """A KMS key that encrypts the filters. Default: Lambda's own."""
    enabled: NotRequired[bool]
    """Changes are read. One that is not enabled loses changes older than the stream keeps. Default: true."""


class Stream(TypedDict):
    """What a function follows of the table's changes. {}: all of them."""

    filters: NotRequired[Sequence[Mapping[str, Any]]]
    """Up to five, or ten where AWS has raised the quota of the account, of which a change has to pass one, in the form of Lambda's event filtering: objects, not JSON. Default: every change passes."""
    delivery: NotRequired[Delivery]
    """Batches, retries, and where reading starts. Default: each as it says."""
    kinesis_arn: NotRequired[pulumi.Input[str]]
    """Changes are read from this Kinesis data stream, which the table sends them to. Default: the table's own stream, which has room for two consumers."""
    recursion: NotRequired[str]
    """Where the function's own writes pass its filters: in words, what keeps it from calling itself for ever. Default: that is refused."""


class Handler(TypedDict):
    """A function of the application."""

    handler: str
    """As Lambda takes it for the runtime, for example index.handler."""
    runtime: str
    """As Lambda calls it, for example nodejs22.x or python3.13."""
    code: pulumi.Input[pulumi.Archive]
    """What it runs: a folder or a .zip that is ready."""
    patterns: NotRequired[Sequence[str]]
    """Names of the declared access patterns that it uses: its permissions. Default: every declared pattern, where it is the only
    handler; one of several has to say them."""
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
    pattern_metrics: NotRequired[bool]
    """It publishes metrics of each access pattern, about two for each, which cost more than all alarms. For functions of the kit. Default: false."""
    layers: NotRequired[Sequence[pulumi.Input[str]]]
    """ARNs of layers with their version, up to 5. Default: none."""
    limits: NotRequired[Limits]
    """Permissions narrower than the table and its indexes. Default: none."""
    logs: NotRequired[Logs]
    """How it logs. Default: JSON."""
    tracing: NotRequired[bool]
    """Its calls are sampled by X-Ray. Default: false."""
    reserved_concurrency: NotRequired[int]
    """How many of it run at most, which other functions of the account then do not have; 0 stops it. Default: no limit."""
    asynchronous: NotRequired[Asynchronous]
    """What happens to events that it is sent without waiting. Not for a consumer. Default: Lambda drops them after two retries."""
    architecture: NotRequired[Architecture]
    """What it runs on. Default: arm64."""
