"""What a call says it used: API reference, ConsumedCapacity and ReturnConsumedCapacity."""

import pytest

from local.consumption import told

USED = {("shop", None): 4.0, ("shop", "GSI1"): 2.0}


@pytest.mark.parametrize("request_", [{}, {"ReturnConsumedCapacity": "NONE"}])
def test_who_does_not_ask_is_not_told(request_: dict[str, str]) -> None:
    assert told("PutItem", request_, {"ConsumedCapacity": {"CapacityUnits": 1.0}}, USED) == {}


def test_total_is_the_sum_of_table_and_indexes() -> None:
    answer = told("PutItem", {"ReturnConsumedCapacity": "TOTAL"}, {"Attributes": {}}, USED)
    assert answer == {"Attributes": {}, "ConsumedCapacity": {"TableName": "shop", "CapacityUnits": 6.0}}


def test_indexes_are_told_apart() -> None:
    answer = told("PutItem", {"ReturnConsumedCapacity": "INDEXES"}, {}, USED)
    assert answer["ConsumedCapacity"]["Table"] == {"CapacityUnits": 4.0}
    assert answer["ConsumedCapacity"]["GlobalSecondaryIndexes"] == {"GSI1": {"CapacityUnits": 2.0}}


def test_a_transaction_answers_with_a_list_of_tables() -> None:
    answer = told("TransactWriteItems", {"ReturnConsumedCapacity": "TOTAL"}, {}, {**USED, ("other", None): 1.0})
    assert answer["ConsumedCapacity"] == [{"TableName": "shop", "CapacityUnits": 6.0}, {"TableName": "other", "CapacityUnits": 1.0}]
