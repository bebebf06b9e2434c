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


def _tag(_: object) -> Callable[[Any], str]:
    def tag_resource(handler: Any) -> str:
        asked = json.loads(handler.body)
        _tags(handler).setdefault(asked["ResourceARN"], {}).update(asked["Tags"])
        return "{}"

    return tag_resource


def _untag(_: object) -> Callable[[Any], str]:
    def untag_resource(handler: Any) -> str:
        asked = json.loads(handler.body)
        for key in asked["TagKeys"]:
            _tags(handler).get(asked["ResourceARN"], {}).pop(key, None)
        return "{}"

    return untag_resource


def _patches() -> Sequence[Patch]:
    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

    return (
        Patch(ApplicationAutoScalingResponse, "register_scalable_target", _register),
        Patch(ApplicationAutoScalingResponse, "list_tags_for_resource", _list, missing=True),
        Patch(ApplicationAutoScalingResponse, "tag_resource", _tag, missing=True),
        Patch(ApplicationAutoScalingResponse, "untag_resource", _untag, missing=True),
    )


SCALING = Repair(
    "scaling",
    "moto has no ListTagsForResource, TagResource and UntagResource for scalable targets and loses their tags; the provider calls them",
    _patches,
)
