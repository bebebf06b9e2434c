"""Is the table what its declaration says. Without a declaration there is nothing to compare."""

from collections.abc import Iterator
from typing import Final

from monitoring.doctor.call import Call
from monitoring.doctor.check import Check, Found, NotKnown
from monitoring.doctor.examined import Examined
from monitoring.live.deployed import block, definition_from
from singletable.definition import IndexDefinition, KeyDefinition, TableDefinition
from singletable.deployment import SCHEMA_FINGERPRINT


def _declared(examined: Examined) -> TableDefinition:
    """Raises NotKnown."""
    if examined.declared is None:
        raise NotKnown("There is no declaration to compare with: give --model or --definition.")
    return examined.declared.table.definition


def _indexes(definition: TableDefinition) -> dict[str, IndexDefinition]:
    return {index.name: index for index in definition.indexes}


def _pairs(examined: Examined) -> Iterator[tuple[IndexDefinition, IndexDefinition]]:
    """Declared and deployed, of the indexes that are both."""
    declared, deployed = _indexes(_declared(examined)), _indexes(definition_from(examined.table, None))
    yield from ((index, deployed[name]) for name, index in declared.items() if name in deployed)


def _other_key(examined: Examined) -> Iterator[Found]:
    declared, deployed = _declared(examined).key, definition_from(examined.table, None).key
    if declared != deployed:
        yield Found(examined.name, f"its key is {_words(deployed)}, declared is {_words(declared)}")


def _missing_index(examined: Examined) -> Iterator[Found]:
    declared, deployed = _declared(examined), _indexes(definition_from(examined.table, None))
    for name in _indexes(declared):
        if name not in deployed:
            readers = [pattern.name for pattern in declared.patterns if pattern.index == name]
            fails = f": {', '.join(readers)} cannot work" if readers else ""
            yield Found(examined.name, f"the declared index {name} is not there{fails}")


def _extra_index(examined: Examined) -> Iterator[Found]:
    declared = _indexes(_declared(examined))
    for name in _indexes(definition_from(examined.table, None)):
        if name not in declared:
            yield Found(examined.name, f"the index {name} is not declared")


def _other_index_key(examined: Examined) -> Iterator[Found]:
    for declared, deployed in _pairs(examined):
        if declared.key != deployed.key:
            yield Found(examined.name, f"the key of {declared.name} is {_words(deployed.key)}, declared is {_words(declared.key)}")


def _other_projection(examined: Examined) -> Iterator[Found]:
    for declared, deployed in _pairs(examined):
        if _projected(declared) != _projected(deployed):
            holds, wanted = (" ".join((kind, *sorted(names))) for kind, names in (_projected(deployed), _projected(declared)))
            yield Found(examined.name, f"{declared.name} holds {holds}, declared is {wanted}")


def _unfinished_index(examined: Examined) -> Iterator[Found]:
    for index in examined.table.get("GlobalSecondaryIndexes") or ():
        if index.get("IndexStatus", "ACTIVE") != "ACTIVE":
            yield Found(examined.name, f"{index['IndexName']} is {index['IndexStatus']}")


def _other_expiry(examined: Examined) -> Iterator[Found]:
    declared, deployed = _declared(examined).ttl, examined.deployed.ttl
    if declared and not deployed:
        specification = {"Enabled": True, "AttributeName": declared}
        start = Call("dynamodb", "UpdateTimeToLive", {"TableName": examined.name, "TimeToLiveSpecification": specification})
        yield Found(examined.name, f"time to live is off, declared is {declared}: expired items stay", start)
    elif deployed and deployed != declared:
        said = f"declared is {declared}" if declared else "none is declared"
        yield Found(examined.name, f"items are deleted by {deployed}, {said}")


