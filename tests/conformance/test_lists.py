"""Lists: their order, ranges with both ends, cursors over pages of every size, in the table and in an index."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from singletable import Between, InvalidCursor, Store
from tests.conformance import model
from tests.conformance.model import LogLine, Member, Reading, Thing

START = datetime(2025, 1, 1, tzinfo=UTC)
TIMES = [START + timedelta(seconds=number) for number in range(12)]


def pages(store: Store, bound: Any, limit: int) -> list[list[Any]]:
    """All pages of a list, each found by the cursor of the one before it."""
    found, cursor = [], None
    while True:
        page = store.page(bound, limit=limit, cursor=cursor)
        found.append(list(page))
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.fixture
def readings(store: Store) -> list[Reading]:
    """Twelve of one sensor, written out of order, between those of two others with similar names."""
    readings = [Reading(sensor="s", at=at, value=Decimal(number)) for number, at in enumerate(TIMES)]
    store.write(model.record([*readings[6:], *readings[:6]]))
    store.write(model.record([Reading(sensor=sensor, at=at) for sensor in ("s#", "r", "s0") for at in TIMES[:3]]))
    return readings


@pytest.fixture
def members(store: Store) -> list[Member]:
    """Twelve of one team, two at each moment, in the order of the index."""
    members = [Member(id=f"{n:02}", email=f"m{n}@example.org", joined_at=TIMES[n // 2], updated_at=START) for n in range(12)]
    for member in members[::-1]:
        store.write(model.join(member))
    store.write(model.join(Member(id="x", email="x@example.org", team="b")))
    return members


@pytest.mark.parametrize("limit", [1, 2, 5, 11, 12, 13, 1000])
def test_pages_hold_each_item_once_and_end_with_the_last(store: Store, readings: list[Reading], limit: int) -> None:
    forwards = pages(store, model.list_readings(sensor="s"), limit)
    assert [item for page in forwards for item in page] == readings
    assert [len(page) for page in forwards] == [limit] * (12 // limit) + ([12 % limit] if 12 % limit else [])
    backwards = pages(store, model.list_readings_newest_first(sensor="s"), limit)
    assert [item for page in backwards for item in page] == readings[::-1]
    assert [len(page) for page in backwards] == [len(page) for page in forwards]


@pytest.mark.parametrize("limit", [1, 5, 12])
def test_an_index_pages_over_equal_moments(store: Store, members: list[Member], limit: int) -> None:
    assert [item for page in pages(store, model.list_team(team="a"), limit) for item in page] == members
    assert [item for page in pages(store, model.list_team_newest_first(team="a"), limit) for item in page] == members[::-1]
    assert list(store.all(model.list_team(team="a"))) == members


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (TIMES[3], TIMES[5], slice(3, 6)),
        (TIMES[3], TIMES[3], slice(3, 4)),
        (TIMES[3] + timedelta(microseconds=1), TIMES[5] - timedelta(microseconds=1), slice(4, 5)),
        (None, TIMES[2], slice(0, 3)),
        (TIMES[9], None, slice(9, 12)),
        (None, None, slice(0, 12)),
        (START - timedelta(days=1), START - timedelta(microseconds=1), slice(0, 0)),
        (START + timedelta(days=1), None, slice(0, 0)),
    ],
    ids=["both ends", "one moment", "between moments", "from the first", "to the last", "no ends", "before all", "after all"],
)
def test_a_range_has_both_its_ends(store: Store, readings: list[Reading], low: Any, high: Any, expected: slice) -> None:
    wanted = readings[expected]
    within = Between(low, high)
    assert list(store.all(model.list_readings_between(sensor="s", at=within))) == wanted
    assert [item for page in pages(store, model.list_readings_between(sensor="s", at=within), 2) for item in page] == wanted
    newest_first = pages(store, model.list_readings_between_newest_first(sensor="s", at=within), 2)
    assert [item for page in newest_first for item in page] == wanted[::-1]


def test_a_range_in_an_index_has_all_of_its_moments(store: Store, members: list[Member]) -> None:
    between = model.list_team_between(team="a", joined_at=Between(TIMES[1], TIMES[3]))
    assert list(store.all(between)) == members[2:8]
    assert [item for page in pages(store, between, 4) for item in page] == members[2:8]


def test_padded_numbers_are_in_numeric_order(store: Store) -> None:
    lines = [LogLine(log="l", number=number) for number in (0, 9, 10, 99, 100, 12345678)]
    store.write(model.write_lines(lines[::-1]))
    assert list(store.all(model.list_lines(log="l"))) == lines
    assert list(store.all(model.list_lines_between(log="l", number=Between(9, 100)))) == lines[1:5]
    assert list(store.all(model.list_lines_between(log="l", number=Between(10, None)))) == lines[2:]


def test_a_page_larger_than_one_answer_is_filled(store: Store) -> None:
    """DynamoDB ends an answer at 1 MB."""
    lines = [LogLine(log="long", number=number, text="x" * 300_000) for number in range(7)]
    for line in lines:
        store.write(model.write_lines([line]))
    page = store.page(model.list_lines(log="long"), limit=6)
    assert list(page) == lines[:6]
    assert list(store.page(model.list_lines(log="long"), limit=6, cursor=page.cursor)) == lines[6:]
    assert list(store.all(model.list_lines(log="long"))) == lines


def test_a_cursor_outlives_the_item_it_was_made_for(store: Store, members: list[Member]) -> None:
    page = store.page(model.list_team(team="a"), limit=5)
    store.write(model.leave(members[4]))
    store.write(model.leave(members[5]))
    assert list(store.page(model.list_team(team="a"), limit=5, cursor=page.cursor)) == members[6:11]


def test_a_cursor_belongs_to_one_list(store: Store, members: list[Member], readings: list[Reading]) -> None:
    cursor = store.page(model.list_team(team="a"), limit=5, caller="ada").cursor
    wrong: list[Callable[[], object]] = [
        lambda: store.page(model.list_team(team="b"), cursor=cursor, caller="ada"),
        lambda: store.page(model.list_team(team="a"), cursor=cursor, caller="eve"),
        lambda: store.page(model.list_team_newest_first(team="a"), cursor=cursor, caller="ada"),
        lambda: store.page(model.list_readings(sensor="s"), cursor=cursor, caller="ada"),
    ]
    for ask in wrong:
        with pytest.raises(InvalidCursor):
            ask()
    assert len(store.page(model.list_team(team="a"), limit=5, cursor=cursor, caller="ada")) == 5


def test_keys_with_separators_and_large_letters_stay_apart(store: Store) -> None:
    """Order is that of UTF-8 bytes, and no name is the beginning of another one's list."""
    sensors = ["s", "s#", "s%23", "S", "s\u00e9", "s\U0001f600", "s\uffee", " s"]
    for number, sensor in enumerate(sensors):
        store.write(model.record([Reading(sensor=sensor, at=START, value=Decimal(number))]))
    for number, sensor in enumerate(sensors):
        (found,) = store.all(model.list_readings(sensor=sensor))
        assert (found.sensor, found.value) == (sensor, number)
    store.write(model.add_thing(Thing(id="s")))
    assert len(list(store.all(model.list_readings(sensor="s")))) == 1
