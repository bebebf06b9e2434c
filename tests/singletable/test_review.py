"""What `python -m singletable` says about a model, and with which exit status."""

import json
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import singletable
from singletable import Id, Key, Secret, Table, Timestamp, Version, created, entity
from singletable.__main__ import main
from singletable.definition import TableDefinition
from singletable.review import Finding, review

BROKEN = Path(__file__).parent / "broken"
UNANSWERABLE = "no single GetItem or Query answers this"

# code, and the sentences that say what is wrong and what to do
EXPECTED = {
    "no_key": ("pattern", "no_key.py:17", UNANSWERABLE, 'give User an index whose partition is "CITY#{city}"'),
    "two_keys": ("pattern", "two_keys.py:16", "2 keys answer this. Say which:", 'index="GSI1"', 'index="primary"'),
    "foreign_prefix": ("pattern", "foreign_prefix.py:22", "SK begins_with ORDER#, which also catches OrderItem", "Give one of them a first word"),
    "colliding_keys": ("declaration", "colliding_keys.py:13", "Customer and User can have the same key", "Give one of them a word of its own"),
    "consistent_index": ("pattern", "consistent_index.py:15", "an index is only eventually consistent"),
    "unpadded_number": ("declaration", "unpadded_number.py:8", "OrderLine.number would sort 10 before 9", "give the digits, for example {number:10}"),
    "secret_in_key": ("declaration", "secret_in_key.py:8", "Session.token cannot be in a key", "use str, int, datetime, date or an Enum of str"),
    "too_many_actions": ("pattern", "too_many_actions.py:21", "can have 101 actions, DynamoDB takes 100", "lower up_to"),
    "secret_in_index": ("secret-in-index", "User has the secret password_hash and an entry in GSI1", "give the secret an entity of its own"),
    "unread_index": ("unread-index", "no pattern reads GSI1", "declare a pattern or remove the index"),
    "duplicate_pattern": ("duplicate-pattern", "find_user and get_user send the same request: keep one of them"),
    "unused_entity": ("unused-entity", "no pattern reads or writes Address", "declare a pattern or remove the entity"),
    "unnamed_pattern": ("unnamed-pattern", "1 pattern without a name: assign each to a variable of its module"),
}  # fmt: skip


def test_every_broken_model_is_reviewed() -> None:
    assert {path.stem for path in BROKEN.glob("*.py")} - {"__init__"} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_broken_model_is_refused_with_the_sentence_that_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, *sentences = EXPECTED[name]
    assert main(["review", f"tests.singletable.broken.{name}"]) == 1
    shown = capsys.readouterr()
    assert [line.partition("]")[0] for line in shown.err.splitlines() if line.startswith("problem")] == [f"problem [{code}"]
    assert not [sentence for sentence in sentences if sentence not in shown.err]
    assert shown.out.splitlines()[-1].endswith("0 scans, 1 problem")


