"""Application Auto Scaling: targets and target tracking policies of provisioned tables and indexes."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Handler, Properties, pascal, present
from local.monitor import Created

_SERVICE: Final = "application-autoscaling"


def _subject(properties: Properties) -> dict[str, Any]:
    return {
        "ServiceNamespace": properties.require("serviceNamespace"),
        "ResourceId": properties.require("resourceId"),
        "ScalableDimension": properties.require("scalableDimension"),
    }


def create_target(properties: Properties, call: Calls) -> Created:
    subject = _subject(properties)
    request = present(
        MinCapacity=properties.require("minCapacity"),
        MaxCapacity=properties.require("maxCapacity"),
        RoleARN=properties.take("roleArn"),
        SuspendedState=pascal(properties.take("suspendedState")),
        Tags=properties.take("tags"),
    )
    properties.done()
    answer = call(_SERVICE, "RegisterScalableTarget", **subject, **request)
    return Created(subject["ResourceId"], {"arn": answer["ScalableTargetARN"]})


def delete_target(_id: str, outputs: Mapping[str, Any], call: Calls) -> None:
    call(_SERVICE, "DeregisterScalableTarget", **_subject(Properties(outputs)))


def create_policy(properties: Properties, call: Calls) -> Created:
    name, subject = properties.require("name"), _subject(properties)
    kind = properties.take("policyType", "StepScaling")  # the API's default, which a target tracking policy has to override
    tracking = pascal(properties.take("targetTrackingScalingPolicyConfiguration"))
    properties.done()
    request = present(PolicyName=name, PolicyType=kind, TargetTrackingScalingPolicyConfiguration=tracking)
    answer = call(_SERVICE, "PutScalingPolicy", **subject, **request)
    return Created(name, {"name": name, "arn": answer["PolicyARN"]})


def delete_policy(id_: str, outputs: Mapping[str, Any], call: Calls) -> None:
    call(_SERVICE, "DeleteScalingPolicy", PolicyName=id_, **_subject(Properties(outputs)))


HANDLERS: Final = {
    "aws:appautoscaling/target:Target": Handler(create_target, delete_target, named_by=None),
    "aws:appautoscaling/policy:Policy": Handler(create_policy, delete_policy),
}
