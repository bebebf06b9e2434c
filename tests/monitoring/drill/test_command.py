"""The command against the program of this project, deployed on an embedded AWS."""

import json
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from local.world import World
from monitoring.__main__ import main
from monitoring.alarms import severity_of
from monitoring.commands import drill
from monitoring.commands.command import INTERRUPTED
from monitoring.drill import Exercise, probe
from monitoring.drill.exercise import WAIT_SECONDS
from monitoring.drill.probe import PREFIX

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def world():
    with World(ROOT, "dev") as made:
        for _ in range(6):
            made.tick()
        sqs = made.aws.client("sqs")
        url = sqs.create_queue(QueueName="pager")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        made.aws.client("sns").subscribe(TopicArn=made.outputs["alarmTopicArns"]["page"], Protocol="sqs", Endpoint=arn)
        yield made


@pytest.fixture
def ask(world, monkeypatch, capsys):
    """Runs the command; gives its exit status and what it said."""
    settings = {
        "AWS_ENDPOINT_URL": world.aws.endpoint,
        "AWS_REGION": world.aws.region,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", StringIO())
    monkeypatch.setattr(probe, "SETTLING_SECONDS", 0)

    def run(*words):
        status = main(["drill", world.outputs["tableName"], "--wait", "5", *words])
        return status, capsys.readouterr()

    return run


@pytest.fixture
def states(world):
    def read():
        pages = world.aws.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return {
            each["AlarmName"]: each["StateValue"] for page in pages for kind in ("MetricAlarms", "CompositeAlarms") for each in page[kind]
        }

    return read


def subscriptions(world):
    sns = world.aws.client("sns")
    arns = world.outputs["alarmTopicArns"].values()
    return [each["Endpoint"] for arn in arns for each in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]]


def queues(world):
    return world.aws.client("sqs").list_queues(QueueNamePrefix=PREFIX).get("QueueUrls", [])


def test_the_pages_of_the_deployed_program_are_heard_and_everything_is_as_before(ask, states, world, tmp_path):
    before, listening = states(), subscriptions(world)
    assert "ALARM" not in before.values()
    pages = {name for name in before if severity_of(name) == "page"}
    status, said = ask("--yes", "--severity", "page", "--json", "--out", str(tmp_path / "drill.md"))
    record = json.loads(said.out)
    assert status == 0, record
    assert {each["name"] for each in record["alarms"]} == pages
    assert {each["verdict"] for each in record["alarms"]} == {"heard", "through"}
    fired = [each for each in record["alarms"] if each["fired"]]
    assert all(each["in_history"] and each["restored"] for each in fired)
    for each in fired:
        [delivery] = each["deliveries"]
        assert delivery["topic"] == world.outputs["alarmTopicArns"]["page"]
        assert (delivery["executed"], delivery["programs"]) == (True, 1)
    assert (states(), subscriptions(world), queues(world)) == (before, listening, [])
    document = (tmp_path / "drill.md").read_text(encoding="utf-8")
    assert record["drill"] in document
    assert all(name in document for name in pages)


def test_an_alarm_that_nobody_is_told_of_is_unheard(ask, states):
    before = states()
    status, said = ask("--yes", "--only", "GetItem is slow")
    assert status == 1
    assert "UNHEARD nobody is subscribed to shop-ticket-" in said.out
    assert said.out.endswith("1 alarm: 0 heard, 1 unheard\n")
    assert states() == before


