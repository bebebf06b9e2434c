"""Simulated time stands still until it is moved, and never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from local.clock import Clock

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_it_moves_by_a_tick_or_by_what_is_asked() -> None:
    clock = Clock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance() == START + timedelta(minutes=1)
    assert clock.advance(timedelta(seconds=5)) == clock.now() == START + timedelta(seconds=65)
    assert clock.start == START


def test_it_is_in_utc_wherever_it_was_started() -> None:
    assert Clock(START.astimezone(timezone(timedelta(hours=2)))).now().isoformat() == "2026-03-02T14:00:00+00:00"


def test_it_never_goes_back_and_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time does not go back: -1 day, 23:59:59"):
        Clock(START).advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="a clock starts at a time with a zone, 2026-03-02T14:00:00 has none"):
        Clock(START.replace(tzinfo=None))
