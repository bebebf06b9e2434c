"""DynamoDB tables: created as the provider does it, in its order (create, then point-in-time recovery, then TTL)."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Handler, Properties, pascal, present, tag_list
from local.monitor import Created

_DEFAULT_RECOVERY_DAYS: Final = 35


def create_table(properties: Properties, call: Calls) -> Created:
    name = properties.require("name")
    billing = properties.take("billingMode", "PROVISIONED")
    provisioned = billing == "PROVISIONED"
    attributes = [{"AttributeName": item["name"], "AttributeType": item["type"]} for item in properties.take("attributes", [])]
    key = {"hashKey": properties.require("hashKey"), "rangeKey": properties.take("rangeKey")}
    capacity = {"readCapacity": properties.take("readCapacity"), "writeCapacity": properties.take("writeCapacity")} if provisioned else {}
    stream = properties.take("streamEnabled", default=False)
    view = properties.take("streamViewType")
    recovery = properties.block("pointInTimeRecovery")
    ttl = properties.block("ttl")
    request = present(
        TableName=name,
        AttributeDefinitions=attributes,
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
    properties.done()
    table = call("dynamodb", "CreateTable", **request)["TableDescription"]
    if recovery.get("enabled"):
        settings = {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": recovery.get("recoveryPeriodInDays", _DEFAULT_RECOVERY_DAYS),
        }
        call("dynamodb", "UpdateContinuousBackups", TableName=name, PointInTimeRecoverySpecification=settings)
    if ttl.get("enabled", bool(ttl)):
        settings = {"Enabled": True, "AttributeName": ttl["attributeName"]}
        call("dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification=settings)
    outputs = {"name": name, "arn": table["TableArn"], "billingMode": billing}
    if stream:
        outputs |= {"streamArn": table["LatestStreamArn"], "streamLabel": table["LatestStreamLabel"]}
    return Created(name, outputs)


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


def create_insights(properties: Properties, call: Calls) -> Created:
    table, index = properties.require("tableName"), properties.take("indexName")
    request = present(TableName=table, IndexName=index, ContributorInsightsMode=properties.take("mode"))
    properties.done()
    call("dynamodb", "UpdateContributorInsights", ContributorInsightsAction="ENABLE", **request)
    return Created(f"name:{table}/index:{index or ''}/{call.account}", {})


def delete_insights(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    table, _, index = id_.removeprefix("name:").rpartition("/")[0].partition("/index:")
    call("dynamodb", "UpdateContributorInsights", ContributorInsightsAction="DISABLE", **present(TableName=table, IndexName=index or None))


HANDLERS: Final = {
    "aws:dynamodb/table:Table": Handler(create_table, delete_table),
    "aws:dynamodb/contributorInsights:ContributorInsights": Handler(create_insights, delete_insights, named_by=None),
}
