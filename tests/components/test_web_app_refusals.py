"""What is wrong with any part of the composite, or of a component alone, is refused before anything at all is registered."""

from pathlib import Path

import pytest

from local.deploy import DeployError
from tests.components.conftest import run

PARTS = {
    "table": [
        ("recovery_days=36", "recovery_days is 36: 1 to 35 is allowed"),
        ("recovery_days=True", "recovery_days is True: 1 to 35 is allowed"),
        ('disposable="yes"', "disposable is 'yes': True or False is allowed"),
        ("replaceable=1", "replaceable is 1: True or False is allowed"),
        ('billing="on-demand"', "billing is 'on-demand': use Billing.on_demand()"),
        ('billing=Billing.on_demand(indexes={"GSI9": Limit(1)})', "billing names the index 'GSI9', which the table does not have"),
        ('encryption="kms"', "the encryption is 'kms': use Encryption.aws_owned()"),
        ('table_class="COLD"', "table_class is 'COLD': STANDARD or"),
        ('indexes=["by-size"]', "one of the indexes is of type str"),
        ('indexes=[LocalIndex("by-size", "size")]', "the table has no sort key, and the local index by-size"),
        ('projections={"GSI9": Projection.all()}', "projections names the index 'GSI9', which is not declared"),
        ('warm_throughput=WarmThroughput(indexes={"GSI9": WarmUnits(20000, 8000)})', "warm_throughput names the index 'GSI9'"),
        ('insights=Insights("THROTTLED_KEYS", {"GSI9": None})', "insights names the index 'GSI9'"),
        ('replicas=["eu-central-1"]', "replicas is ['eu-central-1']: use Replicas.eventual"),
        ('replicas=Replicas.eventual(Replica("eu-west-3", "arn:aws:kms:eu-west-3:123456789012:key/k"))', "has a key, and takes none"),
        ('kinesis="orders"', "kinesis is 'orders': use KinesisDestination(stream_arn)"),
        ('origin="backup"', "the origin is 'backup': use Origin.point_in_time"),
        ('resource_policy=["all"]', "one of resource_policy is of type str: give a list of PrincipalAccess"),
        (
            'stream_resource_policy=[PrincipalAccess("Read", ["123456789012"], ["dynamodb:GetItem"])]',
            "statement Read allows 'dynamodb:GetItem' on the stream",
        ),
        ('tags={"aws:team": "shop"}', "the tag 'aws:team' begins with aws:, which AWS keeps for itself"),
        ('tags={"team": 7}', "the tag 'team' is of type int: give texts by name"),
        ('transform={"read-target": {}}', "SingleTable 'notes' has no 'read-target' to transform: it has table"),
        (
            'transform={"table": {"nam": "shop"}}',
            "the transform of 'table' in SingleTable 'notes' sets 'nam', which is no argument here: did you mean name?",
        ),
        ('transform={"table": "name"}', "the transform of 'table' in SingleTable 'notes' is of type str"),
        ('transform={"table": lambda given: None}', "the transform of 'table' returned None: return all arguments"),
    ],
    "api": [
        (
            'transform={"function": {"memorysize": 1}}',
            "in PythonFunction 'notes-api' sets 'memorysize', which is no argument here: did you mean memory_size?",
        ),
        ('handler="handler"', "the handler is 'handler': package.module.function is needed"),
        ('handler="notes.web.handler"', "there is no module notes.web"),
        ('handler="absent.api.handler"', "there is no package 'absent' to bundle"),
        ("memory_mb=64", "memory_mb is 64: 128 to 10240 is allowed"),
        ("timeout_seconds=901", "timeout_seconds is 901: 1 to 900 is allowed"),
        ("log_retention_days=31", "log_retention_days is 31: allowed are 1, 3, 5"),
        ('runtime="nodejs22.x"', "the runtime is 'nodejs22.x': allowed are python3.11"),
        ('architecture="arm"', "'arm'"),
        ('url="PUBLIC"', "the url is 'PUBLIC': AWS_IAM (signed requests), NONE (everybody)"),
        ('environment={"TABLE_NAME": "mine"}', "the environment sets TABLE_NAME, which is the table's"),
        ("environment={'STAGE': 7}", "the environment sets STAGE to a value of type int: give text"),
        ('patterns=["notes_of"]', "one of the patterns is of type str"),
        ('access=["s3:GetObject"]', "one of the access is of type str"),
        ('access=[Access("Read", ["s3:GetObject"], ["arn:aws:s3:::b/*"])] * 2', "two statements are called Read"),
        ('access=[Access("WriteLogs", ["s3:GetObject"], ["arn:aws:s3:::b/*"])]', "two statements are called WriteLogs"),
        ('layers=["arn"]', "one of the layers is 'arn': an ARN with its version is needed"),
        ('packaging="zip"', "the packaging is of type str: give Packaging(...)"),
        ("limits=Limits()", "the pattern notes_of has no entity"),
        ('logs="JSON"', "the logs are 'JSON': give Logs.json(...) or Logs.text()"),
        ("tracing=1", "tracing is 1: True or False is allowed"),
        ("pattern_metrics=1", "pattern_metrics is 1: True or False is allowed"),
        ("reserved_concurrency=-1", "reserved_concurrency is -1: a whole number from 0 is allowed"),
        ('asynchronous="queue"', "asynchronous is of type str: give Asynchronous.parked()"),
        ('tags=["team"]', "the tags are of type list: give texts by name"),
        ('opts="protect"', "opts is of type str: give pulumi.ResourceOptions(...)"),
        ("memory=64", "the transform sets 'memory', which is no argument here: did you mean memory_mb?"),
        ("table=None", "the transform sets 'table', which is the table of this component: leave it out"),
        ('stream={"version": 1, "filters": []}', "the transform sets 'stream', which is no argument here"),
        ('transform={"queue": {}}', "PythonFunction 'notes-api' has no 'queue' to transform"),
    ],
    "changes": [
        ('stream="all"', "the stream is of type str: give its definition"),
        ('stream={"version": 1, "filters": [{}] * 11}', "the stream has 11 filters, one mapping takes 10"),
        ('stream={"version": 1, "filters": [], "view_type": "KEYS_ONLY"}', "the handlers need a stream of KEYS_ONLY"),
        ('delivery="fast"', "the delivery is of type str: give Delivery(...)"),
        ("delivery=Delivery(maximum_age_seconds=30)", "maximum_age_seconds of the table's stream is 30: 60 to"),
        ('source="kinesis"', "the source is of type str: give Source.table() or Source.kinesis(arn)"),
        ('recursion=" "', "StreamConsumer 'notes-changes' has recursion=' ': say in words what ends it"),
        ('url="NONE"', "the transform sets 'url', which is no argument here"),
        ('transform={"url": 7}', "the transform of 'url' in StreamConsumer 'notes-changes' is of type int"),
    ],
    "monitoring": [
        (
            'transform={"dashboard": {"dashboard_bodi": "{}"}}',
            "sets 'dashboard_bodi', which is no argument here: did you mean dashboard_body?",
        ),
        ('emails={"pages": []}', "the emails name the severity 'pages'"),
        ('emails={"page": ["oncall"]}', "one of the emails of page is 'oncall', which is no address"),
        ('emails={"page": ["a@example.com"] * 2}', "the emails of page name a@example.com twice"),
        ('notify="all"', "notify is 'all': alarms or composites is allowed"),
        ('options="strict"', "the options are of type str: give monitoring's Options(...)"),
        ('maintenance="sunday"', "the maintenance is of type str"),
        ('boards=["costs"]', "one of the boards is 'costs': give a list of patterns and consumers"),
        ('marks=["release"]', "one of the marks is 'release': give a list of monitoring's Mark(at, label)"),
        ("owner=7", "the owner is of type int: give the name of a team"),
        ('functions=["api"]', "one of the functions is of type str: give a list of PythonFunction and StreamConsumer"),
        ('transform={"topics": {}}', "Monitoring 'notes' has no 'topics' to transform"),
        ('transform={"topic": {"kms_master_key_id": "alias/aws/sns"}}', "which no alarm may use"),
        ("boards=7", "the boards are of type int"),
    ],
}
HANDLERS = """
from singletable.definition import TableDefinition
every = TableDefinition.from_dict(definition).patterns
handlers = {"api": Handler("notes.api.handler", patterns=every), "changes": Handler("notes.api.handler", patterns=[], stream={"version": 1, "filters": []})}
def given(**arguments):
    return arguments
"""


