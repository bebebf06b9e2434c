"""Alarms as CloudWatch evaluates and announces them, over an embedded AWS.

Shapes: CloudWatch user guide, "Schema of Amazon SNS notifications when alarms change state".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.alarm_message import metric_message, region_name, subject
from local.aws import EmbeddedAws
from local.clock import Clock
from local.watch import StateChange, Watch
from monitoring.samples import Samples

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
FUNCTION = {"FunctionName": "shop-api"}


class Bench:
    """An embedded AWS with a page topic, a queue behind it and a function that reports its errors, mostly none, every minute."""

    def __init__(self, aws: EmbeddedAws, clock: Clock) -> None:
        self.aws = aws
        self.clock = clock
        self.samples = Samples()
        self.sns, self.sqs, self.cloudwatch = aws.client("sns"), aws.client("sqs"), aws.client("cloudwatch")
        self.topic = self.sns.create_topic(Name="page")["TopicArn"]
        self.queue = self.sqs.create_queue(QueueName="oncall")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self.watch = Watch(aws, self.samples)

    def alarm(self, **changes: Any) -> None:
        metric = {
            "Metric": {
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Dimensions": [{"Name": key, "Value": value} for key, value in FUNCTION.items()],
            },
            "Period": 60,
            "Stat": "Sum",
        }
        request: dict[str, Any] = {
            "AlarmName": "shop-dev page: the API fails",
            "AlarmDescription": "Requests fail.",
            "Metrics": [
                {"Id": "m1", "MetricStat": metric, "ReturnData": False},
                {"Id": "result", "Expression": "FILL(m1, 0)", "Label": "failed", "ReturnData": True},
            ],
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 1,
            "Threshold": 0.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [self.topic],
            "OKActions": [self.topic],
        }
        self.cloudwatch.put_metric_alarm(**(request | changes))

    def fail(self, count: int = 5) -> None:
        self.samples.record("AWS/Lambda", "Errors", FUNCTION, self.clock.now(), 1.0, count)

    def tick(self, minutes: int = 1) -> list[tuple[str, str, str]]:
        changes: list[StateChange] = []
        for _ in range(minutes):
            self.samples.record("AWS/Lambda", "Errors", FUNCTION, self.clock.now(), 0.0)
            self.clock.advance()
            changes += self.watch.tick(self.clock.now())
        return [(change.alarm, change.old, change.new) for change in changes]

    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """Subjects and alarm messages in the queue, which is empty afterwards."""
        found: list[tuple[str, dict[str, Any]]] = []
        while received := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in received:
                body = json.loads(message["Body"])
                found.append((body["Subject"], json.loads(body["Message"])))
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture
def bench() -> Iterator[Bench]:
    clock = Clock(START)
    with EmbeddedAws(clock) as aws:
        yield Bench(aws, clock)


NAME = "shop-dev page: the API fails"


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


# SetAlarmState and the history. Sources: API reference, SetAlarmState and DescribeAlarmHistory; the AWS CLI's example of the latter


def history(bench: Bench, **asked: Any) -> list[dict[str, Any]]:
    """Oldest first."""
    pages = bench.cloudwatch.get_paginator("describe_alarm_history").paginate(ScanBy="TimestampAscending", **asked)
    return [item for page in pages for item in page["AlarmHistoryItems"]]


def drill(bench: Bench, name: str = NAME, state: str = "ALARM") -> None:
    bench.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="drill")


def test_a_state_set_from_outside_is_announced_at_once_and_does_not_last(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.messages()
    drill(bench)
    ((title, message),) = bench.messages()
    assert title.startswith("ALARM: ")
    assert (message["OldStateValue"], message["NewStateValue"], message["NewStateReason"]) == ("OK", "ALARM", "drill")
    assert bench.watch.states == {NAME: "ALARM"}
    assert bench.watch.history[-1].reason == "drill"
    assert bench.tick() == [(NAME, "ALARM", "OK")]
    assert [body["NewStateValue"] for _, body in bench.messages()] == ["OK"]


def test_a_state_that_the_alarm_has_is_announced_to_nobody(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.messages()
    drill(bench, state="OK")
    assert bench.messages() == []


def test_the_history_has_what_was_done_to_an_alarm_and_by_it(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    begin = bench.clock.now()
    bench.clock.advance()
    drill(bench)
    at = bench.clock.now()
    update, action = history(bench, AlarmName=NAME, StartDate=begin + timedelta(seconds=1))
    assert (update["HistoryItemType"], update["HistorySummary"]) == ("StateUpdate", "Alarm updated from OK to ALARM")
    assert (update["AlarmType"], update["Timestamp"]) == ("MetricAlarm", at)
    data = json.loads(update["HistoryData"])
    assert data["oldState"]["stateValue"] == "OK"
    assert data["newState"] == {"stateValue": "ALARM", "stateReason": "drill"}
    assert (action["HistoryItemType"], action["HistorySummary"]) == ("Action", f"Successfully executed action {bench.topic}")
    assert json.loads(action["HistoryData"])["notificationResource"] == bench.topic
    bench.alarm(Threshold=9.0)
    bench.cloudwatch.delete_alarms(AlarmNames=[NAME])
    kinds = [item["HistorySummary"] for item in history(bench, HistoryItemType="ConfigurationUpdate")]
    assert kinds == [f'Alarm "{NAME}" created', f'Alarm "{NAME}" updated', f'Alarm "{NAME}" deleted']


def test_an_action_that_fails_is_in_the_history(bench: Bench) -> None:
    gone = "arn:aws:sns:eu-west-1:123456789012:gone"
    bench.alarm(AlarmActions=[gone])
    bench.tick()
    drill(bench)
    (action,) = history(bench, HistoryItemType="Action", StartDate=bench.clock.now())[1:]
    assert action["HistorySummary"].startswith(f"Failed to execute action {gone}")
    assert json.loads(action["HistoryData"])["actionState"] == "Failed"


def test_the_history_comes_newest_first_and_in_pages(bench: Bench) -> None:
    for number in range(5):
        bench.alarm(AlarmName=f"a{number}")
    newest = bench.cloudwatch.describe_alarm_history(MaxRecords=2)
    assert [item["AlarmName"] for item in newest["AlarmHistoryItems"]] == ["a4", "a3"]
    rest = bench.cloudwatch.describe_alarm_history(NextToken=newest["NextToken"])
    assert [item["AlarmName"] for item in rest["AlarmHistoryItems"]] == ["a2", "a1", "a0"]
    assert "NextToken" not in rest


def test_a_composite_follows_a_drill_of_its_child_and_stays_as_a_drill_of_its_own_left_it(bench: Bench) -> None:
    bench.alarm(AlarmActions=[], OKActions=[])
    bench.cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule=f'ALARM("{NAME}")', AlarmActions=[bench.topic])
    bench.tick()
    drill(bench)
    assert [body["AlarmName"] for _, body in bench.messages()] == ["any"]
    (child, composite) = bench.watch.history[-2:]
    assert (child.alarm, composite.alarm, composite.new) == (NAME, "any", "ALARM")
    assert bench.tick() == [(NAME, "ALARM", "OK"), ("any", "ALARM", "OK")]

    drill(bench, "any")
    assert [body["TriggeringChildren"] for _, body in bench.messages()] == [[]]
    assert bench.tick() == []
    assert bench.watch.states["any"] == "ALARM"
    drill(bench)
    assert bench.tick() == [(NAME, "ALARM", "OK"), ("any", "ALARM", "OK")]
    found = history(bench, AlarmTypes=["CompositeAlarm"], HistoryItemType="StateUpdate")
    assert {item["AlarmName"] for item in found} == {"any"}
    assert history(bench, AlarmName="any") == []


def test_an_alarm_of_a_kind_that_is_unknown_here_is_left_alone(bench: Bench) -> None:
    bench.alarm()
    bench.alarm(AlarmName="mistaken", Metrics=[{"Id": "e", "Expression": "nobody + 1"}])
    assert bench.tick() == [(NAME, "INSUFFICIENT_DATA", "OK")]
    assert list(bench.watch.unread) == ["mistaken"]


def test_an_alarm_that_a_composite_watches_cannot_be_deleted_alone(bench: Bench) -> None:
    bench.alarm()
    bench.cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule=f'ALARM("{NAME}")')
    with pytest.raises(ClientError, match="composite alarm"):
        bench.cloudwatch.delete_alarms(AlarmNames=[NAME])
    bench.cloudwatch.delete_alarms(AlarmNames=[NAME, "any"])
    assert bench.tick() == []


# When nobody is told. Sources: botocore, PutAlarmMuteRule and PutCompositeAlarm; CloudWatch user guide, "Alarm warm-up periods"


def mute(bench: Bench, begin: str, duration: str) -> None:
    schedule = {"Expression": f"at({begin})", "Duration": duration}
    bench.cloudwatch.put_alarm_mute_rule(Name="works", Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": [NAME]})


def told(bench: Bench) -> list[str]:
    return [body["NewStateValue"] for _, body in bench.messages()]


def test_a_muted_alarm_changes_its_state_and_tells_when_the_window_ends_if_it_is_still_in_alarm(bench: Bench) -> None:
    bench.alarm(EvaluationPeriods=30)
    bench.tick(2)
    bench.messages()
    mute(bench, "2026-03-02T14:00", "PT10M")
    bench.fail()
    assert bench.tick() == [(NAME, "OK", "ALARM")]
    assert bench.watch.history[-1].withheld == "muted"
    assert bench.tick(6) == []
    assert told(bench) == []
    bench.tick()
    assert told(bench) == ["ALARM"]
    assert (bench.watch.history[-1].told, bench.watch.history[-1].withheld) == ((bench.topic,), None)
    assert [item["HistoryItemType"] for item in history(bench, AlarmName=NAME)][-2:] == ["StateUpdate", "Action"]


def test_a_muted_alarm_that_is_over_in_the_window_tells_nobody(bench: Bench) -> None:
    bench.alarm()
    bench.tick(2)
    bench.messages()
    mute(bench, "2026-03-02T14:00", "PT10M")
    bench.fail()
    bench.tick(12)
    assert [change.new for change in bench.watch.history][-2:] == ["ALARM", "OK"]
    assert told(bench) == []


def test_an_alarm_that_is_unmuted_tells_at_once(bench: Bench) -> None:
    bench.alarm(EvaluationPeriods=30)
    bench.tick()
    bench.messages()
    mute(bench, "2026-03-02T14:00", "PT10H")
    bench.fail()
    bench.tick(2)
    bench.cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName="works")
    bench.tick()
    assert told(bench) == ["ALARM"]


def suppressed(bench: Bench, wait: int, extension: int) -> None:
    """A composite over NAME that tells the topic, and `deploy`, its suppressor, which only a drill moves."""
    bench.alarm(AlarmActions=[], OKActions=[], EvaluationPeriods=30)
    bench.cloudwatch.put_composite_alarm(AlarmName="deploy", AlarmRule="FALSE")
    bench.cloudwatch.put_composite_alarm(
        AlarmName="any",
        AlarmRule=f'ALARM("{NAME}")',
        AlarmActions=[bench.topic],
        ActionsSuppressor="deploy",
        ActionsSuppressorWaitPeriod=wait,
        ActionsSuppressorExtensionPeriod=extension,
    )
    bench.tick()


def by(bench: Bench) -> str | None:
    alarms = bench.cloudwatch.describe_alarms(AlarmNames=["any"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    return alarms[0].get("ActionsSuppressedBy")


def test_a_composite_waits_for_its_suppressor_and_tells_when_it_does_not_fire(bench: Bench) -> None:
    suppressed(bench, wait=120, extension=0)
    bench.fail()
    bench.tick()
    assert (by(bench), told(bench)) == ("WaitPeriod", [])
    bench.tick()
    assert told(bench) == []
    bench.tick()
    assert (by(bench), told(bench)) == (None, ["ALARM"])


def test_a_composite_that_is_over_before_anybody_was_told_tells_nobody(bench: Bench) -> None:
    suppressed(bench, wait=300, extension=0)
    bench.fail()
    bench.tick()
    bench.cloudwatch.set_alarm_state(AlarmName="any", StateValue="OK", StateReason="drill")
    bench.tick(6)
    assert told(bench) == []


def test_a_composite_keeps_still_while_its_suppressor_fires_and_for_the_extension(bench: Bench) -> None:
    suppressed(bench, wait=60, extension=180)
    drill(bench, "deploy")
    bench.fail()
    bench.tick(3)
    assert (by(bench), told(bench)) == ("Alarm", [])
    drill(bench, "deploy", "OK")
    bench.tick()
    assert (by(bench), told(bench)) == ("ExtensionPeriod", [])
    bench.tick(2)
    assert (by(bench), told(bench)) == (None, ["ALARM"])


def test_a_new_alarm_warms_up(bench: Bench) -> None:
    bench.alarm(WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 5, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": True})
    bench.fail()
    assert bench.tick(4) == []
    assert bench.tick()[0][:2] == (NAME, "INSUFFICIENT_DATA")


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
