"""What the engine gets when a program in another language makes a component: the same resources, or a refusal that the program can read."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import api, model
from components.functions.function_arguments import pattern_definition
from local.properties import SecretValue
from singletable.grants import all_grants
from tests.plugin.conftest import PARENT, Constructed, Plugin, Refusal, archive, secret


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "index.mjs").write_text("export const handler = async () => ({ statusCode: 200 });\n", encoding="utf-8")
    return folder


def handlers(code: Path, **more: Any) -> dict[str, Any]:
    return {"api": {"handler": "index.handler", "runtime": "nodejs22.x", "code": archive(code), **more}}


def statements(made: Constructed, name: str) -> dict[str, Any]:
    return {each["Sid"]: each for each in json.loads(made.one("RolePolicy", name).inputs["policy"])["Statement"]}


def test_one_argument_gives_a_table_that_is_protected_and_watched(plugin: Plugin, definition: dict[str, Any]) -> None:
    made = plugin.construct("WebAppTable", {"definition": definition})

    table = made.one("Table", "shop")
    assert (table.protect, table.retain_on_delete, table.inputs["deletionProtectionEnabled"]) == (True, True, True)
    assert table.inputs["hashKey"] == model.table.key.partition
    assert any(each.type.endswith("MetricAlarm") for each in made.registrations)
    assert made.urn == "urn:pulumi:dev::shop::singletable:index:WebAppTable::shop"
    assert made.registrations[0].parent == PARENT
    assert made.state["tableName"] == table.outputs["name"]
    assert set(made.state["topicArns"]) == {"page", "ticket", "info"}


def test_a_function_of_another_language_with_its_patterns_only(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    used = [pattern_definition(each).name for each in api.patterns if pattern_definition(each).kind == "one"]
    made = plugin.construct(
        "WebAppTable",
        {
            "definition": definition,
            "handlers": handlers(
                code,
                patterns=used,
                url="AWS_IAM",
                environment={"STAGE": "dev"},
                permissions=[{"sid": "Publish", "actions": ["sns:Publish"], "resources": ["arn:aws:sns:eu-west-1:123456789012:orders"]}],
                memoryMb=1024,
                architecture="x86_64",
            ),
        },
    )

    function = made.one("lambda/function:Function", "shop-api").inputs
    assert (function["runtime"], function["handler"], function["memorySize"], function["architectures"]) == (
        "nodejs22.x",
        "index.handler",
        1024,
        ["x86_64"],
    )
    assert function["environment"]["variables"]["SCHEMA_FINGERPRINT"] == model.table.fingerprint
    assert function["environment"]["variables"]["STAGE"] == "dev"
    allowed = {action for name, each in statements(made, "shop-api-policy").items() if name != "WriteLogs" for action in each["Action"]}
    granted = {grant.action for grant in all_grants(each for each in api.patterns if pattern_definition(each).name in used)}
    assert allowed == {*granted, "sns:Publish"}
    assert made.state["urls"]["api"] == made.one("FunctionUrl", "shop-api-url").outputs["functionUrl"]


def test_a_consumer(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    stream = {"filters": [{"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"total": {"N": [{"numeric": [">", 5]}]}}}}]}
    made = plugin.construct("WebAppTable", {"definition": definition, "handlers": handlers(code, stream=stream, patterns=[])})

    mapping = made.one("EventSourceMapping", "shop-api-mapping").inputs
    (pattern,) = mapping["filterCriteria"]["filters"]
    assert json.loads(pattern["pattern"]) == stream["filters"][0]
    assert "5.0" not in pattern["pattern"]
    assert set(made.state["failureQueueUrls"]) == {"api"}


def test_what_a_table_and_its_alarms_can_be(plugin: Plugin, definition: dict[str, Any]) -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    made = plugin.construct(
        "WebAppTable",
        {
            "definition": definition,
            "table": {
                "billing": {"mode": "provisioned", "read": {"minimum": 5, "maximum": 50, "targetPercent": 60}},
                "kmsKeyArn": key,
                "recoveryDays": 7,
                "tableClass": "STANDARD_INFREQUENT_ACCESS",
                "insights": {"mode": "THROTTLED_KEYS"},
            },
            "monitoring": {"emails": {"page": ["oncall@example.com"]}, "owner": "shop team", "disabled": ["table-throttles"]},
            "tags": {"team": "shop"},
            "transform": {"table": {"table": {"name": "shop"}}, "monitoring": {"dashboard": {"dashboardName": "the-shop"}}},
        },
    )

    table = made.one("Table", "shop").inputs
    assert (table["readCapacity"], table["tableClass"], table["name"]) == (5, "STANDARD_INFREQUENT_ACCESS", "shop")
    assert table["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}
    assert table["pointInTimeRecovery"]["recoveryPeriodInDays"] == 7
    assert table["tags"] == {"team": "shop"}
    assert made.one("appautoscaling/target:Target", "shop-read").inputs["maxCapacity"] == 50
    assert [each for each in made.registrations if each.type.endswith("ContributorInsights")] != []
    assert made.one("TopicSubscription", "shop-page-oncall@example.com").inputs["endpoint"] == "oncall@example.com"
    assert made.one("Dashboard", "shop-dashboard").inputs["dashboardName"] == "the-shop"
    clauses = {each.name.partition(": ")[2] for each in made.registrations if each.type.endswith("MetricAlarm")}
    assert "the table is throttled" not in clauses and "GSI1 is throttled" in clauses


def test_a_secret_stays_one(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    made = plugin.construct(
        "WebAppTable",
        {"definition": definition, "handlers": handlers(code, environment={"AKEY": secret("hush")}, secrets={"BKEY": "quiet"})},
    )

    variables = made.one("lambda/function:Function", "shop-api").inputs["environment"]["variables"]
    assert variables["AKEY"] == SecretValue("hush")
    assert variables["BKEY"] == SecretValue("quiet")
    assert isinstance(variables["TABLE_NAME"], str)


def test_code_may_be_an_output_with_what_it_depends_on(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    depending = {**secret(archive(code)), "secret": False, "dependencies": [PARENT]}
    handler = {**handlers(code)["api"], "code": depending}
    made = plugin.construct("WebAppTable", {"definition": definition, "handlers": {"api": handler}})

    assert made.one("lambda/function:Function", "shop-api").inputs["code"] is not None


def test_arguments_of_a_resource_may_come_later_at_any_depth(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    change = {"function": {"kmsKeyArn": secret(key), "loggingConfig": {"logFormat": secret("Text")}}}
    made = plugin.construct("WebAppTable", {"definition": definition, "handlers": handlers(code), "transform": {"api": change}})

    inputs = made.one("lambda/function:Function", "shop-api").inputs
    assert inputs["kmsKeyArn"] == SecretValue(key)
    assert inputs["loggingConfig"]["logFormat"] == SecretValue("Text")


def test_a_table_alone(plugin: Plugin, definition: dict[str, Any]) -> None:
    arguments = {"definition": definition, "table": {"disposable": True}, "transform": {"table": {"name": "alone"}}}
    made = plugin.construct("SingleTable", arguments)

    assert {each.type.rpartition(":")[2] for each in made.registrations} == {"SingleTable", "Table"}
    assert (made.one("Table", "shop").inputs["name"], made.one("Table", "shop").protect) == ("alone", False)
    assert set(made.state) == {"name", "arn", "streamArn"}


def test_what_an_account_shares(plugin: Plugin) -> None:
    made = plugin.construct("AccountMonitoring", {"concurrencyQuota": 500, "emails": {"ticket": ["team@example.com"]}}, name="account")

    assert [each for each in made.registrations if each.type.endswith("MetricAlarm")] != []
    assert set(made.state["topicArns"]) == {"page", "ticket", "info"}


NO_CODE = {"handler": "index.handler", "runtime": "nodejs22.x"}


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"definition": None}, "definition", "invalid-argument: definition is missing"),
        (
            {"definition": {"version": 1, "key": {"partition": secret("PK")}}},
            "definition.key.partition",
            "is a secret, or known only after the deployment",
        ),
        (
            {"handlers": {"api": {"stream": {"filters": [{"eventName": [secret("INSERT")]}], "recursion": "it ends"}}}},
            "handlers.api.stream.filters[0].eventName[0]",
            "is a secret, or known only after the deployment",
        ),
        ({"transform": {"table": {"table": {"tableClas": "STANDARD"}}}}, "", "is no argument here: did you mean "),
        ({"definition": {"version": 1}}, "definition.key", "invalid-definition: key: is missing"),
        (
            {"definitions": {}},
            "definitions",
            "definitions is not known here: did you mean definition? allowed are definition, handlers, table",
        ),
        ({"table": {"recoveryDay": 7}}, "table.recoveryDay", "did you mean recoveryDays?"),
        ({"table": {"recoveryDays": "7"}}, "table.recoveryDays", "is '7': a whole number is needed"),
        ({"table": {"recoveryDays": 7.5}}, "table.recoveryDays", "is 7.5: a whole number is needed"),
        ({"table": {"recoveryDays": True}}, "table.recoveryDays", "is true: a whole number is needed"),
        ({"table": {"recoveryDays": secret(7)}}, "table.recoveryDays", "is a secret, or known only after the deployment"),
        ({"table": {"recoveryDays": 36}}, "table.recoveryDays", "invalid-argument: recoveryDays is 36: 1 to 35 is allowed"),
        ({"table": {"billing": {"mode": "NOPE"}}}, "table.billing.mode", "is 'NOPE': allowed are on-demand, provisioned"),
        ({"table": {"billing": {}}}, "table.billing.mode", "invalid-argument: table.billing.mode is missing"),
        (
            {"table": {"billing": {"mode": "provisioned"}}},
            "table.billing",
            "read is missing, which the mode provisioned needs: give a capacity",
        ),
        ({"table": {"billing": {"mode": "on-demand", "maxRead": 0}}}, "table.billing", "a maximum of 0 read request units"),
        ({"table": {"encryption": "customer-key"}}, "table.encryption", "a customer key needs its ARN"),
        ({"table": {"kmsKeyArn": "alias/shop"}}, "table.encryption", "the key 'alias/shop' is not the ARN of a key"),
        ({"table": []}, "table", "is a list: an object with billing, encryption"),
        ({"handlers": {"api": NO_CODE}}, "handlers.api.code", "invalid-argument: handlers.api.code is missing"),
        ({"handlers": {"api": {**NO_CODE, "code": "dist"}}}, "handlers.api.code", "is no archive: give a folder or a .zip as one"),
        (
            {"handlers": {"api": {"patterns": ["find_all"]}}},
            "handlers.api.patterns",
            "the access pattern 'find_all' is not declared: declared are ",
        ),
        ({"handlers": {"api": {"patterns": "find_user"}}}, "handlers.api.patterns", "is 'find_user': a list is needed"),
        ({"handlers": {"api": {"runtime": "node22"}}}, "handlers.api.runtime", "the runtime is 'node22': allowed are "),
        ({"handlers": {"api": {"memoryMb": 64}}}, "handlers.api.memoryMb", "invalid-argument: memoryMb is 64: 128 to 10240 is allowed"),
        ({"handlers": {"api": {"url": "aws_iam"}}}, "handlers.api.url", "is 'aws_iam': allowed are AWS_IAM, NONE"),
        (
            {"handlers": {"api": {"stream": {"recursion": "it ends"}, "url": "NONE"}}},
            "",
            "the handler api follows the stream and has the url 'NONE': use two handlers",
        ),
        ({"handlers": {"table": {}}}, "", "a handler is called 'table', as another part is"),
        (
            {"handlers": {"api": {"permissions": [{"sid": "All", "actions": ["s3:*"], "resources": ["arn:aws:s3:::b"]}]}}},
            "handlers.api.permissions",
            "statement All allows 's3:*': write each action out",
        ),
        (
            {"monitoring": {"thresholds": {"throttles": 3}}},
            "monitoring.thresholds.throttles",
            'invalid-option: no recipe is called "throttles"',
        ),
        ({"monitoring": {"emails": {"pages": []}}}, "monitoring.emails.pages", "did you mean page?"),
        ({"tags": {"team": 7}}, "tags.team", "is 7: a text is needed"),
        ({"transform": {"tables": {}}}, "", "WebAppTable 'shop' has no 'tables' to transform: it has table, monitoring"),
        ({"transform": {"table": {"tables": {}}}}, "", "SingleTable 'shop' has no 'tables' to transform: it has table"),
    ],
)
def test_a_refusal_has_a_code_a_path_and_what_is_allowed(
    plugin: Plugin, definition: dict[str, Any], code: Path, change: dict[str, Any], path: str, reason: str
) -> None:
    for each in change.get("handlers", {}).values():
        if each is not NO_CODE and each.get("code") is None:
            each |= {**handlers(code)["api"], **each}
    given = {name: value for name, value in {"definition": definition, **change}.items() if value is not None}

    with pytest.raises(Refusal) as caught:
        plugin.construct("WebAppTable", given)

    properties = caught.value.properties
    assert path in properties, str(caught.value)
    assert reason in properties[path]
    assert properties[path].partition(":")[0] in ("invalid-argument", "invalid-definition", "invalid-option")
    assert "Traceback" not in str(caught.value) and ".py" not in caught.value.details
    assert [each for each in caught.value.registered if each.type != "pulumi:pulumi:Stack"] == []


def test_a_refusal_shows_nothing_that_was_given_beside_it(plugin: Plugin, definition: dict[str, Any], code: Path) -> None:
    """The engine prints the value at the path that a refusal names: without a path, that would be everything."""
    given = {"definition": definition, "handlers": handlers(code, secrets={"TOKEN": "hush"}, memoryMb=64)}
    with pytest.raises(Refusal) as caught:
        plugin.construct("WebAppTable", given)

    assert caught.value.properties == {"handlers.api.memoryMb": "invalid-argument: memoryMb is 64: 128 to 10240 is allowed"}
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("wrong", [["hush"], {"TOKEN": ["hush"]}, "hush"])
def test_a_secret_of_the_wrong_type_is_not_shown(plugin: Plugin, definition: dict[str, Any], code: Path, wrong: Any) -> None:
    """Nor is the path one that the engine finds a value at: it prints what it finds."""
    with pytest.raises(Refusal) as caught:
        plugin.construct("WebAppTable", {"definition": definition, "handlers": handlers(code, secrets=wrong)})

    assert "hush" not in str(caught.value)
    (path,) = caught.value.properties
    assert path.strip() == "handlers.api.secrets" and path.rpartition(".")[2] not in ("secrets", "TOKEN")


def test_everything_that_is_wrong_is_said_at_once(plugin: Plugin, definition: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        plugin.construct("WebAppTable", {"definition": definition, "tables": {}, "table": {"recoveryDays": "x", "encryption": "kms"}})

    assert caught.value.properties.keys() == {"tables", "table.recoveryDays", "table.encryption"}
