"""The metrics of a table, its indexes, patterns, functions, mappings and queues: each by the dimensions that it really has."""

from collections.abc import Iterable, Mapping
from typing import Literal

from monitoring.catalogue.dynamodb import NAMESPACE as DYNAMODB
from monitoring.catalogue.functions import NAMESPACE as LAMBDA
from monitoring.catalogue.messages import QUEUES as SQS
from monitoring.metrics import Expression, Metric, Source
from monitoring.names import Name
from monitoring.operations import OPERATIONS, operation_id
from singletable import metered

Access = Literal["Read", "Write"]
Cause = Literal["", "KeyRangeThroughput", "ProvisionedThroughput", "MaxOnDemandThroughput", "AccountLimit"]

ACCESSES: tuple[Access, Access] = ("Read", "Write")
CAUSES: tuple[Cause, ...] = ("KeyRangeThroughput", "ProvisionedThroughput", "MaxOnDemandThroughput", "AccountLimit")

ANCHOR = "c"
"""The id of the anchor in every formula that has one."""


def of_table(name: str, table: Name, *, index: str | None = None, statistic: str = "Sum", period_seconds: int = 60) -> Metric:
    """A metric of the table itself, or of one index: neither includes the other."""
    dimensions: dict[str, Name] = {"TableName": table} | ({"GlobalSecondaryIndexName": index} if index else {})
    return Metric(DYNAMODB, name, dimensions, statistic, period_seconds)


def of_operation(name: str, table: Name, operation: str, statistic: str = "Sum", period_seconds: int = 60) -> Metric:
    return Metric(DYNAMODB, name, {"TableName": table, "Operation": operation}, statistic, period_seconds)


def throttled_requests(table: Name, operation: str) -> Metric:
    """Requests of one operation that were refused, a minute."""
    return of_operation("ThrottledRequests", table, operation)


def system_errors(table: Name, operation: str) -> Metric:
    return of_operation("SystemErrors", table, operation)


def latency(table: Name, operation: str, statistic: str = "p99") -> Metric:
    """Milliseconds inside DynamoDB of served requests. Their number is its SampleCount."""
    return of_operation("SuccessfulRequestLatency", table, operation, statistic)


def of_all_operations(name: str, table: Name) -> Expression:
    """The sum of a metric over every operation of the table, those of tomorrow too, as a Metrics Insights query. A gap means 0.

    A query may stand in metric math in an alarm (CloudWatch user guide, "Create a Metrics Insights alarm"), and without the fill an alarm
    on AWS/DynamoDB might keep its state in silence.
    """
    dimensions = of_operation(name, table, OPERATIONS[0]).dimensions
    # A name with a quote in it, which no table has, is refused by the query's own reader.
    text = f"SELECT SUM({name}) FROM SCHEMA(\"{DYNAMODB}\", {', '.join(dimensions)}) WHERE TableName = '{table}'"  # noqa: S608
    return Expression("FILL(all,0)", {"all": Expression(text, {}, period_seconds=60)})


def served(table: Name, operations: Iterable[str], period_seconds: int = 60) -> dict[str, Metric]:
    """Requests that were served, by the id of their operation."""
    return {operation_id(each): of_operation("SuccessfulRequestLatency", table, each, "SampleCount", period_seconds) for each in operations}


def throttle_events(table: Name, access: Access, *, index: str | None = None, cause: Cause = "") -> Metric:
    return of_table(f"{access}{cause}ThrottleEvents", table, index=index)


def consumed(table: Name, access: Access, *, index: str | None = None, period_seconds: int = 60) -> Metric:
    """Units used in a period."""
    return of_table(f"Consumed{access}CapacityUnits", table, index=index, period_seconds=period_seconds)


def anchor(table: Name) -> Metric:
    """A metric that has a point every minute, without traffic too. Added as 0 * c it keeps a formula alive when all else is silent."""
    return consumed(table, "Write")


def of_replica(name: str, table: Name, region: str, statistic: str = "Maximum") -> Metric:
    """A metric of the copy of changes to another region, which has a point every 5 minutes."""
    return Metric(DYNAMODB, name, {"TableName": table, "ReceivingRegion": region}, statistic, 300)


def of_pattern(name: str, table: Name, pattern: str, statistic: str = "Sum") -> Metric:
    """A metric that the functions publish of an access pattern, where they do (`FunctionSubject.pattern_metrics`)."""
    return Metric(metered.NAMESPACE, name, {metered.TABLE: table, metered.PATTERN: pattern}, statistic)


def use_of_pattern(table: Name, pattern: str) -> dict[str, Metric]:
    """All that is shown of an access pattern: calls, their p99, read and write units, refused calls."""
    return {
        "calls": of_pattern(metered.LATENCY, table, pattern, "SampleCount"),
        "p99": of_pattern(metered.LATENCY, table, pattern, "p99"),
        "read": of_pattern(metered.READ_UNITS, table, pattern),
        "write": of_pattern(metered.WRITE_UNITS, table, pattern),
        "refused": of_pattern(metered.REFUSED, table, pattern),
    }


def of_function(name: str, function: Name, statistic: str = "Sum") -> Metric:
    return Metric(LAMBDA, name, {"FunctionName": function}, statistic)


LEAST_FAILED = 3
"""Failed requests a minute below which their share means nothing: one of two is half of the requests and one caller."""


def failed_share(function: Name) -> Expression:
    """Percent of the requests to a function's URL that were answered with HTTP 5xx or refused for lack of concurrency, by the minute.

    0 where there were fewer than LEAST_FAILED.
    """
    failed = "(FILL(failed,0) + FILL(refused,0) + 0*requests)"
    return Expression(
        f"IF({failed} >= {LEAST_FAILED}, 100*{failed}/requests, 0)",
        {
            "failed": of_function("Url5xxCount", function),
            "refused": of_function("Throttles", function),
            "requests": of_function("UrlRequestCount", function),
        },
    )


def of_mapping(name: str, mapping: Name, period_seconds: int = 60) -> Metric:
    return Metric(LAMBDA, name, {"EventSourceMappingUUID": mapping}, "Sum", period_seconds)


def of_queue(name: str, queue: Name, statistic: str = "Maximum") -> Metric:
    return Metric(SQS, name, {"QueueName": queue}, statistic)


def per_second(metric: Metric, name: str, label: str | None = None) -> Expression:
    """The rate of a summed metric: stays right when a chart chooses a longer period."""
    return Expression(f"{name}/PERIOD({name})", {name: metric}, label)


def filled_sum(metrics: Mapping[str, Metric], anchored: Metric | None = None, label: str | None = None) -> Expression:
    """FILL(a,0) + FILL(b,0) ..., where a gap of each metric means that nothing happened."""
    terms = [f"FILL({name},0)" for name in metrics]
    inputs: dict[str, Source] = dict(metrics)
    if anchored:
        terms.append(f"0*{ANCHOR}")
        inputs[ANCHOR] = anchored
    return Expression(" + ".join(terms), inputs, label)
