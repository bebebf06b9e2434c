"""Whom alarms tell and when they keep still: what e-mails leave out, mute windows, warm-up, suppressors."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.watching.notices import NEWS
from local.alarm_message import composite_message, metric_message
from local.aws import EmbeddedAws, repaired_moto
from local.deploy import DeployError, deploy
from monitoring.actions import WarmUp
from monitoring.alarms import Alarm
from monitoring.lint.readers.provider import request_of
from monitoring.mute import MuteRule, MuteWindow
from tests.components.conftest import ROOT, Stack, run
from tests.local.conftest import moto_client

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALARM: dict[str, Any] = {
    "AlarmName": "shop-dev page: GSI1 is throttled",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-dev page: GSI1 is throttled",
    "EvaluationPeriods": 5,
    "ComparisonOperator": "GreaterThanThreshold",
    "Metrics": [{"Id": "a", "Expression": "FILL(m,0)"}],
    "AlarmRule": 'ALARM("x")',
}
MAINTENANCE = """
from monitoring.actions import Suppressor, WarmUp
from monitoring.maintenance import Maintenance
from monitoring.mute import MuteWindow

data = SingleTable("notes", table=definition)
"""


# --- e-mails


@pytest.fixture
def told() -> Iterator[Any]:
    """Publishes to a topic with a queue behind the filter of the e-mails, and says whether it arrived."""
    with repaired_moto():
        sns, sqs = moto_client("sns"), moto_client("sqs")
        topic = sns.create_topic(Name="page")["TopicArn"]
        queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"],
            Attributes={"FilterPolicy": json.dumps(NEWS), "FilterPolicyScope": "MessageBody"},
        )

        def publish(message: str) -> bool:
            sns.publish(TopicArn=topic, Message=message)
            return bool(sqs.receive_message(QueueUrl=queue).get("Messages"))

        yield publish


@pytest.mark.parametrize(
    ("old", "new", "arrives"),
    [
        ("INSUFFICIENT_DATA", "OK", False),
        ("OK", "ALARM", True),
        ("INSUFFICIENT_DATA", "ALARM", True),
        ("ALARM", "OK", True),
        ("ALARM", "INSUFFICIENT_DATA", True),
    ],
)
def test_all_changes_arrive_but_the_first_of_an_alarm_that_is_fine(told: Any, old: str, new: str, arrives: bool) -> None:
    assert told(metric_message(ALARM, old=old, new=new, reason="", at=AT)) == arrives
    assert told(composite_message(ALARM, old=old, new=new, reason="", at=AT, children=[])) == arrives


def test_every_address_has_the_filter(live: Stack) -> None:
    found = live.all("TopicSubscription")
    assert found
    for each in found:
        assert (json.loads(each.inputs["filterPolicy"]), each.inputs["filterPolicyScope"]) == (NEWS, "MessageBody")


# --- maintenance


def test_windows_mute_the_alarms_that_tell_and_come_after_them(project: Path) -> None:
    stack = run(
        project,
        MAINTENANCE
        + """
weekly = MuteWindow("cron(0 2 * * SUN)", "PT4H", timezone="Europe/Berlin", reason="weekly maintenance")
once = MuteWindow("at(2026-12-23T00:00)", "P7D")
Monitoring("notes", table=data, maintenance=Maintenance(windows=(weekly, once)), tags={"team": "notes"})
""",
    )
    first, second = stack.all("AlarmMuteRule")
    alarms = {each.inputs["name"]: each.urn for each in stack.all("MetricAlarm")}
    assert (first.inputs["name"], second.inputs["name"]) == ("notes-dev quiet 1", "notes-dev quiet 2")
    assert first.inputs["rule"] == {"schedule": {"expression": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "Europe/Berlin"}}
    assert first.inputs["description"] == "weekly maintenance"
    assert second.inputs["rule"] == {"schedule": {"expression": "at(2026-12-23T00:00)", "duration": "P7D", "timezone": "UTC"}}
    for rule in (first, second):
        assert rule.inputs["muteTargets"].keys() == {"alarmNames"}
        assert sorted(rule.inputs["muteTargets"]["alarmNames"]) == sorted(alarms)
        assert rule.inputs["tags"] == {"team": "notes"}
        assert set(alarms.values()) <= set(rule.dependencies)


def test_where_composites_tell_they_are_muted_and_may_be_suppressed(project: Path) -> None:
    stack = run(
        project,
        MAINTENANCE
        + """
quiet = Maintenance(windows=(MuteWindow("cron(0 2 * * *)", "PT1H"),), suppressor=Suppressor("deploying", wait_seconds=60))
Monitoring("notes", table=data, notify="composites", maintenance=quiet)
""",
    )
    composites = stack.all("CompositeAlarm")
    [rule] = stack.all("AlarmMuteRule")
    assert rule.inputs["muteTargets"] == {"alarmNames": sorted(each.inputs["alarmName"] for each in composites)}
    for each in composites:
        assert each.inputs["actionsSuppressor"] == {"alarm": "deploying", "waitPeriod": 60, "extensionPeriod": 180}


def test_every_alarm_warms_up(project: Path) -> None:
    stack = run(project, f'{MAINTENANCE}\nMonitoring("notes", table=data, maintenance=Maintenance(warm_up=WarmUp(30)))\n')
    for each in stack.all("MetricAlarm"):
        expected = {"WarmUpPeriodDurationInMinutes": 30, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": False}
        assert request_of(each.inputs)["WarmUpConfiguration"] == expected


def test_without_maintenance_nothing_is_still(dev: Stack) -> None:
    assert dev.all("AlarmMuteRule") == []
    assert all("warmUpConfiguration" not in each.inputs for each in dev.all("MetricAlarm"))
    assert all("actionsSuppressor" not in each.inputs for each in dev.all("CompositeAlarm"))


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            'Monitoring("notes", table=data, maintenance=Maintenance(suppressor=Suppressor("deploying")))',
            "Monitoring 'notes' has a suppressor, which only composite alarms have, and notify='alarms': give notify='composites' too",
        ),
        (
            'Monitoring("notes", table=data, maintenance={"windows": []})',
            "the maintenance is of type dict: give monitoring's Maintenance(windows=..., warm_up=...)",
        ),
        (
            'AccountMonitoring("account", maintenance=Maintenance(suppressor=Suppressor("deploying")))',
            "AccountMonitoring 'account' has a suppressor, which only composite alarms have, and it makes none: leave it out",
        ),
    ],
)
def test_maintenance_that_makes_no_sense(project: Path, program: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, f"{MAINTENANCE}\n{program}\n")
    assert message in str(caught.value)


def test_the_shop_is_deployed_with_windows_and_warm_up() -> None:
    windows = [{"schedule": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "Europe/Berlin", "reason": "weekly maintenance"}]
    with EmbeddedAws() as aws:
        deploy(ROOT, "dev", aws, {"muteWindows": windows, "warmUpMinutes": 10})
        client = aws.client("cloudwatch")
        rule = client.get_alarm_mute_rule(AlarmMuteRuleName="shop-dev quiet 1")
        assert MuteRule.from_request(rule).window == MuteWindow("cron(0 2 * * SUN)", "PT4H", "Europe/Berlin", reason="weekly maintenance")
        alarms = [page for each in client.get_paginator("describe_alarms").paginate() for page in each["MetricAlarms"]]
        assert set(rule["MuteTargets"]["AlarmNames"]) == {alarm["AlarmName"] for alarm in alarms}
        assert [Alarm.from_request(alarm).warm_up for alarm in alarms] == [WarmUp(10)] * len(alarms)
