"""A table that would be replaced: what the program says, on our monitor with the engine's stash. On the real engine: tests/engine/test_guard.py."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.configuration import load_configuration
from components.errors import ComponentError
from components.guard import Deployed, Identity, TableReplaced, changes, counted, sentence
from local.monitor import Created, Registration
from local.program import Run, run

STASH = "pulumi:index:Stash"
WAS = {
    "attributes": [{"name": "PK", "type": "S"}, {"name": "SK", "type": "S"}, {"name": "day", "type": "N"}],
    "hash_key": "PK",
    "range_key": "SK",
    "local_secondary_indexes": [{"name": "by-day", "range_key": "day", "projection_type": "ALL"}],
}


class Engine:
    """What the engine keeps between two deployments, of a stash only.

    Source: Pulumi, pkg/resource/deploy/builtins.go: Create gives the input as output, Update keeps the output and takes the new input; a
    change of what `replaceOnChanges` names is a Create. `ignoreChanges` puts the old input back before that.
    """

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.created: list[str] = []

    def create(self, registration: Registration) -> Created:
        if registration.type != STASH:
            self.created.append(registration.type)
            return Created("", {}) if self.previewing else Created(registration.name, {"name": registration.name})
        old, given = self.kept.get(registration.urn), registration.inputs["input"]
        if old is not None and "input" in registration.request.ignoreChanges:
            given = old["input"]
        replaced = old is None or (given != old["input"] and "input" in registration.request.replaceOnChanges)
        state = {"input": given, "output": given if replaced or old is None else old["output"]}
        if not self.previewing:
            self.kept[registration.urn] = state
        return Created("stash", state)

    def deploy(self, project: Path, *, preview: bool = False) -> Run:
        self.previewing, self.created = preview, []
        return run(project, load_configuration(project, "dev", None), self.create, lambda _token, _arguments: {}, preview=preview)


PROGRAM = """
import pulumi
from components.guard import guarded, Deployed

class Table(pulumi.CustomResource):
    def __init__(self, name, arguments, opts):
        super().__init__("test:index:Table", name, arguments, opts)

class Component(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Component", name)
        made = guarded(self, name, {arguments}, replaceable={replaceable}, count=lambda name, was: Deployed("shop-1a2b3c4", 12345))
        Table(name, {{"hashKey": made["hash_key"]}}, pulumi.ResourceOptions(parent=self))

Component("shop")
"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    def write(arguments: Mapping[str, Any], *, replaceable: bool = False) -> Path:
        (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (tmp_path / "__main__.py").write_text(PROGRAM.format(arguments=arguments, replaceable=replaceable))
        return tmp_path

    return write


def failure(ran: Run) -> str:
    (error,) = ran.failures
    assert isinstance(error, TableReplaced)
    return str(error)


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
    (found,) = changes("shop", Identity.of(WAS), Identity.of({**WAS, **change}))
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
    assert changes("shop", Identity.of(WAS), Identity.of({**WAS, **change})) == []


def test_several_reasons_are_one_sentence() -> None:
    found = changes("shop", Identity.of(WAS), Identity.of({**WAS, "hash_key": "pk", "range_key": "sk"}))
    text = sentence("shop", found, None)
    assert "its partition key is PK (S) and would be pk (S); its sort key is SK (S) and would be sk (S). Its items would stay" in text
    assert text.count("make a second SingleTable") == 1


def test_what_a_state_keeps_is_read_back() -> None:
    identity = Identity.of(WAS)
    assert Identity.kept(identity.to_dict()) == identity
    assert Identity.kept({}) == Identity.of({})


def test_the_error_is_one_that_the_engine_shows_without_a_traceback() -> None:
    """`pulumi-language-python-exec` prints a RunError as it is, and a stack of everything else."""
    import pulumi

    assert issubclass(TableReplaced, pulumi.RunError) and issubclass(TableReplaced, ComponentError)


class Account:
    """A live account of which the tables are known."""

    def __init__(self, tables: Mapping[str, tuple[str, int]]) -> None:
        self.tables = tables

    def pages(self, _service: str, operation: str, _member: str) -> list[str]:
        assert operation == "ListTables"
        return list(self.tables)

    def ask(self, _service: str, operation: str, TableName: str) -> dict[str, Any]:
        assert operation == "DescribeTable"
        partition, items = self.tables[TableName]
        keys = [{"AttributeName": "SK", "KeyType": "RANGE"}, {"AttributeName": partition, "KeyType": "HASH"}]
        return {"Table": {"KeySchema": keys, "ItemCount": items}}


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"shop-0a1b2c3": ("PK", 7), "shop": ("PK", 1), "shop-archive": ("PK", 2)}, Deployed("shop-0a1b2c3", 7)),
        ({"shop-0a1b2c3": ("PK", 7), "shop-0a1b2c4": ("id", 9)}, Deployed("shop-0a1b2c3", 7)),
        ({"shop-0a1b2c3": ("PK", 7), "shop-0a1b2c4": ("PK", 9)}, None),
        ({}, None),
    ],
    ids=["the only one", "the only one with its keys", "one of two stacks", "none"],
)
def test_items_are_told_only_where_it_is_clear_whose(
    tables: Mapping[str, tuple[str, int]], expected: Deployed | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of(_region: str | None) -> Account:
        return Account(tables)

    monkeypatch.setattr("monitoring.live.Account.of", of)
    assert counted("shop", Identity.of({"hash_key": "PK", "range_key": "SK"})) == expected


def test_without_access_the_sentence_does_without_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    assert counted("shop", Identity.of(WAS)) is None
