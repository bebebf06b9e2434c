"""What happens when an order changes."""

from singletable import Change
from tests.singletable.shop.model import Order, table

stream = table.stream()
sent: list[str] = []


@stream.on_change(Order, "status")
def notify(old: Order, new: Order, change: Change) -> None:
    sent.append(f"{new.id}: {old.status.value} to {new.status.value}")


handler = stream.handler()
