"""The consumer of a stream: every option of its mapping, where it reads, and what is refused before anything is registered."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from app import model, order_events
from components.errors import InvalidArgument
from components.functions import delivery
from components.functions.consumer_arguments import MAPPING, check_consumer, check_readers, filter_warning, reads_table
from components.functions.delivery import Delivery, Start
from components.functions.recursion import own_changes
from components.functions.source import Source
from local.deploy import DeployError
from singletable.definition import PatternDefinition, StreamDefinition
from singletable.grants import Grant
from tests.components.conftest import Stack, arn, document, run

LAMBDA = botocore.session.get_session().get_service_model("lambda")
HEAD = """
from datetime import UTC, datetime
from components.functions.delivery import Delivery, Start
from components.permissions.limits import Limits
from components.tables.replicas import Replica, Replicas
from components.functions.source import Source
from components.functions.logs import Logs
from singletable.definition import PatternDefinition
from singletable.grants import Grant

data = SingleTable("notes", table=definition)
everything = {"version": 1, "filters": []}
changes = {"version": 1, "filters": [{"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"_type": {"S": ["Note"]}}}}]}

def consumer(name="follow", stream=changes, table=data, patterns=(), **more):
    return StreamConsumer(name, handler="notes.api.handler", table=table, patterns=list(patterns), stream=stream, **more)

def writes(name, *actions, entity="Note"):
    return PatternDefinition(name=name, title=name, kind="transaction", entities=(entity,), operations=(), index=None, touches=(),
                             grants=tuple(Grant(f"dynamodb:{action}") for action in actions), access="")
"""
KINESIS = arn("kinesis", "stream/changes")


def mapping(stack: Stack, name: str = "follow") -> dict[str, Any]:
    return dict(stack.one("EventSourceMapping", f"{name}-mapping").inputs)


def test_every_option_reaches_the_mapping(project: Path) -> None:
    key = arn("kms", "key/k")
    stack = run(
        project,
        f"""{HEAD}
consumer(delivery=Delivery(batch_size=10, window_seconds=5, parallelization=2, bisect=False, retries=3, maximum_age_seconds=3600,
                           partial_failures=False, start=Start.latest("a cache: it fills itself"),
                           filter_key_arn="{key}", enabled=False))
""",
    )
    found = mapping(stack)
    expected = {
        "startingPosition": "LATEST",
        "batchSize": 10,
        "maximumBatchingWindowInSeconds": 5,
        "parallelizationFactor": 2,
        "bisectBatchOnFunctionError": False,
        "maximumRetryAttempts": 3,
        "maximumRecordAgeInSeconds": 3600,
        "kmsKeyArn": key,
        "enabled": False,
        "metricsConfig": {"metrics": ["EventCount"]},
    }
    assert {name: found[name] for name in expected} == expected
    assert "functionResponseTypes" not in found


def test_a_window_that_hands_on_a_state(project: Path) -> None:
    assert mapping(run(project, f"{HEAD}consumer(delivery=Delivery(tumbling_window_seconds=60))"))["tumblingWindowInSeconds"] == 60


def test_the_function_has_the_options_of_a_function(project: Path) -> None:
    stack = run(project, f'{HEAD}consumer(tracing=True, reserved_concurrency=2, logs=Logs.json(level="WARN"), architecture="x86_64")')
    function = stack.one("Function", "follow").inputs
    assert (function["reservedConcurrentExecutions"], function["architectures"]) == (2, ["x86_64"])
    assert function["tracingConfig"] == {"mode": "Active"}
    assert function["loggingConfig"]["applicationLogLevel"] == "WARN"


# --- where it reads


def test_a_stream_of_kinesis(project: Path) -> None:
    """Lambda decodes what Kinesis carries before it filters: patterns are below "data" (developer guide, "Using event filtering with a Kinesis
    event source"). It reads with the rights that the page on the execution role lists."""
    stack = run(project, f'{HEAD}consumer(source=Source.kinesis("{KINESIS}"), delivery=Delivery(maximum_age_seconds=604_800))')
    found = mapping(stack)
    assert (found["eventSourceArn"], found["maximumRecordAgeInSeconds"]) == (KINESIS, 604_800)
    (pattern,) = [json.loads(each["pattern"]) for each in found["filterCriteria"]["filters"]]
    assert pattern == {"data": {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"_type": {"S": ["Note"]}}}}}

    statements = {each["Sid"]: each for each in document(stack.one("RolePolicy", "follow-policy"))["Statement"]}
    assert statements["ReadStream"]["Resource"] == [KINESIS]
    assert statements["ReadStream"]["Action"] == [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ]
    assert "ListStreams" not in statements


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 1, 10, 30, 15, 999_999, tzinfo=UTC),
        datetime(2026, 3, 1, 12, 30, 15, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 2, 28, 23, 0, 15, tzinfo=timezone(timedelta(hours=-11, minutes=-30))),
    ],
)
def test_a_moment_is_said_as_the_provider_reads_it_back(moment: datetime) -> None:
    """Time.Format(RFC3339) of Go, of a time that AWS keeps by the second, in UTC: any other text is a difference each time."""
    assert Delivery(start=Start.at(moment)).arguments()["starting_position_timestamp"] == "2026-03-01T10:30:15Z"


