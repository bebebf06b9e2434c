"""`python -m monitoring backtest` as somebody types it."""

import json
from pathlib import Path

import pytest

from monitoring import resolve
from monitoring.__main__ import main
from monitoring.backtest import generated
from monitoring.scenarios import SCENARIOS, named
from tests.monitoring.conftest import names_for
from tests.monitoring.scenarios.conftest import subject

SHOP = str(Path(__file__).parent / "backtest" / "shop.toml")
DEAD = {
    "AlarmName": "orders page: throttled",
    "Namespace": "AWS/DynamoDB",
    "MetricName": "ThrottledRequests",
    "Dimensions": [{"Name": "TableName", "Value": "table-1a2b3c4"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def write(tmp_path):
    def write(value, name):
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return str(path)

    return write


@pytest.fixture
def deployed(write):
    """DescribeAlarms of the shop, by the names that a deployment gave."""
    stack = subject()
    made = generated(stack)
    names = names_for(*made.metric, *made.composite)

    def answer(*more):
        metric = [resolve(alarm, names) for alarm in made.metric]
        return write({"MetricAlarms": [*metric, *more], "CompositeAlarms": [alarm.request() for alarm in made.composite]}, "alarms.json")

    return answer


def test_the_shop_is_covered(capsys):
    assert main(["backtest", "--scenario", "gsi-backpressure", "--coverage", SHOP]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "gsi-backpressure: A hot key in an index holds back the writes of the table."
    assert "  page    GSI1 is throttled                                   10:31, after 1 min; cleared 11:05" in shown
    assert "  first page after 1 min, first ticket after 3 min; no noise" in shown
    assert shown[-1] == "everything is as the coverage file says"


def test_what_is_not_covered_is_1(write, capsys):
    file = write('gsi-backpressure = ["GSI1 is throttled", "the table is throttled"]', "c.toml")
    assert main(["backtest", "--scenario", "gsi-backpressure", "--coverage", file]) == 1
    shown = capsys.readouterr().out
    assert '  FAILED: "the table is throttled" did not fire\n' in shown
    assert '  FAILED: "many requests to api fail" paged at 02 Mar 10:33\n' in shown
    assert shown.endswith("not as the coverage file says: gsi-backpressure\n")


def test_without_a_coverage_file_nothing_is_judged(capsys):
    assert main(["backtest", "--scenario", "gsi-backpressure"]) == 0
    assert "coverage" not in capsys.readouterr().out


def test_what_no_alarm_notices_is_said(capsys):
    assert main(["backtest", "--scenario", "ttl-stop"]) == 0
    assert "  no alarm notices it; no noise\n" in capsys.readouterr().out


def test_deployed_alarms_are_tested_by_their_own_names(deployed, capsys):
    assert main(["backtest", "--scenario", "poison-record", "--alarms", deployed(), "--coverage", SHOP]) == 0
    assert "order-events could not handle changes" in capsys.readouterr().out


def test_alarms_that_never_can_are_named(deployed, capsys):
    elsewhere = DEAD | {"AlarmName": "other", "MetricName": "WriteThrottleEvents"}
    elsewhere["Dimensions"] = [{"Name": "TableName", "Value": "someone-elses"}]
    band = {"AlarmName": "band", "ThresholdMetricId": "b", "Metrics": [], "ComparisonOperator": "GreaterThanUpperThreshold"}
    assert main(["backtest", "--scenario", "steady", "--days", "0.2", "--alarms", deployed(DEAD, elsewhere, band), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["impossible"].keys() == {DEAD["AlarmName"]}
    assert found["impossible"][DEAD["AlarmName"]].startswith("ThrottledRequests by TableName has no data")
    assert "other" in found["no_data"]
    assert found["not_evaluated"].keys() == {"band"}


def test_everything_as_json(capsys):
    assert main(["backtest", "--scenario", "silent-death", "--coverage", SHOP, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    [scenario] = found["results"]
    assert found["covered"] is True
    [incident] = scenario["incidents"]
    assert (incident["start"], incident["end"]) == ("2026-03-02T10:30:00+00:00", "2026-03-02T11:15:00+00:00")
    assert scenario["alarms"][0] == {
        "alarm": "shop-dev page: nobody reads the stream for order-events",
        "severity": "page",
        "fired": "2026-03-02T10:45:00+00:00",
        "cleared": "2026-03-02T11:16:00+00:00",
        "after_minutes": 15,
    }
    assert incident["minutes_to_detect"]["page"] == 15
    assert scenario["noise_per_week"] == {"page": 0.0, "ticket": 0.0, "info": 0.0}


def test_all_leaves_out_what_a_stack_has_nothing_for(write, capsys):
    file = write(subject().table.definition.to_dict(), "shop.table.json")
    assert main(["backtest", "--scenario", "all", "--definition", file, "--days", "0.2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["skipped"] == dict.fromkeys(["stream-stall", "poison-record", "lost-records", "silent-death"], "a stream")
    assert [each["name"] for each in found["results"]] == [name for name in SCENARIOS if name not in found["skipped"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--coverage", "nowhere.toml"], "unreadable-coverage: nowhere.toml"),
        (["--alarms", "nowhere.json"], "unreadable-file: nowhere.json"),
    ],
)
def test_a_file_that_cannot_be_read_is_2(arguments, said, capsys):
    assert main(["backtest", "--scenario", "steady", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--scenario", "noon"], ["--scenario", "steady", "--days", "0"], []])
def test_what_the_parser_refuses_is_2(arguments, capsys):
    with pytest.raises(SystemExit) as refused:
        main(["backtest", *arguments])
    assert refused.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_a_deployed_function_is_found_by_its_label():
    """Two functions whose labels begin alike."""
    from monitoring.backtest.given import names_from
    from monitoring.names import Ref

    stack = subject()
    made = generated(named(stack, {Ref("function:order-events"): "order-events-9", Ref("table"): "orders-table"}))
    names = names_from(stack, made.metric)
    assert names[Ref("table")] == "orders-table"
    assert names[Ref("function:order-events")] == "order-events-9"
    assert names[Ref("function:api")] == "api"
