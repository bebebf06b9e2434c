"""What a function refuses before anything is registered; what is registered is in test_stack."""

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from components import PythonFunction, StreamConsumer
from components.delivery import MAXIMUM_AGE_SECONDS
from components.errors import InvalidArgument
from components.function import MEMORY_MB, OLDEST_MINOR, RETENTION_DAYS, RUNTIMES, TIMEOUT_SECONDS, check_function
from components.stream import MAPPING, RETENTION_SECONDS, mapping_arguments
from components.transform import checked, transformed
from monitoring.commands.subject import API_TIMEOUT_SECONDS, CONSUMER_TIMEOUT_SECONDS
from singletable.definition import VIEW_TYPE, StreamDefinition

GOOD: dict[str, Any] = {
    "handler": "app.api.handler",
    "url": None,
    "memory_mb": 512,
    "timeout_seconds": 10,
    "log_retention_days": 30,
    "runtime": "python3.13",
    "environment": {"TOPIC_ARN": "arn"},
}
LAMBDA = botocore.session.get_session().get_service_model("lambda")
DAY_SECONDS = 24 * 3600
ROOT = Path(__file__).parents[2]


def test_a_good_function_passes() -> None:
    check_function(**GOOD)


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
        ({"runtime": "python3.10"}, "the runtime is 'python3.10': allowed are python3.11, python3.12, python3.13"),
        (
            {"environment": {"STAGE": "dev", "TABLE_NAME": "x"}},
            "the environment sets TABLE_NAME, which is the table's: give another table, or call the variable something else",
        ),
    ],
)
def test_one_thing_wrong(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^{re.escape(message)}"):
        check_function(**{**GOOD, **change})


def test_bounds_are_within_the_service_s() -> None:
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
            StreamDefinition(({"eventName": ["MODIFY"]},) * 6),
            "the stream has 6 filters, one mapping takes 5: let fewer entities and events share one function",
        ),
    ],
)
def test_streams_that_no_mapping_can_serve(stream: StreamDefinition, message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        mapping_arguments(stream, VIEW_TYPE)
    assert str(caught.value) == message


def test_a_transform_sets_or_computes() -> None:
    arguments = {"a": 1, "b": 2}

    assert transformed({"role": {"b": 3}}, "role", arguments) == {"a": 1, "b": 3}
    assert transformed({"role": lambda given: {"a": given["a"] + 1}}, "role", arguments) == {"a": 2}
    assert transformed({"role": {"b": 3}}, "function", arguments) == arguments == {"a": 1, "b": 2}


def test_a_transform_of_an_unknown_child() -> None:
    assert checked("X 'y'", None, ["role"]) == {}
    with pytest.raises(InvalidArgument, match=r"^X 'y' has no 'rule' to transform: it has role, policy$"):
        checked("X 'y'", {"rule": {}}, ["role", "policy"])


def test_the_tools_assume_the_time_limits_that_the_components_set() -> None:
    """Monitoring cannot import components: what its commands take for a stack that nobody described is held here."""

    def default(component: type) -> object:
        return inspect.signature(component).parameters["timeout_seconds"].default

    assert (default(PythonFunction), default(StreamConsumer)) == (API_TIMEOUT_SECONDS, CONSUMER_TIMEOUT_SECONDS)
