"""Options of a function beside handler and table: what each registers, and what is refused before anything is registered."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from components.bundle.packaging import Packaging, Target
from components.errors import InvalidArgument
from components.functions import environment, invocation
from components.functions.environment import check_environment
from components.functions.function import QUEUE_RETENTION_SECONDS
from components.functions.function_arguments import MOST_LAYERS
from components.functions.invocation import Asynchronous
from components.functions.logs import Level, Logs, SystemLevel
from local.deploy import DeployError
from tests.components.conftest import Stack, arn, document, run

LAMBDA = botocore.session.get_session().get_service_model("lambda")
HEAD = """
from components.functions.invocation import Asynchronous
from components.permissions.limits import Limits
from components.functions.logs import Logs
from components.bundle.packaging import Packaging
data = SingleTable("notes", table=definition)
"""


def function(project: Path, arguments: str) -> Stack:
    return run(project, f'{HEAD}PythonFunction("api", handler="notes.api.handler", table=data, patterns=[], {arguments})')


def inputs(stack: Stack) -> dict[str, Any]:
    return dict(stack.one("Function", "api").inputs)


def sids(stack: Stack) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in document(stack.one("RolePolicy", "api-policy"))["Statement"]}


def test_nothing_asked_for_nothing_sent(project: Path) -> None:
    """What an existing stack registers stays as it is."""
    stack = function(project, "asynchronous=Asynchronous.dropped()")
    assert not {"layers", "reservedConcurrentExecutions"} & inputs(stack).keys()
    assert inputs(stack)["loggingConfig"] == {"logFormat": "JSON", "logGroup": "/notes/dev/api"}
    assert [each.type for each in stack.resources if each.type.endswith(("EventInvokeConfig", "Queue"))] == []
    assert list(sids(stack)) == ["WriteLogs"]


def test_layers_concurrency_and_architecture(project: Path) -> None:
    layer = arn("lambda", "layer:numbers:7")
    found = inputs(function(project, f'layers=["{layer}"], reserved_concurrency=5, architecture="x86_64"'))
    assert (found["layers"], found["reservedConcurrentExecutions"], found["architectures"]) == ([layer], 5, ["x86_64"])


def test_concurrency_of_none_stops_it(project: Path) -> None:
    assert inputs(function(project, "reserved_concurrency=0"))["reservedConcurrentExecutions"] == 0


def test_tracing_that_is_off_is_said(project: Path) -> None:
    """CreateFunction, TracingConfig: Active or PassThrough. Left out of an update it stays what it was, and its rights would be gone."""
    assert inputs(function(project, ""))["tracingConfig"] == {"mode": "PassThrough"}
    assert {"Active", "PassThrough"} == set(botocore.session.get_session().get_service_model("lambda").shape_for("TracingMode").enum)


def test_tracing_comes_with_its_rights(project: Path) -> None:
    stack = function(project, "tracing=True")
    assert inputs(stack)["tracingConfig"] == {"mode": "Active"}
    assert sids(stack)["WriteTraces"] == {
        "Sid": "WriteTraces",
        "Effect": "Allow",
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Resource": ["*"],
    }


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ("Logs.json()", {"logFormat": "JSON"}),
        (
            'Logs.json(level="WARN", system_level="DEBUG")',
            {"logFormat": "JSON", "applicationLogLevel": "WARN", "systemLogLevel": "DEBUG"},
        ),
        ("Logs.text()", {"logFormat": "Text"}),
    ],
)
def test_logs(project: Path, logs: str, expected: dict[str, str]) -> None:
    assert inputs(function(project, f"logs={logs}"))["loggingConfig"] == {**expected, "logGroup": "/notes/dev/api"}


def test_levels_are_the_service_s() -> None:
    from typing import get_args

    assert set(get_args(Level)) == set(LAMBDA.shape_for("ApplicationLogLevel").enum)
    assert set(get_args(SystemLevel)) == set(LAMBDA.shape_for("SystemLogLevel").enum)


def test_failed_events_are_parked_in_a_queue_of_its_own(project: Path) -> None:
    stack = function(project, "asynchronous=Asynchronous.parked(retries=1, maximum_age_seconds=3600)")
    queue = stack.one("Queue", "api-failed-events")
    assert queue.inputs["messageRetentionSeconds"] == QUEUE_RETENTION_SECONDS == 14 * 24 * 3600
    assert stack.one("FunctionEventInvokeConfig", "api-events").inputs == {
        "functionName": stack.one("Function", "api").outputs["name"],
        "maximumRetryAttempts": 1,
        "maximumEventAgeInSeconds": 3600,
        "destinationConfig": {"onFailure": {"destination": queue.outputs["arn"]}},
    }
    assert sids(stack)["ReportFailedEvents"]["Action"] == ["sqs:SendMessage"]
    assert sids(stack)["ReportFailedEvents"]["Resource"] == [queue.outputs["arn"]]


@pytest.mark.parametrize(("arguments", "parks"), [("", True), ('url="AWS_IAM"', False), ('url="NONE"', False)])
def test_events_of_a_function_that_nobody_waits_for_are_parked(project: Path, arguments: str, parks: bool) -> None:
    """AWS Lambda developer guide, "Asynchronous invocation": after two retries Lambda discards the event. A URL is invoked synchronously."""
    stack = function(project, arguments)
    assert [each.name for each in stack.all("Queue")] == (["api-failed-events"] if parks else [])
    assert len(stack.all("FunctionEventInvokeConfig")) == len([sid for sid in sids(stack) if sid == "ReportFailedEvents"]) == int(parks)


def test_parked_events_are_watched_as_parked_changes_are(project: Path) -> None:
    stack = run(
        project,
        f"""{HEAD}
