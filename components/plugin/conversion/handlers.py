"""The functions of an application."""

from collections.abc import Sequence
from typing import Any, cast

import pulumi

from components.errors import InvalidArgument
from components.functions.delivery import Delivery, Start
from components.functions.invocation import Asynchronous
from components.functions.logs import LogFormat, Logs
from components.functions.source import Source
from components.handlers import Handler
from components.permissions.access import Access
from components.permissions.limits import Limits
from components.plugin.conversion.plain import Transforms, moment, only, taken, texts, transforms
from components.plugin.refusals import refusing
from components.plugin.shapes import handlers as shapes
from singletable.definition import PatternDefinition, TableDefinition

AS_THEY_ARE = (
    "description",
    "memory_mb",
    "timeout_seconds",
    "log_retention_days",
    "runtime",
    "pattern_metrics",
    "layers",
    "tracing",
    "reserved_concurrency",
)
DELIVERY_AS_IT_IS = (
    "batch_size",
    "window_seconds",
    "parallelization",
    "bisect",
    "retries",
    "maximum_age_seconds",
    "partial_failures",
    "tumbling_window_seconds",
    "filter_key_arn",
    "enabled",
)


def handler(label: str, given: shapes.Handler, declared: TableDefinition) -> Handler:
    path = f"handlers.{label}"
    environment = {**given.get("environment", {})}
    environment |= {name: pulumi.Output.secret(value) for name, value in given.get("secrets", {}).items()}
    stream = given.get("stream")
    with refusing(f"{path}.permissions"):
        plain = cast("Sequence[shapes.Permission]", given.get("permissions", ()))
        permissions = [
            Access(each["sid"], list(each["actions"]), list(each["resources"]), **taken(each, "condition", "why")) for each in plain
        ]
    with refusing(f"{path}.patterns"):
        patterns = _patterns(given["patterns"], declared) if "patterns" in given else None
    return Handler(
        given["handler"],
        patterns=patterns,
        stream=None if stream is None else {"version": 1, "filters": stream.get("filters", []), "view_type": declared.stream_view_type},
        url=given["url"].value if "url" in given else None,
        code=given["code"],
        environment=environment or None,
        access=permissions,
        recursion=None if stream is None else stream.get("recursion"),
    )


def handler_options(label: str, given: shapes.Handler, transform: Transforms) -> dict[str, Any]:
    """Arguments of PythonFunction or StreamConsumer beside those of a Handler."""
    path = f"handlers.{label}"
    arguments = taken(given, *AS_THEY_ARE) | texts(given, "architecture")
    if "limits" in given:
        with refusing(f"{path}.limits", given["limits"]):
            arguments["limits"] = Limits(**taken(given["limits"], "leading_keys", "attributes"))
    if "logs" in given:
        with refusing(f"{path}.logs", given["logs"]):
            arguments["logs"] = _logs(given["logs"])
    if "asynchronous" in given:
        with refusing(f"{path}.asynchronous", given["asynchronous"]):
            if "stream" in given:
                raise InvalidArgument("events that failed are those of a function that is called by others: a consumer has its own queue")
            arguments["asynchronous"] = _asynchronous(given["asynchronous"])
    stream = given.get("stream", {})
    if "delivery" in stream:
        with refusing(f"{path}.stream.delivery", stream["delivery"]):
            arguments["delivery"] = _delivery(f"{path}.stream.delivery", stream["delivery"])
    if "kinesis_arn" in stream:
        with refusing(f"{path}.stream.kinesisArn"):
            arguments["source"] = Source.kinesis(stream["kinesis_arn"])
    return {**arguments, "transform": transforms(transform)}


def _patterns(names: Sequence[str], declared: TableDefinition) -> list[PatternDefinition]:
    known = {pattern.name: pattern for pattern in declared.patterns}
    for name in names:
        if name not in known:
            raise InvalidArgument(f"the access pattern {name!r} is not declared: declared are {', '.join(known) or 'none'}")
    return [known[name] for name in names]


def _logs(given: shapes.Logs) -> LogFormat:
    if given.get("format") != shapes.LogForm.TEXT:
        return Logs.json(**texts(given, "level", "system_level"))
    only("plain lines", given, ("format",), "only lines of JSON are filtered")
    return Logs.text()


def _asynchronous(given: shapes.Asynchronous) -> Asynchronous:
    if given.get("dropped"):
        only("dropped", given, ("dropped",), "nothing is kept")
        return Asynchronous.dropped()
    options = taken(given, "retries", "maximum_age_seconds")
    if "topic_arn" not in given:
        return Asynchronous.to_queue(given["queue_arn"], **options) if "queue_arn" in given else Asynchronous.parked(**options)
    if "queue_arn" in given:
        raise InvalidArgument("queue_arn and topic_arn are given: events that failed go to one place")
    return Asynchronous.to_topic(given["topic_arn"], **options)


def _delivery(path: str, given: shapes.Delivery) -> Delivery:
    arguments = taken(given, *DELIVERY_AS_IT_IS)
    if "start" in given:
        with refusing(f"{path}.start", given["start"]):
            arguments["start"] = _start(given["start"])
    return Delivery(**arguments)


def _start(given: shapes.Start) -> Start:
    match shapes.StartPosition(given["position"]):
        case shapes.StartPosition.LATEST:
            only("LATEST", given, ("position", "because"), "it begins with what is written next")
            return Start.latest(given.get("because", ""))
        case shapes.StartPosition.AT_TIMESTAMP:
            only("AT_TIMESTAMP", given, ("position", "moment"), "it begins at a moment")
            return Start.at(moment("moment", given.get("moment", "")))
        case shapes.StartPosition.TRIM_HORIZON:
            only("TRIM_HORIZON", given, ("position",), "it begins with the oldest change")
            return Start.trim_horizon()
