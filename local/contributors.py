"""Contributor Insights for DynamoDB: which keys use most of a table or index, and which are refused most.

Developer guide, "CloudWatch contributor insights for DynamoDB: How it works": rules and their names, ConsumedThroughputUnits (three times the
write units and the read units), ThrottleCount, what is not measured. The guide does not say how keys are spelt: here as plain text, those
of a rule on partition and sort keys one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Literal

from local.calls import Call, Item, Observer, Refusal
from local.patches import memory
from local.tables import KnownTable, known_table, name_of
from local.throttle import Throttled
from singletable.definition import KeyDefinition
from singletable.sizing import read_units, write_cost

Mode = Literal["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]
DEFAULT_MODE: Mode = "ACCESSED_AND_THROTTLED_KEYS"
WRITE_WEIGHT = 3
_EQUALS = re.compile(r"(#?[A-Za-z_][\w.]*)\s*=\s*(:\w+)")

Key = tuple[str, ...]
"""The partition key's value, with the sort key's where there is one."""
Values = dict[Key, float]


@dataclass
class Insight:
    """Of a table, or of one index of it. `accessed`, `throttled`: minute -> key -> units, or refusals."""

    resource: str
    key: KeyDefinition
    created: datetime
    updated: datetime
    mode: Mode = DEFAULT_MODE
    enabled: bool = True
    accessed: dict[int, Values] = field(default_factory=dict[int, Values])
    throttled: dict[int, Values] = field(default_factory=dict[int, Values])

    def rules(self) -> dict[str, Rule]:
        """Name -> rule, of those that its mode has; none while it is switched off."""
        if not self.enabled:
            return {}
        kinds: dict[str, Rule] = {"PKC": Rule(self, self.accessed, (self.key.partition,), "ConsumedThroughputUnits")}
        kinds["PKT"] = Rule(self, self.throttled, (self.key.partition,), "ThrottleCount")
        if self.key.sort:
            kinds["SKC"] = Rule(self, self.accessed, (self.key.partition, self.key.sort), "ConsumedThroughputUnits")
            kinds["SKT"] = Rule(self, self.throttled, (self.key.partition, self.key.sort), "ThrottleCount")
        stamp = int(self.created.timestamp() * 1000)
        shown = kinds if self.mode == DEFAULT_MODE else {kind: rule for kind, rule in kinds.items() if kind.endswith("T")}
        return {f"DynamoDBContributorInsights-{kind}-{self.resource}-{stamp}": rule for kind, rule in shown.items()}


@dataclass(frozen=True)
class Rule:
    """`labels`: the attributes that its keys consist of."""

    insight: Insight
    counts: Mapping[int, Values]
    labels: tuple[str, ...]
    measures: str

    def minutes(self, start: datetime, end: datetime) -> dict[int, Values]:
        """Minute -> key -> value, of the keys that have all parts of this rule."""
        first, last = start.timestamp() // 60, end.timestamp() / 60
        found: dict[int, Values] = {}
        for minute in sorted(minute for minute in list(self.counts) if first <= minute < last):
            values: Values = {}
            for key, value in list(self.counts[minute].items()):
                if len(key) >= len(self.labels):
                    short = key[: len(self.labels)]
                    values[short] = values.get(short, 0.0) + value
            found[minute] = values
        return found


def insights_of(table: Any) -> dict[str | None, Insight]:
    """By index of one of moto's tables, its own under None."""
    return memory(table).setdefault("contributor_insights", {})


def rule_of(name: str, account: str, region: str) -> Rule | None:
    """None: there is no such rule of DynamoDB."""
    from moto.dynamodb.models import dynamodb_backends

    tables = list(dynamodb_backends[account][region].tables.values())
    rules = (insight.rules() for table in tables for insight in insights_of(table).values())
    return next((found[name] for found in rules if name in found), None)


class Contributors(Observer):
    """Counts the keys of every call where insights are enabled. Thread safe."""

    def __init__(self) -> None:
        self._lock = Lock()

    def after(self, call: Call, response: Mapping[str, Any] | None, refusal: Refusal | None, milliseconds: float) -> None:
        """Served requests by what they used, throttled ones by their number; what fails otherwise is left out."""
        if call.service != "dynamodb" or (response is None and not isinstance(refusal, Throttled)):
            return
        minute = int(call.at.timestamp()) // 60
        counted = _throttled(call, refusal) if isinstance(refusal, Throttled) else _used(call, response or {})
        for insight, key, value, accessed in counted:
            with self._lock:
                values = (insight.accessed if accessed else insight.throttled).setdefault(minute, {})
                values[key] = values.get(key, 0.0) + value


Counted = tuple[Insight, Key, float, bool]


def _enabled(name: str, call: Call) -> tuple[KnownTable, dict[str | None, Insight]] | None:
    from moto.dynamodb.models import dynamodb_backends

    table: Any = dynamodb_backends[call.account][call.region].tables.get(name_of(name))
    if table is None or not any(insight.enabled for insight in insights_of(table).values()):
        return None
    known = known_table(name, call.account, call.region)
    return None if known is None else (known, {index: each for index, each in insights_of(table).items() if each.enabled})


