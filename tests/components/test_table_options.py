"""A table with everything that DynamoDB offers, in a program of somebody else. Each registration was checked against the SDK's types and the
requests that follow from it against the service's model.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from components.errors import InvalidArgument
from components.indexes import GlobalIndex, indexes_of
from components.origins import CREATION_ONLY, SETTINGS
from components.projections import Projection
from local.deploy import DeployError
from singletable.definition import (
    EntityDefinition,
    IndexDefinition,
    KeyDefinition,
    PatternDefinition,
    TableDefinition,
)
from tests.components.conftest import arn, run


def table_of(project: Path, arguments: str) -> dict[str, Any]:
    """Inputs of the table of a program with one component."""
    return dict(run(project, f'SingleTable("notes", table=definition, {arguments})').one("Table", "notes").inputs)


SORTED = """
definition["key"]["sort"] = "day"
"""


# --- indexes


def test_an_index_with_keys_of_several_attributes_and_types(project: Path) -> None:
    table = table_of(
        project,
        """indexes=[
            GlobalIndex("by-place", ["country", "city"], [KeyAttribute("visits", "N"), "day"], Projection.include("title")),
            GlobalIndex("by-state", ["state"], projection=Projection.keys_only()),
        ]""",
    )

    *declared, by_place, by_state = table["globalSecondaryIndexes"]
    assert [index["name"] for index in declared] == ["by-owner", "by-day"]
    assert by_place == {
        "name": "by-place",
        "keySchemas": [
            {"attributeName": "country", "keyType": "HASH"},
            {"attributeName": "city", "keyType": "HASH"},
            {"attributeName": "visits", "keyType": "RANGE"},
            {"attributeName": "day", "keyType": "RANGE"},
        ],
        "projectionType": "INCLUDE",
        "nonKeyAttributes": ["title"],
    }
    assert (by_state["projectionType"], "nonKeyAttributes" in by_state) == ("KEYS_ONLY", False)
    types = {attribute["name"]: attribute["type"] for attribute in table["attributes"]}
    assert types == {"id": "S", "owner": "S", "day": "S", "country": "S", "city": "S", "visits": "N", "state": "S"}


def test_local_indexes(project: Path) -> None:
    stack = run(
        project,
        SORTED
        + """
