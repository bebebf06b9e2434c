"""What a table is set to, as AWS describes it: comparable between a table and its copy, so without names and ARNs of its own."""

import json
from collections.abc import Mapping
from typing import Any, Final

from monitoring.live import Account, CallRefused
from monitoring.live.deployed import block

Described = Mapping[str, Any]
NEW_TABLE: Final = "read 12000 write 4000"
"""What every table on demand and each of its indexes is ready for (developer guide, "Understanding DynamoDB warm throughput")."""


def keys(schema: Any) -> list[str]:
    return [f"{key['AttributeName']} ({key['KeyType']})" for key in sorted(schema, key=lambda key: key["KeyType"])]


def indexes(table: Described, kind: str) -> dict[str, Any]:
    return {
        index["IndexName"]: {
            "keys": keys(index["KeySchema"]),
            "projection": index["Projection"]["ProjectionType"],
            "attributes": sorted(index["Projection"].get("NonKeyAttributes") or ()),
        }
        for index in table.get(kind) or ()
    }


def encryption(_account: Account, table: Described) -> str:
    return block(table, "SSEDescription").get("KMSMasterKeyArn") or "a key that DynamoDB owns"


def stream(_account: Account, table: Described) -> str | None:
    specification = block(table, "StreamSpecification")
    return specification.get("StreamViewType") if specification.get("StreamEnabled") else None


def expiry(account: Account, table: Described) -> str | None:
    found = account.ask("dynamodb", "DescribeTimeToLive", TableName=table["TableName"])["TimeToLiveDescription"]
    return found.get("AttributeName") if found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") else None


def recovery(account: Account, table: Described) -> str | None:
    found = account.ask("dynamodb", "DescribeContinuousBackups", TableName=table["TableName"])["ContinuousBackupsDescription"]
    described = block(found, "PointInTimeRecoveryDescription")
    if described.get("PointInTimeRecoveryStatus") != "ENABLED":
        return None
    return f"{described.get('RecoveryPeriodInDays', 35)} days"


def tags_of(account: Account, table: Described) -> dict[str, str] | None:
    """Without AWS's own. None: there are none."""
    found = account.pages("dynamodb", "ListTagsOfResource", "Tags", ResourceArn=table["TableArn"])
    return {tag["Key"]: tag["Value"] for tag in found if not tag["Key"].startswith("aws:")} or None


def scaling(account: Account, table: Described) -> list[str] | None:
    own = f"table/{table['TableName']}"
    resources = [own, *(f"{own}/index/{index['IndexName']}" for index in table.get("GlobalSecondaryIndexes") or ())]
    found = account.pages(
        "application-autoscaling", "DescribeScalableTargets", "ScalableTargets", ServiceNamespace="dynamodb", ResourceIds=resources
    )
    return sorted(f"{target['ResourceId']} {target['ScalableDimension'].rpartition(':')[2]}" for target in found) or None


def alarms(account: Account, table: Described) -> int | None:
    found = account.pages("cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmTypes=["MetricAlarm"])
    return sum(watches(alarm, table["TableName"]) for alarm in found) or None


def watches(alarm: Described, table: str) -> bool:
    metrics = [alarm, *(query.get("MetricStat", {}).get("Metric", {}) for query in alarm.get("Metrics") or ())]
    return any({"Name": "TableName", "Value": table} in (metric.get("Dimensions") or ()) for metric in metrics)


def table_class(_account: Account, table: Described) -> str:
    return block(table, "TableClassSummary").get("TableClass", "STANDARD")


def ceilings(_account: Account, table: Described) -> dict[str, str] | None:
    """Of table and indexes on demand. -1, which lifts one, is none."""
    return _throughput(table, "OnDemandThroughput", "MaxReadRequestUnits", "MaxWriteRequestUnits")


def warm(_account: Account, table: Described) -> dict[str, str] | None:
    """Where it is more than a table on demand has from the first."""
    found = _throughput(table, "WarmThroughput", "ReadUnitsPerSecond", "WriteUnitsPerSecond") or {}
    return {name: words for name, words in found.items() if words != NEW_TABLE} or None


def _throughput(table: Described, member: str, read: str, write: str) -> dict[str, str] | None:
    """By "table" and the names of its indexes: "read 4000 write 1000"."""
    places = {"table": table, **{index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or ()}}
    found = {name: {"read": block(each, member).get(read), "write": block(each, member).get(write)} for name, each in places.items()}
    said = {
        name: " ".join(f"{kind} {number}" for kind, number in units.items() if number not in (None, -1)) for name, units in found.items()
    }
    return {name: words for name, words in said.items() if words} or None


def replicas(_account: Account, table: Described) -> list[str] | None:
    """In other regions."""
    return sorted(each["RegionName"] for each in table.get("Replicas") or ()) or None


def destinations(account: Account, table: Described) -> list[str] | None:
    """Kinesis streams that get the changes."""
    found = account.ask("dynamodb", "DescribeKinesisStreamingDestination", TableName=table["TableName"])
    there = found.get("KinesisDataStreamDestinations") or ()
    return sorted(each["StreamArn"] for each in there if each.get("DestinationStatus") in ("ACTIVE", "ENABLING", "UPDATING")) or None


def insights(account: Account, table: Described) -> dict[str, str] | None:
    """The mode of table and indexes where contributor insights are on."""
    found, request = list[Described](), {"TableName": table["TableName"]}
    while True:  # botocore has no paginator of it
        answer = account.ask("dynamodb", "ListContributorInsights", **request)
        found += answer.get("ContributorInsightsSummaries") or ()
        if "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]
    on = [each for each in found if each.get("ContributorInsightsStatus") in ("ENABLED", "ENABLING")]
    return {each.get("IndexName") or "table": each.get("ContributorInsightsMode") or "on" for each in on} or None


def policies(account: Account, table: Described) -> list[str] | None:
    """Each statement of the resource policies of table and stream, as JSON."""
    found = _statements(account, table["TableArn"], "TABLE")
    if stream(account, table):
        found += _statements(account, table["LatestStreamArn"], "STREAM")
    return found or None


def _statements(account: Account, arn: str, name: str) -> list[str]:
    """name: in the place of the ARN, which a copy has another of."""
    try:
        policy = json.loads(account.ask("dynamodb", "GetResourcePolicy", ResourceArn=arn)["Policy"].replace(arn, name))
    except CallRefused as error:
        if error.aws_code != "PolicyNotFoundException":
            raise
        return []
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    return [json.dumps(each, sort_keys=True) for each in statements]
