"""A table with everything that DynamoDB offers, in a program of somebody else. Each registration was checked against the SDK's types and the
requests that follow from it against the service's model.
"""

import json
from pathlib import Path

from components.configuration import load_configuration
from components.tables.indexes import MOST_GLOBAL
from components.tables.origins import CREATION_ONLY
from local.monitor import Created
from local.program import run as program
from tests.components.conftest import HEAD, arn, run
from tests.components.tables import KEYS, STRONG, table_of

# --- throughput


def test_limits_of_each_index(project: Path) -> None:
    table = table_of(project, 'billing=Billing.on_demand(max_read=50, indexes={"by-day": Limit(write=5)})')

    assert table["onDemandThroughput"] == {"maxReadRequestUnits": 50}
    assert [index["onDemandThroughput"] for index in table["globalSecondaryIndexes"]] == [
        {"maxReadRequestUnits": 50},
        {"maxWriteRequestUnits": 5},
    ]


def test_warm_throughput_of_table_and_index(project: Path) -> None:
    table = table_of(project, 'warm_throughput=WarmThroughput(WarmUnits(20_000, 8_000), indexes={"by-day": WarmUnits(15_000, 8_000)})')

    assert table["warmThroughput"] == {"readUnitsPerSecond": 20_000, "writeUnitsPerSecond": 8_000}
    by_owner, by_day = table["globalSecondaryIndexes"]
    assert "warmThroughput" not in by_owner
    assert by_day["warmThroughput"] == {"readUnitsPerSecond": 15_000, "writeUnitsPerSecond": 8_000}


SCHEDULED = """
writes = Capacity.autoscaled(5, 50, schedules=[Schedule("fair", "at(2026-11-27T06:00:00)", 100, 900, "Europe/Berlin")])
SingleTable(
    "notes", table=definition, billing=Billing.provisioned(Capacity.autoscaled(1, 2), writes), transform={"by-day-write-at-fair": {"name": "x"}}
)
"""


def test_scheduled_scaling_of_table_and_each_index(project: Path) -> None:
    stack = run(project, SCHEDULED)

    actions = {each.name: each for each in stack.all("ScheduledAction")}
    assert list(actions) == ["notes-write-at-fair", "notes-by-owner-write-at-fair", "notes-by-day-write-at-fair"]
    targets = {each.name: each for each in stack.all("Target")}
    for name, action in actions.items():
        target = targets[name.removesuffix("-at-fair")]
        assert target.urn in action.dependencies
        assert list(target.request.ignoreChanges) == ["minCapacity", "maxCapacity"]
        for shared in ("resourceId", "scalableDimension", "serviceNamespace"):
            assert action.inputs[shared] == target.inputs[shared]
        assert action.inputs["scalableTargetAction"] == {"minCapacity": 100, "maxCapacity": 900}
    assert actions["notes-by-day-write-at-fair"].inputs["name"] == "x"
    assert list(targets["notes-read"].request.ignoreChanges) == []


def test_scaling_uses_the_role_that_aws_makes_for_it(project: Path) -> None:
    stack = run(project, SCHEDULED)

    assert stack.all("Role") == []
    assert not any("roleArn" in each.inputs for each in stack.all("Target"))


def test_two_autoscaled_indexes_do_not_depend_on_their_order(project: Path) -> None:
    table = run(project, SCHEDULED).one("Table", "notes")
    assert list(table.request.ignoreChanges) == [
        "readCapacity",
        "globalSecondaryIndexes[*].readCapacity",
        "writeCapacity",
        "globalSecondaryIndexes[*].writeCapacity",
        "globalSecondaryIndexes",
        *CREATION_ONLY,
    ]


def test_what_scales_is_tagged_as_the_table_is(project: Path) -> None:
    billing = "Billing.provisioned(Capacity.autoscaled(1, 2))"
    stack = run(project, f'SingleTable("notes", table=definition, billing={billing}, tags={{"team": "a"}})')
    assert [each.inputs["tags"] for each in stack.all("Target")] == [stack.one("Table", "notes").inputs["tags"]] * 6


def warnings(project: Path, arguments: str) -> tuple[str, ...]:
    (project / "__main__.py").write_text(HEAD + f'SingleTable("notes", table=definition, {arguments})')
    return program(
        project, load_configuration(project, "dev", None), lambda made: Created(made.name, {}), lambda _token, _given: {}
    ).warnings


def test_warm_throughput_is_for_one_deployment(project: Path) -> None:
    """AWS raises it by itself, and the provider takes less for another table (warm_throughput in table.go)."""
    (warning,) = warnings(project, "warm_throughput=WarmThroughput(WarmUnits(20_000))")
    assert "leave warm_throughput out after this deployment" in warning
    assert warnings(project, "recovery_days=7") == ()


