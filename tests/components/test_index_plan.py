"""In which order the indexes of a table become others. What DynamoDB allows is its API's contract: one change of an index at a time, no change
of an index in place, no other key (API reference, UpdateTable); what a write costs is the developer guide's rounding to 1 KB.
"""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.__main__ import main
from components.index_plan import Size, backfill_of, plan_of, report, text
from components.index_plan.plan import Plan, Table
from monitoring.commands.command import DONE, FOUND, USAGE
from monitoring.live import Account
from monitoring.prices import TablePrices
from singletable.definition import EntityDefinition, IndexDefinition, KeyDefinition, PatternDefinition, TableDefinition
from singletable.grants import Grant

KEY = KeyDefinition("PK", "SK")


def index(name: str, projection: Any = "ALL", *attributes: str, key: str | None = None) -> IndexDefinition:
    stem = key or name
    return IndexDefinition(name, KeyDefinition(f"{stem}PK", f"{stem}SK"), projection, attributes)


def entity(name: str, **keys: tuple[str, ...]) -> EntityDefinition:
    return EntityDefinition(name, {"primary": (f"{name}#{{id}}", "META"), **keys})


def reads(name: str, of: str) -> PatternDefinition:
    return PatternDefinition(name, name, "many", (), ("Query",), of, (), (Grant("dynamodb:Query", of),), "")


def table(
    *indexes: IndexDefinition, key: KeyDefinition = KEY, entities: Any = (), patterns: Any = (), ttl: str | None = None
) -> TableDefinition:
    return TableDefinition(key, indexes, ttl, tuple(entities), tuple(patterns))


def kinds(plan: Plan) -> list[tuple[str, str]]:
    return [(step.kind, step.index) for step in plan.steps]


def test_what_is_as_wanted_needs_nothing() -> None:
    same = table(index("GSI1", "INCLUDE", "a", "b"))
    plan = plan_of(same, table(index("GSI1", "INCLUDE", "b", "a")))
    assert (plan.steps, plan.refused) == ((), ())
    assert text(plan) == "the indexes are as wanted: nothing to do\n"


def test_new_indexes_come_one_by_one_each_filled_before_the_next() -> None:
    plan = plan_of(table(), table(index("GSI1"), index("GSI2")))
    assert kinds(plan) == [("add", "GSI1"), ("watch", "GSI1"), ("add", "GSI2"), ("watch", "GSI2")]
    assert plan.deployments == 2


@pytest.mark.parametrize(
    ("wanted", "what"),
    [(index("GSI1", "KEYS_ONLY"), "projection"), (index("GSI1", key="owner"), "keys")],
    ids=["projection", "keys"],
)
def test_an_index_that_would_change_gets_another_name(wanted: IndexDefinition, what: str) -> None:
    plan = plan_of(table(index("GSI1"), patterns=[reads("mine", "GSI1")]), table(wanted, patterns=[reads("mine", "GSI1")]))

    assert kinds(plan) == [("add", "GSI1v2"), ("watch", "GSI1v2"), ("switch", ""), ("prove", "GSI1"), ("remove", "GSI1")]
    (refusal,) = plan.refused
    assert refusal.startswith(f"GSI1 would have another {what}. An index cannot change:") and refusal.endswith("Call the new one GSI1v2")
    assert "mine reads GSI1v2" in plan.steps[2].do
    assert plan.steps[3].why == "until now mine did"


def test_the_next_name_is_one_that_is_free() -> None:
    plan = plan_of(table(index("GSI1"), index("GSI1v2")), table(index("GSI1", "KEYS_ONLY"), index("GSI1v2", "KEYS_ONLY")))
    assert [name for kind, name in kinds(plan) if kind == "add"] == ["GSI1v3", "GSI1v4"]


def test_readers_are_switched_once_and_before_anything_is_removed() -> None:
    old = table(index("A"), index("B"), patterns=[reads("one", "A"), reads("two", "B")])
    new = table(index("C"), index("D"), patterns=[reads("one", "C"), reads("two", "D")])

    plan = plan_of(old, new)

    order = [kind for kind, _ in kinds(plan)]
    assert order == ["add", "watch", "add", "watch", "switch", "prove", "remove", "prove", "remove"]
    assert "one, two read C, D" in plan.steps[4].do


def test_items_that_lack_the_new_keys_are_written_again() -> None:
    old = table(index("GSI1"), entities=[entity("Note", GSI1=("OWNER#{owner}", "{id}")), entity("Tag")])
    new = table(
        index("GSI1"),
        index("GSI2"),
        entities=[
            entity("Note", GSI1=("OWNER#{owner}", "{id}"), GSI2=("DAY#{day}", "{id}")),
            entity("Tag"),
            entity("New", GSI2=("a", "b")),
        ],
    )
    plan = plan_of(old, new)
    assert kinds(plan) == [("add", "GSI2"), ("watch", "GSI2"), ("fill", "GSI2")]
    assert "its keys in Note, change nothing else, and deploy with every function that writes them" in plan.steps[0].do
    assert "when every writer has that code, write Note once again" in plan.steps[2].do


