"""Sizes and capacity units.

Expectations come from the developer guide's examples and from what DynamoDB was measured to report, never from our own output:
the measured tables are those of paritysuite/dynamodb-conformance 149 and nubo-db/dynoxide 176 and 188.
"""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singletable.definition import IndexDefinition, KeyDefinition
from singletable.sizing import (
    ITEM_LIMIT_BYTES,
    KB,
    Units,
    item_bytes,
    read_cost,
    read_units,
    refused_cost,
    request_cost,
    total,
    value_bytes,
    write_cost,
    write_units,
)

KEY = KeyDefinition("pk", "sk")
ALL = IndexDefinition("GSI1", KeyDefinition("gpk", "gsk"))
KEYS_ONLY = IndexDefinition("GSI2", KeyDefinition("gpk"), "KEYS_ONLY")
INCLUDE = IndexDefinition("GSI3", KeyDefinition("gpk"), "INCLUDE", ("proj",))


def item(size_bytes: int = 100, **attributes: str | None) -> dict[str, Any]:
    """An item of exactly this size, in all three indexes unless an index key is None."""
    texts = {"pk": "p", "sk": "s", "gpk": "a", "gsk": "b", "proj": "c", **attributes}
    made = {name: {"S": text} for name, text in texts.items() if text is not None}
    return {**made, "fill": {"S": "x" * (size_bytes - item_bytes(made) - len("fill"))}}


# --- sizes


@pytest.mark.parametrize(
    ("attribute", "size_bytes"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é"}, 2),
        ({"S": "😀"}, 4),
        ({"B": b"\x00\xff\x00"}, 3),
        ({"B": b64encode(b"\x00\xff\x00").decode()}, 3),
        ({"BOOL": True}, 1),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"N": "0"}, 1),
        ({"N": "5"}, 2),
        ({"N": "-5"}, 3),
        ({"N": "12"}, 2),
        ({"N": "123"}, 3),
        ({"N": "1000000"}, 2),
        ({"N": "0.00012"}, 2),
        ({"N": "1.50"}, 3),
        ({"N": "1E+20"}, 2),
        ({"N": "1e20"}, 2),
        ({"N": "100.5"}, 4),
        ({"N": "9" * 38}, 20),
        ({"SS": ["a", "bcd"]}, 4),
        ({"NS": ["1", "123"]}, 5),
        ({"BS": [b"12", b"3"]}, 3),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "ab"}]}, 3 + 1 + 2),
        ({"M": {"key": {"S": "ab"}}}, 3 + 1 + 3 + 2),
        ({"L": [{"L": []}, {"M": {"a": {"BOOL": True}}}]}, 3 + (1 + 3) + (1 + 3 + 1 + 1 + 1)),
    ],
)
def test_a_value_has_the_size_that_the_guide_gives(attribute: dict[str, Any], size_bytes: int) -> None:
    assert value_bytes(attribute) == size_bytes


def test_the_example_of_the_guide() -> None:
    """ "An attribute named "shirt-color" with value "R" consumes 12 bytes" (DynamoDB developer guide, "Naming rules and data types")."""
    assert item_bytes({"shirt-color": {"S": "R"}}) == 12


def test_names_count_in_utf8() -> None:
    assert item_bytes({"größe": {"N": "42"}}) == 7 + 2


def test_the_limit_of_an_item() -> None:
    assert ITEM_LIMIT_BYTES == 409_600


# --- units


@pytest.mark.parametrize(
    ("size_bytes", "consistent", "transactional", "units"),
    [
        (0, True, False, 1),
        (0, False, False, 0.5),
        (0, False, True, 2),
        (3500, True, False, 1),
        (4 * KB, True, False, 1),
        (4 * KB + 1, True, False, 2),
        (8 * KB, True, False, 2),
        (8 * KB, False, False, 1),
        (8 * KB, False, True, 4),
        (10 * KB, True, False, 3),
    ],
)
def test_reads_cost_by_4_kb(size_bytes: int, consistent: bool, transactional: bool, units: float) -> None:
    assert read_units(size_bytes, consistent, transactional) == units


@pytest.mark.parametrize(("size_bytes", "units"), [(0, 1), (1, 1), (500, 1), (KB, 1), (KB + 1, 2), (3.5 * KB, 4), (10 * KB, 10)])
def test_writes_cost_by_1_kb(size_bytes: float, units: float) -> None:
    assert write_units(int(size_bytes)) == units
    assert write_units(int(size_bytes), transactional=True) == 2 * units


