"""A table that would be replaced: what the program says, on our monitor with the engine's stash. On the real engine: tests/engine/test_guard.py."""

import copy
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.configuration import load_configuration
from components.errors import ComponentError
from components.guard import (
    NOWHERE,
    ChangeLost,
    Deployed,
    IndexLeft,
    StreamReplaced,
    TableReplaced,
    changes,
    counted,
    index_sentence,
    refusal,
    sentence,
)
from components.record import Record
from local.monitor import Created, Registration
from local.program import Run, run
from monitoring.live import CallRefused

STASH = "pulumi:index:Stash"
WAS = {
    "attributes": [{"name": "PK", "type": "S"}, {"name": "SK", "type": "S"}, {"name": "day", "type": "N"}],
    "hash_key": "PK",
    "range_key": "SK",
    "local_secondary_indexes": [{"name": "by-day", "range_key": "day", "projection_type": "ALL"}],
}


def with_kept(old: dict[str, Any], new: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """`paths`: input.field, or input.field["key"]."""
    result = copy.deepcopy(new)
    for path in paths:
        *containers, last = re.findall(r'\["([^"]+)"\]|([a-z]+)', path.removeprefix("input."))
        before: Any = old
        after: Any = result
        for container in containers:
            name = "".join(container)
            before, after = before.get(name, {}), after[name]
        name = "".join(last)
        after.pop(name, None)
        if name in before:
            after[name] = before[name]
    return result


class Engine:
    """What the engine keeps between two deployments, of a stash only.

    Source: Pulumi, pkg/resource/deploy/builtins.go: Create gives the input as output, Update keeps the output and takes the new input; a
    change of what `replaceOnChanges` names is a Create. `ignoreChanges` puts the old input back before that, path by path: what the old one
    does not have is removed from the new one (sdk/go/common/resource, PropertyPath.Reset; tried with the CLI 3.272).
    """

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.created: list[str] = []

    def create(self, registration: Registration) -> Created:
        if registration.type != STASH:
            self.created.append(registration.type)
            return Created("", {}) if self.previewing else Created(registration.name, {"name": registration.name})
        old, given = self.kept.get(registration.urn), registration.inputs["input"]
        if old is not None:
            given = with_kept(old["input"], given, registration.request.ignoreChanges)
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
        made = guarded(self, name, {arguments}, count=lambda name, was: Deployed("shop-1a2b3c4", 12345), **{options})
        Table(name, {{"hashKey": made["hash_key"]}}, pulumi.ResourceOptions(parent=self))

Component("shop")
"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    def write(arguments: Mapping[str, Any], *, replaceable: bool = False, **options: Any) -> Path:
        (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (tmp_path / "__main__.py").write_text(PROGRAM.format(arguments=arguments, options={"replaceable": replaceable, **options}))
        return tmp_path

    return write


def failure(ran: Run) -> str:
    (error,) = ran.failures
    assert isinstance(error, ComponentError)
    assert str(error).startswith(f"{error.code}: ")
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


# --- what would be done otherwise than the program says


def index(name: str, projection: str = "ALL", *, keys: tuple[str, ...] = ("owner HASH",), **more: Any) -> dict[str, Any]:
    schemas = [dict(zip(("attribute_name", "key_type"), key.split(), strict=True)) for key in keys]
    return {"name": name, "key_schemas": schemas, "projection_type": projection, **more}


def ceiling(**units: int) -> dict[str, Any]:
    return {"on_demand_throughput": {f"max_{direction}_request_units": of for direction, of in units.items()}}


STREAM = {"stream_enabled": True, "stream_view_type": "NEW_AND_OLD_IMAGES"}
ON_DEMAND = {**WAS, **STREAM, "billing_mode": "PAY_PER_REQUEST"}


def test_another_stream_is_refused_until_it_is_accepted(program: Callable[..., Path]) -> None:
    engine, other = Engine(), {**ON_DEMAND, "stream_view_type": "KEYS_ONLY"}
    engine.deploy(program(ON_DEMAND))

    shown = failure(engine.deploy(program(other)))
    assert "stream-replaced: " in shown
    assert "its records are NEW_AND_OLD_IMAGES and would be KEYS_ONLY" in shown
    assert 'deploy once with accept=["stream-replaced"]' in shown
    assert engine.created == []
    assert engine.deploy(program(ON_DEMAND)).failures == ()

    assert engine.deploy(program(other, accept=["stream-replaced"])).failures == ()
    assert engine.deploy(program(other)).failures == ()
    assert "its records are KEYS_ONLY" in failure(engine.deploy(program(ON_DEMAND)))


@pytest.mark.parametrize(("deployed", "table"), [(None, "TABLE"), (NOWHERE, "TABLE"), (Deployed("shop-1", 0), "shop-1")])
def test_several_indexes_are_deleted_one_after_the_other(deployed: Deployed | None, table: str) -> None:
    text = index_sentence("shop", Record(indexes={"b": {}, "a": {}}), deployed)
    assert "keep the indexes a, b" in text and "delete them yourself, one after the other" in text
    assert f"--table-name {table} " in text


def test_a_stream_that_comes_to_a_table_replaces_none(program: Callable[..., Path]) -> None:
    engine = Engine()
    engine.deploy(program(WAS))
    assert engine.deploy(program(ON_DEMAND)).failures == ()


def test_the_last_index_has_to_be_removed_by_hand(program: Callable[..., Path]) -> None:
    engine = Engine()
    two, one, none = ({**ON_DEMAND, "global_secondary_indexes": list(map(index, names))} for names in (("a", "b"), ("b",), ()))
    for wanted in (none, two, one):
        assert engine.deploy(program(wanted)).failures == ()

    shown = failure(engine.deploy(program(none), preview=True))
    assert "index-left: the table of SingleTable 'shop' would keep the index b, which the program no longer has" in shown
    assert (
        'aws dynamodb update-table --table-name shop-1a2b3c4 --global-secondary-index-updates \'[{"Delete": {"IndexName": "b"}}]\'' in shown
    )
    assert failure(engine.deploy(program(none))) == shown

    assert engine.deploy(program(none, accept=["index-left"])).failures == ()
    assert engine.deploy(program(none)).failures == ()


@pytest.mark.parametrize(
    ("indexes", "what"),
    [
        ([index("a"), index("b", "KEYS_ONLY")], "the index b would change"),
        ([index("a"), index("b", keys=("owner HASH", "day RANGE"))], "the index b would change"),
        ([index("a"), index("b", warm_throughput={"read_units_per_second": 20_000})], "the index b would change"),
        ([index("a"), index("b-2")], "the index b would be removed"),
        ([index("a"), index("b"), index("c")], "the index c would be added"),
    ],
    ids=["projection", "keys", "warm throughput", "name", "one more"],
)
def test_a_change_of_an_index_that_the_engine_ignores_is_refused(
    program: Callable[..., Path], indexes: list[dict[str, Any]], what: str
) -> None:
    engine, before = Engine(), {**WAS, **STREAM, "global_secondary_indexes": [index("a"), index("b")]}
    engine.deploy(program(before, whole=True))
    after = {**before, "global_secondary_indexes": indexes}

    shown = failure(engine.deploy(program(after, whole=True)))
    assert "change-lost: " in shown and what in shown
    assert "deploy once with Capacity.fixed" in shown
    assert engine.deploy(program(before, whole=True)).failures == ()

    assert engine.deploy(program(after)).failures == ()  # with a fixed capacity
    assert engine.deploy(program(after, whole=True)).failures == ()


def test_order_of_indexes_and_attributes_is_no_change(program: Callable[..., Path]) -> None:
    engine = Engine()
    one, another = index("a", "INCLUDE", non_key_attributes=["x", "y"]), index("a", "INCLUDE", non_key_attributes=["y", "x"])
    for indexes in ([one, index("b")], [index("b"), another]):
        assert engine.deploy(program({**WAS, "global_secondary_indexes": indexes}, whole=True)).failures == ()


def test_a_warm_throughput_that_is_left_out_is_no_change(program: Callable[..., Path]) -> None:
    engine, units = Engine(), {"read_units_per_second": 20_000, "write_units_per_second": 8_000}
    engine.deploy(program({**WAS, "global_secondary_indexes": [index("a", warm_throughput=units), index("b")]}))
    assert engine.deploy(program({**WAS, "global_secondary_indexes": [index("a"), index("b")]}, whole=True)).failures == ()


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ({**ceiling(read=500)}, {}, "the ceiling of 500 read units of the table is left out"),
        ({**ceiling(read=500, write=9)}, ceiling(read=600), "the ceiling of 9 write units of the table is left out"),
        (
            {"global_secondary_indexes": [index("a.b", **ceiling(write=1000))]},
            {"global_secondary_indexes": [index("a.b")]},
            "the ceiling of 1,000 write units of index a.b is left out",
        ),
    ],
    ids=["of the table", "one of two", "of an index"],
)
def test_a_ceiling_is_lifted_before_it_is_left_out(
    program: Callable[..., Path], before: dict[str, Any], after: dict[str, Any], what: str
) -> None:
    engine = Engine()
    engine.deploy(program({**ON_DEMAND, **before}))
    shown = failure(engine.deploy(program({**ON_DEMAND, **after})))
    assert what in shown and "give -1 in one deployment" in shown

    lifted = {**ON_DEMAND, **ceiling(read=-1, write=-1), "global_secondary_indexes": [index("a.b", **ceiling(write=-1))]}
    assert engine.deploy(program(lifted)).failures == ()
    assert engine.deploy(program({**ON_DEMAND, **ceiling(read=600), "global_secondary_indexes": [index("a.b")]})).failures == ()