@pytest.mark.parametrize("name", ["no_key", "unread_index"])
def test_as_a_command(name: str) -> None:
    """Once for what is refused at import and once for what only a review finds: the status is the process's, and there is no traceback."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "singletable", "review", f"tests.singletable.broken.{name}"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 1
    assert EXPECTED[name][-1] in done.stderr and "Traceback" not in done.stderr


def test_a_refusal_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "tests.singletable.broken.two_keys", "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    [table] = shown["tables"]
    [problem] = table["problems"]
    assert (shown["module"], table["patterns"], problem["level"], problem["code"]) == (
        "tests.singletable.broken.two_keys",
        [],
        "problem",
        "pattern",
    )
    assert 'index="GSI1"' in problem["message"]


# --- the shop


def test_the_shop_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "app.model"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert ", 0 scans, 0 problems" in shown.out.splitlines()[-1]


def test_every_pattern_of_the_repositories_is_in_the_shops_table(capsys: pytest.CaptureFixture[str]) -> None:
    from app.orders import OrderRepository
    from app.products import ProductRepository
    from app.users import UserRepository

    assert main(["review", "app.model", "--json"]) == 0
    [table] = json.loads(capsys.readouterr().out)["tables"]
    reviewed = {pattern["name"]: pattern for pattern in table["patterns"]}
    for repository in (OrderRepository, ProductRepository, UserRepository):
        used = {pattern.name for pattern in singletable.patterns_of(repository)}
        assert used and used <= set(reviewed)
    assert table["scans"] == 0 and not [pattern for pattern in reviewed.values() if "Scan" in pattern["operations"]]
    assert all(pattern["cost"]["text"] and pattern["title"] for pattern in reviewed.values())


# --- the table of patterns

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(table, key=("USER#{id}", "METADATA"), unique=["email"])
class User:
    id: Id
    email: str
    version: Version = 1


@entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"), GSI1=("ORDER#{id}", "USER#{user_id}"))
class Order:
    id: Id
    user_id: str
    status: str
    version: Version = 1
    created_at: Timestamp = created()


@entity(table, key=("ORDER#{order_id}", "ITEM#{product_id}"))
class OrderItem:
    order_id: str
    product_id: str


find_user = table.one(User, by="id")
find_user_by_email = table.one(User, by="email")
find_order = table.one(Order, by="id")
list_orders = table.many(Order, by="user_id", newest_first=True)
list_items = table.many(OrderItem, by="order_id", consistent=True)
set_status = table.update(Order, "status")
change_email = table.update(User, "email")
place_order = table.transaction(singletable.create(Order), singletable.create(OrderItem, up_to=98))
add_item = table.transaction(singletable.create(OrderItem))
take_stock = table.transaction(singletable.check(User), singletable.create(OrderItem, up_to=9), singletable.delete(OrderItem, up_to=9))


@pytest.mark.parametrize(
    ("pattern", "cells"),
    [
        (find_user, ("find_user", "GetItem", "PK=USER#{id} SK=METADATA", "optional", "0.5 RCU")),
        (
            find_user_by_email,
            ("find_user_by_email", "GetItem", "PK=UNIQUE#User#email#{email} SK=LOCK, then the item", "yes", "1 + 1 RCU"),
        ),
        (find_order, ("find_order", "Query GSI1", "GSI1PK=ORDER#{id} GSI1SK^USER#", "never", "0.5 RCU GSI1")),
        (set_status, ("set_status", "UpdateItem", "PK=USER#{user_id} SK=ORDER#{created_at}#{id}", "-", "1 WCU table, 1 WCU GSI1")),
        # In a transaction twice: the user, the lock that is given up, the lock that is taken.
        (
            change_email,
            ("change_email", "UpdateItem or TransactWriteItems", "PK=USER#{id} SK=METADATA + the lock of email", "-", "6 WCU"),
        ),
        (
            place_order,
            (
                "place_order", "PutItem or TransactWriteItems", "create Order + create up to 98 OrderItem", "-",
                "2 + 2n WCU table, 1 WCU GSI1",
            ),
        ),
        (add_item, ("add_item", "PutItem or TransactWriteItems", "create OrderItem", "-", "1 WCU")),
        (
            take_stock,
            (
                "take_stock", "TransactWriteItems", "check User + create up to 9 OrderItem + delete up to 9 OrderItem", "-",
                "2 + 2n + 2m WCU",
            ),
        ),
    ],
    ids=lambda part: getattr(part, "name", ""),
)  # fmt: skip
def test_a_pattern_is_one_line(pattern: Any, cells: tuple[str, ...]) -> None:
    lines = {line.definition.name: line for line in review(table).lines}
    assert lines[pattern.name].cells() == cells


def test_a_list_is_priced_by_its_page() -> None:
    """A page of 25 reads 26 items, to know whether there is a next page."""
    lines = {line.definition.name: line.cost for line in review(table).lines}
    size_bytes = lines["list_orders"].size_bytes["Order"]
    assert lines["list_orders"].text == f"0.5 RCU per 4 KB, 25 x {size_bytes / 1024:.1f} KB = {lines['list_orders'].fixed.read:g}"
    assert lines["list_orders"].fixed.read == 0.5 * -(-26 * size_bytes // 4096)
    assert lines["list_items"].text.startswith("1 RCU per 4 KB, 25 x ")


def test_everything_is_in_the_text() -> None:
    result = review(table)
    text = result.text()
    assert text.splitlines()[0].split() == ["pattern", "operation", "access", "consistent", "cost"]
    assert all(cell in text for line in result.lines for cell in line.cells())
    assert "secrets 97" in text, "what is assumed about sizes is said"
    assert result.findings == ()
    assert result.summary == "10 patterns, 0 scans, 0 problems"


def codes(made: Table) -> list[tuple[str, str]]:
    return [(finding.level, finding.code) for finding in review(made).findings if finding.code != "unnamed-pattern"]


class Color(Enum):
    RED = "red"
    BLUE = "blue"


def test_partitions_of_which_there_are_few_are_a_warning() -> None:
    made = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(made, key=("JOB#{id}", "JOB"), GSI1=("JOBS#{color}", "{created_at}#{id}"))
    class Job:
        id: Id
        color: Color
        created_at: Timestamp = created()

    @entity(made, key=("CONFIG", "CONFIG"))
    class Config:
        name: str

    made.many(Job, by="color")
    made.one(Job, by="id")
    made.one(Config, by=())
    assert codes(made) == [("warning", "hot-partition")], "an item by itself is no partition that fills"
    text = next(str(finding) for finding in review(made).warnings)
    assert text == (
        "warning [hot-partition] Job lies in 2 partitions of GSI1, GSI1PK=JOBS#{color}: each serves 1000 write or 3000 read units a second"
    )


def test_updates_without_a_version_are_a_warning() -> None:
    made = Table(key=Key("PK", "SK"))

    @entity(made, key=("NOTE#{id}", "NOTE"))
    class Note:
        id: Id
        text: str

    made.one(Note, by="id")
    made.update(Note, "text")
    assert codes(made) == [("warning", "lost-update")]


def test_what_is_written_and_not_read_is_a_warning() -> None:
    made = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(made, key=("A#{id}", "A"), GSI1=("A#{name}", "A"))
    class Read:
        id: Id
        name: str

    @entity(made, key=("B#{id}", "B"), GSI1=("B#{name}", "B"))
    class Written:
        id: Id
        name: str

    made.many(Read, by="name")
    made.transaction(singletable.create(Written))
    assert codes(made) == [("warning", "unread-entry"), ("warning", "unread-entity")]


def test_a_secret_deep_inside_an_indexed_entity_is_found() -> None:
    made = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK")})
    hints = {"id": Id, "team": str, "tokens": list[Secret[str]] | None}
    user = entity(made, key=("USER#{id}", "A"), GSI1=("TEAM#{team}",))(type("User", (), {"__annotations__": hints}))
    made.many(user, by="team")
    made.one(user, by="id")
    assert codes(made) == [("problem", "secret-in-index")]


def test_patterns_that_only_look_alike_are_no_duplicates() -> None:
    made = Table(key=Key("PK", "SK"))
    hints = {"owner": str, "id": Id, "at": Timestamp, "a": str, "b": str, "version": Version}
    log = entity(made, key=("LOG#{owner}", "{at}#{id}"))(type("Log", (), {"__annotations__": hints}))
    made.many(log, by="owner")
    made.many(log, by="owner", newest_first=True)
    made.many(log, by="owner", within="at")
    made.many(log, by="owner", consistent=True)
    made.update(log, "a")
    made.update(log, "b")
    made.update(log, "a", "b")
    made.transaction(singletable.create(log))
    made.transaction(singletable.delete(log))
    assert codes(made) == []
    made.update(log, "b", "a")
    made.many(log, by="owner", page=7)
    assert codes(made) == [("problem", "duplicate-pattern")] * 2


def test_a_finding_is_one_sentence_with_its_code() -> None:
    assert str(Finding("problem", "some-code", "this is so: do that")) == "problem [some-code] this is so: do that"


# --- the command


MODEL = """
from singletable import Id, Key, Table, entity
table = Table(key=Key("PK", "SK"))
other = Table(key=Key("PK"))
same = table

