"""A role takes inline policies of 10,240 characters together, white space not counted (IAM user guide, "IAM and AWS STS quotas")."""

from pathlib import Path

import pytest

from components.errors import PolicyTooLarge
from components.functions.function_arguments import check_function
from components.permissions.limits import Limits
from components.permissions.policy_size import MOST_CHARACTERS, check_document
from local.deploy import DeployError
from singletable.definition import EntityDefinition, KeyDefinition, PatternDefinition, TableDefinition
from singletable.grants import Grant
from tests.components.conftest import arn, run

NAMES = [f"Entity{number}" for number in range(16)]
GRANTS = tuple(Grant(f"dynamodb:{action}") for action in ("PutItem", "UpdateItem", "DeleteItem"))
CROWDED = TableDefinition(
    KeyDefinition("PK", "SK"),
    (),
    None,
    tuple(
        EntityDefinition(name, {"primary": (f"{name.upper()}#{{id}}", "A")}, {f"{name}_field_{number}": "str" for number in range(40)})
        for name in NAMES
    ),
    tuple(PatternDefinition(f"write_{name}", name, "transaction", (name,), (), None, (), GRANTS, "") for name in NAMES),
)
GIVEN = {"handler": "app.api.handler", "patterns": CROWDED.patterns}
MESSAGE = r"^the policy of the function's role has at least [\d,]+ characters, 10,240 are allowed: give the function fewer patterns"


def test_too_many_attributes_are_refused_before_anything_is_registered() -> None:
    check_function("api", {**GIVEN, "limits": Limits(leading_keys=True)}, CROWDED)
    with pytest.raises(PolicyTooLarge, match=MESSAGE) as caught:
        check_function("api", {**GIVEN, "limits": Limits(attributes=True)}, CROWDED)
    assert caught.value.code == "policy-too-large"


def test_what_a_transform_makes_of_it_is_not_judged_before() -> None:
    check_function("api", {**GIVEN, "limits": Limits(attributes=True), "transform": {"policy": dict}}, CROWDED)


def test_white_space_is_not_counted() -> None:
    words = " ".join("x" * MOST_CHARACTERS)
    assert check_document(words) is words
    with pytest.raises(PolicyTooLarge, match="10,241 characters"):
        check_document(f"{words}\n\ty")
    with pytest.raises(PolicyTooLarge):
        check_document({"Version": words})


def test_what_is_too_large_once_names_are_known_does_not_reach_iam(project: Path) -> None:
    long = arn("sqs", "x" * MOST_CHARACTERS)
    with pytest.raises(DeployError) as caught:
        run(
            project,
            f"""
import pulumi
sending = Access("Send", ("sqs:SendMessage",), [pulumi.Output.from_input("{long}")])
PythonFunction("api", handler="notes.api.handler", table=SingleTable("notes", table=definition), patterns=[], access=[sending])
""",
        )
    assert "PolicyTooLarge: the policy of the function's role has at least" in str(caught.value)
    assert "api-policy" not in [each.name for each in caught.value.deployment.resources]