def test_ceilings_go_with_their_index_and_with_billing_on_demand(program: Callable[..., Path]) -> None:
    """ "Switching to PROVISIONED": AWS reports no OnDemandThroughput after it."""
    engine = Engine()
    engine.deploy(program({**ON_DEMAND, **ceiling(read=5), "global_secondary_indexes": [index("a", **ceiling(read=5)), index("b")]}))
    assert engine.deploy(program({**ON_DEMAND, **ceiling(read=5), "global_secondary_indexes": [index("b")]})).failures == ()
    assert engine.deploy(program({**ON_DEMAND, "billing_mode": "PROVISIONED", "global_secondary_indexes": [index("b")]})).failures == ()
    assert engine.deploy(program({**ON_DEMAND, "global_secondary_indexes": [index("b")]})).failures == ()


def test_a_state_of_an_older_version_refuses_and_replaces_nothing(program: Callable[..., Path]) -> None:
    """It has what makes the table that table, and nothing of the rest."""
    engine = Engine()
    wanted = {**ON_DEMAND, **ceiling(read=5), "global_secondary_indexes": [index("a"), index("b")]}
    engine.deploy(program(wanted))
    for state in engine.kept.values():
        old = {name: state["input"][name] for name in ("name", "region", "partition", "sort", "local")}
        state.update({"input": old, "output": dict(old)})
    older = copy.deepcopy(engine.kept)

    for other in (wanted, {**wanted, "stream_view_type": "KEYS_ONLY"}, ON_DEMAND):
        for options in ({}, {"whole": True}, {"held": True}):
            engine.kept = copy.deepcopy(older)
            assert engine.deploy(program(other, **options)).failures == ()
    engine.kept = copy.deepcopy(older)
    assert "its partition key is PK (S) and would be pk (S)" in failure(engine.deploy(program({**wanted, "hash_key": "pk"})))
    assert engine.deploy(program(wanted)).failures == ()
    assert "index-left" in failure(engine.deploy(program({**ON_DEMAND, **ceiling(read=5)})))


def test_of_a_table_that_is_only_taken_over_nothing_but_its_identity_is_compared(program: Callable[..., Path]) -> None:
    engine = Engine()
    engine.deploy(program({**ON_DEMAND, **ceiling(read=5), "global_secondary_indexes": [index("a")]}, held=True))
    assert engine.deploy(program({**WAS, **STREAM, "stream_view_type": "KEYS_ONLY"}, held=True)).failures == ()
    assert "table-replaced" in failure(engine.deploy(program({**WAS, "range_key": None}, held=True)))


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
