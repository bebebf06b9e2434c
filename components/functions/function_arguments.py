"""What a function may be given. Nothing is registered here, so that a whole stack can be checked before its first resource is."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, cast, get_args

import pulumi
import pulumi_aws as aws

from components.bundle.packaging import ARCHITECTURE, PLAIN, RUNTIME, Packaging, Target
from components.checks import check_whole
from components.errors import InvalidArgument
from components.functions.environment import check_environment
from components.functions.invocation import Asynchronous
from components.functions.logs import ABOVE_INFO, JsonLogs, LogFormat, TextLogs
from components.permissions.access import Access, log_access, table_access
from components.permissions.limits import Limits
from components.permissions.policy_size import SHORTEST_TABLE_ARN, check_statements
from singletable.definition import PatternDefinition, TableDefinition, definition_of
from singletable.grants import AnyPattern
from singletable.patterns import Pattern

UrlAuthorization = Literal["AWS_IAM", "NONE"]
OLDEST_MINOR = 11
"""Of Python 3: what the kit in the bundle needs."""
_MINORS = (value.removeprefix("python3.") for value in aws.lambda_.Runtime if value.startswith("python3."))
RUNTIMES = tuple(f"python3.{minor}" for minor in sorted(map(int, _MINORS)) if minor >= OLDEST_MINOR)
ALL_RUNTIMES = tuple(str(each.value) for each in aws.lambda_.Runtime)
MEMORY_MB = range(128, 10_241)
TIMEOUT_SECONDS = range(1, 901)
MOST_LAYERS = 5
LONGEST_HANDLER, LONGEST_DESCRIPTION = 128, 256
"""Characters that CreateFunction takes."""
RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""What PutRetentionPolicy takes."""

LONGEST_NAME = 59
"""A role's name has up to 64 characters, as a function's has, and "-role" is added."""
_NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}")
_LAYER = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+")


def check_function(name: str, arguments: Mapping[str, Any], table: TableDefinition) -> None:
    """name: of the component. arguments: those of PythonFunction by name; what is left out has its default. table: of the declaration whose
    patterns they are.

    What the bundle takes is not looked into. Raises InvalidArgument, and PolicyTooLarge.
    """
    _check_name(name)
    for argument, check in CHECKS.items():
        if argument in arguments:
            check(arguments[argument])
    bundled = arguments.get("code") is None
    runtime, architecture = arguments.get("runtime", RUNTIME), arguments.get("architecture", ARCHITECTURE)
    _check_handler(arguments.get("handler"), bundled=bundled)
    _check_runtime(runtime, bundled=bundled)
    Target(runtime if bundled else RUNTIME, architecture)
    if not bundled and arguments.get("packaging", PLAIN) != PLAIN:
        raise InvalidArgument("code is given, and packaging too: an archive that is ready is not packaged, so leave one of them out")
    logs = cast("LogFormat | None", arguments.get("logs"))
    if arguments.get("pattern_metrics") and isinstance(logs, JsonLogs) and logs.level in ABOVE_INFO:
        raise InvalidArgument(
            f"pattern_metrics is on, and the level of the logs is {logs.level}: the metrics are lines of INFO, which would be left out; give "
            "Logs.json(level='INFO'), or switch one of them off"
        )
    _check_policy(arguments, table)


def _check_policy(arguments: Mapping[str, Any], table: TableDefinition) -> None:
    """What a transform makes of it is only known when it is deployed."""
    patterns, limits = pattern_definitions(arguments.get("patterns", ())), cast("Limits | None", arguments.get("limits"))
    conditions = limits.conditions(patterns, table) if limits else None
    accesses = [log_access(""), *table_access(patterns, SHORTEST_TABLE_ARN, conditions), *arguments.get("access", ())]
    if "policy" not in (arguments.get("transform") or {}):
        check_statements(accesses)


def pattern_definition(pattern: Pattern | PatternDefinition) -> PatternDefinition:
    # Every declared pattern is of one of the kinds that AnyPattern lists; the class they share says less.
    return pattern if isinstance(pattern, PatternDefinition) else definition_of(cast(AnyPattern, pattern))


def pattern_definitions(patterns: Iterable[Pattern | PatternDefinition]) -> tuple[PatternDefinition, ...]:
    """Raises InvalidArgument for anything but a list of declared patterns."""
    if not isinstance(cast("object", patterns), Iterable):
        what = patterns.__name__ if isinstance(patterns, type) else f"of type {type(patterns).__name__}"
        raise InvalidArgument(f"the patterns are {what}: give patterns_of(...) what uses the table, or a list of patterns")
    given = tuple(patterns)
    for each in given:
        if not isinstance(cast("object", each), Pattern | PatternDefinition):
            raise InvalidArgument(f"one of the patterns is of type {type(each).__name__}: give patterns_of(...) what uses the table")
    return tuple(map(pattern_definition, given))


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidArgument(
            f"a function is called {name!r}: up to {LONGEST_NAME} letters, digits, dashes and underscores are allowed, because its role is called "
            "NAME-role"
        )


def _check_handler(handler: object, *, bundled: bool) -> None:
    if not isinstance(handler, str) or not handler:
        raise InvalidArgument(f"the handler is {handler!r}: package.module.function is needed")
    parts = handler.split(".")
    if bundled and (len(parts) < 3 or not all(part.isidentifier() for part in parts)):
        raise InvalidArgument(f"the handler is {handler!r}: package.module.function is needed")
    if len(handler) > LONGEST_HANDLER or re.search(r"\s", handler):
        raise InvalidArgument(f"the handler is {handler!r}: up to {LONGEST_HANDLER} characters without spaces are allowed")