def _other_view(examined: Examined) -> Iterator[Found]:
    declared = _declared(examined).stream_view_type
    view = block(examined.table, "StreamSpecification").get("StreamViewType")
    if view != declared:
        shows = f"shows {view}" if view else "is off"
        # Without a consumer nobody misses it yet.
        level = "error" if examined.declared and examined.declared.streams else "note"
        yield Found(examined.name, f"the stream {shows}, declared is {declared}", level=level)


def _other_code(examined: Examined) -> Iterator[Found]:
    declared = _declared(examined).fingerprint
    for function in examined.deployed.functions:
        known = block(block(function, "Environment"), "Variables").get(SCHEMA_FINGERPRINT)
        if known and known != declared:
            yield Found(function["FunctionName"], f"it was deployed with the schema {known}, declared is {declared}")


def _projected(index: IndexDefinition) -> tuple[str, frozenset[str]]:
    return index.projection, frozenset(index.attributes)


def _words(key: KeyDefinition) -> str:
    return " and ".join(key.attributes)


_GUIDE: Final = "DynamoDB developer guide"
_DEPLOY: Final = "Deploy what is declared, or declare what is deployed"

CHECKS: Final = (
    Check(
        "other-table-key",
        "error",
        "The table has another key than the declaration.",
        "Every pattern asks by attributes that are no key: requests are refused.",
        f"{_GUIDE}, Core components of Amazon DynamoDB",
        "Give the table that was meant, or its own --model; a key cannot be changed",
        _other_key,
    ),
    Check(
        "missing-index",
        "error",
        "A declared index is not there.",
        "Patterns that read it fail with a ValidationException.",
        f"{_GUIDE}, Using Global Secondary Indexes",
        _DEPLOY,
        _missing_index,
    ),
    Check(
        "extra-index",
        "warning",
        "An index is deployed that nobody declared.",
        "Every write that changes its entries pays for it and waits for it, and no alarm looks at it.",
        f"{_GUIDE}, Using Global Secondary Indexes: Write considerations",
        "Declare it, or remove it when nothing reads it",
        _extra_index,
    ),
    Check(
        "other-index-key",
        "error",
        "An index has other keys than the declaration.",
        "Patterns that read it fail, or find nothing.",
        f"{_GUIDE}, Using Global Secondary Indexes",
        "Declare an index of another name with these keys, move the readers, remove the old one",
        _other_index_key,
    ),
    Check(
        "other-projection",
        "warning",
        "An index holds other attributes than the declaration.",
        "What is not in it reads as absent, or is paid for with every write and never read.",
        f"{_GUIDE}, Using Global Secondary Indexes: Attribute projections",
        "Declare an index of another name with this projection, move the readers, remove the old one",
        _other_projection,
    ),
    Check(
        "unfinished-index",
        "note",
        "An index is being built, changed or deleted.",
        "It cannot be read before it is ACTIVE.",
        "DynamoDB API reference, GlobalSecondaryIndexDescription",
        "Wait, and watch OnlineIndexPercentageProgress",
        _unfinished_index,
    ),
    Check(
        "other-expiry",
        "warning",
        "Time to live is not as declared.",
        "Items stay that should expire, or disappear that should not.",
        f"{_GUIDE}, Using time to live (TTL)",
        f"{_DEPLOY}; DynamoDB takes one change of it an hour",
        _other_expiry,
    ),
    Check(
        "other-stream-view",
        "error",
        "The stream is off, or shows other images than the declaration.",
        "A handler that needs the item before and after a change does not get them. A stream that is switched on anew is another stream.",
        f"{_GUIDE}, Change data capture for DynamoDB Streams",
        "SingleTable(table=...) sets it; a change of the view makes a new stream, which every consumer must follow",
        _other_view,
    ),
    Check(
        "other-schema",
        "error",
        "A function was deployed with another schema than this declaration.",
        "It and this code read each other's items wrongly; a function whose own code differs refuses to start.",
        "singletable, Table.fingerprint",
        "Deploy this code, or examine with the code that is deployed",
        _other_code,
    ),
)
