"""Alarms as CloudWatch's API spells them, as arguments of the provider's resources: one table of names, which tests hold against both."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from components.errors import InvalidArgument

Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _pairs(key: str) -> Convert:
    """A list of {key: ..., "Value": ...} as a map."""

    def convert(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {each[key]: each["Value"] for each in values}

    return convert


def _metric_queries(values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [translated("metric query", each, METRIC_QUERY) for each in values]


def _metric_stat(value: Mapping[str, Any]) -> dict[str, Any]:
    return translated("metric statistic", {**value, **value["Metric"], "Metric": None}, METRIC_STAT)


def _warm_up(value: Mapping[str, Any]) -> dict[str, Any]:
    return translated("warm-up", value, WARM_UP)


def _mute_schedule(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"schedule": translated("schedule", value["Schedule"], SCHEDULE)}


def _mute_targets(value: Mapping[str, Any]) -> dict[str, Any]:
    return translated("mute targets", value, MUTE_TARGETS)


METRIC_STAT: Mapping[str, tuple[str, Convert]] = {
    "Namespace": ("namespace", _same),
    "MetricName": ("metric_name", _same),
    "Dimensions": ("dimensions", _pairs("Name")),
    "Period": ("period", _same),
    "Stat": ("stat", _same),
    "Unit": ("unit", _same),
}
"""Of MetricStat and of the Metric in it."""

METRIC_QUERY: Mapping[str, tuple[str, Convert]] = {
    "Id": ("id", _same),
    "MetricStat": ("metric", _metric_stat),
    "Expression": ("expression", _same),
    "Label": ("label", _same),
    "ReturnData": ("return_data", _same),
    "Period": ("period", _same),
    "AccountId": ("account_id", _same),
}
"""Of a MetricDataQuery."""

METRIC_ALARM: Mapping[str, tuple[str, Convert]] = {
    "AlarmName": ("name", _same),
    "AlarmDescription": ("alarm_description", _same),
    "ActionsEnabled": ("actions_enabled", _same),
    "OKActions": ("ok_actions", _same),
    "AlarmActions": ("alarm_actions", _same),
    "InsufficientDataActions": ("insufficient_data_actions", _same),
    "MetricName": ("metric_name", _same),
    "Namespace": ("namespace", _same),
    "Statistic": ("statistic", _same),
    "ExtendedStatistic": ("extended_statistic", _same),
    "Dimensions": ("dimensions", _pairs("Name")),
    "Period": ("period", _same),
    "Unit": ("unit", _same),
    "EvaluationPeriods": ("evaluation_periods", _same),
    "DatapointsToAlarm": ("datapoints_to_alarm", _same),
    "Threshold": ("threshold", _same),
    "ComparisonOperator": ("comparison_operator", _same),
    "TreatMissingData": ("treat_missing_data", _same),
    "EvaluateLowSampleCountPercentile": ("evaluate_low_sample_count_percentiles", _same),
    "Metrics": ("metric_queries", _metric_queries),
    "Tags": ("tags", _pairs("Key")),
    "ThresholdMetricId": ("threshold_metric_id", _same),
    "WarmUpConfiguration": ("warm_up_configuration", _warm_up),
}
"""Of PutMetricAlarm."""

WARM_UP: Mapping[str, tuple[str, Convert]] = {
    "WarmUpPeriodDurationInMinutes": ("warm_up_period_duration_in_minutes", _same),
    "OnlyStartEvaluatingAfterWarmUpPeriodEnds": ("only_start_evaluating_after_warm_up_period_ends", _same),
}
"""Of WarmUpConfiguration."""

COMPOSITE_ALARM: Mapping[str, tuple[str, Convert]] = {
    "AlarmName": ("alarm_name", _same),
    "AlarmDescription": ("alarm_description", _same),
    "AlarmRule": ("alarm_rule", _same),
    "ActionsEnabled": ("actions_enabled", _same),
    "OKActions": ("ok_actions", _same),
    "AlarmActions": ("alarm_actions", _same),
    "InsufficientDataActions": ("insufficient_data_actions", _same),
    "Tags": ("tags", _pairs("Key")),
}
"""Of PutCompositeAlarm, without its suppressor."""

SUPPRESSOR: Mapping[str, tuple[str, Convert]] = {
    "ActionsSuppressor": ("alarm", _same),
    "ActionsSuppressorWaitPeriod": ("wait_period", _same),
    "ActionsSuppressorExtensionPeriod": ("extension_period", _same),
}
"""Of PutCompositeAlarm, which the provider has as one argument."""

MUTE_RULE: Mapping[str, tuple[str, Convert]] = {
    "Name": ("name", _same),
    "Description": ("description", _same),
    "Rule": ("rule", _mute_schedule),
    "MuteTargets": ("mute_targets", _mute_targets),
    "StartDate": ("start_date", _same),
    "ExpireDate": ("expire_date", _same),
    "Tags": ("tags", _pairs("Key")),
}
"""Of PutAlarmMuteRule."""

SCHEDULE: Mapping[str, tuple[str, Convert]] = {
    "Expression": ("expression", _same),
    "Duration": ("duration", _same),
    "Timezone": ("timezone", _same),
}
"""Of the Schedule of a mute rule."""

MUTE_TARGETS: Mapping[str, tuple[str, Convert]] = {"AlarmNames": ("alarm_names", _same)}
"""Of the MuteTargets of a mute rule."""


def metric_alarm(request: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of aws.cloudwatch.MetricAlarm. Raises InvalidArgument for a parameter that the table does not have."""
    return translated("alarm", request, METRIC_ALARM)


def composite_alarm(request: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of aws.cloudwatch.CompositeAlarm. Raises InvalidArgument for a parameter that the table does not have."""
    suppressor = {name: value for name, value in request.items() if name in SUPPRESSOR}
    found = translated("composite alarm", {name: value for name, value in request.items() if name not in SUPPRESSOR}, COMPOSITE_ALARM)
    return {**found, "actions_suppressor": translated("suppressor", suppressor, SUPPRESSOR)} if suppressor else found


def mute_rule(request: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of aws.cloudwatch.AlarmMuteRule. Raises InvalidArgument for a parameter that the table does not have."""
    return translated("mute rule", request, MUTE_RULE)


def translated(what: str, request: Mapping[str, Any], names: Mapping[str, tuple[str, Convert]]) -> dict[str, Any]:
    given = {name: value for name, value in request.items() if value is not None}
    unknown = [name for name in given if name not in names]
    if unknown:
        raise InvalidArgument(f"the {what} has a parameter {unknown[0]!r}: allowed are {', '.join(names)}")
    return {name: convert(given[parameter]) for parameter, (name, convert) in cast("Any", names).items() if parameter in given}
