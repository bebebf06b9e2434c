"""A drill of the recovery of a table on the embedded AWS, and the command that runs it."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.__main__ import main
from components.restore.items import compare
from components.restore.reader import Reader
from local.aws import EmbeddedAws
from monitoring.commands.command import DONE, FOUND, USAGE
from monitoring.live import Account
from tests.components.test_restore import statement
from tests.local.conftest import key, table_request

BACKUP = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/backup/01489602797149-73d8d5bc"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


@pytest.fixture
def shop(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """A table with everything that a restore leaves out, and 60 items. Gives the client; the table is called after the test."""
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    dynamodb, name = aws.client("dynamodb"), table_name(request)
    dynamodb.create_table(**table_request(name, DeletionProtectionEnabled=True, Tags=[{"Key": "team", "Value": "a"}]))
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"})
    for number in range(60):
        dynamodb.put_item(TableName=name, Item={**key(f"A{number}"), "GSI1PK": {"S": "all"}, "GSI1SK": {"S": f"{number:03}"}})
    return dynamodb


def table_name(request: pytest.FixtureRequest) -> str:
    return f"t{abs(hash(request.node.name)) % 10**12}"


def tables(dynamodb: Any) -> list[str]:
    return [name for name in dynamodb.list_tables()["TableNames"] if name.startswith("restore-drill-")]


def test_a_whole_drill(shop: Any, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, out = table_name(request), tmp_path / "drill.md"
    assert main(["restore-drill", name, "--yes", "--reapply", "--json", "--out", str(out)]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["table"], found["region"], found["good"], found["left"]) == (name, "eu-west-1", True, None)
    assert found["items"] == {"counted": [60, 60], "checked": 60, "lost": 0, "extra": 0, "changed": 0, "examples": []}
    gaps = {each["setting"]: each["was"] for each in found["gaps"]}
    assert gaps == {
        "stream": "NEW_AND_OLD_IMAGES",
        "time to live": "expires_at",
        "point-in-time recovery": "35 days",
        "deletion protection": True,
        "tags": {"team": "a"},
    }
    assert found["applied"] == ["tags", "time to live", "point-in-time recovery", "stream"]
    assert "| result | it can be restored |" in out.read_text()
    assert tables(shop) == []


def test_each_option_that_a_restore_leaves_out_is_named(
    aws: EmbeddedAws, shop: Any, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    name, kinesis = table_name(request), aws.client("kinesis")
    arn = shop.describe_table(TableName=name)["Table"]["TableArn"]
    kinesis.create_stream(StreamName=name, ShardCount=1)
    changes = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    shop.update_table(TableName=name, TableClass="STANDARD_INFREQUENT_ACCESS", OnDemandThroughput={"MaxReadRequestUnits": 100})
    shop.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement(arn)]}))
    shop.update_contributor_insights(TableName=name, IndexName="GSI1", ContributorInsightsAction="ENABLE")
    shop.enable_kinesis_streaming_destination(TableName=name, StreamArn=changes)
    dimensions = [{"Name": "TableName", "Value": name}]
    judged: dict[str, Any] = {"EvaluationPeriods": 1, "Period": 60, "Statistic": "Sum", "Threshold": 0}
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/DynamoDB",
        MetricName="ReadThrottleEvents",
        Dimensions=dimensions,
        ComparisonOperator="GreaterThanThreshold",
        **judged,
    )

    assert main(["restore-drill", name, "--yes", "--json"]) == DONE

    found = json.loads(capsys.readouterr().out)
    gaps = {each["setting"]: (each["was"], each["restored"]) for each in found["gaps"]}
    (policy,), none = gaps.pop("resource policies")
    assert (json.loads(policy), none) == ({**statement("TABLE")}, None)
    assert gaps["table class"] == ("STANDARD_INFREQUENT_ACCESS", "STANDARD")
    assert gaps["ceilings"] == ({"table": "read 100"}, None)
    assert gaps["contributor insights"][0].keys() == {"GSI1"}
    assert gaps["Kinesis streams"] == ([changes], None)
    assert gaps["alarms"] == (1, None)
    assert found["broken"] == []
    assert tables(shop) == []


def test_scaling_is_named_where_capacity_is_provisioned(
    aws: EmbeddedAws, shop: Any, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    name, scaling = table_name(request), aws.client("application-autoscaling")
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    index = {"Update": {"IndexName": "GSI1", "ProvisionedThroughput": units}}
    shop.update_table(TableName=name, BillingMode="PROVISIONED", ProvisionedThroughput=units, GlobalSecondaryIndexUpdates=[index])
    dimension = "dynamodb:table:ReadCapacityUnits"
    place = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{name}", "ScalableDimension": dimension}
    scaling.register_scalable_target(**place, MinCapacity=5, MaxCapacity=50)

    assert main(["restore-drill", name, "--yes", "--json"]) == DONE

    found = json.loads(capsys.readouterr().out)
    gaps = {each["setting"]: (each["was"], each["restored"]) for each in found["gaps"]}
    assert gaps["autoscaling"] == ([f"table/{name} ReadCapacityUnits"], None)


def test_a_backup_differs_from_a_table_that_went_on(shop: Any, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    name = table_name(request)
    backup = shop.create_backup(TableName=name, BackupName="before")["BackupDetails"]["BackupArn"]
    shop.delete_item(TableName=name, Key=key("A1"))
    shop.put_item(TableName=name, Item={**key("A2"), "note": {"S": "later"}})
    shop.put_item(TableName=name, Item=key("A60"))

    words = ["restore-drill", name, "--yes", "--backup", backup]
    assert main(words) == FOUND
    assert "60 in the table, 60 in the copy: 1 lost, 1 extra, 1 changed (4.92 percent)" in capsys.readouterr().out
    assert main([*words, "--tolerate", "5"]) == DONE
    assert tables(shop) == []


def test_a_sample_looks_from_both_sides(shop: Any, request: pytest.FixtureRequest) -> None:
    name = table_name(request)
    shop.restore_table_to_point_in_time(SourceTableName=name, TargetTableName=f"{name}-copy", UseLatestRestorableTime=True)
    account = Account(lambda _service: shop, "eu-west-1")
    reader = Reader(account, lambda _seconds: None)
    assert compare(reader, name, f"{name}-copy", ("PK", "SK"), 20, random.Random(1)).different == 0
    for number in range(60):
        shop.delete_item(TableName=f"{name}-copy", Key=key(f"A{number}"))
        shop.put_item(TableName=f"{name}-copy", Item=key(f"B{number}"))

    found = compare(reader, name, f"{name}-copy", ("PK", "SK"), 20, random.Random(1))

    assert (found.counted, found.checked, found.lost, found.extra, found.percent) == (None, 40, 20, 20, 100.0)


def test_a_copy_is_kept_where_it_is_asked_for(shop: Any, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore-drill", table_name(request), "--yes", "--keep"]) == DONE
    (copy,) = tables(shop)
    assert f"aws dynamodb delete-table --table-name {copy}" in capsys.readouterr().out
    arn = shop.describe_table(TableName=copy)["Table"]["TableArn"]
    assert {"Key": "singletable:restore-drill", "Value": "true"} in shop.list_tags_of_resource(ResourceArn=arn)["Tags"]

    assert main(["restore-drill", table_name(request), "--yes"]) == DONE
    assert capsys.readouterr().err == f"an earlier drill left {copy}: aws dynamodb delete-table --table-name {copy}\n"
    assert tables(shop) == [copy]
    shop.delete_table(TableName=copy)


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], USAGE, "unconfirmed: about 60 items, 0.000 GB, would be restored for about $0.00, and nobody can answer here. Give --yes."),
        (["--yes", "--at", "2020-01-01T00:00:00Z"], USAGE, "invalid-time: 2020-01-01T00:00:00+00:00 cannot be restored"),
        (["--yes", "--out", "/nowhere/drill.md"], USAGE, "unwritable-file: /nowhere/drill.md: its folder does not exist"),
        (["--yes", "--backup", BACKUP], USAGE, "refused-call: dynamodb:DescribeBackup"),
    ],
    ids=["nobody to ask", "before everything", "no folder", "no such backup"],
)
def test_refusals(
    words: list[str], status: int, message: str, shop: Any, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore-drill", table_name(request), *words]) == status
    shown = capsys.readouterr()
    assert shown.out == "" and message in shown.err
    assert tables(shop) == []


def test_a_table_without_recovery_is_bad_news(shop: Any, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    shop.update_continuous_backups(TableName=table_name(request), PointInTimeRecoverySpecification=off)
    assert main(["restore-drill", table_name(request), "--yes"]) == FOUND
    assert "no-recovery: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--at", "yesterday"], "give a time with a zone"),
        (["--at", "2026-03-02T14:00:00"], "give a time with a zone"),
        (["--max-items", "0"], "give a number above 0"),
        (["--longest", "x"], "give a number above 0"),
        (["--tolerate", "101"], "give 0 to 100 percent"),
        (["--tolerate", "much"], "give 0 to 100 percent"),
        (["--at", "2026-03-02T14:00:00Z", "--backup", BACKUP], "not allowed with argument"),
    ],
    ids=["no time", "no zone", "no items", "no hours", "too much", "no number", "two sources"],
)
def test_bad_words(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["restore-drill", "shop", *words])
    assert caught.value.code == USAGE
    assert message in capsys.readouterr().err
