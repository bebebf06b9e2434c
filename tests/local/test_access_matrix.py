"""Who may do what in the stack of Pulumi.dev.yaml: every function, every action of DynamoDB, every resource, decided three times.

What is expected comes from the requests that the functions' patterns send, through AWS's table of what each request needs, and not from the
policies. A cell that is allowed and not needed is as wrong as one that is needed and not allowed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import botocore.session
import pytest

from app import api, model, order_events
from components.functions.function_arguments import pattern_definitions
from components.permissions.access import policy, table_access
from components.permissions.limits import Limits
from local.deploy import registrations
from local.iam import Need, Outcome, evaluate, needs_of
from local.iam.needs import Place, TableKeys
from singletable import Secret
from singletable.entity import entity_of
from singletable.patterns import Pattern, Read
from singletable.plans import plan_of
from singletable.transactions import Update
from tests.components.conftest import ACCOUNT, REGION, ROOT, Stack, arn, document
from tests.local import second_opinion
from tests.local.second_opinion import Question

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATTERNS: Mapping[str, Sequence[Pattern]] = {"api": api.patterns, "order-events": order_events.patterns}
ITEMS: Mapping[type, Any] = {
    model.User: model.User(id="u1", email="a@example.com", name="A", created_at=NOW, updated_at=NOW),
    model.Credential: model.Credential(user_id="u1", password_hash=Secret("h")),
    model.Order: model.Order(
        id="o1", user_id="u1", reference="r1", currency="EUR", total_minor=1, item_count=1, created_at=NOW, updated_at=NOW
    ),
    model.OrderItem: model.OrderItem(
        order_id="o1", product_id="p1", quantity=1, unit_price_minor=100, discount_percent=0, line_total_minor=100
    ),
    model.Product: model.Product(id="p1", name="P", category="c", price_minor=1, currency="EUR", created_at=NOW, updated_at=NOW),
    model.Notice: model.Notice(order_id="o1", order_version=1, published_at=NOW, expires_at=NOW),
}
"""One of each entity."""
CHANGES: Mapping[str, Any] = {"email": "b@example.com", "status": model.OrderStatus.PAID}
"""What updates set, by field."""
OTHER = "arn:aws:dynamodb:eu-west-1:123456789012:table/other"
WITHOUT_OPERATION = (
    "ConditionCheckItem",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLSelect",
    "PartiQLUpdate",
    "CreateTableReplica",
    "DeleteTableReplica",
    "ReadDataForReplication",
    "WriteDataForReplication",
)
"""Permissions that no operation is called by (Service Authorization Reference, DynamoDB)."""
WITHOUT_RESOURCE = frozenset(
    f"dynamodb:{name}"
    for name in (
        "DescribeEndpoints",
        "DescribeLimits",
        "ListBackups",
        "ListContributorInsights",
        "ListExports",
        "ListGlobalTables",
        "ListImports",
        "ListStreams",
        "ListTables",
    )
)
"""Actions that have no resource type: their requests are for "*", and no others are."""
BESIDE = {
    "sqs": ("SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue", "SetQueueAttributes"),
    "sns": ("Publish", "Subscribe", "SetTopicAttributes", "DeleteTopic"),
    "logs": ("CreateLogStream", "PutLogEvents", "CreateLogGroup", "DeleteLogGroup", "FilterLogEvents"),
    "kms": ("Decrypt", "GenerateDataKey"),
    "iam": ("PassRole",),
    "lambda": ("InvokeFunction",),
}
"""Actions of the other services around a function."""


# --- the stack, and what its functions send


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack(registrations(ROOT, "dev"))


@pytest.fixture(scope="module")
def policies(stack: Stack) -> Mapping[str, Any]:
    return {name: document(stack.one("RolePolicy", f"{name}-policy")) for name in PATTERNS}


@pytest.fixture(scope="module")
def resources(stack: Stack) -> tuple[str, ...]:
    table = stack.one("Table", "shop").outputs
    indexes = [*model.table.indexes, "GSI2"]
    own = (table["arn"], *(f"{table['arn']}/index/{name}" for name in indexes), table["streamArn"])
    other = (OTHER, f"{OTHER}/index/GSI1", f"{OTHER}/stream/2026-01-01T00:00:00.000", f"{table['arn']}2")
    return (*own, *other)


def actions() -> tuple[str, ...]:
    session = botocore.session.get_session()
    names = {name for service in ("dynamodb", "dynamodbstreams") for name in session.get_service_model(service).operation_names}
    return tuple(f"dynamodb:{name}" for name in sorted({*names, *WITHOUT_OPERATION}))


def sent_by(pattern: Pattern, table: str) -> Iterator[Any]:
    """The requests of one call: of a transaction, with every part; of an update, with a change of each field."""
    declared = cast(Any, pattern)
    if isinstance(pattern, Read):
        item = ITEMS[declared.entity.cls]
        bound = declared(**{name: getattr(item, name) for name in declared.want.by})
    elif isinstance(pattern, Update):
        bound = updated(declared)
    else:
        bound = declared(*map(given, declared.operations))
    yield from plan_of(table, bound, NOW).requests


def updated(pattern: Any) -> Any:
    return pattern(ITEMS[pattern.entity.cls], **{name: CHANGES[name] for name in pattern.fields})


def given(operation: Any) -> Any:
    item = ITEMS[operation.entity.cls]
    if operation.update:
        return updated(operation.update)
    return [item] if operation.up_to else item


@cache
def needs_of_function(name: str, table: str) -> tuple[Need, ...]:
    keys = TableKeys(model.table.key.partition, {index: key.partition for index, key in model.table.indexes.items()})
    place = Place(REGION, ACCOUNT, lambda _: keys)
    return tuple(
        need
        for pattern in PATTERNS[name]
        for request in sent_by(pattern, table)
        for need in needs_of("dynamodb", request.operation, request.body, place)
    )


def expected(name: str, stack: Stack) -> set[tuple[str, str]]:
    table = stack.one("Table", "shop").outputs
    needed = {(need.action, need.resource) for need in needs_of_function(name, table["name"])}
    if name == "order-events":
        # What Lambda reads the stream with (AWS Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB", execution role).
        needed |= {(f"dynamodb:{action}", table["streamArn"]) for action in ("DescribeStream", "GetRecords", "GetShardIterator")}
        needed.add(("dynamodb:ListStreams", "*"))
    return needed


def matrix(policies: Mapping[str, Any], resources: Sequence[str]) -> list[Question]:
    return [
        Question(name, action, resource, {})
        for name in policies
        for action in actions()
        for resource in (["*"] if action in WITHOUT_RESOURCE else resources)
    ]


def allowed(policies: Mapping[str, Any], question: Question) -> bool:
    return evaluate([policies[question.policy]], question.action, question.resource, question.context) is Outcome.ALLOWED


# --- the matrix


def test_the_matrix_is_whole(stack: Stack, policies: Mapping[str, Any], resources: Sequence[str]) -> None:
    assert {each.name for each in stack.all("Function")} == set(PATTERNS) == set(policies)
    assert {cls.__name__ for cls in ITEMS} == set(model.table.entities)
    assert set(model.table.indexes) == {index["name"] for index in stack.one("Table", "shop").inputs["globalSecondaryIndexes"]}
    assert len(actions()) >= 60
    assert set(actions()) >= WITHOUT_RESOURCE
    assert len(matrix(policies, resources)) == len(PATTERNS) * (
        (len(actions()) - len(WITHOUT_RESOURCE)) * len(resources) + len(WITHOUT_RESOURCE)
    )


@pytest.mark.parametrize("name", PATTERNS)
def test_exactly_what_the_requests_need_is_allowed(name: str, stack: Stack, policies: Mapping[str, Any], resources: Sequence[str]) -> None:
    cells = [cell for cell in matrix(policies, resources) if cell.policy == name]
    found = {(cell.action, cell.resource) for cell in cells if allowed(policies, cell)}

    assert found - expected(name, stack) == set(), "allowed, and no request needs it"
    assert expected(name, stack) - found == set(), "needed by a request, and denied"


@pytest.mark.parametrize("name", PATTERNS)
def test_nothing_beside_the_table_but_what_the_function_is_for(name: str, stack: Stack, policies: Mapping[str, Any]) -> None:
    logs = {each.name: each.outputs["arn"] for each in stack.all("LogGroup")}
    others = [
        *(each.outputs["arn"] for kind in ("Queue", "Topic", "Role", "Function") for each in stack.all(kind)),
        arn("kms", "key/k"),
        "*",
    ]
    streams = [f"{group}:log-stream:2026/03/01/[$LATEST]abc" for group in logs.values()]
    found = {
        (f"{service}:{action}", resource)
        for service, names in BESIDE.items()
        for action in names
        for resource in (*logs.values(), *streams, *others)
        if allowed(policies, Question(name, f"{service}:{action}", resource, {}))
    }
    own = f"{logs[f'{name}-logs']}:log-stream:2026/03/01/[$LATEST]abc"
    wanted = {("logs:CreateLogStream", own), ("logs:PutLogEvents", own)}
    if name == "order-events":
        wanted |= {("sqs:SendMessage", stack.one("Queue", "order-events-failures").outputs["arn"])}
        wanted |= {("sns:Publish", stack.outputs["orderTopicArn"])}
    assert found == wanted


# --- the second opinion

DISAGREEMENTS: Mapping[str, Mapping[tuple[str, str], str]] = {"iam-simulate": {}, "ministack": {}}
"""Engine -> (action, resource) -> why it decides otherwise, and who is right."""


@pytest.mark.parametrize("engine", second_opinion.ENGINES)
def test_another_engine_decides_the_same(engine: str, policies: Mapping[str, Any], resources: Sequence[str]) -> None:
    if why := second_opinion.missing(engine):
        pytest.skip(why)
    questions = [*matrix(policies, resources), *limited_questions()]
    asked = {**policies, **limited_policies()}
    answers = second_opinion.ask(engine, asked, questions)
    assert len(answers) == len(questions)
    otherwise = {
        (question.policy, question.action, question.resource, str(question.context)): (answer, allowed(asked, question))
        for question, answer in zip(questions, answers, strict=True)
        if (answer == "allowed") != allowed(asked, question) and (question.action, question.resource) not in DISAGREEMENTS[engine]
    }
    assert otherwise == {}
    assert sum(answer == "allowed" for answer in answers) >= len(needs_of_function("api", "shop")), (
        "it allowed nothing: was it asked at all?"
    )


# --- limits: the same with partition keys and attributes

TABLE = arn("dynamodb", "table/shop")


@cache
def limited_policies() -> Mapping[str, Any]:
    """As a stack with Limits(leading_keys=True, attributes=True) would have them."""
    made: dict[str, Any] = {}
    for name, patterns in PATTERNS.items():
        definitions = pattern_definitions(patterns)
        conditions = Limits(leading_keys=True, attributes=True).conditions(definitions, model.table.definition())
        statements = table_access(definitions, TABLE, conditions)
        # Names of indexes are joined to an ARN that is known here: what an output holds is the same text.
        plain = [replace(each, resources=[f"{TABLE}/index/GSI1" if each.sid.startswith("QueryIndexes") else TABLE]) for each in statements]
        made[f"{name}, limited"] = policy(plain)
    return made


@cache
def limited_questions() -> tuple[Question, ...]:
    """Each need of each function, asked of every function; and each with the keys and attributes of every entity."""
    needs = [need for name in PATTERNS for need in needs_of_function(name, "shop")]
    foreign = [
        Need(need.action, need.resource, {**need.context, "dynamodb:LeadingKeys": [key]})
        for need in needs_of_function("order-events", "shop")
        for key in partition_keys()
    ]
    unique = {repr(need): need for need in (*needs, *foreign)}
    return tuple(
        Question(name, need.action, need.resource, {key: value for key, value in need.context.items() if key in LIMITING})
        for name in limited_policies()
        for need in unique.values()
    )


LIMITING = ("dynamodb:LeadingKeys", "dynamodb:Attributes")


def partition_keys() -> list[str]:
    """Of an item of each entity, and of its locks."""
    partition = model.table.key.partition
    keys = [entity_of(cls).codec.encode(item)[partition]["S"] for cls, item in ITEMS.items()]
    return [*keys, "UNIQUE#User#email#x", "OTHER#1"]


@pytest.mark.parametrize("name", PATTERNS)
def test_what_a_limited_function_sends_is_still_allowed(name: str) -> None:
    denied = [
        need
        for need in needs_of_function(name, "shop")
        if evaluate([limited_policies()[f"{name}, limited"]], need.action, need.resource, need.context) is not Outcome.ALLOWED
    ]
    assert denied == []


def test_a_function_of_notices_reaches_no_other_key() -> None:
    own = limited_policies()["order-events, limited"]
    reached = {
        key
        for action in ("dynamodb:GetItem", "dynamodb:PutItem")
        for key in partition_keys()
        if evaluate([own], action, TABLE, {"dynamodb:LeadingKeys": [key]}) is Outcome.ALLOWED
    }
    assert len(reached) == 1
    assert next(iter(reached)).startswith("NOTICE#")


def test_a_function_of_notices_writes_no_other_attribute() -> None:
    own = limited_policies()["order-events, limited"]
    (need,) = [need for need in needs_of_function("order-events", "shop") if need.action == "dynamodb:PutItem"]
    named = [*cast("Sequence[str]", need.context["dynamodb:Attributes"]), "password_hash"]

    assert evaluate([own], need.action, TABLE, need.context) is Outcome.ALLOWED
    assert evaluate([own], need.action, TABLE, {**need.context, "dynamodb:Attributes": named}) is Outcome.IMPLICIT_DENY
