"""The pack on what the real program registers: in this process, and in its own as the CLI starts it."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from pulumi.runtime.proto import analyzer_pb2

from local.deploy import registrations
from local.monitor import Registration
from policy.rules import POLICIES
from tests.local.programs import write
from tests.policy.pack import ROOT, Finding, Pack, running


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    with running("dev") as started:
        yield started


def test_the_pack_starts_and_tells_its_rules(pack: Pack) -> None:
    information = pack.information()
    assert information.name == "singletable"
    assert [policy.name for policy in information.policies] == [policy.name for policy in POLICIES]
    days = next(policy for policy in information.policies if policy.name == "table-point-in-time-recovery").configSchema.properties[
        "minimumDays"
    ]
    assert (days["default"], days["maximum"]) == (7, 35)


def test_the_project_file_starts_the_pack_in_an_environment_that_has_it() -> None:
    project = yaml.safe_load((ROOT / "policy" / "PulumiPolicy.yaml").read_text())
    assert project["runtime"]["name"] == "python"
    # Plain `runtime: python` would start the system's interpreter, which has no pulumi.
    assert (ROOT / "policy" / project["runtime"]["options"]["virtualenv"]).resolve() == ROOT / ".venv"


def test_the_pack_has_the_version_of_the_package() -> None:
    """The CLI reports the one in the project file: the SDK always answers 0.0.1."""
    project = yaml.safe_load((ROOT / "policy" / "PulumiPolicy.yaml").read_text())
    assert project["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_the_metadata_reaches_the_engine(pack: Pack) -> None:
    rules = {each.name: each for each in pack.information().policies}
    recovery = rules["table-point-in-time-recovery"]
    assert list(recovery.tags) == [
        "checkov:CKV_AWS_28",
        "aws-config:dynamodb-pitr-enabled",
        "security-hub:DynamoDB.2",
        "cfn-guard:DYNAMODB_PITR_ENABLED",
    ]
    assert (recovery.framework.name, recovery.framework.reference) == ("AWS Security Hub CSPM", "DynamoDB.2")
    assert recovery.severity == analyzer_pb2.POLICY_SEVERITY_CRITICAL
    assert recovery.policy_type == analyzer_pb2.POLICY_TYPE_RESOURCE
    assert rules["table-scaling"].policy_type == analyzer_pb2.POLICY_TYPE_STACK
    assert rules["function-tracing"].enforcementLevel == analyzer_pb2.DISABLED


def test_the_rules_need_nothing_but_what_the_pack_s_own_requirements_bring() -> None:
    """The CLI may install them into an environment of their own, where the tools of monitoring are missing."""
    assert (ROOT / "policy" / "requirements.txt").read_text().split("==")[0] == "pulumi-policy"
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
for absent in ("boto3", "botocore", "pulumi_aws", "moto", "rich", "vl_convert"):
    sys.modules[absent] = None
import policy.rules
"""
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT / "policy", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_nothing_is_wrong_with_the_development_stack(pack: Pack) -> None:
    assert pack.findings(registrations(ROOT, "dev")) == []


def test_nothing_is_wrong_with_a_production_stack(pack: Pack) -> None:
    assert pack.findings(registrations(ROOT, "prod")) == []


def test_nothing_is_wrong_with_a_provisioned_production_stack(pack: Pack) -> None:
    billing = {"mode": "provisioned", "minimum": 5, "maximum": 50}
    assert pack.findings(registrations(ROOT, "prod", {"billing": billing})) == []


def test_a_disposable_stack_is_refused_in_production(pack: Pack) -> None:
    found = pack.findings(registrations(ROOT, "prod", {"disposable": True}))
    assert {(finding.policy, finding.level, finding.resource) for finding in found} == {
        ("table-deletion-protection", "MANDATORY", "shop"),
        ("table-point-in-time-recovery", "MANDATORY", "shop"),
        ("table-protect", "MANDATORY", "shop"),
        ("disposable-outside-production", "MANDATORY", "shop"),
    }


def test_the_first_preview_of_a_production_stack_accuses_nobody(pack: Pack) -> None:
    found = pack.findings(registrations(ROOT, "prod", preview=True))
    assert "table-throttle-alarms" in {finding.policy for finding in found}
    assert {finding.level for finding in found} == {"ADVISORY"}
    assert all("can't be known during preview" in finding.message for finding in found)


TABLE = """
table = aws.dynamodb.Table("orders", hash_key="PK", attributes=[{{"name": "PK", "type": "S"}}, {{"name": "GSI1PK", "type": "S"}}],
    billing_mode="PAY_PER_REQUEST", stream_enabled=True, stream_view_type="NEW_AND_OLD_IMAGES",
    global_secondary_indexes=[{{"name": "GSI1", "projection_type": "ALL", "key_schemas": [{{"attribute_name": "GSI1PK", "key_type": "HASH"}}]}}],
    {table}, opts=pulumi.ResourceOptions(protect={protect}))
for subject, dimensions in {{"table": {{}}, "GSI1": {{"GlobalSecondaryIndexName": "GSI1"}}}}.items():
    for access in ("Read", "Write"):
        if (subject, access) not in {without}:
            aws.cloudwatch.MetricAlarm(f"{{subject}}-{{access}}", namespace="AWS/DynamoDB", metric_name=f"{{access}}ThrottleEvents",
                dimensions={{"TableName": table.name, **dimensions}}, statistic="Sum", period=60, threshold=0, evaluation_periods=5,
                datapoints_to_alarm=1, comparison_operator="GreaterThanThreshold", treat_missing_data="notBreaching")
{more}
"""
SAFE = "deletion_protection_enabled=True, point_in_time_recovery={'enabled': True}"
DEAD_ALARM = """
aws.cloudwatch.MetricAlarm("classic", namespace="AWS/DynamoDB", metric_name="ThrottledRequests", dimensions={"TableName": table.name},
    statistic="Sum", period=60, threshold=0, evaluation_periods=1, comparison_operator="GreaterThanThreshold")
"""
MAPPING = """
role = aws.iam.Role("role", assume_role_policy="{}")
logs = aws.cloudwatch.LogGroup("logs", name="/f", retention_in_days=30)
function = aws.lambda_.Function("f", role=role.arn, runtime="python3.12", handler="a.b", logging_config={"log_format": "Text", "log_group": logs.name}, code=pulumi.AssetArchive({"a.py": pulumi.StringAsset("x")}))
aws.lambda_.EventSourceMapping("changes", function_name=function.name, event_source_arn=table.stream_arn, starting_position="LATEST",
    maximum_retry_attempts=10, metrics_config={"metrics": ["EventCount"]})
"""


