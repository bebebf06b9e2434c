"""CloudWatch alarms, composite alarms, mute rules, dashboards, and log groups: exactly as registered."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Handler, Properties, pascal, present, tag_list
from local.monitor import Created
from monitoring.lint.readers.provider import request_of


def _arn(call: Calls, name: str) -> str:
    return f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{name}"


def create_alarm(properties: Properties, call: Calls) -> Created:
    inputs = properties.rest()
    tags = tag_list(inputs.pop("tags", None))
    request = request_of(inputs)
    call("cloudwatch", "PutMetricAlarm", **request, **present(Tags=tags))
    name = request["AlarmName"]
    return Created(name, {"name": name, "arn": _arn(call, name)})


def create_composite(properties: Properties, call: Calls) -> Created:
    name = properties.require("alarmName")
    suppressor = properties.block("actionsSuppressor")
    request = present(
        AlarmName=name,
        AlarmRule=properties.require("alarmRule"),
        AlarmDescription=properties.take("alarmDescription"),
        ActionsEnabled=properties.take("actionsEnabled"),
        AlarmActions=properties.take("alarmActions"),
        OKActions=properties.take("okActions"),
        InsufficientDataActions=properties.take("insufficientDataActions"),
        ActionsSuppressor=suppressor.get("alarm"),
        ActionsSuppressorWaitPeriod=suppressor.get("waitPeriod"),
        ActionsSuppressorExtensionPeriod=suppressor.get("extensionPeriod"),
        Tags=tag_list(properties.take("tags")),
    )
    properties.done()
    call("cloudwatch", "PutCompositeAlarm", **request)
    return Created(name, {"arn": _arn(call, name)})


def create_mute_rule(properties: Properties, call: Calls) -> Created:
    name = properties.require("name")
    request = present(
        Name=name,
        Description=properties.take("description"),
        Rule=pascal(properties.require("rule")),
        MuteTargets=pascal(properties.take("muteTargets")),
        StartDate=properties.take("startDate"),
        ExpireDate=properties.take("expireDate"),
        Tags=tag_list(properties.take("tags")),
    )
    properties.done()
    call("cloudwatch", "PutAlarmMuteRule", **request)
    return Created(name, {"name": name, "arn": f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm-mute-rule:{name}"})


def delete_mute_rule(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("cloudwatch", "DeleteAlarmMuteRule", AlarmMuteRuleName=id_)


def delete_alarm(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("cloudwatch", "DeleteAlarms", AlarmNames=[id_])


def create_dashboard(properties: Properties, call: Calls) -> Created:
    name, body = properties.require("dashboardName"), properties.require("dashboardBody")
    properties.done()
    call("cloudwatch", "PutDashboard", DashboardName=name, DashboardBody=body)
    return Created(name, {"dashboardArn": f"arn:aws:cloudwatch::{call.account}:dashboard/{name}"})


def delete_dashboard(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("cloudwatch", "DeleteDashboards", DashboardNames=[id_])


def create_log_group(properties: Properties, call: Calls) -> Created:
    name, days = properties.require("name"), properties.take("retentionInDays", 0)
    properties.take("skipDestroy")  # only says how to delete: the provider keeps the group, and forgets it
    request = present(
        logGroupName=name,
        kmsKeyId=properties.take("kmsKeyId"),
        logGroupClass=properties.take("logGroupClass"),
        tags=properties.take("tags"),
    )
    properties.done()
    call("logs", "CreateLogGroup", **request)
    if days:  # 0: for ever
        call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
    return Created(name, {"name": name, "arn": f"arn:aws:logs:{call.region}:{call.account}:log-group:{name}"})


def delete_log_group(id_: str, outputs: Mapping[str, Any], call: Calls) -> None:
    if not outputs.get("skipDestroy"):
        call("logs", "DeleteLogGroup", logGroupName=id_)


HANDLERS: Final = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": Handler(create_alarm, delete_alarm),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Handler(create_composite, delete_alarm, named_by=None),
    "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": Handler(create_mute_rule, delete_mute_rule),
    "aws:cloudwatch/dashboard:Dashboard": Handler(create_dashboard, delete_dashboard, named_by=None),
    "aws:cloudwatch/logGroup:LogGroup": Handler(create_log_group, delete_log_group, name_limit=512),
}
