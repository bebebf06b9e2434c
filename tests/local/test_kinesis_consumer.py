"""A consumer of Kinesis on the embedded AWS: the table sends its changes there, the mapping delivers them, and what it parked is tried again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.redrive import redrive
from local.realtime import this_minute
from local.world import World
from monitoring.live import Account
from singletable.kinesis import change_in
from tests.local.programs import write

CODE = """
import json, os

def handler(event, context):
    print(json.dumps(event))
    if os.environ.get("BROKEN"):
        raise RuntimeError("not today")
    return {"batchItemFailures": []}
"""
PROGRAM = f"""
from components import Delivery, KinesisDestination, SingleTable, Source, StreamConsumer

definition = {{"version": 1, "key": {{"partition": "PK", "sort": "SK"}}, "indexes": [], "ttl": None, "entities": [], "patterns": []}}
changes = aws.kinesis.Stream("changes", shard_count=2)
data = SingleTable("notes", table=definition, disposable=True, kinesis=KinesisDestination(changes.arn))
consumer = StreamConsumer(
    "follow",
    handler="index.handler",
    code=pulumi.AssetArchive({{"index.py": pulumi.StringAsset({CODE!r})}}),
    stream={{"version": 1, "filters": [{{"eventName": ["INSERT", "REMOVE"]}}]}},
    table=data,
    patterns=[],
    source=Source.kinesis(changes.arn),
    delivery=Delivery(retries=0, bisect=False),
)
pulumi.export("table", data.name)
pulumi.export("function", consumer.function.name)
pulumi.export("logs", consumer.function.log_group)
pulumi.export("queue", consumer.failure_queue_url)
pulumi.export("stream", changes.arn)
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Near the machine's time: moto's timers of messages run by that."""
    with World(write(tmp_path_factory.mktemp("project"), PROGRAM), "dev", start=this_minute()) as made:
        yield made


def put(world: World, name: str, **more: Any) -> None:
    world.aws.client("dynamodb").put_item(TableName=world.output("table"), Item={"PK": {"S": name}, "SK": {"S": "A"}, **more})


def events(world: World, name: str) -> list[dict[str, Any]]:
    """Records about an item that the function was given, from its own log."""
    world.tick()
    answer = world.aws.client("logs").filter_log_events(logGroupName=world.output("logs"))
    lines = [json.loads(each["message"]) for each in answer["events"] if each["message"].startswith('{"Records"')]
    records = [record for line in lines for record in line["Records"]]
    return [each for each in records if change_in(each)["dynamodb"]["Keys"]["PK"] == {"S": name}]


def test_a_change_reaches_the_function_as_kinesis_carries_it(world: World) -> None:
    put(world, "first", note={"S": "é"})
    put(world, "first", note={"S": "changed"})  # left out by the filter
    put(world, "second")
    world.aws.client("dynamodb").delete_item(TableName=world.output("table"), Key={"PK": {"S": "second"}, "SK": {"S": "A"}})

    (record,) = events(world, "first")
    assert (record["eventSource"], record["eventName"], record["eventSourceARN"]) == (
        "aws:kinesis",
        "aws:kinesis:record",
        world.output("stream"),
    )
    assert record["eventID"].endswith(f":{record['kinesis']['sequenceNumber']}")
    change = change_in(record)
    assert (change["eventName"], change["tableName"]) == ("INSERT", world.output("table"))
    assert change["dynamodb"]["NewImage"]["note"] == {"S": "é"}
    assert change["dynamodb"]["ApproximateCreationDateTime"] == record["kinesis"]["approximateArrivalTimestamp"]
    assert [change_in(each)["eventName"] for each in events(world, "second")] == ["INSERT", "REMOVE"]
    assert not [sentence for sentence in world.unexpected() if "denied" in sentence or "PROBLEM" in sentence]


def test_what_was_parked_is_tried_again_once_it_is_mended(world: World) -> None:
    client, function = world.aws.client("lambda"), world.output("function")
    variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    client.update_function_configuration(FunctionName=function, Environment={"Variables": {**variables, "BROKEN": "yes"}})
    put(world, "third")
    world.tick()
    account = Account(world.aws.client, world.aws.region)

    (failed,) = redrive(account, world.output("queue"))
    assert (failed.result, failed.changes, failed.detail) == ("failed", 1, "RuntimeError: not today")

    client.update_function_configuration(FunctionName=function, Environment={"Variables": variables})
    world.poll()
    before = len(events(world, "third"))
    (handled,) = redrive(account, world.output("queue"))
    assert (handled.result, handled.changes) == ("handled", 1)
    assert len(events(world, "third")) == before + 1
    assert list(redrive(account, world.output("queue"))) == []
