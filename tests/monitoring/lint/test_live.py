"""A live account: read whole, changed never."""

from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from local.aws import EmbeddedAws
from monitoring.__main__ import main
from monitoring.lint import InputError, client_of, read_live
from tests.monitoring.lint.samples import composite, dynamodb, request_of

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}


@pytest.fixture
def client():
    made = boto3.client("cloudwatch", region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")
    with Stubber(made) as stubber:
        yield made, stubber


def test_every_page_and_both_kinds_are_asked_for(client):
    """Without AlarmTypes, DescribeAlarms leaves the composites out (API reference)."""
    cloudwatch, stubber = client
    kinds = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    described = request_of() | {"AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders"}
    stubber.add_response("describe_alarms", {"MetricAlarms": [described], "NextToken": "more"}, kinds)
    stubber.add_response("describe_alarms", {"CompositeAlarms": [composite("ALARM(orders)")]}, kinds | {"NextToken": "more"})
    alarms = read_live(cloudwatch)
    assert [alarm.label for alarm in alarms] == ["orders", "any"]
    assert (alarms[0].place.file, alarms[0].place.path) == ("cloudwatch:eu-west-1", described["AlarmArn"])
    stubber.assert_no_pending_responses()


def test_a_refusal_says_what_it_needs(client):
    cloudwatch, stubber = client
    stubber.add_client_error("describe_alarms", "AccessDenied", "not you")
    with pytest.raises(InputError, match="no-account: cloudwatch:eu-west-1: .*AccessDenied.*cloudwatch:DescribeAlarms"):
        read_live(cloudwatch)


def test_no_region_and_an_unknown_profile_are_usage(monkeypatch, tmp_path, capsys):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(InputError, match=r"no-account: You must specify a region\. Give --region"):
        client_of(None, None)
    assert main(["lint", "--live", "--profile", "nobody"]) == 2
    assert "monitoring: no-account: The config profile (nobody) could not be found" in capsys.readouterr().err


def test_the_region_of_the_environment_is_the_one_that_the_aws_cli_reads(monkeypatch):
    """boto3 alone reads AWS_DEFAULT_REGION only; the AWS CLI reads AWS_REGION first (AWS CLI user guide, environment variables)."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "")
    assert client_of(None, None).meta.region_name == "us-east-1"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert client_of(None, None).meta.region_name == "eu-west-1"
    assert client_of("eu-central-1", None).meta.region_name == "eu-central-1"


def test_a_message_of_the_client_ends_with_a_full_stop(client, monkeypatch):
    cloudwatch, _ = client

    def paginate(**_kinds):
        raise NoCredentialsError

    monkeypatch.setattr(cloudwatch, "get_paginator", lambda _operation: SimpleNamespace(paginate=paginate))
    with pytest.raises(InputError, match=r"eu-west-1: Unable to locate credentials\. It needs cloudwatch:DescribeAlarms"):
        read_live(cloudwatch)


def test_the_endpoint_of_the_environment_is_asked(monkeypatch, capsys):
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with EmbeddedAws(region="eu-west-1") as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
        cloudwatch = aws.client("cloudwatch")
        for request in (request_of(), dynamodb("SystemErrors", AlarmName="dead")):
            cloudwatch.put_metric_alarm(**request)
        before = cloudwatch.describe_alarms()["MetricAlarms"]
        assert main(["lint", "--live", "--region", "eu-west-1"]) == 1
        assert cloudwatch.describe_alarms()["MetricAlarms"] == before
    written = capsys.readouterr()
    assert written.out.startswith("dead  cloudwatch:eu-west-1 arn:aws:cloudwatch:")
    assert written.out.endswith("2 alarms: 1 error in 1 of them\n")
    assert written.err == ""
