"""Components in a program of somebody else: another table, other choices than the shop's."""

import json
from pathlib import Path

import pytest

from components.errors import InvalidArgument
from components.tables.origins import CREATION_ONLY
from local.deploy import DeployError
from policy import stage
from tests.components.conftest import run


def test_a_table_from_json_without_python_s_declaration(project: Path) -> None:
    stack = run(project, 'SingleTable("notes", table=definition)')

    (table,) = stack.resources
    assert (table.inputs["hashKey"], table.inputs.get("rangeKey")) == ("id", None)
    assert [attribute["name"] for attribute in table.inputs["attributes"]] == ["id", "owner", "day"]
    assert table.inputs["globalSecondaryIndexes"][1]["nonKeyAttributes"] == ["title"]
    assert (table.protect, table.retain_on_delete) == (True, True)
    assert "onDemandThroughput" not in table.inputs


def test_fixed_capacity_needs_no_autoscaling_and_ignores_nothing(project: Path) -> None:
    stack = run(project, 'SingleTable("notes", table=definition, billing=Billing.provisioned(Capacity.fixed(5), Capacity.fixed(3)))')

    (table,) = stack.resources
    assert (table.inputs["readCapacity"], table.inputs["writeCapacity"]) == (5, 3)
    assert list(table.request.ignoreChanges) == [*CREATION_ONLY]


def test_each_autoscaled_capacity_has_its_own_target_and_policy(project: Path) -> None:
    stack = run(
        project,
        """
        small = Throughput(Capacity.autoscaled(1, 10), Capacity.fixed(3))
        billing = Billing.provisioned(Capacity.autoscaled(5, 50), Capacity.fixed(3), indexes={"by-day": small})
        SingleTable("notes", table=definition, billing=billing)
        """,
    )

    assert {each.name: each.inputs["maxCapacity"] for each in stack.all("Target")} == {
        "notes-read": 50,
        "notes-by-owner-read": 50,
        "notes-by-day-read": 10,
    }
    assert [each.name for each in stack.all("appautoscaling/policy:Policy")] == [each.name for each in stack.all("Target")]
    assert list(stack.one("Table", "notes").request.ignoreChanges) == [
        "readCapacity",
        "globalSecondaryIndexes[*].readCapacity",
        *CREATION_ONLY,
    ]


def test_a_limit_on_cost(project: Path) -> None:
    stack = run(project, 'SingleTable("notes", table=definition, billing=Billing.on_demand(max_read=50, max_write=20))')

    limit = {"maxReadRequestUnits": 50, "maxWriteRequestUnits": 20}
    (table,) = stack.resources
    subjects = {"notes": table.inputs, **{index["name"]: index for index in table.inputs["globalSecondaryIndexes"]}}
    assert {name: each["onDemandThroughput"] for name, each in subjects.items()} == dict.fromkeys(("notes", "by-owner", "by-day"), limit)


def test_disposable_is_said_as_the_policy_reads_it(project: Path) -> None:
    (table,) = run(project, 'SingleTable("notes", table=definition, disposable=True, tags={"team": "a"})').resources

    assert table.inputs["tags"] == {"team": "a", "singletable:disposable": "true"}
    assert stage.is_disposable(table.inputs)
    assert (table.protect, table.retain_on_delete) == (False, False)


