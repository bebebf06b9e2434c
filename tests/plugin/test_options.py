"""Everything that a table, a function and what watches them can be, said in plain data: what reaches the provider's resources."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.conftest import Constructed, Plugin, Refusal, archive

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
KINESIS = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "index.mjs").write_text("export const handler = async () => ({});\n", encoding="utf-8")
    return folder


@pytest.fixture
def index(definition: dict[str, Any]) -> str:
    """The name of a declared one."""
    return definition["indexes"][0]["name"]


def table(plugin: Plugin, definition: dict[str, Any], **options: Any) -> Constructed:
    return plugin.construct("SingleTable", {"definition": definition, "table": options})


def function(plugin: Plugin, definition: dict[str, Any], code: Path, **options: Any) -> Constructed:
    handler = {"handler": "index.handler", "runtime": "nodejs22.x", "code": archive(code), **options}
    return plugin.construct("WebAppTable", {"definition": definition, "handlers": {"api": handler}})


def test_provisioned_by_direction_and_index_with_a_schedule(plugin: Plugin, definition: dict[str, Any], index: str) -> None:
    fair = {"name": "fair", "when": "at(2026-11-27T00:00:00)", "minimum": 50, "timezone": "Europe/Berlin"}
    made = table(
        plugin,
        definition,
        billing={
            "mode": "provisioned",
            "read": {"minimum": 5, "maximum": 100, "scaleInSeconds": 120, "schedules": [fair]},
            "write": {"minimum": 3, "maximum": 30, "targetPercent": 50},
            "indexes": {index: {"read": {"minimum": 7, "maximum": 70}}},
        },
    )

    units = made.one("Table", "shop").inputs
    (declared,) = [each for each in units["globalSecondaryIndexes"] if each["name"] == index]
    assert (units["readCapacity"], units["writeCapacity"]) == (5, 3)
    assert (declared["readCapacity"], declared["writeCapacity"]) == (7, 3)
    policy = made.one("Policy", "shop-write").inputs["targetTrackingScalingPolicyConfiguration"]
    assert policy["targetValue"] == 50
    assert made.one("Policy", "shop-read").inputs["targetTrackingScalingPolicyConfiguration"]["scaleInCooldown"] == 120
    action = made.one("ScheduledAction", "shop-read-at-fair").inputs
    assert (action["schedule"], action["timezone"]) == ("at(2026-11-27T00:00:00)", "Europe/Berlin")
    assert action["scalableTargetAction"] == {"minCapacity": 50}


def test_ceilings_by_index(plugin: Plugin, definition: dict[str, Any], index: str) -> None:
    made = table(plugin, definition, billing={"mode": "on-demand", "maxRead": 100, "indexes": {index: {"maxRead": 10, "maxWrite": 5}}})

    inputs = made.one("Table", "shop").inputs
    (declared,) = [each for each in inputs["globalSecondaryIndexes"] if each["name"] == index]
    assert inputs["onDemandThroughput"] == {"maxReadRequestUnits": 100}
    assert declared["onDemandThroughput"] == {"maxReadRequestUnits": 10, "maxWriteRequestUnits": 5}


def test_a_fixed_capacity(plugin: Plugin, definition: dict[str, Any]) -> None:
    made = table(plugin, definition, billing={"mode": "provisioned", "read": {"minimum": 5, "maximum": 5}})

    assert made.one("Table", "shop").inputs["writeCapacity"] == 5
    assert not [each for each in made.registrations if "appautoscaling" in each.type]


def test_indexes_and_what_they_hold(plugin: Plugin, definition: dict[str, Any], index: str) -> None:
    made = table(
        plugin,
        definition,
        globalIndexes=[
            {
                "name": "by-day",
                "partition": [{"name": "day"}, {"name": "shop"}],
                "sort": [{"name": "total", "type": "N"}],
                "projection": {"kind": "INCLUDE", "attributes": ["title"]},
            }
        ],
        localIndexes=[{"name": "by-size", "sort": {"name": "size", "type": "N"}, "projection": {"kind": "KEYS_ONLY"}}],
        projections={index: {"kind": "KEYS_ONLY"}},
    )

    inputs = made.one("Table", "shop").inputs
    found = {each["name"]: each for each in (*inputs["globalSecondaryIndexes"], *inputs["localSecondaryIndexes"])}
    assert found["by-day"]["keySchemas"] == [
        {"attributeName": "day", "keyType": "HASH"},
        {"attributeName": "shop", "keyType": "HASH"},
        {"attributeName": "total", "keyType": "RANGE"},
    ]
    assert (found["by-day"]["projectionType"], found["by-day"]["nonKeyAttributes"]) == ("INCLUDE", ["title"])
    assert (found["by-size"]["rangeKey"], found["by-size"]["projectionType"]) == ("size", "KEYS_ONLY")
    assert found[index]["projectionType"] == "KEYS_ONLY"
    assert {"name": "total", "type": "N"} in inputs["attributes"]


def test_warm_throughput_replicas_and_keys(plugin: Plugin, definition: dict[str, Any], index: str) -> None:
    made = table(
        plugin,
        definition,
        warmThroughput={"read": 20000, "indexes": {index: {"read": 15000, "write": 8000}}},
        kmsKeyArn=KEY,
        replicas={"regions": [{"region": "eu-central-1", "kmsKeyArn": KEY.replace("west", "central"), "removable": True}]},
    )

    inputs = made.one("Table", "shop").inputs
    (declared,) = [each for each in inputs["globalSecondaryIndexes"] if each["name"] == index]
    assert inputs["warmThroughput"] == {"readUnitsPerSecond": 20000}
    assert declared["warmThroughput"] == {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 8000}
    (replica,) = inputs["replicas"]
    assert (replica["regionName"], replica["consistencyMode"]) == ("eu-central-1", "EVENTUAL")
    assert replica["deletionProtectionEnabled"] is False
    assert replica["kmsKeyArn"] == KEY.replace("west", "central")


def test_a_refusal_is_let_pass_by_its_code(plugin: Plugin, definition: dict[str, Any]) -> None:
    assert table(plugin, definition, accept=["stream-replaced", "index-left"]).one("Table", "shop")
    refused(plugin, {"definition": definition, "table": {"accept": ["all"]}}, "table.accept[0]", "allowed are stream-replaced, index-left")


def test_what_is_beside_a_table(plugin: Plugin, definition: dict[str, Any], index: str) -> None:
    reader = {"sid": "Read", "principals": ["123456789012"], "actions": ["dynamodb:Query"], "indexes": [index]}
    made = table(
        plugin,
        definition,
        insights={"mode": "ACCESSED_AND_THROTTLED_KEYS", "indexes": {index: "OFF"}},
        kinesis={"streamArn": KINESIS, "precision": "MICROSECOND"},
        resourcePolicy=[{**reader, "condition": {"Bool": {"aws:SecureTransport": "true"}}}],
        streamResourcePolicy=[{"sid": "Follow", "principals": ["123456789012"], "actions": ["dynamodb:GetRecords"]}],
    )

    insights = [each.inputs for each in made.registrations if each.type.endswith("ContributorInsights")]
    assert {each["mode"] for each in insights} == {"ACCESSED_AND_THROTTLED_KEYS"}
    assert index not in {each.get("indexName") for each in insights}
    kinesis = made.one("KinesisStreamingDestination", "shop-kinesis").inputs
    assert (kinesis["streamArn"], kinesis["approximateCreationDateTimePrecision"]) == (KINESIS, "MICROSECOND")
    (statement,) = json.loads(made.one("ResourcePolicy", "shop-resource-policy").inputs["policy"])["Statement"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "true"}}
    assert [each.endswith(f"/index/{index}") for each in statement["Resource"]] == [False, True]
    assert json.loads(made.one("ResourcePolicy", "shop-stream-resource-policy").inputs["policy"])["Statement"][0]["Sid"] == "Follow"


BACKUP = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/backup/01489602797149-73d8d5bc"


@pytest.mark.parametrize(
    ("origin", "inputs"),
    [
        (
            {"pointInTime": {"source": "shop-1", "at": "2026-05-10T14:00:00+02:00"}},
            {"restoreSourceName": "shop-1", "restoreDateTime": "2026-05-10T12:00:00Z"},
        ),
        ({"pointInTime": {"source": "shop-1"}}, {"restoreSourceName": "shop-1", "restoreToLatestTime": True}),
        ({"backupArn": BACKUP}, {"restoreBackupArn": BACKUP}),
        (
            {"bucket": {"bucket": "dumps", "prefix": "shop/", "compression": "GZIP", "csv": {"delimiter": ";", "headers": ["PK", "SK"]}}},
            {
                "importTable": {
                    "inputFormat": "CSV",
                    "inputCompressionType": "GZIP",
                    "s3BucketSource": {"bucket": "dumps", "keyPrefix": "shop/"},
                    "inputFormatOptions": {"csv": {"delimiter": ";", "headerLists": ["PK", "SK"]}},
                }
            },
        ),
        ({"existing": {"name": "shop-1", "asDeclared": True}}, {"name": "shop-1"}),
    ],
)
def test_where_the_first_items_come_from(
    plugin: Plugin, definition: dict[str, Any], origin: dict[str, Any], inputs: dict[str, Any]
) -> None:
    made = table(plugin, definition, origin=origin).one("Table", "shop")

    assert {name: made.inputs[name] for name in inputs} == inputs


def test_a_function_with_everything(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    layer = "arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"
    made = function(
        plugin,
        definition,
        code,
        layers=[layer],
        limits={"leadingKeys": False, "attributes": True},
        logs={"format": "JSON", "level": "INFO", "systemLevel": "WARN"},
        tracing=True,
        reservedConcurrency=0,
        patternMetrics=True,
        asynchronous={"retries": 1},
        permissions=[
            {"sid": "Read", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"], "condition": {"Bool": {"a:b": "true"}}}
        ],
    )

    inputs = made.one("lambda/function:Function", "shop-api").inputs
    assert (inputs["layers"], inputs["tracingConfig"], inputs["reservedConcurrentExecutions"]) == ([layer], {"mode": "Active"}, 0)
    assert {name: inputs["loggingConfig"][name] for name in ("logFormat", "applicationLogLevel", "systemLogLevel")} == {
        "logFormat": "JSON",
        "applicationLogLevel": "INFO",
        "systemLogLevel": "WARN",
    }
    policy = {each["Sid"]: each for each in json.loads(made.one("RolePolicy", "shop-api-policy").inputs["policy"])["Statement"]}
    assert policy["Read"]["Condition"] == {"Bool": {"a:b": "true"}}
    assert any("dynamodb:Attributes" in json.dumps(each) for each in policy.values())
    assert made.one("FunctionEventInvokeConfig", "shop-api-events").inputs["maximumRetryAttempts"] == 1
    assert [each for each in made.registrations if each.name == "shop-api-failed-events"]


def test_a_consumer_of_kinesis_with_every_option(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    made = function(
        plugin,
        definition,
        code,
        patterns=[],
        stream={
            "kinesisArn": KINESIS,
            "filters": [{"eventName": ["INSERT"]}],
            "delivery": {
                "batchSize": 10,
                "windowSeconds": 5,
                "parallelization": 2,
                "bisect": False,
                "retries": 3,
                "maximumAgeSeconds": 600,
                "partialFailures": False,
                "start": {"position": "AT_TIMESTAMP", "moment": "2026-05-10T12:00:00Z"},
                "filterKeyArn": KEY,
                "enabled": False,
            },
        },
    )

    inputs = made.one("EventSourceMapping", "shop-api-mapping").inputs
    assert {name: inputs.get(name) for name in EXPECTED} == EXPECTED
    assert datetime.fromisoformat(inputs["startingPositionTimestamp"]) == datetime(2026, 5, 10, 12, tzinfo=UTC)
    assert json.loads(inputs["filterCriteria"]["filters"][0]["pattern"]) == {"data": {"eventName": ["INSERT"]}}


EXPECTED = {
    "eventSourceArn": KINESIS,
    "batchSize": 10,
    "maximumBatchingWindowInSeconds": 5,
    "parallelizationFactor": 2,
    "bisectBatchOnFunctionError": False,
    "maximumRetryAttempts": 3,
    "maximumRecordAgeInSeconds": 600,
    "functionResponseTypes": None,
    "startingPosition": "AT_TIMESTAMP",
    "kmsKeyArn": KEY,
    "enabled": False,
}


def test_a_consumer_with_windows(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    made = function(plugin, definition, code, patterns=[], stream={"delivery": {"tumblingWindowSeconds": 60}})

    assert made.one("EventSourceMapping", "shop-api-mapping").inputs["tumblingWindowInSeconds"] == 60


def test_a_consumer_that_may_call_itself_says_what_ends_it(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    with pytest.raises(Refusal) as caught:
        function(plugin, definition, code, stream={})
    assert "would be called by its own writes" in str(caught.value) and "say in recursion what ends it" in str(caught.value)

    assert function(plugin, definition, code, stream={"recursion": "it writes a flag once"}).one("EventSourceMapping", "shop-api-mapping")


def test_what_watches_with_everything(plugin: Plugin, definition: dict[str, Any]) -> None:
    monitoring = {
        "emails": {"page": ["oncall@example.com"]},
        "notify": "composites",
        "minimumCalls": 5,
        "strategy": "operations",
        "maintenance": {
            "windows": [{"schedule": "cron(0 2 * * SUN)", "duration": "PT4H", "timezone": "Europe/Berlin", "reason": "weekly"}],
            "warmUp": {"minutes": 30, "whole": True},
            "suppressor": {"alarm": "region-down", "waitSeconds": 60},
        },
        "boards": ["patterns"],
        "marks": [{"at": "2026-05-10T12:00:00Z", "label": "release 7"}],
    }
    made = plugin.construct(
        "WebAppTable",
        {"definition": definition, "monitoring": monitoring, "transform": {"monitoring": {"muteRule": {"description": "as said"}}}},
    )

    alarms = [each.inputs for each in made.registrations if each.type.endswith("MetricAlarm")]
    assert any(each.get("warmUpConfiguration") for each in alarms)
    composites = [each.inputs for each in made.registrations if each.type.endswith("CompositeAlarm")]
    assert {each["actionsSuppressor"]["alarm"] for each in composites} == {"region-down"}
    rules = [each.inputs for each in made.registrations if each.type.endswith("AlarmMuteRule")]
    assert {each["description"] for each in rules} == {"as said"}
    boards = [each for each in made.registrations if each.type.endswith("Dashboard")]
    assert len(boards) == 2
    assert any("release 7" in each.inputs["dashboardBody"] for each in boards)


def test_an_alarm_of_another_severity(plugin: Plugin, definition: dict[str, Any]) -> None:
    made = plugin.construct("WebAppTable", {"definition": definition, "monitoring": {"severities": {"table-throttles": "info"}}})

    (told,) = [each.inputs["alarmActions"] for each in made.registrations if each.name.endswith("info: the table is throttled")]
    assert told == [made.state["topicArns"]["info"]]


def test_what_an_account_shares_with_everything(plugin: Plugin) -> None:
    made = plugin.construct(
        "AccountMonitoring",
        {
            "concurrencyQuota": 500,
            "maintenance": {"windows": [{"schedule": "at(2026-11-27T02:00)", "duration": "PT1H"}], "warmUp": {"minutes": 5}},
            "disabled": ["account-concurrency"],
            "severities": {"account-capacity": "page"},
            "transform": {"topic": {"displayName": "account"}},
        },
        name="account",
    )

    alarms = [each.name for each in made.registrations if each.type.endswith("MetricAlarm")]
    assert alarms and not any("account-concurrency" in name for name in alarms)
    topics = [each.inputs for each in made.registrations if each.type.endswith(":Topic")]
    assert {each["displayName"] for each in topics} == {"account"}
    assert [each for each in made.registrations if each.type.endswith("AlarmMuteRule")]


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (
            {"billing": {"mode": "on-demand", "read": {"minimum": 1, "maximum": 1}}},
            "table.billing.read",
            "read does not belong to the mode on-demand",
        ),
        (
            {"billing": {"mode": "provisioned", "read": {"minimum": 5, "maximum": 5, "targetPercent": 70}}},
            "table.billing.read.targetPercent",
            "targetPercent does not belong to a fixed capacity: give a maximum above the minimum",
        ),
        ({"billing": {"mode": "provisioned", "read": {"minimum": 5}}}, "table.billing.read.maximum", "is missing"),
        ({"billing": {"mode": "provisioned", "read": {"minimum": 5, "maximum": 4}}}, "table.billing.read.maximum", "under a minimum of 5"),
        ({"billing": {"mode": "on-demand", "indexes": {"GSI9": {}}}}, "table.billing", "billing names the index 'GSI9'"),
        (
            {"globalIndexes": [{"name": "by-day", "partition": []}]},
            "table.globalIndexes[0].partition",
            "has 0 attributes: 1 to 4 are allowed",
        ),
        (
            {"globalIndexes": [{"name": "by-day", "partition": [{"name": "day", "type": "X"}]}]},
            "table.globalIndexes[0].partition[0].type",
            "is 'X': allowed are S, N, B",
        ),
        ({"projections": {"GSI9": {"kind": "ALL"}}}, "table.projections", "projections names the index 'GSI9', which is not declared"),
        ({"projections": {"GSI1": {"kind": "INCLUDE"}}}, "table.projections.GSI1", "use INCLUDE for some attributes, ALL or KEYS_ONLY"),
        ({"warmThroughput": {"read": 10}}, "table.warmThroughput.read", "at least 12000 is allowed"),
        ({"warmThroughput": {}}, "table.warmThroughput", "a warm throughput of nothing"),
        ({"replicas": {"regions": [{"region": "mars"}]}}, "table.replicas", "a replica is in 'mars': give the name of a region"),
        (
            {"replicas": {"consistency": "STRONG", "regions": [{"region": "eu-west-3"}]}},
            "table.replicas",
            "it is in exactly three regions, its own and two replicas",
        ),
        ({"insights": {"mode": "ALL"}}, "table.insights.mode", "allowed are THROTTLED_KEYS, ACCESSED_AND_THROTTLED_KEYS, OFF"),
        ({"kinesis": {"streamArn": "changes"}}, "table.kinesis", "is no ARN of Kinesis"),
        (
            {"resourcePolicy": [{"sid": "All", "principals": ["*"], "actions": ["dynamodb:GetItem"]}]},
            "table.resourcePolicy[0]",
            "statement All is for the principal '*'",
        ),
        ({"origin": {}}, "table.origin", "give one of pointInTime, backupArn, bucket, existing"),
        ({"origin": {"pointInTime": {"source": "shop-1", "at": "yesterday"}}}, "table.origin.pointInTime.at", "at is 'yesterday': a time"),
        ({"origin": {"bucket": {"bucket": "b", "format": "ION", "csv": {}}}}, "table.origin", "give csv or a format"),
    ],
)
def test_a_table_that_cannot_be(plugin: Plugin, definition: dict[str, Any], change: dict[str, Any], path: str, reason: str) -> None:
    refused(plugin, {"definition": definition, "table": change}, path, reason)


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"limits": {"leadingKeys": False}}, "limits", "give leadingKeys, attributes, both"),
        ({"logs": {"format": "Text", "level": "INFO"}}, "logs.level", "level does not belong to plain lines"),
        ({"asynchronous": {"retries": 3}}, "asynchronous.retries", "retries of asynchronous events is 3: 0 to 2 is allowed"),
        (
            {"asynchronous": {"queueArn": "arn:aws:sqs:r:1:q", "topicArn": "arn:aws:sns:r:1:t"}},
            "asynchronous.queueArn",
            "queueArn and topicArn are given: events that failed go to one place",
        ),
        ({"asynchronous": {"dropped": True, "retries": 1}}, "asynchronous.retries", "retries does not belong to dropped"),
        ({"stream": {}, "asynchronous": {}}, "asynchronous", "a consumer has its own queue"),
        ({"stream": {"delivery": {"batchSize": 0}}}, "stream.delivery.batchSize", "batchSize is 0: 1 to 10000 is allowed"),
        ({"stream": {"delivery": {"start": {"position": "LATEST"}}}}, "stream.delivery.start", "the start LATEST loses what is written"),
        (
            {"stream": {"delivery": {"start": {"position": "AT_TIMESTAMP", "moment": "2026-05-10T12:00:00"}}}},
            "stream.delivery.start.moment",
            "a time in the form of ISO 8601 with a zone is needed",
        ),
        ({"stream": {"kinesisArn": "changes"}}, "stream.kinesisArn", "the ARN of a stream of Kinesis is needed"),
        ({"stream": {"recursion": " "}, "patterns": []}, "stream.recursion", "has recursion=' ': say in words what ends it"),
        ({"layers": ["tools"]}, "layers", "one of the layers is 'tools': an ARN with its version is needed"),
        ({"reservedConcurrency": -1}, "reservedConcurrency", "reservedConcurrency is -1"),
    ],
)
def test_a_function_that_cannot_be(
    plugin: Plugin, definition: dict[str, Any], code: Path, change: dict[str, Any], path: str, reason: str
) -> None:
    handler = {"handler": "index.handler", "runtime": "nodejs22.x", "code": archive(code), **change}
    refused(plugin, {"definition": definition, "handlers": {"api": handler}}, f"handlers.api.{path}", reason)


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"severities": {"throttles": "page"}}, "monitoring.severities.throttles", 'no recipe is called "throttles"'),
        ({"severities": {"table-throttles": "now"}}, "monitoring.severities.table-throttles", "is 'now': allowed are page, ticket, info"),
        ({"ttlSilentHours": 0}, "monitoring.ttlSilentHours", "ttlSilentHours: 0 is not 1 to"),
        ({"boards": ["costs"]}, "monitoring.boards[0]", "is 'costs': allowed are patterns, consumers"),
        ({"marks": [{"at": "noon", "label": "x"}]}, "monitoring.marks[0].at", "at is 'noon'"),
        (
            {"maintenance": {"windows": [{"schedule": "sunday", "duration": "PT1H"}]}},
            "monitoring.maintenance.windows[0]",
            "'sunday' is neither cron",
        ),
        ({"maintenance": {"warmUp": {"minutes": 0}}}, "monitoring.maintenance.warmUp.minutes", "1 to 2880 are allowed"),
        ({"maintenance": {"suppressor": {"alarm": "a"}}}, "monitoring.maintenance.suppressor", "give notify: composites too"),
        ({"emails": {"page": ["oncall"]}}, "monitoring.emails", "is 'oncall', which is no address"),
    ],
)
def test_what_cannot_watch(plugin: Plugin, definition: dict[str, Any], change: dict[str, Any], path: str, reason: str) -> None:
    refused(plugin, {"definition": definition, "monitoring": change}, path, reason)


def refused(plugin: Plugin, arguments: dict[str, Any], path: str, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        plugin.construct("WebAppTable", arguments)
    properties = caught.value.properties
    assert path in properties and reason in properties[path], properties
    assert properties[path].partition(": ")[0] in ("invalid-argument", "invalid-option", "invalid-schedule", "invalid-alarm")
    assert caught.value.registered == ()
