"""Decisions from policy documents. Expectations are AWS's (IAM user guide: policy evaluation, elements, operators, multivalued keys)."""

from __future__ import annotations

from typing import Any

import pytest

from local.iam import Outcome, Unsupported, decide, evaluate

T = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"
ROLE = "arn:aws:iam::123456789012:role/api"
SESSION = "arn:aws:sts::123456789012:assumed-role/api/function"


def allow(action: Any, resource: Any = T, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = T, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def leading(operator: str, *values: str) -> dict[str, Any]:
    return {operator: {"dynamodb:LeadingKeys": list(values)}}


ALL = allow("dynamodb:*", "*")
CASES: list[tuple[str, list[dict[str, Any]], str, str, dict[str, Any], bool]] = [
    ("table", [allow("dynamodb:Query")], "dynamodb:Query", T, {}, True),
    ("table does not cover its index", [allow("dynamodb:Query")], "dynamodb:Query", f"{T}/index/GSI1", {}, False),
    ("index", [allow("dynamodb:Query", f"{T}/index/GSI1")], "dynamodb:Query", f"{T}/index/GSI1", {}, True),
    ("index does not cover its table", [allow("dynamodb:Query", f"{T}/index/GSI1")], "dynamodb:Query", T, {}, False),
    ("any index", [allow("dynamodb:Query", f"{T}/index/*")], "dynamodb:Query", f"{T}/index/GSI1", {}, True),
    ("a longer table name", [allow("dynamodb:GetItem")], "dynamodb:GetItem", f"{T}2", {}, False),
    ("star crosses slashes", [allow("dynamodb:GetItem", f"{T}*")], "dynamodb:Query", f"{T}/index/GSI1", {}, False),
    ("star crosses slashes, same action", [allow("dynamodb:Query", f"{T}*")], "dynamodb:Query", f"{T}/index/GSI1", {}, True),
    (
        "star inside segments",
        [allow("dynamodb:GetItem", "arn:aws:dynamodb:*:123456789012:table/*-prod")],
        "dynamodb:GetItem",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/a-b-prod",
        {},
        True,
    ),
    (
        "star does not cross segments",
        [allow("dynamodb:GetItem", "arn:aws:dynamodb:eu*1:123456789012:table/shop")],
        "dynamodb:GetItem",
        "arn:aws:dynamodb:us-east-1:123456789012:table/shop",
        {},
        False,
    ),
    ("question mark is one character", [allow("dynamodb:?etItem", f"{T}?")], "dynamodb:GetItem", f"{T}2", {}, True),
    ("question mark is not none", [allow("dynamodb:GetItem", f"{T}?")], "dynamodb:GetItem", T, {}, False),
    ("actions ignore letter case", [allow("DynamoDB:getitem")], "dynamodb:GetItem", T, {}, True),
    ("resources mind letter case", [allow("dynamodb:GetItem", T.upper())], "dynamodb:GetItem", T, {}, False),
    ("deny wins", [ALL, deny("dynamodb:Delete*")], "dynamodb:DeleteItem", T, {}, False),
    ("deny elsewhere", [ALL, deny("dynamodb:Delete*", f"{T}2")], "dynamodb:DeleteItem", T, {}, True),
    ("NotAction, listed", [{"Effect": "Allow", "NotAction": "dynamodb:Delete*", "Resource": T}], "dynamodb:DeleteItem", T, {}, False),
    ("NotAction, other", [{"Effect": "Allow", "NotAction": "dynamodb:Delete*", "Resource": T}], "dynamodb:PutItem", T, {}, True),
    (
        "deny NotResource",
        [ALL, {"Effect": "Deny", "Action": "dynamodb:*", "NotResource": [T, f"{T}/*"]}],
        "dynamodb:PutItem",
        f"{T}2",
        {},
        False,
    ),
    ("no resource type needs a star", [allow("dynamodb:ListTables")], "dynamodb:ListTables", "*", {}, False),
    ("no resource type with a star", [allow("dynamodb:ListTables", "*")], "dynamodb:ListTables", "*", {}, True),
    (
        "leading key",
        [allow("dynamodb:GetItem", Condition=leading("ForAllValues:StringEquals", "USER#1"))],
        "dynamodb:GetItem",
        T,
        {"dynamodb:LeadingKeys": ["USER#1"]},
        True,
    ),
    (
        "one of two leading keys is foreign",
        [allow("dynamodb:BatchGetItem", Condition=leading("ForAllValues:StringEquals", "USER#1"))],
        "dynamodb:BatchGetItem",
        T,
        {"dynamodb:LeadingKeys": ["USER#1", "USER#2"]},
        False,
    ),
    (
        "leading key with a prefix",
        [allow("dynamodb:GetItem", Condition=leading("ForAllValues:StringLike", "ORDER#*"))],
        "dynamodb:GetItem",
        T,
        {"dynamodb:LeadingKeys": ["USER#1"]},
        False,
    ),
    (
        "no leading key at all: ForAllValues does not stop a Scan",
        [allow("dynamodb:Scan", Condition=leading("ForAllValues:StringEquals", "USER#1"))],
        "dynamodb:Scan",
        T,
        {},
        True,
    ),
    (
        "no leading key at all: ForAnyValue is false",
        [allow("dynamodb:GetItem", Condition=leading("ForAnyValue:StringEquals", "USER#1"))],
        "dynamodb:GetItem",
        T,
        {},
        False,
    ),
    (
        "an attribute too many",
        [allow("dynamodb:GetItem", Condition={"ForAllValues:StringEquals": {"dynamodb:Attributes": ["PK", "SK"]}})],
        "dynamodb:GetItem",
        T,
        {"dynamodb:Attributes": ["PK", "email"]},
        False,
    ),
    (
        "policy variable",
        [allow("dynamodb:GetItem", Condition=leading("ForAllValues:StringEquals", "USER#${aws:PrincipalTag/uid}"))],
        "dynamodb:GetItem",
        T,
        {"dynamodb:LeadingKeys": ["USER#7"], "aws:PrincipalTag/uid": "7"},
        True,
    ),
    (
        "a star that comes in through a variable is no wildcard",
        [allow("dynamodb:GetItem", Condition=leading("ForAllValues:StringLike", "USER#${aws:PrincipalTag/uid}"))],
        "dynamodb:GetItem",
        T,
        {"dynamodb:LeadingKeys": ["USER#7"], "aws:PrincipalTag/uid": "*"},
        False,
    ),
    (
        "default of a variable",
        [allow("dynamodb:GetItem", Condition=leading("ForAllValues:StringEquals", "USER#${aws:PrincipalTag/uid, 'none'}"))],
        "dynamodb:GetItem",
        T,
        {"dynamodb:LeadingKeys": ["USER#none"]},
        True,
    ),
    (
        "StringNotEquals on an absent key is true",
        [ALL, deny("*", "*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})],
        "dynamodb:GetItem",
        T,
        {},
        False,
    ),
    (
        "StringEqualsIfExists on an absent key is true",
        [allow("dynamodb:GetItem", Condition={"StringEqualsIfExists": {"dynamodb:Select": "COUNT"}})],
        "dynamodb:GetItem",
        T,
        {},
        True,
    ),
    (
        "Null: the key must be absent",
        [allow("dynamodb:GetItem", Condition={"Null": {"aws:SourceVpce": "true"}})],
        "dynamodb:GetItem",
        T,
        {"aws:SourceVpce": "vpce-1"},
        False,
    ),
    (
        "two keys of one operator are both needed",
        [
            allow(
                "cloudwatch:PutMetricData",
                "*",
                Condition={"StringEquals": {"cloudwatch:namespace": "App", "aws:RequestedRegion": "eu-west-1"}},
            )
        ],
        "cloudwatch:PutMetricData",
        "*",
        {"cloudwatch:namespace": "App", "aws:RequestedRegion": "us-east-1"},
        False,
    ),
    (
        "a number",
        [allow("sqs:SendMessage", "*", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}})],
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:123456789012:q",
        {"aws:MultiFactorAuthAge": "60"},
        True,
    ),
    (
        "a date",
        [allow("dynamodb:GetItem", Condition={"DateGreaterThan": {"aws:CurrentTime": "2026-03-02T10:00:00Z"}})],
        "dynamodb:GetItem",
        T,
        {"aws:CurrentTime": "2026-03-02T09:00:00+00:00"},
        False,
    ),
    (
        "an address",
        [allow("dynamodb:GetItem", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
        "dynamodb:GetItem",
        T,
        {"aws:SourceIp": "10.1.2.3"},
        False,
    ),
    (
        "an ARN segment by segment",
        [allow("sns:Publish", "*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:bucket*"}})],
        "sns:Publish",
        "arn:aws:sns:eu-west-1:123456789012:t",
        {"aws:SourceArn": "arn:aws:s3:::bucket-a"},
        True,
    ),
    (
        "Bool",
        [ALL, deny("*", "*", Condition={"Bool": {"aws:SecureTransport": False}})],
        "dynamodb:GetItem",
        T,
        {"aws:SecureTransport": "true"},
        True,
    ),
]


@pytest.mark.parametrize(
    ("statements", "action", "resource", "context", "allowed"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_decision(statements: Any, action: str, resource: str, context: dict[str, Any], allowed: bool) -> None:
    outcome = evaluate([{"Version": "2012-10-17", "Statement": statements}], action, resource, context)

    assert (outcome is Outcome.ALLOWED) is allowed


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        (allow("dynamodb:GetItem", "table/shop"), "six ARN segments"),
        (allow("dynamodb:GetItem", Condition={"StringMatches": {"aws:SourceIp": "x"}}), "StringMatches"),
        (allow("dynamodb:GetItem", Condition=leading("StringEquals", "USER#1")), "multivalued"),
        (allow("dynamodb:GetItem", Condition=leading("ForAnyValue:StringEqualsIfExists", "USER#1")), "not documented"),
        (allow("dynamodb:GetItem", f"{T}/${{aws:PrincipalTag/uid}}"), "no single value"),
        (allow("dynamodb:GetItem", Condtion={}), "Condtion"),
    ],
)
def test_what_is_not_understood_is_refused_and_never_decided(statement: dict[str, Any], word: str) -> None:
    with pytest.raises(Unsupported, match=word):
        evaluate([{"Statement": [statement]}], "dynamodb:GetItem", T, {"dynamodb:LeadingKeys": ["USER#1"]})


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def outcome(identity: dict[str, Any], **more: Any) -> Outcome:
    return decide([identity], "dynamodb:GetItem", T, {}, principals=(ROLE, SESSION), **more)


def test_boundary_and_session_policy_must_allow_too() -> None:
    wide = policy(ALL)

    assert outcome(wide, boundary=policy(allow("dynamodb:GetItem")), session=policy(ALL)) is Outcome.ALLOWED
    assert outcome(wide, boundary=policy(allow("dynamodb:PutItem"))) is Outcome.IMPLICIT_DENY
    assert outcome(wide, session=policy(allow("dynamodb:PutItem"))) is Outcome.IMPLICIT_DENY
    assert outcome(wide, boundary=policy(ALL, deny("dynamodb:GetItem"))) is Outcome.EXPLICIT_DENY


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ROLE}, {"AWS": ["arn:aws:iam::123456789012:role/other", SESSION]}])
def test_resource_policy_that_names_the_caller_is_enough(principal: Any) -> None:
    nothing = policy(allow("dynamodb:PutItem"))

    assert outcome(nothing, resource_policy=policy(allow("dynamodb:GetItem", Principal=principal))) is Outcome.ALLOWED


@pytest.mark.parametrize("principal", [{"Service": "lambda.amazonaws.com"}, {"AWS": "arn:aws:iam::123456789012:root"}, {"AWS": ROLE + "2"}])
def test_resource_policy_for_somebody_else_gives_nothing(principal: Any) -> None:
    nothing = policy(allow("dynamodb:PutItem"))

    assert outcome(nothing, resource_policy=policy(allow("dynamodb:GetItem", Principal=principal))) is Outcome.IMPLICIT_DENY


def test_resource_policy_can_deny_the_whole_account() -> None:
    refusing = policy(deny("dynamodb:GetItem", Principal={"AWS": "arn:aws:iam::123456789012:root"}))

    assert outcome(policy(ALL), resource_policy=refusing) is Outcome.EXPLICIT_DENY
