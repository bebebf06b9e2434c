"""The schema, reviewed as the API that it is in every other language."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from components.bundle.packaging import Architecture
from components.functions.delivery import Position
from components.functions.function_arguments import UrlAuthorization
from components.functions.logs import JsonLogs, Level, SystemLevel, TextLogs
from components.plugin.host import NAME, VERSION, Provider
from components.plugin.shapes import Emails
from components.settings import BILLING_MODES
from components.tables.billing import Encryption
from components.tables.destinations import Precision
from components.tables.guard import Accepted
from components.tables.indexes import AttributeType
from components.tables.insights import Mode
from components.tables.origins import Compression, Format
from components.tables.projections import Projection
from components.tables.replicas import Replicas
from components.tables.table import SingleTable
from components.tables.table_arguments import TableClass
from components.watching.account_monitoring import AccountMonitoring
from components.watching.monitoring_plan import Board, Notify
from components.web_app_table import WebAppTable
from monitoring.account_alarms import CONCURRENCY_QUOTA
from monitoring.alarms import SEVERITIES
from monitoring.options import STRATEGIES
from tests.plugin.conftest import Plugin

ROOT = Path(__file__).parents[2]
ANY_FOR_A_REASON = {
    "WebAppTable.definition": "the JSON form of a declaration, which has a schema of its own and keeps its names in every language",
    "SingleTable.definition": "as of WebAppTable",
    "WebAppTable.transform": "arguments of the AWS provider's resources, whose types every consumer's SDK would then need",
    "SingleTable.transform": "as of WebAppTable",
    "AccountMonitoring.transform": "as of WebAppTable",
    "Permission.condition": "IAM's own form of conditions, which nests by operator and key",
    "PrincipalAccess.condition": "as of Permission",
    "Stream.filters": "Lambda's own form of event filters, which nests by the application's attributes",
}


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    return Provider().package


def properties(package: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every input, output and property of a type, with its name."""
    for kind, found in package["resources"].items():
        for part in ("inputProperties", "properties"):
            yield from ((f"{kind.rpartition(':')[2]}.{name}", each) for name, each in found[part].items())
    for kind, found in package["types"].items():
        yield from ((f"{kind.rpartition(':')[2]}.{name}", each) for name, each in found.get("properties", {}).items())


def test_over_grpc_it_is_the_same(plugin: Plugin, package: dict[str, Any]) -> None:
    assert plugin.schema() == package


def test_what_there_is(package: dict[str, Any]) -> None:
    assert {kind.rpartition(":")[2] for kind in package["resources"]} == {"WebAppTable", "SingleTable", "AccountMonitoring"}
    assert package["dependencies"] == [], "a type of another package in an argument makes every consumer need that package"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (package["name"], package["version"]) == (project["name"], project["version"]) == (NAME, VERSION)


def test_types_are_those_that_a_python_program_registers(package: dict[str, Any]) -> None:
    from components import web_app_table
    from components.tables import table
    from components.watching import account_monitoring

    assert package["resources"].keys() == {account_monitoring.TYPE, table.TYPE, web_app_table.TYPE}


def test_everything_is_described(package: dict[str, Any]) -> None:
    silent = [name for name, each in properties(package) if not each.get("description")]
    silent += [kind for kind, each in (*package["resources"].items(), *package["types"].items()) if not each.get("description")]
    silent += [
        f"{kind}.{value['name']}"
        for kind, each in package["types"].items()
        for value in each.get("enum", ())
        if not value.get("description")
    ]
    assert silent == []


def test_a_description_is_a_sentence_for_readers_of_every_language(package: dict[str, Any]) -> None:
    for name, each in properties(package):
        assert re.fullmatch(r"[A-Z{1-9].*\.", each["description"], re.DOTALL), name
        assert not re.search(r"\b[a-z]+_[a-z]+\b|\bNone\b|\bTrue\b|\bFalse\b", each["description"]), f"{name} speaks Python"


