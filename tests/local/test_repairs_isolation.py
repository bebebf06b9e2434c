"""What concurrent writers see: nothing acknowledged is lost, nothing cancelled is left behind. Over HTTP and in process."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import EmbeddedAws, repaired_moto
from tests.local.conftest import HandClock, key, moto_client, table_request

THREADS = 8


@pytest.fixture(params=["http", "in process"])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "http":
        with EmbeddedAws(HandClock()) as aws:
            client = aws.client("dynamodb")
            client.create_table(**table_request("shop"))
            yield client
    else:
        with repaired_moto(HandClock()):
            client = moto_client("dynamodb")
            client.create_table(**table_request("shop"))
            yield client


def in_parallel(work: Callable[[int, int], None], times: int) -> None:
    """Run `work(thread, turn)` on every thread; the first error is raised."""

    def worker(thread: int) -> None:
        for turn in range(times):
            work(thread, turn)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(worker, range(THREADS)))


def number(dynamodb: Any, partition: str, attribute: str) -> int:
    return int(dynamodb.get_item(TableName="shop", Key=key(partition), ConsistentRead=True)["Item"][attribute]["N"])


def add(partition: str, amount: int, at_least: int | None = None) -> dict[str, Any]:
    update: dict[str, Any] = {
        "TableName": "shop",
        "Key": key(partition),
        "UpdateExpression": "ADD amount :m",
        "ExpressionAttributeValues": {":m": {"N": str(amount)}},
    }
    if at_least is not None:
        update["ConditionExpression"] = "amount >= :l"
        update["ExpressionAttributeValues"][":l"] = {"N": str(at_least)}
    return update


def test_counter_counts_every_acknowledged_increment(dynamodb: Any) -> None:
    in_parallel(lambda thread, turn: dynamodb.update_item(**add("counter", 1)), 20)

    assert number(dynamodb, "counter", "amount") == THREADS * 20


def test_claim_has_exactly_one_winner(dynamodb: Any) -> None:
    winners: Counter[int] = Counter()

    def claim(thread: int, turn: int) -> None:
        try:
            dynamodb.put_item(TableName="shop", Item=key(f"slot{turn}"), ConditionExpression="attribute_not_exists(PK)")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return
        winners[turn] += 1

    in_parallel(claim, 15)

    assert winners == Counter(range(15))


def test_transfers_keep_the_total_and_no_balance_goes_below_zero(dynamodb: Any) -> None:
    accounts = [f"account{number}" for number in range(5)]
    for account in accounts:
        dynamodb.put_item(TableName="shop", Item={**key(account), "amount": {"N": "100"}})
    outcomes: Counter[str] = Counter()

    def transfer(thread: int, turn: int) -> None:
        giver, taker = random.Random(thread * 1000 + turn).sample(accounts, 2)
        try:
            dynamodb.transact_write_items(TransactItems=[{"Update": add(giver, -30, at_least=30)}, {"Update": add(taker, 30)}])
        except dynamodb.exceptions.TransactionCanceledException:
            outcomes["cancelled"] += 1
        else:
            outcomes["done"] += 1

    in_parallel(transfer, 12)

    balances = [number(dynamodb, account, "amount") for account in accounts]
    assert outcomes["done"] > 0 and outcomes["cancelled"] > 0
    assert sum(balances) == 500
    assert min(balances) >= 0


def test_cancelled_transaction_does_not_undo_what_others_wrote(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="shop", Item=key("taken"))

    def work(thread: int, turn: int) -> None:
        if thread % 2:
            dynamodb.update_item(**add("counter", 1))
            return
        with pytest.raises(ClientError) as caught:
            dynamodb.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "shop", "Item": key(f"left-behind-{thread}-{turn}")}},
                    {"Put": {"TableName": "shop", "Item": key("taken"), "ConditionExpression": "attribute_not_exists(PK)"}},
                ]
            )
        assert caught.value.response["CancellationReasons"][0] == {"Code": "None"}
        assert caught.value.response["CancellationReasons"][1]["Code"] == "ConditionalCheckFailed"

    in_parallel(work, 15)

    assert number(dynamodb, "counter", "amount") == THREADS // 2 * 15
    assert {item["PK"]["S"] for item in dynamodb.scan(TableName="shop")["Items"]} == {"taken", "counter"}
