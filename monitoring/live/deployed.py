"""What is deployed around one table: read from AWS, with nothing but the table's name known before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, cast

from monitoring.alarms import severity_of
from monitoring.errors import MonitoringError
from monitoring.live.account import Account, CallRefused
from monitoring.measures import ACCESSES, Access
from monitoring.rules import children_of
from monitoring.subjects import Billing, Ceiling, FunctionSubject, Stack, StreamSubject, TableSubject
from singletable.definition import IndexDefinition, KeyDefinition, TableDefinition
from singletable.deployment import PATTERN_METRICS, SCHEMA_FINGERPRINT, TABLE_NAME

Described = Mapping[str, Any]
"""As AWS describes it, with the names of its API."""

STAGE: Final = "live"
"""Of a stack whose alarms do not say."""
MOST_DESCRIBED: Final = 100
"""Alarms in one answer, and names in one request. Source: CloudWatch API reference, DescribeAlarms: MaxRecords, AlarmNames."""


@dataclass(frozen=True)
class Mapped:
    """An event source mapping of the table's stream. queue: the name of the queue that its failures go to; None: there is none.

    queue_attributes: as GetQueueAttributes gives them; None: the queue is gone, or may not be read.
    """

    described: Described
    queue: str | None
    queue_attributes: Described | None

    @property
    def uuid(self) -> str:
        return self.described["UUID"]

    @property
    def function(self) -> str:
        """The function's name, without version or alias."""
        return function_name(self.described["FunctionArn"])


@dataclass(frozen=True)
class Deployed:
    """table: as DescribeTable gives it. functions: configurations of those that use the table. http: names of those with a URL.

    alarms, composites: those that watch any part of this, as DescribeAlarms gives them. ttl: the attribute with the time of expiry.
    scaling: what autoscaling may do, as DescribeScalableTargets gives it; empty where it may not be asked. events: name of a function -> name of
    the queue that Lambda sends its events to that failed for good; functions without one, or that may not be asked, are not in it.
    """

    account: Account
    table: Described
    ttl: str | None
    functions: tuple[Described, ...]
    http: frozenset[str]
    mappings: tuple[Mapped, ...]
    alarms: tuple[Described, ...]
    composites: tuple[Described, ...]
    declared: Stack | None = None
    scaling: tuple[Described, ...] = ()
    events: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    @property
    def name(self) -> str:
        return self.table["TableName"]

    @cached_property
    def _named(self) -> tuple[str, str] | None:
        """Project and stage: those before the severity in the names of the alarms, "shop-dev page: ...". None: no alarm says."""
        found = next((str(each["AlarmName"]).partition(" ")[0] for each in self.alarms if _generated(str(each["AlarmName"]))), "")
        project, dash, stage = found.rpartition("-")
        return (project, stage) if dash else None

    @property
    def project(self) -> str | None:
        """As the names of the alarms have it. None: they do not say."""
        return self._named[0] if self._named else None

    @property
    def label(self) -> tuple[str, str]:
        """Project and stage: by the alarms; else of the declaration or the table."""
        return self._named or ((self.declared.project, self.declared.stage) if self.declared else (self.name, STAGE))

    @cached_property
    def stack(self) -> Stack:
        """What is watched, by its deployed names. Patterns are those of the declaration, where one was given."""
        declared = self.declared
        definition = declared.table.definition if declared else definition_from(self.table, self.ttl)
        project, stage = self.label
        functions = tuple(self._functions())
        labels = {str(function.name): function.label for function in functions}
        return Stack(
            project,
            stage,
            self.account.region,
            TableSubject(definition, self.name, billing_from(self.table, self.scaling), replicas_from(self.table, self.account.region)),
            functions,
            tuple(StreamSubject(labels[each.function], each.uuid, each.queue or "") for each in self.mappings if each.function in labels),
            declared.owner if declared else None,
        )

    @property
    def deployments(self) -> dict[str, datetime]:
        """Label of a function -> when its code or configuration was last changed."""
        labels = {str(function.name): function.label for function in self.stack.functions}
        return {
            labels[described["FunctionName"]]: datetime.fromisoformat(described["LastModified"]).astimezone(UTC)
            for described in self.functions
            if described.get("LastModified")
        }

    def _functions(self) -> Iterator[FunctionSubject]:
        """A deployed function is the declared one whose label is the longest in its name."""
        known = {each.label: each for each in self.declared.functions} if self.declared else {}
        for described in self.functions:
            name = described["FunctionName"]
            label = max((label for label in known if label in name), key=len, default=None)
            subject = known.pop(label) if label else FunctionSubject(name, name, 0)
            published = PATTERN_METRICS in block(block(described, "Environment"), "Variables")
            yield replace(
                subject,
                name=name,
                timeout_seconds=described["Timeout"],
                http=name in self.http,
                pattern_metrics=published,
                failed_events=self.events.get(name),
            )


