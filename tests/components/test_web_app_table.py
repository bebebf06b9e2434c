"""The composite: what it makes of three arguments, how each part is reached, and what it refuses before anything is registered."""

from pathlib import Path

import pytest

from local.deploy import DeployError
from tests.components.conftest import Stack, run

THREE = 'WebAppTable("notes", table=definition, handlers={"api": "notes.api.handler"})'
TWO = """
consumer = Handler("notes.api.handler", patterns=[], stream={"version": 1, "filters": []})
from singletable.definition import TableDefinition
every = TableDefinition.from_dict(definition).patterns
api = Handler("notes.api.handler", patterns=every, url="AWS_IAM", environment={"STAGE": "dev"})
made = WebAppTable("notes", table=definition, handlers={"api": api, "changes": consumer}, disposable=True, tags={"team": "a"}, owner="team a")
import pulumi
for name in ("function_names", "urls", "failure_queue_urls", "topic_arns", "table_name", "dashboard_url"):
    pulumi.export(name, getattr(made, name))
pulumi.export("nodes", list(made.nodes))
"""


@pytest.fixture
def two(project: Path) -> Stack:
    return run(project, TWO)


def short(urn: str) -> str:
    """Without stack, project and the words that all types have."""
    return "::".join(urn.split("::")[2:]).replace("singletable:index:", "").replace("aws:", "")


def test_names_types_and_parents_are_what_stacks_already_have(project: Path) -> None:
    """Another URN is another resource: of a deployed stack it would be replaced. Whatever changes here needs an alias and the changelog."""
    made = {short(each.urn) for each in run(project, THREE).registrations if "Alarm" not in each.type} - {"pulumi:pulumi:Stack::notes-dev"}

    assert made == {
        "WebAppTable::notes",
        "WebAppTable$SingleTable::notes",
        "WebAppTable$SingleTable$dynamodb/table:Table::notes",
        "WebAppTable$SingleTable$pulumi:index:Stash::notes-identity",
        "WebAppTable$PythonFunction::notes-api",
        "WebAppTable$PythonFunction$cloudwatch/logGroup:LogGroup::notes-api-logs",
        "WebAppTable$PythonFunction$iam/role:Role::notes-api-role",
        "WebAppTable$PythonFunction$iam/rolePolicy:RolePolicy::notes-api-policy",
        "WebAppTable$PythonFunction$lambda/function:Function::notes-api",
        "WebAppTable$PythonFunction$lambda/functionEventInvokeConfig:FunctionEventInvokeConfig::notes-api-events",
        "WebAppTable$PythonFunction$sqs/queue:Queue::notes-api-failed-events",
        "WebAppTable$Monitoring::notes",
        *(f"WebAppTable$Monitoring$sns/topic:Topic::notes-{severity}" for severity in ("page", "ticket", "info")),
        *(f"WebAppTable$Monitoring$sns/topicPolicy:TopicPolicy::notes-{severity}" for severity in ("page", "ticket", "info")),
        "WebAppTable$Monitoring$cloudwatch/dashboard:Dashboard::notes-dashboard",
    }


def test_a_consumer_is_one_of_the_parts(two: Stack) -> None:
    made = {short(each.urn) for each in two.registrations if "notes-changes" in each.name and "Alarm" not in each.type}

    consumer = "WebAppTable$StreamConsumer"
    assert made == {
        f"{consumer}::notes-changes",
        f"{consumer}$sqs/queue:Queue::notes-changes-failures",
        f"{consumer}$lambda/eventSourceMapping:EventSourceMapping::notes-changes-mapping",
        f"{consumer}$PythonFunction::notes-changes",
        f"{consumer}$PythonFunction$cloudwatch/logGroup:LogGroup::notes-changes-logs",
        f"{consumer}$PythonFunction$iam/role:Role::notes-changes-role",
        f"{consumer}$PythonFunction$iam/rolePolicy:RolePolicy::notes-changes-policy",
        f"{consumer}$PythonFunction$lambda/function:Function::notes-changes",
    }


def test_three_arguments_give_a_table_that_is_protected_and_watched(project: Path) -> None:
    stack = run(project, THREE)

    (table,) = stack.all("Table")
    assert (table.protect, table.retain_on_delete, table.inputs["deletionProtectionEnabled"]) == (True, True, True)
    assert stack.all("MetricAlarm") != []
    assert [each.name for each in stack.registrations if each.protect or each.retain_on_delete] == ["notes"]


def test_a_handler_that_says_nothing_may_use_every_declared_pattern(project: Path) -> None:
    policy = run(project, THREE).one("RolePolicy", "notes-api-policy").inputs["policy"]

    assert "QueryIndexes" in policy and "/index/by-owner" in policy


