"""What is encoded comes back equal, through DynamoDB's own rules for items; what does not fit is refused, by name."""

import json
from base64 import b64encode
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from pprint import pformat
from typing import Any, Literal

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given, settings
from hypothesis import strategies as st

from singletable import Email, Id, Key, Secret, Store, Table, Timestamp, Version, created, entity, entity_of
from singletable.errors import InvalidKey, InvalidValue, MalformedItem, UnknownEntity
from singletable.testing import RecordingTransport

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Shade(str, Enum):  # noqa: UP042 - the older spelling, whose members look different in a text
    RED = "red"


class Tone(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    street: str
    note: str | None = None
    tags: frozenset[str] = frozenset()


@dataclass
class Plain:
    """Neither frozen nor slotted: made through its constructor."""

    item: Decimal
    new: list[int] = field(default_factory=list)


@entity(table, key=("THING#{id}", "{at}#{number:12}"), GSI1=("COLOUR#{maybe_colour}", "{name}"))
class Thing:
    id: Id
    at: Timestamp
    number: int
    name: str
    email: Email
    amount: Decimal
    flag: bool
    blob: bytes
    day: date
    colour: Colour
    level: Level
    secret: Secret[Decimal]
    maybe: int | None = None
    maybe_colour: Colour | None = Colour.RED
    maybe_secret: Secret[str] | None = None
    maybe_list: list[str | None] | None = None
    address: Address
    addresses: list[Address]
    plain: Plain
    by_name: dict[str, list[int]]
    matrix: list[list[Decimal]]
    pair: tuple[date, ...]
    moments: list[Timestamp]
    strings: set[str] = field(default_factory=set)
    numbers: frozenset[int] = frozenset()
    decimals: set[Decimal] = field(default_factory=set)
    blobs: set[bytes] = field(default_factory=set)
    colours: set[Colour] = field(default_factory=set)
    choice: Literal["a", "b"] = "a"
    extra: int = 7
    version: Version = 1


codec = entity_of(Thing).codec

text = st.text(max_size=8)
filled = st.text(min_size=1, max_size=8)
moments = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.just(UTC))
whole = st.integers(-(10**38) + 1, 10**38 - 1)
exact = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=Decimal(-(10**30)), max_value=Decimal(10**30))
addresses = st.builds(Address, street=text, note=st.none() | text, tags=st.frozensets(text))
things = st.builds(
    Thing,
    id=filled, at=moments, number=st.integers(0, 10**12 - 1), name=filled, email=st.just("A@x.io"), amount=exact, flag=st.booleans(),
    blob=st.binary(), day=st.dates(), colour=st.sampled_from(Colour), level=st.sampled_from(Level), secret=exact.map(Secret),
    maybe=st.none() | whole, maybe_colour=st.none() | st.sampled_from(Colour), maybe_secret=st.none() | text.map(Secret),
    maybe_list=st.none() | st.lists(st.none() | text), address=addresses, addresses=st.lists(addresses, max_size=3),
    plain=st.builds(Plain, item=exact, new=st.lists(whole, max_size=3)), by_name=st.dictionaries(filled, st.lists(whole, max_size=2), max_size=2),
    matrix=st.lists(st.lists(exact, max_size=2), max_size=2), pair=st.lists(st.dates(), max_size=2).map(tuple), moments=st.lists(moments, max_size=2),
    strings=st.sets(text), numbers=st.frozensets(whole), decimals=st.sets(exact), blobs=st.sets(st.binary()), colours=st.sets(st.sampled_from(Colour)),
    choice=st.sampled_from(["a", "b"]), extra=whole, version=st.integers(1, 99),
)  # fmt: skip
THING = Thing(
    id="1", at=datetime(2025, 1, 1, tzinfo=UTC), number=7, name="n", email="A@x.io", amount=Decimal(1), flag=True, blob=b"b",
    day=date(2025, 1, 1), colour=Colour.RED, level=Level.HIGH, secret=Secret(Decimal(1)), address=Address(street="s"), addresses=[Address(street="t")],
    plain=Plain(Decimal(1)), by_name={}, matrix=[], pair=(), moments=[],
)  # fmt: skip


@settings(max_examples=60)
@given(things)
def test_what_is_encoded_comes_back(thing: Thing) -> None:
    assert codec.decode(codec.encode(thing)) == thing


