"""Application Auto Scaling: targets, target tracking policies and scheduled actions. None of them is found by its id alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from local.deploy.autoscaling import create_action, create_policy, create_target
from local.deploy.handler import Calls
from local.engine.lifecycle import Change, Found, Lifecycle, camel, put_again
from local.engine.lifecycles.tags import SCALING
from local.inputs import InputError

_SERVICE: Final = "application-autoscaling"
_SUBJECT: Final = frozenset({"serviceNamespace", "resourceId", "scalableDimension"})
_UTC: Final = "UTC"


def _subject(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"ServiceNamespace": inputs["serviceNamespace"], "ScalableDimension": inputs["scalableDimension"]}


def _named(text: str, inputs: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The name of a target's part, and whose it is. An import names both: `dynamodb/table/orders/dynamodb:table:ReadCapacityUnits/NAME`."""
    if inputs.keys() >= _SUBJECT:
        return text, inputs
    place, _, rest = text.rpartition("/dynamodb:")
    namespace, _, resource = place.partition("/")
    dimension, _, name = rest.partition("/")
    if not (namespace and resource and dimension):
        raise InputError(
            "import", [f"{text}: give service namespace, resource id, scalable dimension and, of a policy, its name, with / between"]
        )
    return name, {"serviceNamespace": namespace, "resourceId": resource, "scalableDimension": f"dynamodb:{dimension}"}


def read_target(id_: str, inputs: Mapping[str, Any], call: Calls) -> Found | None:
    _, subject = _named(id_, inputs)
    resource = subject["resourceId"]
    targets = call(_SERVICE, "DescribeScalableTargets", ResourceIds=[resource], **_subject(subject))["ScalableTargets"]
    if not targets:
        return None
    bounds = camel({name: targets[0][name] for name in ("MinCapacity", "MaxCapacity")})
    arn = targets[0].get("ScalableTargetARN")
    return Found({**_given(subject), **bounds, **({"tags": SCALING.read(arn, call)} if arn else {})}, {"arn": arn or ""}, id=resource)


def _given(subject: Mapping[str, Any]) -> dict[str, Any]:
    return {name: subject[name] for name in sorted(_SUBJECT)}


def update_target(change: Change, call: Calls) -> Mapping[str, Any]:
    outputs = put_again(create_target)(change, call)
    SCALING.update(change, outputs["arn"], call)
    return outputs


def read_policy(id_: str, inputs: Mapping[str, Any], call: Calls) -> Found | None:
    name, subject = _named(id_, inputs)
    request = {"ResourceId": subject["resourceId"], "PolicyNames": [name], **_subject(subject)}
    policies = call(_SERVICE, "DescribeScalingPolicies", **request)["ScalingPolicies"]
    if not policies:
        return None
    tracking = camel(policies[0].get("TargetTrackingScalingPolicyConfiguration", {}))
    found = {"name": name, **_given(subject), "policyType": policies[0]["PolicyType"], "targetTrackingScalingPolicyConfiguration": tracking}
    return Found(found, {"arn": policies[0]["PolicyARN"]}, id=name)


def read_action(id_: str, inputs: Mapping[str, Any], call: Calls) -> Found | None:
    if not inputs.keys() >= _SUBJECT:
        raise InputError("import", [f"{id_}: the provider imports no scheduled action; let the program create it under another name"])
    request = {"ResourceId": inputs["resourceId"], "ScheduledActionNames": [inputs["name"]], **_subject(inputs)}
    actions = call(_SERVICE, "DescribeScheduledActions", **request)["ScheduledActions"]
    if not actions:
        return None
    action = actions[0]
    found = {
        "schedule": action["Schedule"],
        "timezone": action.get("Timezone") or _UTC,
        "scalableTargetAction": camel(action.get("ScalableTargetAction", {})),
        "startTime": _text(action.get("StartTime")),
        "endTime": _text(action.get("EndTime")),
    }
    return Found(found, {"arn": action["ScheduledActionARN"]})


def _text(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat() if time else None


LIFECYCLES: Final = {
    "aws:appautoscaling/target:Target": Lifecycle(read_target, update_target, replaces=_SUBJECT, computed=frozenset({"roleArn"})),
    "aws:appautoscaling/policy:Policy": Lifecycle(
        read_policy, put_again(create_policy), replaces=_SUBJECT | {"name"}, defaults={"policyType": "StepScaling"}
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Lifecycle(
        read_action, put_again(create_action), replaces=_SUBJECT | {"name"}, defaults={"timezone": _UTC}
    ),
}
