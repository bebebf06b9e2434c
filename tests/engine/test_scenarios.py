"""What a table goes through in its life, each on a stack of its own."""

import json
import sys
from pathlib import Path

import pytest

from policy.pack import ENVIRONMENT, write_pack
from tests.engine.conftest import ROOT, Begin

TABLE = """
table = aws.dynamodb.Table(
    "orders",
    hash_key="{key}",
    attributes=[{{"name": "{key}", "type": "S"}}],
    billing_mode="PAY_PER_REQUEST",
    {more}
)
pulumi.export("name", table.name)
"""
COMPONENT = """
from components import SingleTable

definition = {{"version": 1, "key": {{"partition": "{key}", "sort": "SK"}}, "indexes": [], "entities": [], "patterns": []}}
data = SingleTable("orders", table=definition, disposable={disposable})
pulumi.export("name", data.name)
"""


def plain(key: str = "PK", more: str = "") -> str:
    return TABLE.format(key=key, more=more)


def component(key: str = "PK", *, disposable: bool = False) -> str:
    return COMPONENT.format(key=key, disposable=disposable)


def test_a_change_is_made_in_place(begin: Begin) -> None:
    """a change: shown as an update, made in place, and not shown again"""
    stage = begin(plain())
    stage.up()
    name = stage.outputs()["name"]
    identity = stage.table(name)["TableId"]
    stage.write(plain(more='deletion_protection_enabled=True, stream_enabled=True, stream_view_type="KEYS_ONLY", tags={"stage": "dev"}'))
    assert stage.planned() == {"orders": "update"}
    stage.up()
    table = stage.table(name)
    assert (table["TableId"], table["DeletionProtectionEnabled"]) == (identity, True)
    assert table["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
    assert stage.planned() == {}


def test_drift_is_refreshed_and_repaired(begin: Begin) -> None:
    """refresh after drift: what was changed by hand is seen, shown, and put right by the next up"""
    stage = begin(plain(more="point_in_time_recovery={'enabled': True, 'recovery_period_in_days': 14}"))
    stage.up()
    name = stage.outputs()["name"]
    client = stage.session.aws.client("dynamodb")
    client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})
    client.update_table(TableName=name, DeletionProtectionEnabled=True)
    assert stage.planned() == {}, "a preview alone does not look"
    shown = stage.run("refresh", "--yes", "--skip-preview", "--diff")
    assert "pointInTimeRecovery" in shown
    assert "deletionProtectionEnabled" in shown
    assert stage.planned() == {"orders": "update"}
    stage.up()
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert not stage.table(name)["DeletionProtectionEnabled"]


def test_what_was_deleted_by_hand_is_created_again(begin: Begin) -> None:
    """refresh after deletion: what is gone is gone from the state, and the next up creates it"""
    stage = begin(plain())
    stage.up()
    stage.session.aws.client("dynamodb").delete_table(TableName=stage.outputs()["name"])
    stage.run("refresh", "--yes", "--skip-preview")
    assert stage.planned()["orders"] == "create"
    stage.up()
    assert len(stage.tables()) == 1


def test_a_protected_table_is_not_destroyed_but_in_two_steps(begin: Begin) -> None:
    """protected destroy is refused by the engine; the second step, disposable, lets it go"""
    stage = begin(component())
    stage.up()
    name = stage.outputs()["name"]
    assert "protected" in stage.destroy(fails=True)
    assert stage.table(name)["DeletionProtectionEnabled"]
    stage.write(component(disposable=True))
    stage.up()
    assert not stage.table(name)["DeletionProtectionEnabled"]
    stage.destroy()
    assert stage.tables() == []


def test_deletion_protection_refuses_as_aws_does(begin: Begin) -> None:
    """protected destroy is refused by AWS where only the table is protected"""
    stage = begin(plain(more="deletion_protection_enabled=True"))
    stage.up()
    assert "ValidationException" in stage.destroy(fails=True)
    assert len(stage.tables()) == 1


def test_a_replacement_is_refused_in_the_preview(begin: Begin) -> None:
    """replacement refused: another key fails in the preview, with a sentence, and nothing is touched"""
    stage = begin(component())
    stage.up()
    name = stage.outputs()["name"]
    stage.write(component("OtherPK"))
    assert "table-replaced" in stage.run("preview", fails=True)
    assert stage.tables() == [name]


@pytest.mark.parametrize(("name", "tables"), [("", 1), ("name='orders',", 1)], ids=["automatic name", "explicit name"])
def test_what_the_provider_calls_a_replacement_is_one(begin: Begin, name: str, tables: int) -> None:
    """replacement: another key of a plain table replaces it, and a protected one is refused by the engine"""
    stage = begin(plain(more=name + "opts=pulumi.ResourceOptions(protect=True)"))
    stage.up()
    old = stage.outputs()["name"]
    stage.write(plain("Other", more=name + "opts=pulumi.ResourceOptions(protect=True)"))
    assert "protect" in stage.up(fails=True)
    assert old in stage.tables()
    stage.write(plain(more=name))
    stage.up()
    stage.write(plain("Other", more=name))
    stage.up()
    new = stage.outputs()["name"]
    assert len(stage.tables()) == tables
    assert stage.table(new)["KeySchema"] == [{"AttributeName": "Other", "KeyType": "HASH"}]
    assert (new == old) is bool(name)