@settings(max_examples=60)
@given(things)
def test_items_are_what_boto3_would_write(thing: Thing) -> None:
    """boto3's own serializer is the reference: reading our item and writing it again gives our item."""
    item = codec.encode(thing)
    deserialize, serialize = TypeDeserializer().deserialize, TypeSerializer().serialize
    assert _sets_as_sets({name: serialize(deserialize(value)) for name, value in item.items()}) == _sets_as_sets(item)


def _sets_as_sets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: frozenset(map(_number if k == "NS" else str, v)) if k in ("SS", "NS", "BS") else _sets_as_sets(v) for k, v in value.items()
        }
    if isinstance(value, list):
        return [_sets_as_sets(element) for element in value]
    return value


def _trimmed(value: Decimal) -> Decimal:
    if not value.is_finite() or not value:
        return value
    sign, digits, exponent = value.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    return Decimal((sign, tuple(map(int, kept)), int(exponent) + len(digits) - len(kept)))


def _number(text: str) -> Decimal:
    return Decimal(text)


@settings(max_examples=250)
@given(st.decimals() | st.integers(min_value=-(10**140), max_value=10**140).map(Decimal))
def test_numbers_are_refused_exactly_where_boto3_refuses_them(value: Decimal) -> None:
    """Except for -Infinity and magnitudes just beyond the service's limits, which boto3 lets through, and for zeros at the end of more than
    38 digits, which boto3 refuses although the service trims them (developer guide, "Data types": Number)."""
    try:
        TypeSerializer().serialize(_trimmed(value))
        expected = value.is_finite() and (value.is_zero() or -130 <= value.adjusted() <= 125)
    except Exception:
        expected = False
    try:
        written = codec.encode(replace(THING, amount=value))["amount"]["N"]
        assert Decimal(written) == value
        actual = True
    except InvalidValue:
        actual = False
    assert actual == expected


@given(whole)
def test_integers_within_38_digits_are_written_plainly(value: int) -> None:
    assert codec.encode(replace(THING, extra=value))["extra"] == {"N": str(value)}


def test_keys_are_rendered_into_the_item() -> None:
    item = codec.encode(THING)
    assert [item[name]["S"] for name in ("PK", "SK", "GSI1PK", "GSI1SK")] == [
        "THING#1", "2025-01-01T00:00:00.000000Z#000000000007", "COLOUR#red", "n",
    ]  # fmt: skip


@pytest.mark.parametrize("red", [Shade.RED, Tone.RED])
def test_an_enum_that_is_a_text_is_written_by_value_wherever_a_text_is(red: Any) -> None:
    """Formatted, a member of `str, Enum` reads Shade.RED: a key made so would never be found again."""
    plain, item = (
        codec.encode(replace(THING, id="red", name="red", strings={"red"})),
        codec.encode(replace(THING, id=red, name=red, strings={red})),
    )
    assert item == plain
    assert {type(value["S"]) for value in (item["PK"], item["id"], item["GSI1SK"])} == {str}
    [request] = Store(RecordingTransport(), "t").plan(table.one(Thing, by=("id", "at", "number"))(red, THING.at, THING.number)).requests
    assert request.body["Key"] == {name: item[name] for name in ("PK", "SK")}


def test_an_index_is_sparse() -> None:
    item = codec.encode(replace(THING, maybe_colour=None))
    assert "GSI1PK" not in item and "GSI1SK" not in item


def test_one_object_is_always_one_item() -> None:
    names = {f"tag{n}" for n in range(50)}
    assert codec.encode(replace(THING, strings=names)) == codec.encode(replace(THING, strings=set(sorted(names, reverse=True))))
    assert codec.encode(replace(THING, strings=names))["strings"]["SS"] == sorted(names)


def test_attributes_younger_than_the_item_take_their_default() -> None:
    item = codec.encode(THING)
    del item["extra"]
    assert codec.decode(item).extra == 7


