"""A change that would be made otherwise than the program says: what is kept of a table, and compared. On the real engine: tests/engine/test_guard.py."""

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from components.tables.guard import NOWHERE, Deployed, index_sentence
from components.tables.record import Record
from tests.components.stash import WAS, Engine, failure, write


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    return partial(write, tmp_path)


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


def test_items_do_not_go_on_expiring_unnoticed(program: Callable[..., Path]) -> None:
    """ "Specification of TTL": UpdateTimeToLive names the attribute also where it disables. The provider sends nothing for a block that is gone."""
    engine, expiring = Engine(), {**ON_DEMAND, "ttl": {"enabled": True, "attribute_name": "expires_at"}}
    for wanted in (ON_DEMAND, expiring):
        assert engine.deploy(program(wanted)).failures == ()

    shown = failure(engine.deploy(program(ON_DEMAND), preview=True))
    assert "change-lost: " in shown and "the time to live expires_at is left out" in shown
    assert failure(engine.deploy(program(ON_DEMAND))) == shown

    for wanted in ({**expiring, "ttl": {"enabled": False, "attribute_name": "expires_at"}}, ON_DEMAND, expiring):
        assert engine.deploy(program(wanted)).failures == ()


def test_capacity_is_there_before_it_is_autoscaled(program: Callable[..., Path]) -> None:
    """UpdateTable: ProvisionedThroughput has to be given where BillingMode becomes PROVISIONED; what autoscaling sets, the engine ignores."""
    engine, provisioned = Engine(), {**WAS, **STREAM, "billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5}
    assert engine.deploy(program(ON_DEMAND)).failures == ()

    shown = failure(engine.deploy(program(provisioned, scaled=True), preview=True))
    assert "change-lost: " in shown and "from on demand to autoscaled at once" in shown and "deploy once with Capacity.fixed" in shown

    for wanted, scaled in ((provisioned, False), (provisioned, True), (ON_DEMAND, False), (provisioned, False), (provisioned, True)):
        assert engine.deploy(program(wanted, scaled=scaled)).failures == ()


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
