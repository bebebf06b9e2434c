"""Application Auto Scaling: targets, target tracking policies and scheduled actions of provisioned tables and indexes."""

from collections.abc import Mapping
from datetime import datetime
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


def create_action(properties: Properties, call: Calls) -> Created:
    name, subject = properties.require("name"), _subject(properties)
    times = {edge: properties.take(edge) for edge in ("startTime", "endTime")}
    request = present(
        Schedule=properties.require("schedule"),
        Timezone=properties.take("timezone"),
        ScalableTargetAction=pascal(properties.require("scalableTargetAction")),
        StartTime=_time(times["startTime"]),
        EndTime=_time(times["endTime"]),
    )
    properties.done()
    call(_SERVICE, "PutScheduledAction", ScheduledActionName=name, **subject, **request)
    return Created(f"{name}-dynamodb-{subject['ResourceId']}", {"name": name})


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def delete_action(_id: str, outputs: Mapping[str, Any], call: Calls) -> None:
    call(_SERVICE, "DeleteScheduledAction", ScheduledActionName=outputs["name"], **_subject(Properties(outputs)))


HANDLERS: Final = {
    "aws:appautoscaling/target:Target": Handler(create_target, delete_target, named_by=None),
    "aws:appautoscaling/policy:Policy": Handler(create_policy, delete_policy),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Handler(create_action, delete_action),
}
