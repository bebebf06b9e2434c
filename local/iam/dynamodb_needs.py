"""What each DynamoDB and DynamoDB Streams operation needs.

A transaction needs the action of each of its items, never one of its own; a query of an index needs Query on the index and not on the table.
Source: Service Authorization Reference, DynamoDB; developer guide, "Using IAM with DynamoDB transactions" and "fine-grained access control".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Request = Mapping[str, Any]
Arn = Callable[[str], str]


@dataclass(frozen=True)
class Need:
    """One action on one resource; `context` are condition keys of this request, lists for multivalued ones."""

    action: str
    resource: str
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict[str, "str | Sequence[str]"])


@dataclass(frozen=True)
class TableKeys:
    """The partition key attribute of a table and of each of its indexes. Of a table that is not there: None."""

    partition: str | None = None
    indexes: Mapping[str, str] = field(default_factory=dict[str, str])


_KEYED = ("GetItem", "UpdateItem", "DeleteItem", "PutItem")
_TRANSACTION_ACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_WITHOUT_RESOURCE = frozenset({"ListTables", "ListStreams", "DescribeLimits", "DescribeEndpoints"})
_OF_STREAM = frozenset({"GetShardIterator", "DescribeStream"})
_OF_TABLE = frozenset(
    {
        "DescribeTable",
        "DescribeTimeToLive",
        "DescribeContinuousBackups",
        "UpdateTable",
        "UpdateTimeToLive",
        "UpdateContinuousBackups",
        "DeleteTable",
    }
)
_OF_RESOURCE = frozenset({"ListTagsOfResource", "TagResource", "UntagResource"})
_EXPRESSIONS = ("ProjectionExpression", "ConditionExpression", "UpdateExpression", "FilterExpression", "KeyConditionExpression")
_KEYWORDS = frozenset({"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"})
# A value, or the first name of a path with what follows it up to an opening bracket, which makes it a function.
_TOKEN = re.compile(r":\w+|(?P<name>#?[A-Za-z_]\w*)(?:\.[#\w]+|\[\d+\])*(?P<call>\s*\()?")


def needs_of(operation: str, request: Request, arn: Arn, keys_of: Callable[[str], TableKeys]) -> tuple[Need, ...] | None:
    """None: there is no rule for this operation."""
    of = _Tables(arn, keys_of)
    if operation in _KEYED:
        return (of.item(operation, request),)
    if operation in ("Query", "Scan"):
        return (of.collection(operation, request),)
    if operation == "TransactWriteItems":
        actions = [pair for item in request["TransactItems"] for pair in item.items()]
        return tuple(of.item(_TRANSACTION_ACTIONS[kind], body, enclosing=operation) for kind, body in actions)
    if operation == "TransactGetItems":
        return tuple(of.item("GetItem", item["Get"], enclosing=operation) for item in request["TransactItems"])
    if operation in ("BatchGetItem", "BatchWriteItem"):
        return tuple(of.batch(operation, table, content) for table, content in request["RequestItems"].items())
    action = f"dynamodb:{operation}"
    if operation == "GetRecords":
        return (Need(action, request["ShardIterator"].split("|")[0]),)
    if operation in _OF_STREAM:
        return (Need(action, request["StreamArn"]),)
    if operation in _WITHOUT_RESOURCE:
        return (Need(action, "*"),)
    if operation in _OF_TABLE:
        return (Need(action, of.table(request["TableName"])),)
    if operation in _OF_RESOURCE:
        return (Need(action, request["ResourceArn"]),)
    return None


@dataclass(frozen=True)
class _Tables:
    arn: Arn
    keys_of: Callable[[str], TableKeys]

    def table(self, name: str) -> str:
        """Requests name a table or give its ARN."""
        return name if name.startswith("arn:") else self.arn(name)

    def item(self, action: str, request: Request, enclosing: str | None = None) -> Need:
        image: Request = request.get("Key") or request.get("Item") or {}
        context = self._context(request, image)
        partition = self.keys_of(request["TableName"]).partition
        if partition is not None and partition in image:
            context["dynamodb:LeadingKeys"] = [_text(image[partition])]
        if action == "GetItem":
            context["dynamodb:Select"] = "SPECIFIC_ATTRIBUTES" if _projects(request) else "ALL_ATTRIBUTES"
        if enclosing:
            context["dynamodb:EnclosingOperation"] = enclosing
        return Need(f"dynamodb:{action}", self.table(request["TableName"]), context)

    def collection(self, action: str, request: Request) -> Need:
        index = request.get("IndexName")
        context = self._context(request, {})
        context["dynamodb:Select"] = request.get("Select") or (
            "SPECIFIC_ATTRIBUTES" if _projects(request) else "ALL_PROJECTED_ATTRIBUTES" if index else "ALL_ATTRIBUTES"
        )
        keys = self.keys_of(request["TableName"])
        value = _partition_value(request, keys.indexes.get(index) if index else keys.partition)
        if value is not None:
            context["dynamodb:LeadingKeys"] = [value]
        table = self.table(request["TableName"])
        return Need(f"dynamodb:{action}", f"{table}/index/{index}" if index else table, context)

    def batch(self, action: str, table: str, content: Any) -> Need:
        shared: Request = content if action == "BatchGetItem" else {}
        images: list[Request] = content["Keys"] if action == "BatchGetItem" else [_batch_image(each) for each in content]
        context = self._context(shared, {name: value for image in images for name, value in image.items()})
        partition = self.keys_of(table).partition
        if partition is not None:
            context["dynamodb:LeadingKeys"] = sorted({_text(image[partition]) for image in images if partition in image})
        return Need(f"dynamodb:{action}", self.table(table), context)

    def _context(self, request: Request, image: Request) -> dict[str, str | Sequence[str]]:
        names: Mapping[str, str] = request.get("ExpressionAttributeNames") or {}
        attributes = {*image, *(request.get("AttributesToGet") or ())}
        for expression in _EXPRESSIONS:
            attributes |= _names_in(request.get(expression) or "", names)
        context: dict[str, str | Sequence[str]] = {"dynamodb:Attributes": sorted(attributes)} if attributes else {}
        for member in ("ReturnValues", "ReturnConsumedCapacity"):
            if request.get(member):
                context[f"dynamodb:{member}"] = request[member]
        return context


def _batch_image(request: Request) -> Request:
    return request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]


def _projects(request: Request) -> bool:
    return bool(request.get("ProjectionExpression") or request.get("AttributesToGet"))


def _text(attribute: Mapping[str, Any]) -> str:
    [value] = attribute.values()
    return str(value)


def _names_in(expression: str, names: Mapping[str, str]) -> set[str]:
    """Top-level attribute names that an expression mentions: `a.b` counts as `a`."""
    found: set[str] = set()
    for token in _TOKEN.finditer(expression):
        name = token["name"]
        if name is not None and name.upper() not in _KEYWORDS and not token["call"]:
            found.add(names.get(name, name))
    return found


def _partition_value(request: Request, partition: str | None) -> str | None:
    names: Mapping[str, str] = request.get("ExpressionAttributeNames") or {}
    for name, value in re.findall(r"(#?\w+)\s*=\s*(:\w+)", request.get("KeyConditionExpression") or ""):
        if names.get(name, name) == partition:
            return _text(request["ExpressionAttributeValues"][value])
    return None
