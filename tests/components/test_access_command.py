"""`python -m components access`: what it lists is what would be deployed, and it tells what is wider than it has to be."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import api, order_events
from components.__main__ import main
from components.commands.access import short
from components.functions.function_arguments import pattern_definitions
from tests.components.conftest import HEAD, ROOT, Stack, document

Shown = pytest.CaptureFixture[str]


def entitlements(capsys: Shown, *arguments: str, status: int = 0) -> dict[str, dict[str, Any]]:
    assert main(["access", "--json", *arguments]) == status
    return {each["function"]: each for each in json.loads(capsys.readouterr().out)["entitlements"]}


@pytest.fixture(autouse=True)
def modules_are_forgotten() -> Iterator[None]:
    """Programs of several tests have a package of one name."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "notes":
            del sys.modules[name]


def written(project: Path, program: str) -> list[str]:
    (project / "__main__.py").write_text(HEAD + program)
    (project / "Pulumi.dev.yaml").write_text("config: {}\n")
    return ["--project", str(project)]


def test_it_lists_what_would_be_deployed(dev: Stack, capsys: Shown) -> None:
    """Held against the documents that the same program registers with the embedded AWS, whose names end in a random part."""
    found = entitlements(capsys, "--project", str(ROOT))
    assert set(found) == {each.name for each in dev.all("Function")}
    for name, each in found.items():
        statements = document(dev.one("RolePolicy", f"{name}-policy"))["Statement"]
        expected = sorted((one["Sid"], action) for one in statements for action in one["Action"] for _ in one["Resource"])
        assert sorted((one["statement"], one["action"]) for one in each["permissions"]) == expected


@pytest.mark.parametrize(("name", "patterns"), [("api", api.patterns), ("order-events", order_events.patterns)])
def test_each_permission_on_the_table_names_the_patterns_that_need_it(name: str, patterns: Any, capsys: Shown) -> None:
    found = entitlements(capsys, "--project", str(ROOT))[name]["permissions"]
    expected = {
        (grant.action, f"table/shop/index/{grant.index}" if grant.index else "table/shop", pattern.name)
        for pattern in pattern_definitions(patterns)
        for grant in pattern.grants
    }
    assert {(each["action"], short(each["resource"]), pattern) for each in found for pattern in each["patterns"]} == expected
    assert [each for each in found if not each["patterns"] and not each["why"]] == []


def test_a_reviewer_reads_it(capsys: Shown) -> None:
    assert main(["access", "--project", str(ROOT)]) == 0
    shown = capsys.readouterr().out
    assert "order-events, with the role order-events-role\n  called by Lambda, with the records of table/shop/stream/CREATED\n" in shown
    lines = {" ".join(line.split()) for line in shown.splitlines()}
    assert "dynamodb:PutItem table/shop for record_notice" in lines
    assert "sns:Publish order-status it publishes to the topic" in lines
    assert shown.endswith("none with a wildcard that could be narrower. What is not listed is denied.\n")


def test_of_a_declaration_alone(capsys: Shown) -> None:
    found = entitlements(capsys, "--model", "app.model")
    assert [(each["action"], each["resource"]) for each in found["find_order"]["permissions"]] == [
        ("dynamodb:Query", "table/TABLE/index/GSI1")
    ]
    assert {each["action"] for each in found["place_order"]["permissions"]} == {"dynamodb:ConditionCheckItem", "dynamodb:PutItem"}


FUNCTION = """
data = SingleTable("notes", table=definition)
PythonFunction("api", handler="notes.api.handler", table=data, patterns=definition_patterns, {arguments})
"""


def function(arguments: str) -> str:
    head = "from singletable.definition import TableDefinition\ndefinition_patterns = TableDefinition.from_dict(definition).patterns\n"
    return head + FUNCTION.replace("{arguments}", arguments)


WIDER = '{"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}'


def test_what_a_transform_widens_is_told(project: Path, capsys: Shown) -> None:
    arguments = written(project, function(f"transform={{'policy': {{'policy': '''{WIDER}'''}}}}"))

    (found,) = entitlements(capsys, *arguments, status=1)["api"]["permissions"]
    assert (found["action"], found["resource"], found["why"], found["wide"]) == ("dynamodb:*", "*", "set by a transform", True)

    assert main(["access", *arguments]) == 1
    shown = capsys.readouterr().out
    assert "  dynamodb:*  *  WIDE: set by a transform\n" in shown
    assert "1 of them WIDE" in shown


