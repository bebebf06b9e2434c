"""Alarms as CloudWatch evaluates and announces them, over an embedded AWS.

Shapes: CloudWatch user guide, "Schema of Amazon SNS notifications when alarms change state".
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from local.alarm_message import metric_message, region_name, subject
from tests.local.watching import FUNCTION, NAME, START, Bench, bench

__all__ = ["bench"]


def test_an_alarm_begins_without_data_and_becomes_ok(bench: Bench) -> None:
    bench.alarm()
    assert bench.tick() == [(NAME, "INSUFFICIENT_DATA", "OK")]
    assert bench.tick() == []
    assert bench.watch.states == {NAME: "OK"}


def test_an_alarm_fires_in_the_minute_after_the_failure_and_clears_when_the_last_has_left_its_range(bench: Bench) -> None:
    bench.alarm()
    bench.tick(3)
    bench.fail()
    assert bench.tick() == [(NAME, "OK", "ALARM")]
    assert bench.tick(2) == []
    assert bench.tick() == [(NAME, "ALARM", "OK")]
    assert (bench.watch.fired(), bench.watch.cleared()) == ((NAME,), (NAME,))
    assert [change.at for change in bench.watch.history] == [START + timedelta(minutes=minute) for minute in (1, 4, 7)]


def test_the_state_and_its_reason_can_be_read_from_cloudwatch(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.fail(5)
    bench.tick()
    (alarm,) = bench.cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 out of the last 3 datapoints [5.0 (02/03/26 14:01:00)]")


def test_the_topic_receives_the_documented_message(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.messages()
    bench.fail()
    bench.tick()
    ((title, message),) = bench.messages()
    assert title == 'ALARM: "shop-dev page: the API fails" in Europe (Ireland)'
    reason = message.pop("NewStateReason")
    assert reason.startswith("Threshold Crossed: ")
    assert message.pop("AlarmConfigurationUpdatedTimestamp").endswith("+0000")
    assert message == {
        "AlarmName": NAME,
        "AlarmDescription": "Requests fail.",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2026-03-02T14:02:00.000+0000",
        "Region": "Europe (Ireland)",
        "AlarmArn": f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{NAME}",
        "OldStateValue": "OK",
        "OKActions": [bench.topic],
        "AlarmActions": [bench.topic],
        "InsufficientDataActions": [],
        "Trigger": {
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
            "Metrics": [
                {
                    "Id": "m1",
                    "ReturnData": False,
                    "MetricStat": {
                        "Metric": {
                            "Dimensions": [{"value": "shop-api", "name": "FunctionName"}],
                            "MetricName": "Errors",
                            "Namespace": "AWS/Lambda",
                        },
                        "Period": 60,
                        "Stat": "Sum",
                    },
                },
                {"Id": "result", "Expression": "FILL(m1, 0)", "Label": "failed", "ReturnData": True},
            ],
        },
    }


def test_the_trigger_of_a_single_metric_has_its_statistic_in_capitals_and_dimensions_in_small_letters() -> None:
    alarm = {
        "AlarmName": "a",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a",
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Statistic": "Sum",
        "Dimensions": [{"Name": "FunctionName", "Value": "shop-api"}],
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    trigger = json.loads(metric_message(alarm, old="OK", new="ALARM", reason="r", at=START))["Trigger"]
    assert trigger == {
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": None,
        "Dimensions": [{"value": "shop-api", "name": "FunctionName"}],
        "Period": 60,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0.0,
        "TreatMissingData": "missing",
        "EvaluateLowSampleCountPercentile": "",
    }
    percentile = {name: value for name, value in alarm.items() if name != "Statistic"} | {"ExtendedStatistic": "p99"}
    trigger = json.loads(metric_message(percentile, old="OK", new="ALARM", reason="r", at=START))["Trigger"]
    assert (trigger["StatisticType"], trigger["ExtendedStatistic"]) == ("ExtendedStatistic", "p99")


def test_a_composite_follows_its_children_in_the_same_tick(bench: Bench) -> None:
    bench.alarm()
    bench.cloudwatch.put_composite_alarm(AlarmName="outer", AlarmRule='ALARM("inner")')
    bench.cloudwatch.put_composite_alarm(AlarmName="inner", AlarmRule=f'ALARM("{NAME}")', AlarmDescription="d", AlarmActions=[bench.topic])
    bench.tick()
    bench.messages()
    bench.fail()
    assert bench.tick() == [(NAME, "OK", "ALARM"), ("inner", "OK", "ALARM"), ("outer", "OK", "ALARM")]
    message = next(body for _, body in bench.messages() if body["AlarmName"] == "inner")
    arn = f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{NAME}"
    reason = message.pop("NewStateReason")
    assert reason == f"{arn} transitioned to ALARM at Monday 02 March, 2026 14:02:00 UTC"
    assert message == {
        "AlarmName": "inner",
        "AlarmDescription": "d",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2026-03-02T14:02:00.000+0000",
        "Region": "Europe (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:inner",
        "OldStateValue": "OK",
        "OKActions": [],
        "AlarmActions": [bench.topic],
        "InsufficientDataActions": [],
        "AlarmRule": f'ALARM("{NAME}")',
        "TriggeringChildren": [{"Arn": arn, "State": {"Value": "ALARM", "Timestamp": "2026-03-02T14:02:00.000+0000"}}],
    }


def test_disabled_actions_tell_nobody(bench: Bench) -> None:
    bench.alarm(ActionsEnabled=False)
    bench.tick()
    bench.fail()
    bench.tick()
    assert bench.messages() == []
    assert bench.watch.history[-1].withheld == "disabled"


def test_a_topic_that_is_gone_is_noted_and_stops_nothing(bench: Bench) -> None:
    gone = "arn:aws:sns:eu-west-1:123456789012:gone"
    bench.alarm(AlarmActions=[gone, bench.topic])
    bench.tick()
    bench.fail()
    bench.tick()
    change = bench.watch.history[-1]
    assert change.told == (bench.topic,)
    assert len(change.untold) == 1
    assert change.untold[0].startswith(f"{gone}: ")


def test_a_state_set_from_outside_counts(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.cloudwatch.set_alarm_state(AlarmName=NAME, StateValue="ALARM", StateReason="drill")
    assert bench.tick() == [(NAME, "ALARM", "OK")]


def test_an_alarm_that_is_made_later_is_watched_from_then_on(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.alarm(AlarmName="later")
    assert bench.tick() == [("later", "INSUFFICIENT_DATA", "OK")]
    bench.cloudwatch.delete_alarms(AlarmNames=["later"])
    bench.tick()
    assert set(bench.watch.states) == {NAME}


def test_every_page_of_alarms_is_read(bench: Bench) -> None:
    for number in range(120):
        bench.alarm(AlarmName=f"a{number:03}")
    assert len(bench.tick()) == 120


def test_subjects_are_short_and_ascii() -> None:
    assert subject("täglich", "OK", "xx-nowhere-1") == 'OK: "t?glich" in xx-nowhere-1'
    assert len(subject("x" * 200, "ALARM", "eu-west-1")) == 99
    assert region_name("us-east-1") == "US East (N. Virginia)"


def test_the_groups_of_a_query_that_are_in_alarm_are_its_contributors(bench: Bench) -> None:
    """CloudWatch user guide, "Create a CloudWatch alarm based on a Metrics Insights query"; API reference, DescribeAlarmContributors."""
    query = 'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName'
    bench.alarm(Metrics=[{"Id": "q", "Expression": query, "Period": 60}])
    bench.samples.record("AWS/Lambda", "Errors", {"FunctionName": "other"}, bench.clock.now(), 0.0)
    bench.fail()
    bench.tick()
    at = bench.clock.now()
    bench.tick()
    (found,) = bench.cloudwatch.describe_alarm_contributors(AlarmName=NAME)["AlarmContributors"]
    assert found["ContributorAttributes"] == FUNCTION
    assert found["StateTransitionedTimestamp"] == at
    bench.tick(3)
    assert bench.cloudwatch.describe_alarm_contributors(AlarmName=NAME)["AlarmContributors"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bench.cloudwatch.describe_alarm_contributors(AlarmName="nobody")