@pytest.mark.parametrize("start", ["Start.trim_horizon()", 'Start.latest("a cache")'])
def test_another_start_leaves_the_mapping_where_it_reads(project: Path, start: str) -> None:
    """Both arguments force a new mapping, and Lambda has room for one of a stream and a function (CreateEventSourceMapping,
    ResourceConflictException)."""
    request = run(project, f"{HEAD}consumer(delivery=Delivery(start={start}))").one("EventSourceMapping", "follow-mapping").request
    assert set(request.ignoreChanges) == {"startingPosition", "startingPositionTimestamp"}


def test_more_filters_than_every_account_may_have(project: Path) -> None:
    """AWS Lambda developer guide, "Control which events Lambda sends to your function": five, ten on request."""
    rules = [{"eventName": [f"E{number}"]} for number in range(10)]
    stack = run(project, f"{HEAD}consumer(stream={{'version': 1, 'filters': {rules!r}}})")
    assert len(mapping(stack)["filterCriteria"]["filters"]) == 10
    assert filter_warning(StreamDefinition(tuple(rules[:5]))) is None
    assert str(filter_warning(StreamDefinition(tuple(rules)))).startswith("has 10 filters: AWS takes more than 5 of one mapping only where")


def test_kinesis_can_be_read_from_a_moment_on(project: Path) -> None:
    stack = run(
        project, f'{HEAD}consumer(source=Source.kinesis("{KINESIS}"), delivery=Delivery(start=Start.at(datetime(2026, 3, 1, tzinfo=UTC))))'
    )
    found = mapping(stack)
    assert (found["startingPosition"], found["startingPositionTimestamp"]) == ("AT_TIMESTAMP", "2026-03-01T00:00:00Z")


def test_two_consumers_of_one_stream_and_more_of_kinesis(project: Path) -> None:
    stack = run(
        project,
        f"""{HEAD}
consumer("one")
consumer("two")
consumer("off", delivery=Delivery(enabled=False))
consumer("three", source=Source.kinesis("{KINESIS}"))
consumer("elsewhere", table=SingleTable("other", table=definition))
""",
    )
    assert len(stack.all("EventSourceMapping")) == 5


# --- refusals

REFUSED: list[tuple[str, str]] = [
    (
        'consumer("one"); consumer("two"); consumer("three")',
        (
            "StreamConsumer 'three' is one too many: the table's stream is read by one and two, and 2 can, because more readers of a shard are "
            "throttled. Let one function do both, or give source=Source.kinesis(...)"
        ),
    ),
    (
        'far = SingleTable("far", table=definition, replicas=Replicas.eventual("eu-central-1")); consumer("one", table=far); consumer("two", table=far)',
        (
            "StreamConsumer 'two' is one too many: the table's stream is read by one, and 1 can, because replication reads it too. "
            "Let one function do both, or give source=Source.kinesis(...)"
        ),
    ),
    (
        'consumer(patterns=[writes("rename_note", "UpdateItem")])',
        (
            "StreamConsumer 'follow' would be called by its own writes: rename_note writes Note, and its filter lets MODIFY of Note through. "
            "Write another entity, follow fewer changes, or say with recursion=... what ends it"
        ),
    ),
    (
        'consumer(stream=everything, patterns=[writes("add_note", "PutItem")])',
        (
            "StreamConsumer 'follow' would be called by its own writes: add_note writes Note, and its filter lets INSERT of Note through. "
            "Write another entity, follow fewer changes, or say with recursion=... what ends it"
        ),
    ),
    ('consumer(recursion=" ")', "StreamConsumer 'follow' has recursion=' ': say in words what ends it"),
    (
        "consumer(delivery=Delivery(maximum_age_seconds=86_401))",
        "maximum_age_seconds of the table's stream is 86401: 60 to 86400 is allowed",
    ),
    (
        "consumer(delivery=Delivery(start=Start.at(datetime(2026, 3, 1, tzinfo=UTC))))",
        "the start is AT_TIMESTAMP: of the table's stream, TRIM_HORIZON and LATEST are allowed",
    ),
    (
        'consumer(stream=everything, delivery=Delivery(filter_key_arn="arn"))',
        "filter_key_arn is given, and there is no filter to encrypt: leave it out, or declare handlers of some entities",
    ),
    ('consumer(source="kinesis")', "the source is of type str: give Source.table() or Source.kinesis(arn)"),
    ("consumer(delivery={})", "the delivery is of type dict: give Delivery(...)"),
]


