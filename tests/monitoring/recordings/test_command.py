"""`python -m monitoring record`, and `backtest` over what it wrote, as somebody types them: against an embedded AWS."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from local.aws import EmbeddedAws
from monitoring.__main__ import main
from monitoring.recordings import read_recording
from monitoring.scenarios.minute import Minute
from tests.local.conftest import HandClock
from tests.monitoring.recordings.conftest import World

INCIDENT = range(60, 80)


@pytest.fixture(scope="module")
def incident():
    """Two hours until now, with twenty minutes in which the table refused requests."""
    clock = HandClock(datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=2))
    with EmbeddedAws(clock) as aws:
        world = World(aws, clock)
        start = clock.now()
        for minute in range(120):
            at = Minute()
            if minute in INCIDENT:
                at.throttled = {("Write", None): 0.25}
            world.passes(1, at)
        yield world, start


@pytest.fixture(scope="module")
def shop(incident):
    world, _ = incident
    environment = {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": world.aws.region,
        "AWS_ENDPOINT_URL": world.aws.endpoint,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield world.deployed.name


@pytest.fixture(scope="module")
def recorded(shop, tmp_path_factory):
    """The two hours, in a file that nobody changes."""
    path = tmp_path_factory.mktemp("recorded") / "shop.recording"
    assert main(["record", shop, "--out", str(path), "--days", "0.08"]) == 0
    return path


@pytest.fixture
def out(tmp_path):
    return tmp_path / "shop.recording"


def span_of(incident):
    _, start = incident
    return f"{(start + timedelta(minutes=INCIDENT[0])).isoformat()}/{(start + timedelta(minutes=INCIDENT[-1] + 1)).isoformat()}=hot key"


def test_a_stack_is_recorded_with_its_cost(shop, out, capsys):
    assert main(["record", shop, "--out", str(out), "--days", "0.08", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = read_recording(out)
    assert told["table"] == shop == found.stack.table.name
    assert told["series"] == told["metrics_requested"] == len(found.series)
    assert told["points"] == found.points > 1000
    assert told["bytes"] == out.stat().st_size
    assert told["usd"] == round(told["metrics_requested"] / 100_000, 5)
    assert timedelta(minutes=100) < found.end - found.start < timedelta(minutes=120)


def test_the_same_command_again_completes_it(shop, out, capsys, incident):
    _, start = incident
    middle = start + timedelta(minutes=40)
    assert main(["record", shop, "--out", str(out), "--since", start.isoformat(), "--until", middle.isoformat()]) == 0
    assert read_recording(out).end == middle
    assert main(["record", shop, "--out", str(out)]) == 0
    assert (read_recording(out).start, read_recording(out).end > middle) == (start, True)
    shown = capsys.readouterr()
    assert f"{out}: {shop} in eu-west-1, " in shown.out
    assert shown.err == ""


def test_a_backtest_of_it_finds_the_incident(recorded, capsys, incident):
    """By the recipes' own alarms: the first refusal pages within a minute."""
    assert (
        main(["backtest", "--recording", str(recorded), "--incident", span_of(incident), "--reading", "both", "--suggest", "--json"]) == 0
    )
    found = json.loads(capsys.readouterr().out)
    [result] = found["results"]
    [told] = result["incidents"]
    assert (told["label"], told["minutes_to_detect"]["page"]) == ("hot key", 1)
    assert result["noise_per_week"] == {"page": 0.0, "ticket": 0.0, "info": 0.0}
    assert {each["after_minutes"] is None for each in result["alarms"]} == {False}
    assert found["contradictions"] == {}
    assert found["advice"]["enough"] is False


def test_without_the_incident_it_is_noise(recorded, capsys):
    assert main(["backtest", "--recording", str(recorded), "--json"]) == 0
    [result] = json.loads(capsys.readouterr().out)["results"]
    assert result["noise_per_week"]["page"] > 1