def test_more_indexes_than_the_quota_are_a_warning(project: Path) -> None:
    """An account's quota can be raised (DynamoDB developer guide, "Quotas")."""
    many = 'indexes=[GlobalIndex(f"index-{number}", ["a"]) for number in range(%d)]'
    (warning,) = warnings(project, many % (MOST_GLOBAL - 1))
    assert f"has {MOST_GLOBAL + 1} global indexes: AWS allows {MOST_GLOBAL}, unless it has raised that quota" in warning
    assert warnings(project, many % (MOST_GLOBAL - 2)) == ()


def test_table_class(project: Path) -> None:
    assert table_of(project, 'table_class="STANDARD_INFREQUENT_ACCESS"')["tableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert "tableClass" not in table_of(project, 'table_class="STANDARD"')


def test_there_is_time_to_build_an_index(project: Path) -> None:
    timeouts = run(project, 'SingleTable("notes", table=definition)').one("Table", "notes").request.customTimeouts
    assert (timeouts.create, timeouts.update, timeouts.delete) == ("24h", "24h", "2h")


# --- replicas


def test_replicas_are_protected_as_the_table_is(project: Path) -> None:
    key = arn("kms", "key/k")
    theirs = key.replace("eu-west-1", "eu-central-1")
    table = table_of(
        project,
        f'encryption=Encryption.customer_key("{key}"), replicas=Replicas.eventual(Replica("eu-central-1", "{theirs}")), tags={{"team": "a"}}',
    )

    assert table["replicas"] == [
        {
            "regionName": "eu-central-1",
            "consistencyMode": "EVENTUAL",
            "deletionProtectionEnabled": True,
            "pointInTimeRecovery": True,
            "propagateTags": True,
            "kmsKeyArn": theirs,
        }
    ]
    assert "globalTableWitness" not in table


def test_replicas_of_a_disposable_table_can_be_deleted(project: Path) -> None:
    (replica,) = table_of(project, 'replicas=Replicas.eventual("eu-central-1"), disposable=True')["replicas"]
    assert (replica["deletionProtectionEnabled"], replica["pointInTimeRecovery"]) == (False, False)


def test_a_replica_is_made_removable_before_it_is_removed(project: Path) -> None:
    """DynamoDB refuses to delete one that is protected; its backups stay on."""
    one, another = table_of(project, 'replicas=Replicas.eventual("eu-central-1", Replica("eu-west-2", removable=True))')["replicas"]
    assert (one["deletionProtectionEnabled"], another["deletionProtectionEnabled"]) == (True, False)
    assert another["pointInTimeRecovery"] is True


def test_a_strongly_consistent_table_with_a_witness(project: Path) -> None:
    table = table_of(project, 'replicas=Replicas.strong("eu-central-1", witness="eu-west-3")')

    assert [(each["regionName"], each["consistencyMode"]) for each in table["replicas"]] == [("eu-central-1", "STRONG")]
    assert table["globalTableWitness"] == {"regionName": "eu-west-3"}


def test_a_strongly_consistent_table_has_any_stream(project: Path) -> None:
    """Its replicas are not made of the stream (CloudFormation user guide, AWS::DynamoDB::GlobalTable StreamSpecification)."""
    assert run(project, KEYS + STRONG.format(more="")).one("Table", "notes").inputs["streamViewType"] == "KEYS_ONLY"


WATCHED = """
data = SingleTable("notes", table=definition, {arguments})
Monitoring("notes", table=data)
"""


def metrics(project: Path, arguments: str) -> str:
    """All that the alarms of a watched table look at."""
    alarms = run(project, WATCHED.format(arguments=arguments)).all("MetricAlarm")
    return json.dumps([alarm.inputs.get("metricQueries") for alarm in alarms])


def test_how_late_changes_reach_a_replica_is_watched(project: Path) -> None:
    assert '"ReceivingRegion": "eu-central-1"' in metrics(project, 'replicas=Replicas.eventual("eu-central-1")')
    assert "ReceivingRegion" not in metrics(project, 'replicas=Replicas.strong("eu-central-1", "eu-west-3")')


def test_an_index_that_is_not_declared_is_watched_too(project: Path) -> None:
    assert '"GlobalSecondaryIndexName": "by-place"' in metrics(project, 'indexes=[GlobalIndex("by-place", ["country", "city"])]')


# --- beside the table


def test_insights_of_table_and_indexes(project: Path) -> None:
    program = 'SingleTable("notes", table=definition, insights=Insights("THROTTLED_KEYS", {"by-day": None}))'
    found = {each.name: each.inputs for each in run(project, program).all("ContributorInsights")}

    assert {name: (each["mode"], each.get("indexName")) for name, each in found.items()} == {
        "notes-insights": ("THROTTLED_KEYS", None),
        "notes-by-owner-insights": ("THROTTLED_KEYS", "by-owner"),
    }


def test_insights_in_two_words(project: Path) -> None:
    for word, mode in (("throttled_keys", "THROTTLED_KEYS"), ("all_keys", "ACCESSED_AND_THROTTLED_KEYS")):
        found = run(project, f'SingleTable("notes", table=definition, insights=Insights.{word}())').all("ContributorInsights")
        assert [each.inputs["mode"] for each in found] == [mode] * 3


def test_a_kinesis_stream_of_the_changes(project: Path) -> None:
    stream = arn("kinesis", "stream/changes")
    stack = run(project, f'SingleTable("notes", table=definition, kinesis=KinesisDestination("{stream}", "MICROSECOND"))')

    destination = stack.one("KinesisStreamingDestination", "notes-kinesis")
    assert destination.inputs == {
        "tableName": stack.one("Table", "notes").outputs["name"],
        "streamArn": stream,
        "approximateCreationDateTimePrecision": "MICROSECOND",
    }
    assert destination.request.deleteBeforeReplace  # a table has one (KinesisStreamingDestination of the provider)


def test_policies_of_table_and_stream(project: Path) -> None:
    stack = run(
        project,
        """
        role = "arn:aws:iam::210987654321:role/reports"
        SingleTable(
            "notes",
            table=definition,
            resource_policy=[PrincipalAccess("Reports", [role], ["dynamodb:Query", "dynamodb:GetItem"], ["by-owner"])],
            stream_resource_policy=[PrincipalAccess("Copy", ["210987654321"], ["dynamodb:GetRecords"])],
        )
        """,
    )

    table = stack.one("Table", "notes").outputs
    of_table, of_stream = (stack.one("ResourcePolicy", f"notes-{name}").inputs for name in ("resource-policy", "stream-resource-policy"))
    assert (of_table["resourceArn"], of_stream["resourceArn"]) == (table["arn"], table["streamArn"])
    assert json.loads(of_table["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Reports",
                "Effect": "Allow",
                "Principal": {"AWS": ["arn:aws:iam::210987654321:role/reports"]},
                "Action": ["dynamodb:GetItem", "dynamodb:Query"],
                "Resource": [table["arn"], f"{table['arn']}/index/by-owner"],
            }
        ],
    }
    (statement,) = json.loads(of_stream["policy"])["Statement"]
    assert (statement["Principal"], statement["Resource"]) == ({"AWS": ["210987654321"]}, [table["streamArn"]])


