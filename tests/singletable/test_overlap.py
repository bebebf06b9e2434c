"""The arithmetic of templates is sound: what keys do, it says they may do."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from singletable import keys
from singletable.keys import SEPARATOR, KeyTemplate, Part, Slot, Word
from singletable.overlap import may_be_equal, may_continue

# Few words, and values that are written like them, so that keys do meet.
WORDS = ["A", "B", "7", "007"]
FORMS = {"text": keys.TEXT, "padded": keys.integer(3), "number": keys.integer(None), "moment": keys.TIMESTAMP}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from([*WORDS, "x", "2025-01-01T00:00:00.000000Z"]),
    "padded": st.integers(0, 9),
    "number": st.integers(0, 9),
    "moment": st.just(datetime(2025, 1, 1, tzinfo=UTC)),
}
slots = st.sampled_from(sorted(FORMS)).map(lambda name: Slot(name, FORMS[name]))
parts: st.SearchStrategy[Part] = st.one_of(st.sampled_from(WORDS).map(Word), slots)
templates = st.lists(parts, min_size=1, max_size=3).map(lambda parts: KeyTemplate(tuple(parts)))
values = st.fixed_dictionaries(VALUES)


@settings(max_examples=400)
@given(templates, templates, values, values)
def test_keys_that_are_equal_were_foreseen(one: KeyTemplate, two: KeyTemplate, a: dict[str, object], b: dict[str, object]) -> None:
    if one.render(a) == two.render(b):
        assert may_be_equal(one, two) and may_be_equal(two, one)


@settings(max_examples=400)
@given(templates, st.integers(0, 2), templates, values, values)
def test_keys_that_a_prefix_catches_were_foreseen(
    one: KeyTemplate, count: int, two: KeyTemplate, a: dict[str, object], b: dict[str, object]
) -> None:
    count = min(count, len(one.parts) - 1)
    if two.render(b).startswith(one.render_left(a, count)):
        assert may_continue(one.parts[:count], two)


def test_what_cannot_meet_is_told_apart() -> None:
    def template(*parts: str) -> KeyTemplate:
        return KeyTemplate(tuple(Slot(part, FORMS[part]) if part in FORMS else Word(part) for part in parts))

    assert not may_be_equal(template("A"), template("B"))
    assert not may_be_equal(template("A", "text"), template("A"))
    assert not may_be_equal(template("padded"), template("7"))
    assert may_be_equal(template("padded"), template("007"))
    assert not may_be_equal(template("moment"), template("A"))
    assert not may_be_equal(template("moment"), template("padded"))
    assert may_be_equal(template("text"), template("moment"))
    assert not may_continue(template("A").parts, template("A"))
    assert may_continue((), template("A"))
    assert may_be_equal(None, None) and not may_be_equal(None, template("text"))
    assert SEPARATOR not in keys.escape("A#B")
