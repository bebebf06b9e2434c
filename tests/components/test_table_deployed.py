"""A table with its options, deployed on the embedded AWS: what DynamoDB then says of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from local.aws import EmbeddedAws
from local.deploy import DeployError, Deployment, deploy
from tests.components.conftest import HEAD

REPORTS = "arn:aws:iam::210987654321:role/reports"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


def deployed(project: Path, aws: EmbeddedAws, program: str) -> Deployment:
    (project / "__main__.py").write_text("import pulumi\nimport pulumi_aws as aws\n" + HEAD + dedent(program))
    return deploy(project, "dev", aws)


def table_of(aws: EmbeddedAws, deployment: Deployment) -> dict[str, Any]:
    (table,) = deployment.of_type("aws:dynamodb/table:Table")
    return aws.client("dynamodb").describe_table(TableName=table.id)["Table"]


def test_everything_at_once(project: Path, aws: EmbeddedAws) -> None:
    made = deployed(
        project,
        aws,
        f"""
        definition["key"]["sort"] = "day"
        definition["ttl"] = "expires_at"
        SingleTable(
            "notes",
            table=definition,
            billing=Billing.on_demand(max_read=40, indexes={{"by-day": Limit(write=5)}}),
            indexes=[
                GlobalIndex("by-place", ["country", "city"], [KeyAttribute("visits", "N"), "day"], Projection.include("title")),
                LocalIndex("by-size", KeyAttribute("size", "N"), Projection.keys_only()),
            ],
            warm_throughput=WarmThroughput(WarmUnits(20_000, 8_000), indexes={{"by-day": WarmUnits(20_000, 8_000)}}),
            table_class="STANDARD_INFREQUENT_ACCESS",
            replicas=Replicas.eventual("eu-central-1", "eu-west-2"),
            insights=Insights.throttled_keys(),
            kinesis=KinesisDestination(aws.kinesis.Stream("changes", shard_count=1).arn),
            resource_policy=[PrincipalAccess("Reports", ["{REPORTS}"], ["dynamodb:Query"], ["by-place"])],
            stream_resource_policy=[PrincipalAccess("Copy", ["{REPORTS}"], ["dynamodb:GetRecords"])],
            tags={{"team": "a"}},
        )
        """,
    )

    client, table = aws.client("dynamodb"), table_of(aws, made)
    assert table["OnDemandThroughput"] == {"MaxReadRequestUnits": 40}
    indexes = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert indexes["by-day"]["OnDemandThroughput"] == {"MaxWriteRequestUnits": 5}
    assert [(key["AttributeName"], key["KeyType"]) for key in indexes["by-place"]["KeySchema"]] == [
        ("country", "HASH"),
        ("city", "HASH"),
        ("visits", "RANGE"),
        ("day", "RANGE"),
    ]
    assert indexes["by-place"]["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]}
    (local,) = table["LocalSecondaryIndexes"]
    assert (local["IndexName"], [key["AttributeName"] for key in local["KeySchema"]]) == ("by-size", ["id", "size"])
    for warm in (table["WarmThroughput"], indexes["by-day"]["WarmThroughput"]):
        assert (warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"]) == (20_000, 8_000)
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert [(each["RegionName"], each["ReplicaStatus"]) for each in table["Replicas"]] == [
        ("eu-central-1", "ACTIVE"),
        ("eu-west-2", "ACTIVE"),
    ]
    for index in (None, *indexes):
        of = {"IndexName": index} if index else {}
        assert client.describe_contributor_insights(TableName=table["TableName"], **of)["ContributorInsightsMode"] == "THROTTLED_KEYS"
    (destination,) = client.describe_kinesis_streaming_destination(TableName=table["TableName"])["KinesisDataStreamDestinations"]
    assert destination["DestinationStatus"] == "ACTIVE"
    for resource, action in ((table["TableArn"], "dynamodb:Query"), (table["LatestStreamArn"], "dynamodb:GetRecords")):
        (statement,) = json.loads(client.get_resource_policy(ResourceArn=resource)["Policy"])["Statement"]
        assert (statement["Principal"], statement["Action"]) == ({"AWS": [REPORTS]}, [action])


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("country = :country AND city = :city", ["1", "2"]),
        ("country = :country AND city = :city AND visits > :visits", ["2"]),
        ("country = :country AND city = :city AND visits = :visits AND begins_with(nickname, :nickname)", ["1"]),
    ],
)
def test_a_key_of_several_attributes_is_queried_from_the_left(project: Path, aws: EmbeddedAws, condition: str, found: list[str]) -> None:
    made = deployed(
        project,
        aws,
        """
        visited = GlobalIndex("by-place", ["country", "city"], [KeyAttribute("visits", "N"), "nickname"])
        SingleTable("places", table=definition, indexes=[visited], disposable=True)
        """,
    )
    client, name = aws.client("dynamodb"), table_of(aws, made)["TableName"]
    for number, city, visits in (("1", "Ulm", "3"), ("2", "Ulm", "10"), ("3", "Bonn", "5")):
        place = {"country": {"S": "de"}, "city": {"S": city}, "visits": {"N": visits}, "nickname": {"S": "old"}}
        client.put_item(TableName=name, Item={"id": {"S": number}, **place})
    client.put_item(TableName=name, Item={"id": {"S": "without a key of the index"}, "country": {"S": "de"}, "city": {"S": "Ulm"}})

    values = {":country": {"S": "de"}, ":city": {"S": "Ulm"}, ":visits": {"N": "3"}, ":nickname": {"S": "o"}}
    used = {slot: value for slot, value in values.items() if slot in condition}
    answer = client.query(TableName=name, IndexName="by-place", KeyConditionExpression=condition, ExpressionAttributeValues=used)
    assert [item["id"]["S"] for item in answer["Items"]] == found
    client.delete_table(TableName=name)


def test_scaling_of_each_index_and_its_schedule(project: Path, aws: EmbeddedAws) -> None:
    made = deployed(
        project,
        aws,
        """
        fair = Schedule("fair", "at(2026-11-27T06:00:00)", 100, 900, "Europe/Berlin")
        SingleTable("scaled", table=definition, billing=Billing.provisioned(Capacity.autoscaled(5, 50, target_percent=60, schedules=[fair])))
        """,
    )

    table, client = table_of(aws, made), aws.client("application-autoscaling")
    resources = [f"table/{table['TableName']}", *(f"table/{table['TableName']}/index/{name}" for name in ("by-owner", "by-day"))]
    for resource in resources:
        targets = client.describe_scalable_targets(ServiceNamespace="dynamodb", ResourceIds=[resource])["ScalableTargets"]
        assert [(each["MinCapacity"], each["MaxCapacity"]) for each in targets] == [(5, 50)] * 2
        policies = client.describe_scaling_policies(ServiceNamespace="dynamodb", ResourceId=resource)["ScalingPolicies"]
        assert {each["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for each in policies} == {60}
        actions = client.describe_scheduled_actions(ServiceNamespace="dynamodb", ResourceId=resource)["ScheduledActions"]
        assert [(each["Schedule"], each["Timezone"]) for each in actions] == [("at(2026-11-27T06:00:00)", "Europe/Berlin")] * 2


STRONG = 'SingleTable("strong", table=definition, replicas=Replicas.strong("eu-central-1", witness="eu-west-3"))'


def test_a_strongly_consistent_table_in_one_request(project: Path, aws: EmbeddedAws) -> None:
    """DynamoDB makes replica and witness together, or neither."""
    table = table_of(aws, deployed(project, aws, STRONG))

    assert table["MultiRegionConsistency"] == "STRONG"
    assert [each["RegionName"] for each in table["Replicas"]] == ["eu-central-1"]
    assert [each["RegionName"] for each in table["GlobalTableWitnesses"]] == ["eu-west-3"]


# --- made from other data

SOURCE = 'SingleTable("source", table=definition)'
ITEM = {"id": {"S": "1"}, "owner": {"S": "ada"}}


@pytest.fixture
def source(project: Path, aws: EmbeddedAws) -> Iterator[str]:
    """A table with one item."""
    made = deployed(project, aws, SOURCE)
    (table,) = made.of_type("aws:dynamodb/table:Table")
    aws.client("dynamodb").put_item(TableName=table.id, Item=ITEM)
    yield table.id
    aws.client("dynamodb").update_table(TableName=table.id, DeletionProtectionEnabled=False)
    aws.client("dynamodb").delete_table(TableName=table.id)


def restored(project: Path, aws: EmbeddedAws, name: str, origin: str) -> dict[str, Any]:
    made = deployed(
        project,
        aws,
        f"""
        definition["ttl"] = "expires_at"
        SingleTable("{name}", table=definition, origin={origin}, tags={{"team": "a"}}, table_class="STANDARD_INFREQUENT_ACCESS")
        """,
    )
    return table_of(aws, made)


def check_complete(aws: EmbeddedAws, table: dict[str, Any]) -> None:
    """With all that a restore leaves out (API reference, RestoreTableToPointInTime: what must be set up manually)."""
    client, name = aws.client("dynamodb"), table["TableName"]
    assert client.scan(TableName=name)["Items"] == [ITEM]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["DeletionProtectionEnabled"] is True
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"] == "expires_at"
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"] == [{"Key": "team", "Value": "a"}]


def test_restored_from_a_point_in_time(project: Path, aws: EmbeddedAws, source: str) -> None:
    check_complete(aws, restored(project, aws, "by-name", f'Origin.point_in_time("{source}")'))
    arn = aws.client("dynamodb").describe_table(TableName=source)["Table"]["TableArn"]
    check_complete(aws, restored(project, aws, "by-arn", f'Origin.point_in_time("{arn}")'))


def test_restored_from_a_backup(project: Path, aws: EmbeddedAws, source: str) -> None:
    backup = aws.client("dynamodb").create_backup(TableName=source, BackupName="before")["BackupDetails"]["BackupArn"]
    check_complete(aws, restored(project, aws, "from-backup", f'Origin.backup("{backup}")'))


def test_whoever_deploys_a_restore_is_told_what_is_left_for_the_next_deployment(project: Path, aws: EmbeddedAws, source: str) -> None:
    made = deployed(project, aws, f'SingleTable("told", table=definition, origin=Origin.point_in_time("{source}"))')
    (warning,) = made.warnings
    assert "its first deployment leaves out billing_mode, deletion_protection_enabled, on_demand_throughput, stream_enabled," in warning
    assert warning.endswith("Deploy twice, then remove the origin")


def test_a_table_without_continuous_backups_cannot_be_restored(project: Path, aws: EmbeddedAws) -> None:
    made = deployed(project, aws, 'SingleTable("thrown-away", table=definition, disposable=True)')
    (table,) = made.of_type("aws:dynamodb/table:Table")
    with pytest.raises(DeployError, match="PointInTimeRecoveryUnavailableException"):
        deployed(project, aws, f'SingleTable("copy", table=definition, origin=Origin.point_in_time("{table.id}"))')


def test_imported_from_s3(project: Path, aws: EmbeddedAws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="exports", CreateBucketConfiguration={"LocationConstraint": aws.region})
    s3.put_object(Bucket="exports", Key="notes/1.json", Body=json.dumps({"Item": ITEM}).encode())
    check_complete(aws, restored(project, aws, "imported", 'Origin.s3("exports", prefix="notes/")'))


def test_an_import_of_nothing_fails_with_its_reason(project: Path, aws: EmbeddedAws) -> None:
    with pytest.raises(DeployError, match="the import of .* is FAILED: "):
        deployed(project, aws, 'SingleTable("nothing", table=definition, origin=Origin.s3("no-such-bucket"))')


# --- taken over


def test_an_existing_table_is_taken_over_with_its_items(project: Path, aws: EmbeddedAws, source: str) -> None:
    before = aws.client("dynamodb").describe_table(TableName=source)["Table"]
    made = deployed(project, aws, f'pulumi.export("arn", SingleTable("ours", table=definition, origin=Origin.existing("{source}")).arn)')

    assert made.outputs["arn"] == before["TableArn"]
    assert table_of(aws, made) == before


def test_a_table_with_other_keys_is_not_taken_over(project: Path, aws: EmbeddedAws, source: str) -> None:
    with pytest.raises(DeployError, match="it cannot be taken over"):
        deployed(
            project,
            aws,
            f"""
            definition["key"]["sort"] = "day"
            SingleTable("ours", table=definition, origin=Origin.existing("{source}"))
            """,
        )