def test_a_function_with_more_than_the_table(project: Path) -> None:
    stack = run(
        project,
        """
        data = SingleTable("notes", table=definition)
        mail = Access("SendMail", ["ses:SendEmail"], ["arn:aws:ses:eu-west-1:123456789012:identity/example.com"])
        PythonFunction(
            "notes-api", handler="notes.api.handler", table=data, patterns=data.definition.patterns, access=[mail],
            environment={"STAGE": "dev"}, runtime="python3.12", architecture="x86_64", log_retention_days=7,
            transform={"function": {"reserved_concurrent_executions": 3}, "role": lambda given: {**given, "path": "/notes/"}},
        )
        """,
    )

    function = stack.one("Function", "notes-api").inputs
    allowed = json.loads(stack.one("RolePolicy", "notes-api-policy").inputs["policy"])["Statement"]
    table = stack.one("Table", "notes").outputs["arn"]
    assert [(each["Sid"], each["Resource"]) for each in allowed[1:]] == [
        ("QueryIndexes", [f"{table}/index/by-owner"]),
        ("ReportFailedEvents", [stack.one("Queue", "notes-api-failed-events").outputs["arn"]]),
        ("SendMail", ["arn:aws:ses:eu-west-1:123456789012:identity/example.com"]),
    ]
    assert (function["runtime"], function["architectures"], function["reservedConcurrentExecutions"]) == ("python3.12", ["x86_64"], 3)
    assert function["environment"]["variables"]["STAGE"] == "dev"
    assert stack.one("Role", "notes-api-role").inputs["path"] == "/notes/"
    assert stack.one("LogGroup", "notes-api-logs").inputs["retentionInDays"] == 7
    assert stack.all("FunctionUrl") == []
    assert (project / "build" / "notes.zip").exists()


def test_a_consumer_without_filter_and_with_its_own_batch(project: Path) -> None:
    stack = run(
        project,
        """
        data = SingleTable("notes", table=definition)
        StreamConsumer(
            "changes", handler="notes.api.handler", table=data, patterns=[], stream={"version": 1, "filters": []},
            transform={"mapping": {"batch_size": 10}, "log_group": {"retention_in_days": 1}},
        )
        """,
    )

    mapping = stack.one("EventSourceMapping", "changes-mapping").inputs
    assert "filterCriteria" not in mapping
    assert (mapping["batchSize"], mapping["startingPosition"]) == (10, "TRIM_HORIZON")
    assert stack.one("LogGroup", "changes-logs").inputs["retentionInDays"] == 1
    allowed = json.loads(stack.one("RolePolicy", "changes-policy").inputs["policy"])["Statement"]
    assert [each["Sid"] for each in allowed] == ["WriteLogs", "ReadStream", "ListStreams", "ReportFailures"]


def test_one_message_for_each_severity(project: Path) -> None:
    stack = run(
        project,
        """
        data = SingleTable("notes", table=definition)
        Monitoring("watch", table=data, notify="composites", transform={"topic": {"kms_master_key_id": "alias/mine"}})
        """,
    )

    topics = {each.outputs["arn"] for each in stack.all("Topic")}
    assert len(topics) == 3
    assert all(each.inputs["kmsMasterKeyId"] == "alias/mine" for each in stack.all("Topic"))
    assert stack.all("MetricAlarm") != []
    assert all(each.inputs["alarmActions"] == each.inputs["okActions"] == [] for each in stack.all("MetricAlarm"))
    assert stack.all("CompositeAlarm") != []
    for composite in stack.all("CompositeAlarm"):
        (topic,) = composite.inputs["alarmActions"]
        assert topic in topics and composite.inputs["okActions"] == [topic]


