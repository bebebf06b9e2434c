"""What the engine makes of a deployment after the first: changes of the table that reach it, and those that it keeps from it."""

import copy
import re
from typing import Any

import pytest

from components.tables.billing import Billing, Capacity, Encryption
from components.tables.origins import CREATION_ONLY, Origin
from components.tables.scaling import drifting
from components.tables.table import table_arguments
from policy.rules.capacity import table_provisioned_capacity
from singletable.definition import IndexDefinition, KeyDefinition, TableDefinition
from tests.policy.support import TABLE, Resource, violations

AUTOSCALED = Billing.provisioned(Capacity.autoscaled(5, 50))


class PathMissing(Exception):
    pass


def with_ignored(old: dict[str, Any], new: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """Inputs of a resource as the engine hands them on: what is ignored is as it was.

    Source: Pulumi, step_generator.go (processIgnoreChanges) and sdk/go/common/resource (PropertyPath.Reset), run with sdk 3.263.0: `[*]` goes
    by position and needs lists of equal length on both sides; what the old inputs do not have is removed from the new ones.
    """
    result = copy.deepcopy(new)
    for path in ignored:
        if "[*]." not in path:
            _reset(old, result, path)
            continue
        name, leaf = path.split("[*].")
        olds, news = old.get(name), result.get(name)
        if (olds is None) != (news is None) or len(olds or ()) != len(news or ()):
            raise PathMissing(path)
        for before, after in zip(olds or (), news or (), strict=True):
            _reset(before, after, leaf)
    return result


def _reset(old: dict[str, Any], new: dict[str, Any], name: str) -> None:
    new.pop(name, None)
    if name in old:
        new[name] = old[name]


def inputs(billing: Billing, *indexes: str) -> dict[str, Any]:
    table = TableDefinition(
        key=KeyDefinition("PK", "SK"),
        indexes=tuple(IndexDefinition(name, KeyDefinition(f"{name}PK", f"{name}SK")) for name in indexes),
        ttl=None,
        entities=(),
        patterns=(),
    )
    return _camel(table_arguments(table, billing, Encryption.aws_owned(), 35))


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camel_name(name): _camel(item) for name, item in value.items()}
    return [_camel(item) for item in value] if isinstance(value, list) else value


def _camel_name(name: str) -> str:
    return re.sub(r"_(.)", lambda found: found[1].upper(), name)


def deployed(old: dict[str, Any], billing: Billing, *indexes: str) -> dict[str, Any]:
    return with_ignored(old, inputs(billing, *indexes), drifting(billing, indexes))


def findings(table: dict[str, Any]) -> list[str]:
    return violations(table_provisioned_capacity, Resource(TABLE, "shop", table))


def capacities(table: dict[str, Any]) -> list[tuple[int, int]]:
    return [(each["readCapacity"], each["writeCapacity"]) for each in (table, *table["globalSecondaryIndexes"])]


def test_other_bounds_of_autoscaling_leave_the_capacity_alone() -> None:
    """The targets have the new bounds; what autoscaling reached is not set back to a minimum."""
    old = inputs(AUTOSCALED, "GSI1")
    assert capacities(deployed(old, Billing.provisioned(Capacity.autoscaled(7, 90)), "GSI1")) == [(5, 5), (5, 5)]


def test_a_refresh_that_reorders_the_indexes_is_no_change() -> None:
    """pulumi-aws #2856. By position each index would get the other's capacity."""
    old = inputs(AUTOSCALED, "GSI1", "GSI2")
    first, second = old["globalSecondaryIndexes"]
    refreshed = {**old, "readCapacity": 31, "globalSecondaryIndexes": [{**second, "readCapacity": 9}, {**first, "readCapacity": 44}]}

    assert deployed(refreshed, AUTOSCALED, "GSI1", "GSI2") == refreshed


