"""Many at once: one address, one reference, one version; exactly one wins, and nothing of the others stays."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from app.answers import Shop
from app.model import OrderStatus, User
from singletable import AlreadyExists, Secret, VersionConflict
from tests.app.conftest import HASH, START, TABLE, contents, line

THREADS = 64


@pytest.fixture(scope="module")
def at_once() -> Iterator[Callable[[Callable[[int], object]], list[object]]]:
    """Runs a function with 0 to 63, all released at the same moment; gives what each returned or raised."""
    with ThreadPoolExecutor(THREADS) as pool:

        def run(function: Callable[[int], object]) -> list[object]:
            barrier = Barrier(THREADS)

            def one(number: int) -> object:
                barrier.wait()
                try:
                    return function(number)
                except Exception as error:
                    return error

            return list(pool.map(one, range(THREADS)))

        yield run


def outcomes(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_64_registrations_of_one_address_make_one_user(client: Any, shop: Shop, at_once: Any) -> None:
    for repetition in range(50):
        spellings = [f"ada{repetition}@example.org", f"ADA{repetition}@Example.ORG", f" Ada{repetition}@example.org "]

        def register(number: int, spellings: list[str] = spellings) -> User:
            return shop.users.create(email=spellings[number % 3], name=f"{number}", password_hash=Secret(HASH), at=START)

        results = at_once(register)
        assert outcomes(results) == {"User": 1, "AlreadyExists": THREADS - 1}
        assert {result.field for result in results if isinstance(result, AlreadyExists)} == {"email"}
        (winner,) = (result for result in results if isinstance(result, User))
        assert shop.users.find_by_email(spellings[0]) == winner
    assert Counter(item.get("_type", {"S": "lock"})["S"] for item in contents(client)) == {"User": 50, "Credential": 50, "lock": 50}


def test_the_race_is_real_a_look_before_the_write_lets_several_in(client: Any, at_once: Any) -> None:
    """As the seed would: ask the index, then write. Were there one user each time, the test above would prove nothing."""

    def makes_several_users(address: str) -> bool:
        def register(number: int) -> bool:
            query = {"KeyConditionExpression": "GSI1PK = :e", "ExpressionAttributeValues": {":e": {"S": address}}}
            if client.query(TableName=TABLE, IndexName="GSI1", **query)["Items"]:
                return False
            user = f"USER#{address}{number}"
            keys = {"PK": user, "SK": "METADATA", "GSI1PK": address, "GSI1SK": user}
            item = {name: {"S": value} for name, value in keys.items()}
            client.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(PK)")
            return True

        return sum(at_once(register)) > 1

    assert any(makes_several_users(f"EMAIL#{repetition}") for repetition in range(50))


def test_64_calls_with_one_reference_place_one_order(client: Any, shop: Shop, ada: User, at_once: Any) -> None:
    before = contents(client)
    for repetition in range(2):
        lines = [line("p1"), line("p2"), line("p3")]

        def place(number: int, repetition: int = repetition, lines: Any = lines) -> Any:
            return shop.orders.create_with_items(user_id=ada.id, reference=f"A-{repetition}", currency="EUR", lines=lines, at=START)

        results = at_once(place)
        assert outcomes(results) == {"PlacedOrder": THREADS}
        assert sum(placed.is_new for placed in results) == 1
        assert len({(placed.order, placed.items) for placed in results}) == 1
    written = [item.get("_type", {"S": "lock"})["S"] for item in contents(client) if item not in before]
    assert Counter(written) == {"Order": 2, "OrderItem": 6, "lock": 2}


def test_64_moves_from_one_version_move_an_order_once(client: Any, shop: Shop, ada: User, at_once: Any) -> None:
    order = shop.orders.create_with_items(user_id=ada.id, reference="A-1", currency="EUR", lines=[line()], at=START).order
    steps = (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.CANCELLED)
    results = at_once(lambda number: shop.orders.set_status(order.id, steps[number % 3], version=1))
    assert outcomes(results) == {"Order": 1, "VersionConflict": THREADS - 1}
    (winner,) = (result for result in results if not isinstance(result, VersionConflict))
    found = shop.orders.find_by_id(order.id)
    assert found and found.order == winner


def test_64_users_who_want_one_address_leave_63_where_they_were(client: Any, shop: Shop, at_once: Any) -> None:
    users = [shop.users.create(email=f"u{n}@example.org", name=f"{n}", password_hash=Secret(HASH), at=START) for n in range(THREADS)]
    results = at_once(lambda number: shop.users.change_email(users[number].id, "wanted@example.org", version=1))
    assert outcomes(results) == {"User": 1, "AlreadyExists": THREADS - 1}
    for user, result in zip(users, results):
        assert shop.users.find_by_id(user.id) == (result if isinstance(result, User) else user)
        assert shop.users.find_by_email(user.email) == (None if isinstance(result, User) else user)
    assert len(contents(client)) == 3 * THREADS
