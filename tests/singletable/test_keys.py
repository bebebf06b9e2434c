"""render and parse are inverse for every value; text order is value order where a form says so."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from singletable import keys
from singletable.errors import DeclarationError, InvalidKey, InvalidValue
from singletable.fields import normalise_email
from singletable.keys import AFTER_SEPARATOR, KeyTemplate, Slot, Word, escape, format_timestamp, parse_template, parse_timestamp, unescape

# The alphabet leans towards what breaks keys: separators, escapes, and escapes of escapes.
hard_text = st.text(st.one_of(st.sampled_from('#%235$ !"\0'), st.characters(codec="utf-8")), min_size=1)
zones = st.builds(timezone, st.timedeltas(min_value=timedelta(hours=-23), max_value=timedelta(hours=23)))
moments = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=zones)
FORMS = {
    "text": keys.TEXT,
    "other": keys.TEXT,
    "moment": keys.TIMESTAMP,
    "day": keys.DATE,
    "number": keys.integer(None),
    "padded": keys.integer(10),
}
values = st.fixed_dictionaries(
    {
        "text": hard_text,
        "other": hard_text,
        "moment": moments,
        "day": st.dates(),
        "number": st.integers(),
        "padded": st.integers(0, 10**10 - 1),
    }
)
parts = st.one_of(
    st.sampled_from(sorted(FORMS)).map(lambda name: Slot(name, FORMS[name])), st.sampled_from(["ORDER", "ITEM", "A-1_b"]).map(Word)
)
templates = st.lists(parts, min_size=1, max_size=6).map(lambda parts: KeyTemplate(tuple(parts)))


@given(templates, values)
def test_parse_returns_what_render_was_given(template: KeyTemplate, given_values: dict[str, object]) -> None:
    key = template.render(given_values)
    assert template.parse(key) == {name: given_values[name] for name in template.fields}
    assert template.render(template.parse(key)) == key


close_text = st.text("#%25", min_size=1, max_size=3)


@given(st.lists(close_text, min_size=2, max_size=2), st.lists(close_text, min_size=2, max_size=2))
def test_different_values_never_have_the_same_key(a: list[str], b: list[str]) -> None:
    """Few letters, and those that separate and escape: so that keys would meet if they could."""
    template = parse_template("{text}#{other}", lambda name, width: FORMS[name])
    keys = [template.render({"text": text, "other": other}) for text, other in (a, b)]
    assert (keys[0] == keys[1]) == (a == b)


@given(templates, values, st.integers(0, 60), st.sampled_from(["", "#", "%", "%23", "0", "9", "A", "+", " "]))
def test_parse_accepts_only_what_render_makes(template: KeyTemplate, given_values: dict[str, object], position: int, change: str) -> None:
    """A key in which a character was replaced, or lost."""
    key = template.render(given_values)
    key = key[:position] + change + key[position + 1 :]
    try:
        parsed = template.parse(key)
    except (InvalidKey, InvalidValue):
        return
    assert template.render(parsed) == key


@given(hard_text)
@example("%23")
@example("%2523")
@example("#%")
def test_an_escaped_text_has_no_separator_and_comes_back(value: str) -> None:
    assert "#" not in escape(value)
    assert unescape(escape(value)) == value


@pytest.mark.parametrize("component", ["", "%", "%2", "%24", "a#b", "%2%2355"])
def test_what_escape_cannot_make_is_refused(component: str) -> None:
    with pytest.raises(InvalidKey):
        unescape(component)


@given(moments, moments)
def test_timestamps_sort_by_time(one: datetime, two: datetime) -> None:
    assert (format_timestamp(one) < format_timestamp(two)) == (one < two)
    assert len(format_timestamp(one)) == keys.TIMESTAMP.length
    assert parse_timestamp(format_timestamp(one)) == one


@given(st.integers(0, 10**10 - 1), st.integers(0, 10**10 - 1))
def test_padded_numbers_sort_by_value(one: int, two: int) -> None:
    form = keys.integer(10)
    assert (form.render(one) < form.render(two)) == (one < two)


@given(moments, moments, hard_text, hard_text)
def test_order_holds_whatever_follows(one: datetime, two: datetime, a: str, b: str) -> None:
    assume(one != two)
    template = parse_template("ORDER#{moment}#{text}", lambda name, width: FORMS[name])
    rendered = [template.render({"moment": moment, "text": text}) for moment, text in ((one, a), (two, b))]
    assert (rendered[0] < rendered[1]) == (one < two)


@given(st.lists(st.tuples(moments, hard_text), max_size=8), moments, moments)
def test_a_range_holds_both_ends_and_nothing_else(rows: list[tuple[datetime, str]], low: datetime, high: datetime) -> None:
    template = parse_template("ORDER#{moment}#{text}", lambda name, width: FORMS[name])
    rows += [(low, "a"), (high, "b")]
    first, last = "ORDER#" + format_timestamp(low), "ORDER#" + format_timestamp(high) + AFTER_SEPARATOR
    for moment, text in rows:
        key = template.render({"moment": moment, "text": text})
        assert (first <= key <= last) == (low <= moment <= high)


@given(st.text(), st.text())
def test_a_prefix_never_cuts_a_component(first: str, second: str) -> None:
    assume(first and second)
    template = parse_template("A#{text}#{other}", lambda name, width: FORMS[name])
    prefix = template.render_left({"text": first}, 2)
    assert template.render({"text": second, "other": "x"}).startswith(prefix) == (first == second)


@settings(max_examples=200)
@given(st.emails() | st.builds("{}@{}".format, hard_text, st.sampled_from(["x.io", "Bücher.Example", "ΣΑΣ.gr"])))
@example("ß" * 200 + "@x.io")
def test_normalising_twice_changes_nothing(address: str) -> None:
    try:
        once = normalise_email(address)
    except InvalidValue:
        return
    assert normalise_email(once) == once


@pytest.mark.parametrize(
    "address", ["", "ada", "@x.io", "ada@", "ada lovelace@x.io", "ada@x .io", "ada\n@x.io", "ada\0@x.io", "ß" * 200 + "@x.io"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """An address of 254 characters can have a longer normal form, which is no address either."""
    with pytest.raises(InvalidValue, match="is not an e-mail address of at most 254 characters"):
        normalise_email(address)


def test_spellings_of_one_address_are_equal() -> None:
    assert normalise_email(" Ada@EXAMPLE.org ") == normalise_email("ada@example.ORG")
    assert normalise_email("a@BÜCHER.example") == "a@xn--bcher-kva.example"
    assert normalise_email("cafe\u0301@x.io") == normalise_email("caf\u00e9@x.io")


class Colour(Enum):
    HASH = "a#b"


class Shade(Enum):
    HASH = "a#b"


def test_enums_are_written_by_value() -> None:
    form = keys.enumeration(Colour)
    assert form.parse(form.render(Colour.HASH)) is Colour.HASH
    with pytest.raises(InvalidKey, match="none of"):
        form.parse("blue")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (keys.TEXT, ""),
        (keys.TEXT, 7),
        (keys.TEXT, None),
        (keys.enumeration(Colour), "a#b"),
        (keys.enumeration(Colour), Shade.HASH),
        (keys.TIMESTAMP, datetime(2025, 1, 1)),
        (keys.TIMESTAMP, "2025"),
        (keys.DATE, datetime(2025, 1, 1)),
        (keys.integer(3), -1),
        (keys.integer(3), 1000),
        (keys.integer(3), "7"),
        (keys.integer(None), 1.5),
        (keys.EMAIL, "nobody"),
        (keys.TIMESTAMP, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))),
    ],
)
def test_values_without_a_place_in_a_key_are_refused(form: keys.KeyForm, value: object) -> None:
    with pytest.raises((InvalidKey, InvalidValue)):
        KeyTemplate((Word("A"), Slot("field", form))).render({"field": value})


def test_none_is_not_called_an_empty_text() -> None:
    with pytest.raises(InvalidKey, match="^field: None is no text$"):
        KeyTemplate((Slot("field", keys.TEXT),)).render({"field": None})


@pytest.mark.parametrize(
    "text", ["", "#", "A#", "#A", "A{id}", "{id}B", "{}", "{a b}", "{id:}", "{id:x}", "{id:0}", "50%", "{id", "A B", "{{id}}", "É"]
)
def test_templates_that_are_not_words_and_fields_are_refused(text: str) -> None:
    with pytest.raises(DeclarationError):
        parse_template(text, lambda name, width: keys.TEXT)


def test_dates_before_the_year_thousand_keep_their_width() -> None:
    assert keys.DATE.render(date(7, 1, 1)) == "0007-01-01"
    assert format_timestamp(datetime(7, 1, 1, tzinfo=UTC)) == "0007-01-01T00:00:00.000000Z"
