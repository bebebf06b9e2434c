"""An order to an item of DynamoDB and back, against boto3's serializers, which make no object and check nothing."""

from datetime import UTC, datetime
from typing import Any

from app.model import Order
from singletable import entity_of
from tests.bench.outcome import Outcome, timed

ITEMS = 20_000
LEAST = 1
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def measure() -> Outcome:
    from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

    order = Order(id="o-1", user_id="u-1", reference="r-1", currency="EUR", total_minor=1999, item_count=2, created_at=NOW, updated_at=NOW)
    codec = entity_of(Order).codec
    to_attribute, from_attribute = TypeSerializer().serialize, TypeDeserializer().deserialize
    item = codec.encode(order)
    plain: dict[str, Any] = {name: from_attribute(value) for name, value in item.items()}

    def ours() -> Order:
        return [codec.decode(codec.encode(order)) for _ in range(ITEMS)][-1]

    def other() -> dict[str, Any]:
        items = ({name: to_attribute(value) for name, value in plain.items()} for _ in range(ITEMS))
        return [{name: from_attribute(value) for name, value in each.items()} for each in items][-1]

    (found, mine), (expected, theirs) = timed(ours, times=3), timed(other, times=3)
    same = found == order and expected == plain
    return Outcome(f"{ITEMS:,} orders to items and back", mine, theirs, LEAST, "against boto3's serializers, which make no object", same)
