"""A table that would be replaced: what the program says, on our monitor with the engine's stash. On the real engine: tests/engine/test_guard.py."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.errors import ComponentError
from components.tables.guard import (
    NOWHERE,
    ChangeLost,
    Deployed,
    IndexLeft,
    StreamReplaced,
    TableReplaced,
    changes,
    counted,
    refusal,
    sentence,
)
from components.tables.record import Record
from monitoring.live import CallRefused
from tests.components.stash import WAS, Engine, failure, write


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    return partial(write, tmp_path)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
def test_another_key_is_refused_before_the_table_is_asked_for(program: Callable[..., Path], preview: bool) -> None:
    engine = Engine()
    assert engine.deploy(program(WAS)).failures == ()

    ran = engine.deploy(program({**WAS, "hash_key": "pk"}), preview=preview)

    assert failure(ran) == (
        "table-replaced: the table of SingleTable 'shop' would be replaced: its partition key is PK (S) and would be pk (S). "
        "shop-1a2b3c4 has about 12,345 items, which would stay behind in a table that no stack manages, and everything would be pointed at a "
        "new and empty one. Instead: keep it, or make a second SingleTable of another name, copy the items and move the readers "
        "(docs/evolve.md). For an empty table nevertheless: deploy once with replaceable=True."
    )
    assert engine.created == []


def test_a_refused_deployment_changes_nothing_for_the_next(program: Callable[..., Path]) -> None:
    engine = Engine()
    engine.deploy(program(WAS))
    assert engine.deploy(program({**WAS, "hash_key": "pk"})).failures
    assert engine.deploy(program(WAS)).failures == ()
    assert engine.created == ["test:index:Table"]


def test_replaceable_lets_one_through_and_then_guards_the_new_table(program: Callable[..., Path]) -> None:
    engine, other = Engine(), {**WAS, "hash_key": "pk"}
    engine.deploy(program(WAS))
    assert engine.deploy(program(other)).failures
    assert engine.deploy(program(other, replaceable=True), preview=True).failures == ()
    assert engine.deploy(program(other, replaceable=True)).failures == ()
    assert engine.deploy(program(other)).failures == ()
    assert "pk (S) and would be PK (S)" in failure(engine.deploy(program(WAS)))


def test_a_first_deployment_is_free(program: Callable[..., Path]) -> None:
    assert Engine().deploy(program(WAS), preview=True).failures == ()


@pytest.mark.parametrize(
    ("change", "what", "way"),
    [
        ({"hash_key": "pk"}, "its partition key is PK (S) and would be pk (S)", "keep it, or make a second SingleTable"),
        ({"range_key": None}, "its sort key is SK (S) and would be none", "keep it, or make a second SingleTable"),
        ({"attributes": [{"name": "PK", "type": "B"}, *WAS["attributes"][1:]]}, "PK (S) and would be PK (B)", "keep it"),
        ({"name": "shop"}, "its name is given by the provider and would be 'shop'", "keep it"),
        ({"region": "eu-west-3"}, "its region is given by the provider and would be 'eu-west-3'", "add the region as a replica"),
        ({"local_secondary_indexes": None}, "the local index by-day would be removed", "keep it in `indexes`"),
        (
            {"local_secondary_indexes": [{"name": "by-day", "range_key": "day", "projection_type": "KEYS_ONLY"}]},
            "the local index by-day would change",
            "add a GlobalIndex of another name",
        ),
        (
            {"local_secondary_indexes": [*WAS["local_secondary_indexes"], {"name": "late", "range_key": "day", "projection_type": "ALL"}]},
            "the local index late would be added",
            "use a GlobalIndex",
        ),
    ],
    ids=["partition", "sort", "type", "name", "region", "local removed", "local changed", "local added"],
)
def test_each_change_that_replaces(change: dict[str, Any], what: str, way: str) -> None:
    (found,) = changes("shop", Record.of(WAS), Record.of({**WAS, **change}))
    assert what in found.what
    assert found.way.startswith(way)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"billing_mode": "PROVISIONED", "read_capacity": 5},
        {"global_secondary_indexes": [{"name": "new"}]},
        {"attributes": [*WAS["attributes"], {"name": "GSI1PK", "type": "S"}]},
        {"stream_enabled": False, "table_class": "STANDARD_INFREQUENT_ACCESS", "deletion_protection_enabled": False},
        {"name": "shop-0a1b2c3"},
    ],
    ids=["nothing", "billing", "global index", "another attribute", "settings", "the name that it was given"],
)
def test_each_change_that_does_not(change: dict[str, Any]) -> None:
    assert changes("shop", Record.of(WAS), Record.of({**WAS, **change})) == []


def test_several_reasons_are_one_sentence() -> None:
    found = changes("shop", Record.of(WAS), Record.of({**WAS, "hash_key": "pk", "range_key": "sk"}))
    text = sentence("shop", found, None)
    assert "its partition key is PK (S) and would be pk (S); its sort key is SK (S) and would be sk (S). Its items would stay" in text
    assert text.count("make a second SingleTable") == 1


def test_what_a_state_keeps_is_read_back() -> None:
    identity = Record.of(WAS)
    assert Record.kept(identity.to_dict()) == identity
    assert Record.kept({}) == Record()


def test_the_error_is_one_that_the_engine_shows_without_a_traceback() -> None:
    """`pulumi-language-python-exec` prints a RunError as it is, and a stack of everything else."""
    import pulumi

    for kind in (TableReplaced, StreamReplaced, IndexLeft, ChangeLost):
        assert issubclass(kind, pulumi.RunError) and issubclass(kind, ComponentError)


class Account:
    """A live account of which the tables are known."""

    def __init__(self, tables: Mapping[str, tuple[str, int]]) -> None:
        self.tables = tables

    def pages(self, _service: str, operation: str, _member: str) -> list[str]:
        assert operation == "ListTables"
        return list(self.tables)

    def ask(self, _service: str, operation: str, TableName: str) -> dict[str, Any]:
        assert operation == "DescribeTable"
        if TableName not in self.tables:
            raise CallRefused("dynamodb:DescribeTable", "ResourceNotFoundException", "Requested resource not found")
        partition, items = self.tables[TableName]
        keys = [{"AttributeName": "SK", "KeyType": "RANGE"}, {"AttributeName": partition, "KeyType": "HASH"}]
        return {"Table": {"TableName": TableName, "KeySchema": keys, "ItemCount": items}}


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"shop-0a1b2c3": ("PK", 7), "shop": ("PK", 1), "shop-archive": ("PK", 2)}, Deployed("shop-0a1b2c3", 7)),
        ({"shop-0a1b2c3": ("PK", 7), "shop-0a1b2c4": ("id", 9)}, Deployed("shop-0a1b2c3", 7)),
        ({"shop-0a1b2c3": ("PK", 7), "shop-0a1b2c4": ("PK", 9)}, None),
        ({"shop": ("PK", 1)}, NOWHERE),
    ],
    ids=["the only one", "the only one with its keys", "one of two stacks", "none"],
)
def test_items_are_told_only_where_it_is_clear_whose(
    tables: Mapping[str, tuple[str, int]], expected: Deployed | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of(_region: str | None) -> Account:
        return Account(tables)

    monkeypatch.setattr("monitoring.live.Account.of", of)
    assert counted("shop", Record.of({"hash_key": "PK", "range_key": "SK"})) == expected


@pytest.mark.parametrize(("name", "expected"), [("kept", Deployed("kept", 5)), ("gone", NOWHERE)])
def test_a_table_with_a_name_of_its_own_is_looked_for_by_it(name: str, expected: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    def of(_region: str | None) -> Account:
        return Account({"kept": ("PK", 5)})

    monkeypatch.setattr("monitoring.live.Account.of", of)
    assert counted("shop", Record.of({"hash_key": "PK", "range_key": "SK", "name": name})) == expected


def test_after_a_first_deployment_that_failed_the_way_on_is_said() -> None:
    found = changes("shop", Record.of(WAS), Record.of({**WAS, "hash_key": "pk"}))
    text = sentence("shop", found, NOWHERE)
    assert "With the credentials of this run no such table is found" in text
    assert "deploy once with replaceable=True" in text
    assert "items" not in text.partition("instead: ")[0]


@pytest.mark.parametrize(
    "change",
    [
        {"name": pulumi.Output.from_input("shop")},
        {"hash_key": pulumi.Output.from_input("pk")},
        {"region": pulumi.Output.from_input("eu-west-3")},
        {"local_secondary_indexes": [{"name": "by-day", "range_key": pulumi.Output.from_input("day"), "projection_type": "ALL"}]},
        {
            "local_secondary_indexes": [
                {"name": "by-day", "range_key": "day", "projection_type": "INCLUDE", "non_key_attributes": pulumi.Output.from_input(["a"])}
            ]
        },
    ],
    ids=["name", "key", "region", "key of a local index", "attributes of a local index"],
)
def test_what_is_known_later_is_no_reason_neither_now_nor_when_it_is_said(change: dict[str, Any]) -> None:
    later = Record.of({**WAS, **change})
    assert changes("shop", Record.of(WAS), later) == []
    assert changes("shop", later, Record.of(WAS)) == []
    assert Record.kept(later.to_dict()) == later


def test_a_stream_whose_view_is_known_later_is_not_refused() -> None:
    views = ("NEW_IMAGE", pulumi.Output.from_input("KEYS_ONLY"))
    was, now = (Record.of({**WAS, "stream_enabled": True, "stream_view_type": view}) for view in views)

    def unasked(_name: str, _was: Record) -> Deployed | None:
        raise AssertionError("nothing is refused")

    assert refusal("shop", was, now, whole=False, accept=(), count=unasked) is None


def test_beside_what_is_known_later_everything_else_is_compared() -> None:
    (found,) = changes("shop", Record.of(WAS), Record.of({**WAS, "name": pulumi.Output.from_input("shop"), "range_key": None}))
    assert "its sort key is SK (S) and would be none" in found.what


def test_a_region_that_is_said_and_was_the_stack_s_is_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    said, other = ({**WAS, "region": region} for region in ("eu-west-1", "eu-west-3"))
    assert changes("shop", Record.of(WAS), Record.of(said)) == []
    assert changes("shop", Record.of(said), Record.of(WAS)) == []
    assert len(changes("shop", Record.of(WAS), Record.of(other))) == 1


def test_without_access_the_sentence_does_without_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    assert counted("shop", Record.of(WAS)) is None