@pytest.mark.parametrize(("program", "message"), REFUSED, ids=[each[0][:60] for each in REFUSED])
def test_refused_before_it_is_registered(project: Path, program: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, f"{HEAD}{program}")
    assert f"InvalidArgument: {message}" in str(caught.value)
    last = re.search(r"'(\w+)'", message)
    refused = f"{last[1] if last else 'follow'}-mapping"
    assert refused not in [each.name for each in caught.value.deployment.resources]


def test_a_consumer_is_checked_before_any_table_is_there() -> None:
    """No program runs here, so that a registration would fail."""
    table = model.table.definition()
    good: dict[str, Any] = {
        "handler": "app.order_events.handler",
        "stream": order_events.stream.definition(),
        "patterns": order_events.patterns,
        "recursion": None,
    }
    check_consumer("follow", good, table)
    for wrong, message in (
        ({"memory_mb": 1}, "memory_mb is 1: 128 to 10240 is allowed"),
        ({"stream": None}, "the stream is of type NoneType: give its definition, stream.definition(), or that as a dict"),
        ({"recursion": ""}, "StreamConsumer 'follow' has recursion='': say in words what ends it"),
        ({"source": "kinesis"}, "the source is of type str: give Source.table() or Source.kinesis(arn)"),
    ):
        with pytest.raises(InvalidArgument, match=f"^{re.escape(message)}$"):
            check_consumer("follow", {**good, **wrong}, table)


def test_readers_are_counted_before_any_table_is_there() -> None:
    assert reads_table({}) and reads_table({"delivery": None, "source": Source.table()})
    assert not reads_table({"delivery": Delivery(enabled=False)}) and not reads_table({"source": Source.kinesis(KINESIS)})
    check_readers("two", ["one"], replicated=False)
    with pytest.raises(InvalidArgument, match=r"^StreamConsumer 'two' is one too many: .* 1 can, because replication reads it too"):
        check_readers("two", ["one"], replicated=True)


@pytest.mark.parametrize(
    "program",
    [
        'consumer(patterns=[writes("add_note", "PutItem")])',
        'consumer(patterns=[writes("change_other", "UpdateItem", entity="Other")])',
        'consumer(patterns=[writes("check_note", "ConditionCheckItem")])',
        'consumer(patterns=[writes("rename_note", "UpdateItem")], recursion="it writes only what is not yet so")',
    ],
)
def test_writes_that_do_not_come_back(project: Path, program: str) -> None:
    assert mapping(run(project, f"{HEAD}{program}"))


def pattern(*actions: str) -> PatternDefinition:
    grants = tuple(Grant(f"dynamodb:{action}") for action in actions)
    return PatternDefinition(
        name="p", title="p", kind="transaction", entities=("A",), operations=(), index=None, touches=(), grants=grants, access=""
    )