def test_the_policy_pack_stops_what_loses_data(begin: Begin) -> None:
    """policy pack: a table without protection is stopped before it is created"""
    stage = begin(plain())
    shown = stage.run("up", "--yes", "--skip-preview", "--policy-pack", str(ROOT / "policy"), fails=True)
    assert "mandatory" in shown
    assert "orders" in shown
    assert stage.tables() == []


def test_the_packed_policies_need_nothing_of_the_checkout(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """policy pack: in a folder of its own, on a stack that has nothing of ours, it stops the table in the preview already"""
    write_pack(tmp_path / "pack")
    (tmp_path / "pack" / ENVIRONMENT).symlink_to(sys.prefix)  # what `pulumi install` makes
    stage = begin(plain())
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.setattr("local.engine.session.CHECKOUT", tmp_path / "nowhere")  # which a session lets programs import from
    shown = stage.run("preview", "--policy-pack", str(tmp_path / "pack"), fails=True)
    assert "table-deletion-protection" in shown
    safe = "deletion_protection_enabled=True, point_in_time_recovery={'enabled': True}, opts=pulumi.ResourceOptions(protect=True)"
    stage.write(plain(more=safe))
    (tmp_path / "config.json").write_text(json.dumps({"table-throttle-alarms": "advisory"}))
    shown = stage.run("preview", "--policy-pack", str(tmp_path / "pack"), "--policy-pack-config", str(tmp_path / "config.json"))
    assert "no alarm sees throttling of reads of the table" in shown


def test_a_table_that_exists_is_imported(begin: Begin) -> None:
    """import: an existing table comes under management with its items, without being changed or replaced"""
    more = "name='legacy', deletion_protection_enabled=True, opts=pulumi.ResourceOptions(import_='legacy')"
    stage = begin(plain(more=more))
    client = stage.session.aws.client("dynamodb")
    client.create_table(
        TableName="legacy",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )
    client.put_item(TableName="legacy", Item={"PK": {"S": "kept"}})
    identity = stage.table("legacy")["TableId"]
    assert stage.planned()["orders"] == "import"
    stage.up()
    assert stage.table("legacy")["TableId"] == identity
    assert client.scan(TableName="legacy")["Count"] == 1
    stage.write(plain(more="name='legacy', deletion_protection_enabled=True"))
    assert stage.planned() == {}


def test_a_failed_up_is_resumed_by_the_next(begin: Begin) -> None:
    """failed up: what exists is in the state and protected; the next up creates the rest and nothing twice"""
    broken = component() + "\naws.lambda_.FunctionUrl('url', function_name='nobody', authorization_type='NONE')\n"
    stage = begin(broken)
    assert "ResourceNotFound" in stage.up(fails=True)
    (name,) = stage.tables()
    assert stage.table(name)["DeletionProtectionEnabled"]
    stage.write(component())
    assert "create" not in stage.planned().values()
    stage.up()
    assert stage.tables() == [name]


def test_a_resource_that_fails_in_the_middle_is_finished_by_the_next(begin: Begin) -> None:
    """failed up: a table that was created before its recovery failed is in the state, and finished, not created twice"""
    stage = begin(plain(more="point_in_time_recovery={'enabled': True, 'recovery_period_in_days': 99}"))
    assert "RecoveryPeriodInDays" in stage.up(fails=True)
    (name,) = stage.tables()
    identity = stage.table(name)["TableId"]
    stage.write(plain(more="point_in_time_recovery={'enabled': True, 'recovery_period_in_days': 9}"))
    stage.up()
    assert stage.tables() == [name]
    assert stage.table(name)["TableId"] == identity
    recovery = stage.session.aws.client("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 9
    assert stage.planned() == {}


def test_a_change_that_fails_in_the_middle_is_finished_by_the_next(begin: Begin) -> None:
    """failed up: a change that stopped half-way is finished by the next up, in place, and what was done is not done again"""
    stage = begin(plain())
    stage.up()
    name = stage.outputs()["name"]
    identity = stage.table(name)["TableId"]
    changed = 'stream_enabled=True, stream_view_type="KEYS_ONLY", tags={"stage": "dev"}, '
    stage.write(plain(more=changed + "point_in_time_recovery={'enabled': True, 'recovery_period_in_days': 99}"))
    assert "RecoveryPeriodInDays" in stage.up(fails=True)
    assert stage.table(name)["StreamSpecification"]["StreamEnabled"]
    stage.write(plain(more=changed + "point_in_time_recovery={'enabled': True, 'recovery_period_in_days': 9}"))
    stage.up()
    table = stage.table(name)
    assert table["TableId"] == identity
    assert stage.session.aws.client("dynamodb").list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"] == [
        {"Key": "stage", "Value": "dev"}
    ]
    assert stage.planned() == {}
