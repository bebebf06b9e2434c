"""Names, types and parents are promises to every stack that is deployed, and so is each argument that nobody gave."""

import json
from pathlib import Path

import pulumi
import pytest

import components
from local.monitor import Registration
from tests.components.conftest import ROOT, run
from tests.components.surface import SECTION, Surface, aliases, changes, kept, short, surface, unsaid

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
HOW = "Before the first release, or at a release: python -m tests.components.surface"


def test_a_deployed_stack_would_see_nothing_that_the_changelog_does_not_say() -> None:
    found = unsaid(changes(kept(), surface()), CHANGELOG)
    assert not found, "\n".join((*found, HOW))


def test_what_is_kept_is_read_as_it_was_written() -> None:
    assert kept().to_dict() == json.loads((ROOT / "tests/components/surface.json").read_text(encoding="utf-8"))


def test_every_component_is_among_what_is_held() -> None:
    made = {urn.rpartition("::")[0].rpartition(":")[2] for urns in kept().urns.values() for urn in urns}
    exported = [getattr(components, name) for name in components.__all__]
    names = {each.__name__ for each in exported if isinstance(each, type) and issubclass(each, pulumi.ComponentResource)}
    assert names <= made, "a component that is in no stack of tests.components.surface"


# --- the mechanism itself

TABLE, COMPONENT = "singletable:index:SingleTable$aws:dynamodb/table:Table::shop", "singletable:index:SingleTable::shop"
RENAMED = "singletable:index:SingleTable$aws:dynamodb/table:Table::shop-table"


def of(*urns: str, **arguments: str) -> Surface:
    """arguments: of the table "shop"."""
    return Surface({"dev": frozenset(urns)}, {}, {f"Table.{name}": {"shop": value} for name, value in arguments.items()})


BEFORE = of(COMPONENT, TABLE, hashKey='"PK"', tableClass='"STANDARD"')


def said(*lines: str, under: str = SECTION, release: str = "Unreleased") -> str:
    return "\n".join(
        ["# Changelog", f"## {release}", "### Added", "- `Table.streamEnabled`", under, *lines, "", "## 0.1.0", SECTION, "- `Old.thing`"]
    )


def test_nothing_changed_is_nothing_to_say() -> None:
    assert unsaid(changes(BEFORE, BEFORE), said()) == []


@pytest.mark.parametrize(
    ("after", "what"),
    [
        (of(COMPONENT, TABLE, hashKey='"PK"', tableClass='"INFREQUENT"'), 'tableClass of shop was "STANDARD" and is "INFREQUENT"'),
        (of(COMPONENT, TABLE, hashKey='"PK"'), 'tableClass of shop was "STANDARD" and is not given'),
    ],
    ids=["another default", "no default"],
)
def test_a_changed_default_is_named_with_the_line_that_it_asks_for(after: Surface, what: str) -> None:
    assert unsaid(changes(BEFORE, after), said()) == [
        f"Table.{what}. Put it back, or say `Table.tableClass` in CHANGELOG.md under 'Changed for deployed stacks'"
    ]
    assert unsaid(changes(BEFORE, after), said("- Tables are of another class (`Table.tableClass`).")) == []


def test_a_new_default_is_a_changed_one() -> None:
    after = of(COMPONENT, TABLE, hashKey='"PK"', tableClass='"STANDARD"', ttl='"on"')
    (sentence,) = unsaid(changes(BEFORE, after), said())
    assert sentence.startswith('Table.ttl of shop was not given and is "on".')


@pytest.mark.parametrize(
    "changelog",
    [
        said("- `Table.tableClass`", under="### Fixed"),
        said("- `Table.tableClass`", release="0.2.0"),
        said("- Table.tableClass"),
        "# Changelog\n",
    ],
    ids=["elsewhere", "released already", "not as code", "empty"],
)
def test_only_the_right_place_counts(changelog: str) -> None:
    after = of(COMPONENT, TABLE, hashKey='"PK"', tableClass='"INFREQUENT"')
    assert len(unsaid(changes(BEFORE, after), changelog)) == 1


def test_a_resource_that_is_gone_cannot_be_talked_away() -> None:
    found = unsaid(changes(BEFORE, of(COMPONENT, RENAMED)), said("- `Table`"))
    assert found == [
        f"{TABLE} of stack dev is gone: it would be deleted, and what took its place created. Give the new resource an alias of the old one"
    ]


def test_an_alias_makes_a_rename_no_change() -> None:
    after = Surface({"dev": frozenset({COMPONENT, RENAMED})}, {RENAMED: frozenset({TABLE})}, {})
    assert unsaid(changes(BEFORE, after), said()) == []


def test_a_new_resource_is_said_by_its_type() -> None:
    stash = "singletable:index:SingleTable$pulumi:index:Stash::shop-identity"
    after = of(COMPONENT, TABLE, stash, hashKey='"PK"', tableClass='"STANDARD"')
    (sentence,) = unsaid(changes(BEFORE, after), said())
    assert sentence.startswith(f"{stash} of stack dev is new. Put it back, or say `Stash`")
    assert unsaid(changes(BEFORE, after), said("- A `Stash` beside each table.")) == []


def test_another_stack_that_is_held_from_now_on_changes_nothing() -> None:
    assert changes(BEFORE, Surface({**BEFORE.urns, "new": frozenset({TABLE})}, {}, BEFORE.arguments)) == []


def test_aliases_are_those_that_the_engine_is_told(project: Path) -> None:
    """By URN, by another name, by another type: what the SDK writes into a registration."""
    found = run(
        project,
        """
        import pulumi
        old = "urn:pulumi:dev::notes::singletable:index:EventTopic::events"
        named = [old, pulumi.Alias(name="was"), pulumi.Alias(type_="singletable:index:Topic")]
        EventTopic("now", opts=pulumi.ResourceOptions(aliases=named))
        """,
    )
    (topic,) = (each for each in found.registrations if short(each.urn) == "singletable:index:EventTopic::now")
    assert isinstance(topic, Registration)
    assert set(aliases(topic)) == {
        "singletable:index:EventTopic::events",
        "singletable:index:EventTopic::was",
        "singletable:index:Topic::now",
    }