def test_deployed_alarms_behave_as_those_of_the_recipes(recorded, capsys):
    """The stack was deployed with them. Nobody evaluated them here, so that CloudWatch's history has nothing of it."""
    seen = []
    for more in ([], ["--alarms", "deployed"]):
        assert main(["backtest", "--recording", str(recorded), *more, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        [result] = found["results"]
        seen.append(sorted((each["fired"], each["alarm"]) for each in result["alarms"]))
    assert seen[0] == seen[1] != []
    assert found["departures"].keys() == {alarm for _, alarm in seen[1]}
    assert {each["only_history"] for each in found["departures"].values()} == {0}


def test_a_live_account_is_tested_without_a_file(shop, capsys, incident):
    assert main(["backtest", "--deployed", shop, "--days", "0.08", "--incident", span_of(incident)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{shop}: {shop} in eu-west-1\n  measured ")
    assert "first page after 1 min" in shown


def test_a_coverage_file_may_name_a_recording(recorded, tmp_path, capsys, incident):
    coverage = tmp_path / "coverage.toml"
    test = ["backtest", "--recording", str(recorded), "--incident", span_of(incident), "--coverage", str(coverage)]
    coverage.write_text(f'"{recorded.name}" = ["no such alarm"]')
    assert main(test) == 1
    assert 'FAILED: no alarm is called "no such alarm"' in capsys.readouterr().out


def test_what_was_not_recorded_is_not_evaluated(recorded, tmp_path, capsys):
    alarm = {
        "AlarmName": "elsewhere",
        "Namespace": "AWS/DynamoDB",
        "MetricName": "ConsumedReadCapacityUnits",
        "Dimensions": [{"Name": "TableName", "Value": "other"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    file = tmp_path / "alarms.json"
    file.write_text(json.dumps({"MetricAlarms": [alarm]}))
    assert main(["backtest", "--recording", str(recorded), "--alarms", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["not_evaluated"] == {"elsewhere": "ConsumedReadCapacityUnits of other: Sum by 60 s was not recorded"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["backtest", "--scenario", "steady", "--suggest"], "contradicting-options: --suggest needs what was measured"),
        (["backtest", "--scenario", "steady", "--alarms", "deployed"], "contradicting-options: --alarms deployed needs what was measured"),
        (["backtest", "--recording", "nowhere", "--days", "3"], "contradicting-options: --days means nothing for a recording"),
        (["backtest", "--recording", "nowhere", "--most-per-week", "3"], "contradicting-options: --most-per-week is about"),
        (["backtest", "--recording", "nowhere"], "unreadable-recording: nowhere: No such file."),
        (["record", "shop", "--out", "x", "--days", "3", "--since", "2026-11-24"], "contradicting-options: --days and --since"),
    ],
)
def test_what_contradicts_itself_is_2(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["backtest", "--scenario", "steady", "--recording", "file"],
        ["backtest", "--recording", "file", "--incident", "yesterday"],
        ["backtest", "--recording", "file", "--incident", "2026-11-24T14:00Z/2026-11-24T13:00Z"],
        ["record", "shop", "--out", "x", "--days", "16"],
        ["record", "shop", "--out", "x", "--since", "monday"],
    ],
)
def test_what_the_parser_refuses_is_2(arguments, capsys):
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_an_incident_outside_of_it_is_2(recorded, capsys):
    assert main(["backtest", "--recording", str(recorded), "--incident", "2020-01-01T00:00Z/2020-01-01T01:00Z"]) == 2
    assert "incident-outside: 01 Jan 00:00 is not in what was measured" in capsys.readouterr().err


def test_a_file_that_cannot_be_completed_is_left_alone(shop, out, capsys):
    out.write_text("notes")
    assert main(["record", shop, "--out", str(out)]) == 2
    assert "unreadable-recording: " in capsys.readouterr().err
    assert out.read_text() == "notes"


def test_a_folder_that_is_not_there_is_2(shop, tmp_path, capsys):
    assert main(["record", shop, "--out", str(tmp_path / "nowhere" / "file"), "--days", "0.01"]) == 2
    assert "unwritable-file: " in capsys.readouterr().err


@pytest.mark.usefixtures("shop")
def test_an_unknown_table_is_2(out, capsys):
    assert main(["record", "orders", "--out", str(out)]) == 2
    assert 'unknown-table: eu-west-1 has no table "orders".' in capsys.readouterr().err