def read_deployed(account: Account, table: str, declared: Stack | None = None) -> Deployed:
    """table: its deployed name. declared: the stack as its declaration has it. Raises MonitoringError "unknown-table", and CallRefused."""
    try:
        described = account.ask("dynamodb", "DescribeTable", TableName=table)["Table"]
    except CallRefused as error:
        if error.aws_code != "ResourceNotFoundException":
            raise
        raise MonitoringError("unknown-table", f'{account.region} has no table "{table}". {_known_tables(account)}') from None
    mappings = tuple(_mappings(account, described))
    functions = tuple(_functions(account, table, {each.function for each in mappings}))
    names = {str(each["FunctionName"]) for each in functions}
    events = {name: queue for name in sorted(names) if (queue := _events_queue(account, name))}
    watched = {table, *names, *events.values(), *(each.uuid for each in mappings), *(each.queue for each in mappings if each.queue)}
    alarms, composites = _alarms(account, watched)
    ttl = account.ask("dynamodb", "DescribeTimeToLive", TableName=table)["TimeToLiveDescription"]
    return Deployed(
        account,
        described,
        ttl.get("AttributeName") if ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") else None,
        functions,
        frozenset(name for name in names if _has_url(account, name)),
        mappings,
        alarms,
        composites,
        declared,
        _scaling(account, described),
        events,
    )


def definition_from(table: Described, ttl: str | None) -> TableDefinition:
    """Keys and indexes of a table that nobody declared: no entities and no patterns."""
    indexes = tuple(
        IndexDefinition(
            index["IndexName"],
            _key(index["KeySchema"]),
            index["Projection"]["ProjectionType"],
            tuple(index["Projection"].get("NonKeyAttributes") or ()),
        )
        for index in table.get("GlobalSecondaryIndexes") or ()
    )
    return TableDefinition(_key(table["KeySchema"]), indexes, ttl, (), ())


def billing_from(table: Described, scaling: Iterable[Described] = ()) -> Billing:
    """scaling: scalable targets, of this table and others. Default: nothing scales."""
    most = {(each["ResourceId"], each["ScalableDimension"]): int(each["MaxCapacity"]) for each in scaling}
    on_demand = is_on_demand(table)

    def ceiling(part: Described, index: str | None) -> Ceiling:
        found = (on_demand_ceiling(part, each) if on_demand else most.get(scaled(table["TableName"], index, each)) for each in ACCESSES)
        return Ceiling(*found)

    own = ceiling(table, None)
    indexes = {str(each["IndexName"]): ceiling(each, each["IndexName"]) for each in table.get("GlobalSecondaryIndexes") or ()}
    make = Billing.on_demand if on_demand else Billing.provisioned
    return make(max_reads_per_second=own.reads_per_second, max_writes_per_second=own.writes_per_second, indexes=indexes)


def replicas_from(table: Described, region: str) -> tuple[str, ...]:
    """The other regions, where changes arrive later. A strongly consistent table has none: nothing measures its replication."""
    if table.get("MultiRegionConsistency") == "STRONG":
        return ()
    return tuple(sorted({str(each["RegionName"]) for each in table.get("Replicas") or ()} - {region}))


def is_on_demand(table: Described) -> bool:
    """A table that was never on demand has no summary (API reference, TableDescription)."""
    return block(table, "BillingModeSummary").get("BillingMode") == "PAY_PER_REQUEST"


def on_demand_ceiling(described: Described, access: Access) -> int | None:
    """Of a table or an index. None: there is none, which DynamoDB says as -1 (API reference, OnDemandThroughput)."""
    units = int(block(described, "OnDemandThroughput").get(f"Max{access}RequestUnits", -1))
    return units if units > 0 else None


def scaled(table: str, index: str | None, access: Access) -> tuple[str, str]:
    """Resource and dimension, as Application Auto Scaling names them (API reference, RegisterScalableTarget)."""
    kind, path = ("index", f"/index/{index}") if index else ("table", "")
    return f"table/{table}{path}", f"dynamodb:{kind}:{access}CapacityUnits"


def block(described: Described, name: str) -> Described:
    """A part of a description; empty where it is not there."""
    return cast("Described", described.get(name) or {})


def function_name(arn: str) -> str:
    """ "arn:aws:lambda:eu-west-1:123456789012:function:api:live" -> "api"."""
    return arn.partition(":function:")[2].partition(":")[0] or arn


