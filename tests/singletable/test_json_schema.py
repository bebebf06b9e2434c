"""The JSON form of a declaration: its schema says what its reader accepts, and `check` says what is wrong where."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app import model
from singletable.__main__ import main
from singletable.definition import TableDefinition
from singletable.json_schema import PARTS, table_schema
from singletable.plain import InvalidDefinition

ROOT = Path(__file__).parents[2]
SMALL: dict[str, Any] = {
    "version": 1,
    "key": {"partition": "id"},
    "indexes": [{"name": "by-owner", "key": {"partition": "owner", "sort": "id"}}],
    "ttl": None,
    "entities": [{"name": "Note", "keys": {"primary": ["{id}"], "by-owner": ["{owner}", "{id}"]}}],
    "patterns": [
        {
            "name": "notes_of",
            "title": "Notes of an owner",
            "kind": "many",
            "entities": ["Note"],
            "operations": ["Query"],
            "index": "by-owner",
            "touches": [],
            "grants": [{"action": "dynamodb:Query", "index": "by-owner"}],
            "access": "owner={owner}",
        }
    ],
}
"""Written by hand: what a program without the kit would pass on."""


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(table_schema())
    return Draft202012Validator(table_schema())


def test_the_committed_schema_is_that_of_the_classes() -> None:
    committed = json.loads((ROOT / "docs/table.schema.json").read_text(encoding="utf-8"))
    assert committed == table_schema(), "run: python -m singletable.json_schema > docs/table.schema.json"


@pytest.mark.parametrize("definition", [SMALL, model.table.definition().to_dict()], ids=["small", "shop"])
def test_what_the_reader_takes_the_schema_takes(validator: Draft202012Validator, definition: dict[str, Any]) -> None:
    TableDefinition.from_dict(definition)
    validator.validate(definition)


def objects(given: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    match given:
        case dict():
            yield path, given
            for name, part in given.items():
                yield from objects(part, f"{path}.{name}")
        case list():
            for number, part in enumerate(given):
                yield from objects(part, f"{path}[{number}]")
        case _:
            pass


def broken() -> Iterator[Any]:
    """The small table with each part removed, of another kind, and something unknown beside it."""
    for path, part in objects(SMALL):
        if ".keys" in path:
            continue
        for name in part:
            for what, change in {
                "removed": lambda held, name: held.pop(name),
                "number": lambda held, name: held.update({name: 7}),
                "truth": lambda held, name: held.update({name: True}),
                "empty": lambda held, name: held.update({name: ""}),
                "list": lambda held, name: held.update({name: [3]}),
            }.items():
                yield pytest.param(path, name, change, id=f"{path}.{name} {what}")
        yield pytest.param(path, "more", lambda held, name: held.update({name: "x"}), id=f"{path} unknown")


@pytest.mark.parametrize(("path", "name", "change"), list(broken()))
def test_what_the_schema_refuses_the_reader_refuses(
    validator: Draft202012Validator, path: str, name: str, change: Callable[[dict[str, Any], str], object]
) -> None:
    """And the other way round, for everything that a schema can say."""
    given = json.loads(json.dumps(SMALL))
    change(dict(objects(given))[path], name)
    try:
        TableDefinition.from_dict(given)
    except InvalidDefinition:
        assert not validator.is_valid(given)
    else:
        validator.validate(given)


def test_every_part_and_every_field_is_explained() -> None:
    schema = table_schema()
    for name, (cls, _) in PARTS.items():
        part = schema if name == "table" else schema["$defs"][name]
        fields = set(part["properties"]) - {"version"}
        assert fields == set(cls.__dict__["__fields__"])
        assert all(len(each["description"]) > 10 or each == part["properties"].get("version") for each in part["properties"].values())


# --- the command


def write(folder: Path, text: str) -> str:
    path = folder / "shop.table.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_that_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, json.dumps(model.table.definition().to_dict()))

    assert main(["check", file]) == 0
    assert capsys.readouterr().out.endswith(f"fingerprint {model.table.fingerprint}\n")

    assert main(["check", "--json", file]) == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == model.table.fingerprint


@pytest.mark.parametrize(
    ("text", "path", "problem"),
    [
        (json.dumps({**SMALL, "indexes": []}), "entities[0].keys", "by-owner is none of primary"),
        (
            json.dumps({**SMALL, "patterns": [{**SMALL["patterns"][0], "index": "by-day"}]}),
            "patterns[0].index",
            "by-day is none of by-owner",
        ),
        (json.dumps({**SMALL, "key": {"partition": 7}}), "key.partition", "takes a text, not 7"),
        (json.dumps({**SMALL, "version": 2}), "version", "2 is not 1"),
        ("[]", "", "takes an object with named parts"),
        ('{"version": 1,', "", "is not JSON: Expecting property name enclosed in double quotes: line 1 column 15"),
    ],
)
def test_a_file_that_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, path: str, problem: str) -> None:
    file = write(tmp_path, text)

    assert main(["check", file]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"invalid-definition: {file}: {f'{path}: ' if path else ''}{problem}")
    assert said.out == ""

    assert main(["check", "--json", file]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["valid"], found["code"], found["path"]) == (False, "invalid-definition", path)


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "none.json")]) == 2
    assert "none.json cannot be read: No such file or directory" in capsys.readouterr().err
    (tmp_path / "latin.json").write_bytes(b"\xe9")
    assert main(["check", str(tmp_path / "latin.json")]) == 2
    assert "latin.json is not UTF-8" in capsys.readouterr().err
