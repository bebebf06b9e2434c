"""Tags of scalable targets, which the deployer reads back after it registered one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from local.patches import Patch, Repair, memory


def _tags(handler: Any) -> dict[str, dict[str, str]]:
    return memory(handler.applicationautoscaling_backend).setdefault("kept_tags", {})


def _register(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def register_scalable_target(handler: Any) -> Any:
        answer = original(handler)
        arn = json.loads(answer)["ScalableTargetARN"]
        _tags(handler).setdefault(arn, {}).update(json.loads(handler.body).get("Tags") or {})
        return answer

    return register_scalable_target


def _list(_: object) -> Callable[[Any], str]:
    def list_tags_for_resource(handler: Any) -> str:
        return json.dumps({"Tags": _tags(handler).get(json.loads(handler.body)["ResourceARN"], {})})

    return list_tags_for_resource


def _patches() -> Sequence[Patch]:
    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

    return (
        Patch(ApplicationAutoScalingResponse, "register_scalable_target", _register),
        Patch(ApplicationAutoScalingResponse, "list_tags_for_resource", _list, missing=True),
    )


SCALING = Repair(
    "scaling",
    "moto has no ListTagsForResource for scalable targets and loses their tags; the provider calls it after every registration",
    _patches,
)
