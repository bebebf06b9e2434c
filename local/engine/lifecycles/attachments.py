"""What a table has beside itself: contributor insights, a resource policy, a Kinesis stream of its changes; and that stream."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.attachments import ONE_SHARD, create_insights
from local.deploy.attachments import create_policy as create_resource_policy
from local.deploy.handler import Calls
from local.engine.lifecycle import Change, Found, Lifecycle, put_again


def read_insights(id_: str, _inputs: Mapping[str, Any], call: Calls) -> Found | None:
    table, _, index = id_.removeprefix("name:").rpartition("/")[0].partition("/index:")
    found = call("dynamodb", "DescribeContributorInsights", TableName=table, **({"IndexName": index} if index else {}))
    if found["ContributorInsightsStatus"] not in ("ENABLED", "ENABLING"):
        return None
    return Found({"tableName": table, "indexName": index, "mode": found.get("ContributorInsightsMode")})


def read_resource_policy(arn: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    return Found({"resourceArn": arn, "policy": call("dynamodb", "GetResourcePolicy", ResourceArn=arn)["Policy"]})


def read_destination(id_: str, _inputs: Mapping[str, Any], call: Calls) -> Found | None:
    table, _, stream = id_.partition(",")
    found = call("dynamodb", "DescribeKinesisStreamingDestination", TableName=table)["KinesisDataStreamDestinations"]
    there = next((one for one in found if one["StreamArn"] == stream and one["DestinationStatus"] != "DISABLED"), None)
    if there is None:
        return None
    precision = there.get("ApproximateCreationDateTimePrecision")
    return Found({"tableName": table, "streamArn": stream, "approximateCreationDateTimePrecision": precision})


def read_stream(name: str, inputs: Mapping[str, Any], call: Calls) -> Found:
    """Imported by its name, its id is its ARN."""
    summary = call("kinesis", "DescribeStreamSummary", StreamName=inputs.get("name", name))["StreamDescriptionSummary"]
    arn = summary["StreamARN"]
    return Found({"name": summary["StreamName"], "shardCount": summary["OpenShardCount"]}, {"arn": arn}, id=arn)


def update_stream(change: Change, call: Calls) -> Mapping[str, Any]:
    shards = change.new.get("shardCount", ONE_SHARD)
    call("kinesis", "UpdateShardCount", StreamName=change.new["name"], TargetShardCount=shards, ScalingType="UNIFORM_SCALING")
    return {}


LIFECYCLES: Final = {
    "aws:dynamodb/contributorInsights:ContributorInsights": Lifecycle(
        read_insights, put_again(create_insights), replaces=frozenset({"tableName", "indexName"}), computed=frozenset({"mode"})
    ),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": Lifecycle(
        read_resource_policy,
        put_again(create_resource_policy),
        replaces=frozenset({"resourceArn"}),
        computed=frozenset({"confirmRemoveSelfResourceAccess"}),
    ),
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": Lifecycle(
        read_destination, computed=frozenset({"approximateCreationDateTimePrecision"})
    ),
    "aws:kinesis/stream:Stream": Lifecycle(read_stream, update_stream, replaces=frozenset({"name"}), defaults={"shardCount": ONE_SHARD}),
}