def test_bytes_of_a_stream_event_are_base64() -> None:
    item = codec.encode(THING)
    item["blob"] = {"B": b64encode(b"b").decode()}
    assert codec.decode(item) == THING


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"amount": 1.5}, InvalidValue, r"Thing.amount: takes Decimal, not float"),
        ({"amount": Decimal("NaN")}, InvalidValue, "Thing.amount: NaN is not a number"),
        ({"amount": Decimal("NaN123")}, InvalidValue, "Thing.amount"),
        ({"amount": Decimal("Infinity")}, InvalidValue, "Thing.amount"),
        ({"amount": Decimal("1" * 39)}, InvalidValue, "more than 38 digits"),
        ({"extra": 10**38 + 1}, InvalidValue, "Thing.extra"),
        ({"extra": "7"}, InvalidValue, r"Thing.extra: takes int, not str"),
        ({"extra": 1.0}, InvalidValue, "Thing.extra"),
        ({"secret": "open"}, InvalidValue, r"Thing.secret: takes Secret\[Decimal\], not str$"),
        ({"colour": "red"}, InvalidValue, r"Thing.colour: takes Colour\(red, blue\), not str$"),
        ({"colour": Shade.RED}, InvalidValue, r"Thing.colour: takes Colour\(red, blue\), not Shade$"),
        ({"level": Colour.RED}, InvalidValue, r"Thing.level: takes Level\(1, 2\), not Colour$"),
        ({"colours": {Shade.RED}}, InvalidValue, r"Thing.colours: takes set\[Colour\(red, blue\)\], not set\[Shade\]$"),
        ({"maybe_colour": Shade.RED}, InvalidValue, r"Thing.maybe_colour: takes Colour\(red, blue\) \| None, not Shade$"),
        ({"name": None}, InvalidValue, r"Thing.name: takes str, not None$"),
        ({"plain": Plain(item=1.5)}, InvalidValue, "Thing.plain.item"),  # type: ignore[arg-type]
        ({"addresses": [Address(street="a", tags=7)]}, InvalidValue, "Thing.addresses.tags"),  # type: ignore[arg-type]
        ({"id": ""}, InvalidKey, "Thing.id: a key component cannot be empty: give it a value$"),
        ({"addresses": ["x"]}, InvalidValue, r"Thing.addresses: takes list\[Address\(.*\)\], not list\[str\]$"),
        ({"day": 7, "id": 5}, InvalidValue, r"Thing.id: takes str \(id\), not int$"),
        ({"at": datetime(2025, 1, 1)}, InvalidValue, "Thing.at: .* has no time zone"),
        ({"moments": [datetime(2025, 1, 1)]}, InvalidValue, "Thing.moments: .* has no time zone"),
        ({"extra": True}, InvalidValue, r"Thing.extra: takes int, not bool$"),
        ({"extra": None}, InvalidValue, r"Thing.extra: takes int, not None$"),
        ({"choice": 7}, InvalidValue, r"Thing.choice: takes str, not int$"),
        ({"choice": None}, InvalidValue, r"Thing.choice: takes str, not None$"),
        ({"flag": 1}, InvalidValue, r"Thing.flag: takes bool, not int$"),
        ({"flag": "yes"}, InvalidValue, r"Thing.flag: takes bool, not str$"),
        ({"blob": "text"}, InvalidValue, r"Thing.blob: takes bytes, not str$"),
        ({"day": datetime(2025, 1, 1, tzinfo=UTC)}, InvalidValue, r"Thing.day: takes date, not datetime$"),
        ({"strings": {7}}, InvalidValue, r"Thing.strings: takes set\[str\], not set\[int\]$"),
        ({"strings": "abc"}, InvalidValue, r"Thing.strings: takes set\[str\], not str$"),
        ({"maybe_list": ["a", 7]}, InvalidValue, r"Thing.maybe_list: takes list\[str \| None\] \| None, not list\[str \| int\]$"),
        ({"maybe_list": "abc"}, InvalidValue, r"Thing.maybe_list: takes list\[str \| None\] \| None, not str$"),
        ({"by_name": {7: [1]}}, InvalidValue, r"Thing.by_name: takes dict\[str, list\[int\]\], not dict\[int, list\[int\]\]$"),
        ({"by_name": {"": [1]}}, InvalidValue, "Thing.by_name: a name inside a map has at least one character"),
        ({"number": -1}, InvalidKey, "Thing.number: -1 does not fit"),
    ],
)
def test_what_dynamodb_cannot_hold_is_refused_by_name(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        codec.encode(replace(THING, **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": None}, "Thing.amount: the attribute is missing"),
        ({"amount": {"S": "1"}}, "Thing.amount: the attribute is not of the declared type"),
        ({"amount": {"N": "one"}}, "Thing.amount"),
        ({"colour": {"S": "green"}}, "Thing.colour"),
        ({"day": {"S": "yesterday"}}, "Thing.day"),
        ({"at": {"S": "2025-01-01T00:00:00"}}, "Thing.at: the attribute is not of the declared type"),
        ({"version": None}, "Thing.version: the attribute is missing"),
        ({"addresses": {"L": [{"M": {"note": {"S": "x"}}}]}}, "Thing.addresses.street: the attribute is missing"),
        ({"plain": {"M": {"item": {"N": "x"}}}}, "Thing.plain.item"),
        ({"secret": {"S": "hush"}}, "Thing.secret: the attribute is not of the declared type$"),
    ],
)
def test_an_item_that_does_not_fit_is_refused_by_name(changes: dict[str, Any], message: str) -> None:
    item = {name: value for name, value in {**codec.encode(THING), **changes}.items() if value is not None}
    with pytest.raises(MalformedItem, match=message):
        codec.decode(item)


def test_a_secret_shows_itself_nowhere() -> None:
    thing = replace(THING, maybe_secret=Secret("hush"))
    shown = f"{thing} {thing!r} {thing.maybe_secret} {[thing.maybe_secret]} {thing.maybe_secret!s:>20}"
    assert "Secret('***')" in shown and "hush" not in shown
    with pytest.raises(TypeError):
        json.dumps(thing.maybe_secret)


def test_a_request_does_not_show_the_secret_it_carries() -> None:
    item = codec.encode(replace(THING, maybe_secret=Secret("hush"), secret=Secret(Decimal(12345))))
    assert json.loads(json.dumps(item["maybe_secret"])) == item["maybe_secret"] == {"S": "hush"}
    for shown in (repr(item), str(item), f"{item}", pformat(item), repr(deepcopy(item))):
        assert "hush" not in shown and "12345" not in shown and "THING#1" in shown


@pytest.mark.parametrize(
    "changes", [{"secret": Secret(Decimal("7" * 39))}, {"maybe_secret": Secret(7777777)}, {"secret": Secret(Decimal("Infinity"))}]
)
def test_an_error_does_not_show_the_secret_it_is_about(changes: dict[str, Any]) -> None:
    with pytest.raises(
        InvalidValue, match=r"Thing\.(maybe_)?secret: (the value has no form in DynamoDB|takes Secret\[str\] \| None, not Secret\[int\])$"
    ) as refusal:
        codec.encode(replace(THING, **changes))
    assert refusal.value.__suppress_context__ and "7777777" not in str(refusal.value)


@pytest.mark.parametrize("found", [{"S": "Order"}, {"S": ""}, None, {"N": "1"}, "Thing"])
def test_an_item_of_another_kind_is_refused(found: Any) -> None:
    item = {**codec.encode(THING), "_type": found}
    with pytest.raises(UnknownEntity, match="lies where Thing was expected: another writer put it there") as refusal:
        codec.decode({name: value for name, value in item.items() if value is not None})
    assert refusal.value.details["expected"] == "Thing"
    assert isinstance(refusal.value, MalformedItem)


def test_validation_of_the_class_runs_when_it_is_read() -> None:
    seen: list[str] = []

    @entity(Table(key=Key("PK", "SK")), key=("A#{id}", "A"))
    class Checked:
        id: Id
        at: Timestamp = created()

        def __post_init__(self) -> None:
            seen.append(self.id)

            if not self.id.isdecimal():
                raise ValueError("an id is a number")

    checked = entity_of(Checked).codec
    item = checked.encode(Checked(id="1"))
    checked.decode(item)
    assert seen == ["1", "1"]
    with pytest.raises(MalformedItem, match="^Checked: the class refuses the item with a ValueError$"):
        checked.decode({**item, "id": {"S": "x"}})


def test_an_empty_value_of_an_index_can_be_left_out() -> None:
    optional = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(optional, key=("A#{id}", "A"), GSI1=("TAG#{tag}", "{id}"))
    class Tagged:
        id: Id
        tag: str | None = None

    with pytest.raises(InvalidKey, match=r"Tagged.tag: .*: give it a value, or None to keep the item out of the index$"):
        entity_of(Tagged).codec.encode(Tagged(id="1", tag=""))