@entity(table, key=("USER#{id}", "METADATA"))
class User:
    id: Id

@entity(other, key=("THING#{id}",))
class Thing:
    id: Id

find_user = table.one(User, by="id")
find_thing = other.one(Thing, by="id")
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, as it is where somebody starts the command."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_tables_of_a_module_are_reviewed_unless_one_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "kit_model_a.py").write_text(MODEL)
    assert main(["review", "kit_model_a"]) == 0
    both = capsys.readouterr().out
    assert "kit_model_a.table\n" in both and "kit_model_a.other\n" in both and both.count("1 pattern, 0 scans, 0 problems") == 2
    assert main(["review", "kit_model_a", "--table", "other"]) == 0
    one = capsys.readouterr().out
    assert "find_thing" in one and "find_user" not in one


def test_a_definition_is_json_that_can_be_read_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "kit_model_b.py").write_text(MODEL)
    assert main(["definition", "kit_model_b", "--table", "table"]) == 0
    definition = TableDefinition.from_dict(json.loads(capsys.readouterr().out))
    assert [entity.name for entity in definition.entities] == ["User"]
    assert [pattern.name for pattern in definition.patterns] == ["find_user"]
    assert main(["definition", "kit_model_b"]) == 2
    assert capsys.readouterr().err == "singletable: kit_model_b has the tables table, other: say which with --table\n"