def test_an_index_over_attributes_that_are_there_fills_itself() -> None:
    keys = {"GSI1": ("OWNER#{owner}", "{id}")}
    old = table(index("GSI1"), entities=[entity("Note", **keys)])
    new = table(index("GSI1", "KEYS_ONLY"), entities=[entity("Note", **keys)])
    assert "fill" not in [kind for kind, _ in kinds(plan_of(old, new))]


def test_keys_that_are_made_otherwise_are_written_again() -> None:
    old = table(index("GSI1"), entities=[entity("Note", GSI1=("OWNER#{owner}", "{id}"))])
    new = table(index("GSI1"), entities=[entity("Note", GSI1=("OWNER#{owner}", "{day}"))])
    assert kinds(plan_of(old, new)) == [("fill", "GSI1")]


def test_what_is_busy_is_waited_for() -> None:
    plan = plan_of(table(index("GSI1")), table(index("GSI1"), index("GSI2")), Table("shop", busy={"GSI1": "UPDATING"}))
    assert kinds(plan)[0] == ("wait", "GSI1")
    assert plan_of(table(index("GSI1")), table(index("GSI1")), Table("shop", busy={"GSI1": "UPDATING"})).steps == ()


def test_another_key_of_the_table_has_no_steps_but_a_way_round() -> None:
    plan = plan_of(table(), table(key=KeyDefinition("id")), Table("shop", Size(1200, 1200)))
    assert plan.steps == ()
    (refusal,) = plan.refused
    assert refusal.startswith("the table's key is PK and SK and would be id. A table keeps its key")
    assert "the old one with its 1,200 items left behind" in refusal


def test_old_and_new_indexes_are_counted_together() -> None:
    old = table(*(index(f"I{number}") for number in range(19)))
    few, many = (plan_of(old, table(*old.indexes, *more)) for more in ([index("J1")], [index("J1"), index("J2")]))
    assert (few.refused, many.refused) == ((), ())
    assert not any("AWS allows 20" in note for note in few.notes)
    assert any(note.startswith("21 indexes are there at once: AWS allows 20, unless it has raised that quota") for note in many.notes)


def test_the_last_index_is_deleted_by_hand() -> None:
    """The provider takes no block of an index for "as it is" (docs/decisions/0021)."""
    plan = plan_of(table(index("A"), index("B")), table(), Table("shop-1a2b3c"))
    first, last = (each for each in plan.steps if each.kind == "remove")
    assert first.commands == ("pulumi preview", "pulumi up")
    assert 'deploy once with accept=["index-left"]' in last.do
    aws, *after = last.commands
    assert after == ["pulumi refresh", "pulumi up"]
    words = shlex.split(aws)
    assert words[:5] == ["aws", "dynamodb", "update-table", "--table-name", "shop-1a2b3c"]
    assert json.loads(words[-1]) == [{"Delete": {"IndexName": "B"}}]
    assert plan_of(table(index("A")), table(index("C"))).steps[-1].do.startswith("take A out of the declaration")


def test_where_all_is_autoscaled_an_index_changes_under_a_fixed_capacity() -> None:
    notes = plan_of(table(index("A")), table(index("A"), index("B")), Table(write_capacity=5)).notes
    assert any("change-lost" in note and "Capacity.fixed" in note for note in notes)


@pytest.mark.parametrize(
    ("items", "item_bytes", "projection", "units"),
    [(1000, 1, "ALL", 1000), (1000, 1024, "ALL", 1000), (1000, 1025, "ALL", 2000), (1000, 5000, "KEYS_ONLY", 1000), (0, 1, "ALL", 0)],
)
def test_a_backfill_is_a_write_of_each_item(items: int, item_bytes: int, projection: str, units: int) -> None:
    found = backfill_of(index("GSI1", projection), Size(items, items * item_bytes), TablePrices(write_million_usd=1.0), None)
    assert (found.write_units, found.usd, found.seconds) == (units, units / 1_000_000, None)


def test_provisioned_capacity_says_how_long_and_costs_nothing_more() -> None:
    found = backfill_of(index("GSI1"), Size(1001, 1001), TablePrices(), 10)
    assert (found.write_units, found.usd, found.seconds) == (1001, 0.0, 101)


def test_local_indexes_are_told_to_stay() -> None:
    (note,) = plan_of(table(), table(), Table("shop", Size(1, 1), local=("by-day",))).notes
    assert note.startswith("by-day: a local index can be neither added nor removed")


def test_what_a_program_reads() -> None:
    plan = plan_of(table(index("GSI1")), table(index("GSI2")), Table("shop", Size(1000, 600_000)), TablePrices())
    found = json.loads(report(plan))
    assert (found["version"], found["table"], found["deployments"], found["refused"]) == (1, "shop", 2, [])
    assert [(step["number"], step["kind"], step["index"]) for step in found["steps"]] == [
        (1, "add", "GSI2"),
        (2, "watch", "GSI2"),
        (3, "prove", "GSI1"),
        (4, "remove", "GSI1"),
    ]
    assert found["steps"][0]["backfill"]["write_units_at_most"] == 1000


