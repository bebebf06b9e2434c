"""The table of names between CloudWatch's API and the provider, held against the models of both."""

import inspect

import botocore.session
import pulumi_aws as aws
import pytest

from components.errors import InvalidArgument
from components.watching.alarm_arguments import (
    COMPOSITE_ALARM,
    METRIC_ALARM,
    METRIC_QUERY,
    METRIC_STAT,
    MUTE_RULE,
    MUTE_TARGETS,
    SCHEDULE,
    SUPPRESSOR,
    WARM_UP,
    composite_alarm,
    metric_alarm,
    mute_rule,
)

MODEL = botocore.session.get_session().get_service_model("cloudwatch")
NOT_MADE = {
    "ActionConfiguration": "the provider has no argument for it",
    "EvaluationCriteria": "PromQL alarms",
    "EvaluationInterval": "PromQL alarms",
    "EvaluationWindow": "PromQL alarms",
}
"""Parameters of PutMetricAlarm that no alarm of ours has."""
NOT_MADE_COMPOSITE = {"ActionConfiguration": "the provider has no argument for it"}


def members(shape: str) -> set[str]:
    return set(MODEL.shape_for(shape).members)


def arguments(kind: type) -> set[str]:
    return set(inspect.signature(kind).parameters)


@pytest.mark.parametrize(
    ("table", "parameters", "kind"),
    [
        (METRIC_ALARM, members("PutMetricAlarmInput"), aws.cloudwatch.MetricAlarmArgs),
        (COMPOSITE_ALARM, members("PutCompositeAlarmInput"), aws.cloudwatch.CompositeAlarmArgs),
        (METRIC_QUERY, members("MetricDataQuery"), aws.cloudwatch.MetricAlarmMetricQueryArgs),
        (METRIC_STAT, members("MetricStat") | members("Metric"), aws.cloudwatch.MetricAlarmMetricQueryMetricArgs),
        (WARM_UP, members("WarmUpConfiguration"), aws.cloudwatch.MetricAlarmWarmUpConfigurationArgs),
        (SUPPRESSOR, members("PutCompositeAlarmInput"), aws.cloudwatch.CompositeAlarmActionsSuppressorArgs),
        (MUTE_RULE, members("PutAlarmMuteRuleInput"), aws.cloudwatch.AlarmMuteRuleArgs),
        (SCHEDULE, members("Schedule"), aws.cloudwatch.AlarmMuteRuleRuleScheduleArgs),
        (MUTE_TARGETS, members("MuteTargets"), aws.cloudwatch.AlarmMuteRuleMuteTargetsArgs),
    ],
    ids=["alarm", "composite", "query", "statistic", "warm-up", "suppressor", "mute rule", "schedule", "mute targets"],
)
def test_both_sides_know_the_names(table: dict[str, tuple[str, object]], parameters: set[str], kind: type) -> None:
    assert set(table) <= parameters
    assert {name for name, _ in table.values()} <= arguments(kind)
    assert len({name for name, _ in table.values()}) == len(table)


def test_nothing_of_an_alarm_is_forgotten() -> None:
    assert members("PutMetricAlarmInput") == {*METRIC_ALARM, *NOT_MADE}
    assert members("PutCompositeAlarmInput") == {*COMPOSITE_ALARM, *SUPPRESSOR, *NOT_MADE_COMPOSITE}
    assert members("MetricDataQuery") == set(METRIC_QUERY)
    assert members("MetricStat") | members("Metric") == {*METRIC_STAT, "Metric"}
    assert members("WarmUpConfiguration") == set(WARM_UP)
    assert members("PutAlarmMuteRuleInput") == set(MUTE_RULE)
    assert members("Schedule") == set(SCHEDULE)
    assert members("MuteTargets") == set(MUTE_TARGETS)


def test_a_simple_alarm() -> None:
    assert metric_alarm(
        {
            "AlarmName": "n",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": "q"}],
            "Statistic": "Maximum",
            "Period": 60,
            "Threshold": 0.0,
            "Unit": None,
        }
    ) == {
        "name": "n",
        "namespace": "AWS/SQS",
        "metric_name": "ApproximateNumberOfMessagesVisible",
        "dimensions": {"QueueName": "q"},
        "statistic": "Maximum",
        "period": 60,
        "threshold": 0.0,
    }


def test_metric_math() -> None:
    stat = {"Metric": {"Namespace": "AWS/DynamoDB", "MetricName": "m", "Dimensions": [{"Name": "TableName", "Value": "t"}]}}
    request = {
        "AlarmName": "n",
        "Metrics": [
            {"Id": "a", "MetricStat": {**stat, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
            {"Id": "result", "Expression": "FILL(a,0)", "Label": "throttled", "ReturnData": True},
        ],
    }
    assert metric_alarm(request) == {
        "name": "n",
        "metric_queries": [
            {
                "id": "a",
                "metric": {
                    "namespace": "AWS/DynamoDB",
                    "metric_name": "m",
                    "dimensions": {"TableName": "t"},
                    "period": 60,
                    "stat": "Sum",
                },
                "return_data": False,
            },
            {"id": "result", "expression": "FILL(a,0)", "label": "throttled", "return_data": True},
        ],
    }


def test_a_composite() -> None:
    assert composite_alarm({"AlarmName": "n", "AlarmRule": 'ALARM("a")'}) == {"alarm_name": "n", "alarm_rule": 'ALARM("a")'}


def test_a_warm_up() -> None:
    warm_up = {"WarmUpPeriodDurationInMinutes": 15, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": True}
    assert metric_alarm({"AlarmName": "n", "WarmUpConfiguration": warm_up}) == {
        "name": "n",
        "warm_up_configuration": {
            "warm_up_period_duration_in_minutes": 15,
            "only_start_evaluating_after_warm_up_period_ends": True,
        },
    }


def test_a_suppressor() -> None:
    suppressor = {"ActionsSuppressor": "s", "ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 0}
    assert composite_alarm({"AlarmName": "n", **suppressor}) == {
        "alarm_name": "n",
        "actions_suppressor": {"alarm": "s", "wait_period": 60, "extension_period": 0},
    }


def test_a_mute_rule() -> None:
    schedule = {"Expression": "cron(0 2 * * SUN)", "Duration": "PT4H", "Timezone": "UTC"}
    assert mute_rule({"Name": "n", "Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": ["a"]}}) == {
        "name": "n",
        "rule": {"schedule": {"expression": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "UTC"}},
        "mute_targets": {"alarm_names": ["a"]},
    }


def test_an_unknown_parameter_is_not_dropped() -> None:
    with pytest.raises(InvalidArgument, match=r"^the alarm has a parameter 'AlarmColour': allowed are AlarmName, "):
        metric_alarm({"AlarmName": "n", "AlarmColour": "red"})
    with pytest.raises(InvalidArgument, match=r"^the metric query has a parameter 'Colour': allowed are Id, "):
        metric_alarm({"Metrics": [{"Id": "a", "Colour": "red"}]})
