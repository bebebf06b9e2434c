"""Repaired DynamoDB behaves as the developer guide and the API reference say: streams, tokens, pages, refusals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import repaired_moto
from tests.local.conftest import START, HandClock, key, moto_client, records, table_request


@pytest.fixture
def client_of(clock: HandClock) -> Iterator[Callable[[str], Any]]:
    with repaired_moto(clock):
        yield moto_client


@pytest.fixture
def dynamodb(client_of: Callable[[str], Any]) -> Any:
    client = client_of("dynamodb")
    client.create_table(**table_request("shop"))
    return client


@pytest.fixture
def stream(client_of: Callable[[str], Any], dynamodb: Any) -> Callable[[], list[dict[str, Any]]]:
    table = dynamodb.describe_table(TableName="shop")["Table"]
    return lambda: records(client_of("dynamodbstreams"), table)


def update(dynamodb: Any, partition: str, expression: str, **more: Any) -> Any:
    return dynamodb.update_item(TableName="shop", Key=key(partition), UpdateExpression=expression, **more)


def set_n(dynamodb: Any, partition: str, value: int) -> Any:
    return update(dynamodb, partition, "SET n = :n", ExpressionAttributeValues={":n": {"N": str(value)}})


def query(dynamodb: Any, partition: str, **more: Any) -> Any:
    return dynamodb.query(TableName="shop", KeyConditionExpression="PK = :p", ExpressionAttributeValues={":p": {"S": partition}}, **more)


def refused(act: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        act()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


# Streams


def test_one_record_for_each_change_and_none_for_what_changes_nothing(dynamodb: Any, stream: Any) -> None:
    set_n(dynamodb, "A", 1)  # an upsert: one INSERT, with all attributes
    set_n(dynamodb, "A", 1)
    set_n(dynamodb, "A", 2)
    dynamodb.put_item(TableName="shop", Item={**key("A"), "n": {"N": "2"}})
    dynamodb.delete_item(TableName="shop", Key=key("A"))
    dynamodb.delete_item(TableName="shop", Key=key("A"))

    images = [(each["eventName"], each["dynamodb"].get("OldImage"), each["dynamodb"].get("NewImage")) for each in stream()]
    one, two = ({**key("A"), "n": {"N": number}} for number in "12")
    assert images == [("INSERT", None, one), ("MODIFY", one, two), ("REMOVE", two, None)]


def test_record_has_the_fields_of_an_event(dynamodb: Any, stream: Any, clock: HandClock) -> None:
    clock.advance(90.7)
    set_n(dynamodb, "A", 1)

    [record] = stream()
    assert record["awsRegion"] == "eu-west-1"
    assert record["eventVersion"] == "1.1"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["dynamodb"]["Keys"] == key("A")
    assert record["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert record["dynamodb"]["ApproximateCreationDateTime"] == START + timedelta(seconds=90)


def test_image_is_not_changed_by_later_updates(dynamodb: Any, stream: Any) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("A"), "list": {"L": [{"S": "1"}]}})
    update(dynamodb, "A", "SET #l[0] = :v", ExpressionAttributeNames={"#l": "list"}, ExpressionAttributeValues={":v": {"S": "2"}})

    assert [each["dynamodb"]["NewImage"]["list"]["L"][0]["S"] for each in stream()] == ["1", "2"]


def test_failed_request_leaves_neither_item_nor_record(dynamodb: Any, stream: Any) -> None:
    wrong = {"PutRequest": {"Item": {**key("B"), "text": {"S": "x" * 410_000}}}}
    refused(lambda: dynamodb.batch_write_item(RequestItems={"shop": [{"PutRequest": {"Item": key("A")}}, wrong]}))
    put = {"Put": {"TableName": "shop", "Item": key("A")}}
    check = {"ConditionCheck": {"TableName": "shop", "Key": key("USER"), "ConditionExpression": "attribute_exists(PK)"}}
    refused(lambda: dynamodb.transact_write_items(TransactItems=[put, check]))
    refused(lambda: update(dynamodb, "A", "SET a = b"))

    assert dynamodb.scan(TableName="shop")["Count"] == 0
    assert stream() == []


def test_iterator_survives_a_cancelled_transaction(client_of: Any, dynamodb: Any) -> None:
    streams = client_of("dynamodbstreams")
    arn = dynamodb.describe_table(TableName="shop")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="LATEST")["ShardIterator"]
    put = {"Put": {"TableName": "shop", "Item": key("A"), "ConditionExpression": "attribute_exists(PK)"}}
    refused(lambda: dynamodb.transact_write_items(TransactItems=[put]))
    dynamodb.put_item(TableName="shop", Item=key("after"))

    assert [each["dynamodb"]["Keys"] for each in streams.get_records(ShardIterator=iterator)["Records"]] == [key("after")]


def test_mapping_on_the_stream_takes_nothing_out_of_it(client_of: Any, dynamodb: Any, stream: Any) -> None:
    from moto.dynamodb.models import dynamodb_backends

    table: Any = dynamodb_backends["123456789012"]["eu-west-1"].tables["shop"]
    table.lambda_event_source_mappings["arn:aws:lambda:eu-west-1:123456789012:function:f"] = object()
    dynamodb.put_item(TableName="shop", Item=key("A"))

    assert len(stream()) == 1


def test_stream_can_be_switched_off_and_on_again(client_of: Any, dynamodb: Any, clock: HandClock) -> None:
    dynamodb.update_table(TableName="shop", StreamSpecification={"StreamEnabled": False})
    dynamodb.put_item(TableName="shop", Item=key("A"))
    clock.advance(60)
    view = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    table = dynamodb.update_table(TableName="shop", StreamSpecification=view)["TableDescription"]
    dynamodb.put_item(TableName="shop", Item=key("B"))

    assert table["LatestStreamLabel"] == "2026-03-02T09:01:00.000"
    [record] = records(client_of("dynamodbstreams"), table)
    assert record["dynamodb"]["Keys"] == key("B")
    assert "NewImage" not in record["dynamodb"]


# Transactions


def test_token_makes_a_transaction_once_within_ten_minutes(dynamodb: Any, stream: Any, clock: HandClock) -> None:
    def add(amount: int) -> Any:
        change = {
            "TableName": "shop",
            "Key": key("A"),
            "UpdateExpression": "ADD n :n",
            "ExpressionAttributeValues": {":n": {"N": str(amount)}},
        }
        return dynamodb.transact_write_items(TransactItems=[{"Update": change}], ClientRequestToken="once")

    add(1)
    clock.advance(9 * 60 + 59)
    add(1)
    assert len(stream()) == 1
    assert refused(lambda: add(2))[0] == "IdempotentParameterMismatchException"
    clock.advance(2)
    add(2)
    assert dynamodb.get_item(TableName="shop", Key=key("A"))["Item"]["n"] == {"N": "3"}


def test_cancellation_tells_which_item_and_shows_what_is_there(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("taken"), "n": {"N": "7"}})
    condition = {"ConditionExpression": "attribute_not_exists(PK)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    puts = [{"Put": {"TableName": "shop", "Item": key(name), **condition}} for name in ("free", "taken")]

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=puts)

    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == {**key("taken"), "n": {"N": "7"}}


@pytest.mark.parametrize("write", ["put", "update", "delete"])
def test_failed_condition_shows_what_is_there(dynamodb: Any, write: str) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("A"), "n": {"N": "7"}})
    condition = {"TableName": "shop", "ConditionExpression": "n > :n", "ExpressionAttributeValues": {":n": {"N": "8"}}}
    condition["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    acts = {
        "put": lambda: dynamodb.put_item(Item=key("A"), **condition),
        "update": lambda: dynamodb.update_item(Key=key("A"), UpdateExpression="SET m = :n", **condition),
        "delete": lambda: dynamodb.delete_item(Key=key("A"), **condition),
    }

    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as caught:
        acts[write]()
    assert caught.value.response["Item"] == {**key("A"), "n": {"N": "7"}}


# Queries


def test_pages_cover_a_partition_forwards_and_backwards(dynamodb: Any) -> None:
    sorts = [f"{number:03}" for number in range(7)]
    for sort in (*sorts, "unrelated"):
        dynamodb.put_item(TableName="shop", Item=key("B" if sort == "unrelated" else "A", sort))

    def pages(forward: bool) -> list[list[str]]:
        found = []
        start: dict[str, Any] = {}
        while True:
            page = query(dynamodb, "A", Limit=3, ScanIndexForward=forward, **start)
            found.append([item["SK"]["S"] for item in page["Items"]])
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    assert pages(True) == [sorts[:3], sorts[3:6], sorts[6:]]
    assert pages(False) == [sorts[:3:-1], sorts[3:0:-1], sorts[:1]]


def test_full_page_has_a_last_key_even_when_nothing_follows(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="shop", Item=key("A"))

    page = query(dynamodb, "A", Limit=1)
    assert page["LastEvaluatedKey"] == key("A")
    rest = query(dynamodb, "A", Limit=1, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert (rest["Items"], rest.get("LastEvaluatedKey")) == ([], None)


def test_index_pages_do_not_repeat_items_with_equal_sort_keys(dynamodb: Any) -> None:
    for number in range(5):
        dynamodb.put_item(TableName="shop", Item={**key(f"P{number}"), "GSI1PK": {"S": "G"}, "GSI1SK": {"S": "same"}})
    seen: list[str] = []
    start: dict[str, Any] = {}
    while True:
        page = dynamodb.query(
            TableName="shop",
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :p",
            ExpressionAttributeValues={":p": {"S": "G"}},
            Limit=2,
            **start,
        )
        seen += [item["PK"]["S"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    assert sorted(seen) == [f"P{number}" for number in range(5)]


def test_index_follows_every_kind_of_write(dynamodb: Any) -> None:
    def entries() -> list[str]:
        page = dynamodb.query(
            TableName="shop", IndexName="GSI1", KeyConditionExpression="GSI1PK = :p", ExpressionAttributeValues={":p": {"S": "G"}}
        )
        return [f"{item['PK']['S']}{item['GSI1SK']['S']}" for item in page["Items"]]

    def entry(partition: str, sort: str) -> dict[str, Any]:
        return {**key(partition), "GSI1PK": {"S": "G"}, "GSI1SK": {"S": sort}}

    dynamodb.put_item(TableName="shop", Item=entry("A", "2"))
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "shop", "Item": entry("B", "1")}}])
    assert entries() == ["B1", "A2"]
    update(dynamodb, "A", "SET GSI1SK = :s", ExpressionAttributeValues={":s": {"S": "0"}})
    assert entries() == ["A0", "B1"]
    condition = {"ConditionExpression": "attribute_not_exists(PK)"}
    taken = [{"Put": {"TableName": "shop", "Item": entry(name, "9"), **condition}} for name in ("C", "A")]
    refused(lambda: dynamodb.transact_write_items(TransactItems=taken))
    assert entries() == ["A0", "B1"]
    update(dynamodb, "A", "REMOVE GSI1SK")
    dynamodb.batch_write_item(RequestItems={"shop": [{"DeleteRequest": {"Key": key("B")}}, {"PutRequest": {"Item": entry("D", "5")}}]})
    assert entries() == ["D5"]


def test_conditions_on_the_sort_key(dynamodb: Any) -> None:
    for sort in ("ITEM#1", "ITEM#2", "META", "ORDER#1"):
        dynamodb.put_item(TableName="shop", Item=key("A", sort))

    def matching(condition: str, **values: str) -> list[str]:
        expression = {":p": {"S": "A"}, **{f":{name}": {"S": value} for name, value in values.items()}}
        page = dynamodb.query(TableName="shop", KeyConditionExpression=f"PK = :p AND {condition}", ExpressionAttributeValues=expression)
        return [item["SK"]["S"] for item in page["Items"]]

    assert matching("begins_with(SK, :a)", a="ITEM#") == ["ITEM#1", "ITEM#2"]
    assert matching("SK BETWEEN :a AND :b", a="ITEM#2", b="META") == ["ITEM#2", "META"]
    assert matching("SK > :a", a="META") == ["ORDER#1"]
    assert matching("SK = :a", a="META") == ["META"]


def test_filter_does_not_fill_a_page_up(dynamodb: Any) -> None:
    for number in range(4):
        dynamodb.put_item(TableName="shop", Item={**key("A", str(number)), "even": {"BOOL": number % 2 == 0}})

    page = dynamodb.query(
        TableName="shop",
        KeyConditionExpression="PK = :p",
        FilterExpression="even = :t",
        ExpressionAttributeValues={":p": {"S": "A"}, ":t": {"BOOL": True}},
        Limit=3,
    )
    assert (page["Count"], page["ScannedCount"]) == (2, 3)
    assert page["LastEvaluatedKey"] == key("A", "2")


def test_page_ends_at_one_mebibyte(dynamodb: Any) -> None:
    for number in range(5):
        dynamodb.put_item(TableName="shop", Item={**key("A", str(number)), "text": {"S": "x" * 255_900}})

    page = query(dynamodb, "A")
    assert page["Count"] == 4
    assert page["LastEvaluatedKey"] == key("A", "3")


def test_start_key_must_be_of_this_query(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="shop", Item=key("A"))

    assert refused(lambda: query(dynamodb, "A", ExclusiveStartKey=key("B")))[0] == "ValidationException"
    assert refused(lambda: query(dynamodb, "A", ExclusiveStartKey={"PK": {"S": "A"}}))[0] == "ValidationException"


def test_numbers_sort_as_numbers(dynamodb: Any) -> None:
    request = table_request("numbers", GlobalSecondaryIndexes=[], AttributeDefinitions=[])
    request.pop("GlobalSecondaryIndexes")
    request["AttributeDefinitions"] = [{"AttributeName": "PK", "AttributeType": "S"}, {"AttributeName": "SK", "AttributeType": "N"}]
    dynamodb.create_table(**request)
    for number in ("10", "9", "-1", "2.5"):
        dynamodb.put_item(TableName="numbers", Item={"PK": {"S": "A"}, "SK": {"N": number}})

    page = dynamodb.query(TableName="numbers", KeyConditionExpression="PK = :p", ExpressionAttributeValues={":p": {"S": "A"}})
    assert [item["SK"]["N"] for item in page["Items"]] == ["-1", "2.5", "9", "10"]


def test_four_thousand_items_cost_a_query_and_a_transaction_no_more_than_few(dynamodb: Any) -> None:
    def fill(first: int, last: int) -> None:
        for start in range(first, last, 25):
            puts = [
                {"PutRequest": {"Item": {**key(f"P{number}"), "GSI1PK": {"S": f"G{number % 100}"}, "GSI1SK": {"S": str(number)}}}}
                for number in range(start, start + 25)
            ]
            dynamodb.batch_write_item(RequestItems={"shop": puts})

    def seconds(act: Callable[[int], Any]) -> float:
        act(-1)
        return min(_timed(lambda turn=turn: act(turn)) for turn in range(15))

    def read(_: int) -> None:
        dynamodb.query(
            TableName="shop", IndexName="GSI1", KeyConditionExpression="GSI1PK = :p", ExpressionAttributeValues={":p": {"S": "G5"}}, Limit=1
        )

    def write(turn: int) -> None:
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "shop", "Item": key(f"T{time.monotonic_ns()}", str(turn))}}])

    fill(0, 100)
    few = seconds(read), seconds(write)
    fill(100, 4000)
    many = seconds(read), seconds(write)

    # Unrepaired, 40 times the items cost about 40 times as much; the best of 15 is compared, so that a busy machine does not matter.
    assert many[0] < 5 * few[0]
    assert many[1] < 5 * few[1]


def _timed(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


# Refusals


@pytest.mark.parametrize(
    ("request_of", "word"),
    [
        (lambda client: client.put_item(TableName="shop", Item=key("A"), ConditionExpression="PK = :missing"), ":missing"),
        (lambda client: client.put_item(TableName="shop", Item=key("A"), ConditionExpression="#missing = PK"), "#missing"),
        (
            lambda client: client.put_item(TableName="shop", Item={**key("A"), "GSI1PK": {"N": "1"}}),
            "Index Key GSI1PK Expected: S Actual: N",
        ),
        (lambda client: client.transact_write_items(TransactItems=[]), "from 1 to 100"),
        (lambda client: query(client, "A", Limit=0), "'limit'"),
        (
            lambda client: client.batch_write_item(
                RequestItems={"shop": [{"PutRequest": {"Item": key("A")}}, {"DeleteRequest": {"Key": key("A")}}]}
            ),
            "duplicates",
        ),
        (
            lambda client: client.batch_write_item(RequestItems={"shop": [{"PutRequest": {"Item": key(str(n))}} for n in range(26)]}),
            "Too many items",
        ),
        (
            lambda client: client.transact_write_items(
                TransactItems=[{"Put": {"TableName": "shop", "Item": {**key(str(n)), "text": {"S": "x" * 390_000}}}} for n in range(11)]
            ),
            "4 MB",
        ),
    ],
)
def test_wrong_request_is_a_validation_error_and_writes_nothing(dynamodb: Any, request_of: Any, word: str) -> None:
    unchecked = moto_client("dynamodb", parameter_validation=False)

    code, message = refused(lambda: request_of(unchecked))

    assert code == "ValidationException"
    assert word in message
    assert dynamodb.scan(TableName="shop")["Count"] == 0


def test_hundred_items_can_be_read_in_one_transaction(dynamodb: Any) -> None:
    gets = [{"Get": {"TableName": "shop", "Key": key(str(number))}} for number in range(100)]

    assert dynamodb.transact_get_items(TransactItems=gets)["Responses"] == [{}] * 100
