"""What somebody outside this stack may do with the table or its stream: statements of a resource policy, written out like all others."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.checks import check_sid, check_sids
from components.documents import json_text
from components.errors import InvalidArgument
from components.permissions.access import STREAM_READS, VERSION

_ACTION = re.compile(r"dynamodb:[A-Za-z]+")
_PRINCIPAL = re.compile(r"\d{12}|arn:[a-z0-9-]+:(iam|sts)::\d{12}:\S+")


@dataclass(frozen=True)
class PrincipalAccess:
    """One statement that allows. sid: letters and digits, once in a policy. principals: ARNs of roles or users, or account numbers.

    actions: such as "dynamodb:GetItem". indexes: names of those that may be queried too. Default: none. condition: as IAM has it. Default: none.
    A principal of another account needs the same from a policy of its own, and rights on the table's key where that is the customer's.
    Raises InvalidArgument for a wildcard: who may do what is written out.
    """

    sid: str
    principals: Sequence[pulumi.Input[str]]
    actions: Sequence[str]
    indexes: Sequence[str] = ()
    condition: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        check_sid(self.sid)
        if not self.principals or isinstance(self.principals, str):
            raise InvalidArgument(
                f"statement {self.sid} is for {self.principals!r}: give a list of ARNs of roles or users, or of account numbers"
            )
        for principal in self.principals:
            if isinstance(principal, str) and not _PRINCIPAL.fullmatch(principal):
                raise InvalidArgument(
                    f"statement {self.sid} is for the principal {principal!r}: an ARN of a role or user is allowed, or an account's 12 digits"
                )
        if not self.actions or isinstance(self.actions, str):
            raise InvalidArgument(f"statement {self.sid} allows {self.actions!r}: give a list of actions, such as ['dynamodb:GetItem']")
        for action in self.actions:
            if not _ACTION.fullmatch(action):
                raise InvalidArgument(
                    f"statement {self.sid} allows {action!r}: write each action out, as dynamodb:Action without wildcards"
                )

    def statement(self, arn: pulumi.Input[str]) -> dict[str, Any]:
        condition = {"Condition": dict(self.condition)} if self.condition else {}
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": {"AWS": list(self.principals)},
            "Action": sorted(self.actions),
            "Resource": [arn, *(pulumi.Output.concat(arn, "/index/", index) for index in self.indexes)],
            **condition,
        }


def check_table_statements(statements: Sequence[PrincipalAccess], indexes: Sequence[str]) -> None:
    """Of the table's policy. Raises InvalidArgument."""
    _check_types("resource_policy", statements)
    for each in statements:
        for action in each.actions:
            if action in STREAM_READS:
                raise InvalidArgument(f"statement {each.sid} allows {action!r} on the table: that belongs to stream_resource_policy")
        for index in each.indexes:
            if index not in indexes:
                raise InvalidArgument(f"statement {each.sid} names the index {index!r}: the table has {', '.join(indexes) or 'none'}")
    check_sids([each.sid for each in statements])


def check_stream_statements(statements: Sequence[PrincipalAccess]) -> None:
    """Of the stream's policy. Raises InvalidArgument."""
    _check_types("stream_resource_policy", statements)
    for each in statements:
        for action in each.actions:
            if action not in STREAM_READS:
                raise InvalidArgument(f"statement {each.sid} allows {action!r} on the stream: allowed are {', '.join(STREAM_READS)}")
        if each.indexes:
            raise InvalidArgument(f"statement {each.sid} names the index {each.indexes[0]!r}: a stream has none")
    check_sids([each.sid for each in statements])


def document(statements: Iterable[PrincipalAccess], arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The policy as text."""
    return json_text({"Version": VERSION, "Statement": [each.statement(arn) for each in statements]})


def _check_types(argument: str, statements: Sequence[object]) -> None:
    if isinstance(statements, str | Mapping):
        raise InvalidArgument(f"{argument} is of type {type(statements).__name__}: give a list of PrincipalAccess")
    for each in statements:
        if not isinstance(each, PrincipalAccess):
            raise InvalidArgument(f"one of {argument} is of type {type(each).__name__}: give a list of PrincipalAccess")
