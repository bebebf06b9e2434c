"""Alarms as CloudWatch keeps them: composite ones too, without data until the first evaluation, their state kept through an update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from local.calls import Refusal
from local.paging import paged
from local.patches import Patch, Repair, memory
from local.repairs.clock import now
from monitoring.rules import children_of

MOST_RECORDS = 50
"""Of DescribeAlarms, where it asks for no number (botocore: up to 100)."""
_STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "state_transitioned_timestamp")
_NARROWED_BY = ("statistic", "extended_statistic", "period", "unit")
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


_KEPT = ("WarmUpConfiguration", "EvaluationWindow", "EvaluationInterval", "ActionConfiguration")
"""Settings of metric alarms that moto does not know."""


def created(backend: Any, name: str) -> datetime:
    """When an alarm was put first: what it warms up from."""
    return memory(backend.alarms[name])["created"]


def _put_with_settings(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def put_metric_alarm(handler: Any) -> Any:
        answer = original(handler)
        alarm = handler.cloudwatch_backend.alarms[handler.params["AlarmName"]]
        for name in _KEPT:
            if name in handler.params:
                setattr(alarm, name, handler.params[name])
        return answer

    return put_metric_alarm


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
        asked = handler.params
        # AlarmTypes is left out: only metric alarms (API reference, DescribeAlarms).
        types = asked.get("AlarmTypes") or ["MetricAlarm"]
        found = original(handler)
        every = [alarm for kind in types for alarm in found.result.get(f"{kind}s", ())]
        wanted = [alarm for alarm in every if asked.get("StateValue") in (None, alarm.state_value)]
        shown, token = paged(wanted, asked.get("NextToken"), int(asked.get("MaxRecords") or MOST_RECORDS))
        found.result["MetricAlarms"] = [alarm for alarm in shown if alarm.rule is None]
        found.result["CompositeAlarms"] = [alarm for alarm in shown if alarm.rule is not None]
        if token:
            found.result["NextToken"] = token
        return found

    return describe_alarms


def _for_metric(_: object) -> Callable[[Any], Any]:
    def describe_alarms_for_metric(handler: Any) -> Any:
        """Of alarms on one metric, not on metric math (API reference, DescribeAlarmsForMetric)."""
        from moto.core.responses import ActionResult

        asked = handler.params
        dimensions = {(each["Name"], each["Value"]) for each in asked.get("Dimensions") or ()}
        wanted = {
            "namespace": asked["Namespace"],
            "metric_name": asked["MetricName"],
            **{name: asked[name.title().replace("_", "")] for name in _NARROWED_BY if name.title().replace("_", "") in asked},
        }
        found = [
            alarm
            for alarm in handler.cloudwatch_backend.describe_alarms()
            if all(getattr(alarm, name) == value for name, value in wanted.items())
            and {(each.name, each.value) for each in alarm.dimensions} == dimensions
        ]
        return ActionResult({"MetricAlarms": found})

    return describe_alarms_for_metric


def _delete_alarms(original: Callable[..., None]) -> Callable[..., None]:
    def delete_alarms(backend: Any, alarm_names: Sequence[str]) -> None:
        kept = [alarm for alarm in backend.alarms.values() if alarm.rule is not None and alarm.name not in alarm_names]
        for name in alarm_names:
            if any(name in children_of(alarm.rule) for alarm in kept):
                raise Refusal("ValidationError", f"Cannot delete {name} as there are composite alarm(s) depending on it.")
        original(backend, alarm_names)

    return delete_alarms


def _put_metric_alarm(original: Callable[..., Any]) -> Callable[..., Any]:
    def put_metric_alarm(backend: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        before = backend.alarms.get(name)
        alarm = original(backend, name, *args, **kwargs)
        if before is None:
            alarm.state_value = "INSUFFICIENT_DATA"
            alarm.state_transitioned_timestamp = alarm.state_updated_timestamp
            memory(alarm)["created"] = now()
            return alarm
        for kept in (*_STATE, "history", "created"):
            setattr(alarm, kept, getattr(before, kept))
        return alarm

    return put_metric_alarm


def _patches() -> Sequence[Patch]:
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    return (
        Patch(CloudWatchResponse, "put_metric_alarm", _put_with_settings),
        Patch(CloudWatchResponse, "put_composite_alarm", _put_composite_alarm, missing=True),
        Patch(CloudWatchResponse, "describe_alarms", _describe_alarms),
        Patch(CloudWatchResponse, "describe_alarms_for_metric", _for_metric),
        Patch(CloudWatchBackend, "put_metric_alarm", _put_metric_alarm),
        Patch(CloudWatchBackend, "delete_alarms", _delete_alarms),
    )


ALARMS = Repair(
    "alarms",
    "moto has no PutCompositeAlarm, starts alarms in OK, forgets their state when they are put again and their warm-up at once, gives composite alarms unasked and all "
    "at once, and deletes what a composite alarm watches; CloudWatch starts them in INSUFFICIENT_DATA, keeps the state, gives pages of metric "
    "alarms unless AlarmTypes says otherwise, and refuses the last",
    _patches,
)
