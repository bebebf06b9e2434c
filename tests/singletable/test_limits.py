"""What DynamoDB would refuse for its size is refused before anything is sent. The limits are those of "Quotas in Amazon DynamoDB"."""

from dataclasses import replace
from typing import Any

import pytest

from singletable import (
    Id,
    InvalidArguments,
    InvalidKey,
    InvalidValue,
    ItemTooLarge,
    Key,
    Secret,
    Store,
    Table,
    TransactionTooLarge,
    Version,
    check,
    create,
    delete,
    entity,
    entity_of,
)
from singletable.testing import WRITTEN, RecordingTransport

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})
KB = 1024


@entity(table, key=("DOC#{id}", "{part}"), GSI1=("OWNER#{owner}", "{title}"), unique=["slug"])
class Document:
    id: Id
    part: str = "p"
    owner: str = "o"
    title: str = "t"
    slug: str | None = None
    text: str = ""
    secret: Secret[str] = Secret("s")
    version: Version = 1


find = table.one(Document, by=("id", "part"))
find_by_slug = table.one(Document, by="slug")
parts = table.many(Document, by="owner")
add = table.transaction(create(Document))
add_many = table.transaction(create(Document, up_to=50))
edit = table.update(Document, "text")
rename = table.update(Document, "title")
remove_and_add = table.transaction(delete(Document, up_to=10), create(Document, up_to=10))
check_and_edit = table.transaction(check(Document), edit)
DOCUMENT = Document(id="1")


def sent(act: Any) -> list[Any]:
    transport = RecordingTransport(*[WRITTEN] * 3)
    act(Store(transport, "docs"))
    return transport.requests


# Each field, the words before it in the key, and the most bytes of that key.
PLACES = [("id", "DOC#", 2048), ("part", "", 1024), ("owner", "OWNER#", 2048), ("title", "", 1024), ("slug", "UNIQUE#Document#slug#", 2048)]


@pytest.mark.parametrize(("field", "words", "most"), PLACES)
@pytest.mark.parametrize("character", ["x", "é", "€", "😀"])
def test_a_key_has_at_most_its_bytes_in_utf8(field: str, words: str, most: int, character: str) -> None:
    width = len(character.encode())
    room = most - len(words)
    fits = character * (room // width) + "x" * (room % width)
    assert sent(lambda store: store.write(add(replace(DOCUMENT, **{field: fits}))))
    with pytest.raises(InvalidKey, match=f"would have {most + 1:,} bytes, DynamoDB takes {most:,}: shorten a field of it"):
        sent(lambda store: store.write(add(replace(DOCUMENT, **{field: fits + "x"}))))


@pytest.mark.parametrize(
    "bound",
    [
        lambda: find(id="x" * 2048, part="p"),
        lambda: find(id="1", part="x" * 1025),
        lambda: find_by_slug(slug="x" * 2048),
        lambda: parts(owner="x" * 2048),
        lambda: rename(DOCUMENT, title="x" * 1025),
    ],
)
def test_a_question_with_too_long_a_key_is_not_sent(bound: Any) -> None:
    transport = RecordingTransport()
    store = Store(transport, "docs")
    call: Any = {"BoundOne": store.get, "BoundMany": store.page, "BoundUpdate": store.update}[type(bound()).__name__]
    with pytest.raises(InvalidKey) as refusal:
        call(bound())
    assert "xxx" not in str(refusal.value) and transport.requests == []


def test_separators_count_as_they_are_written() -> None:
    with pytest.raises(InvalidKey, match="3,004 bytes"):
        sent(lambda store: store.write(add(replace(DOCUMENT, id="#" * 1000))))


def size_without_text() -> int:
    """By the rules of "DynamoDB item sizes and formats": names and values in UTF-8; a number of one digit has two bytes."""
    item = entity_of(Document).codec.encode(DOCUMENT)
    return sum(len(name) + (2 if "N" in value else len(value["S"])) for name, value in item.items())


@pytest.mark.parametrize("write", [lambda text: add(replace(DOCUMENT, text=text)), lambda text: edit(DOCUMENT, text=text)])
def test_an_item_has_at_most_400_kb(write: Any) -> None:
    most = "x" * (400 * KB - size_without_text())

    def act(store: Store, text: str) -> object:
        bound = write(text)
        return store.update(bound) if hasattr(bound, "changes") else store.write(bound)

    assert len(sent(lambda store: act(store, most))) == 1
    with pytest.raises(
        ItemTooLarge, match="this Document would have 409,601 bytes with its names and keys, DynamoDB takes 409,600"
    ) as refusal:
        sent(lambda store: act(store, most + "x"))
    assert refusal.value.details == {"entity": "Document", "bytes": 409_601}


def test_a_transaction_has_at_most_4_mb() -> None:
    documents = [Document(id=str(number), text="x" * 300 * KB) for number in range(14)]
    assert len(sent(lambda store: store.write(add_many(documents[:13])))) == 1
    with pytest.raises(TransactionTooLarge, match="DynamoDB takes 4,194,304: write fewer at once"):
        sent(lambda store: store.write(add_many(documents)))


def test_locks_count_towards_a_hundred_actions() -> None:
    documents = [Document(id=str(number), slug=str(number)) for number in range(50)]
    [request] = sent(lambda store: store.write(add_many(documents)))
    assert len(request.body["TransactItems"]) == 100
    with pytest.raises(TransactionTooLarge, match="takes up to 50 items, 51 were given"):
        add_many([*documents, Document(id="50")])


@pytest.mark.parametrize(
    ("bound", "message"),
    [
        (lambda: add_many([DOCUMENT, DOCUMENT]), "Put and Put of Document"),
        (lambda: remove_and_add([DOCUMENT], [DOCUMENT]), "Delete and Put of Document"),
        (lambda: check_and_edit(DOCUMENT, edit(DOCUMENT, text="x")), "ConditionCheck and Update of Document"),
        (lambda: check_and_edit(find(id="1", part="p"), edit(DOCUMENT, text="x")), "ConditionCheck and Update of Document"),
        (lambda: add_many([replace(DOCUMENT, slug="s"), Document(id="2", slug="s")]), "Put and Put of Document"),
    ],
)
def test_two_actions_on_one_item_are_refused(bound: Any, message: str) -> None:
    with pytest.raises(InvalidArguments, match=f"two actions on one item, {message}: DynamoDB takes one for each item"):
        sent(lambda store: store.write(bound()))


def test_nothing_to_write_sends_nothing() -> None:
    assert sent(lambda store: store.write(add_many([]))) == []


def test_a_text_without_utf8_is_refused() -> None:
    with pytest.raises(InvalidValue, match="Document: a text holds half of a surrogate pair"):
        sent(lambda store: store.write(add(replace(DOCUMENT, text="\ud83d"))))
    with pytest.raises(InvalidKey, match="half of a surrogate pair"):
        sent(lambda store: store.write(add(replace(DOCUMENT, id="\ud83d"))))
    with pytest.raises(InvalidKey, match="half of a surrogate pair"):
        sent(lambda store: store.get(find(id="\ud83d", part="p")))
