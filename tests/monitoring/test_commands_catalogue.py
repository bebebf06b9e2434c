"""`python -m monitoring catalogue` as somebody types it, and what an account has that the catalogue does not know."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from monitoring.__main__ import main
from monitoring.catalogue import CATALOGUE
from monitoring.catalogue.drift import NAMESPACES, Series, drift
from monitoring.live import Account, Pace


def test_a_metric_is_explained(capsys):
    assert main(["catalogue", "throttledrequests"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("AWS/DynamoDB ThrottledRequests\n")
    for words in (
        "by       TableName + Operation",
        "sent     when it happens: a gap is 0",
        "a point every 60 s",
        "DynamoDB developer guide",
    ):
        assert words in shown


def test_many_are_a_line_each(capsys):
    assert main(["catalogue", "--namespace", "AWS/SQS"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "AWS/SQS"
    assert len(lines) == 1 + 16 + 1
    assert all("QueueName" in line for line in lines[1:-1])


def test_everything_is_there_as_json(capsys):
    assert main(["catalogue", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["metrics"]
    assert {(each["namespace"], each["name"]) for each in found} == CATALOGUE.keys()
    [errors] = [each for each in found if each["name"] == "UserErrors"]
    assert (errors["dimensions"], errors["emission"], errors["period_seconds"]) == ([[]], "on event", 60)


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (["ThrotledRequest"], "unknown-metric", "Nearest: ThrottledRequests"),
        (["--namespace", "AWS/EC2"], "unknown-namespace", "Known are AWS/DynamoDB"),
        (["--region", "eu-west-1"], "missing-option", "Add --live"),
    ],
)
def test_what_is_not_there_is_2(arguments, code, hint, capsys):
    assert main(["catalogue", *arguments]) == 2
    written = capsys.readouterr().err
    assert written.startswith(f"monitoring: {code}: ")
    assert hint in written


# --- what an account has


def series(namespace, name, *dimensions):
    return Series(namespace, name, frozenset(dimensions))


def test_what_the_catalogue_knows_does_not_drift():
    everything = [Series(*key, names) for key, entry in CATALOGUE.items() for names in entry.dimensions]
    assert drift(everything) == ()


def test_an_unknown_metric_and_an_unknown_set_are_told_apart_and_counted():
    found = drift(
        [
            series("AWS/DynamoDB", "ThrottledRequests", "TableName"),
            series("AWS/DynamoDB", "ThrottledRequests", "TableName"),
            series("AWS/DynamoDB", "ThrottledRequests", "TableName", "Operation"),
            series("AWS/DynamoDB", "SomethingNew", "TableName"),
            series("AWS/EC2", "CPUUtilization", "InstanceId"),
        ]
    )
    assert [(each.kind, each.series.name, each.count) for each in found] == [
        ("unknown-metric", "SomethingNew", 1),
        ("unknown-dimensions", "ThrottledRequests", 2),
    ]


@pytest.fixture
def cloudwatch(monkeypatch):
    client = boto3.client("cloudwatch", region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")
    account = Account(lambda _service: client, "eu-west-1", pace=Pace(lambda: 0.0, lambda _seconds: None))
    monkeypatch.setattr(Account, "of", lambda *_where, once=(): account)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def metric(name, **dimensions):
    return {"Namespace": "AWS/SQS", "MetricName": name, "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()]}


ASKED = {"Namespace": "AWS/SQS", "RecentlyActive": "PT3H"}


def test_an_account_that_has_nothing_new_is_0(cloudwatch, capsys):
    cloudwatch.add_response("list_metrics", {"Metrics": [metric("NumberOfMessagesSent", QueueName="a")], "NextToken": "more"}, ASKED)
    cloudwatch.add_response("list_metrics", {"Metrics": [metric("NumberOfMessagesSent", QueueName="b")]}, ASKED | {"NextToken": "more"})
    assert main(["catalogue", "--live", "--namespace", "AWS/SQS"]) == 0
    assert capsys.readouterr().out == "2 series were active in the last 3 hours: the catalogue knows them all\n"


def test_what_an_account_has_and_nobody_knew_is_1(cloudwatch, capsys):
    answer = {"Metrics": [metric("NumberOfMessagesBurnt", QueueName="a"), metric("NumberOfMessagesSent", QueueName="a", Tenant="b")]}
    cloudwatch.add_response("list_metrics", answer, ASKED)
    cloudwatch.add_response("list_metrics", answer, ASKED)
    assert main(["catalogue", "--live", "--namespace", "AWS/SQS"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "unknown-metric: AWS/SQS NumberOfMessagesBurnt by QueueName (1 series)",
        "unknown-dimensions: AWS/SQS NumberOfMessagesSent by QueueName + Tenant (1 series)",
        "2 series were active in the last 3 hours: 2 kinds are not in the catalogue",
    ]
    assert main(["catalogue", "burnt", "--live", "--namespace", "AWS/SQS", "--json"]) == 1
    [found] = json.loads(capsys.readouterr().out)["drift"]
    assert (found["kind"], found["name"], found["dimensions"], found["series"]) == (
        "unknown-metric",
        "NumberOfMessagesBurnt",
        ["QueueName"],
        1,
    )


def test_every_namespace_is_asked_for_unless_one_is_named(cloudwatch, capsys):
    for namespace in NAMESPACES:
        cloudwatch.add_response("list_metrics", {"Metrics": []}, {"Namespace": namespace, "RecentlyActive": "PT3H"})
    assert main(["catalogue", "--live"]) == 0
    assert capsys.readouterr().out == "no series was active in the last 3 hours: there is nothing to compare\n"


def test_a_refusal_is_2_and_names_the_permission(cloudwatch, capsys):
    cloudwatch.add_client_error("list_metrics", "AccessDenied", "not you")
    assert main(["catalogue", "--live", "--namespace", "AWS/SQS"]) == 2
    assert "Allow cloudwatch:ListMetrics" in capsys.readouterr().err