@pytest.mark.parametrize(
    ("given", "passes"),
    [
        ({"eventName": ["INSERT"]}, True),
        ({"eventName": ["REMOVE"]}, False),
        ({"eventName": [{"anything-but": "INSERT"}]}, True),  # not looked into: it may
        ({"dynamodb": {"NewImage": {"_type": {"S": ["B"]}}}}, False),
        ({"dynamodb": {"NewImage": {"_type": {"S": [{"prefix": "B"}]}}}}, True),
        ({"dynamodb": {"NewImage": {"total": {"N": ["1"]}}}}, True),
        ({"dynamodb": {"Keys": {"PK": {"S": ["x"]}}}}, True),
        ({}, True),
    ],
)
def test_what_a_filter_may_let_through(given: dict[str, Any], passes: bool) -> None:
    assert list(own_changes([pattern("PutItem")], [given])) == ([("p", "INSERT", "A")] if passes else [])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Delivery(batch_size=0), "batch_size is 0: 1 to 10000 is allowed"),
        (lambda: Delivery(window_seconds=301), "window_seconds is 301: 0 to 300 is allowed"),
        (lambda: Delivery(parallelization=11), "parallelization is 11: 1 to 10 is allowed"),
        (lambda: Delivery(retries=-1), "retries is -1: 0 to 10000 is allowed"),
        (lambda: Delivery(tumbling_window_seconds=901), "tumbling_window_seconds is 901: 1 to 900 is allowed"),
        (
            lambda: Delivery(tumbling_window_seconds=60, parallelization=2),
            (
                "tumbling_window_seconds is 60, and parallelization 2: a window's state is handed on from batch to batch of a shard, one at a "
                "time; leave one of them out"
            ),
        ),
        (lambda: Delivery(enabled="false"), "enabled is 'false': True or False is allowed"),  # type: ignore[arg-type]
        (lambda: Delivery(bisect=1), "bisect is 1: True or False is allowed"),  # type: ignore[arg-type]
        (
            lambda: Delivery(start="LATEST"),  # type: ignore[arg-type]
            "the start is 'LATEST': give Start.trim_horizon(), Start.latest(because=...) or, of Kinesis, Start.at(moment)",
        ),
        (
            lambda: Start.at("2026-03-01"),  # type: ignore[arg-type]
            "the start is of type str: give a datetime, for example datetime.now(timezone.utc)",
        ),
        (lambda: Delivery(batch_size=10.0), "batch_size is 10.0: 1 to 10000 is allowed"),  # type: ignore[arg-type]
        (
            lambda: Start.latest(""),
            "Start.latest() loses what is written until the mapping reads: say why that does no harm, or use Start.trim_horizon()",
        ),
        (
            lambda: Start.at(datetime(2026, 3, 1)),
            "the start 2026-03-01T00:00:00 has no time zone: make it aware, for example datetime.now(timezone.utc)",
        ),
        (
            lambda: Source.kinesis(arn("dynamodb", "table/x")),
            (
                f"the source is '{arn('dynamodb', 'table/x')}': the ARN of a stream of Kinesis is needed, "
                "arn:aws:kinesis:REGION:ACCOUNT:stream/NAME"
            ),
        ),
    ],
)
def test_refusals(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        build()
    assert str(caught.value) == message


def test_bounds_are_the_service_s() -> None:
    for name, ours in (
        ("BatchSize", delivery.BATCH_SIZE),
        ("MaximumBatchingWindowInSeconds", delivery.WINDOW_SECONDS),
        ("ParallelizationFactor", delivery.PARALLELIZATION),
    ):
        bounds = LAMBDA.shape_for(name).metadata
        assert (ours.start, ours.stop - 1) == (bounds["min"], bounds["max"]), name
    retries = LAMBDA.shape_for("MaximumRetryAttemptsEventSourceMapping").metadata
    assert delivery.RETRIES.stop - 1 == retries["max"]
    assert Source.kinesis(KINESIS).longest_seconds == LAMBDA.shape_for("MaximumRecordAgeInSeconds").metadata["max"]
    assert delivery.TUMBLING_SECONDS.stop - 1 == LAMBDA.shape_for("TumblingWindowInSeconds").metadata["max"]
    positions = {Start.trim_horizon().position, Start.latest("x").position, Start.at(datetime(2026, 3, 1, tzinfo=UTC)).position}
    assert positions == set(LAMBDA.shape_for("EventSourcePosition").enum)


def test_what_is_sent_where_nothing_is_said_stays_as_it_was() -> None:
    """A changed default would change every existing stack."""
    assert MAPPING == {
        "starting_position": "TRIM_HORIZON",
        "batch_size": 100,
        "parallelization_factor": 1,
        "bisect_batch_on_function_error": True,
        "function_response_types": ["ReportBatchItemFailures"],
        "maximum_retry_attempts": 10,
        "maximum_record_age_in_seconds": 22 * 3600,
        "metrics_config": {"metrics": ["EventCount"]},
    }
