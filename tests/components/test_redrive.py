"""What is asked of AWS to try a parked message again, and when it may leave the queue; on a deployed stack, see tests/local/test_redrive.py."""

import base64
import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from components.parked import EMPTY_PAGES, Parked
from components.redrive import GONE, HIDDEN_SECONDS, Redriven, redrive
from monitoring.live import Account
from monitoring.live.account import LONGEST_CALL_SECONDS
from singletable.kinesis import change_in

REGION = "eu-west-1"
URL = f"https://sqs.{REGION}.amazonaws.com/123456789012/failures"
FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:follow"
FIRST, SECOND, LAST = "800000000003126276362", "800000000003126276363", "800000000003126276364"
AT = datetime(2026, 3, 1, tzinfo=UTC)
ARRIVALS = {"approximateArrivalOfFirstRecord": "2026-03-01T00:00:00Z", "approximateArrivalOfLastRecord": "2026-03-01T00:00:00Z"}
TABLE: dict[str, Any] = {
    "shardId": "shardId-00000001573689847184-864758bb",
    "startSequenceNumber": FIRST,
    "endSequenceNumber": LAST,
    **ARRIVALS,
    "batchSize": 2,
    "streamArn": f"arn:aws:dynamodb:{REGION}:123456789012:table/shop/stream/2026-02-01T00:00:00.000",
}
KINESIS: dict[str, Any] = {
    "shardId": "shardId-000000000001",
    "startSequenceNumber": FIRST,
    "endSequenceNumber": LAST,
    **ARRIVALS,
    "batchSize": 2,
    "streamArn": f"arn:aws:kinesis:{REGION}:123456789012:stream/changes",
}


def body(**batch: dict[str, Any]) -> str:
    """As the developer guide shows it ("Retaining discarded records for a DynamoDB data source in Lambda", and the same for Kinesis)."""
    context = {"requestId": "1", "functionArn": FUNCTION, "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 1}
    return json.dumps({"requestContext": context, "version": "1.0", "timestamp": "2026-03-01T00:00:00.000Z", **batch})


class Aws:
    """Stubs that hold every request and answer against the service's model, in the order in which they are expected."""

    def __init__(self, exits: ExitStack) -> None:
        names = ("sqs", "dynamodbstreams", "kinesis", "lambda")
        self.clients = {name: boto3.client(name, REGION, aws_access_key_id="x", aws_secret_access_key="x") for name in names}
        self.stubs = {name: exits.enter_context(Stubber(client)) for name, client in self.clients.items()}
        self.account = Account(self.clients.__getitem__, REGION)

    def received(self, text: str | None, number: str = "m", receipt: str = "r") -> None:
        message = {} if text is None else {"Messages": [{"MessageId": number, "ReceiptHandle": receipt, "Body": text}]}
        asked = {"QueueUrl": URL, "MaxNumberOfMessages": 1, "WaitTimeSeconds": 1, "VisibilityTimeout": HIDDEN_SECONDS}
        self.stubs["sqs"].add_response("receive_message", message, asked)

    def deleted(self, receipt: str = "r") -> None:
        self.stubs["sqs"].add_response("delete_message", {}, {"QueueUrl": URL, "ReceiptHandle": receipt})

    def seen_again(self, receipt: str = "r", seconds: int = 0) -> None:
        asked = {"QueueUrl": URL, "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
        self.stubs["sqs"].add_response("change_message_visibility", {}, asked)

    def table_pages(self, *pages: list[str]) -> None:
        place = {"StreamArn": TABLE["streamArn"], "ShardId": TABLE["shardId"], "SequenceNumber": FIRST}
        stub = self.stubs["dynamodbstreams"]
        stub.add_response("get_shard_iterator", {"ShardIterator": "0"}, {**place, "ShardIteratorType": "AT_SEQUENCE_NUMBER"})
        for number, page in enumerate(pages):
            answer = {"Records": [table_record(each) for each in page], "NextShardIterator": str(number + 1)}
            stub.add_response("get_records", answer, {"ShardIterator": str(number)})

    def invoked(self, records: list[dict[str, Any]], answer: object = None, **more: Any) -> None:
        raw = json.dumps(answer).encode()
        response = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(raw), len(raw)), **more}
        asked = {"FunctionName": FUNCTION, "Payload": json.dumps({"Records": records}).encode()}
        self.stubs["lambda"].add_response("invoke", response, asked)

    def redriven(self, **more: Any) -> list[Redriven]:
        done = list(redrive(self.account, URL, **more))
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()
        return done


@pytest.fixture
def cloud() -> Iterator[Aws]:
    with ExitStack() as exits:
        yield Aws(exits)


