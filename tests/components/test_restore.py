"""A drill of the recovery of a table. What a restore brings back and what it leaves out is the API reference's list (RestoreTableToPointInTime)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from components.restore import Drill, NoRecovery, Record, markdown, read_source, report, text
from components.restore.drill import Options
from components.restore.items import same
from components.restore.settings import SETTINGS
from monitoring.errors import MonitoringError
from monitoring.live import Account, Pace
from tests.local.conftest import key

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BACKUP = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/backup/01489602797149-73d8d5bc"


# --- with answers that a test writes


class Clock:
    """Time that passes by waiting only."""

    def __init__(self) -> None:
        self.at = NOON
        self.waited: list[float] = []

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += timedelta(seconds=seconds)


def described(name: str, status: str = "ACTIVE", index: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    table = {
        "TableName": name,
        "TableArn": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}",
        "TableStatus": status,
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "GSI1",
                "IndexStatus": index,
                "KeySchema": [{"AttributeName": "GSI1PK", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "ItemCount": 2,
        "TableSizeBytes": 2048,
        **more,
    }
    return {"Table": table}


RECOVERY = {
    "ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": 35,
            "EarliestRestorableDateTime": NOON - timedelta(days=3),
            "LatestRestorableDateTime": NOON - timedelta(minutes=5),
        },
    }
}
NO_RECOVERY = {
    "ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }
}


class Stubbed:
    """An account of which DynamoDB is answered by a test, and the other services say nothing."""

    def __init__(self) -> None:
        self.clients = {name: client(name) for name in ("dynamodb", "application-autoscaling", "cloudwatch")}
        self.stubs = {name: Stubber(made) for name, made in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.account = Account(self.clients.__getitem__, "eu-west-1", pace=Pace(lambda: 0.0, lambda _seconds: None))
        self.answer = self.stubs["dynamodb"].add_response
        self.refuse = self.stubs["dynamodb"].add_client_error

    def settings(self, *, recovery: Any = RECOVERY, tags: Any = ()) -> None:
        """What read_settings asks for, in its order."""
        self.answer("describe_time_to_live", {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
        self.answer("describe_continuous_backups", recovery)
        self.answer("list_tags_of_resource", {"Tags": list(tags)})
        self.refuse("get_resource_policy", "PolicyNotFoundException", "none")
        self.answer("list_contributor_insights", {"ContributorInsightsSummaries": []})
        self.answer("describe_kinesis_streaming_destination", {"KinesisDataStreamDestinations": []})
        self.stubs["application-autoscaling"].add_response("describe_scalable_targets", {"ScalableTargets": []})
        self.stubs["cloudwatch"].add_response("describe_alarms", {"MetricAlarms": []})

    def source(self) -> None:
        self.answer("describe_table", described("shop"), {"TableName": "shop"})
        self.answer("describe_continuous_backups", RECOVERY)
        self.settings()

    def done(self) -> None:
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


def client(service: str) -> Any:
    return boto3.client(service, region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]


@pytest.fixture
def stubbed() -> Stubbed:
    return Stubbed()


def drilled(stubbed: Stubbed, clock: Clock, options: Options | None = None, told: Callable[[str], object] = lambda _words: None) -> Record:
    source = read_source(stubbed.account, "shop")
    return Drill(stubbed.account, source, options or Options(), id="abc123", clock=clock, wait=clock.wait, told=told).run()


COPY = "restore-drill-202603021200-abc123-shop"


def scanned(stubbed: Stubbed, *items: dict[str, Any]) -> None:
    """A scan of one table in 32 parts: the first has the items."""
    for number in range(32):
        stubbed.answer("scan", {"Items": list(items) if not number else []})


def test_a_copy_is_waited_for_compared_and_taken_away(stubbed: Stubbed) -> None:
    clock, heard = Clock(), list[str]()
    stubbed.source()
    stubbed.answer(
        "restore_table_to_point_in_time",
        {"TableDescription": {"TableName": COPY}},
        {"SourceTableName": "shop", "TargetTableName": COPY, "UseLatestRestorableTime": True},
    )
    stubbed.answer("describe_table", described(COPY, "CREATING", "CREATING"), {"TableName": COPY})
    stubbed.answer("describe_table", described(COPY, "ACTIVE", "CREATING"))
    stubbed.answer("describe_table", described(COPY))
    stubbed.answer("tag_resource", {}, {"ResourceArn": ANY, "Tags": [{"Key": "singletable:restore-drill", "Value": "true"}]})
    stubbed.settings(recovery=NO_RECOVERY, tags=[{"Key": "singletable:restore-drill", "Value": "true"}])
    scanned(stubbed, key("A"))
    scanned(stubbed, key("A"))
    stubbed.answer("delete_table", {}, {"TableName": COPY})

    record = drilled(stubbed, clock, told=heard.append)

    stubbed.done()
    assert (record.restore, record.indexes) == (timedelta(seconds=15), timedelta(seconds=15))
    assert record.point.age == timedelta(minutes=5)
    assert [each.setting.name for each in record.gaps] == ["point-in-time recovery"]
    assert (record.broken, record.left, record.good) == ((), "", True)
    assert f"{COPY} is CREATING for 0:00:00, waiting for GSI1" in heard


def test_an_index_that_is_missing_is_no_recovery(stubbed: Stubbed) -> None:
    stubbed.source()
    stubbed.answer("restore_table_to_point_in_time", {})
    stubbed.answer("describe_table", described(COPY, GlobalSecondaryIndexes=[]))
    stubbed.answer("tag_resource", {})
    stubbed.settings()
    scanned(stubbed)
    scanned(stubbed)
    stubbed.answer("delete_table", {})

    record = drilled(stubbed, Clock())

    assert [each.setting.name for each in record.broken] == ["global indexes"]
    assert not record.good
    assert "DIFFERENT" in text(record) and "NOT PROVEN" in text(record)


def test_what_could_not_be_compared_is_no_success_and_the_copy_goes(stubbed: Stubbed) -> None:
    stubbed.source()
    stubbed.answer("restore_table_to_point_in_time", {})
    stubbed.answer("describe_table", described(COPY))
    stubbed.answer("tag_resource", {})
    stubbed.settings()
    stubbed.refuse("scan", "AccessDeniedException", "not allowed")
    stubbed.answer("delete_table", {}, {"TableName": COPY})

    record = drilled(stubbed, Clock())

    stubbed.done()
    assert record.unfinished.startswith("dynamodb:Scan: not allowed")
    assert (record.good, record.left) == (False, "")


def test_a_copy_that_never_comes_is_given_up_and_named(stubbed: Stubbed) -> None:
    stubbed.source()
    stubbed.answer("restore_table_to_point_in_time", {})
    for _ in range(3):
        stubbed.answer("describe_table", described(COPY, "CREATING"))
    stubbed.refuse("delete_table", "ResourceInUseException", "being created")

    record = drilled(stubbed, Clock(), Options(longest=timedelta(seconds=20)))

    stubbed.done()
    assert record.unfinished == f"{COPY} is CREATING after 0:00:30: longer than --longest allows"
    assert record.left == COPY
    assert f"aws dynamodb delete-table --table-name {COPY}" in text(record)


def test_an_interrupt_names_what_is_left(stubbed: Stubbed) -> None:
    class Interrupted(Clock):
        def wait(self, seconds: float) -> None:
            raise KeyboardInterrupt

    stubbed.source()
    stubbed.answer("restore_table_to_point_in_time", {})
    stubbed.answer("describe_table", described(COPY, "CREATING"))
    stubbed.refuse("delete_table", "ResourceInUseException", "being created")
    record = drilled(stubbed, Interrupted())
    assert (record.unfinished, record.left) == ("interrupted", COPY)


def test_a_refused_restore_leaves_nothing_to_tell_of(stubbed: Stubbed) -> None:
    stubbed.source()
    stubbed.refuse("restore_table_to_point_in_time", "LimitExceededException", "50 restores at a time")
    with pytest.raises(MonitoringError, match="50 restores at a time"):
        drilled(stubbed, Clock())
    stubbed.done()


def test_a_copy_that_is_changed_is_deleted_when_it_is_done(stubbed: Stubbed) -> None:
    clock = Clock()
    stubbed.source()
    stubbed.answer("restore_table_to_point_in_time", {})
    stubbed.answer("describe_table", described(COPY))
    stubbed.answer("tag_resource", {})
    stubbed.settings(recovery=NO_RECOVERY)
    scanned(stubbed)
    scanned(stubbed)
    asked = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}
    stubbed.answer("update_continuous_backups", {}, {"TableName": COPY, "PointInTimeRecoverySpecification": asked})
    stubbed.refuse("delete_table", "ResourceInUseException", "being updated")
    stubbed.answer("delete_table", {})

    record = drilled(stubbed, clock, Options(reapply=True))

    stubbed.done()
    assert (record.applied, record.left, clock.waited) == (("point-in-time recovery",), "", [15])


def test_settings_that_may_not_be_read_are_no_difference(stubbed: Stubbed) -> None:
    stubbed.answer("describe_table", described("shop"))
    stubbed.answer("describe_continuous_backups", RECOVERY)
    stubbed.answer("describe_time_to_live", {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
    stubbed.answer("describe_continuous_backups", RECOVERY)
    stubbed.refuse("list_tags_of_resource", "AccessDeniedException", "not allowed")
    stubbed.refuse("get_resource_policy", "AccessDeniedException", "not allowed")
    stubbed.answer("list_contributor_insights", {"ContributorInsightsSummaries": []})
    stubbed.answer("describe_kinesis_streaming_destination", {"KinesisDataStreamDestinations": []})
    stubbed.stubs["application-autoscaling"].add_response("describe_scalable_targets", {"ScalableTargets": []})
    stubbed.stubs["cloudwatch"].add_response("describe_alarms", {"MetricAlarms": []})
    settings = read_source(stubbed.account, "shop").settings
    assert (settings["tags"], settings["resource policies"]) == ("(may not be read)", "(may not be read)")
    assert settings["contributor insights"] is None


def test_no_recovery_says_what_to_do(stubbed: Stubbed) -> None:
    stubbed.answer("describe_table", described("shop"))
    stubbed.answer("describe_continuous_backups", NO_RECOVERY)
    with pytest.raises(NoRecovery, match="shop has no point-in-time recovery, so nothing can be restored: deploy it with recovery_days"):
        read_source(stubbed.account, "shop")


@pytest.mark.parametrize(
    ("of", "status", "message"), [("other", "AVAILABLE", "is one of other, not of shop"), ("shop", "CREATING", "is CREATING")]
)
def test_a_backup_that_is_of_no_use(of: str, status: str, message: str, stubbed: Stubbed) -> None:
    details = {
        "BackupArn": BACKUP,
        "BackupName": "nightly",
        "BackupStatus": status,
        "BackupType": "USER",
        "BackupCreationDateTime": NOON,
    }
    table = {
        "TableName": of,
        "TableId": "1",
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
        "TableCreationDateTime": NOON,
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    }
    stubbed.answer("describe_table", described("shop"))
    stubbed.answer("describe_backup", {"BackupDescription": {"BackupDetails": details, "SourceTableDetails": table}})
    with pytest.raises(NoRecovery, match=message):
        read_source(stubbed.account, "shop", BACKUP)


BROUGHT_BACK = {"keys", "global indexes", "local indexes", "billing mode", "encryption"}
"""API reference, RestoreTableToPointInTime: "Along with data, the following are also included". Capacity is, too: see SETTINGS."""
SET_BY_HAND = {"autoscaling", "resource policies", "alarms", "tags", "stream", "time to live", "point-in-time recovery"}
"""The same page: "You must manually set up the following on the restored table"."""
NOT_PROMISED = {"deletion protection", "ceilings", "warm throughput", "contributor insights", "Kinesis streams"}
"""On neither list."""
SAID_ELSEWHERE = {"table class", "replicas"}
"""Developer guide: a restored table is of the standard class, and of no global table."""


def test_what_a_restore_leaves_out_is_what_no_page_promises() -> None:
    assert {setting.name for setting in SETTINGS if setting.kept} == BROUGHT_BACK
    assert {setting.name for setting in SETTINGS if not setting.kept} == SET_BY_HAND | NOT_PROMISED | SAID_ELSEWHERE
    assert all(setting.again for setting in SETTINGS if not setting.kept)


def read(setting: str, account: Account, table: dict[str, Any]) -> Any:
    return next(each for each in SETTINGS if each.name == setting).read(account, table)


def test_the_policies_of_a_table_and_of_its_copy_are_the_same_where_only_their_arns_differ(stubbed: Stubbed) -> None:
    found: list[Any] = []
    for name in ("shop", "copy"):
        table = described(name, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})["Table"]
        table["LatestStreamArn"] = f"{table['TableArn']}/stream/{name}"
        for arn, one in (
            (table["TableArn"], [statement(table["TableArn"])]),
            (table["LatestStreamArn"], statement(table["LatestStreamArn"])),
        ):
            stubbed.answer("get_resource_policy", {"Policy": json.dumps({"Statement": one})}, {"ResourceArn": arn})
        found.append(read("resource policies", stubbed.account, table))
    assert found[0] == found[1]
    assert [json.loads(each)["Resource"] for each in found[0]] == ["TABLE", "STREAM"]


def statement(arn: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:role/reports"}, "Action": "dynamodb:Query", "Resource": arn}


def test_insights_are_asked_for_to_the_last_page(stubbed: Stubbed) -> None:
    summary = {
        "TableName": "shop",
        "IndexName": "GSI1",
        "ContributorInsightsStatus": "ENABLED",
        "ContributorInsightsMode": "THROTTLED_KEYS",
    }
    off = {"TableName": "shop", "ContributorInsightsStatus": "DISABLED"}
    stubbed.answer("list_contributor_insights", {"ContributorInsightsSummaries": [off], "NextToken": "more"}, {"TableName": "shop"})
    stubbed.answer("list_contributor_insights", {"ContributorInsightsSummaries": [summary]}, {"TableName": "shop", "NextToken": "more"})
    assert read("contributor insights", stubbed.account, described("shop")["Table"]) == {"GSI1": "THROTTLED_KEYS"}
    stubbed.done()


@pytest.mark.parametrize(
    ("setting", "table", "value"),
    [
        ("ceilings", {"OnDemandThroughput": {"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": -1}}, {"table": "read 40"}),
        ("ceilings", {"OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}}, None),
        (
            "warm throughput",
            {"WarmThroughput": {"ReadUnitsPerSecond": 40000, "WriteUnitsPerSecond": 4000}},
            {"table": "read 40000 write 4000"},
        ),
        ("warm throughput", {"WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}}, None),
        ("table class", {}, "STANDARD"),
        ("table class", {"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}}, "STANDARD_INFREQUENT_ACCESS"),
        ("replicas", {"Replicas": [{"RegionName": "eu-west-3"}, {"RegionName": "eu-central-1"}]}, ["eu-central-1", "eu-west-3"]),
        ("replicas", {"Replicas": []}, None),
    ],
)
def test_what_is_read_of_a_description(setting: str, table: dict[str, Any], value: Any, stubbed: Stubbed) -> None:
    assert read(setting, stubbed.account, described("shop", **table)["Table"]) == value


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"a": {"SS": ["x", "y"]}}, {"a": {"SS": ["y", "x"]}}, True),
        ({"a": {"L": [{"S": "x"}, {"S": "y"}]}}, {"a": {"L": [{"S": "y"}, {"S": "x"}]}}, False),
        ({"a": {"M": {"b": {"NS": ["1", "2"]}}}}, {"a": {"M": {"b": {"NS": ["2", "1"]}}}}, True),
        ({"SS": {"S": "x"}}, {"SS": {"S": "x"}}, True),
        ({"a": {"S": "1"}}, {"a": {"N": "1"}}, False),
        ({"a": {"S": "1"}}, {}, False),
    ],
)
def test_items_that_are_the_same(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal


def test_what_is_written_is_the_same_for_all_readers(stubbed: Stubbed) -> None:
    stubbed.source()
    stubbed.answer("restore_table_to_point_in_time", {})
    stubbed.answer("describe_table", described(COPY))
    stubbed.answer("tag_resource", {})
    stubbed.settings()
    scanned(stubbed, key("A"))
    scanned(stubbed)
    stubbed.answer("delete_table", {})
    record = drilled(stubbed, Clock())
    lost = "1 in the table, 0 in the copy: 1 lost (1e+02 percent), such as A"
    assert lost.replace("1e+02", "100") in text(record)
    assert lost.replace("1e+02", "100") in markdown(record)
    assert json.loads(report(record))["items"]["lost"] == 1