def program(
    folder: Path, *, table: str = SAFE, protect: bool = True, without: Sequence[tuple[str, str]] = (), more: str = ""
) -> tuple[Registration, ...]:
    return registrations(write(folder, TABLE.format(table=table, protect=protect, without=list(without), more=more)), "main")


def test_a_right_table_is_not_reported(pack: Pack, tmp_path: Path) -> None:
    assert pack.findings(program(tmp_path)) == []


@pytest.mark.parametrize(
    ("broken", "policy"),
    [
        ({"table": "point_in_time_recovery={'enabled': True}"}, "table-deletion-protection"),
        ({"table": "deletion_protection_enabled=False, point_in_time_recovery={'enabled': True}"}, "table-deletion-protection"),
        ({"table": "deletion_protection_enabled=True"}, "table-point-in-time-recovery"),
        (
            {"table": "deletion_protection_enabled=True, point_in_time_recovery={'enabled': True, 'recovery_period_in_days': 1}"},
            "table-point-in-time-recovery",
        ),
        ({"protect": False}, "table-protect"),
        ({"without": [("table", "Read")]}, "table-throttle-alarms"),
        ({"without": [("GSI1", "Write")]}, "table-throttle-alarms"),
    ],
    ids=str,
)
def test_each_broken_table_is_reported(pack: Pack, tmp_path: Path, broken: dict[str, object], policy: str) -> None:
    (finding,) = pack.findings(program(tmp_path, **broken))
    assert (finding.policy, finding.level, finding.resource) == (policy, "MANDATORY", "orders")
    assert finding.message.startswith("orders")


def test_a_dead_alarm_is_reported_itself_and_watches_nothing(pack: Pack, tmp_path: Path) -> None:
    found = pack.findings(program(tmp_path, without=[("table", "Read"), ("table", "Write")], more=DEAD_ALARM))
    assert [(finding.policy, finding.level, finding.resource) for finding in found] == [
        ("alarm-can-fire", "MANDATORY", "classic"),
        ("table-throttle-alarms", "MANDATORY", "orders"),
    ]
    assert found[0].message.startswith("classic: impossible-dimensions: ThrottledRequests by TableName has no data")
    assert "Not counted: classic (" in found[1].message


def test_a_mapping_without_a_failure_destination_is_reported(pack: Pack, tmp_path: Path) -> None:
    (finding,) = pack.findings(program(tmp_path, more=MAPPING))
    assert (finding.policy, finding.resource) == ("stream-failure-destination", "changes")


def test_the_severity_that_refuses_an_alarm_can_be_configured(tmp_path: Path) -> None:
    sticks = DEAD_ALARM.replace('"ThrottledRequests"', '"ReadThrottleEvents"')
    with running("main") as own:
        assert own.findings(program(tmp_path, more=sticks)) == []
        own.configure(alarm_can_fire={"severity": "warning"})
        [finding] = own.findings(program(tmp_path, more=sticks))
    assert finding.message.startswith("classic: keeps-alarm: ")


def test_configuration_reaches_the_rules(tmp_path: Path) -> None:
    with running("main") as own:
        own.configure(
            table_point_in_time_recovery={"minimumDays": 35},
            table_encryption={"key": "customer-managed"},
            disposable_outside_production={"production": ["main"]},
        )
        table = (
            "deletion_protection_enabled=True, point_in_time_recovery={'enabled': True, 'recovery_period_in_days': 20}, "
            "tags={'singletable:disposable': 'true'}"
        )
        found = own.findings(program(tmp_path, table=table))
    assert [finding.policy for finding in found] == ["table-encryption", "disposable-outside-production"]
    assert found[0] == Finding(
        "table-encryption",
        "MANDATORY",
        "orders is not encrypted with a key that is customer-managed: "
        "set server_side_encryption with enabled to true and kms_key_arn to the ARN of your key",
        "orders",
    )


def test_the_tag_of_a_stack_makes_it_production(tmp_path: Path) -> None:
    disposable = "tags={'singletable:disposable': 'true'}"
    with running("main") as own:
        assert own.findings(program(tmp_path, table=disposable)) == []
        own.configure_stack({"singletable:production": "true"})
        assert {finding.policy for finding in own.findings(program(tmp_path, table=disposable))} == {
            "table-deletion-protection",
            "table-point-in-time-recovery",
            "disposable-outside-production",
            "alarm-tells-somebody",
        }


def test_the_development_stack_is_excused_only_by_its_declaration(pack: Pack) -> None:
    table = next(each for each in registrations(ROOT, "dev") if each.type == "aws:dynamodb/table:Table")
    assert table.request.object["tags"]["singletable:disposable"] == "true"
    del table.request.object["tags"]["singletable:disposable"]
    assert [finding.policy for finding in pack.findings([table])[:3]] == [
        "table-deletion-protection",
        "table-point-in-time-recovery",
        "table-protect",
    ]
