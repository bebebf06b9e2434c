"""How an account is asked, and what is said when it does not answer."""

import pytest
from botocore.exceptions import EndpointConnectionError

from monitoring import MonitoringError
from monitoring.live import Account, CallRefused


def test_an_answer_is_given_as_it_is(aws):
    table = {"Table": {"TableName": "orders"}}
    aws.stub("dynamodb").add_response("describe_table", table, {"TableName": "orders"})
    assert aws.account.ask("dynamodb", "DescribeTable", TableName="orders")["Table"] == table["Table"]


def test_a_refusal_for_want_of_a_permission_names_it(aws):
    aws.stub("cloudwatch").add_client_error("describe_alarms", "AccessDenied", "User anna is not authorized.", http_status_code=403)
    with pytest.raises(CallRefused) as refused:
        aws.account.ask("cloudwatch", "DescribeAlarms")
    assert refused.value.not_allowed
    assert refused.value.message == (
        "cloudwatch:DescribeAlarms: User anna is not authorized (AccessDenied). Allow cloudwatch:DescribeAlarms to whoever runs this."
    )


def test_any_other_refusal_is_told_without_advice_on_permissions(aws):
    aws.stub("dynamodb").add_client_error("describe_table", "ResourceNotFoundException", "No such table.")
    with pytest.raises(CallRefused) as refused:
        aws.account.ask("dynamodb", "DescribeTable", TableName="orders")
    assert (refused.value.code, refused.value.aws_code, refused.value.not_allowed) == ("refused-call", "ResourceNotFoundException", False)
    assert refused.value.message == "dynamodb:DescribeTable: No such table (ResourceNotFoundException)."


def test_a_refusal_on_a_later_page_is_told_too(aws):
    aws.stub("cloudwatch").add_response("list_metrics", {"Metrics": [{"MetricName": "a"}], "NextToken": "more"})
    aws.stub("cloudwatch").add_client_error("list_metrics", "InternalServiceFault", "later")
    metrics = aws.account.pages("cloudwatch", "ListMetrics", "Metrics")
    assert next(metrics)["MetricName"] == "a"
    with pytest.raises(CallRefused, match="cloudwatch:ListMetrics: later"):
        next(metrics)


def test_nobody_answers(aws, monkeypatch):
    def connect(**_):
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(aws.client("sts"), "get_caller_identity", connect)
    with pytest.raises(MonitoringError, match=r'no-account: Could not connect .*127\.0\.0\.1:1"\. Give --region and --profile'):
        _ = aws.account.id


def test_the_number_of_the_account(aws):
    aws.stub("sts").add_response("get_caller_identity", {"Account": "123456789012"})
    assert aws.account.id == "123456789012"


def test_a_client_is_made_once(aws):
    assert aws.account.client("cloudwatch") is aws.account.client("cloudwatch")


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


@pytest.mark.usefixtures("nowhere")
def test_without_a_region_it_says_what_to_give():
    with pytest.raises(MonitoringError, match=r"no-account: no region is configured\. Give --region, or set AWS_REGION\."):
        Account.of()


@pytest.mark.usefixtures("nowhere")
def test_an_unknown_profile_is_named():
    with pytest.raises(MonitoringError, match=r"no-account: .*\(nobody\) could not be found\. Give --region and --profile"):
        Account.of("eu-west-1", "nobody")


@pytest.mark.usefixtures("nowhere")
def test_the_region_is_the_given_one_or_that_of_the_environment(monkeypatch):
    """The AWS CLI reads AWS_REGION before AWS_DEFAULT_REGION (AWS CLI user guide, environment variables)."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert Account.of().region == "us-east-1"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert Account.of().region == "eu-west-1"
    assert Account.of("eu-central-1").region == "eu-central-1"


@pytest.mark.usefixtures("nowhere")
def test_clients_say_who_asks(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    client = Account.of("eu-west-1").client("cloudwatch")
    assert client.meta.region_name == "eu-west-1"
    assert "singletable-monitoring" in client.meta.config.user_agent_extra
