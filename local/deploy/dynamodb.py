"""DynamoDB tables: created as the provider does it, in its order (create, then what a table gets afterwards)."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Handler, Properties, pascal, present, tag_list
from local.deploy.origins import adopted, create_from, replicate, take_origin
from local.monitor import Created

_DEFAULT_RECOVERY_DAYS: Final = 35


def create_table(properties: Properties, call: Calls) -> Created:
    later = _take_later(properties)
    origin, request = take_origin(properties), table_request(properties)
    properties.done()
    table = create_from(origin, request, call) if origin else call("dynamodb", "CreateTable", **request)["TableDescription"]
    _set_later(request["TableName"], later, call)
    return _created(request["TableName"], request["BillingMode"], table, streams="StreamSpecification" in request)


def adopt_table(name: str, properties: Properties, call: Calls) -> Created:
    """A table that is there, left as it is."""
    table = adopted(name, table_request(properties)["KeySchema"], call)
    billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    return _created(name, billing, table, streams="LatestStreamArn" in table)


def _created(name: str, billing: str, table: Mapping[str, Any], *, streams: bool) -> Created:
    outputs = {"name": name, "arn": table["TableArn"], "billingMode": billing}
    if streams:
        outputs |= {"streamArn": table["LatestStreamArn"], "streamLabel": table["LatestStreamLabel"]}
    return Created(name, outputs)


def table_request(properties: Properties) -> dict[str, Any]:
    """Of CreateTable."""
    billing = properties.take("billingMode", "PROVISIONED")
    provisioned = billing == "PROVISIONED"
    key = {"hashKey": properties.require("hashKey"), "rangeKey": properties.take("rangeKey")}
    capacity = {"readCapacity": properties.take("readCapacity"), "writeCapacity": properties.take("writeCapacity")} if provisioned else {}
    stream, view = properties.take("streamEnabled", default=False), properties.take("streamViewType")
    return present(
        TableName=properties.require("name"),
        AttributeDefinitions=[{"AttributeName": item["name"], "AttributeType": item["type"]} for item in properties.take("attributes", [])],
        KeySchema=_key_schema(key),
        BillingMode=billing,
        ProvisionedThroughput=_capacity(capacity) if provisioned else None,
        GlobalSecondaryIndexes=[_index(index, provisioned) for index in properties.take("globalSecondaryIndexes", [])] or None,
        LocalSecondaryIndexes=[_local_index(index, key["hashKey"]) for index in properties.take("localSecondaryIndexes", [])] or None,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": view} if stream else None,
        SSESpecification=_encryption(properties.take("serverSideEncryption")),
        DeletionProtectionEnabled=properties.take("deletionProtectionEnabled", default=False),
        TableClass=properties.take("tableClass"),
        OnDemandThroughput=pascal(properties.take("onDemandThroughput")),
        WarmThroughput=pascal(properties.take("warmThroughput")),
        Tags=tag_list(properties.take("tags")),
    )


def _take_later(properties: Properties) -> dict[str, Any]:
    """What a table gets once it is there."""
    blocks = {name: properties.block(name) for name in ("pointInTimeRecovery", "ttl", "globalTableWitness")}
    return {**blocks, "replicas": properties.take("replicas", [])}


def _set_later(name: str, later: Mapping[str, Any], call: Calls) -> None:
    recovery, ttl = later["pointInTimeRecovery"], later["ttl"]
    if recovery.get("enabled"):
        settings = {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": recovery.get("recoveryPeriodInDays", _DEFAULT_RECOVERY_DAYS),
        }
        call("dynamodb", "UpdateContinuousBackups", TableName=name, PointInTimeRecoverySpecification=settings)
    if ttl.get("enabled"):  # an attribute alone switches nothing on (pulumi-aws, Table: ttl)
        settings = {"Enabled": True, "AttributeName": ttl["attributeName"]}
        call("dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification=settings)
    if later["replicas"]:
        replicate(name, later["replicas"], later["globalTableWitness"], call)


def _key_schema(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    if definition.get("keySchemas"):
        return pascal(definition["keySchemas"])
    keys = [(definition.get("hashKey"), "HASH"), (definition.get("rangeKey"), "RANGE")]
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys if name]


def _capacity(definition: Mapping[str, Any]) -> dict[str, Any]:
    return present(ReadCapacityUnits=definition.get("readCapacity"), WriteCapacityUnits=definition.get("writeCapacity"))


def _projection(definition: Mapping[str, Any]) -> dict[str, Any]:
    return present(ProjectionType=definition["projectionType"], NonKeyAttributes=definition.get("nonKeyAttributes"))


def _index(index: Mapping[str, Any], provisioned: bool) -> dict[str, Any]:
    return present(
        IndexName=index["name"],
        KeySchema=_key_schema(index),
        Projection=_projection(index),
        ProvisionedThroughput=_capacity(index) if provisioned else None,
        OnDemandThroughput=pascal(index.get("onDemandThroughput")),
        WarmThroughput=pascal(index.get("warmThroughput")),
    )


def _local_index(index: Mapping[str, Any], partition: str) -> dict[str, Any]:
    keys = {"hashKey": partition, "rangeKey": index["rangeKey"]}
    return {"IndexName": index["name"], "KeySchema": _key_schema(keys), "Projection": _projection(index)}


def _encryption(settings: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not settings:
        return None
    if not settings.get("enabled"):
        return {"Enabled": False}
    return present(Enabled=True, SSEType="KMS", KMSMasterKeyId=settings.get("kmsKeyArn"))


def delete_table(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("dynamodb", "DeleteTable", TableName=id_)


HANDLERS: Final = {
    "aws:dynamodb/table:Table": Handler(create_table, delete_table, adopt=adopt_table),
}