def test_outputs_and_nodes(two: Stack) -> None:
    outputs = two.outputs

    assert outputs["nodes"] == ["table", "api", "changes", "monitoring"]
    assert outputs["table_name"] == two.one("Table", "notes").outputs["name"]
    assert outputs["function_names"] == {
        label: two.one("lambda/function:Function", f"notes-{label}").outputs["name"] for label in ("api", "changes")
    }
    assert outputs["urls"] == {"api": two.one("FunctionUrl", "notes-api-url").outputs["functionUrl"]}
    assert outputs["failure_queue_urls"] == {"changes": two.one("Queue", "notes-changes-failures").outputs["url"]}
    assert outputs["topic_arns"].keys() == {"page", "ticket", "info"}
    assert two.one("WebAppTable", "notes").outputs["urls"] == outputs["urls"]


def test_what_is_said_once_reaches_every_part(two: Stack) -> None:
    tagged = [each for each in two.resources if "tags" in each.inputs]

    assert {each.type.rpartition(":")[2] for each in tagged} >= {"Table", "Function", "Topic", "Queue", "MetricAlarm"}
    assert all(each.inputs["tags"]["team"] == "a" for each in tagged)


def test_every_argument_of_every_resource_can_be_reached(project: Path) -> None:
    stack = run(
        project,
        """
        import pulumi
        WebAppTable(
            "notes", table=definition, handlers={"api": "notes.api.handler"},
            transform={
                "table": {"recovery_days": 7, "transform": {"table": {"name": "notes"}}},
                "api": lambda given: {**given, "memory_mb": given.get("memory_mb", 0) + 1024, "opts": pulumi.ResourceOptions(protect=True)},
                "monitoring": {"transform": {"dashboard": {"dashboard_name": "notes"}}},
            },
        )
        """,
    )

    (table,) = stack.all("Table")
    assert (table.inputs["name"], table.inputs["pointInTimeRecovery"]["recoveryPeriodInDays"]) == ("notes", 7)
    assert stack.one("lambda/function:Function", "notes-api").inputs["memorySize"] == 1024
    assert stack.one("Dashboard", "notes-dashboard").inputs["dashboardName"] == "notes"
    function = stack.one("PythonFunction", "notes-api")
    assert function.protect
    assert short(function.parent) == "WebAppTable::notes"


def test_two_in_one_program_do_not_meet(project: Path) -> None:
    stack = run(
        project,
        """
        for name in ("notes", "drafts"):
            WebAppTable(name, table=definition, handlers={"api": "notes.api.handler"})
        """,
    )

    urns = [each.urn for each in stack.registrations]
    assert len(set(urns)) == len(urns)
    assert {each.name for each in stack.all("lambda/function:Function")} == {"notes-api", "drafts-api"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('table="notes", handlers={}', "invalid-argument: the table is of type str: give its definition"),
        ('table={**definition, "version": 9}, handlers={}', "invalid-definition: version: 9 is not 1"),
        ('table=definition, handlers=["notes.api.handler"]', "invalid-argument: the handlers are of type list: give them by name"),
        (
            'table=definition, handlers={"a b": "notes.api.handler"}',
            "invalid-argument: a handler is called 'a b': letters, digits and dashes",
        ),
        ('table=definition, handlers={"table": "notes.api.handler"}', "invalid-argument: a handler is called 'table', as another part is"),
        ('table=definition, handlers={"api": 7}', "invalid-argument: the handler api is of type int: give a Handler, or its name"),
        (
            'table=definition, handlers={"api": Handler("notes.api.handler", patterns=["notes_of"])}',
            "invalid-argument: one of the patterns is of type str",
        ),
        (
            'table=definition, handlers={"c": Handler("notes.api.handler", url="NONE", stream={"version": 1, "filters": []})}',
            "invalid-argument: the handler c follows the stream and has the url 'NONE': use two handlers",
        ),
        (
            'table=definition, handlers={"c": Handler("notes.api.handler", recursion="it stops")}',
            "invalid-argument: the handler c has recursion='it stops' and follows no stream: leave it out, or give the stream",
        ),
        (
            'table=definition, handlers={"c": Handler("notes.api.handler", stream={"version": 1})}',
            "invalid-definition: filters: is missing",
        ),
        ('table=definition, handlers={}, emails={"pages": []}', "invalid-argument: the emails name the severity 'pages'"),
        (
            'table=definition, handlers={"api": "notes.api.handler"}, transform={"apis": {}}',
            "invalid-argument: WebAppTable 'notes' has no 'apis' to transform: it has table, api, monitoring",
        ),
    ],
)
def test_refused_before_anything_is_registered(project: Path, arguments: str, message: str) -> None:
    program = f"""
    try:
        WebAppTable("notes", {arguments})
    except Exception as error:
        raise SystemExit(f"{{getattr(error, 'code', '')}}: {{error}}")
    """
    with pytest.raises(DeployError) as caught:
        run(project, program)
    assert message in str(caught.value)
    assert caught.value.deployment.resources == ()