def function(name, **more):
    return PythonFunction(name, handler="notes.api.handler", table=data, patterns=[], **more)

Monitoring("notes", table=data, functions=[
    function("jobs"),
    function("mail", asynchronous=Asynchronous.to_queue("{arn("sqs", "elsewhere")}")),
    function("api", url="AWS_IAM"),
    function("forgetful", asynchronous=Asynchronous.dropped()),
])
""",
    )
    waiting = [each for each in stack.all("MetricAlarm") if each.inputs.get("metricName") == "ApproximateNumberOfMessagesVisible"]
    refused = [each for each in stack.all("MetricAlarm") if each.inputs.get("metricName") == "DestinationDeliveryFailures"]
    assert [each.inputs["dimensions"] for each in waiting] == [{"QueueName": stack.one("Queue", "jobs-failed-events").outputs["name"]}]
    assert [each.inputs["dimensions"] for each in refused] == [{"FunctionName": stack.one("Function", "jobs").outputs["name"]}]


@pytest.mark.parametrize(
    ("made", "target", "action"),
    [("to_queue", arn("sqs", "parked"), "sqs:SendMessage"), ("to_topic", arn("sns", "failed"), "sns:Publish")],
)
def test_failed_events_go_where_something_is_already(project: Path, made: str, target: str, action: str) -> None:
    stack = function(project, f'asynchronous=Asynchronous.{made}("{target}")')
    assert stack.all("Queue") == []
    assert sids(stack)["ReportFailedEvents"]["Action"] == [action]
    assert sids(stack)["ReportFailedEvents"]["Resource"] == [target]


def test_bounds_are_the_service_s() -> None:
    retries, age = LAMBDA.shape_for("MaximumRetryAttempts").metadata, LAMBDA.shape_for("MaximumEventAgeInSeconds").metadata
    assert (invocation.RETRIES.start, invocation.RETRIES.stop - 1) == (retries["min"], retries["max"])
    assert (invocation.AGE_SECONDS.start, invocation.AGE_SECONDS.stop - 1) == (age["min"], age["max"])
    assert environment.NAME.pattern == LAMBDA.shape_for("EnvironmentVariableName").metadata["pattern"]


def test_packaging_reaches_the_bundle(project: Path) -> None:
    (project / "notes" / "dev").mkdir()
    (project / "notes" / "dev" / "seed.json").write_text("{}")
    stack = function(project, 'packaging=Packaging(excludes=["dev"])')
    path = Path(inputs(stack)["code"].path)
    assert re.fullmatch(r"notes-[0-9a-f]{8}\.zip", path.name)


REFUSED: list[tuple[str, str]] = [
    ('layers="arn"', "the layers are 'arn': give a list of ARNs"),
    (f"layers=['{arn('lambda', 'layer:a:1')}'] * 6", f"there are 6 layers: up to {MOST_LAYERS} are allowed"),
    (
        f"layers=['{arn('lambda', 'layer:a')}']",
        f"one of the layers is '{arn('lambda', 'layer:a')}': an ARN with its version is needed, arn:aws:lambda:REGION:ACCOUNT:layer:NAME:1",
    ),
    ("reserved_concurrency=-1", "reserved_concurrency is -1: a whole number from 0 is allowed, or nothing"),
    ("reserved_concurrency=True", "reserved_concurrency is True: a whole number from 0 is allowed, or nothing"),
    ('tracing="Active"', "tracing is 'Active': True or False is allowed"),
    ('logs="JSON"', "the logs are 'JSON': give Logs.json(...) or Logs.text()"),
    ("asynchronous=2", "asynchronous is of type int: give Asynchronous.parked(), .to_queue(arn), .to_topic(arn) or .dropped()"),
    ("limits=True", "the limits are of type bool: give Limits(...)"),
    ('packaging="zip"', "the packaging is of type str: give Packaging(...)"),
    ('architecture="arm"', "the architecture is 'arm': allowed are arm64, x86_64"),
    ("memory_mb=512.0", "memory_mb is 512.0: 128 to 10240 is allowed"),
    (
        'code=pulumi.FileArchive("x.zip"), packaging=Packaging(bytecode=True)',
        "code is given, and packaging too: an archive that is ready is not packaged, so leave one of them out",
    ),
    ('environment={"AWS_REGION": "x"}', "the environment sets AWS_REGION, which is Lambda's own: call the variable something else"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=[each[0] for each in REFUSED])
def test_refused_before_anything_is_registered(project: Path, arguments: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, f'{HEAD}import pulumi\nPythonFunction("api", handler="notes.api.handler", table=data, patterns=[], {arguments})')
    assert f"InvalidArgument: {message}" in str(caught.value)
    assert [each.name for each in caught.value.deployment.resources] == ["notes"]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Logs.json(level="warning"), "the level of the logs is 'warning': allowed are TRACE, DEBUG, INFO, WARN, ERROR, FATAL"),  # type: ignore[arg-type]
        (lambda: Logs.json(system_level="ERROR"), "the system_level of the logs is 'ERROR': allowed are DEBUG, INFO, WARN"),  # type: ignore[arg-type]
        (lambda: Asynchronous.parked(retries=3), "retries of asynchronous events is 3: 0 to 2 is allowed"),
        (
            lambda: Asynchronous.parked(maximum_age_seconds=59),
            "maximum_age_seconds of asynchronous events is 59: 60 to 21600 is allowed",
        ),
        (
            lambda: Asynchronous.to_queue(arn("sns", "x")),
            f"events that failed go to '{arn('sns', 'x')}': the ARN of a queue of SQS is needed",
        ),
        (lambda: Asynchronous.to_topic("topic"), "events that failed go to 'topic': the ARN of a topic of SNS is needed"),
        (
            lambda: Asynchronous.to_queue(arn("sqs", "x.fifo")),
            f"events that failed go to '{arn('sqs', 'x.fifo')}': Lambda takes no FIFO queue",
        ),
        (
            lambda: Asynchronous.to_topic(arn("sns", "x.fifo")),
            f"events that failed go to '{arn('sns', 'x.fifo')}': Lambda takes no FIFO topic",
        ),
        (lambda: Asynchronous.to_queue(None), "events that failed go to nothing: the ARN of a queue of SQS is needed"),  # type: ignore[arg-type]
        (lambda: Packaging(excludes="dev"), "excludes is 'dev': give a list of texts"),
        (lambda: Packaging(excludes=5), "excludes is 5: give a list of texts"),  # type: ignore[arg-type]
        (lambda: Packaging(provided=[None]), "provided is [None]: give a list of texts"),  # type: ignore[list-item]
        (lambda: Packaging(bytecode="yes"), "bytecode is 'yes': True or False is allowed"),  # type: ignore[arg-type]
        (lambda: Packaging(requirements=["x"]), "the requirements are of type list: give the path of a file in pip's format"),  # type: ignore[arg-type]
        (lambda: Target(313, "arm64"), "the runtime is 313: one such as python3.13 is needed"),  # type: ignore[arg-type]
        (lambda: Target("python3.13", ["arm64"]), "the architecture is ['arm64']: allowed are arm64, x86_64"),  # type: ignore[arg-type]
        (
            lambda: check_environment({"1ST": "x"}),
            "the environment sets '1ST': a name has two or more letters, digits and _, and begins with a letter, as in TOPIC_ARN",
        ),
        (lambda: check_environment({"DEBUG": True}), "the environment sets DEBUG to a value of type bool: give text"),
        (
            lambda: check_environment({"NOTE": "x" * 4_096}),
            "the environment has at least 4,100 bytes, 4,096 are allowed: keep what is large in a file of the bundle or a parameter",
        ),
    ],
)
def test_refusals(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        build()
    assert str(caught.value) == message


def test_a_value_is_never_shown() -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_environment({"TOKEN": "hunter2" * 1_000})
    assert "hunter2" not in str(caught.value)