def test_each_table_of_a_stack_is_watched_under_its_own_name(project: Path) -> None:
    """Alarms and dashboards have names that are one for an account and region."""
    stack = run(
        project,
        """
        for name in ("notes", "drafts"):
            Monitoring(name, table=SingleTable(name, table=definition))
        """,
    )

    names = [each.inputs.get("name") or each.inputs["alarmName"] for each in stack.registrations if each.type.endswith("Alarm")]
    assert len(set(names)) == len(names) > 0
    assert {name.partition(" ")[0] for name in names} == {"notes-dev", "notes-drafts-dev"}
    assert len({each.inputs["dashboardName"] for each in stack.all("Dashboard")}) == 2
    table = stack.one("Table", "drafts").outputs["name"]
    watched = {
        query["metric"]["dimensions"].get("TableName", table)
        for each in stack.all("MetricAlarm")
        if each.inputs["name"].startswith("notes-drafts-dev")
        for query in each.inputs.get("metricQueries") or ()
        if "metric" in query and query["metric"]["namespace"] == "AWS/DynamoDB"
    }
    assert watched == {table}


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            """
            data = SingleTable("notes", table=definition)
            Monitoring("notes", table=data, transform={"topic": {"kms_master_key_id": "alias/aws/sns"}})
            """,
            "the topics of notes are encrypted with alias/aws/sns, which no alarm may use: give a key of your own",
        ),
        ('SingleTable("notes", table=definition, recovery_days=36)', "recovery_days is 36: 1 to 35 is allowed"),
        ('SingleTable("notes", table={**definition, "version": 9})', "version: 9 is not 1: make the data anew"),
        (
            'SingleTable("notes", table=definition, transform={"topic": {}})',
            "SingleTable 'notes' has no 'topic' to transform: it has table",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            StreamConsumer("changes", handler="notes.api.handler", table=data, patterns=[],
                           stream={"version": 1, "filters": [], "view_type": "KEYS_ONLY"})
            """,
            "the handlers need a stream of KEYS_ONLY, the table's has NEW_AND_OLD_IMAGES: declare both alike",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            PythonFunction("api", handler="nowhere.api.handler", table=data, patterns=[])
            """,
            "there is no package 'nowhere' to bundle: run this in the folder that holds it, or install it",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            PythonFunction("api", handler="notes.nothere.handler", table=data, patterns=[])
            """,
            "MissingModule: the handler is 'notes.nothere.handler', and there is no module notes.nothere: notes has notes, notes.api",
        ),
        (
            """
            import singletable
            SingleTable("notes", table=singletable.Table(key=singletable.Key("PK", "SK")))
            """,
            "InvalidArgument: the table is of type Table: give its definition, table.definition(), or that as a dict",
        ),
        (
            """
            SingleTable("notes", table=definition, encryption="kms")
            """,
            "InvalidArgument: the encryption is 'kms': use Encryption.aws_owned(), Encryption.aws_managed() or Encryption.customer_key(arn)",
        ),
        (
            """
            PythonFunction("api", handler="notes.api.handler", table="tbl", patterns=[])
            """,
            "InvalidArgument: the table is of type str: give the SingleTable of this stack",
        ),
        (
            """
            StreamConsumer("changes", handler="notes.api.handler", table="tbl", patterns=[], stream={})
            """,
            "InvalidArgument: the table is of type str: give the SingleTable of this stack",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            StreamConsumer("changes", handler="notes.api.handler", table=data, patterns=[], stream="notes")
            """,
            "InvalidArgument: the stream is of type str: give its definition, stream.definition(), or that as a dict",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            PythonFunction("api", handler="notes.api.handler", table=data, patterns=Access)
            """,
            "InvalidArgument: the patterns are Access: give patterns_of(...) what uses the table, or a list of patterns",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            PythonFunction("api", handler="notes.api.handler", table=data, patterns=["notes_of"])
            """,
            "InvalidArgument: one of the patterns is of type str: give patterns_of(...) what uses the table",
        ),
        (
            """
            Monitoring("notes", table="tbl")
            """,
            "InvalidArgument: the table is of type str: give the SingleTable of this stack",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            Monitoring("notes", table=data, functions=["api"])
            """,
            "InvalidArgument: one of the functions is of type str: give a list of PythonFunction and StreamConsumer",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            Monitoring("notes", table=data, functions=7)
            """,
            "InvalidArgument: the functions are of type int: give a list of PythonFunction and StreamConsumer",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            Monitoring("notes", table=data, emails=["a@example.com"])
            """,
            "InvalidArgument: the emails are of type list: give lists of addresses by severity (page, ticket, info), such as {'page': ['oncall@example.com']}",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            Monitoring("notes", table=data, emails={"pages": ["a@example.com"]})
            """,
            "InvalidArgument: the emails name the severity 'pages': give lists of addresses by severity (page, ticket, info), such as {'page': ['oncall@example.com']}",
        ),
        (
            """
            data = SingleTable("notes", table=definition)
            Monitoring("notes", table=data, emails={"page": "a@example.com"})
            """,
            "InvalidArgument: the emails of page are of type str: give lists of addresses by severity (page, ticket, info), such as {'page': ['oncall@example.com']}",
        ),
    ],
)
def test_refusals_reach_whoever_deploys(project: Path, program: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, program)
    assert message in str(caught.value)
    assert not any(each.type.startswith("aws:lambda") for each in caught.value.deployment.resources)


def test_codes_are_stable() -> None:
    assert InvalidArgument("x").code == "invalid-argument"
