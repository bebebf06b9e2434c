"""Arguments of the table, from the declaration."""

from typing import Any

import botocore.session
import pytest

import monitoring
from components.errors import InvalidArgument
from components.tables.billing import Billing, Capacity, Encryption, Throughput
from components.tables.table import RECOVERY_DAYS, SingleTable, table_arguments
from components.watching.monitoring_plan import billing_of
from singletable.definition import KeyDefinition, TableDefinition

ON_DEMAND, OWNED = Billing.on_demand(), Encryption.aws_owned()


def test_the_declaration_decides(definition: TableDefinition) -> None:
    assert table_arguments(definition, ON_DEMAND, OWNED, 35) == {
        "attributes": [{"name": name, "type": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")],
        "hash_key": "PK",
        "range_key": "SK",
        "global_secondary_indexes": [
            {
                "name": "GSI1",
                "key_schemas": [
                    {"attribute_name": "GSI1PK", "key_type": "HASH"},
                    {"attribute_name": "GSI1SK", "key_type": "RANGE"},
                ],
                "projection_type": "ALL",
            },
            {
                "name": "GSI2",
                "key_schemas": [{"attribute_name": "GSI1PK", "key_type": "HASH"}],
                "projection_type": "KEYS_ONLY",
            },
        ],
        "billing_mode": "PAY_PER_REQUEST",
        "stream_enabled": True,
        "stream_view_type": "NEW_AND_OLD_IMAGES",
        "deletion_protection_enabled": True,
        "point_in_time_recovery": {"enabled": True, "recovery_period_in_days": 35},
        "server_side_encryption": {"enabled": False},
        "ttl": {"enabled": True, "attribute_name": "expires_at"},
    }


def test_a_disposable_table_has_neither_backups_nor_protection(definition: TableDefinition) -> None:
    made = table_arguments(definition, ON_DEMAND, OWNED, None)

    assert made["deletion_protection_enabled"] is False
    assert made["point_in_time_recovery"] == {"enabled": False}


def test_what_was_not_declared_is_not_there(definition: TableDefinition) -> None:
    bare = replace_definition(definition, key=KeyDefinition("PK"), indexes=(), ttl=None)

    made = table_arguments(bare, ON_DEMAND, OWNED, 1)

    assert not {"range_key", "ttl", "read_capacity", "on_demand_throughput"} & made.keys()
    assert made["attributes"] == [{"name": "PK", "type": "S"}]


def replace_definition(definition: TableDefinition, **changes: Any) -> TableDefinition:
    fields = {name: getattr(definition, name) for name in ("key", "indexes", "ttl", "entities", "patterns", "stream_view_type")}
    return TableDefinition(**{**fields, **changes})


def test_capacity_of_table_and_index(definition: TableDefinition) -> None:
    own = Throughput(Capacity.autoscaled(7, 70), Capacity.autoscaled(8, 80))
    made = table_arguments(definition, Billing.provisioned(Capacity.autoscaled(5, 50), indexes={"GSI2": own}), OWNED, 35)

    assert (made["billing_mode"], made["read_capacity"], made["write_capacity"]) == ("PROVISIONED", 5, 5)
    assert [(each["read_capacity"], each["write_capacity"]) for each in made["global_secondary_indexes"]] == [(5, 5), (7, 8)]


def test_a_limit_holds_for_table_and_each_index(definition: TableDefinition) -> None:
    made = table_arguments(definition, Billing.on_demand(max_write=100), OWNED, 35)

    assert made["on_demand_throughput"] == {"max_write_request_units": 100}
    assert [each["on_demand_throughput"] for each in made["global_secondary_indexes"]] == [{"max_write_request_units": 100}] * 2


def test_a_limit_is_lifted_by_saying_so(definition: TableDefinition) -> None:
    """UpdateTable without a limit changes nothing, and refuses a request that changes nothing."""
    lifted = Billing.on_demand(max_write=-1)

    assert table_arguments(definition, lifted, OWNED, 35)["on_demand_throughput"] == {"max_write_request_units": -1}
    assert billing_of(lifted, []) == monitoring.Billing.on_demand()


def test_every_kind_of_encryption_says_which(definition: TableDefinition) -> None:
    """The provider reads absence as "as it is": a table that had a key of its own would silently keep it."""
    for encryption, said in ((OWNED, False), (Encryption.aws_managed(), True)):
        assert table_arguments(definition, ON_DEMAND, encryption, 35)["server_side_encryption"] == {"enabled": said}


@pytest.mark.parametrize(
    ("billing", "days", "message"),
    [
        (ON_DEMAND, 0, "recovery_days is 0: 1 to 35 is allowed"),
        (ON_DEMAND, 36, "recovery_days is 36: 1 to 35 is allowed"),
        (
            Billing.provisioned(Capacity.fixed(1), indexes={"GSI9": Throughput(Capacity.fixed(1), Capacity.fixed(1))}),
            35,
            "billing names the index 'GSI9', which the table does not have: it has GSI1, GSI2",
        ),
        (Billing(), 35, None),
    ],
)
def test_refusals(definition: TableDefinition, billing: Billing, days: int, message: str | None) -> None:
    with pytest.raises(InvalidArgument) as caught:
        table_arguments(definition, billing, OWNED, days)
    if message:
        assert str(caught.value) == message


def test_days_are_those_of_the_service() -> None:
    days = botocore.session.get_session().get_service_model("dynamodb").shape_for("RecoveryPeriodInDays").metadata
    assert (RECOVERY_DAYS.start, RECOVERY_DAYS.stop - 1) == (days["min"], days["max"])


def test_words_of_dynamodb(definition: TableDefinition) -> None:
    """Every word that the service lists is spelled as the service spells it."""
    model = botocore.session.get_session().get_service_model("dynamodb")
    for billing in (ON_DEMAND, Billing.provisioned(Capacity.fixed(1))):
        made = table_arguments(definition, billing, OWNED, 35)
        assert made["billing_mode"] in model.shape_for("BillingMode").enum
        assert made["stream_view_type"] in model.shape_for("StreamViewType").enum
        for attribute in made["attributes"]:
            assert attribute["type"] in model.shape_for("ScalarAttributeType").enum
        for index in made["global_secondary_indexes"]:
            assert index["projection_type"] in model.shape_for("ProjectionType").enum
            for key in index["key_schemas"]:
                assert key["key_type"] in model.shape_for("KeyType").enum


def test_a_transform_of_nothing_that_exists(definition: TableDefinition) -> None:
    """Refused before anything is registered: there is no engine in this test to register with."""
    with pytest.raises(InvalidArgument) as caught:
        SingleTable("shop", table=definition, billing=Billing.provisioned(Capacity.autoscaled(1, 2)), transform={"tabel": {}})
    assert str(caught.value).startswith(
        "SingleTable 'shop' has no 'tabel' to transform: it has table, read-target, read-policy, write-target,"
    )
