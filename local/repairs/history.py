"""The history of alarms, and what SetAlarmState causes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local.alarm_history import change_state, contributors_of, history_of, listener_of, record_configuration, select
from local.calls import Refusal
from local.paging import paged
from local.patches import Patch, Repair
from local.repairs.clock import now

MOST_RECORDS = 100


def _describe_alarm_history(_: object) -> Callable[[Any], Any]:
    def describe_alarm_history(handler: Any) -> Any:
        from moto.core.responses import ActionResult

        asked = handler.params
        found = select(history_of(handler.cloudwatch_backend), asked)
        shown, token = paged(found, asked.get("NextToken"), int(asked.get("MaxRecords") or MOST_RECORDS))
        return ActionResult({"AlarmHistoryItems": shown, **({"NextToken": token} if token else {})})

    return describe_alarm_history


def _describe_alarm_contributors(_: object) -> Callable[[Any], Any]:
    def describe_alarm_contributors(handler: Any) -> Any:
        from moto.core.responses import ActionResult

        name, backend = handler.params["AlarmName"], handler.cloudwatch_backend
        if name not in backend.alarms:
            raise Refusal("ResourceNotFoundException", f"Alarm {name} does not exist", 404)
        shown, token = paged(contributors_of(backend, name), handler.params.get("NextToken"), MOST_RECORDS)
        return ActionResult({"AlarmContributors": shown, **({"NextToken": token} if token else {})})

    return describe_alarm_contributors


def _set_alarm_state(original: Callable[..., None]) -> Callable[..., None]:
    def set_alarm_state(backend: Any, alarm_name: str, reason: str, reason_data: str | None, state_value: Any) -> None:
        alarm = backend.alarms.get(alarm_name)
        if alarm is None:
            raise Refusal("ResourceNotFound", f"Alarm {alarm_name} does not exist", 404)
        before = (alarm.state_value, alarm.state_reason, alarm.state_reason_data)
        original(backend, alarm_name, reason, reason_data, state_value)  # refuses what is wrong
        alarm.state_value, alarm.state_reason, alarm.state_reason_data = before
        at = now()
        old = change_state(backend, alarm_name, state_value, reason, reason_data, at)
        if old != state_value and (listener := listener_of(backend)):
            listener(alarm_name, old, at)

    return set_alarm_state


def _put_metric_alarm(original: Callable[..., Any]) -> Callable[..., Any]:
    def put_metric_alarm(backend: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        kind = "Update" if name in backend.alarms else "Create"
        alarm = original(backend, name, *args, **kwargs)
        record_configuration(backend, alarm, kind, now())
        return alarm

    return put_metric_alarm


def _delete_alarms(original: Callable[..., None]) -> Callable[..., None]:
    def delete_alarms(backend: Any, alarm_names: Sequence[str]) -> None:
        before = [backend.alarms[name] for name in alarm_names if name in backend.alarms]
        original(backend, alarm_names)
        for alarm in before:
            record_configuration(backend, alarm, "Delete", now())

    return delete_alarms


def _patches() -> Sequence[Patch]:
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    return (
        Patch(CloudWatchResponse, "describe_alarm_history", _describe_alarm_history, missing=True),
        Patch(CloudWatchResponse, "describe_alarm_contributors", _describe_alarm_contributors, missing=True),
        Patch(CloudWatchBackend, "set_alarm_state", _set_alarm_state),
        Patch(CloudWatchBackend, "put_metric_alarm", _put_metric_alarm),
        Patch(CloudWatchBackend, "delete_alarms", _delete_alarms),
    )


HISTORY = Repair(
    "history",
    "moto has no DescribeAlarmHistory and SetAlarmState only changes a state; CloudWatch keeps every change of state and of configuration and "
    "every action, and carries the actions of the new state out",
    _patches,
)