def _check_runtime(runtime: object, *, bundled: bool) -> None:
    allowed = RUNTIMES if bundled else ALL_RUNTIMES
    if runtime not in allowed:
        raise InvalidArgument(f"the runtime is {runtime!r}: allowed are {', '.join(allowed)}")


def _check_code(code: object) -> None:
    if not isinstance(code, pulumi.Archive | pulumi.Output | None):
        raise InvalidArgument(f"the code is of type {type(code).__name__}: give an archive, such as pulumi.FileArchive(path)")


def _check_variables(environment: object) -> None:
    if not isinstance(environment, Mapping | None):
        raise InvalidArgument(f"the environment is of type {type(environment).__name__}: give a value for each name")
    check_environment(cast("Mapping[str, Any]", environment or {}))


def _check_access(access: object) -> None:
    if not isinstance(access, Sequence) or isinstance(access, str):
        raise InvalidArgument(f"the access is of type {type(access).__name__}: give a list of Access(...)")
    for each in cast("Sequence[object]", access):
        if not isinstance(each, Access):
            raise InvalidArgument(f"one of the access is of type {type(each).__name__}: give Access(...), such as topic.publishing")


def _check_url(url: object) -> None:
    if url is not None and url not in get_args(UrlAuthorization):
        raise InvalidArgument(f"the url is {url!r}: AWS_IAM (signed requests), NONE (everybody) or nothing (no URL) is allowed")


def _check_description(description: object) -> None:
    if isinstance(description, str) and len(description) > LONGEST_DESCRIPTION:
        raise InvalidArgument(f"the description has {len(description)} characters: up to {LONGEST_DESCRIPTION} are allowed")


def _check_memory(memory_mb: object) -> None:
    check_whole("memory_mb", memory_mb, MEMORY_MB)


def _check_timeout(timeout_seconds: object) -> None:
    check_whole("timeout_seconds", timeout_seconds, TIMEOUT_SECONDS)


def _check_retention(log_retention_days: object) -> None:
    if isinstance(log_retention_days, bool) or log_retention_days not in RETENTION_DAYS:
        raise InvalidArgument(f"log_retention_days is {log_retention_days!r}: allowed are {', '.join(map(str, RETENTION_DAYS))}")


def _check_packaging(packaging: object) -> None:
    if not isinstance(packaging, Packaging):
        raise InvalidArgument(f"the packaging is of type {type(packaging).__name__}: give Packaging(...)")


def _check_layers(layers: object) -> None:
    if not isinstance(layers, Sequence) or isinstance(layers, str):
        raise InvalidArgument(f"the layers are {layers!r}: give a list of ARNs")
    given = cast("Sequence[object]", layers)
    if len(given) > MOST_LAYERS:
        raise InvalidArgument(f"there are {len(given)} layers: up to {MOST_LAYERS} are allowed")
    for layer in given:
        if isinstance(layer, str) and not _LAYER.fullmatch(layer):
            raise InvalidArgument(
                f"one of the layers is {layer!r}: an ARN with its version is needed, arn:aws:lambda:REGION:ACCOUNT:layer:NAME:1"
            )


def _check_limits(limits: object) -> None:
    if not isinstance(limits, Limits | None):
        raise InvalidArgument(f"the limits are of type {type(limits).__name__}: give Limits(...)")


def _check_logs(logs: object) -> None:
    if not isinstance(logs, JsonLogs | TextLogs | None):
        raise InvalidArgument(f"the logs are {logs!r}: give Logs.json(...) or Logs.text()")


def _check_tracing(tracing: object) -> None:
    if not isinstance(tracing, bool):
        raise InvalidArgument(f"tracing is {tracing!r}: True or False is allowed")


def _check_pattern_metrics(pattern_metrics: object) -> None:
    if not isinstance(pattern_metrics, bool):
        raise InvalidArgument(f"pattern_metrics is {pattern_metrics!r}: True or False is allowed")


def _check_concurrency(reserved: object) -> None:
    if reserved is not None and (not isinstance(reserved, int) or isinstance(reserved, bool) or reserved < 0):
        raise InvalidArgument(f"reserved_concurrency is {reserved!r}: a whole number from 0 is allowed, or nothing")


def _check_asynchronous(asynchronous: object) -> None:
    if not isinstance(asynchronous, Asynchronous | None):
        raise InvalidArgument(
            f"asynchronous is of type {type(asynchronous).__name__}: give Asynchronous.parked(), .to_queue(arn), .to_topic(arn) or .dropped()"
        )


CHECKS: Mapping[str, Callable[[object], None]] = {
    "code": _check_code,
    "environment": _check_variables,
    "access": _check_access,
    "url": _check_url,
    "description": _check_description,
    "memory_mb": _check_memory,
    "timeout_seconds": _check_timeout,
    "log_retention_days": _check_retention,
    "pattern_metrics": _check_pattern_metrics,
    "packaging": _check_packaging,
    "layers": _check_layers,
    "limits": _check_limits,
    "logs": _check_logs,
    "tracing": _check_tracing,
    "reserved_concurrency": _check_concurrency,
    "asynchronous": _check_asynchronous,
}
"""By the argument that each looks at alone."""
