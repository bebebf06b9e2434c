"""What a table that is deployed already depends on. A change here changes somebody's preview: it needs an alias, or a line in the changelog."""

import inspect

import pulumi_aws as aws
import pytest

from components.tables.billing import Billing, Capacity
from components.tables.origins import CREATION_ONLY, SETTINGS
from components.tables.table import SingleTable
from tests.components.conftest import Stack
from tests.components.test_next_deployment import inputs

FIXED = {"hashKey", "rangeKey", "localSecondaryIndexes", "name", "region"}
"""Arguments of a table for which another table would take its place."""


def test_the_table_of_the_dev_stack_is_the_resource_that_it_was(dev: Stack) -> None:
    table, component = dev.one("Table", "shop"), dev.one("SingleTable", "shop")

    assert (component.urn, table.parent) == ("urn:pulumi:dev::shop::singletable:index:SingleTable::shop", component.urn)
    assert table.urn == "urn:pulumi:dev::shop::singletable:index:SingleTable$aws:dynamodb/table:Table::shop"
    assert table.inputs == {
        "attributes": [{"name": name, "type": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")],
        "hashKey": "PK",
        "rangeKey": "SK",
        "globalSecondaryIndexes": [
            {
                "name": "GSI1",
                "keySchemas": [
                    {"attributeName": "GSI1PK", "keyType": "HASH"},
                    {"attributeName": "GSI1SK", "keyType": "RANGE"},
                ],
                "projectionType": "ALL",
            }
        ],
        "billingMode": "PAY_PER_REQUEST",
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "deletionProtectionEnabled": False,
        "pointInTimeRecovery": {"enabled": False},
        "serverSideEncryption": {"enabled": False},
        "ttl": {"enabled": True, "attributeName": "expires_at"},
        "tags": {"project": "shop", "stage": "dev", "singletable:disposable": "true"},
    }


def test_scaling_of_a_kept_stack_is_the_resources_that_it_was(live: Stack) -> None:
    (component,) = live.all("SingleTable")
    names = ["shop-read", "shop-write", "shop-GSI1-read", "shop-GSI1-write"]
    prefix = "urn:pulumi:live::shop::singletable:index:SingleTable$aws:appautoscaling"
    assert [each.urn for each in live.all("Target")] == [f"{prefix}/target:Target::{name}" for name in names]
    assert [each.urn for each in live.all("appautoscaling/policy:Policy")] == [f"{prefix}/policy:Policy::{name}" for name in names]
    assert {each.parent for each in (*live.all("Target"), *live.all("appautoscaling/policy:Policy"))} == {component.urn}


def test_whatever_is_not_said_stays_as_it_was() -> None:
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(SingleTable.__init__).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    assert (
        defaults.items()
        >= {
            "billing": None,
            "encryption": None,
            "recovery_days": 35,
            "disposable": False,
            "indexes": (),
            "projections": None,
            "warm_throughput": None,
            "table_class": "STANDARD",
            "replicas": None,
            "insights": None,
            "kinesis": None,
            "resource_policy": (),
            "stream_resource_policy": (),
            "origin": None,
            "tags": None,
            "transform": None,
            "opts": None,
        }.items()
    )


def test_every_argument_of_the_provider_is_one_that_stays_or_one_that_replaces() -> None:
    """A newer provider may have more: decide for each what it is."""
    known = {camel(name) for name in inspect.signature(aws.dynamodb.TableArgs.__init__).parameters if name != "__self__"}
    assert known == {*SETTINGS, *CREATION_ONLY, *FIXED}


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Billing.on_demand(), Billing.provisioned(Capacity.fixed(40))),
        (Billing.provisioned(Capacity.fixed(40)), Billing.provisioned(Capacity.autoscaled(5, 50))),
        (Billing.provisioned(Capacity.autoscaled(5, 50)), Billing.on_demand()),
        (Billing.on_demand(), Billing.on_demand(max_write=100)),
    ],
)
def test_switching_how_it_is_paid_never_replaces_it(before: Billing, after: Billing) -> None:
    old, new = inputs(before, "GSI1", "GSI2"), inputs(after, "GSI1", "GSI2")
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    assert changed
    assert changed <= set(SETTINGS)