def refused(project: Path, program: str) -> str:
    """What the program is refused with, and that nothing was registered before."""
    with pytest.raises(DeployError) as caught:
        run(project, program)
    stack = "pulumi:pulumi:Stack"
    assert [each.urn for each in caught.value.deployment.registrations if each.type != stack] == []
    return str(caught.value)


@pytest.mark.parametrize(("part", "arguments", "message"), [(part, *each) for part, found in PARTS.items() for each in found])
def test_a_part_that_cannot_be_is_refused_before_the_first_is_registered(project: Path, part: str, arguments: str, message: str) -> None:
    told = refused(
        project, HANDLERS + f'WebAppTable("notes", table=definition, handlers=handlers, transform={{"{part}": given({arguments})}})'
    )

    assert message in told


def test_a_third_reader_of_the_stream_is_refused(project: Path) -> None:
    more = 'handlers |= {"more": handlers["changes"], "most": handlers["changes"]}\n'
    told = refused(project, HANDLERS + more + 'WebAppTable("notes", table=definition, handlers=handlers)')

    assert "StreamConsumer 'notes-most' is one too many: the table's stream is read by notes-changes and notes-more" in told


def test_a_second_reader_of_a_stream_that_replication_reads_is_refused(project: Path) -> None:
    more = 'handlers["more"] = handlers["changes"]\ntransform = {"table": {"replicas": Replicas.eventual("eu-central-1")}}\n'
    told = refused(project, HANDLERS + more + 'WebAppTable("notes", table=definition, handlers=handlers, transform=transform)')

    assert "StreamConsumer 'notes-more' is one too many" in told and "replication reads it too" in told


