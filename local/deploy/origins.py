"""Tables that are not created empty: restored, imported, or taken over. Requests as the provider's resourceTableCreate sends them.

What those requests have no place for, the provider sets in the next deployment. There is no next one here: it is set at once.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from components.tables.origins import CREATION_ONLY
from local.deploy.handler import Calls, Properties, pascal, present
from local.inputs import InputError

_OVERRIDES: Final = {
    "GlobalSecondaryIndexes": "GlobalSecondaryIndexOverride",
    "LocalSecondaryIndexes": "LocalSecondaryIndexOverride",
    "ProvisionedThroughput": "ProvisionedThroughputOverride",
    "SSESpecification": "SSESpecificationOverride",
}
_IMPORTED: Final = (
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "SSESpecification",
    "GlobalSecondaryIndexes",
)
_POLL_SECONDS: Final = 0.05


def take_origin(properties: Properties) -> dict[str, Any]:
    """What says where the items come from; empty for a table that is created empty."""
    return present(**{name: properties.take(name) for name in CREATION_ONLY})


def create_from(origin: Mapping[str, Any], request: Mapping[str, Any], call: Calls) -> dict[str, Any]:
    """The table's description. request: that of CreateTable."""
    if "importTable" in origin:
        _import(origin["importTable"], request, call)
    else:
        _restore(origin, request, call)
    _fill_gaps(request, call)
    return call("dynamodb", "DescribeTable", TableName=request["TableName"])["Table"]


def adopted(name: str, key_schema: list[dict[str, Any]], call: Calls) -> dict[str, Any]:
    """The description of a table that is there. Raises `InputError` where it would have to be replaced."""
    table = call("dynamodb", "DescribeTable", TableName=name)["Table"]
    if table.get("KeySchema", key_schema) != key_schema:
        raise InputError(
            "inputs", [f"the table {name} has the key {table['KeySchema']}, and the program {key_schema}: it cannot be taken over"]
        )
    return table


def _restore(origin: Mapping[str, Any], request: Mapping[str, Any], call: Calls) -> None:
    overrides = {_OVERRIDES[name]: value for name, value in request.items() if name in _OVERRIDES}
    target = {"TargetTableName": request["TableName"], **overrides}
    if "restoreBackupArn" in origin:
        call("dynamodb", "RestoreTableFromBackup", BackupArn=origin["restoreBackupArn"], **target)
        return
    at = origin.get("restoreDateTime")
    source = present(
        SourceTableName=origin.get("restoreSourceName"),
        SourceTableArn=origin.get("restoreSourceTableArn"),
        RestoreDateTime=datetime.fromisoformat(at) if at else None,
        UseLatestRestorableTime=origin.get("restoreToLatestTime"),
    )
    call("dynamodb", "RestoreTableToPointInTime", **source, **target)


def _import(settings: Mapping[str, Any], request: Mapping[str, Any], call: Calls) -> None:
    source, csv = settings["s3BucketSource"], settings.get("inputFormatOptions", {}).get("csv", {})
    bucket = present(S3Bucket=source["bucket"], S3KeyPrefix=source.get("keyPrefix"), S3BucketOwner=source.get("bucketOwner"))
    options = present(Delimiter=csv.get("delimiter"), HeaderList=csv.get("headerLists"))
    started = call(
        "dynamodb",
        "ImportTable",
        S3BucketSource=bucket,
        InputFormat=settings["inputFormat"],
        InputCompressionType=settings.get("inputCompressionType", "NONE"),
        TableCreationParameters={name: request[name] for name in _IMPORTED if name in request},
        **present(InputFormatOptions={"Csv": options} if options else None),
    )
    arn = started["ImportTableDescription"]["ImportArn"]
    while (found := call("dynamodb", "DescribeImport", ImportArn=arn)["ImportTableDescription"])["ImportStatus"] == "IN_PROGRESS":
        # The import runs beside us, as on AWS, and nothing but this call tells of its end: the provider asks again in the same way.
        time.sleep(_POLL_SECONDS)
    if found["ImportStatus"] != "COMPLETED":
        reason = found.get("FailureMessage", "no reason is given")
        raise InputError("dynamodb ImportTable", [f"the import of {request['TableName']} is {found['ImportStatus']}: {reason}"])


def _fill_gaps(request: Mapping[str, Any], call: Calls) -> None:
    name = request["TableName"]
    together = (
        "BillingMode",
        "ProvisionedThroughput",
        "DeletionProtectionEnabled",
        "OnDemandThroughput",
        "StreamSpecification",
        "WarmThroughput",
    )
    for group in (("TableClass",), together):
        asked = {part: request[part] for part in group if part in request}
        if asked:
            call("dynamodb", "UpdateTable", TableName=name, **asked)
    if "Tags" in request:
        arn = call("dynamodb", "DescribeTable", TableName=name)["Table"]["TableArn"]
        call("dynamodb", "TagResource", ResourceArn=arn, Tags=request["Tags"])


def replicate(name: str, replicas: list[dict[str, Any]], witness: Mapping[str, Any], call: Calls) -> None:
    """One request for each replica; those of a strongly consistent table in one, as AWS asks for."""
    created = [{"Create": present(RegionName=replica["regionName"], KMSMasterKeyId=replica.get("kmsKeyArn"))} for replica in replicas]
    if any(replica.get("consistencyMode") == "STRONG" for replica in replicas):
        watching = [{"Create": pascal(dict(witness))}] if witness else None
        call(
            "dynamodb",
            "UpdateTable",
            TableName=name,
            ReplicaUpdates=created,
            MultiRegionConsistency="STRONG",
            **present(GlobalTableWitnessUpdates=watching),
        )
        return
    for each in created:
        call("dynamodb", "UpdateTable", TableName=name, ReplicaUpdates=[each])
