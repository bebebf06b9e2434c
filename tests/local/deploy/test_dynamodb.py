"""What is sent for a table that is not created empty, and for replicas, held against the service's model."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.deploy.calls import ImaginedCalls
from local.deploy.handler import Properties
from local.deploy.registry import handler_of
from local.inputs import InputError

HANDLER = handler_of("aws:dynamodb/table:Table")
SOURCE = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-1"
TABLE: dict[str, Any] = {
    "name": "shop-2",
    "hashKey": "PK",
    "attributes": [{"name": "PK", "type": "S"}, {"name": "GSI1PK", "type": "S"}],
    "globalSecondaryIndexes": [{"name": "GSI1", "keySchemas": [{"attributeName": "GSI1PK", "keyType": "HASH"}], "projectionType": "ALL"}],
    "billingMode": "PAY_PER_REQUEST",
    "streamEnabled": True,
    "streamViewType": "NEW_AND_OLD_IMAGES",
    "deletionProtectionEnabled": True,
    "serverSideEncryption": {"enabled": True},
    "tableClass": "STANDARD_INFREQUENT_ACCESS",
    "tags": {"team": "a"},
}
ENCRYPTION = {"Enabled": True, "SSEType": "KMS"}
INDEX = {
    "IndexName": "GSI1",
    "KeySchema": [{"AttributeName": "GSI1PK", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
GAPS = [
    ("UpdateTable", {"TableName": "shop-2", "TableClass": "STANDARD_INFREQUENT_ACCESS"}),
    (
        "UpdateTable",
        {
            "TableName": "shop-2",
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        },
    ),
    (
        "TagResource",
        {"ResourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-2", "Tags": [{"Key": "team", "Value": "a"}]},
    ),
]
"""What the request that makes the table has no place for."""


class Recorded(ImaginedCalls):
    """Checks each request against the model and keeps those that change something."""

    def __init__(self) -> None:
        super().__init__("123456789012", "eu-west-1")
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]:
        if not operation.startswith("Describe"):
            self.sent.append((operation, request))
        return super().__call__(service, operation, **request)


def sent(**more: Any) -> list[tuple[str, dict[str, Any]]]:
    calls = Recorded()
    created = HANDLER.create(Properties({**TABLE, **more}), calls)
    assert created.outputs["streamArn"].startswith(f"{created.outputs['arn']}/stream/")
    return calls.sent


def test_a_restore_is_followed_by_what_it_leaves_out() -> None:
    restore, *rest = sent(restoreSourceTableArn=SOURCE, restoreDateTime="2026-11-25T14:05:00Z")
    assert restore == (
        "RestoreTableToPointInTime",
        {
            "SourceTableArn": SOURCE,
            "RestoreDateTime": datetime(2026, 11, 25, 14, 5, tzinfo=UTC),
            "TargetTableName": "shop-2",
            "GlobalSecondaryIndexOverride": [INDEX],
            "SSESpecificationOverride": ENCRYPTION,
        },
    )
    assert rest == GAPS


def test_a_backup() -> None:
    arn = f"{SOURCE}/backup/01489602797149-73d8d5bc"
    (operation, request), *rest = sent(restoreBackupArn=arn)
    assert (operation, request["BackupArn"], request["TargetTableName"]) == ("RestoreTableFromBackup", arn, "shop-2")
    assert rest == GAPS


def test_an_import_of_csv() -> None:
    source = {"bucket": "exports", "keyPrefix": "notes/", "bucketOwner": "210987654321"}
    options = {"csv": {"delimiter": ";", "headerLists": ["PK", "title"]}}
    (operation, request), *rest = sent(
        importTable={"inputFormat": "CSV", "inputCompressionType": "GZIP", "s3BucketSource": source, "inputFormatOptions": options}
    )
    parameters = request.pop("TableCreationParameters")
    assert (operation, request) == (
        "ImportTable",
        {
            "S3BucketSource": {"S3Bucket": "exports", "S3KeyPrefix": "notes/", "S3BucketOwner": "210987654321"},
            "InputFormat": "CSV",
            "InputCompressionType": "GZIP",
            "InputFormatOptions": {"Csv": {"Delimiter": ";", "HeaderList": ["PK", "title"]}},
        },
    )
    assert parameters.keys() == {
        "TableName",
        "AttributeDefinitions",
        "KeySchema",
        "BillingMode",
        "GlobalSecondaryIndexes",
        "SSESpecification",
    }
    assert rest == GAPS


def test_replicas_are_made_one_by_one() -> None:
    key = "arn:aws:kms:eu-west-2:123456789012:key/k"
    _, *rest = sent(replicas=[{"regionName": "eu-central-1"}, {"regionName": "eu-west-2", "kmsKeyArn": key}])
    assert rest == [
        ("UpdateTable", {"TableName": "shop-2", "ReplicaUpdates": [{"Create": {"RegionName": "eu-central-1"}}]}),
        ("UpdateTable", {"TableName": "shop-2", "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-2", "KMSMasterKeyId": key}}]}),
    ]


@pytest.mark.parametrize(
    ("regions", "witness", "more"),
    [
        (["eu-central-1", "eu-west-2"], {}, {}),
        (
            ["eu-central-1"],
            {"globalTableWitness": {"regionName": "eu-west-3"}},
            {"GlobalTableWitnessUpdates": [{"Create": {"RegionName": "eu-west-3"}}]},
        ),
    ],
)
def test_a_strongly_consistent_table_is_made_in_one_request(regions: list[str], witness: dict[str, Any], more: dict[str, Any]) -> None:
    _, update = sent(replicas=[{"regionName": region, "consistencyMode": "STRONG"} for region in regions], **witness)
    created = [{"Create": {"RegionName": region}} for region in regions]
    assert update == ("UpdateTable", {"TableName": "shop-2", "ReplicaUpdates": created, "MultiRegionConsistency": "STRONG", **more})


def test_a_table_is_taken_over_without_a_change() -> None:
    calls = Recorded()
    assert HANDLER.adopt is not None
    created = HANDLER.adopt("legacy", Properties({**TABLE, "name": "legacy"}), calls)
    assert (created.id, created.outputs["name"], calls.sent) == ("legacy", "legacy", [])


def test_what_nobody_takes_is_refused() -> None:
    with pytest.raises(InputError, match="'coldness' cannot be deployed on the embedded AWS here"):
        sent(coldness=3)
