"""What a function may do: statements with the actions of its patterns and the resources that they touch, nothing else."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi

from components.checks import check_sid, check_sids
from components.errors import InvalidArgument
from components.permissions.limits import Condition
from singletable.definition import PatternDefinition
from singletable.grants import Grant

VERSION = "2012-10-17"
LAMBDA_TRUST: dict[str, Any] = {
    "Version": VERSION,
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
READS = frozenset({"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"})
WRITES = frozenset(
    {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem"}
)
TRACING = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
WITHOUT_RESOURCE = frozenset({"dynamodb:ListStreams", *TRACING})
"""Actions that AWS knows for all resources only (Service Authorization Reference, 'Actions, resources, and condition keys')."""
STREAM_READS = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
KINESIS_READS = (
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
)
"""What a mapping needs of a stream of Kinesis (AWS Lambda developer guide, "Process Amazon Kinesis Data Streams records with Lambda")."""
KEY_READS = ("kms:Decrypt", "kms:DescribeKey")
KEY_WRITES = ("kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo")

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")


@dataclass(frozen=True)
class Access:
    """One statement that allows. sid: letters and digits, once in a policy. condition: as IAM has it. Default: none.
    why: what it is for, in the words of whoever reviews permissions. Default: not said.

    Raises InvalidArgument for a wildcard or a Scan: what a function may do is written out.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]]
    condition: Mapping[str, Any] | None = None
    why: str = ""

    def __post_init__(self) -> None:
        check_sid(self.sid)
        for what, given in (("actions", self.actions), ("resources", self.resources)):
            # A text is a sequence too: of letters.
            if isinstance(given, str) or not isinstance(cast("object", given), Sequence) or not given:
                raise InvalidArgument(f"the {what} of statement {self.sid} are {given!r}: give a list with at least one")
        for action in self.actions:
            if not isinstance(cast("object", action), str) or not _ACTION.fullmatch(action):
                raise InvalidArgument(f"statement {self.sid} allows {action!r}: write each action out, as service:Action without wildcards")
            if action == "dynamodb:Scan":
                raise InvalidArgument(f"statement {self.sid} allows {action!r}: declare an access pattern that reads by a key instead")
        everything = any(isinstance(resource, str) and resource == "*" for resource in self.resources)
        if everything and not WITHOUT_RESOURCE.issuperset(self.actions):
            raise InvalidArgument(f"statement {self.sid} is for every resource: name the ARN, or end one in /* or :*")
        wild = [resource for resource in self.resources if isinstance(resource, str) and "*" in resource and resource != "*"]
        if wild and any(action.startswith("dynamodb:") for action in self.actions):
            raise InvalidArgument(f"statement {self.sid} is for {wild[0]!r}: name the table, each index and the stream that are meant")

    def statement(self) -> dict[str, Any]:
        condition = {"Condition": dict(self.condition)} if self.condition else {}
        return {"Sid": self.sid, "Effect": "Allow", "Action": sorted(self.actions), "Resource": list(self.resources), **condition}


KINDS = ("ReadTable", "QueryIndexes", "WriteTable")
"""Statements about the table: reads of it, queries of its indexes, writes."""


def table_access(
    patterns: Iterable[PatternDefinition], table_arn: pulumi.Input[str], conditions: Mapping[Grant, Condition] | None = None
) -> list[Access]:
    """One statement for each kind of access that the patterns need, and for each condition where grants have some (Limits.conditions).

    Raises InvalidArgument for an action that no pattern may need.
    """
    grants = {grant for pattern in patterns for grant in pattern.grants}
    _check_grants(grants)
    statements: list[Access] = []
    for kind in KINDS:
        alike: dict[str, list[Grant]] = {}
        for grant in sorted((each for each in grants if kind_of(each) == kind), key=lambda each: (each.action, each.index or "")):
            alike.setdefault(json.dumps((conditions or {}).get(grant, {}), sort_keys=True), []).append(grant)
        for number, (condition, together) in enumerate(alike.items(), start=1):
            indexes = sorted({grant.index for grant in together if grant.index})
            resources = [_index_arn(table_arn, name) for name in indexes] or [table_arn]
            actions = sorted({grant.action for grant in together})
            statements.append(Access(f"{kind}{number if number > 1 else ''}", actions, resources, json.loads(condition) or None))
    return statements


def _index_arn(table_arn: pulumi.Input[str], name: str) -> pulumi.Input[str]:
    return f"{table_arn}/index/{name}" if isinstance(table_arn, str) else pulumi.Output.concat(table_arn, "/index/", name)


def kind_of(grant: Grant) -> str:
    """One of KINDS."""
    return "QueryIndexes" if grant.index else "ReadTable" if grant.action in READS else "WriteTable"


def _check_grants(grants: Iterable[Grant]) -> None:
    unknown = sorted({grant.action for grant in grants} - READS - WRITES)
    if unknown:
        raise InvalidArgument(f"a pattern needs {unknown[0]}: allowed are {', '.join(sorted(READS | WRITES))}")
    wrong = sorted(grant.action for grant in grants if grant.index and grant.action != "dynamodb:Query")
    if wrong:
        raise InvalidArgument(f"a pattern needs {wrong[0]} on an index: an index can only be queried")


def key_access(patterns: Iterable[PatternDefinition], key_arn: pulumi.Input[str], region: pulumi.Input[str]) -> Access:
    """Use of the table's own key, through DynamoDB only (DynamoDB developer guide, 'Encryption at rest: usage notes')."""
    writes = any(grant.action in WRITES for pattern in patterns for grant in pattern.grants)
    via = pulumi.Output.concat("dynamodb.", region, ".amazonaws.com")
    actions = (*KEY_READS, *KEY_WRITES) if writes else KEY_READS
    why = "the table is encrypted with this key; only DynamoDB may use it for the function"
    return Access("UseTableKey", actions, [key_arn], {"StringEquals": {"kms:ViaService": via}}, why)


def log_access(log_group_arn: pulumi.Input[str]) -> Access:
    """Streams of its own log group, which exists already: a function that may create groups re-creates them after a destroy."""
    actions = ("logs:CreateLogStream", "logs:PutLogEvents")
    return Access("WriteLogs", actions, [pulumi.Output.concat(log_group_arn, ":*")], why="its own log")


def trace_access() -> Access:
    return Access("WriteTraces", TRACING, ["*"], why="tracing is on; X-Ray knows no narrower resource")


def stream_access(stream_arn: pulumi.Input[str], failure_queue_arn: pulumi.Input[str]) -> list[Access]:
    return [
        Access("ReadStream", STREAM_READS, [stream_arn], why="Lambda reads the table's stream in its name"),
        Access("ListStreams", ("dynamodb:ListStreams",), ["*"], why="Lambda finds the stream; the action knows no narrower resource"),
        failure_access(failure_queue_arn),
    ]


def kinesis_access(stream_arn: pulumi.Input[str], failure_queue_arn: pulumi.Input[str]) -> list[Access]:
    return [
        Access("ReadStream", KINESIS_READS, [stream_arn], why="Lambda reads the stream of Kinesis in its name"),
        failure_access(failure_queue_arn),
    ]


def failure_access(queue_arn: pulumi.Input[str]) -> Access:
    return Access("ReportFailures", ("sqs:SendMessage",), [queue_arn], why="Lambda parks in its name what it could not handle")


def policy(accesses: Iterable[Access]) -> dict[str, Any]:
    """A policy document. Raises InvalidArgument where two statements have one name."""
    statements = [access.statement() for access in accesses]
    check_sids([str(statement["Sid"]) for statement in statements])
    return {"Version": VERSION, "Statement": statements}