def _used(call: Call, response: Mapping[str, Any]) -> Iterator[Counted]:
    transactional = call.operation == "TransactWriteItems"
    for write in call.writes:
        if found := _enabled(write.table, call):
            table, insights = found
            cost = write_cost(write.old, write.new, table.indexes, table.key, transactional)
            image = write.new or write.old or write.key
            for index, units in ((None, cost.write), *cost.indexes.items()):
                if (insight := insights.get(index)) and (key := _key(image, insight.key) or _key(write.old or {}, insight.key)):
                    yield insight, key, WRITE_WEIGHT * units, True
    yield from _read(call, response)


def _read(call: Call, response: Mapping[str, Any]) -> Iterator[Counted]:
    for name, keys in _asked(call).items():
        if not (found := _enabled(name, call)):
            continue
        table, insights = found
        reads = [read for read in call.reads if read.table == table.name]
        insight = insights.get(reads[0].index) if reads else None
        if insight is None:
            continue
        consistent, transactional = bool(call.request.get("ConsistentRead")), call.operation == "TransactGetItems"
        if call.operation not in ("Query", "Scan"):
            for read, key in zip(reads, keys, strict=False):
                if spelt := _key(key, insight.key):
                    yield insight, spelt, read_units(read.item_bytes, consistent, transactional), True
            continue
        units = sum(read_units(read.item_bytes, consistent, transactional) for read in reads)
        items = [key for item in response.get("Items") or () if (key := _key(item, insight.key))]
        if not items and (partition := _partition(call, insight.key.partition)):
            items = [(partition,)]
        for key in items:
            yield insight, key, units / len(items), True


def _throttled(call: Call, refusal: Throttled) -> Iterator[Counted]:
    """Write throttling by an index is not measured (developer guide, as above)."""
    for name, index in dict.fromkeys((each.table, each.index) for each in refusal.events if not (each.index and each.access == "Write")):
        found = _enabled(name, call)
        if found and (insight := found[1].get(index)):
            keys = [key for image in _refused(call, refusal, name) if (key := _key(image, insight.key))]
            if not keys and (partition := _partition(call, insight.key.partition)):
                keys = [(partition,)]
            for key in keys:
                yield insight, key, 1.0, False


def _asked(call: Call) -> dict[str, list[Item]]:
    """Table -> the keys that a read asks for, in order; of a query or scan none."""
    request = call.request
    if call.operation == "GetItem":
        return {str(request["TableName"]): [request["Key"]]}
    if call.operation in ("Query", "Scan"):
        return {str(request["TableName"]): []}
    if call.operation == "BatchGetItem":
        return {str(name): list(content["Keys"]) for name, content in request["RequestItems"].items()}
    found: dict[str, list[Item]] = {}
    if call.operation == "TransactGetItems":
        for item in request["TransactItems"]:
            found.setdefault(str(item["Get"]["TableName"]), []).append(item["Get"]["Key"])
    return found


def _refused(call: Call, refusal: Refusal, table: str) -> list[Item]:
    """The keys and items of this table that a throttled request named; of a transaction, those that it was cancelled for."""
    request = call.request
    if call.operation.startswith("Transact"):
        reasons: list[Mapping[str, Any]] = refusal.fields.get("CancellationReasons") or []
        bodies = [body for item, reason in zip(request["TransactItems"], reasons) for body in item.values() if reason.get("Code") != "None"]
        return [body.get("Item") or body["Key"] for body in bodies if name_of(body["TableName"]) == table]
    if call.operation == "BatchWriteItem":
        writes = [write for name, content in request["RequestItems"].items() if name_of(name) == table for write in content]
        return [body.get("Item") or body["Key"] for write in writes for body in write.values()]
    if call.operation == "BatchGetItem":
        return [key for name, content in request["RequestItems"].items() if name_of(name) == table for key in content["Keys"]]
    image = request.get("Item") or request.get("Key")
    return [image] if image else []


def _partition(call: Call, attribute: str) -> str | None:
    """The value that a query's key condition asks for."""
    names: Mapping[str, str] = call.request.get("ExpressionAttributeNames") or {}
    values: Mapping[str, Any] = call.request.get("ExpressionAttributeValues") or {}
    for name, value in _EQUALS.findall(str(call.request.get("KeyConditionExpression") or "")):
        if names.get(name, name) == attribute and value in values:
            return _text(values[value])
    return None


def _key(image: Item, key: KeyDefinition) -> Key:
    """Empty where the image has not all of it."""
    names = [name for name in (key.partition, key.sort) if name]
    return tuple(_text(image[name]) for name in names) if all(name in image for name in names) else ()


def _text(value: Mapping[str, Any]) -> str:
    return str(next(iter(value.values())))
