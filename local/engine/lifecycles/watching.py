"""CloudWatch alarms, composite alarms, mute rules, dashboards, and log groups. All but the last are put again as a whole."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from local.deploy.cloudwatch import create_alarm, create_composite, create_dashboard, create_mute_rule
from local.deploy.handler import Calls, Properties
from local.engine.lifecycle import Change, Found, Lifecycle, Update, camel, put_again
from local.engine.lifecycles.tags import CLOUDWATCH, LOGS
from local.monitor import Created

_ACTIONS: Final = {
    "alarmActions": "AlarmActions",
    "okActions": "OKActions",
    "insufficientDataActions": "InsufficientDataActions",
    "actionsEnabled": "ActionsEnabled",
    "alarmDescription": "AlarmDescription",
}
_METRIC: Final = {
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}


def _tagged(create: Callable[[Properties, Calls], Created]) -> Update:
    """Put again, with tags: CloudWatch ignores those of a put that changes something (API reference, PutMetricAlarm)."""
    put = put_again(create)

    def update(change: Change, call: Calls) -> Mapping[str, Any]:
        outputs = put(change, call)
        CLOUDWATCH.update(change, outputs["arn"], call)
        return outputs

    return update


def _alarm(kind: str, name: str, call: Calls) -> Mapping[str, Any] | None:
    alarms = call("cloudwatch", "DescribeAlarms", AlarmNames=[name], AlarmTypes=[kind])[f"{kind}s"]
    return alarms[0] if alarms else None


def read_alarm(name: str, _given: Mapping[str, Any], call: Calls) -> Found | None:
    alarm = _alarm("MetricAlarm", name, call)
    if alarm is None:
        return None
    inputs = {one: alarm.get(word) for one, word in (_ACTIONS | _METRIC).items()}
    inputs |= {
        "name": name,
        "dimensions": _dimensions(alarm),
        "metricQueries": [_query(query) for query in alarm.get("Metrics", [])],
        "tags": CLOUDWATCH.read(alarm["AlarmArn"], call),
    }
    return Found(inputs, {"arn": alarm["AlarmArn"]})


def _dimensions(holder: Mapping[str, Any]) -> dict[str, str]:
    dimensions: list[dict[str, str]] = holder.get("Dimensions") or []
    return {dimension["Name"]: dimension["Value"] for dimension in dimensions}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    found = camel({name: value for name, value in query.items() if name != "MetricStat" and value is not None})
    if measured := query.get("MetricStat"):
        metric = measured["Metric"]
        found["metric"] = {
            "namespace": metric.get("Namespace"),
            "metricName": metric.get("MetricName"),
            "dimensions": _dimensions(metric),
            "period": measured["Period"],
            "stat": measured["Stat"],
            "unit": measured.get("Unit"),
        }
    return found


def read_composite(name: str, _given: Mapping[str, Any], call: Calls) -> Found | None:
    alarm = _alarm("CompositeAlarm", name, call)
    if alarm is None:
        return None
    inputs = {one: alarm.get(word) for one, word in _ACTIONS.items()}
    inputs |= {"alarmName": name, "alarmRule": alarm["AlarmRule"], "tags": CLOUDWATCH.read(alarm["AlarmArn"], call)}
    if suppressor := alarm.get("ActionsSuppressor"):
        wait, extension = alarm["ActionsSuppressorWaitPeriod"], alarm["ActionsSuppressorExtensionPeriod"]
        inputs["actionsSuppressor"] = {"alarm": suppressor, "waitPeriod": wait, "extensionPeriod": extension}
    return Found(inputs, {"arn": alarm["AlarmArn"]})


def read_mute_rule(name: str, _given: Mapping[str, Any], call: Calls) -> Found:
    rule = call("cloudwatch", "GetAlarmMuteRule", AlarmMuteRuleName=name)
    inputs = {
        "name": name,
        "description": rule.get("Description", ""),
        "rule": camel(rule["Rule"]),
        "muteTargets": camel(rule.get("MuteTargets", {})),
        "tags": CLOUDWATCH.read(rule["AlarmMuteRuleArn"], call),
    }
    return Found(inputs, {"arn": rule["AlarmMuteRuleArn"]})


def read_dashboard(name: str, _given: Mapping[str, Any], call: Calls) -> Found:
    dashboard = call("cloudwatch", "GetDashboard", DashboardName=name)
    return Found({"dashboardName": name, "dashboardBody": dashboard["DashboardBody"]}, {"dashboardArn": dashboard["DashboardArn"]})


def read_log_group(name: str, _given: Mapping[str, Any], call: Calls) -> Found | None:
    groups = call("logs", "DescribeLogGroups", logGroupNamePrefix=name)["logGroups"]
    group = next((one for one in groups if one["logGroupName"] == name), None)
    if group is None:
        return None
    arn = str(group["arn"]).removesuffix(":*")
    inputs = {"name": name, "retentionInDays": group.get("retentionInDays", 0), "kmsKeyId": group.get("kmsKeyId", "")}
    return Found(inputs | {"tags": LOGS.read(arn, call)}, {"arn": arn})


def update_log_group(change: Change, call: Calls) -> Mapping[str, Any]:
    name, new = change.id, change.new
    if "retentionInDays" in change.changed:
        if days := new.get("retentionInDays"):
            call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
        else:
            call("logs", "DeleteRetentionPolicy", logGroupName=name)
    if "kmsKeyId" in change.changed:
        if key := new.get("kmsKeyId"):
            call("logs", "AssociateKmsKey", logGroupName=name, kmsKeyId=key)
        else:
            call("logs", "DisassociateKmsKey", logGroupName=name)
    LOGS.update(change, change.outputs["arn"], call)
    return {}


LIFECYCLES: Final = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": Lifecycle(
        read_alarm,
        _tagged(create_alarm),
        replaces=frozenset({"name"}),
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        computed=frozenset({"evaluateLowSampleCountPercentiles"}),
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Lifecycle(
        read_composite, _tagged(create_composite), replaces=frozenset({"alarmName", "actionsEnabled"}), defaults={"actionsEnabled": True}
    ),
    "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": Lifecycle(read_mute_rule, _tagged(create_mute_rule), replaces=frozenset({"name"})),
    "aws:cloudwatch/dashboard:Dashboard": Lifecycle(read_dashboard, put_again(create_dashboard), replaces=frozenset({"dashboardName"})),
    "aws:cloudwatch/logGroup:LogGroup": Lifecycle(
        read_log_group,
        update_log_group,
        replaces=frozenset({"name", "namePrefix", "logGroupClass"}),
        defaults={"retentionInDays": 0},
        computed=frozenset({"logGroupClass"}),
    ),
}
