"""Indexes of a table beside those of its declaration, and what declared ones hold."""

from pathlib import Path

import pytest

from components.errors import InvalidArgument
from components.tables.indexes import GlobalIndex, indexes_of
from components.tables.projections import Projection
from singletable.definition import (
    EntityDefinition,
    IndexDefinition,
    KeyDefinition,
    PatternDefinition,
    TableDefinition,
)
from tests.components.conftest import run
from tests.components.tables import SORTED, table_of


def test_an_index_with_keys_of_several_attributes_and_types(project: Path) -> None:
    table = table_of(
        project,
        """indexes=[
            GlobalIndex("by-place", ["country", "city"], [KeyAttribute("visits", "N"), "day"], Projection.include("title")),
            GlobalIndex("by-state", ["state"], projection=Projection.keys_only()),
        ]""",
    )

    *declared, by_place, by_state = table["globalSecondaryIndexes"]
    assert [index["name"] for index in declared] == ["by-owner", "by-day"]
    assert by_place == {
        "name": "by-place",
        "keySchemas": [
            {"attributeName": "country", "keyType": "HASH"},
            {"attributeName": "city", "keyType": "HASH"},
            {"attributeName": "visits", "keyType": "RANGE"},
            {"attributeName": "day", "keyType": "RANGE"},
        ],
        "projectionType": "INCLUDE",
        "nonKeyAttributes": ["title"],
    }
    assert (by_state["projectionType"], "nonKeyAttributes" in by_state) == ("KEYS_ONLY", False)
    types = {attribute["name"]: attribute["type"] for attribute in table["attributes"]}
    assert types == {"id": "S", "owner": "S", "day": "S", "country": "S", "city": "S", "visits": "N", "state": "S"}


def test_local_indexes(project: Path) -> None:
    stack = run(
        project,
        SORTED
        + """
SingleTable("notes", table=definition, indexes=[LocalIndex("by-size", KeyAttribute("size", "N"), Projection.keys_only())])
""",
    )

    table = stack.one("Table", "notes").inputs
    assert table["localSecondaryIndexes"] == [{"name": "by-size", "rangeKey": "size", "projectionType": "KEYS_ONLY"}]
    assert {"name": "size", "type": "N"} in table["attributes"]


LOCAL = 'SingleTable("notes", table=definition, indexes=[LocalIndex("by-size", "size")]{more})'


@pytest.mark.parametrize(
    ("more", "ignored"),
    [
        ("", True),
        (", disposable=True", False),
        (", replaceable=True", False),
        (', origin=Origin.existing("notes-1", as_declared=True)', False),
    ],
    ids=["guarded", "disposable", "replaceable", "taken over"],
)
def test_the_order_of_names_in_a_local_index_replaces_no_table(project: Path, more: str, ignored: bool) -> None:
    """terraform-provider-aws #3807: AWS gives them in an order of its own. The guard compares them without one."""
    made = run(project, SORTED + LOCAL.format(more=more)).one("Table", "notes")
    assert ("localSecondaryIndexes" in made.request.ignoreChanges) is ignored


def declared(*read: str) -> TableDefinition:
    """Two entities in one index, of which some are read through it."""
    fields = {"User": {"id": "str", "email": "str"}, "Order": {"id": "str", "total": "int"}}
    return TableDefinition(
        key=KeyDefinition("PK", "SK"),
        indexes=(IndexDefinition("GSI1", KeyDefinition("GSI1PK", "GSI1SK")),),
        ttl=None,
        entities=tuple(EntityDefinition(name, {"primary": ("{id}", "X"), "GSI1": ("{id}", "X")}, of) for name, of in fields.items()),
        patterns=tuple(PatternDefinition(f"find_{name}", "", "many", (name,), ("Query",), "GSI1", (), (), "") for name in read),
    )


@pytest.mark.parametrize(
    ("read", "projection"),
    [
        ((), Projection.keys_only()),
        (("Order",), Projection.include("_type", "id", "total")),
        (("Order", "User"), Projection.all()),
    ],
    ids=["nobody reads it", "some of it is read", "all of it is read"],
)
def test_a_projection_is_what_the_patterns_read(read: tuple[str, ...], projection: Projection) -> None:
    (index,) = indexes_of(declared(*read), (), {"GSI1": Projection.of_patterns()}).globals
    assert index.projection == projection


def test_a_declared_index_can_hold_less_than_it_says(project: Path) -> None:
    table = table_of(project, 'projections={"by-day": Projection.of_patterns(), "by-owner": Projection.include("title")}')

    by_owner, by_day = table["globalSecondaryIndexes"]
    assert (by_owner["projectionType"], by_owner["nonKeyAttributes"]) == ("INCLUDE", ["title"])
    assert by_day["projectionType"] == "KEYS_ONLY"


def test_a_pattern_that_names_no_entity_may_read_anything(project: Path) -> None:
    by_owner, _ = table_of(project, 'projections={"by-owner": Projection.of_patterns()}')["globalSecondaryIndexes"]
    assert by_owner["projectionType"] == "ALL"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([GlobalIndex("GSI1", ["a"])], "two indexes are called GSI1: give each its own name"),
        (
            [GlobalIndex("by-a", ["a"], projection=Projection.of_patterns())],
            "the projection of index by-a is that of the patterns, which know declared indexes only: say which",
        ),
        (
            [GlobalIndex(f"index-{number}", ["a"], projection=Projection.include(*map(str, range(17)))) for number in range(6)],
            "the indexes include 102 attributes together: at most 100 are allowed",
        ),
    ],
)
def test_indexes_that_do_not_go_together(more: list[GlobalIndex], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        indexes_of(declared(), more, {})
    assert str(caught.value) == message
