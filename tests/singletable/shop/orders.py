"""Orders, in the words of the business."""

from collections.abc import Sequence

from singletable import Page, Store
from tests.singletable.shop import model
from tests.singletable.shop.model import Order, OrderItem, OrderStatus


class OrderRepository:
    def __init__(self, store: Store) -> None:
        self._store = store

    def place(self, order: Order, items: Sequence[OrderItem]) -> None:
        self._store.write(model.place_order(order, items))

    def find(self, id: str) -> Order | None:
        """Not at once after `place`: an index answers."""
        return self._store.get(model.find_order(id=id))

    def list_for_user(self, user_id: str, *, limit: int = 25, cursor: str | None = None) -> Page[Order]:
        """The user's orders, newest first."""
        return self._store.page(model.list_orders(user_id=user_id), limit=limit, cursor=cursor)

    def set_status(self, order: Order, status: OrderStatus) -> Order:
        return self._store.update(model.set_order_status(order, status=status))
