"""Calls wait their turn: on a clock that only a test moves."""

import json
from itertools import pairwise
from types import SimpleNamespace

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from monitoring.live import RATES, Pace
from monitoring.live import pace as pace_module


class Waiting:
    """Seconds that pass when somebody waits."""

    def __init__(self):
        self.now = 0.0
        self.starts = []

    def clock(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds

    def turn(self, pace, *what):
        pace.turn(*what)
        self.starts.append(self.now)


@pytest.fixture
def waiting():
    return Waiting()


@pytest.mark.parametrize(
    ("operation", "quota"),
    [("SetAlarmState", 3), ("PutMetricAlarm", 3), ("DescribeAlarms", 9), ("PutDashboard", 10), ("ListMetrics", 25), ("GetMetricData", 500)],
)
def test_no_rate_is_above_the_quota(operation, quota):
    """CloudWatch user guide, "CloudWatch service quotas"."""
    assert 0 < RATES["cloudwatch", operation] <= quota


def test_ten_calls_at_three_a_second_take_three_seconds(waiting):
    pace = Pace(waiting.clock, waiting.wait)
    for _ in range(10):
        waiting.turn(pace, "cloudwatch", "SetAlarmState")
    assert waiting.starts[-1] == pytest.approx(3)
    assert all(later - earlier == pytest.approx(1 / 3) for earlier, later in pairwise(waiting.starts))


def test_who_comes_late_does_not_wait(waiting):
    pace = Pace(waiting.clock, waiting.wait)
    waiting.turn(pace, "cloudwatch", "SetAlarmState")
    waiting.now = 5.0
    waiting.turn(pace, "cloudwatch", "SetAlarmState")
    assert waiting.starts == [0.0, 5.0]


def test_operations_do_not_wait_for_each_other(waiting):
    pace = Pace(waiting.clock, waiting.wait)
    for operation in ("SetAlarmState", "DescribeAlarms", "GetUnknownThing", "GetUnknownThing"):
        waiting.turn(pace, "cloudwatch", operation)
    assert waiting.now == 0.0


class Answers:
    """What a service sends back, one after the other."""

    def __init__(self, client, *answers):
        self.left = list(answers)
        client.meta.events.register("before-send", self.send)

    def send(self, request, **_):
        status, body = self.left.pop(0)
        headers = {"content-type": "application/json"}
        return AWSResponse(request.url, status, headers, SimpleNamespace(stream=lambda: iter([json.dumps(body).encode()])))


def test_pages_and_retries_are_paced_too(waiting, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    session = boto3.session.Session("any", "any", region_name="eu-west-1")
    client = session.client("dynamodb", config=Config(retries={"mode": "standard", "max_attempts": 2}))
    first = {"TableNames": ["orders"], "LastEvaluatedTableName": "orders"}
    answers = Answers(client, (500, {"__type": "InternalServerError"}), (200, first), (200, {"TableNames": ["users"]}))
    monkeypatch.setitem(pace_module.RATES, ("dynamodb", "ListTables"), 2)
    Pace(waiting.clock, waiting.wait).of(client)
    pages = client.get_paginator("list_tables").paginate()
    assert [name for page in pages for name in page["TableNames"]] == ["orders", "users"]
    assert not answers.left
    assert waiting.now == pytest.approx(1)