def test_a_definition_of_a_broken_model_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["definition", "tests.singletable.broken.two_keys"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.startswith("problem [pattern] ")


@pytest.mark.parametrize(
    ("source", "arguments", "message"),
    [
        ("", ["review", "kit_nowhere"], "there is no module kit_nowhere: start where `import kit_nowhere` works"),
        ("", ["review", "kit_nowhere.model"], "there is no module kit_nowhere: start where `import kit_nowhere.model` works"),
        ("", ["review", "app/model.py"], "app/model.py is a file: name the module, such as app.model"),
        ("", ["review", "kit_model_c"], "kit_model_c has no table: name the module with `table = Table(...)`, or import the table there"),
        (MODEL, ["review", "kit_model_c", "--table", "x"], "kit_model_c has no table x: it has table, other, same"),
        ("import kit_nowhere", ["review", "kit_model_c"], "kit_model_c cannot be imported: No module named 'kit_nowhere'"),
        ("1 / 0", ["definition", "kit_model_c"], "kit_model_c cannot be imported: ZeroDivisionError: division by zero"),
        ("def f(:", ["review", "kit_model_c"], "kit_model_c cannot be imported: SyntaxError: "),
    ],
)
def test_what_cannot_be_looked_at_is_said_in_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], source: str, arguments: list[str], message: str
) -> None:
    (here / "kit_model_c.py").write_text(source)
    sys.modules.pop("kit_model_c", None)
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.startswith(f"singletable: {message}") and shown.err.count("\n") == 1


@pytest.mark.parametrize(("arguments", "status"), [(["--help"], 0), (["review", "--help"], 0), ([], 2), (["scan"], 2), (["review"], 2)])
def test_help_and_wrong_commands(arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == status
    shown = capsys.readouterr()
    assert "usage: python -m singletable" in shown.out + shown.err


def test_the_path_is_left_as_it_was(here: Path) -> None:
    before = list(sys.path)
    assert main(["review", "kit_nowhere"]) == 2
    assert sys.path == before