SingleTable("notes", table=definition, indexes=[LocalIndex("by-size", KeyAttribute("size", "N"), Projection.keys_only())])
""",
    )

    table = stack.one("Table", "notes").inputs
    assert table["localSecondaryIndexes"] == [{"name": "by-size", "rangeKey": "size", "projectionType": "KEYS_ONLY"}]
    assert {"name": "size", "type": "N"} in table["attributes"]


def declared(*read: str) -> TableDefinition:
    """Two entities in one index, of which some are read through it."""
    fields = {"User": {"id": "str", "email": "str"}, "Order": {"id": "str", "total": "int"}}
    return TableDefinition(
        key=KeyDefinition("PK", "SK"),
        indexes=(IndexDefinition("GSI1", KeyDefinition("GSI1PK", "GSI1SK")),),
        ttl=None,
        entities=tuple(EntityDefinition(name, {"primary": ("{id}", "X"), "GSI1": ("{id}", "X")}, of) for name, of in fields.items()),
        patterns=tuple(PatternDefinition(f"find_{name}", "", "many", (name,), ("Query",), "GSI1", (), (), "") for name in read),
    )


@pytest.mark.parametrize(
    ("read", "projection"),
    [
        ((), Projection.keys_only()),
        (("Order",), Projection.include("_type", "id", "total")),
        (("Order", "User"), Projection.all()),
    ],
    ids=["nobody reads it", "some of it is read", "all of it is read"],
)
def test_a_projection_is_what_the_patterns_read(read: tuple[str, ...], projection: Projection) -> None:
    (index,) = indexes_of(declared(*read), (), {"GSI1": Projection.of_patterns()}).globals
    assert index.projection == projection


def test_a_declared_index_can_hold_less_than_it_says(project: Path) -> None:
    table = table_of(project, 'projections={"by-day": Projection.of_patterns(), "by-owner": Projection.include("title")}')

    by_owner, by_day = table["globalSecondaryIndexes"]
    assert (by_owner["projectionType"], by_owner["nonKeyAttributes"]) == ("INCLUDE", ["title"])
    assert by_day["projectionType"] == "KEYS_ONLY"


def test_a_pattern_that_names_no_entity_may_read_anything(project: Path) -> None:
    by_owner, _ = table_of(project, 'projections={"by-owner": Projection.of_patterns()}')["globalSecondaryIndexes"]
    assert by_owner["projectionType"] == "ALL"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            [GlobalIndex(f"index-{number}", ["a"]) for number in range(20)],
            "the table has 21 global indexes: at most 20 are allowed",
        ),
        ([GlobalIndex("GSI1", ["a"])], "two indexes are called GSI1: give each its own name"),
        (
            [GlobalIndex("by-a", ["a"], projection=Projection.of_patterns())],
            "the projection of index by-a is that of the patterns, which know declared indexes only: say which",
        ),
        (
            [GlobalIndex(f"index-{number}", ["a"], projection=Projection.include(*map(str, range(17)))) for number in range(6)],
            "the indexes include 102 attributes together: at most 100 are allowed",
        ),
    ],
)
def test_indexes_that_do_not_go_together(more: list[GlobalIndex], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        indexes_of(declared(), more, {})
    assert str(caught.value) == message


# --- throughput


def test_limits_of_each_index(project: Path) -> None:
    table = table_of(project, 'billing=Billing.on_demand(max_read=50, indexes={"by-day": Limit(write=5)})')

    assert table["onDemandThroughput"] == {"maxReadRequestUnits": 50}
    assert [index["onDemandThroughput"] for index in table["globalSecondaryIndexes"]] == [
        {"maxReadRequestUnits": 50},
        {"maxWriteRequestUnits": 5},
    ]


def test_warm_throughput_of_table_and_index(project: Path) -> None:
    table = table_of(project, 'warm_throughput=WarmThroughput(WarmUnits(20_000, 8_000), indexes={"by-day": WarmUnits(write=8_000)})')

    assert table["warmThroughput"] == {"readUnitsPerSecond": 20_000, "writeUnitsPerSecond": 8_000}
    by_owner, by_day = table["globalSecondaryIndexes"]
    assert "warmThroughput" not in by_owner
    assert by_day["warmThroughput"] == {"writeUnitsPerSecond": 8_000}


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


# --- where it comes from


@pytest.mark.parametrize(
    ("origin", "arguments"),
    [
        ('Origin.point_in_time("notes-1")', {"restoreSourceName": "notes-1", "restoreToLatestTime": True}),
        (
            'Origin.backup("arn:aws:dynamodb:eu-west-1:123456789012:table/notes-1/backup/01489602797149-73d8d5bc")',
            {"restoreBackupArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/notes-1/backup/01489602797149-73d8d5bc"},
        ),
        (
            'Origin.s3("exports", compression="GZIP")',
            {
                "importTable": {
                    "inputFormat": "DYNAMODB_JSON",
                    "inputCompressionType": "GZIP",
                    "s3BucketSource": {"bucket": "exports"},
                }
            },
        ),
    ],
)
def test_a_table_made_from_other_data_keeps_all_that_it_is(project: Path, origin: str, arguments: dict[str, Any]) -> None:
    """The first deployment cannot set everything: all of it is registered, so that the next one does (pulumi-aws #1831)."""
    plain = table_of(project, 'tags={"team": "a"}')
    made = run(project, f'SingleTable("notes", table=definition, origin={origin}, tags={{"team": "a"}})').one("Table", "notes")

    assert made.inputs == {**plain, **arguments}
    assert (made.inputs["streamEnabled"], made.inputs["deletionProtectionEnabled"], made.inputs["tags"]) == (True, True, {"team": "a"})
    assert (made.protect, made.retain_on_delete) == (True, True)
    assert list(made.request.ignoreChanges) == [*CREATION_ONLY]


def test_an_existing_table_is_taken_over_as_it_is(project: Path) -> None:
    made = run(project, 'SingleTable("notes", table=definition, origin=Origin.existing("legacy-notes"))').one("Table", "notes")

    assert (made.request.importId, made.inputs["name"]) == ("legacy-notes", "legacy-notes")
    assert list(made.request.ignoreChanges) == [*SETTINGS, *CREATION_ONLY]
    assert (made.protect, made.retain_on_delete) == (True, True)


def test_what_would_replace_an_existing_table_is_not_held_back() -> None:
    """A table with other keys must fail to be taken over, not be taken over and replaced later."""
    assert {"hashKey", "rangeKey", "localSecondaryIndexes", "name"}.isdisjoint(SETTINGS)


def test_an_existing_table_becomes_what_is_declared(project: Path) -> None:
    made = run(project, 'SingleTable("notes", table=definition, origin=Origin.existing("legacy-notes", as_declared=True))').one(
        "Table", "notes"
    )
    assert (made.request.importId, made.inputs["name"]) == ("legacy-notes", "legacy-notes")
    assert list(made.request.ignoreChanges) == [*CREATION_ONLY]


# --- what does not go together

WARM = 'SingleTable("notes", table=definition, billing=Billing.provisioned(Capacity.fixed(9000)), warm_throughput=WarmThroughput({warm}))'
TTL = 'definition["ttl"] = "expires_at"\n'
KEYS = 'definition["stream_view_type"] = "KEYS_ONLY"\n'
OWN_KEY = 'key = Encryption.customer_key("arn:aws:kms:eu-west-1:123456789012:key/k")\n'
TRANSACTION = 'definition["patterns"][0]["operations"] = ["TransactWriteItems"]\n'
STRONG = 'SingleTable("notes", table=definition, replicas=Replicas.strong("eu-central-1", "eu-west-3"){more})'


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            'SingleTable("notes", table=definition, indexes=[LocalIndex("by-size", "size")])',
            "the table has no sort key, and the local index by-size: a local index needs a table with one",
        ),
        (
            SORTED + 'SingleTable("notes", table=definition, indexes=[LocalIndex(f"local-{number}", "size") for number in range(6)])',
            "the table has 6 local indexes: at most 5 are allowed",
        ),
        (
            'SingleTable("notes", table=definition, indexes=[GlobalIndex("by-number", [KeyAttribute("day", "N")])])',
            "the key attribute day is N in index by-number and S elsewhere: it has one type",
        ),
        (
            'SingleTable("notes", table=definition, indexes=["by-size"])',
            "one of the indexes is of type str: give a list of GlobalIndex and LocalIndex",
        ),
        (
            'SingleTable("notes", table=definition, projections={"GSI9": Projection.all()})',
            "projections names the index 'GSI9', which is not declared: declared are by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, billing=Billing.on_demand(indexes={"GSI9": Limit(1)}))',
            "billing names the index 'GSI9', which the table does not have: it has by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, warm_throughput=WarmThroughput(indexes={"GSI9": WarmUnits(20000)}))',
            "warm_throughput names the index 'GSI9', which the table does not have: it has by-owner, by-day",
        ),
        (
            WARM.format(warm="WarmUnits(write=8000)"),
            "a warm throughput of 8000 write units for the table, which has a capacity of 9000: give 9000 or more",
        ),
        (
            WARM.format(warm='indexes={"by-day": WarmUnits(write=8000)}'),
            "a warm throughput of 8000 write units for index by-day, which has a capacity of 9000: give 9000 or more",
        ),
        (
            SORTED + 'SingleTable("notes", table=definition, indexes=[LocalIndex("by-id", "id")])',
            "the local index by-id sorts by id, the table's partition key: give another attribute",
        ),
        (
            'SingleTable("notes", table=definition, insights=Insights(None, {"GSI9": "THROTTLED_KEYS"}))',
            "insights names the index 'GSI9', which the table does not have: it has by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, table_class="COLD")',
            "table_class is 'COLD': STANDARD or STANDARD_INFREQUENT_ACCESS is allowed",
        ),
        (
            'SingleTable("notes", table=definition, origin="notes-1")',
            "the origin is 'notes-1': use Origin.point_in_time(...), .backup(...), .s3(...) or .existing(...)",
        ),
        (
            SORTED + 'SingleTable("notes", table=definition, indexes=[LocalIndex("by-size", "size")], origin=Origin.s3("exports"))',
            "an import from S3 with the local index by-size: an import makes none; import without it, or write the items",
        ),
        (
            'SingleTable("notes", table=definition, billing=Billing.provisioned(Capacity.fixed(5)), replicas=Replicas.eventual("eu-central-1"))',
            "a global table with a fixed write capacity: use Capacity.autoscaled for writes, or Billing.on_demand()",
        ),
        (
            KEYS + 'SingleTable("notes", table=definition, replicas=Replicas.eventual("eu-central-1"))',
            "a global table with the stream KEYS_ONLY: its replicas need NEW_AND_OLD_IMAGES",
        ),
        (
            OWN_KEY + 'SingleTable("notes", table=definition, encryption=key, replicas=Replicas.eventual("eu-central-1"))',
            "the replica in eu-central-1 has no key, and needs a key of its region: Replica(region, key_arn)",
        ),
        (
            'SingleTable("notes", table=definition, replicas=Replicas.eventual(Replica("eu-central-1", "arn:aws:kms:eu-central-1:1:key/k")))',
            "the replica in eu-central-1 has a key, and takes none: the table's key is not the customer's",
        ),
        (
            TTL + STRONG.format(more=""),
            "a strongly consistent global table with the time to live 'expires_at': it can have none; use Replicas.eventual, or delete items yourself",
        ),
        (
            SORTED + STRONG.format(more=', indexes=[LocalIndex("by-size", "size")]'),
            "a strongly consistent global table with a local index: it can have none; use a GlobalIndex, or Replicas.eventual",
        ),
        (
            STRONG.format(more=', origin=Origin.point_in_time("notes-1")'),
            "a strongly consistent global table that is restored or imported: it is made of an empty table; write the items to it",
        ),
        (
            TRANSACTION + STRONG.format(more=""),
            "a strongly consistent global table with the pattern notes_of, which is a transaction: it has none; use Replicas.eventual",
        ),
        (
            'SingleTable("notes", table=definition, resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetRecords"])])',
            "statement Read allows 'dynamodb:GetRecords' on the table: that belongs to stream_resource_policy",
        ),
        (
            'SingleTable("notes", table=definition, resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:Query"], ["GSI9"])])',
            "statement Read names the index 'GSI9': the table has by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, stream_resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetItem"])])',
            "statement Read allows 'dynamodb:GetItem' on the stream: allowed are dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator",
        ),
        (
            'SingleTable("notes", table=definition, resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetItem"])] * 2)',
            "two statements are called Read: give each its own name",
        ),
        (
            'SingleTable("notes", table=definition, transform={"insights": {}})',
            "SingleTable 'notes' has no 'insights' to transform: it has table",
        ),
    ],
)
def test_refused_before_anything_is_registered(project: Path, program: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, program)
    assert f"InvalidArgument: {message}" in str(caught.value)
    assert caught.value.deployment.resources == ()


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("warm_throughput", "20000", "warm_throughput is 20000: use WarmThroughput(WarmUnits(...), indexes={...})"),
        ("replicas", '["eu-central-1"]', "replicas is ['eu-central-1']: use Replicas.eventual(...) or Replicas.strong(...)"),
        (
            "insights",
            '"THROTTLED_KEYS"',
            "insights is 'THROTTLED_KEYS': use Insights.throttled_keys(), Insights.all_keys() or Insights(mode, {index: mode})",
        ),
        (
            "kinesis",
            '"arn:aws:kinesis:eu-west-1:123456789012:stream/s"',
            "kinesis is 'arn:aws:kinesis:eu-west-1:123456789012:stream/s': use KinesisDestination(stream_arn)",
        ),
        ("resource_policy", '{"Version": "2012-10-17"}', "resource_policy is of type dict: give a list of PrincipalAccess"),
        (
            "stream_resource_policy",
            '["arn:aws:iam::210987654321:root"]',
            "one of stream_resource_policy is of type str: give a list of PrincipalAccess",
        ),
        (
            "projections",
            '{"by-day": "ALL"}',
            "the projection of index by-day is 'ALL': use Projection.all(), .keys_only(), .include(...) or .of_patterns()",
        ),
        ("billing", 'Billing.on_demand(indexes={"by-day": 5})', "index by-day is billed by 5: use Limit(read=..., write=...)"),
        (
            "billing",
            'Billing.provisioned(Capacity.fixed(5), indexes={"by-day": 5})',
            "index by-day is billed by 5: use Throughput(read, write)",
        ),
        (
            "warm_throughput",
            'WarmThroughput(indexes={"by-day": 5})',
            "the warm throughput of index by-day is 5: use WarmUnits(read=..., write=...)",
        ),
        ("warm_throughput", "WarmThroughput(20000)", "the warm throughput of the table is 20000: use WarmUnits(read=..., write=...)"),
        ("replicas", "Replicas.eventual(5)", "one of the replicas is 5: give the names of regions, or Replica(region, key_arn)"),
    ],
)
def test_a_value_of_another_type_is_refused_with_how_one_is_made(project: Path, argument: str, value: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, f'SingleTable("notes", table=definition, {argument}={value})')
    assert f"InvalidArgument: {message}" in str(caught.value)
    assert caught.value.deployment.resources == ()
