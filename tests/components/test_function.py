"""What a function refuses before anything is registered; what is registered is in test_stack."""

import asyncio
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from pulumi import Archive, FileArchive, Output

from app import api, model
from components import PythonFunction, StreamConsumer
from components.errors import InvalidArgument
from components.functions.consumer_arguments import LONGEST_FILTER, MAPPING, mapping_arguments
from components.functions.delivery import MAXIMUM_AGE_SECONDS
from components.functions.function_arguments import (
    CHECKS,
    LONGEST_DESCRIPTION,
    LONGEST_HANDLER,
    MEMORY_MB,
    OLDEST_MINOR,
    RETENTION_DAYS,
    RUNTIMES,
    TIMEOUT_SECONDS,
    check_function,
)
from components.functions.logs import Logs
from components.functions.stream import RETENTION_SECONDS
from components.permissions.limits import Limits
from components.transform import checked, transformed
from monitoring.commands.subject import API_TIMEOUT_SECONDS, CONSUMER_TIMEOUT_SECONDS
from singletable.definition import VIEW_TYPE, StreamDefinition, TableDefinition

GOOD: dict[str, Any] = {
    "handler": "app.api.handler",
    "patterns": api.patterns,
    "environment": {"TOPIC_ARN": "arn"},
}
LAMBDA = botocore.session.get_session().get_service_model("lambda")
DAY_SECONDS = 24 * 3600
ROOT = Path(__file__).parents[2]


TABLE = model.table.definition()