@pytest.mark.parametrize(
    ("statements", "actions"),
    [
        ('{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:q"}', ["sqs:SendMessage"]),
        ('[{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]', []),
    ],
)
def test_a_policy_in_any_form_that_iam_takes(project: Path, capsys: Shown, statements: str, actions: list[str]) -> None:
    """IAM user guide, "IAM JSON policy elements: Statement": one, or a list. A denial allows nothing."""
    text = f'{{"Version": "2012-10-17", "Statement": {statements}}}'
    arguments = written(project, function(f"transform={{'policy': {{'policy': {text!r}}}}}"))

    assert [each["action"] for each in entitlements(capsys, *arguments)["api"]["permissions"]] == actions


def test_a_policy_that_is_written_elsewhere_is_told(project: Path, capsys: Shown) -> None:
    managed = "arn:aws:iam::aws:policy/AdministratorAccess"
    program = function("") + (
        f'import pulumi_aws as aws\naws.iam.RolePolicyAttachment("more", role=data_role, policy_arn="{managed}")\n'
    ).replace("data_role", "function.nodes['role'].name")
    arguments = written(project, program.replace("PythonFunction(", "function = PythonFunction(", 1))

    assert entitlements(capsys, *arguments, status=1)["api"]["unread"] == [managed]


def test_a_role_of_the_same_name_is_not_taken_for_the_function_s(project: Path, capsys: Shown) -> None:
    """Names are of one parent and type: another component, or the program, may have a role and a policy of the same."""
    other = (
        "import json\nimport pulumi_aws as aws\n"
        'role = aws.iam.Role("api-role", name="other", assume_role_policy="{}")\n'
        f"aws.iam.RolePolicy('api-policy', role=role.name, policy={WIDER!r})\n"
    )
    (found,) = entitlements(capsys, *written(project, other + function(""))).values()
    assert found["role"] == "api-role"
    assert found["unread"] == []
    assert "dynamodb:Query" in {each["action"] for each in found["permissions"]}
    assert not any(each["wide"] for each in found["permissions"])


def test_who_calls_and_under_which_conditions(project: Path, capsys: Shown) -> None:
    """The pattern of this table uses an entity, so that its keys can be told apart."""
    entity = {"name": "Note", "keys": {"primary": ["NOTE#{id}", "X"], "by-owner": ["OWNER#{owner}", "NOTE#{id}"]}, "fields": {"id": "str"}}
    table = json.loads((project / "table.json").read_text())
    table["entities"], table["patterns"][0]["entities"] = [entity], ["Note"]
    (project / "table.json").write_text(json.dumps(table))
    arguments = written(project, "from components.permissions.limits import Limits\n" + function('url="NONE", limits=Limits()'))

    found = entitlements(capsys, *arguments)["api"]
    assert found["callers"] == ["everybody, over HTTPS"]
    (query,) = [each for each in found["permissions"] if each["action"] == "dynamodb:Query"]
    assert query["condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["OWNER#*"]}}

    assert main(["access", *arguments]) == 0
    assert "only where ForAllValues:StringLike dynamodb:LeadingKeys: OWNER#*" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ('SingleTable("notes", table=definition, recovery_days=99)', "invalid-argument: recovery_days is 99"),
        ("1 / 0", "program-failed: the program of stack 'dev' failed: ZeroDivisionError: division by zero"),
    ],
)
def test_a_program_that_is_refused(project: Path, program: str, code: str, capsys: Shown) -> None:
    assert main(["access", *written(project, program)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(code)


def test_nothing_to_look_at(tmp_path: Path, capsys: Shown) -> None:
    assert main(["access", "--project", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("invalid-configuration: no Pulumi project here")
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    assert main(["access", "--project", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("program-failed: no program here")
    assert main(["access", "--project", str(ROOT), "--stack", "nowhere"]) == 1
    assert "invalid-configuration: no stack 'nowhere'" in capsys.readouterr().err
    assert main(["access", "--model", "app.nothing"]) == 2
    assert capsys.readouterr().err == "components: there is no module app.nothing: start where `import app.nothing` works\n"