def test_a_query_pays_for_all_it_reads_together() -> None:
    """Forty items of 64 bytes are rounded once: 0.5 read units (the guide's Query example: sizes are summed, then rounded)."""
    assert read_cost(40 * 64) == Units(read=0.5)
    assert read_cost(40 * 64, consistent=True) == Units(read=1)


def test_a_query_of_an_index_is_paid_by_the_index() -> None:
    assert read_cost(9 * KB, index="GSI1") == Units(indexes={"GSI1": 1.5})


# --- writes and their indexes


@pytest.mark.parametrize(
    ("old", "new", "table", "indexes"),
    [
        pytest.param(None, item(3 * KB), 3, {"GSI1": 3, "GSI2": 1, "GSI3": 1}, id="put"),
        pytest.param(item(3 * KB), None, 3, {"GSI1": 3, "GSI2": 1, "GSI3": 1}, id="delete"),
        pytest.param(None, None, 1, {}, id="delete of nothing"),
        pytest.param(item(3 * KB), item(3 * KB), 3, {}, id="identical overwrite"),
        pytest.param(item(3 * KB), item(3 * KB, gpk="z"), 3, {"GSI1": 6, "GSI2": 2, "GSI3": 2}, id="moved to another key"),
        pytest.param(item(1517), item(1517, gpk="z"), 2, {"GSI1": 4, "GSI2": 2, "GSI3": 2}, id="a move is rounded by image"),
        pytest.param(item(3 * KB), item(100, gpk="z"), 3, {"GSI1": 4, "GSI2": 2, "GSI3": 2}, id="moved and shrunk"),
        pytest.param(item(3 * KB), item(100), 3, {"GSI1": 3}, id="shrunk in place: the larger image"),
        pytest.param(item(100), item(3 * KB), 3, {"GSI1": 3}, id="grown in place: the larger image"),
        pytest.param(item(3 * KB), item(3 * KB, proj="z"), 3, {"GSI1": 3, "GSI3": 1}, id="a projected attribute"),
        pytest.param(item(100), item(100, gpk=None), 1, {"GSI1": 1, "GSI2": 1, "GSI3": 1}, id="leaves the indexes"),
        pytest.param(item(100, gpk=None), item(100), 1, {"GSI1": 1, "GSI2": 1, "GSI3": 1}, id="enters the indexes"),
        pytest.param(item(100, gpk=None), item(200, gpk=None), 1, {}, id="never in the indexes"),
        pytest.param(None, item(100, gsk=None), 1, {"GSI2": 1, "GSI3": 1}, id="half a key is no key"),
    ],
)
def test_a_write_pays_for_the_change_of_each_index(old: Any, new: Any, table: float, indexes: dict[str, float]) -> None:
    assert write_cost(old, new, (ALL, KEYS_ONLY, INCLUDE), KEY) == Units(write=table, indexes=indexes)


def test_a_transaction_doubles_the_table_and_not_its_indexes() -> None:
    assert write_cost(None, item(3 * KB), (ALL,), KEY, transactional=True) == Units(write=6, indexes={"GSI1": 3})
    assert write_cost(item(3 * KB), item(3 * KB, gpk="z"), (ALL,), KEY, transactional=True) == Units(write=6, indexes={"GSI1": 6})


def test_a_refused_condition_is_paid_too() -> None:
    assert refused_cost(item(3 * KB), item(5 * KB)) == Units(write=5)
    assert refused_cost(None, item(100)) == Units(write=1)
    assert refused_cost(item(3 * KB), transactional=True) == Units(write=6)
    assert refused_cost(None) == Units(write=1)


# --- requests


def test_a_put_shows_its_own_cost() -> None:
    assert request_cost("PutItem", {"TableName": "t", "Item": item(3 * KB)}, (ALL,), KEY) == Units(write=3, indexes={"GSI1": 3})


def test_a_transaction_is_the_sum_of_its_actions() -> None:
    request = {
        "TransactItems": [
            {"Put": {"Item": item(1500)}},
            {"Update": {"Key": {}}},
            {"Delete": {"Key": {}}},
            {"ConditionCheck": {"Key": {}}},
        ]
    }
    images = [(None, item(1500)), (item(100), item(100, gpk="z")), (item(3 * KB), None), (item(9 * KB), item(9 * KB))]
    # 2 x 2, 2 x 1, 2 x 3 and 2 x 9 for the table; 2, 2, 3 and nothing for the index.
    assert request_cost("TransactWriteItems", request, (ALL,), KEY, images=images) == Units(write=4 + 2 + 6 + 18, indexes={"GSI1": 7})


