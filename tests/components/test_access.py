"""What a statement may hold, and what patterns become."""

import re
from collections.abc import Callable

import botocore.session
import pulumi
import pytest

from components.errors import InvalidArgument
from components.permissions import access
from components.permissions.access import Access
from singletable.definition import PatternDefinition
from singletable.grants import Grant

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"
PERMISSIONS_WITHOUT_OPERATION = {
    "dynamodb:ConditionCheckItem": "the action of a ConditionCheck inside TransactWriteItems",
    "kms:ReEncryptFrom": "one half of ReEncrypt",
    "kms:ReEncryptTo": "the other half of ReEncrypt",
}
"""Actions that the Service Authorization Reference lists and that no API operation is called by."""


def pattern(*grants: Grant) -> PatternDefinition:
    return PatternDefinition(
        name="any", title="any", kind="one", entities=(), operations=(), index=None, touches=(), grants=grants, access=""
    )


def test_one_statement_for_each_kind_of_access() -> None:
    patterns = [
        pattern(Grant("dynamodb:GetItem")),
        pattern(Grant("dynamodb:Query")),
        pattern(Grant("dynamodb:PutItem"), Grant("dynamodb:ConditionCheckItem")),
        pattern(Grant("dynamodb:GetItem"), Grant("dynamodb:PutItem")),
    ]

    assert [each.statement() for each in access.table_access(patterns, TABLE)] == [
        {"Sid": "ReadTable", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": [TABLE]},
        {"Sid": "WriteTable", "Effect": "Allow", "Action": ["dynamodb:ConditionCheckItem", "dynamodb:PutItem"], "Resource": [TABLE]},
    ]


def test_only_the_indexes_that_are_queried() -> None:
    (statement,) = access.table_access([pattern(Grant("dynamodb:Query", "GSI1")), pattern(Grant("dynamodb:Query", "GSI1"))], TABLE)

    assert (statement.sid, list(statement.actions), len(statement.resources)) == ("QueryIndexes", ["dynamodb:Query"], 1)


def test_no_patterns_no_statements() -> None:
    assert access.table_access([], TABLE) == []


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: access.table_access([pattern(Grant("dynamodb:DescribeTable"))], TABLE),
            (
                "a pattern needs dynamodb:DescribeTable: allowed are dynamodb:BatchGetItem, dynamodb:BatchWriteItem, "
                "dynamodb:ConditionCheckItem, dynamodb:DeleteItem, dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query, dynamodb:UpdateItem"
            ),
        ),
        (
            lambda: access.table_access([pattern(Grant("dynamodb:GetItem", "GSI1"))], TABLE),
            "a pattern needs dynamodb:GetItem on an index: an index can only be queried",
        ),
        (
            lambda: Access("All", ("dynamodb:*",), [TABLE]),
            "statement All allows 'dynamodb:*': write each action out, as service:Action without wildcards",
        ),
        (
            lambda: Access("Look", ("dynamodb:Scan",), [TABLE]),
            "statement Look allows 'dynamodb:Scan': declare an access pattern that reads by a key instead",
        ),
        (
            lambda: Access("Send", ("sqs:SendMessage",), ["*"]),
            "statement Send is for every resource: name the ARN, or end one in /* or :*",
        ),
        (
            lambda: Access("Look", ("dynamodb:Query",), [TABLE, f"{TABLE}/index/*"]),
            f"statement Look is for '{TABLE}/index/*': name the table, each index and the stream that are meant",
        ),
        (
            lambda: Access("a b", ("sqs:SendMessage",), [TABLE]),
            "the statement is called 'a b': letters and digits are allowed",
        ),
        (lambda: Access(None, ("sqs:SendMessage",), [TABLE]), "the statement is called None: letters and digits are allowed"),  # type: ignore[arg-type]
        (
            lambda: Access("Send", "sqs:SendMessage", [TABLE]),
            "the actions of statement Send are 'sqs:SendMessage': give a list with at least one",
        ),
        (
            lambda: Access("Send", ("sqs:SendMessage",), TABLE),
            f"the resources of statement Send are '{TABLE}': give a list with at least one",
        ),
        (lambda: Access("Send", (), [TABLE]), "the actions of statement Send are (): give a list with at least one"),
        (
            lambda: access.policy([Access("One", ("sqs:SendMessage",), [TABLE])] * 2),
            "two statements are called One: give each its own name",
        ),
    ],
)
def test_refusals(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^{re.escape(message)}$"):
        build()


def test_an_output_is_not_taken_for_every_resource() -> None:
    assert Access("Send", ("sqs:SendMessage",), [pulumi.Output.from_input(TABLE)]).sid == "Send"


def test_a_key_is_used_for_what_the_patterns_do() -> None:
    reads = access.key_access([pattern(Grant("dynamodb:GetItem"))], "key", "eu-west-1")
    writes = access.key_access([pattern(Grant("dynamodb:PutItem"))], "key", "eu-west-1")

    assert set(reads.actions) == {"kms:Decrypt", "kms:DescribeKey"}
    assert set(writes.actions) > set(reads.actions)
    assert reads.condition and list(reads.condition) == ["StringEquals"]


def test_every_action_exists() -> None:
    """By the service models; the few permissions that are no operations are listed with their reason."""
    actions = {
        *access.READS,
        *access.WRITES,
        *access.STREAM_READS,
        *access.KINESIS_READS,
        *access.TRACING,
        *access.WITHOUT_RESOURCE,
        *access.KEY_READS,
        *access.KEY_WRITES,
        *access.log_access("group").actions,
        *(action for each in access.stream_access("stream", "queue") for action in each.actions),
    }
    session = botocore.session.get_session()
    services = {"dynamodb": ["dynamodb", "dynamodbstreams"]}
    unknown = set(actions) - PERMISSIONS_WITHOUT_OPERATION.keys()
    for action in list(unknown):
        service, operation = action.split(":")
        if any(operation in session.get_service_model(name).operation_names for name in services.get(service, [service])):
            unknown.discard(action)
    assert unknown == set()
