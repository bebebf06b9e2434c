"""A stack to watch: a shop with one table, one index, an API and a stream consumer."""

from datetime import UTC, datetime

from monitoring import Billing, FunctionSubject, Ref, Stack, StreamSubject, TableSubject, refs_in
from singletable.definition import EntityDefinition, IndexDefinition, KeyDefinition, PatternDefinition, TableDefinition

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def pattern(name, title, kind, operations, *, entities=("Order",), index=None, touches=(), access="PK=USER#{id}"):
    return PatternDefinition(
        name=name,
        title=title,
        kind=kind,
        entities=entities,
        operations=operations,
        index=index,
        touches=touches,
        grants=(),
        access=access,
    )


PATTERNS = (
    pattern("find_user", "One user.", "one", ("GetItem",), entities=("User",)),
    pattern("find_order", "One order by id.", "one", ("Query",), index="GSI1", access="GSI1PK=ORDER#{id}"),
    pattern("list_orders", "A user's orders.", "many", ("Query",)),
    pattern("place_order", "Places an order.", "transaction", ("TransactWriteItems",), entities=("Order", "OrderItem"), touches=("GSI1",)),
    pattern("set_order_status", "Moves an order on.", "update", ("UpdateItem",)),
)


def definition_of(patterns=PATTERNS, indexes=("GSI1",)):
    entities = {"Order": None} | {name: None for pattern in patterns for name in pattern.entities}
    return TableDefinition(
        key=KeyDefinition("PK", "SK"),
        indexes=tuple(IndexDefinition(name, KeyDefinition(f"{name}PK", f"{name}SK")) for name in indexes),
        ttl="expires_at",
        entities=tuple(EntityDefinition(name, {"primary": (f"{name}#{{id}}", "METADATA")}) for name in entities),
        patterns=tuple(patterns),
    )


def stack_of(patterns=PATTERNS, *, billing=None, indexes=("GSI1",), streams=True, stage="dev"):
    functions = [FunctionSubject("api", Ref("function:api"), 10, tuple(patterns), http=True)]
    consumers = []
    if streams:
        functions.append(FunctionSubject("order-events", Ref("function:order-events"), 30))
        consumers.append(StreamSubject("order-events", Ref("mapping:order-events"), Ref("queue:order-events")))
    table = TableSubject(definition_of(patterns, indexes), billing=billing or Billing.on_demand())
    return Stack("shop", stage, Ref("region"), table, tuple(functions), tuple(consumers), owner="shop platform")


def names_for(*things):
    """A text for every Ref, as deployment would find it."""
    texts = {"region": "eu-west-1", "account": "123456789012"}
    refs = {ref for thing in things for ref in refs_in(thing)}
    return {ref: texts.get(ref.key, f"{ref.key.partition(':')[2] or ref.key}-1a2b3c4") for ref in refs}


def clause(alarm):
    return alarm.name.split(": ", 1)[1]
