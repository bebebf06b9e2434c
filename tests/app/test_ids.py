"""Identifiers against RFC 9562, read back by the standard library."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ids import new_id
from singletable import InvalidValue

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))
NOISE = st.binary(min_size=10, max_size=10)


@given(MOMENTS, NOISE)
def test_an_id_is_a_version_7_uuid_of_its_millisecond(at: datetime, noise: bytes) -> None:
    text = new_id(at, lambda size: noise[:size])
    uuid = UUID(text)
    assert (str(uuid), uuid.version, uuid.variant) == (text, 7, RFC_4122)
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert uuid.int >> 80 == milliseconds


@given(MOMENTS, MOMENTS, NOISE, NOISE)
def test_ids_sort_by_time(one: datetime, other: datetime, noise: bytes, other_noise: bytes) -> None:
    ids = [(new_id(at, lambda size, noise=noise: noise[:size]), at) for at, noise in ((one, noise), (other, other_noise))]
    earlier, later = sorted(ids)
    assert earlier[1] <= later[1] or abs(earlier[1] - later[1]) < timedelta(milliseconds=1)


@given(NOISE, NOISE)
def test_74_bits_are_random(noise: bytes, other: bytes) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    shared = (1 << 74) - 1
    equal = int.from_bytes(noise) & shared == int.from_bytes(other) & shared
    assert (new_id(at, lambda _: noise) == new_id(at, lambda _: other)) == equal


def test_the_time_zone_does_not_matter_but_must_be_known() -> None:
    at = datetime(2025, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert new_id(at, bytes) == new_id(at.astimezone(UTC), bytes)
    with pytest.raises(InvalidValue, match="has no time zone"):
        new_id(datetime(2025, 6, 1), bytes)