def _key(schema: Sequence[Mapping[str, str]]) -> KeyDefinition:
    names = {each["KeyType"]: each["AttributeName"] for each in reversed(schema)}
    return KeyDefinition(names["HASH"], names.get("RANGE"))


def _known_tables(account: Account) -> str:
    try:
        names = list(account.pages("dynamodb", "ListTables", "TableNames"))
    except CallRefused:
        return "Give the name of a deployed table, and its region with --region."
    return f"It has: {', '.join(names)}." if names else "It has none: give another --region or --profile."


def _mappings(account: Account, table: Described) -> Iterator[Mapped]:
    if not (stream := table.get("LatestStreamArn")):
        return
    for described in account.pages("lambda", "ListEventSourceMappings", "EventSourceMappings", EventSourceArn=stream):
        queue = _failure_queue(described)
        yield Mapped(described, queue, _queue(account, queue) if queue else None)


def _failure_queue(described: Described) -> str | None:
    """Name of the queue that failures go to, of a mapping or of a function's asynchronous events. None: there is none, or it is no queue."""
    to = str(block(block(described, "DestinationConfig"), "OnFailure").get("Destination") or "")
    return to.rsplit(":", 1)[1] if to.split(":")[2:3] == ["sqs"] else None


def _events_queue(account: Account, function: str) -> str | None:
    try:
        return _failure_queue(account.ask("lambda", "GetFunctionEventInvokeConfig", FunctionName=function))
    except CallRefused:
        return None


def _scaling(account: Account, table: Described) -> tuple[Described, ...]:
    """Nothing of a table on demand: targets that somebody left behind scale nothing there."""
    if is_on_demand(table):
        return ()
    try:
        return tuple(account.pages("application-autoscaling", "DescribeScalableTargets", "ScalableTargets", ServiceNamespace="dynamodb"))
    except CallRefused:
        return ()


def _queue(account: Account, name: str) -> Described | None:
    try:
        url = account.ask("sqs", "GetQueueUrl", QueueName=name)["QueueUrl"]
        return {**account.ask("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"], "QueueUrl": url}
    except CallRefused:
        return None


def _functions(account: Account, table: str, consumers: set[str]) -> Iterator[Described]:
    """Consumers of the stream, and those whose environment names the table. Of the environment only the schema's fingerprint is kept: any
    other value may be secret.
    """
    for described in account.pages("lambda", "ListFunctions", "Functions"):
        environment = block(block(described, "Environment"), "Variables")
        if described["FunctionName"] in consumers or environment.get(TABLE_NAME) == table:
            kept = {name: value if name == SCHEMA_FINGERPRINT else "" for name, value in environment.items()}
            yield {**described, "Environment": {"Variables": kept}}


def _has_url(account: Account, function: str) -> bool:
    try:
        account.ask("lambda", "GetFunctionUrlConfig", FunctionName=function)
    except CallRefused:
        return False
    return True


def _alarms(account: Account, watched: set[str]) -> tuple[tuple[Described, ...], tuple[Described, ...]]:
    """Alarms over a metric with one of these names in its dimensions or query, and the composites that ask for one of them."""
    kinds: dict[str, list[Described]] = {"MetricAlarms": [], "CompositeAlarms": []}
    for kind in kinds:
        asked = {"AlarmTypes": [kind.removesuffix("s")], "PaginationConfig": {"PageSize": MOST_DESCRIBED}}
        kinds[kind] = list(account.pages("cloudwatch", "DescribeAlarms", kind, **asked))
    alarms = tuple(each for each in kinds["MetricAlarms"] if watched & set(_named_in(each)))
    names = {str(each["AlarmName"]) for each in alarms}
    composites: list[Described] = []
    waiting = kinds["CompositeAlarms"]
    while more := [each for each in waiting if names & set(_children(each["AlarmRule"]))]:
        composites += more
        names |= {str(each["AlarmName"]) for each in more}
        waiting = [each for each in waiting if each not in more]
    return alarms, tuple(composites)


def _children(rule: str) -> Iterable[str]:
    try:
        return children_of(rule)
    except MonitoringError:
        return ()


def _named_in(alarm: Described) -> Iterator[str]:
    """Values of dimensions, and the texts between quotes of a Metrics Insights query."""
    stats = [alarm, *(query.get("MetricStat", {}).get("Metric", {}) for query in alarm.get("Metrics") or ())]
    for stat in stats:
        yield from (each["Value"] for each in stat.get("Dimensions") or ())
    for query in alarm.get("Metrics") or ():
        yield from str(query.get("Expression", "")).split("'")[1::2]


def _generated(name: str) -> bool:
    return f" {severity_of(name)}: " in name
