"""What a table has beside itself: contributor insights, a Kinesis stream of its changes, policies; and that Kinesis stream."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Handler, Properties, present
from local.monitor import Created

ONE_SHARD: Final = 1


def create_insights(properties: Properties, call: Calls) -> Created:
    table, index = properties.require("tableName"), properties.take("indexName")
    request = present(TableName=table, IndexName=index, ContributorInsightsMode=properties.take("mode"))
    properties.done()
    call("dynamodb", "UpdateContributorInsights", ContributorInsightsAction="ENABLE", **request)
    return Created(f"name:{table}/index:{index or ''}/{call.account}", {})


def delete_insights(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    table, _, index = id_.removeprefix("name:").rpartition("/")[0].partition("/index:")
    call("dynamodb", "UpdateContributorInsights", ContributorInsightsAction="DISABLE", **present(TableName=table, IndexName=index or None))


def create_destination(properties: Properties, call: Calls) -> Created:
    table, stream = properties.require("tableName"), properties.require("streamArn")
    precision = properties.take("approximateCreationDateTimePrecision")
    properties.done()
    settings = {"ApproximateCreationDateTimePrecision": precision} if precision else None
    call(
        "dynamodb",
        "EnableKinesisStreamingDestination",
        TableName=table,
        StreamArn=stream,
        **present(EnableKinesisStreamingConfiguration=settings),
    )
    return Created(f"{table},{stream}", {"tableName": table, "streamArn": stream})


def delete_destination(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    table, _, stream = id_.partition(",")
    found = call("dynamodb", "DescribeKinesisStreamingDestination", TableName=table)["KinesisDataStreamDestinations"]
    if any(each["StreamArn"] == stream and each["DestinationStatus"] != "DISABLED" for each in found):
        call("dynamodb", "DisableKinesisStreamingDestination", TableName=table, StreamArn=stream)


def create_policy(properties: Properties, call: Calls) -> Created:
    arn, policy = properties.require("resourceArn"), properties.require("policy")
    confirm = properties.take("confirmRemoveSelfResourceAccess")
    properties.done()
    answer = call("dynamodb", "PutResourcePolicy", ResourceArn=arn, Policy=policy, **present(ConfirmRemoveSelfResourceAccess=confirm))
    return Created(arn, {"revisionId": answer["RevisionId"]})


def delete_policy(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("dynamodb", "DeleteResourcePolicy", ResourceArn=id_)


def create_stream(properties: Properties, call: Calls) -> Created:
    name, shards = properties.require("name"), properties.take("shardCount", ONE_SHARD)
    properties.done()
    call("kinesis", "CreateStream", StreamName=name, ShardCount=shards)
    arn = f"arn:aws:kinesis:{call.region}:{call.account}:stream/{name}"
    return Created(arn, {"name": name, "arn": arn})


def delete_stream(_id: str, outputs: Mapping[str, Any], call: Calls) -> None:
    call("kinesis", "DeleteStream", StreamName=outputs["name"])


HANDLERS: Final = {
    "aws:dynamodb/contributorInsights:ContributorInsights": Handler(create_insights, delete_insights, named_by=None),
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": Handler(create_destination, delete_destination, named_by=None),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": Handler(create_policy, delete_policy, named_by=None),
    "aws:kinesis/stream:Stream": Handler(create_stream, delete_stream, name_limit=128),
}
