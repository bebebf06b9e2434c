"""What a table has beside itself: scaling of its capacity, contributor insights, a resource policy, a Kinesis stream of its changes."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.attachments import create_insights
from local.deploy.attachments import create_policy as create_resource_policy
from local.deploy.autoscaling import create_action, create_policy, create_target
from local.deploy.handler import Calls
from local.engine.lifecycle import Change, Found, Lifecycle, camel, put_again, unread
from local.engine.lifecycles.tags import SCALING

_SERVICE: Final = "application-autoscaling"
_SUBJECT: Final = frozenset({"serviceNamespace", "resourceId", "scalableDimension"})


def _subject(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"ServiceNamespace": inputs["serviceNamespace"], "ScalableDimension": inputs["scalableDimension"]}


def read_target(resource: str, inputs: Mapping[str, Any], call: Calls) -> Found | None:
    if not inputs.keys() >= _SUBJECT:
        return Found(inputs)
    targets = call(_SERVICE, "DescribeScalableTargets", ResourceIds=[resource], **_subject(inputs))["ScalableTargets"]
    return Found(camel({name: targets[0][name] for name in ("MinCapacity", "MaxCapacity")})) if targets else None


def update_target(change: Change, call: Calls) -> Mapping[str, Any]:
    outputs = put_again(create_target)(change, call)
    SCALING.update(change, outputs["arn"], call)
    return outputs


def read_policy(name: str, inputs: Mapping[str, Any], call: Calls) -> Found | None:
    if not inputs.keys() >= _SUBJECT:
        return Found(inputs)
    request = {"ResourceId": inputs["resourceId"], "PolicyNames": [name], **_subject(inputs)}
    policies = call(_SERVICE, "DescribeScalingPolicies", **request)["ScalingPolicies"]
    if not policies:
        return None
    tracking = camel(policies[0].get("TargetTrackingScalingPolicyConfiguration", {}))
    return Found({"policyType": policies[0]["PolicyType"], "targetTrackingScalingPolicyConfiguration": tracking})


def read_insights(id_: str, _inputs: Mapping[str, Any], call: Calls) -> Found | None:
    table, _, index = id_.removeprefix("name:").rpartition("/")[0].partition("/index:")
    found = call("dynamodb", "DescribeContributorInsights", TableName=table, **({"IndexName": index} if index else {}))
    if found["ContributorInsightsStatus"] not in ("ENABLED", "ENABLING"):
        return None
    return Found({"tableName": table, "indexName": index, "mode": found.get("ContributorInsightsMode")})


def read_resource_policy(arn: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    return Found({"resourceArn": arn, "policy": call("dynamodb", "GetResourcePolicy", ResourceArn=arn)["Policy"]})


LIFECYCLES: Final = {
    "aws:appautoscaling/target:Target": Lifecycle(read_target, update_target, replaces=_SUBJECT, computed=frozenset({"roleArn"})),
    "aws:appautoscaling/policy:Policy": Lifecycle(read_policy, put_again(create_policy), replaces=_SUBJECT | {"name"}),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Lifecycle(unread, put_again(create_action), replaces=_SUBJECT | {"name"}),
    "aws:dynamodb/contributorInsights:ContributorInsights": Lifecycle(
        read_insights, put_again(create_insights), replaces=frozenset({"tableName", "indexName"}), computed=frozenset({"mode"})
    ),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": Lifecycle(
        read_resource_policy,
        put_again(create_resource_policy),
        replaces=frozenset({"resourceArn"}),
        computed=frozenset({"confirmRemoveSelfResourceAccess"}),
    ),
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": Lifecycle(unread),
}
