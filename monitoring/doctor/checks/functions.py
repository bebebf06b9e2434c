"""The functions that use the table: can they run, and what do they leave behind."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from monitoring.doctor.call import Call
from monitoring.doctor.check import Check, Found
from monitoring.doctor.examined import Examined
from monitoring.live.deployed import block

LONGEST_WAIT_SECONDS: Final = 60
"""For which clients of AWS wait for an answer unless told otherwise (AWS CLI user guide, --cli-read-timeout)."""
LOG_DAYS: Final = 30
"""The default of the components."""

DEPRECATED: Final[Mapping[str, date]] = {
    "nodejs14.x": date(2023, 12, 4),
    "python3.7": date(2023, 12, 4),
    "ruby2.7": date(2023, 12, 7),
    "go1.x": date(2024, 1, 8),
    "java8": date(2024, 1, 8),
    "provided": date(2024, 1, 8),
    "nodejs16.x": date(2024, 6, 12),
    "python3.8": date(2024, 10, 14),
    "dotnet6": date(2024, 12, 20),
    "nodejs18.x": date(2025, 9, 1),
    "python3.9": date(2025, 12, 15),
}
"""Runtime -> since when it is deprecated. Later dates move, and are left out. Source: Lambda developer guide, Lambda runtimes."""


def _stopped(examined: Examined) -> Iterator[Found]:
    for function in examined.deployed.functions:
        name = function["FunctionName"]
        reserved = examined.account.ask("lambda", "GetFunctionConcurrency", FunctionName=name).get("ReservedConcurrentExecutions")
        if reserved == 0:
            yield Found(name, "its reserved concurrency is 0", Call("lambda", "DeleteFunctionConcurrency", {"FunctionName": name}))


def _kept_for_ever(examined: Examined) -> Iterator[Found]:
    """A group that is not there yet will be made by Lambda, without a time: only what is there is judged."""
    for function in examined.deployed.functions:
        name = block(function, "LoggingConfig").get("LogGroup") or f"/aws/lambda/{function['FunctionName']}"
        for group in examined.account.pages("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=name):
            if group["logGroupName"] == name and "retentionInDays" not in group:
                keep = Call("logs", "PutRetentionPolicy", {"logGroupName": name, "retentionInDays": LOG_DAYS})
                yield Found(function["FunctionName"], f"the log group {name} keeps everything for ever", keep)


def _outdated(examined: Examined) -> Iterator[Found]:
    for function in examined.deployed.functions:
        runtime = function.get("Runtime") or ""
        since = DEPRECATED.get(runtime)
        if since and since <= examined.at.date():
            yield Found(function["FunctionName"], f"{runtime} is deprecated since {since:%d %b %Y}")


def _longer_than_anybody_waits(examined: Examined) -> Iterator[Found]:
    for function in examined.deployed.functions:
        if function["FunctionName"] in examined.deployed.http and function["Timeout"] > LONGEST_WAIT_SECONDS:
            yield Found(function["FunctionName"], f"it answers callers at a URL and may run for {function['Timeout']} s")


CHECKS: Final = (
    Check(
        "stopped-function",
        "error",
        "A function is switched off by its reserved concurrency.",
        "Every invocation is throttled; a consumer falls behind, and the stream forgets after 24 hours.",
        "Lambda developer guide, Configuring reserved concurrency for a function",
        "aws.lambda_.Function(reserved_concurrent_executions=...): leave it out, or above 0",
        _stopped,
    ),
    Check(
        "endless-logs",
        "warning",
        "Logs are never deleted.",
        "They are paid for every month, and what is personal in them stays.",
        "CloudWatch Logs user guide, Change log data retention",
        "PythonFunction(log_retention_days=30); what is older is deleted, which nothing brings back",
        _kept_for_ever,
    ),
    Check(
        "deprecated-runtime",
        "warning",
        "The runtime is deprecated.",
        "It gets no security patches, and one day a function on it can no longer be updated.",
        "Lambda developer guide, Lambda runtimes: Deprecated runtimes",
        "PythonFunction(runtime=...)",
        _outdated,
    ),
    Check(
        "long-answer",
        "note",
        "A function with a URL may run longer than callers wait.",
        "The caller has left and tries again while the first run still works and is paid for.",
        "AWS CLI user guide, Command line options: --cli-read-timeout",
        "PythonFunction(timeout_seconds=20)",
        _longer_than_anybody_waits,
    ),
)