def test_nothing_is_done_without_consent_or_with_no_actions(ask, world):
    history = world.aws.client("cloudwatch").describe_alarm_history(HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    status, said = ask("--severity", "page")
    assert (status, said.out) == (2, "")
    assert "monitoring: unconfirmed: " in said.err
    status, said = ask("--no-actions")
    assert status == 0
    assert "alarms would be fired" in said.out
    assert "GSI1 is throttled" in said.out
    assert world.aws.client("cloudwatch").describe_alarm_history(HistoryItemType="StateUpdate")["AlarmHistoryItems"] == history


class Person(StringIO):
    """Somebody at a terminal, and what they type. meanwhile: what happens before they do."""

    def __init__(self, answer, meanwhile=lambda: None):
        super().__init__(answer)
        self.meanwhile = meanwhile

    def isatty(self):
        return True

    def readline(self, *given):
        self.meanwhile()
        return super().readline(*given)


@pytest.mark.parametrize("answer", ["\n", "n\n", "yess\n", ""])
def test_only_yes_is_yes_and_the_question_says_whom_it_wakes(ask, states, monkeypatch, answer):
    before = states()
    monkeypatch.setattr(sys, "stdin", Person(answer))
    status, said = ask("--only", "the table is throttled")
    assert status == 2
    assert "1 alarm will tell 1 topic: 1 program." in said.err
    assert "nothing was fired" in said.err
    assert states() == before


def test_somebody_who_agrees_fires_it(ask, states, monkeypatch):
    before = states()
    monkeypatch.setattr(sys, "stdin", Person("y\n"))
    status, said = ask("--only", "the table is throttled")
    assert (status, states()) == (0, before)
    assert "1 alarm: 1 heard" in said.out


def test_an_incident_that_begins_while_somebody_thinks_stops_it(ask, states, world, monkeypatch):
    [name] = [each for each in states() if "the table is throttled" in each and severity_of(each) == "page"]
    cloudwatch = world.aws.client("cloudwatch")

    def begins():
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="Threshold crossed")

    monkeypatch.setattr(sys, "stdin", Person("y\n", begins))
    try:
        status, said = ask("--only", "the table is throttled")
        assert status == 2
        assert "open-incident" in said.err
        assert states()[name] == "ALARM"
        assert queues(world) == []
    finally:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="over")


def test_an_open_incident_stops_the_drill(ask, states, world):
    [name] = [each for each in states() if "GSI1 is throttled" in each and severity_of(each) == "page"]
    cloudwatch = world.aws.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="Threshold crossed")
    try:
        before = states()
        status, said = ask("--yes", "--severity", "page")
        assert status == 2
        assert f'open-incident: "{name}"' in said.err
        assert (states(), queues(world)) == (before, [])
        status, _ = ask("--yes", "--only", "the table is throttled")
        assert status == 0
        status, _ = ask("--yes", "--only", "GSI1 is throttled", "--include-open")
        assert status == 0
        assert states()[name] == "ALARM"
    finally:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="over")


def test_what_an_earlier_drill_left_behind_is_taken_away(ask, world):
    sqs, sns = world.aws.client("sqs"), world.aws.client("sns")
    url = sqs.create_queue(QueueName=f"{PREFIX}20200101T000000Z-0badcafe")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=world.outputs["alarmTopicArns"]["page"], Protocol="sqs", Endpoint=arn)
    ask("--yes", "--only", "the table is throttled")
    assert queues(world) == []
    assert arn not in subscriptions(world)


def test_a_drill_that_runs_keeps_others_out(ask, states, world):
    before = states()
    sns = world.aws.client("sns")
    arn = f"arn:aws:sqs:{world.aws.region}:{world.aws.account}:{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S}Z-0badcafe"
    listening = sns.subscribe(TopicArn=world.outputs["alarmTopicArns"]["page"], Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    try:
        status, said = ask("--yes", "--severity", "page")
    finally:
        sns.unsubscribe(SubscriptionArn=listening)
    assert (status, said.out) == (2, "")
    assert "monitoring: running-drill: " in said.err
    assert f"aws sns unsubscribe --subscription-arn {listening}" in said.err
    assert (states(), queues(world)) == (before, [])


def test_nobody_is_woken_for_a_result_that_cannot_be_kept(ask, tmp_path):
    status, said = ask("--yes", "--severity", "page", "--out", str(tmp_path / "missing" / "drill.md"))
    assert (status, said.out) == (2, "")
    assert "unwritable-file" in said.err


def test_what_an_interrupted_drill_could_not_put_back_is_named(ask, world, monkeypatch):
    def interrupted(exercise):
        exercise.left = ("shop-dev page: one",)
        raise KeyboardInterrupt

    monkeypatch.setattr(Exercise, "run", interrupted)
    status, said = ask("--yes", "--severity", "page")
    assert (status, said.out) == (INTERRUPTED, "")
    assert '"shop-dev page: one" has, or may have, the state of the drill' in said.err
    assert queues(world) == []


def test_an_unknown_alarm_is_usage(ask):
    status, said = ask("--only", "GSI1 is throtled")
    assert status == 2
    assert "no alarm of shop-" in said.err
    assert 'is called "GSI1 is throtled". The nearest are "GSI1 is throttled", ' in said.err


def test_the_parser_knows_the_default_wait():
    assert drill.WAIT_SECONDS == WAIT_SECONDS
