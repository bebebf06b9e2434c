"""The pipeline: what observers see, and that a refusal reaches an SDK as AWS's own error in every protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import repaired_moto
from local.calls import Call, Observer, Pipeline, Refusal, current_call
from tests.local.conftest import START, HandClock, key, moto_client, table_request


class Seen(Observer):
    """Keeps everything, and does what it is told to."""

    def __init__(self) -> None:
        self.before_calls: list[Call] = []
        self.afters: list[tuple[Call, Mapping[str, Any] | None, Refusal | None]] = []
        self.refuse: Callable[[Call], Refusal | None] = lambda _: None
        self.refuse_commit: Callable[[Call], Refusal | None] = lambda _: None

    def before(self, call: Call) -> None:
        self.before_calls.append(call)
        if refusal := self.refuse(call):
            raise refusal

    def committing(self, call: Call) -> None:
        if refusal := self.refuse_commit(call):
            raise refusal

    def after(self, call: Call, response: Mapping[str, Any] | None, refusal: Refusal | None, milliseconds: float) -> None:
        assert milliseconds > 0
        self.afters.append((call, response, refusal))

    @property
    def last(self) -> tuple[Call, Mapping[str, Any] | None, Refusal | None]:
        return self.afters[-1]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def pipeline(clock: HandClock, seen: Seen) -> Iterator[Pipeline]:
    with repaired_moto(clock, seen) as running:
        yield running


@pytest.fixture
def dynamodb(pipeline: Pipeline) -> Any:
    made = moto_client("dynamodb")
    made.create_table(**table_request("shop"))
    return made


def test_call_has_service_operation_request_and_time(dynamodb: Any, seen: Seen) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("A"), "n": {"N": "1"}})

    call, response, refusal = seen.last
    assert (call.service, call.operation, call.role, call.at) == ("dynamodb", "PutItem", None, START)
    assert call.request["Item"] == {**key("A"), "n": {"N": "1"}}
    assert (call.region, call.account) == ("eu-west-1", "123456789012")
    assert response is not None and refusal is None


def test_writes_are_the_images_before_and_after(dynamodb: Any, seen: Seen) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("A"), "n": {"N": "1"}})
    put = {"Put": {"TableName": "shop", "Item": key("B")}}
    change = {"TableName": "shop", "Key": key("A"), "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    dynamodb.transact_write_items(TransactItems=[put, {"Update": change}])

    writes = seen.last[0].writes
    assert [(write.table, write.key, write.old, write.new) for write in writes] == [
        ("shop", key("B"), None, key("B")),
        ("shop", key("A"), {**key("A"), "n": {"N": "1"}}, {**key("A"), "n": {"N": "2"}}),
    ]


def test_reads_are_what_had_to_be_read(dynamodb: Any, seen: Seen) -> None:
    for number in range(3):
        dynamodb.put_item(TableName="shop", Item={**key("A", str(number)), "text": {"S": "x" * 1000}})
    dynamodb.query(
        TableName="shop",
        KeyConditionExpression="PK = :p",
        FilterExpression="attribute_exists(nothing)",
        ExpressionAttributeValues={":p": {"S": "A"}},
    )

    [read] = seen.last[0].reads
    assert (read.table, read.index, read.items) == ("shop", None, 3)
    assert read.item_bytes == 3 * (1000 + len("text") + len("PK") + len("SK") + 2)


def test_failure_of_the_service_itself_is_shown_as_a_refusal(dynamodb: Any, seen: Seen) -> None:
    with pytest.raises(ClientError):
        dynamodb.get_item(TableName="nothing", Key=key("A"))

    call, response, refusal = seen.last
    assert response is None and refusal is not None
    assert (call.operation, refusal.code, refusal.status) == ("GetItem", "ResourceNotFoundException", 400)


def test_cancellation_reasons_reach_the_observer(dynamodb: Any, seen: Seen) -> None:
    condition = {"ConditionExpression": "attribute_exists(PK)"}
    with pytest.raises(ClientError):
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "shop", "Item": key("A"), **condition}}])

    refusal = seen.last[2]
    assert refusal is not None and refusal.code == "TransactionCanceledException"
    assert [reason["Code"] for reason in refusal.fields["CancellationReasons"]] == ["ConditionalCheckFailed"]


@pytest.mark.parametrize(
    ("service", "act"),
    [
        ("dynamodb", lambda made: made.list_tables()),
        ("dynamodbstreams", lambda made: made.list_streams()),
        ("sqs", lambda made: made.list_queues()),
        ("sns", lambda made: made.list_topics()),
        ("lambda", lambda made: made.list_functions()),
        ("cloudwatch", lambda made: made.describe_alarms()),
        ("logs", lambda made: made.describe_log_groups()),
        ("iam", lambda made: made.list_roles()),
        ("application-autoscaling", lambda made: made.describe_scalable_targets(ServiceNamespace="dynamodb")),
    ],
)
def test_refusal_is_a_proper_error_in_every_protocol(pipeline: Pipeline, seen: Seen, service: str, act: Callable[[Any], Any]) -> None:
    act(moto_client(service))
    assert seen.last[0].service == service
    assert seen.last[1] is not None
    seen.refuse = lambda _: Refusal("AccessDeniedException", "because of a test", 403)

    with pytest.raises(ClientError) as caught:
        act(moto_client(service))

    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    assert caught.value.response["Error"]["Message"] == "because of a test"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_refusal_carries_the_fields_of_its_error(dynamodb: Any, seen: Seen) -> None:
    reasons = [{"reason": "TableReadKeyRangeThroughputExceeded", "resource": "arn:aws:dynamodb:eu-west-1:1:table/shop"}]
    seen.refuse = lambda _: Refusal("ProvisionedThroughputExceededException", "slow down", fields={"ThrottlingReasons": reasons})

    with pytest.raises(dynamodb.exceptions.ProvisionedThroughputExceededException) as caught:
        dynamodb.get_item(TableName="shop", Key=key("A"))
    assert caught.value.response["ThrottlingReasons"] == reasons


def test_refused_call_is_not_carried_out_and_is_told_to_all(dynamodb: Any, seen: Seen) -> None:
    seen.refuse = lambda call: Refusal("ValidationException", "no") if call.operation == "PutItem" else None
    with pytest.raises(ClientError):
        dynamodb.put_item(TableName="shop", Item=key("A"))

    assert seen.last[2] is not None and seen.last[2].message == "no"
    assert dynamodb.scan(TableName="shop")["Count"] == 0


def test_refusal_before_commit_takes_the_writes_back(dynamodb: Any, seen: Seen) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("A"), "n": {"N": "1"}})
    seen.refuse_commit = lambda call: Refusal("ValidationException", "no") if call.writes else None

    with pytest.raises(ClientError):
        dynamodb.delete_item(TableName="shop", Key=key("A"))
    with pytest.raises(ClientError):
        dynamodb.update_item(TableName="shop", Key=key("A"), UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"N": "2"}})

    assert dynamodb.scan(TableName="shop")["Items"] == [{**key("A"), "n": {"N": "1"}}]


def test_operation_that_moto_lacks_fails_at_once_with_its_name(dynamodb: Any) -> None:
    with pytest.raises(ClientError, match="no dynamodb ListImports") as caught:
        dynamodb.list_imports()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_ignored_observer_sees_nothing_more(pipeline: Pipeline, seen: Seen) -> None:
    moto_client("sqs").list_queues()
    pipeline.ignore(seen)
    moto_client("sqs").list_queues()

    assert len(seen.afters) == 1


def test_no_call_outside_of_a_request(dynamodb: Any, seen: Seen) -> None:
    inside: list[Call | None] = []
    seen.refuse = lambda _: inside.append(current_call())
    dynamodb.list_tables()

    assert inside == [seen.last[0]]
    assert current_call() is None
