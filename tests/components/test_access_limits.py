"""Which partition keys and attributes a function is held to: from the declaration, or refused. Decisions are in tests/local/test_access_matrix."""

from collections.abc import Callable
from typing import Any

import pytest

from app import model, order_events
from components.errors import InvalidArgument
from components.functions.function_arguments import pattern_definitions
from components.permissions.access import table_access
from components.permissions.limits import Limits
from singletable.definition import EntityDefinition, IndexDefinition, KeyDefinition, PatternDefinition, TableDefinition
from singletable.grants import Grant

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"
KEYS, NAMES = "ForAllValues:StringLike", "ForAllValues:StringEquals"
GET, PUT, QUERY = Grant("dynamodb:GetItem"), Grant("dynamodb:PutItem"), Grant("dynamodb:Query", "GSI1")


def table(*entities: EntityDefinition) -> TableDefinition:
    return TableDefinition(KeyDefinition("PK", "SK"), (IndexDefinition("GSI1", KeyDefinition("GSI1PK", "GSI1SK")),), None, entities, ())


def pattern(*grants: Grant, entities: tuple[str, ...] = ("Note",), access: str = "") -> PatternDefinition:
    return PatternDefinition(
        name="p", title="p", kind="one", entities=entities, operations=(), index=None, touches=(), grants=grants, access=access
    )


NOTE = EntityDefinition(
    "Note",
    {"primary": ("NOTE#{id}", "X"), "GSI1": ("OWNER#{owner}", "NOTE#{id}")},
    {"id": "str (id)", "owner": "str"},
    {"slug": ("UNIQUE#Note#slug#{slug}", "LOCK")},
)


def keys(limits: Limits, given: PatternDefinition, grant: Grant, *entities: EntityDefinition) -> Any:
    return limits.conditions([given], table(*(entities or (NOTE,))))[grant].get(KEYS, {}).get("dynamodb:LeadingKeys")


@pytest.mark.parametrize(
    ("grant", "access", "expected"),
    [
        (GET, "PK=NOTE#{id} SK=X", ["NOTE#*"]),
        (GET, "PK=UNIQUE#Note#slug#{slug} SK=LOCK, then the item", ["NOTE#*", "UNIQUE#Note#slug#*"]),
        (PUT, "", ["NOTE#*", "UNIQUE#Note#slug#*"]),
        (Grant("dynamodb:UpdateItem"), "", ["NOTE#*"]),
        (Grant("dynamodb:ConditionCheckItem"), "", ["NOTE#*"]),
        (QUERY, "", ["OWNER#*"]),
    ],
)
def test_keys_of_what_the_action_touches(grant: Grant, access: str, expected: list[str]) -> None:
    assert keys(Limits(), pattern(grant, access=access), grant) == expected


def test_a_key_without_a_value_is_that_key() -> None:
    assert keys(Limits(), pattern(GET), GET, EntityDefinition("Note", {"primary": ("SETTINGS", "X")})) == ["SETTINGS"]


def test_a_wildcard_in_a_template_is_a_character() -> None:
    """IAM user guide, "Policy variables": ${*} is a *."""
    assert keys(Limits(), pattern(GET), GET, EntityDefinition("Note", {"primary": ("A*B?#{id}", "X")})) == ["A${*}B${?}#*"]


def test_attributes_are_those_of_the_items_and_their_locks() -> None:
    made = Limits(leading_keys=False, attributes=True).conditions([pattern(PUT, GET)], table(NOTE))
    assert made[PUT] == {NAMES: {"dynamodb:Attributes": ["GSI1PK", "GSI1SK", "PK", "SK", "_type", "id", "owner"]}}
    assert made[GET] == {}, "reads of the kit name no attributes, so that a condition on them would promise what it does not keep"


def test_actions_that_are_limited_alike_share_a_statement() -> None:
    patterns = pattern_definitions(order_events.patterns)
    conditions = Limits().conditions(patterns, model.table.definition())
    made = [(each.sid, list(each.actions), each.condition) for each in table_access(patterns, TABLE, conditions)]
    notices = {KEYS: {"dynamodb:LeadingKeys": ["NOTICE#*"]}}
    assert made == [("ReadTable", ["dynamodb:GetItem"], notices), ("WriteTable", ["dynamodb:PutItem"], notices)]


def test_actions_that_are_limited_differently_do_not() -> None:
    other = EntityDefinition("Other", {"primary": ("OTHER#{id}", "X")})
    patterns = [pattern(GET), pattern(Grant("dynamodb:Query"), entities=("Other",))]
    made = table_access(patterns, TABLE, Limits().conditions(patterns, table(NOTE, other)))
    assert [(each.sid, list(each.actions)) for each in made] == [("ReadTable", ["dynamodb:GetItem"]), ("ReadTable2", ["dynamodb:Query"])]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Limits(leading_keys=False),
            "the limits limit nothing: give leading_keys=True, attributes=True, both, or no limits at all",
        ),
        (
            lambda: keys(Limits(), pattern(GET), GET, EntityDefinition("Note", {"primary": ("{id}", "X")})),
            "partition keys of Note begin with a value ({id}): they cannot be told from others, so leading_keys cannot be limited",
        ),
        (
            lambda: keys(Limits(), pattern(GET, entities=()), GET),
            "the pattern p has no entity: nothing says which keys it uses, so it cannot be limited",
        ),
        (
            lambda: keys(Limits(), pattern(GET, entities=("Gone",)), GET),
            "the pattern p has the entity Gone, which the table does not declare: nothing says which keys it uses, so it cannot be limited",
        ),
    ],
)
def test_refusals(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        build()
    assert str(caught.value) == message