def test_sizes_that_a_request_does_not_show_are_the_least() -> None:
    request = {"TransactItems": [{"Update": {"Key": {}}}, {"ConditionCheck": {"Key": {}}}]}
    assert request_cost("TransactWriteItems", request, (ALL,), KEY) == Units(write=4)
    assert request_cost("DeleteItem", {"Key": {}}, (ALL,), KEY) == Units(write=1)


def test_reads_by_request() -> None:
    assert request_cost("GetItem", {"ConsistentRead": True}, (), KEY) == Units(read=1)
    assert request_cost("Query", {"IndexName": "GSI1"}, (ALL,), KEY, read_bytes=10 * KB) == Units(indexes={"GSI1": 1.5})


# --- what always holds

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**20), max_value=10**20).map(str)
SCALARS = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=30)),
    st.builds(lambda number: {"N": number}, NUMBERS),
    st.builds(lambda content: {"B": content}, st.binary(max_size=30)),
    st.builds(lambda truth: {"BOOL": truth}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda texts: {"SS": texts}, st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3, unique=True)),
)
NAMES = st.text(min_size=1, max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"L": parts}, st.lists(inner, max_size=4)),
        st.builds(lambda parts: {"M": parts}, st.dictionaries(NAMES, inner, max_size=4)),
    ),
    max_leaves=8,
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=6)
IMAGES = st.none() | st.builds(
    lambda size, gpk, gsk, proj: item(size, gpk=gpk, gsk=gsk, proj=proj),
    st.integers(60, 5 * KB),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from(["c", "d"]),
)


@settings(max_examples=40)
@given(ITEMS, ITEMS)
def test_size_is_the_sum_of_the_attributes(one: dict[str, Any], two: dict[str, Any]) -> None:
    rest = {name: part for name, part in two.items() if name not in one}
    assert item_bytes({**one, **rest}) == item_bytes(one) + item_bytes(rest)


@settings(max_examples=40)
@given(ITEMS, NAMES, VALUES)
def test_an_attribute_makes_an_item_larger(one: dict[str, Any], name: str, attribute: dict[str, Any]) -> None:
    without = {other: part for other, part in one.items() if other != name}
    assert item_bytes({**without, name: attribute}) > item_bytes(without)


@given(VALUES)
def test_nesting_costs_more_than_the_value_itself(attribute: dict[str, Any]) -> None:
    assert value_bytes({"L": [attribute]}) == value_bytes(attribute) + 4
    assert value_bytes({"M": {"ab": attribute}}) == value_bytes(attribute) + 6


@given(NUMBERS)
def test_a_number_has_between_1_and_22_bytes_and_a_minus_sign_is_one(number: str) -> None:
    """38 digits on both sides of the point are 20 pairs: one more byte, and one for the sign."""
    unsigned = number.lstrip("-")
    size_bytes = value_bytes({"N": unsigned})
    assert 1 <= size_bytes <= 21
    assert value_bytes({"N": f"-{unsigned}"}) == size_bytes + (size_bytes > 1)


@given(st.integers(0, 2 * ITEM_LIMIT_BYTES), st.integers(0, 2 * ITEM_LIMIT_BYTES))
def test_units_never_fall_with_size_and_never_below_the_least(one: int, two: int) -> None:
    small, large = sorted((one, two))
    assert write_units(small) <= write_units(large) and read_units(small) <= read_units(large)
    assert write_units(small) >= max(1, small / KB) and read_units(small, consistent=True) >= max(1, small / (4 * KB))
    assert read_units(large) * 4 == read_units(large, consistent=True) * 2 == read_units(large, transactional=True)
    assert write_units(one + two) <= write_units(one) + write_units(two)


@given(IMAGES, IMAGES)
def test_a_write_never_costs_less_than_a_unit_nor_an_index_more_than_both_images(old: Any, new: Any) -> None:
    cost, back = write_cost(old, new, (ALL, KEYS_ONLY, INCLUDE), KEY), write_cost(new, old, (ALL, KEYS_ONLY, INCLUDE), KEY)
    assert cost == back, "what was done costs the same to undo"
    assert cost.write >= 1 and all(units >= 1 for units in cost.indexes.values())
    assert all(units <= write_units(item_bytes(old or {})) + write_units(item_bytes(new or {})) for units in cost.indexes.values())
    assert cost.indexes.get("GSI2", 0) <= cost.indexes.get("GSI3", 0), "an index that holds less never costs more"
    assert refused_cost(old, new).write == cost.write


@given(st.lists(st.builds(lambda write, index: Units(write=write, indexes={"GSI1": index}), st.integers(0, 9), st.integers(0, 9))))
def test_costs_add_up(parts: list[Units]) -> None:
    assert total(parts).total == sum(part.total for part in parts)