# --- the command


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, object], str]:
    def file(name: str, content: object) -> str:
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        return str(tmp_path / name)

    return file


def test_two_declarations(write: Callable[[str, object], str], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write("old.json", table(index("GSI1")).to_dict()), write("new.json", table(index("GSI1"), index("GSI2")).to_dict())
    assert main(["plan-index-change", "--from", old, "--to", new, "--items", "2000000", "--item-bytes", "600"]) == DONE
    shown = capsys.readouterr().out
    assert "1. add    declare GSI2 (GSI2PK, GSI2SK; all attributes)" in shown
    assert "The backfill takes at most 2,000,000 write units" in shown
    assert shown.endswith("2 steps, 1 deployment\n")


def test_a_declaration_that_cannot_be_deployed_is_bad_news(write: Callable[[str, object], str], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write("old.json", table(index("GSI1")).to_dict()), write("new.json", table(index("GSI1", "KEYS_ONLY")).to_dict())
    assert main(["plan-index-change", "--from", old, "--to", new, "--json"]) == FOUND
    assert json.loads(capsys.readouterr().out)["refused"][0].startswith("GSI1 would have another projection")


GOOD = table(index("GSI1")).to_dict()


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({"new": GOOD}, ["--to", "{new}"], "invalid-subject: nothing says what is deployed"),
        ({"new": GOOD, "old": "{"}, ["--from", "{old}", "--to", "{new}"], "is no JSON"),
        ({"new": GOOD, "old": []}, ["--from", "{old}", "--to", "{new}"], "holds a list, not a table"),
        ({"new": GOOD, "old": {"version": 1}}, ["--from", "{old}", "--to", "{new}"], "key"),
        ({"new": GOOD}, ["--from", "/nowhere.json", "--to", "{new}"], "/nowhere.json: No such file or directory"),
        ({"new": GOOD, "old": GOOD}, ["--from", "{old}", "--to", "{new}", "--items", "5"], "items and their size go together"),
    ],
    ids=["nothing deployed", "no JSON", "a list", "no table", "no file", "half a size"],
)
def test_bad_input(
    files: dict[str, object], arguments: list[str], message: str, write: Callable[[str, object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {name: write(f"{name}.json", content) for name, content in files.items()}
    assert main(["plan-index-change", *(word.format(**paths) for word in arguments)]) == USAGE
    shown = capsys.readouterr()
    assert shown.out == "" and message in shown.err


@pytest.mark.parametrize("given", ["0", "-1", "x", "1.5"])
def test_bad_numbers(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["plan-index-change", "--to", "new.json", "--items", given])
    assert caught.value.code == USAGE
    assert "give a number above 0" in capsys.readouterr().err


def answered_by(client: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def account_of(_options: object) -> Account:
        return Account(lambda _service: client, "eu-west-1")

    monkeypatch.setattr("components.commands.plan_index_change.account_of", account_of)


def test_a_deployed_table(write: Callable[[str, object], str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Against botocore's model: what is asked for and what is answered are what the service has."""
    import boto3
    from botocore.stub import Stubber

    client = boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    keys = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
    described = {
        "TableName": "shop",
        "KeySchema": keys,
        "ItemCount": 50,
        "TableSizeBytes": 100_000,
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "GSI1",
                "KeySchema": [{"AttributeName": "GSI1PK", "KeyType": "HASH"}, {"AttributeName": "GSI1SK", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
                "IndexStatus": "CREATING",
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2},
            }
        ],
    }
    with Stubber(client) as stub:
        stub.add_response("describe_table", {"Table": described}, {"TableName": "shop"})
        stub.add_response("describe_time_to_live", {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}, {"TableName": "shop"})
        answered_by(client, monkeypatch)
        status = main(["plan-index-change", "--deployed", "shop", "--to", write("new.json", table(index("GSI1"), index("GSI2")).to_dict())])
        stub.assert_no_pending_responses()
    shown = capsys.readouterr().out
    assert status == DONE
    assert "wait until GSI1, which is CREATING, is done" in shown
    assert "at most 100 write units, 0:00:50 or more at the index's capacity" in shown
    assert "give this one deployment Capacity.fixed" in shown


def test_a_table_that_is_not_there(
    write: Callable[[str, object], str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import boto3
    from botocore.stub import Stubber

    client = boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        stub.add_client_error("describe_table", "ResourceNotFoundException", "Requested resource not found")
        answered_by(client, monkeypatch)
        assert main(["plan-index-change", "--deployed", "shop", "--to", write("new.json", GOOD)]) == USAGE
    assert "refused-call: dynamodb:DescribeTable: Requested resource not found" in capsys.readouterr().err