@pytest.mark.parametrize("part", ["table", "api", "changes", "monitoring"])
@pytest.mark.parametrize(("change", "message"), [("None", "returned None: return all arguments"), ('"x"', "returned 'x'")])
def test_a_function_that_returns_no_arguments_is_refused(project: Path, part: str, change: str, message: str) -> None:
    told = refused(
        project, HANDLERS + f'WebAppTable("notes", table=definition, handlers=handlers, transform={{"{part}": lambda given: {change}}})'
    )

    assert f"the transform of '{part}' {message}" in told


def test_a_function_that_leaves_out_what_is_needed_is_refused(project: Path) -> None:
    told = refused(project, HANDLERS + 'WebAppTable("notes", table=definition, handlers=handlers, transform={"api": lambda given: {}})')

    assert "the transform returned no 'handler': return all arguments" in told


def test_a_suppressor_of_alarms_that_do_not_tell_is_refused(project: Path) -> None:
    program = """
    from monitoring.maintenance import Maintenance
    from monitoring.actions import Suppressor
    WebAppTable("notes", table=definition, handlers={}, transform={"monitoring": {"maintenance": Maintenance(suppressor=Suppressor("a"))}})
    """
    assert "has a suppressor, which only composite alarms have" in refused(project, program)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('emails={"pages": []}', "the emails name the severity 'pages'"),
        ('options="strict"', "the options are of type str: give monitoring's AccountOptions(...)"),
        ('maintenance="sunday"', "the maintenance is of type str"),
        ('tags="team"', "the tags are of type str"),
        ('transform={"topic": {"kms_master_key_id": "alias/aws/sns"}}', "which no alarm may use"),
    ],
)
def test_what_an_account_shares_is_refused_before_it_too(project: Path, arguments: str, message: str) -> None:
    assert message in refused(project, f'AccountMonitoring("account", {arguments})')


def test_other_functions_are_watched_beside_those_of_the_handlers(project: Path) -> None:
    stack = run(
        project,
        """
        first = WebAppTable("notes", table=definition, handlers={"api": "notes.api.handler"})
        WebAppTable(
            "drafts", table=definition, handlers={"api": "notes.api.handler"},
            transform={"monitoring": lambda given: {**given, "functions": [*given["functions"], first.nodes["api"]]}},
        )
        """,
    )

    watched = {each.name for each in stack.all("MetricAlarm") if each.parent.endswith("Monitoring::drafts")}
    assert {True} == {any(label in name for name in watched) for label in ("drafts-api", "notes-api")}


@pytest.mark.parametrize(
    "given", ['"notes.api.handler"', 'Handler("notes.api.handler")', 'Handler("notes.api.handler", stream={"version": 1, "filters": []})']
)
def test_one_of_several_handlers_that_says_no_patterns_is_refused(project: Path, given: str) -> None:
    """It would have the permissions of the others too."""
    told = refused(project, HANDLERS + f'WebAppTable("notes", table=definition, handlers={{**handlers, "jobs": {given}}})')
    assert (
        "the handler jobs says no patterns, and is one of 3: it would have the permissions of all of them; give patterns, those that it"
        in told
    )


def test_a_handler_that_is_called_as_another_function_is_refused(project: Path) -> None:
    program = """
    data = SingleTable("other", table=definition)
    PythonFunction("notes-api", handler="notes.api.handler", table=data, patterns=[])
    WebAppTable("notes", table=definition, handlers={"api": "notes.api.handler"})
    """
    with pytest.raises(DeployError) as caught:
        run(project, program)
    assert "PythonFunction 'notes-api' is called as PythonFunction 'notes-api' of this stack" in str(caught.value)
    assert [each.urn for each in caught.value.deployment.registrations if "WebAppTable" in each.urn] == []
