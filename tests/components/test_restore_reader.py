"""A table that is in use is read with restraint: eventually consistent, page by page, and after what was not processed with a pause."""

from itertools import pairwise

import pytest

from components.restore.reader import BATCH, LONGEST_PAUSE_SECONDS, PAGE, UNITS_PER_SECOND, Reader
from tests.monitoring.doctor.answers import Answers

ITEM = {"PK": {"S": "A"}, "SK": {"S": "B"}}
MOST_KEYS = 100
"""API reference, BatchGetItem: "as many as 100 items"."""


def test_a_scan_takes_pages_eventually_consistent_and_waits_for_what_it_used() -> None:
    pages = [
        {"Items": [ITEM], "LastEvaluatedKey": ITEM, "ConsumedCapacity": {"CapacityUnits": 50.0}},
        {"Items": [ITEM], "ConsumedCapacity": {"CapacityUnits": 12.5}},
    ]
    told = Answers({"dynamodb:Scan": lambda _request: pages.pop(0)})
    waited = list[float]()

    assert list(Reader(told.account(), waited.append).part("shop", 3, 32)) == [ITEM, ITEM]

    first, second = told.of("dynamodb:Scan")
    asked = {"TableName": "shop", "Segment": 3, "TotalSegments": 32, "Limit": PAGE, "ReturnConsumedCapacity": "TOTAL"}
    assert (first, second) == (asked, {**asked, "ExclusiveStartKey": ITEM})  # ConsistentRead: default False
    assert sum(waited) == pytest.approx(62.5 / UNITS_PER_SECOND)


def test_keys_that_were_not_processed_are_asked_for_again_after_longer_and_longer_pauses() -> None:
    keys = {"shop": {"Keys": [ITEM]}}
    answers = [{"Responses": {}, "UnprocessedKeys": keys}] * 8 + [{"Responses": {"shop": [ITEM]}, "UnprocessedKeys": {}}]
    told = Answers({"dynamodb:BatchGetItem": lambda _request: answers.pop(0)})
    waited = list[float]()

    assert list(Reader(told.account(), waited.append).items("shop", [ITEM])) == [ITEM]

    assert [request["RequestItems"] for request in told.of("dynamodb:BatchGetItem")] == [keys] * 9
    assert len(waited) == 8
    assert all(later == min(2 * earlier, LONGEST_PAUSE_SECONDS) for earlier, later in pairwise(waited))
    assert BATCH <= MOST_KEYS
