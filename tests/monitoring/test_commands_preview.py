"""`python -m monitoring preview` as somebody types it."""

import json

import pytest

from app import model
from monitoring import alarms_for, composites_for
from monitoring.__main__ import main
from tests.monitoring.scenarios.conftest import subject


@pytest.fixture
def found(capsys):
    def found(*arguments):
        assert main(["preview", "--json", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    return found


def test_it_lists_every_alarm_and_what_it_all_costs(found):
    """CloudWatch's list prices: 0.10 $ for each metric that an alarm reads, 0.50 $ for a composite alarm, 3 $ for a dashboard."""
    shown = found()
    alarms = alarms_for(subject())
    assert {each["name"] for each in shown["alarms"]} == {alarm.name for alarm in alarms}
    assert [each["name"] for each in shown["composites"]] == [each.name for each in composites_for(subject(), alarms)]
    metrics = sum(len(alarm.metrics) for alarm in alarms)
    assert shown["monthly_usd"] == pytest.approx(metrics * 0.10 + len(shown["composites"]) * 0.50 + 3)


def test_pages_come_first(found):
    severities = [each["severity"] for each in found()["alarms"]]
    assert severities == sorted(severities, key=["page", "ticket", "info"].index)


@pytest.mark.parametrize(
    ("clause", "watches", "fires"),
    [
        ("GSI1 is throttled", "ReadThrottleEvents, WriteThrottleEvents of GSI1", "above 0 events a minute in 1 of 5 minutes"),
        (
            "requests to the table are refused",
            "ThrottledRequests (GetItem, Query, PutItem, UpdateItem, TransactWriteItems)",
            "above 0 requests a minute in 1 of 5 minutes",
        ),
        ("Query is slow", "SuccessfulRequestLatency (Query)", "above 20 ms in 3 of 5 minutes"),
        ("order-events falls behind", "IteratorAge", "above 60,000 ms in 3 of 5 minutes"),
        ("api nearly times out", "Duration", "above 16,000 ms in 3 of 5 minutes"),
        (
            "writes of the table are near their limit",
            "ConsumedWriteCapacityUnits, AccountMaxTableLevelWrites",
            "above 80% in 2 of 3 spans of 5 minutes",
        ),
    ],
)
def test_an_alarm_says_what_it_watches_and_when_it_fires(found, clause, watches, fires):
    [shown] = [each for each in found()["alarms"] if each["name"].endswith(f": {clause}")]
    assert (shown["watches"], shown["fires"]) == (watches, fires)


def test_a_ceiling_changes_what_is_watched(found):
    [shown] = [each for each in found("--max-writes", "100")["alarms"] if each["name"].endswith("writes of the table are near their limit")]
    assert "OnDemandMaxWriteRequestUnits" in shown["watches"]


def test_markdown_is_one_table_for_a_pull_request(capsys):
    assert main(["preview", "--format", "markdown", "--stage", "prod"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "### Monitoring of shop-prod"
    table = [line for line in lines if line.startswith("|")]
    assert {line.count(" | ") for line in table} == {4}
    assert any(line.startswith("| page | GSI1 is throttled | ") for line in table)


def test_text_is_the_default(capsys):
    assert main(["preview"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("shop-dev: ")
    assert " a month\n" in shown.splitlines(keepends=True)[0]
    assert "page    GSI1 is throttled" in shown


def test_a_definition_without_a_stream_has_no_consumer(found, tmp_path):
    path = tmp_path / "shop.table.json"
    path.write_text(json.dumps(model.table.definition().to_dict()))
    assert not [each for each in found("--definition", str(path))["alarms"] if "order-events" in each["name"]]


def test_a_stack_that_cannot_be_read_is_2(capsys):
    assert main(["preview", "--model", "nothing"]) == 2
    assert "invalid-subject: there is no module nothing: start where `import nothing` works" in capsys.readouterr().err
