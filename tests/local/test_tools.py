"""The tools for a deployed stack, as somebody runs them against a world that is served: nothing that they ask is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from local.__main__ import ROOT
from local.commands import exports
from local.incidents import Incidents
from local.realtime import this_minute
from local.visitors import Visitors
from local.world import World
from monitoring.__main__ import main

MINUTES = 4


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Some minutes until now, in which writes to the index are refused and its keys counted."""
    with World(ROOT, "dev", start=this_minute() - timedelta(minutes=MINUTES)) as made:
        table = str(made.outputs["tableName"])
        made.aws.client("dynamodb").update_contributor_insights(TableName=table, IndexName="GSI1", ContributorInsightsAction="ENABLE")
        product = {"name": "Tea", "category": "Beverages", "price_minor": 250, "currency": "USD"}
        assert made.request("POST", "/products", product).status == 201
        visitors = Visitors(made)
        Incidents(made.throttling, "GSI1").start("gsi-backpressure", made.clock.now(), MINUTES)
        for _ in range(MINUTES):
            visitors.come()
            made.tick()
        yield made


@pytest.fixture
def table(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its name; the environment is the one that is printed for the tools."""
    shown = StringIO()
    exports(world, Console(file=shown, width=200))
    for line in shown.getvalue().splitlines():
        for assignment in line.removeprefix("export ").split():
            name, _, value = assignment.partition("=")
            monkeypatch.setenv(name, value)
    return str(world.outputs["tableName"])


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit status and what was printed, words one blank apart."""
    code = main(arguments)
    output = capsys.readouterr()
    text = " ".join((output.out + output.err).split())
    assert "NotImplemented" not in text
    return code, text


def test_doctor_finds_and_mends(world: World, table: str, capsys: pytest.CaptureFixture[str]) -> None:
    functions = world.aws.client("lambda")
    (mapping,) = functions.list_event_source_mappings()["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], MetricsConfig={"Metrics": []})
    code, text = run(capsys, "doctor", table, "--min-severity", "note")
    assert code == 1
    assert "alarm-in-progress" in text
    run(capsys, "doctor", table, "--fix", "--yes", "--min-severity", "note")
    assert functions.get_event_source_mapping(UUID=mapping["UUID"])["MetricsConfig"] == {"Metrics": ["EventCount"]}


def test_explain_names_the_index_and_a_key(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "explain", table)[1]
    assert "GSI1 is throttled" in text
    assert "One key stands out: " in text or "No key stands out in what was counted there" in text


def test_cost_counts_what_was_measured(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "cost", table)
    assert code == 0
    assert "place_order" in text


def test_drill_hears_every_page_and_puts_the_states_back(world: World, table: str, capsys: pytest.CaptureFixture[str]) -> None:
    sns, sqs = world.aws.client("sns"), world.aws.client("sqs")
    queue = sqs.create_queue(QueueName="oncall")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=world.outputs["alarmTopicArns"]["page"], Protocol="sqs", Endpoint=arn)
    before, queues = states(world), sqs.list_queues()["QueueUrls"]
    code, text = run(capsys, "drill", table, "--severity", "page", "--include-open", "--yes", "--wait", "30")
    assert code == 0
    assert "UNHEARD" not in text
    assert states(world) == before
    assert "Messages" in sqs.receive_message(QueueUrl=queue)
    assert sqs.list_queues()["QueueUrls"] == queues


def states(world: World) -> dict[str, str]:
    metrics, composites = world.watch.described()
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in (*metrics, *composites)}