def test_what_a_table_was_made_of_is_no_change_once_it_is_there() -> None:
    """The provider would replace the table for the one that was removed, or added."""
    plain = inputs(Billing.on_demand(), "GSI1")
    restored = {**plain, "restoreSourceName": "shop-1", "restoreToLatestTime": True}

    assert with_ignored(restored, plain, list(CREATION_ONLY)) == restored
    assert with_ignored(plain, restored, list(CREATION_ONLY)) == plain


@pytest.mark.parametrize("origin", [Origin.point_in_time("shop-1"), Origin.s3("exports")], ids=["restored", "imported"])
def test_what_the_first_deployment_left_out_reaches_the_second(origin: Origin) -> None:
    """The provider reads back what is not there; nothing may keep the program from saying it again."""
    ignored = {*drifting(AUTOSCALED, ["GSI1"]), *CREATION_ONLY, *origin.held}
    assert not ignored & {_camel_name(name) for name in origin.gaps}


def test_a_table_that_is_taken_over_is_not_changed() -> None:
    legacy = {**inputs(AUTOSCALED, "GSI1"), "deletionProtectionEnabled": False, "tags": {"made": "by hand"}, "streamEnabled": False}
    legacy.pop("pointInTimeRecovery")
    origin = Origin.existing("legacy")

    assert with_ignored(legacy, inputs(Billing.on_demand(), "GSI1", "GSI2"), [*origin.held, *CREATION_ONLY]) == legacy


def test_from_on_demand_straight_to_autoscaled_is_reported() -> None:
    """The provider would ask for one unit (terraform-provider-aws #38100)."""
    found = deployed(inputs(Billing.on_demand(), "GSI1"), AUTOSCALED, "GSI1")
    (message,) = findings(found)
    subjects = "reads of the table, writes of the table, reads of index GSI1, writes of index GSI1"
    assert message.startswith(f"shop is provisioned without a capacity for {subjects}: it would get 1 unit, or be refused.")


@pytest.mark.parametrize(
    ("old", "indexes"),
    [
        (inputs(Billing.on_demand(), "GSI1"), ("GSI1",)),
        (inputs(AUTOSCALED, "GSI1"), ("GSI1", "GSI2")),
        (inputs(AUTOSCALED, "GSI1", "GSI2"), ("GSI2",)),
        (inputs(AUTOSCALED), ("GSI1",)),
    ],
    ids=["on demand before", "one index more", "one index less", "first index"],
)
def test_a_fixed_capacity_is_the_way_between(old: dict[str, Any], indexes: tuple[str, ...]) -> None:
    between = deployed(old, Billing.provisioned(Capacity.fixed(40)), *indexes)
    assert capacities(between) == [(40, 40)] * (1 + len(indexes))
    assert findings(between) == []

    after = deployed(between, AUTOSCALED, *indexes)
    assert capacities(after) == [(40, 40)] * (1 + len(indexes))
    assert findings(after) == []


def test_indexes_of_an_autoscaled_table_cannot_change_in_one_step() -> None:
    """The engine says so before it changes anything; Billing.provisioned tells what to do."""
    with pytest.raises(PathMissing):
        deployed(inputs(AUTOSCALED, "GSI1"), AUTOSCALED, "GSI1", "GSI2")
    assert "one or more elements of the path are" in (Billing.provisioned.__doc__ or "")


def test_indexes_of_other_tables_change_at_any_time() -> None:
    for billing in (Billing.on_demand(), Billing.provisioned(Capacity.fixed(5))):
        found = deployed(inputs(billing, "GSI1"), billing, "GSI1", "GSI2")
        assert [index["name"] for index in found["globalSecondaryIndexes"]] == ["GSI1", "GSI2"]


def test_back_to_on_demand_leaves_no_capacity_behind() -> None:
    found = deployed(inputs(AUTOSCALED, "GSI1"), Billing.on_demand(), "GSI1")
    assert not any("readCapacity" in each or "writeCapacity" in each for each in (found, *found["globalSecondaryIndexes"]))
