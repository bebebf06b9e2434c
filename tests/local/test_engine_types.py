"""Every resource type through its life: created, read, changed by hand and put right, changed by a program, imported, deleted.

What a component registers and nobody has listed here fails, as does what is listed and not done.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pulumi_aws
import pytest

from local.aws import EmbeddedAws
from local.deploy.registry import HANDLERS
from local.engine.lifecycles import LIFECYCLES
from local.inputs import input_names
from local.properties import UNKNOWN, encode
from tests.local.engine_calls import NONE, PLAIN, TABLE, Engine, Made, aws, engine, plain
from tests.local.engine_types import CASES, GONE, LOG_GROUP, STREAM, Parts

__all__ = ["aws", "engine"]
COMPONENTS = Path(__file__).parent.parent.parent / "components"
TYPES = pytest.mark.parametrize("kind", sorted(CASES))


@pytest.fixture(scope="module")
def parts(engine: Engine, aws: EmbeddedAws) -> Parts:
    return Parts(engine, aws)


def registered() -> Iterator[str]:
    """Types of the resource classes that the components name: `aws.dynamodb.Table`."""
    for path in COMPONENTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Attribute(value=ast.Name(id="aws"), attr=module), attr=name):
                    found: Any = getattr(getattr(pulumi_aws, module), name)
                    if isinstance(found, type) and issubclass(found, pulumi.CustomResource):
                        yield str(vars(found)["pulumi_type"])
                case _:
                    pass


def test_every_type_that_a_component_registers_has_a_life_here() -> None:
    assert set(registered()) - set(CASES) == set(), "add it in local/deploy, local/engine/lifecycles and tests/local/engine_types.py"
    assert TABLE in set(registered())


def test_every_type_that_can_be_deployed_has_a_life_here() -> None:
    assert set(CASES) == set(LIFECYCLES) == {kind for kind in HANDLERS if kind.startswith("aws:")}


@TYPES
def test_drift_is_seen_and_put_right(engine: Engine, parts: Parts, kind: str) -> None:
    case = CASES[kind]
    inputs = case.inputs(parts)
    made = engine.create(kind, inputs, "drifting")
    read = engine.read(made)
    assert (read.id, read.inputs) == (made.id, made.inputs)
    case.by_hand(parts, made)
    read = engine.read(made)
    if case.seen == GONE:
        assert read.id == ""
        engine.delete(made)  # deleted is what was asked for
        return
    drifted = Made(kind, read.id, read.inputs, read.properties)
    found = engine.diff(drifted, made.inputs)
    assert (list(found.diffs), list(found.replaces)) == ([case.seen], [])
    repaired = engine.update(drifted, inputs)
    assert engine.read(repaired).inputs == made.inputs
    engine.delete(repaired)


@TYPES
def test_a_change_is_made_in_place(engine: Engine, parts: Parts, kind: str) -> None:
    case = CASES[kind]
    if case.change is None:
        assert LIFECYCLES[kind].update is None
        return
    made = engine.create(kind, case.inputs(parts), "changing")
    changes = case.change(parts)
    found = engine.diff(made, engine.check(kind, {**case.inputs(parts), **changes}, made.inputs).inputs)
    assert (list(found.diffs), list(found.replaces)) == (sorted(changes), [])
    changed = engine.update(made, {**case.inputs(parts), **changes})
    read = engine.read(changed)
    assert (read.id, read.inputs) == (made.id, changed.inputs)
    engine.delete(changed)


@TYPES
def test_one_that_is_there_is_imported(engine: Engine, parts: Parts, kind: str) -> None:
    case = CASES[kind]
    made = engine.create(kind, case.inputs(parts), "imported")
    if case.imported is None:
        with pytest.raises(grpc.RpcError) as refused:
            engine.read(Made(kind, made.id, encode({}), encode({})))
        assert "imports no" in refused.value.details()
    else:
        read = engine.read(Made(kind, case.imported(parts, made), encode({}), encode({})))
        imported = Made(kind, read.id, read.inputs, read.properties)
        assert read.id == made.id
        assert sorted(engine.diff(imported, made.inputs).diffs) == list(case.hidden)
    engine.delete(made)


@TYPES
def test_what_was_deleted_is_gone(engine: Engine, parts: Parts, kind: str) -> None:
    case = CASES[kind]
    made = engine.create(kind, case.inputs(parts), "deleted")
    engine.delete(made)
    assert (engine.read(made).id == "") is case.vanishes
    if not case.vanishes:
        assert engine.diff(Made(kind, made.id, engine.read(made).inputs, made.state), made.inputs).changes != NONE


@TYPES
def test_what_only_another_resource_can_have(engine: Engine, kind: str) -> None:
    """Each input that the SDK has, against those that terraform-provider-aws marks ForceNew."""
    names = [name for name in input_names(kind) - {"region"} if name not in LIFECYCLES[kind].replaces_where]
    before = Made(kind, "any", encode(dict.fromkeys(names, "a")), encode({}))
    replaced = set(engine.diff(before, encode(dict.fromkeys(names, "b"))).replaces)
    assert replaced == set(CASES[kind].replaced.split())


@pytest.mark.parametrize("kind", [kind for kind in sorted(CASES) if "tags" in input_names(kind) and kind != STREAM])
def test_tags_come_and_go(engine: Engine, parts: Parts, kind: str) -> None:
    """Whatever the words of the service for them. A Kinesis stream is deployed without."""
    inputs = CASES[kind].inputs(parts)
    made = engine.create(kind, {**inputs, "tags": {"stage": "dev", "team": "orders"}}, "tagged")
    assert engine.read(made).inputs == made.inputs
    changed = engine.update(made, {**inputs, "tags": {"team": "orders", "cost": "1"}})
    assert plain(engine.read(changed).inputs)["tags"] == {"team": "orders", "cost": "1"}
    bare = engine.update(changed, {name: value for name, value in inputs.items() if name != "tags"})
    assert not plain(engine.read(bare).inputs).get("tags")
    engine.delete(bare)


@pytest.mark.parametrize(
    ("name", "old", "new", "replaces"),
    [
        ("warmThroughput", {"readUnitsPerSecond": 15000}, {"readUnitsPerSecond": 12000}, True),
        ("warmThroughput", {"readUnitsPerSecond": 12000}, {"readUnitsPerSecond": 15000}, False),
        ("warmThroughput", {"writeUnitsPerSecond": 9000}, {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 4000}, True),
        ("restoreSourceName", "orders", "others", True),
        ("restoreSourceName", "orders", None, False),
        ("restoreSourceTableArn", None, "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", True),
    ],
)
def test_some_changes_replace_a_table_and_others_of_the_same_input_do_not(
    engine: Engine, name: str, old: Any, new: Any, replaces: bool
) -> None:
    """ForceNewIfChange of terraform-provider-aws: warm throughput only rises, and where a table came from may be forgotten."""
    before = Made(TABLE, "any", encode({name: old} if old else {}), encode({}))
    assert bool(engine.diff(before, encode({name: new} if new else {})).replaces) is replaces


@pytest.mark.parametrize(
    "meaningless",
    [
        {"ttl": {"attributeName": "expires", "enabled": False}},
        {"pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 7}},
        {"ttl": {"attributeName": "expires"}},
    ],
)
def test_what_is_not_enabled_says_nothing(engine: Engine, meaningless: dict[str, Any]) -> None:
    made = engine.create(TABLE, {**PLAIN, **meaningless})
    assert engine.read(made).inputs == made.inputs
    engine.delete(made)


def test_replicas_come_and_go(engine: Engine, aws: EmbeddedAws) -> None:
    plain_table = {**PLAIN, "streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}

    def regions(made: Made) -> list[str]:
        table = aws.client("dynamodb").describe_table(TableName=made.id)["Table"]
        return sorted(replica["RegionName"] for replica in table.get("Replicas", []))

    made = engine.create(TABLE, plain_table | {"replicas": [{"regionName": "eu-central-1"}]})
    wider = engine.update(made, plain_table | {"replicas": [{"regionName": "eu-central-1"}, {"regionName": "us-east-1"}]})
    assert regions(wider) == ["eu-central-1", "us-east-1"]
    assert engine.read(wider).inputs == wider.inputs
    alone = engine.update(wider, plain_table)
    assert regions(alone) == []
    engine.delete(alone)


def test_a_provisioned_table_may_lose_an_index_on_its_way(engine: Engine, aws: EmbeddedAws) -> None:
    """Before it becomes provisioned, because then each index that is there needs a capacity."""
    made = engine.create(TABLE, PLAIN)
    keys = [one for one in PLAIN["attributes"] if not one["name"].startswith("GSI")]
    units = {"readCapacity": 5, "writeCapacity": 6}
    changed = engine.update(made, PLAIN | {"billingMode": "PROVISIONED", **units, "attributes": keys, "globalSecondaryIndexes": []})
    table = aws.client("dynamodb").describe_table(TableName=made.id)["Table"]
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 6
    assert table.get("GlobalSecondaryIndexes", []) == []
    engine.delete(changed)


def test_a_stream_that_changes_has_an_arn_that_nobody_knows_before(engine: Engine) -> None:
    inputs = PLAIN | {"streamEnabled": True, "streamViewType": "KEYS_ONLY"}
    made = engine.create(TABLE, inputs)
    previewed = engine.update(made, inputs | {"streamViewType": "NEW_IMAGE"}, preview=True)
    assert plain(previewed.state)["streamArn"] is UNKNOWN
    assert plain(engine.update(made, inputs | {"tags": {}}, preview=True).state)["streamArn"] == plain(made.state)["streamArn"]
    engine.delete(made)


def test_a_log_group_that_is_not_to_be_destroyed_is_forgotten(engine: Engine, aws: EmbeddedAws) -> None:
    made = engine.create(LOG_GROUP, {"skipDestroy": True}, "kept")
    engine.delete(made)
    assert [group["logGroupName"] for group in aws.client("logs").describe_log_groups(logGroupNamePrefix=made.id)["logGroups"]] == [made.id]
