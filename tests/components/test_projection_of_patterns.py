"""An index that holds only what the patterns read of it: deployed, written to and read through the kit."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws import EmbeddedAws
from local.deploy import deploy
from singletable import Id, Key, Store, Table, create, entity
from singletable.transport import BotocoreTransport
from tests.components.conftest import HEAD

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(table, key=("USER#{id}", "METADATA"), GSI1=("CITY#{city}", "USER#{id}"))
class User:
    id: Id
    city: str
    biography: str


@entity(table, key=("SHOP#{id}", "METADATA"), GSI1=("CITY#{city}", "SHOP#{id}"))
class Shop:
    id: Id
    city: str
    motto: str | None = None


@table.many(Shop)
def shops_in(city: str) -> None:
    """The shops of a city"""


@table.one(User)
def find_user(id: Id) -> None:
    """Find a user"""


add = table.transaction(create(User), create(Shop), doc="Add a user and a shop")


@pytest.fixture
def deployed(project: Path) -> Iterator[tuple[Any, str]]:
    """A client, and the name of the table."""
    (project / "table.json").write_text(json.dumps(table.definition().to_dict()))
    projections = 'projections={"GSI1": Projection.of_patterns()}'
    (project / "__main__.py").write_text(HEAD + f'SingleTable("notes", table=definition, {projections}, disposable=True)\n')
    with EmbeddedAws() as aws:
        (made,) = deploy(project, "dev", aws).of_type("aws:dynamodb/table:Table")
        yield aws.client("dynamodb"), made.id


def test_the_index_holds_what_the_pattern_reads_and_no_more(deployed: tuple[Any, str]) -> None:
    client, name = deployed
    store = Store(BotocoreTransport(client), name)
    user, shop = User(id="u1", city="Ulm", biography="long"), Shop(id="s1", city="Ulm", motto="open")
    store.write(add(user, shop))

    assert list(store.all(shops_in(city="Ulm"))) == [shop]
    assert store.get(find_user(id="u1")) == user
    held = client.scan(TableName=name, IndexName="GSI1")["Items"]
    assert {frozenset(item) - {"PK", "SK", "GSI1PK", "GSI1SK"} for item in held} == {
        frozenset({"_type", "id", "city"}),
        frozenset({"_type", "id", "city", "motto"}),
    }