def test_a_good_function_passes_and_registers_nothing() -> None:
    """No program runs here, so that a registration would fail."""
    check_function("api", GOOD, TABLE)
    check_function("api", {**GOOD, "limits": Limits(attributes=True), "url": "NONE", "reserved_concurrency": 0}, TABLE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"handler": "handler"}, "the handler is 'handler': package.module.function is needed"),
        ({"handler": "app/api.handler.x"}, "the handler is 'app/api.handler.x': package.module.function is needed"),
        ({"url": "aws_iam"}, "the url is 'aws_iam': AWS_IAM (signed requests), NONE (everybody) or nothing (no URL) is allowed"),
        ({"memory_mb": 127}, "memory_mb is 127: 128 to 10240 is allowed"),
        ({"memory_mb": 10_241}, "memory_mb is 10241: 128 to 10240 is allowed"),
        ({"timeout_seconds": 0}, "timeout_seconds is 0: 1 to 900 is allowed"),
        ({"timeout_seconds": 901}, "timeout_seconds is 901: 1 to 900 is allowed"),
        ({"log_retention_days": 2}, f"log_retention_days is 2: allowed are {', '.join(map(str, RETENTION_DAYS))}"),
        ({"runtime": "nodejs22.x"}, "the runtime is 'nodejs22.x': allowed are python3.11, python3.12, python3.13"),
        (
            {"handler": f"app.{'x' * 120}.handler"},
            f"the handler is 'app.{'x' * 120}.handler': up to 128 characters without spaces are allowed",
        ),
        ({"handler": None}, "the handler is None: package.module.function is needed"),
        ({"code": "app.zip"}, "the code is of type str: give an archive, such as pulumi.FileArchive(path)"),
        ({"patterns": api}, "the patterns are of type module: give patterns_of(...) what uses the table, or a list of patterns"),
        ({"access": "sns:Publish"}, "the access is of type str: give a list of Access(...)"),
        ({"access": ["sns:Publish"]}, "one of the access is of type str: give Access(...), such as topic.publishing"),
        ({"environment": ["TOPIC_ARN"]}, "the environment is of type list: give a value for each name"),
        ({"description": "x" * 257}, "the description has 257 characters: up to 256 are allowed"),
        ({"log_retention_days": True}, f"log_retention_days is True: allowed are {', '.join(map(str, RETENTION_DAYS))}"),
        ({"pattern_metrics": "on"}, "pattern_metrics is 'on': True or False is allowed"),
        ({"architecture": "arm"}, "the architecture is 'arm': allowed are arm64, x86_64"),
        ({"code": FileArchive("x.zip"), "architecture": "arm"}, "the architecture is 'arm': allowed are arm64, x86_64"),
        ({"runtime": "python3.10"}, "the runtime is 'python3.10': allowed are python3.11, python3.12, python3.13"),
        (
            {"environment": {"STAGE": "dev", "TABLE_NAME": "x"}},
            "the environment sets TABLE_NAME, which is the table's: give another table, or call the variable something else",
        ),
    ],
)
def test_one_thing_wrong(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^{re.escape(message)}"):
        check_function("api", {**GOOD, **change}, TABLE)


@pytest.mark.parametrize("name", ["", "my function", "api/v2", "a" * 60, None])
def test_names_that_no_function_or_role_can_have(name: Any) -> None:
    """CreateFunction and CreateRole: up to 64 letters, digits, dashes and underscores."""
    with pytest.raises(InvalidArgument, match=r"^a function is called .*: up to 59 letters, digits, dashes and underscores are allowed"):
        check_function(name, GOOD, TABLE)
    check_function("a" * 59, GOOD, TABLE)


def test_metrics_that_would_be_left_out_of_the_log() -> None:
    with pytest.raises(InvalidArgument, match=r"^pattern_metrics is on, and the level of the logs is WARN: the metrics are lines of INFO"):
        check_function("api", {**GOOD, "pattern_metrics": True, "logs": Logs.json(level="WARN")}, TABLE)
    for logs in (None, Logs.text(), Logs.json(level="DEBUG"), Logs.json(system_level="WARN")):
        check_function("api", {**GOOD, "pattern_metrics": True, "logs": logs}, TABLE)
    check_function("api", {**GOOD, "logs": Logs.json(level="WARN")}, TABLE)


def test_a_pattern_that_cannot_be_limited_is_found_before_anything_is_registered() -> None:
    elsewhere = TableDefinition(key=TABLE.key, indexes=TABLE.indexes, ttl=TABLE.ttl, entities=(), patterns=())
    with pytest.raises(InvalidArgument, match=r"which the table does not declare: nothing says which keys it uses"):
        check_function("api", {**GOOD, "limits": Limits()}, elsewhere)


def test_every_argument_that_is_no_resource_is_checked_by_the_component() -> None:
    """What PythonFunction takes and check_function never looks at is named here, with its reason."""
    taken = set(inspect.signature(PythonFunction).parameters)
    elsewhere = {"name", "opts", "tags"} | {"table", "transform"}  # the engine's; checks of their own
    assert taken - elsewhere == set(CHECKS) | {"handler", "patterns", "runtime", "architecture"}


def test_bounds_are_within_the_service_s() -> None:
    assert LAMBDA.shape_for("Handler").metadata["max"] == LONGEST_HANDLER
    assert LAMBDA.shape_for("Description").metadata["max"] == LONGEST_DESCRIPTION
    assert LAMBDA.shape_for("Pattern").metadata["max"] == LONGEST_FILTER
    memory, timeout = LAMBDA.shape_for("MemorySize").metadata, LAMBDA.shape_for("Timeout").metadata
    assert memory["min"] == MEMORY_MB.start and MEMORY_MB.stop - 1 <= memory["max"]
    assert timeout["min"] == TIMEOUT_SECONDS.start and TIMEOUT_SECONDS.stop - 1 <= timeout["max"]
    assert set(LAMBDA.shape_for("Runtime").enum) >= set(RUNTIMES)
    assert RUNTIMES[:3] == ("python3.11", "python3.12", "python3.13")
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert needed == f">=3.{OLDEST_MINOR}"
    documented = botocore.session.get_session().get_service_model("logs").shape_for("Days").documentation
    (listed,) = re.findall(r"Possible values are: (.*?)\.<", documented)
    assert tuple(int(number) for number in re.findall(r"\d+", listed)) == RETENTION_DAYS


def test_mapping_of_a_stream() -> None:
    made = mapping_arguments(StreamDefinition(({"eventName": ["MODIFY"]},)), VIEW_TYPE)

    assert made == {**MAPPING, "filter_criteria": {"filters": [{"pattern": '{"eventName": ["MODIFY"]}'}]}}
    assert made["starting_position"] in LAMBDA.shape_for("EventSourcePosition").enum
    assert set(made["function_response_types"]) <= set(LAMBDA.shape_for("FunctionResponseType").enum)
    assert set(made["metrics_config"]["metrics"]) <= set(LAMBDA.shape_for("EventSourceMappingMetric").enum)
    assert made["maximum_record_age_in_seconds"] == MAXIMUM_AGE_SECONDS < DAY_SECONDS
    assert 5 <= made["maximum_retry_attempts"] <= 10
    assert RETENTION_SECONDS == 14 * DAY_SECONDS


def test_no_filter_lets_everything_through() -> None:
    assert "filter_criteria" not in mapping_arguments(StreamDefinition(()), VIEW_TYPE)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (
            StreamDefinition((), "KEYS_ONLY"),
            "the handlers need a stream of KEYS_ONLY, the table's has NEW_AND_OLD_IMAGES: declare both alike",
        ),
        (
            StreamDefinition(({"eventName": ["MODIFY"]},) * 11),
            "the stream has 11 filters, one mapping takes 10: let fewer entities and events share one function",
        ),
        (
            StreamDefinition(({"eventName": ["x" * 4_096]},)),
            "one of the stream's filters has 4,115 characters, 4,096 are allowed: let fewer entities share one function",
        ),
    ],
)
def test_streams_that_no_mapping_can_serve(stream: StreamDefinition, message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        mapping_arguments(stream, VIEW_TYPE)
    assert str(caught.value) == message


@pytest.mark.parametrize("known", [True, False])
def test_an_archive_may_be_an_output(known: bool) -> None:
    async def check() -> None:
        answers = [asyncio.get_running_loop().create_future() for _ in range(3)]
        for answer, value in zip(answers, (set[Any](), FileArchive("x.zip") if known else None, known), strict=True):
            answer.set_result(value)
        code: Output[Archive] = Output(*answers)
        check_function("api", {"handler": "index.handler", "runtime": "nodejs22.x", "code": code}, TABLE)

    asyncio.run(check())


def test_a_transform_sets_or_computes() -> None:
    arguments = {"a": 1, "b": 2}

    assert transformed({"role": {"b": 3}}, "role", arguments) == {"a": 1, "b": 3}
    assert transformed({"role": lambda given: {"a": given["a"] + 1}}, "role", arguments) == {"a": 2}
    assert transformed({"role": {"b": 3}}, "function", arguments) == arguments == {"a": 1, "b": 2}


def test_a_transform_of_an_unknown_child() -> None:
    assert checked("X 'y'", None, {"role": None}) == {}
    with pytest.raises(InvalidArgument, match=r"^X 'y' has no 'rule' to transform: it has role, policy$"):
        checked("X 'y'", {"rule": {}}, {"role": None, "policy": None})


def test_the_tools_assume_the_time_limits_that_the_components_set() -> None:
    """Monitoring cannot import components: what its commands take for a stack that nobody described is held here."""

    def default(component: type) -> object:
        return inspect.signature(component).parameters["timeout_seconds"].default

    assert (default(PythonFunction), default(StreamConsumer)) == (API_TIMEOUT_SECONDS, CONSUMER_TIMEOUT_SECONDS)
