"""Users: one address, one user; the credential apart; nothing left behind."""

from typing import Any

import pytest

from app.answers import Shop
from app.model import User
from singletable import AlreadyExists, NotFound, Secret, Store, VersionConflict
from tests.app.conftest import HASH, LATER, START, contents


def test_a_new_user_has_the_seeds_keys_and_a_credential_in_no_index(client: Any, ada: User) -> None:
    items = {(item["PK"]["S"], item["SK"]["S"]): item for item in contents(client)}
    user, credential = items.pop((f"USER#{ada.id}", "METADATA")), items.pop((f"USER#{ada.id}", "CREDENTIAL"))
    (lock,) = items.values()
    assert (user["GSI1PK"]["S"], user["GSI1SK"]["S"]) == ("EMAIL#ada@example.org", f"USER#{ada.id}")
    assert credential["password_hash"] == {"S": HASH}
    assert {"GSI1PK", "GSI1SK"}.isdisjoint(credential.keys() | lock.keys())
    assert HASH not in str(user) + str(lock)


def test_a_user_is_found_by_id_and_by_any_spelling_of_the_address(shop: Shop, ada: User) -> None:
    assert (ada.email, ada.version, ada.created_at, ada.updated_at) == ("Ada@Example.org", 1, START, START)
    assert shop.users.find_by_id(ada.id) == ada == shop.users.find_by_email(" ADA@example.ORG")
    assert shop.users.find_by_id("nobody") is None
    assert shop.users.find_by_email("nobody@example.org") is None


def test_the_reference_of_the_source_is_kept(shop: Shop) -> None:
    user = shop.users.create(email="a@b.example", name="A", password_hash=Secret(HASH), reference="Val2 ", at=START)
    found = shop.users.find_by_id(user.id)
    assert found and found.reference == "Val2 "


def test_an_address_is_found_through_its_lock_not_through_the_index(store: Store, ada: User) -> None:
    class Recorded:
        def __init__(self, transport: Any) -> None:
            self.transport, self.calls = transport, list[tuple[str, dict[str, Any]]]()

        def call(self, operation: str, request: Any) -> Any:
            self.calls.append((operation, request))
            return self.transport.call(operation, request)

    recorded = Recorded(store._transport)
    Shop(Store(recorded, "shop")).users.find_by_email("ada@example.org")
    assert [(operation, request["ConsistentRead"]) for operation, request in recorded.calls] == [("GetItem", True)] * 2


def test_a_user_moves_to_another_address_and_frees_the_old_one(shop: Shop, ada: User) -> None:
    moved = shop.users.change_email(ada.id, "ada@new.example", version=1)
    assert (moved.email, moved.version, moved.updated_at) == ("ada@new.example", 2, LATER)
    assert shop.users.find_by_email("ada@new.example") == moved == shop.users.find_by_id(ada.id)
    assert shop.users.find_by_email("ada@example.org") is None
    eve = shop.users.create(email="ada@example.org", name="Eve", password_hash=Secret(HASH), at=START)
    with pytest.raises(AlreadyExists) as taken:
        shop.users.change_email(ada.id, "ADA@example.org", version=2)
    assert (taken.value.entity, taken.value.field) == ("User", "email")
    assert shop.users.find_by_email("ada@example.org") == eve


def test_a_user_who_leaves_leaves_no_item_and_no_claim(client: Any, shop: Shop, ada: User) -> None:
    with pytest.raises(VersionConflict):
        shop.users.delete(ada.id, version=2)
    shop.users.delete(ada.id, version=1)
    assert contents(client) == []
    with pytest.raises(NotFound, match="there is no such User"):
        shop.users.delete(ada.id, version=1)
    assert shop.users.create(email="ada@example.org", name="Ada", password_hash=Secret(HASH), at=START).id != ada.id


def test_the_hash_shows_itself_nowhere(store: Store, shop: Shop, ada: User) -> None:
    from app import model

    credential = store.get(model.find_credential(user_id=ada.id))
    assert credential and credential.password_hash.reveal() == HASH
    assert HASH not in f"{credential!r} {credential} {ada!r}"
    with pytest.raises(AlreadyExists) as refused:
        shop.users.create(email="ada@example.org", name="Ada", password_hash=Secret(HASH), at=START)
    assert HASH not in f"{refused.value} {refused.value.__cause__} {refused.value.details}"
