"""Mute rules of alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.calls import Refusal
from local.paging import paged
from local.patches import Patch, Repair, memory
from local.repairs.clock import now
from monitoring.errors import MonitoringError
from monitoring.mute import MuteRule, muted
from monitoring.schedule import Once, parse_duration, parse_schedule, parse_zone

MOST_RECORDS = 50
_MEMBERS = ("Name", "Description", "Rule", "MuteTargets", "StartDate", "ExpireDate")


def mute_rules_of(backend: Any) -> dict[str, dict[str, Any]]:
    """Name -> what was put, with LastUpdatedTimestamp and AlarmMuteRuleArn."""
    return memory(backend).setdefault("mute_rules", {})


def rules_over(backend: Any, alarm: str) -> list[MuteRule]:
    """Those that name this alarm."""
    rules = [MuteRule.from_request(put) for put in list(mute_rules_of(backend).values())]
    return [rule for rule in rules if alarm in rule.alarms]


def _put(_: object) -> Callable[[Any], Any]:
    def put_alarm_mute_rule(handler: Any) -> Any:
        from moto.core.responses import EmptyResult

        backend = handler.cloudwatch_backend
        put = {name: _aware(value) for name in _MEMBERS if (value := handler.params.get(name)) is not None}
        try:
            rule = MuteRule.from_request(put)
        except MonitoringError as wrong:
            raise Refusal("ValidationError", str(wrong)) from wrong
        if unknown := [name for name in rule.alarms if name not in backend.alarms]:
            raise Refusal("ValidationError", f"The alarm {unknown[0]} does not exist")
        place = f"{backend.region_name}:{backend.account_id}"
        arn = f"arn:aws:cloudwatch:{place}:alarm-mute-rule:{rule.name}"
        mute_rules_of(backend)[rule.name] = {**put, "AlarmMuteRuleArn": arn, "LastUpdatedTimestamp": now()}
        if tags := handler.params.get("Tags"):
            backend.tagger.tag_resource(arn, tags)
        return EmptyResult()

    return put_alarm_mute_rule


def _get(_: object) -> Callable[[Any], Any]:
    def get_alarm_mute_rule(handler: Any) -> Any:
        name = handler.params["AlarmMuteRuleName"]
        put = mute_rules_of(handler.cloudwatch_backend).get(name)
        if put is None:
            raise Refusal("ResourceNotFoundException", f"Alarm mute rule {name} does not exist", 404)
        return _result({**put, "Status": _status(put, now()), "MuteType": _type(put)})

    return get_alarm_mute_rule


def _list(_: object) -> Callable[[Any], Any]:
    def list_alarm_mute_rules(handler: Any) -> Any:
        asked, at = handler.params, now()
        backend = handler.cloudwatch_backend
        alarm, statuses = asked.get("AlarmName"), asked.get("Statuses") or ()
        if alarm is not None and alarm not in backend.alarms:
            raise Refusal("ResourceNotFoundException", f"Alarm {alarm} does not exist", 404)
        found: list[dict[str, Any]] = []
        for put in mute_rules_of(backend).values():
            status = _status(put, at)
            if (alarm is None or alarm in MuteRule.from_request(put).alarms) and (not statuses or status in statuses):
                summary = {name: put[name] for name in ("AlarmMuteRuleArn", "ExpireDate", "LastUpdatedTimestamp") if name in put}
                found.append({**summary, "Status": status, "MuteType": _type(put)})
        shown, token = paged(found, asked.get("NextToken"), int(asked.get("MaxRecords") or MOST_RECORDS))
        return _result({"AlarmMuteRuleSummaries": shown, **({"NextToken": token} if token else {})})

    return list_alarm_mute_rules


def _delete(_: object) -> Callable[[Any], Any]:
    def delete_alarm_mute_rule(handler: Any) -> Any:
        from moto.core.responses import EmptyResult

        backend = handler.cloudwatch_backend
        if put := mute_rules_of(backend).pop(handler.params["AlarmMuteRuleName"], None):
            backend.tagger.delete_all_tags_for_resource(put["AlarmMuteRuleArn"])
        return EmptyResult()

    return delete_alarm_mute_rule


def _tag(original: Callable[..., None]) -> Callable[..., None]:
    def tag_resource(backend: Any, arn: str, tags: dict[str, str]) -> None:
        if any(put["AlarmMuteRuleArn"] == arn for put in mute_rules_of(backend).values()):
            backend.tagger.tag_resource(arn, backend.tagger.convert_dict_to_tags_input(tags))
        else:
            original(backend, arn, tags)

    return tag_resource


def _status(put: Mapping[str, Any], at: datetime) -> str:
    window = MuteRule.from_request(put).window
    if muted(window, at):
        return "ACTIVE"
    schedule = parse_schedule(window.expression)
    start = schedule.latest(at.astimezone(parse_zone(window.timezone)))
    over = isinstance(schedule, Once) and start is not None and at - start.astimezone(UTC) >= parse_duration(window.duration)
    return "EXPIRED" if over or (window.expires and at >= window.expires) else "SCHEDULED"


def _type(put: Mapping[str, Any]) -> str:
    """The model names no values of MuteType: these are the two kinds of schedule."""
    return "ONE_TIME" if isinstance(parse_schedule(MuteRule.from_request(put).window.expression), Once) else "RECURRING"


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _result(members: Mapping[str, Any]) -> Any:
    from moto.core.responses import ActionResult

    return ActionResult(dict(members))


def _patches() -> Sequence[Patch]:
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    return (
        Patch(CloudWatchBackend, "tag_resource", _tag),
        Patch(CloudWatchResponse, "put_alarm_mute_rule", _put, missing=True),
        Patch(CloudWatchResponse, "get_alarm_mute_rule", _get, missing=True),
        Patch(CloudWatchResponse, "list_alarm_mute_rules", _list, missing=True),
        Patch(CloudWatchResponse, "delete_alarm_mute_rule", _delete, missing=True),
    )


MUTES = Repair(
    "mutes",
    "moto has no mute rules; CloudWatch keeps the actions of the alarms that they name back while a window is open",
    _patches,
)