def test_names_are_camel_case(package: dict[str, Any]) -> None:
    assert [name for name, _ in properties(package) if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", name.partition(".")[2])] == []


def has_any(given: Any) -> bool:
    if not isinstance(given, dict):
        return False
    return given.get("$ref") == "pulumi.json#/Any" or any(has_any(each) for each in given.values())


def test_no_name_of_a_type_repeats_what_an_sdk_adds(package: dict[str, Any]) -> None:
    """Go and Python call the inputs of type X XArgs."""
    assert [kind for kind in package["types"] if kind.endswith(("Args", "Input", "Output"))] == []


def test_any_stands_only_where_there_is_a_reason(package: dict[str, Any]) -> None:
    assert {name for name, each in properties(package) if has_any(each)} == ANY_FOR_A_REASON.keys()


def test_required_is_exactly_what_must_be(package: dict[str, Any]) -> None:
    required = {kind.rpartition(":")[2]: set(each.get("requiredInputs", ())) for kind, each in package["resources"].items()}
    required |= {kind.rpartition(":")[2]: set(each.get("required", ())) for kind, each in package["types"].items()}
    assert {kind: names for kind, names in required.items() if names} == {
        "WebAppTable": {"definition"},
        "SingleTable": {"definition"},
        "Billing": {"mode"},
        "BucketImport": {"bucket"},
        "Capacity": {"minimum", "maximum"},
        "Existing": {"name"},
        "GlobalIndex": {"name", "partition"},
        "Handler": {"handler", "runtime", "code"},
        "KeyAttribute": {"name"},
        "KinesisDestination": {"streamArn"},
        "LocalIndex": {"name", "sort"},
        "Mark": {"at", "label"},
        "MuteWindow": {"schedule", "duration"},
        "Permission": {"sid", "actions", "resources"},
        "PointInTime": {"source"},
        "PrincipalAccess": {"sid", "principals", "actions"},
        "Projection": {"kind"},
        "Replica": {"region"},
        "Replicas": {"regions"},
        "Schedule": {"name", "when"},
        "Start": {"position"},
        "Suppressor": {"alarm"},
        "WarmUp": {"minutes"},
    }


def test_an_optional_argument_says_its_default(package: dict[str, Any]) -> None:
    for kind, each in (*package["resources"].items(), *package["types"].items()):
        inputs = each.get("inputProperties") or (each.get("properties") if "enum" not in each else {}) or {}
        required = each.get("requiredInputs") or each.get("required") or ()
        for name, found in inputs.items():
            said = re.search(r"Default: \S|Needed there\.", found["description"])
            assert bool(said) is (name not in required), f"{kind}.{name}"


def test_the_default_of_the_quota(package: dict[str, Any]) -> None:
    said = package["resources"][f"{NAME}:index:AccountMonitoring"]["inputProperties"]["concurrencyQuota"]["description"]
    assert said.endswith(f"Default: {CONCURRENCY_QUOTA}.")


@pytest.mark.parametrize(
    ("enum", "allowed"),
    [
        ("BillingMode", tuple(BILLING_MODES)),
        ("EncryptionKind", get_args(Encryption.__annotations__["kind"])),
        ("TableClass", get_args(TableClass)),
        ("InsightsMode", (*get_args(Mode), "OFF")),
        ("UrlAuthorization", get_args(UrlAuthorization)),
        ("Architecture", get_args(Architecture)),
        ("AttributeType", get_args(AttributeType)),
        ("ProjectionKind", get_args(Projection.__annotations__["kind"])),
        ("Consistency", get_args(Replicas.__annotations__["consistency"])),
        ("Precision", get_args(Precision)),
        ("ImportFormat", get_args(Format)),
        ("Compression", get_args(Compression)),
        ("LogLevel", get_args(Level)),
        ("SystemLogLevel", get_args(SystemLevel)),
        ("LogForm", (JsonLogs().arguments()["log_format"], TextLogs().arguments()["log_format"])),
        ("StartPosition", get_args(Position)),
        ("Notify", get_args(Notify)),
        ("Severity", SEVERITIES),
        ("Strategy", STRATEGIES),
        ("Board", get_args(Board)),
        ("Accepted", get_args(Accepted)),
    ],
)
def test_an_enumeration_lists_what_the_component_takes(package: dict[str, Any], enum: str, allowed: tuple[str, ...]) -> None:
    assert {each["value"] for each in package["types"][f"{NAME}:index:{enum}"]["enum"]} == set(allowed)


def test_members_of_enumerations_have_names_that_every_sdk_can_spell(package: dict[str, Any]) -> None:
    """AwsIam is AWS_IAM in Python; AWS_IAM would be AW_S_IAM."""
    names = [member["name"] for each in package["types"].values() for member in each.get("enum", ())]
    assert {"AwsIam", "OnDemand", "X86_64", "StandardInfrequentAccess"} <= set(names)
    assert [name for name in names if not re.fullmatch(r"([A-Z][a-z]+)+(\d+(_\d+)?)?|X86_64", name)] == []


def test_every_enumeration_is_compared_above(package: dict[str, Any]) -> None:
    (compared,) = [mark.args[1] for mark in getattr(test_an_enumeration_lists_what_the_component_takes, "pytestmark", ())]
    enumerations = {kind.rpartition(":")[2] for kind, each in package["types"].items() if "enum" in each}
    assert enumerations == {enum for enum, _ in compared}


def test_severities_are_those_of_python() -> None:
    assert tuple(Emails.__annotations__) == SEVERITIES


@pytest.mark.parametrize("component", [WebAppTable, SingleTable, AccountMonitoring])
def test_outputs_are_those_of_the_component(package: dict[str, Any], component: type) -> None:
    found = package["resources"][f"{NAME}:index:{component.__name__}"]
    spelt = {name.split("_")[0] + "".join(map(str.capitalize, name.split("_")[1:])) for name in component.__annotations__}
    assert found["properties"].keys() == spelt
    assert set(found["required"]) == spelt


def test_the_schema_flags_what_is_secret(package: dict[str, Any]) -> None:
    assert package["types"][f"{NAME}:index:Handler"]["properties"]["secrets"]["secret"] is True
    assert [name for name, each in properties(package) if each.get("secret")] == ["Handler.secrets"]