def table_record(number: str) -> dict[str, Any]:
    change = {
        "ApproximateCreationDateTime": AT,
        "Keys": {"PK": {"S": number}},
        "NewImage": {"PK": {"S": number}, "raw": {"B": b"\x00\xff"}},
        "SequenceNumber": number,
        "SizeBytes": 26,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    given = {"eventID": f"e-{number}", "eventName": "REMOVE", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": REGION}
    return {**given, "dynamodb": change, "userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}}


def table_event(number: str) -> dict[str, Any]:
    """As the guide shows an event of a table's stream."""
    change = {
        "ApproximateCreationDateTime": AT.timestamp(),
        "Keys": {"PK": {"S": number}},
        "NewImage": {"PK": {"S": number}, "raw": {"B": base64.b64encode(b"\x00\xff").decode()}},
        "SequenceNumber": number,
        "SizeBytes": 26,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    given = {"eventID": f"e-{number}", "eventName": "REMOVE", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": REGION}
    identity = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}
    return {**given, "dynamodb": change, "eventSourceARN": TABLE["streamArn"], "userIdentity": identity}


def test_all_changes_from_the_first_to_the_last_and_then_it_goes(cloud: Aws) -> None:
    """An empty page is no end of a stream, and what comes after the last one is somebody else's."""
    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.table_pages([FIRST], [], [SECOND, LAST, "800000000003126276365"])
    cloud.invoked([table_event(FIRST), table_event(SECOND), table_event(LAST)])
    cloud.deleted()
    cloud.received(None)

    assert cloud.redriven() == [Redriven("m", "handled", 3, FUNCTION)]


@pytest.mark.parametrize(
    "pages",
    [
        [[SECOND, LAST]],  # the first is trimmed
        [[FIRST, SECOND], *[[] for _ in range(EMPTY_PAGES)]],  # the last does not come
        [[FIRST, SECOND, "800000000003126276365"]],
        [[] for _ in range(EMPTY_PAGES)],
    ],
)
def test_a_message_whose_changes_are_not_all_there_is_never_taken_for_handled(cloud: Aws, pages: list[list[str]]) -> None:
    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.table_pages(*pages)
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven() == [Redriven("m", "gone", 0, GONE)]


@pytest.mark.parametrize("code", ["TrimmedDataAccessException", "ResourceNotFoundException"])
def test_a_stream_that_has_them_no_more(cloud: Aws, code: str) -> None:
    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.stubs["dynamodbstreams"].add_client_error("get_shard_iterator", code)
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven() == [Redriven("m", "gone", 0, GONE)]


# --- Kinesis


def kinesis_record(number: str) -> dict[str, Any]:
    return {
        "SequenceNumber": number,
        "ApproximateArrivalTimestamp": AT,
        "Data": data(number),
        "PartitionKey": "KEY",
        "EncryptionType": "NONE",
    }


def data(number: str) -> bytes:
    """As a table sends a change to Kinesis."""
    images = {"ApproximateCreationDateTime": 1_772_323_200_000, "Keys": {"PK": {"S": number}}, "NewImage": {"PK": {"S": number}}}
    return json.dumps({"eventID": f"e-{number}", "eventName": "INSERT", "tableName": "shop", "dynamodb": images}).encode()


def kinesis_event(number: str) -> dict[str, Any]:
    """As the guide shows an event of Kinesis ("Using Lambda to process records from Amazon Kinesis Data Streams"), less the mapping's role."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "KEY",
            "sequenceNumber": number,
            "data": base64.b64encode(data(number)).decode(),
            "approximateArrivalTimestamp": AT.timestamp(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000001:{number}",
        "eventName": "aws:kinesis:record",
        "awsRegion": REGION,
        "eventSourceARN": KINESIS["streamArn"],
    }


def kinesis_pages(cloud: Aws, *pages: list[str], behind: int = 1_000) -> None:
    place = {"StreamARN": KINESIS["streamArn"], "ShardId": KINESIS["shardId"], "StartingSequenceNumber": FIRST}
    stub = cloud.stubs["kinesis"]
    stub.add_response("get_shard_iterator", {"ShardIterator": "0"}, {**place, "ShardIteratorType": "AT_SEQUENCE_NUMBER"})
    for number, page in enumerate(pages):
        answer = {"Records": [kinesis_record(each) for each in page], "NextShardIterator": str(number + 1), "MillisBehindLatest": behind}
        stub.add_response("get_records", answer, {"ShardIterator": str(number), "StreamARN": KINESIS["streamArn"]})


def test_a_message_of_a_stream_of_kinesis(cloud: Aws) -> None:
    cloud.received(body(KinesisBatchInfo=KINESIS))
    kinesis_pages(cloud, [], [FIRST], [LAST])
    cloud.invoked([kinesis_event(FIRST), kinesis_event(LAST)])
    cloud.deleted()
    cloud.received(None)

    assert cloud.redriven() == [Redriven("m", "handled", 2, FUNCTION)]


def test_the_kit_reads_such_a_record() -> None:
    assert change_in(kinesis_event(FIRST))["dynamodb"]["Keys"] == {"PK": {"S": FIRST}}


def test_at_the_end_of_a_stream_of_kinesis_nothing_more_is_waited_for(cloud: Aws) -> None:
    cloud.received(body(KinesisBatchInfo=KINESIS))
    kinesis_pages(cloud, [], behind=0)
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven() == [Redriven("m", "gone", 0, GONE)]


# --- the function


@pytest.mark.parametrize(
    ("answer", "more", "detail"),
    [
        ({"errorType": "KeyError", "errorMessage": "total"}, {"FunctionError": "Unhandled"}, "KeyError: total"),
        ({}, {"FunctionError": "Unhandled"}, "Unhandled: it does not say why"),
        ({"batchItemFailures": [{"itemIdentifier": LAST}]}, {}, f"it stopped at change {LAST}: its log says why"),
        ({"batchItemFailures": "all"}, {}, "it stopped at change None: its log says why"),
    ],
)
def test_what_failed_stays(cloud: Aws, answer: object, more: dict[str, Any], detail: str) -> None:
    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.table_pages([FIRST, LAST])
    cloud.invoked([table_event(FIRST), table_event(LAST)], answer, **more)
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven() == [Redriven("m", "failed", 2, detail)]


def test_a_function_that_is_not_there_any_more(cloud: Aws) -> None:
    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.table_pages([FIRST, LAST])
    cloud.stubs["lambda"].add_client_error("invoke", "ResourceNotFoundException")
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven() == [
        Redriven("m", "failed", 2, f"there is no function {FUNCTION}: give --function with the one that took its place")
    ]


def test_a_function_that_is_busy(cloud: Aws) -> None:
    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.table_pages([FIRST, LAST])
    cloud.stubs["lambda"].add_client_error("invoke", "TooManyRequestsException", "Rate Exceeded.")
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven() == [Redriven("m", "failed", 2, "lambda:Invoke: Rate Exceeded (TooManyRequestsException).")]


def test_looking_calls_nothing_and_leaves_everything(cloud: Aws) -> None:
    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.table_pages([FIRST, LAST])
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven(dry_run=True) == [Redriven("m", "found", 2, f"RetryAttemptsExhausted, {FUNCTION}")]


def test_what_comes_into_sight_again_meanwhile_is_not_tried_twice(cloud: Aws) -> None:
    cloud.received("hello", receipt="old")
    cloud.received("hello", receipt="new")
    cloud.received(None)
    cloud.seen_again("new")

    assert [each.result for each in cloud.redriven()] == ["unreadable"]


def test_a_refusal_leaves_what_was_received_in_sight(cloud: Aws) -> None:
    from monitoring.live.account import CallRefused

    cloud.received(body(DDBStreamBatchInfo=TABLE))
    cloud.stubs["dynamodbstreams"].add_client_error("get_shard_iterator", "AccessDeniedException")
    cloud.seen_again()

    with pytest.raises(CallRefused, match="dynamodbstreams:GetShardIterator"):
        cloud.redriven()
    cloud.stubs["sqs"].assert_no_pending_responses()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '"KinesisBatchInfo"',
        '{"DDBStreamBatchInfo": {}}',
        body(SomethingElse=TABLE),
        body(DDBStreamBatchInfo={**TABLE, "startSequenceNumber": "first"}),
        body(DDBStreamBatchInfo={**TABLE, "endSequenceNumber": 5}),
        body(KinesisBatchInfo={**KINESIS, "streamArn": "changes"}),
    ],
)
def test_bodies_that_name_no_place(text: str) -> None:
    with pytest.raises(ValueError, match=r"^it does not name a place in a stream$"):
        Parked.of(text)


def test_a_message_of_another_region_says_which(cloud: Aws) -> None:
    """There the stream would not be found, and the changes would seem to be gone."""
    far = {**TABLE, "streamArn": TABLE["streamArn"].replace(REGION, "eu-central-1")}
    cloud.received(body(DDBStreamBatchInfo=far))
    cloud.received(None)
    cloud.seen_again()

    assert cloud.redriven() == [Redriven("m", "unreadable", 0, "its stream is in eu-central-1: give --region eu-central-1")]


def test_a_call_is_waited_for_and_never_repeated() -> None:
    """A second one would run beside the first (Lambda developer guide, "Lambda quotas": a function runs for up to 900 seconds)."""
    account = Account.of(REGION, once=("lambda",))
    patient, usual = account._make("lambda").meta.config, account._make("sqs").meta.config  # pyright: ignore[reportPrivateUsage]
    assert patient.read_timeout == LONGEST_CALL_SECONDS > 900
    assert patient.retries["total_max_attempts"] == 1
    assert usual.retries["total_max_attempts"] > 1
    assert HIDDEN_SECONDS > LONGEST_CALL_SECONDS
