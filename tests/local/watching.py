"""An embedded AWS with a page topic, a function whose errors an alarm watches, and what CloudWatch does each minute."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

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


def history(bench: Bench, **asked: Any) -> list[dict[str, Any]]:
    """Oldest first."""
    pages = bench.cloudwatch.get_paginator("describe_alarm_history").paginate(ScanBy="TimestampAscending", **asked)
    return [item for page in pages for item in page["AlarmHistoryItems"]]


def drill(bench: Bench, name: str = NAME, state: str = "ALARM") -> None:
    bench.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="drill")
