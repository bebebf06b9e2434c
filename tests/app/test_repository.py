"""Patience with other transactions: the service cancels one of two that meet, and no SDK tries again by itself."""

from typing import Any

import pytest

from app.model import User
from app.orders import OrderRepository
from singletable import BotocoreTransport, NotFound, Reason, Refusal, Store, TransactionConflict
from tests.app.conftest import START, TABLE, contents, line


class Busy(BotocoreTransport):
    """Another transaction works on the user the first `times` times."""

    def __init__(self, client: Any, times: int) -> None:
        super().__init__(client)
        self.times = times

    def call(self, operation: str, request: Any, /) -> dict[str, Any]:
        if operation == "TransactWriteItems" and self.times:
            self.times -= 1
            reasons = [Reason("TransactionConflict"), *(Reason("None") for _ in request["TransactItems"][1:])]
            raise Refusal("TransactionCanceledException", "cancelled", reasons=reasons)
        return super().call(operation, request)


def place(client: Any, user_id: str, times: int) -> list[float]:
    """The pauses it took."""
    pauses: list[float] = []
    orders = OrderRepository(Store(Busy(client, times), TABLE), sleep=pauses.append)
    assert orders.create_with_items(user_id=user_id, reference="A-1", currency="EUR", lines=[line()], at=START).is_new
    return pauses


@pytest.mark.parametrize("times", [0, 1, 3, 5])
def test_a_write_that_meets_another_is_tried_again_after_growing_pauses(client: Any, ada: User, times: int) -> None:
    pauses = place(client, ada.id, times)
    assert len(pauses) == times
    for attempt, pause in enumerate(pauses):
        assert 0.01 * 2**attempt <= pause < 0.02 * 2**attempt


def test_after_six_attempts_the_caller_hears_of_it_and_nothing_is_written(client: Any, ada: User) -> None:
    before = contents(client)
    with pytest.raises(TransactionConflict):
        place(client, ada.id, 6)
    assert contents(client) == before


def test_other_refusals_are_not_tried_again(client: Any) -> None:
    pauses: list[float] = []
    orders = OrderRepository(Store(BotocoreTransport(client), TABLE), sleep=pauses.append)
    with pytest.raises(NotFound):
        orders.create_with_items(user_id="nobody", reference="A-1", currency="EUR", lines=[line()], at=START)
    assert pauses == []
