"""Alarms as CloudWatch keeps them: composite ones too, without data until the first evaluation, their state kept through an update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local.patches import Patch, Repair

_NO_SETTING = (
    "namespace",
    "metric_name",
    "comparison_operator",
    "evaluation_periods",
    "period",
    "threshold",
    "statistic",
)
_SUPPRESSION = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


def _put_composite_alarm(_: object) -> Callable[[Any], Any]:
    def put_composite_alarm(handler: Any) -> Any:
        from moto.core.responses import EmptyResult

        given = handler.params
        alarm = handler.cloudwatch_backend.put_metric_alarm(
            **dict.fromkeys(_NO_SETTING),
            name=given["AlarmName"],
            description=given.get("AlarmDescription"),
            dimensions=[],
            alarm_actions=given.get("AlarmActions") or [],
            ok_actions=given.get("OKActions"),
            insufficient_data_actions=given.get("InsufficientDataActions"),
            actions_enabled=given.get("ActionsEnabled", True),
            rule=given["AlarmRule"],
            tags=given.get("Tags"),
        )
        for name in _SUPPRESSION:
            if name in given:
                setattr(alarm, name, given[name])
        return EmptyResult()

    return put_composite_alarm


def _describe_alarms(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def describe_alarms(handler: Any) -> Any:
        # AlarmTypes is left out: only metric alarms (API reference, DescribeAlarms).
        types = handler.params.get("AlarmTypes") or ["MetricAlarm"]
        found = original(handler)
        for kind in ("MetricAlarm", "CompositeAlarm"):
            if kind not in types:
                found.result[f"{kind}s"] = []
        return found

    return describe_alarms


def _put_metric_alarm(original: Callable[..., Any]) -> Callable[..., Any]:
    def put_metric_alarm(backend: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        before = backend.alarms.get(name)
        alarm = original(backend, name, *args, **kwargs)
        if before is None:
            alarm.state_value = "INSUFFICIENT_DATA"
            return alarm
        for kept in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history"):
            setattr(alarm, kept, getattr(before, kept))
        return alarm

    return put_metric_alarm


def _patches() -> Sequence[Patch]:
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    return (
        Patch(CloudWatchResponse, "put_composite_alarm", _put_composite_alarm, missing=True),
        Patch(CloudWatchResponse, "describe_alarms", _describe_alarms),
        Patch(CloudWatchBackend, "put_metric_alarm", _put_metric_alarm),
    )


ALARMS = Repair(
    "alarms",
    "moto has no PutCompositeAlarm, starts alarms in OK, forgets their state when they are put again and gives composite alarms unasked; "
    "CloudWatch starts them in INSUFFICIENT_DATA, keeps the state, and gives metric alarms unless AlarmTypes says otherwise",
    _patches,
)
