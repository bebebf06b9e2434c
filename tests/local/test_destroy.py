"""A deployment is taken down in reverse order, unless something in it is protected; one that failed keeps what it made."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import EmbeddedAws
from local.deploy import DeployError, DestroyRefused, deploy
from tests.local.programs import EVERYTHING, write


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """An empty one for each test: they look for what is left."""
    with EmbeddedAws() as running:
        yield running


def test_destroy_leaves_nothing(aws: EmbeddedAws) -> None:
    everything = deploy(EVERYTHING, "dev", aws)
    assert everything.destroy().resources == ()
    assert aws.client("dynamodb").list_tables()["TableNames"] == []
    assert aws.client("lambda").list_functions()["Functions"] == []
    assert aws.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    assert aws.client("iam").list_roles()["Roles"] == []
    assert aws.client("sns").list_topics()["Topics"] == []
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == []
    assert aws.client("logs").describe_log_groups()["logGroups"] == []
    described = aws.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert (described["MetricAlarms"], described["CompositeAlarms"]) == ([], [])
    assert aws.client("cloudwatch").list_dashboards()["DashboardEntries"] == []
    assert aws.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"] == []


TABLE = """
queue = aws.sqs.Queue("queue")
table = aws.dynamodb.Table("t", hash_key="PK", attributes=[{{"name": "PK", "type": "S"}}], billing_mode="PAY_PER_REQUEST"{arguments},
    opts=pulumi.ResourceOptions({options}))
"""


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        ("", "protect=True", "t (aws:dynamodb/table:Table) is protected: set `protect` to false and deploy again first"),
        (
            ", deletion_protection_enabled=True",
            "",
            "t (aws:dynamodb/table:Table) has deletion protection: set `deletion_protection_enabled` to false and deploy again first",
        ),
    ],
)
def test_a_protected_table_refuses_and_nothing_is_deleted(
    tmp_path: Path, aws: EmbeddedAws, arguments: str, options: str, expected: str
) -> None:
    deployment = deploy(write(tmp_path, TABLE.format(arguments=arguments, options=options)), "dev", aws)
    with pytest.raises(DestroyRefused) as error:
        deployment.destroy()
    assert str(error.value) == expected
    assert len(aws.client("dynamodb").list_tables()["TableNames"]) == 1
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1


def test_what_is_retained_stays(tmp_path: Path, aws: EmbeddedAws) -> None:
    deployment = deploy(write(tmp_path, TABLE.format(arguments="", options="retain_on_delete=True")), "dev", aws)
    left = deployment.destroy()
    assert [resource.name for resource in left.resources] == ["t"]
    assert len(aws.client("dynamodb").list_tables()["TableNames"]) == 1
    assert "QueueUrls" not in aws.client("sqs").list_queues()


def test_an_error_of_aws_keeps_what_was_created(tmp_path: Path, aws: EmbeddedAws) -> None:
    program = """
first = aws.sqs.Queue("first")
aws.lambda_.Function("f", role="arn:aws:iam::123456789012:role/nobody", runtime="python3.12", handler="a.b",
    code=pulumi.AssetArchive({"a.py": pulumi.StringAsset("x")}), opts=pulumi.ResourceOptions(depends_on=[first]))
"""
    with pytest.raises(DeployError) as error:
        deploy(write(tmp_path, program), "dev", aws)
    assert "InvalidParameterValueException" in str(error.value)
    assert [resource.name for resource in error.value.deployment.resources] == ["first"]
    error.value.deployment.destroy()
    assert "QueueUrls" not in aws.client("sqs").list_queues()
