"""Tables. A change is the difference of two CreateTable requests, sent as the provider sends it: one kind of UpdateTable at a time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from local.deploy.dynamodb import table_request
from local.deploy.handler import Calls, Properties, present
from local.engine.lifecycle import Change, Found, Lifecycle, camel
from local.engine.lifecycles.tags import DYNAMODB
from local.inputs import InputError

Request = Mapping[str, Any]
STANDARD: Final = "STANDARD"
PROVISIONED: Final = "PROVISIONED"
_DEFINITION: Final = ("KeySchema", "Projection")
_NO_STREAM: Final = {"StreamEnabled": False}


def read_table(name: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    """Everything that DescribeTable and its three neighbours tell."""
    table = call("dynamodb", "DescribeTable", TableName=name)["Table"]
    billing = table.get("BillingModeSummary", {}).get("BillingMode", PROVISIONED)
    stream = table.get("StreamSpecification", {})
    encryption = table.get("SSEDescription", {})
    encrypted = encryption.get("Status") == "ENABLED"
    inputs = {
        "name": table["TableName"],
        "billingMode": billing,
        "attributes": [{"name": one["AttributeName"], "type": one["AttributeType"]} for one in table["AttributeDefinitions"]],
        **_keys(table["KeySchema"]),
        **_capacity(table, billing),
        "globalSecondaryIndexes": [_index(index, billing) for index in table.get("GlobalSecondaryIndexes", [])],
        "localSecondaryIndexes": [_local_index(index) for index in table.get("LocalSecondaryIndexes", [])],
        "streamEnabled": stream.get("StreamEnabled", False),
        "streamViewType": stream.get("StreamViewType"),
        "serverSideEncryption": {"enabled": encrypted, **({"kmsKeyArn": encryption.get("KMSMasterKeyArn")} if encrypted else {})},
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "tableClass": table.get("TableClassSummary", {}).get("TableClass", STANDARD),
        "onDemandThroughput": camel(table.get("OnDemandThroughput")),
        "pointInTimeRecovery": _recovery(name, call),
        "ttl": _ttl(name, call),
        "replicas": [
            present(regionName=replica["RegionName"], kmsKeyArn=replica.get("KMSMasterKeyId")) for replica in table.get("Replicas", [])
        ],
        "tags": DYNAMODB.read(table["TableArn"], call),
    }
    outputs = {"arn": table["TableArn"], "streamArn": table.get("LatestStreamArn", ""), "streamLabel": table.get("LatestStreamLabel", "")}
    return Found(inputs, outputs)


def _keys(schema: list[dict[str, str]]) -> dict[str, str]:
    kinds = {"HASH": "hashKey", "RANGE": "rangeKey"}
    return {kinds[key["KeyType"]]: key["AttributeName"] for key in schema}


def _capacity(holder: Mapping[str, Any], billing: str) -> dict[str, int]:
    if billing != PROVISIONED:
        return {}
    units = holder["ProvisionedThroughput"]
    return {"readCapacity": units["ReadCapacityUnits"], "writeCapacity": units["WriteCapacityUnits"]}


def _index(index: Mapping[str, Any], billing: str) -> dict[str, Any]:
    return {
        "name": index["IndexName"],
        "keySchemas": camel(index["KeySchema"]),
        **_keys(index["KeySchema"] if len(index["KeySchema"]) <= 2 else []),
        **_projection(index),
        **_capacity(index, billing),
        **present(onDemandThroughput=camel(index.get("OnDemandThroughput"))),
    }


def _local_index(index: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": index["IndexName"], "rangeKey": _keys(index["KeySchema"])["rangeKey"], **_projection(index)}


def _projection(index: Mapping[str, Any]) -> dict[str, Any]:
    projection = index["Projection"]
    return {"projectionType": projection["ProjectionType"], "nonKeyAttributes": projection.get("NonKeyAttributes", [])}


def _recovery(name: str, call: Calls) -> dict[str, Any]:
    backups = call("dynamodb", "DescribeContinuousBackups", TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    days = present(recoveryPeriodInDays=recovery.get("RecoveryPeriodInDays")) if enabled else {}
    return {"enabled": enabled, **days}


def _ttl(name: str, call: Calls) -> dict[str, Any]:
    ttl = call("dynamodb", "DescribeTimeToLive", TableName=name)["TimeToLiveDescription"]
    enabled = ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {"enabled": enabled, "attributeName": ttl.get("AttributeName", "") if enabled else ""}


def update_table(change: Change, call: Calls) -> Mapping[str, Any]:
    """What differs between the requests that would have created them, in the provider's order."""
    if "globalTableWitness" in change.changed:
        raise InputError("inputs", ["globalTableWitness: cannot be changed here once the table is created"])
    old, new = _request(change.old), _request(change.new)

    def update(**request: Any) -> None:
        call("dynamodb", "UpdateTable", TableName=change.id, **request)

    # First, because a table that becomes provisioned needs a capacity for each index that it has.
    for name in sorted(_indexes(old).keys() - _kept(old, new)):
        update(AttributeDefinitions=new["AttributeDefinitions"], GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": name}}])
    for name in ("BillingMode", "ProvisionedThroughput"):
        if old.get(name) != new.get(name):
            update(
                **present(BillingMode=new["BillingMode"], ProvisionedThroughput=new.get("ProvisionedThroughput"), **_capacities(old, new))
            )
            break
    for name, absent in (("SSESpecification", {"Enabled": False}), ("TableClass", STANDARD)):
        if old.get(name, absent) != new.get(name, absent):
            update(**{name: new.get(name, absent)})
    for name in ("DeletionProtectionEnabled", "OnDemandThroughput", "WarmThroughput"):  # a limit that is left out stays
        if name in new and old.get(name) != new[name]:
            update(**{name: new[name]})
    _update_stream(old.get("StreamSpecification", _NO_STREAM), new.get("StreamSpecification", _NO_STREAM), update)
    for step in _index_steps(old, new):
        update(AttributeDefinitions=new["AttributeDefinitions"], GlobalSecondaryIndexUpdates=[step])
    _update_ttl(change, call)
    _update_replicas(change, update)
    _update_recovery(change, call)
    DYNAMODB.update(change, change.outputs["arn"], call)
    return read_table(change.id, {}, call).outputs


def _request(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return table_request(Properties(inputs))


def _indexes(request: Request) -> dict[str, dict[str, Any]]:
    return {index["IndexName"]: index for index in request.get("GlobalSecondaryIndexes", [])}


def _kept(old: Request, new: Request) -> set[str]:
    """Indexes that stay: another key or projection is another index."""
    before, after = _indexes(old), _indexes(new)
    return {name for name in before if name in after and all(before[name].get(part) == after[name].get(part) for part in _DEFINITION)}


def _capacities(old: Request, new: Request) -> dict[str, Any]:
    """Those of the indexes that stay: a table that becomes provisioned needs them in the same request."""
    before, after = _indexes(old), _indexes(new)
    updates = [
        {"Update": {"IndexName": name, "ProvisionedThroughput": after[name]["ProvisionedThroughput"]}}
        for name in before
        if name in after and "ProvisionedThroughput" in after[name] and "ProvisionedThroughput" not in before[name]
    ]
    return {"GlobalSecondaryIndexUpdates": updates} if updates else {}


def _index_steps(old: Request, new: Request) -> Iterator[dict[str, Any]]:
    """One index in one request, as DynamoDB takes them: what comes, and what has another capacity."""
    before, after, kept = _indexes(old), _indexes(new), _kept(old, new)
    for name, index in after.items():
        if name not in kept:
            yield {"Create": index}
            continue
        settings = {
            part: index[part]
            for part in ("ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput")
            if part in index and index[part] != before[name].get(part) and (part != "ProvisionedThroughput" or part in before[name])
        }
        if settings:
            yield {"Update": {"IndexName": name, **settings}}


def _update_stream(old: Request, new: Request, update: Callable[..., None]) -> None:
    if old == new:
        return
    if old["StreamEnabled"]:  # another view is another stream: DynamoDB wants it off in between
        update(StreamSpecification=_NO_STREAM)
    if new["StreamEnabled"]:
        update(StreamSpecification=new)


def _update_replicas(change: Change, update: Callable[..., None]) -> None:
    """One replica in one request. What lies under another key is another replica."""
    before, after = _replicas(change.old), _replicas(change.new)
    for region, _ in sorted(before.items() - after.items()):
        update(ReplicaUpdates=[{"Delete": {"RegionName": region}}])
    for region, key in sorted(after.items() - before.items()):
        update(ReplicaUpdates=[{"Create": present(RegionName=region, KMSMasterKeyId=key or None)}])


def _replicas(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Region -> key, empty where it is a key of AWS."""
    return {replica["regionName"]: replica.get("kmsKeyArn") or "" for replica in inputs.get("replicas") or ()}


def _update_recovery(change: Change, call: Calls) -> None:
    if "pointInTimeRecovery" not in change.changed:
        return
    block: dict[str, Any] = change.new.get("pointInTimeRecovery") or {}
    enabled = bool(block.get("enabled"))
    days = block.get("recoveryPeriodInDays") if enabled else None
    settings = {"PointInTimeRecoveryEnabled": enabled, **present(RecoveryPeriodInDays=days)}
    call("dynamodb", "UpdateContinuousBackups", TableName=change.id, PointInTimeRecoverySpecification=settings)


def _update_ttl(change: Change, call: Calls) -> None:
    if "ttl" not in change.changed:
        return
    there = _ttl(change.id, call)
    wanted: dict[str, Any] = change.new.get("ttl") or {}
    enabled = bool(wanted.get("enabled"))
    if there["enabled"] and (not enabled or wanted["attributeName"] != there["attributeName"]):
        _set_ttl(change.id, there["attributeName"], enabled=False, call=call)
        there = {"enabled": False}
    if enabled and not there["enabled"]:
        _set_ttl(change.id, wanted["attributeName"], enabled=True, call=call)


def _set_ttl(name: str, attribute: str, *, enabled: bool, call: Calls) -> None:
    call("dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute})


def _is_given(_old: Any, new: Any) -> bool:
    """Where a restored table came from may be forgotten, not changed."""
    return bool(new)


def _is_less(old: Any, new: Any) -> bool:
    """Warm throughput only rises: DynamoDB refuses less."""
    before: dict[str, int] = old or {}
    after: dict[str, int] = new or {}
    return any(0 < after.get(units, 0) < before.get(units, 0) for units in ("readUnitsPerSecond", "writeUnitsPerSecond"))


LIFECYCLES: Final = {
    "aws:dynamodb/table:Table": Lifecycle(
        read_table,
        update_table,
        replaces=frozenset(
            {
                "name",
                "hashKey",
                "rangeKey",
                "localSecondaryIndexes",
                "importTable",
                "restoreBackupArn",
                "restoreDateTime",
                "restoreToLatestTime",
            }
        ),
        replaces_where={"restoreSourceName": _is_given, "restoreSourceTableArn": _is_given, "warmThroughput": _is_less},
        defaults={"billingMode": PROVISIONED, "tableClass": STANDARD},
        computed=frozenset(
            {
                "attributes",
                "globalSecondaryIndexes",
                "globalTableWitness",
                "hashKey",
                "readCapacity",
                "writeCapacity",
                "serverSideEncryption",
                "pointInTimeRecovery",
                "streamViewType",
                "ttl",
                "warmThroughput",
            }
        ),
        renews={"streamEnabled": ("streamArn",), "streamViewType": ("streamArn",)},
    ),
}
