"""Injected throttling answers as AWS does, hits what it names and nothing else, and leaves nothing half-written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import repaired_moto
from local.throttle import Throttle, Throttling
from tests.local.conftest import HandClock, key, moto_client, table_request

T = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"
INDEXED = {"GSI1PK": {"S": "G"}, "GSI1SK": {"S": "1"}}


@pytest.fixture
def throttling() -> Throttling:
    return Throttling()


@pytest.fixture
def dynamodb(clock: HandClock, throttling: Throttling) -> Iterator[Any]:
    with repaired_moto(clock, throttling):
        client = moto_client("dynamodb")
        client.create_table(**table_request("shop"))
        client.put_item(TableName="shop", Item={**key("A"), **INDEXED, "n": {"N": "1"}})
        client.put_item(TableName="shop", Item=key("PLAIN"))
        yield client


def refused(act: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        act()
    return caught.value.response


def update(client: Any, partition: str, expression: str = "ADD n :one", **values: Any) -> Any:
    return client.update_item(
        TableName="shop", Key=key(partition), UpdateExpression=expression, ExpressionAttributeValues=values or {":one": {"N": "1"}}
    )


def query_index(client: Any) -> Any:
    return client.query(
        TableName="shop", IndexName="GSI1", KeyConditionExpression="GSI1PK = :p", ExpressionAttributeValues={":p": {"S": "G"}}
    )


def test_calls_that_write_no_item_are_answered_while_an_index_is_throttled(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("GSI1"))
    assert dynamodb.list_tags_of_resource(ResourceArn=T)["Tags"] == []
    assert dynamodb.list_tables()["TableNames"] == ["shop"]


def test_what_a_throttle_met_and_refused_is_counted(dynamodb: Any, throttling: Throttling) -> None:
    half = Throttle("GSI1", share=0.5)
    throttling.activate(half)
    update(dynamodb, "PLAIN")  # has no entry in the index
    update(dynamodb, "A")
    assert (throttling.met(half), throttling.refused(half)) == (1, 0)
    refused(lambda: update(dynamodb, "A"))
    assert (throttling.met(half), throttling.refused(half)) == (2, 1)


def test_index_refuses_writes_that_change_its_entry_with_reason_and_arn(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("GSI1", "key-range"))

    answer = refused(lambda: update(dynamodb, "A"))

    assert answer["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert answer["ThrottlingReasons"] == [{"reason": "IndexWriteKeyRangeThroughputExceeded", "resource": f"{T}/index/GSI1"}]
    assert dynamodb.get_item(TableName="shop", Key=key("A"))["Item"]["n"] == {"N": "1"}


def test_index_lets_writes_pass_that_leave_its_entries_alone(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("GSI1"))

    update(dynamodb, "PLAIN")
    dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED, "n": {"N": "1"}})  # as it was: the entry does not change
    dynamodb.get_item(TableName="shop", Key=key("A"))
    assert dynamodb.get_item(TableName="shop", Key=key("PLAIN"))["Item"]["n"] == {"N": "1"}


@pytest.mark.parametrize(
    "write",
    [
        lambda client: client.put_item(TableName="shop", Item={**key("NEW"), **INDEXED}),
        lambda client: client.delete_item(TableName="shop", Key=key("A")),
        lambda client: client.batch_write_item(RequestItems={"shop": [{"PutRequest": {"Item": {**key("NEW"), **INDEXED}}}]}),
        lambda client: update(client, "PLAIN", "SET GSI1PK = :g, GSI1SK = :g", **{":g": {"S": "g"}}),
        lambda client: update(client, "A", "REMOVE GSI1PK SET m = :m", **{":m": {"S": "x"}}),
    ],
    ids=["put", "delete", "batch", "update into the index", "update out of the index"],
)
def test_every_kind_of_write_into_a_throttled_index_is_refused_and_undone(dynamodb: Any, throttling: Throttling, write: Any) -> None:
    before = dynamodb.scan(TableName="shop")["Items"]
    throttling.activate(Throttle("GSI1"))

    assert refused(lambda: write(dynamodb))["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert dynamodb.scan(TableName="shop")["Items"] == before


def test_reads_of_a_throttled_index(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("GSI1", "on-demand-max", access="Read"))

    assert refused(lambda: query_index(dynamodb))["ThrottlingReasons"][0]["reason"] == "IndexReadMaxOnDemandThroughputExceeded"
    update(dynamodb, "A")
    dynamodb.query(TableName="shop", KeyConditionExpression="PK = :p", ExpressionAttributeValues={":p": {"S": "A"}})


def test_table_refuses_its_own_reads_and_writes_and_not_those_of_an_index(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("table", "provisioned"))

    got = refused(lambda: dynamodb.get_item(TableName="shop", Key=key("A")))
    assert got["ThrottlingReasons"] == [{"reason": "TableReadProvisionedThroughputExceeded", "resource": T}]
    assert refused(lambda: update(dynamodb, "PLAIN"))["ThrottlingReasons"][0]["reason"] == "TableWriteProvisionedThroughputExceeded"
    assert query_index(dynamodb)["Count"] == 1


def test_account_quota_has_an_error_of_its_own(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("table", "account", access="Write"))

    answer = refused(lambda: update(dynamodb, "PLAIN"))
    assert answer["Error"]["Code"] == "RequestLimitExceeded"
    assert answer["ThrottlingReasons"][0]["reason"] == "TableWriteAccountLimitExceeded"


def test_transaction_is_cancelled_with_a_reason_for_the_item_that_was_throttled(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("GSI1"))
    items = [
        {"Put": {"TableName": "shop", "Item": key("OTHER")}},
        {"Put": {"TableName": "shop", "Item": {**key("NEW"), **INDEXED}}},
    ]

    answer = refused(lambda: dynamodb.transact_write_items(TransactItems=items, ClientRequestToken="once"))

    assert answer["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in answer["CancellationReasons"]] == ["None", "ThrottlingError"]
    assert dynamodb.scan(TableName="shop")["Count"] == 2
    throttling.deactivate(Throttle("GSI1"))
    dynamodb.transact_write_items(TransactItems=items, ClientRequestToken="once")  # the refused one has not used the token up
    assert dynamodb.scan(TableName="shop")["Count"] == 4


def test_provisioned_table_gives_its_own_cancellation_reason(dynamodb: Any, throttling: Throttling) -> None:
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    index = {**table_request("p")["GlobalSecondaryIndexes"][0], "ProvisionedThroughput": throughput}
    dynamodb.create_table(
        **table_request("p", BillingMode="PROVISIONED", ProvisionedThroughput=throughput, GlobalSecondaryIndexes=[index]),
    )
    throttling.activate(Throttle("table", "provisioned", table="p"))

    items = [{"Put": {"TableName": "shop", "Item": key("X")}}, {"Put": {"TableName": "p", "Item": key("X")}}]
    answer = refused(lambda: dynamodb.transact_write_items(TransactItems=items))

    assert [reason["Code"] for reason in answer["CancellationReasons"]] == ["None", "ProvisionedThroughputExceeded"]


def test_share_is_counted_so_that_retries_get_through(dynamodb: Any, throttling: Throttling) -> None:
    throttling.activate(Throttle("GSI1", share=0.5))

    outcomes: list[bool] = []
    for _ in range(10):
        try:
            update(dynamodb, "A")
            outcomes.append(True)
        except ClientError:
            outcomes.append(False)

    assert outcomes == [True, False] * 5
    assert dynamodb.get_item(TableName="shop", Key=key("A"))["Item"]["n"] == {"N": "6"}


def test_throttle_holds_from_its_start_to_its_end(dynamodb: Any, throttling: Throttling, clock: HandClock) -> None:
    start = clock.now() + timedelta(minutes=5)
    throttling.activate(Throttle("GSI1", start=start, end=start + timedelta(minutes=3)))

    def passes() -> bool:
        try:
            update(dynamodb, "A")
        except ClientError:
            return False
        return True

    seen = []
    for _ in range(10):
        seen.append(passes())
        clock.advance(60)

    assert seen == [True] * 5 + [False] * 3 + [True] * 2


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"share": 0.0}, "share is 0.0"), ({"share": 1.5}, "share is 1.5"), ({"cause": "bad-luck"}, "provisioned, key-range")],
)
def test_impossible_throttle_is_refused(wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Throttle("GSI1", **wrong)
