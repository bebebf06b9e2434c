"""The alarms of an account, from the example's program: registered as monitoring made them, and deployed on the embedded AWS."""

from pathlib import Path

import pytest

from local.aws import EmbeddedAws
from local.deploy import deploy, registrations
from monitoring.account_alarms import AccountOptions, account_alarms
from monitoring.alarms import Alarm
from monitoring.lint.readers.provider import request_of
from tests.components.conftest import ROOT, Stack

EXAMPLE = ROOT / "examples" / "account"
CONFIGURATION = {"pageEmails": ["oncall@example.com"], "concurrencyQuota": 50, "runbookUrl": "https://example.com/runbooks"}


@pytest.fixture(scope="module")
def account() -> Stack:
    return Stack(registrations(EXAMPLE, "eu", CONFIGURATION))


def test_every_alarm_is_there_and_tells_the_topic_of_its_severity(account: Stack) -> None:
    made = account_alarms(AccountOptions(concurrency_quota=50, runbook_url="https://example.com/runbooks"))
    found = {each.inputs["name"]: each.inputs for each in account.all("MetricAlarm")}
    assert found.keys() == {alarm.name for alarm in made}
    for alarm in made:
        topic = account.outputs["alarmTopicArns"][alarm.severity]
        sent = {**alarm.request(), "AlarmActions": [topic], "OKActions": [topic]}
        assert Alarm.from_request(request_of(found[alarm.name])) == Alarm.from_request(sent)


def test_who_is_told(account: Stack) -> None:
    [subscription] = account.all("TopicSubscription")
    assert (subscription.inputs["endpoint"], subscription.inputs["topic"]) == (
        "oncall@example.com",
        account.outputs["alarmTopicArns"]["page"],
    )


def test_it_is_deployed_and_taken_down_again() -> None:
    with EmbeddedAws() as aws:
        deployment = deploy(EXAMPLE, "eu", aws, CONFIGURATION)
        client = aws.client("cloudwatch")
        described = client.describe_alarms()["MetricAlarms"]
        assert {each["AlarmName"] for each in described} == {alarm.name for alarm in account_alarms()}
        [claimed] = [each for each in described if each.get("MetricName") == "ClaimedAccountConcurrency"]
        assert (claimed["Threshold"], claimed["Dimensions"]) == (45, [])
        assert deployment.destroy().resources == ()
        assert client.describe_alarms()["MetricAlarms"] == []


def test_the_example_sets_what_it_reads() -> None:
    """Without a configuration: all its keys have defaults."""
    stack = Stack(registrations(Path(EXAMPLE), "eu"))
    assert stack.all("TopicSubscription") == []
    assert len(stack.all("MetricAlarm")) == len(account_alarms())
