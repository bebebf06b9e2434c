"""The command against the program of this project, deployed on an embedded AWS, which is then spoilt."""

import json
import sys
from io import StringIO
from pathlib import Path

import pytest

from local.world import World
from monitoring.__main__ import main
from monitoring.doctor import Call
from monitoring.live import CallRefused

ROOT = Path(__file__).parents[3]


class Person(StringIO):
    """Somebody at a terminal, and what they will type."""

    def isatty(self):
        return True


@pytest.fixture(scope="module")
def world():
    with World(ROOT, "dev", config={"shop:disposable": False, "shop:pageEmails": ["oncall@example.com"]}) as made:
        for _ in range(2):
            made.tick()
        yield made


@pytest.fixture
def ask(world, monkeypatch, capsys):
    """Runs the command; gives its exit status and its answer."""
    settings = {
        "AWS_ENDPOINT_URL": world.aws.endpoint,
        "AWS_REGION": world.aws.region,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def run(*words, answers=None):
        monkeypatch.setattr(sys, "stdin", StringIO() if answers is None else Person(answers))
        status = main(["doctor", world.outputs["tableName"], *words])
        return status, capsys.readouterr()

    return run


def codes(out):
    return {finding["code"] for finding in json.loads(out)["findings"]}


def test_the_deployed_program_is_protected_watched_and_as_declared(ask):
    _, said = ask("--json", "--min-severity", "note")
    assert not codes(said.out) & {
        "deletable-table",
        "unrecoverable-table",
        "missing-index",
        "other-schema",
        "other-stream-view",
        "other-filter",
        "unwatched",
        "unheard-alarm",
        "locked-topic",
        "missing-topic",
        "drifted-dashboard",
        "missing-dashboard",
        "uncounted-events",
        "forgetful-queue",
        "no-failure-queue",
        "endless-logs",
        "silent-metric",
        "without-data",
        "impossible-dimensions",
    }


def test_a_fix_is_shown_asked_for_and_checked_again(ask, world):
    table, dynamodb = world.outputs["tableName"], world.aws.client("dynamodb")

    def protected():
        return dynamodb.describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]

    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    status, said = ask("--json")
    assert status == 1
    assert "deletable-table" in codes(said.out)

    status, said = ask("--fix")
    assert (status, said.out) == (2, "")
    assert "monitoring: unconfirmed: " in said.err
    assert not protected()

    _, said = ask("--fix", "--dry-run")
    assert f"aws dynamodb update-table --table-name {table} --deletion-protection-enabled" in said.err
    assert not protected()

    _, said = ask("--fix", "--yes", "--json")
    assert "drift" in said.err
    assert protected()
    assert "deletable-table" not in codes(said.out)


def test_a_table_of_somebody_else_is_not_held_against_the_declaration_that_is_here(ask, world, capsys):
    world.aws.client("dynamodb").create_table(
        TableName="bookings",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    ask()
    main(["doctor", "bookings", "--json"])
    said = capsys.readouterr()
    assert "app.model declares another table than bookings" in said.err
    assert "deletable-table" in codes(said.out)
    assert not codes(said.out) & {"other-table-key", "missing-index", "other-expiry", "other-stream-view"}
    assert any("no declaration" in each["reason"] for each in json.loads(said.out)["unchecked"])


def test_only_yes_is_yes(ask, world):
    table, dynamodb = world.outputs["tableName"], world.aws.client("dynamodb")
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    ask("--fix", answers="\n")
    assert not dynamodb.describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]
    ask("--fix", answers="y\n")
    assert dynamodb.describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]


def test_a_fix_that_aws_refuses_is_said_and_the_next_is_made(ask, world, monkeypatch):
    make = Call.make

    def refused(call, account):
        if call.operation == "UpdateTable":
            raise CallRefused("dynamodb:UpdateTable", "AccessDeniedException", "not you")
        make(call, account)

    cloudwatch = world.aws.client("cloudwatch")
    [alarm] = [each["AlarmName"] for each in cloudwatch.describe_alarms()["MetricAlarms"] if "GetItem is slow" in each["AlarmName"]]
    cloudwatch.disable_alarm_actions(AlarmNames=[alarm])
    world.aws.client("dynamodb").update_table(TableName=world.outputs["tableName"], DeletionProtectionEnabled=False)
    monkeypatch.setattr(Call, "make", refused)
    status, said = ask("--fix", "--yes", "--json")
    assert status == 1
    assert "not done: dynamodb:UpdateTable: not you (AccessDeniedException). Allow dynamodb:UpdateTable" in said.err
    assert "deletable-table" in codes(said.out)
    assert "actions-off" not in codes(said.out)
    assert cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0]["ActionsEnabled"]


def test_what_is_switched_off_or_deleted_is_found(ask, world):
    mapping = world.mappings[0].settings.uuid
    world.aws.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    world.aws.client("cloudwatch").delete_dashboards(DashboardNames=[world.outputs["dashboardName"]])
    world.aws.client("sns").delete_topic(TopicArn=world.outputs["alarmTopicArns"]["ticket"])
    try:
        status, said = ask("--json")
        assert status == 1
        assert {"disabled-mapping", "missing-dashboard", "missing-topic"} <= codes(said.out)
    finally:
        world.aws.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)


def test_an_unknown_table_and_options_without_fix_are_usage(ask, world, capsys):
    assert main(["doctor", "no-such-table"]) == 2
    assert f"unknown-table: {world.aws.region} has no table" in capsys.readouterr().err
    status, said = ask("--yes")
    assert status == 2
    assert "--yes and --dry-run belong to --fix" in said.err


def test_the_checks_are_documented_without_a_table(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--checks"])
    assert ended.value.code == 0
    assert "| `deletable-table` |" in capsys.readouterr().out