def test_each_resource_can_be_reached_and_changed_by_its_name(project: Path) -> None:
    stack = run(
        project,
        """
        import pulumi

        fair = Schedule("fair", "at(2026-11-27T06:00:00)", 100)
        grant = PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetItem"])
        copy = PrincipalAccess("Copy", ["210987654321"], ["dynamodb:GetRecords"])
        table = SingleTable(
            "notes",
            table=definition,
            billing=Billing.provisioned(Capacity.fixed(9), Capacity.autoscaled(1, 200, schedules=[fair])),
            insights=Insights("THROTTLED_KEYS", {"by-owner": None}),
            kinesis=KinesisDestination("arn:aws:kinesis:eu-west-1:123456789012:stream/changes"),
            resource_policy=[grant],
            stream_resource_policy=[copy],
            transform={"stream-resource-policy": {"confirm_remove_self_resource_access": True}},
        )
        pulumi.export("nodes", list(table.nodes))
        """,
    )

    assert stack.outputs["nodes"] == [
        "table",
        *(f"{of}write-{what}" for of in ("", "by-owner-", "by-day-") for what in ("target", "policy", "at-fair")),
        "insights",
        "by-day-insights",
        "kinesis",
        "resource-policy",
        "stream-resource-policy",
    ]
    assert stack.one("ResourcePolicy", "notes-stream-resource-policy").inputs["confirmRemoveSelfResourceAccess"] is True


def test_none_of_it_is_protected_but_the_table(project: Path) -> None:
    """On a component, protection would spread, and nothing could be removed again."""
    stack = run(
        project,
        """
        SingleTable("notes", table=definition, insights=Insights.all_keys(), replicas=Replicas.eventual("eu-central-1"),
                    resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetItem"])])
        """,
    )
    assert [each.name for each in stack.registrations if each.protect or each.retain_on_delete] == ["notes"]
    assert {each.parent for each in stack.resources} == {stack.all("SingleTable")[0].urn}
