"""Mute windows: the documented syntax of their schedules, when they are open, and what PutAlarmMuteRule takes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring import MonitoringError
from monitoring.mute import MOST_ALARMS, MuteRule, MuteWindow, mute_rules, muted

MODEL = botocore.session.get_session().get_service_model("cloudwatch")


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("expression", "inside", "outside"),
    [
        ("cron(0 2 * * *)", ["2026-03-02T02:00", "2026-03-07T05:59"], ["2026-03-02T01:59", "2026-03-02T06:00"]),
        ("cron(0 2 * * SUN)", ["2026-03-01T03:00"], ["2026-03-02T03:00", "2026-02-28T03:00"]),
        ("cron(0 1 1 * *)", ["2026-04-01T04:59"], ["2026-04-02T01:00", "2026-03-31T01:00"]),
        ("cron(0 18 * * FRI)", ["2026-03-06T18:00"], ["2026-03-05T18:00"]),
        ("cron(0 23 * * *)", ["2026-03-06T23:00", "2026-03-07T02:59"], ["2026-03-07T03:00"]),
        ("cron(0,30 9-10 * * MON-FRI)", ["2026-03-06T09:00", "2026-03-06T14:29"], ["2026-03-06T14:30", "2026-03-07T09:00"]),
        ("cron(0 0 * JAN,JUL *)", ["2026-01-05T00:00", "2026-07-31T01:00"], ["2026-02-05T00:00"]),
        ("cron(0 0 * 2 *)", ["2026-02-05T00:00"], ["2026-01-05T00:00"]),
        ("at(2024-05-10T14:00)", ["2024-05-10T14:00", "2024-05-10T17:59"], ["2024-05-10T13:59", "2024-05-10T18:00", "2025-05-10T14:00"]),
    ],
)
def test_when_a_window_of_four_hours_is_open(expression: str, inside: list[str], outside: list[str]) -> None:
    """The first five and the last are examples of the API's own documentation."""
    window = MuteWindow(expression, "PT4H")
    assert [text for text in inside if not muted(window, at(text))] == []
    assert [text for text in outside if muted(window, at(text))] == []


def some(least: int, most: int) -> st.SearchStrategy[str]:
    """A field of a cron expression: everything, a list, or a range."""
    number = st.integers(least, most)
    lists = st.lists(number, min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))
    return st.just("*") | lists | st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")


def values(field: str, least: int, most: int) -> set[int]:
    """Another reading of the same field, to compare with."""
    if field == "*":
        return set(range(least, most + 1))
    ends = [item.split("-") for item in field.split(",")]
    return {value for each in ends for value in range(int(each[0]), int(each[-1]) + 1)}


@settings(max_examples=150, deadline=None)
@given(
    minute=some(0, 59),
    hour=some(0, 23),
    day=some(1, 31),
    month=some(1, 12),
    length=st.integers(1, 2880),
    moment=st.datetimes(datetime(2026, 1, 3), datetime(2027, 12, 31)).map(lambda found: found.replace(second=0, microsecond=0, tzinfo=UTC)),
)
def test_a_window_is_open_where_a_start_lies_within_its_duration_before(
    minute: str, hour: str, day: str, month: str, length: int, moment: datetime
) -> None:
    """Found by looking at each minute, from now back to the length of the window."""
    minutes, hours, days, months = values(minute, 0, 59), values(hour, 0, 23), values(day, 1, 31), values(month, 1, 12)
    starts = (moment - timedelta(minutes=back) for back in range(length))
    expected = any(each.minute in minutes and each.hour in hours and each.day in days and each.month in months for each in starts)
    assert muted(MuteWindow(f"cron({minute} {hour} {day} {month} *)", f"PT{length}M"), moment) == expected


def test_a_weekend_from_friday_evening_to_monday_morning() -> None:
    """The documentation's example of P2DT12H."""
    window = MuteWindow("cron(0 18 * * FRI)", "P2DT12H")
    assert muted(window, at("2026-03-06T18:00")) and muted(window, at("2026-03-09T05:59"))
    assert not muted(window, at("2026-03-09T06:00")) and not muted(window, at("2026-03-06T17:59"))


def test_the_time_zone_is_the_rule_s() -> None:
    window = MuteWindow("cron(0 2 * * *)", "PT1H", timezone="Asia/Tokyo")
    assert muted(window, at("2026-03-01T17:00")) and not muted(window, at("2026-03-02T02:30"))
    assert muted(window, at("2026-03-02T02:30", "Asia/Tokyo"))
    once = MuteWindow("at(2026-12-23T00:00)", "PT1H", timezone="America/New_York")
    assert muted(once, at("2026-12-23T05:30")) and not muted(once, at("2026-12-23T00:30"))


def test_a_window_lasts_as_long_as_it_says_while_clocks_are_changed() -> None:
    """In London the clock jumps from 1:00 to 2:00 on 29 March 2026, at 1:00 UTC."""
    window = MuteWindow("cron(0 0 * * *)", "PT3H", timezone="Europe/London")
    assert muted(window, at("2026-03-29T02:59")) and not muted(window, at("2026-03-29T03:00"))


def test_the_longest_window_is_open_for_fifteen_days() -> None:
    window, start = MuteWindow("cron(0 6 1 * *)", "P15D"), at("2026-05-01T06:00")
    assert muted(window, start + timedelta(days=15) - timedelta(minutes=1)) and not muted(window, start + timedelta(days=15))


def test_a_recurring_window_counts_between_begin_and_expiry() -> None:
    window = MuteWindow("cron(0 2 * * *)", "PT4H", begins=at("2026-04-15T08:00"), expires=at("2026-05-01T04:00"))
    assert not muted(window, at("2026-04-15T03:00")) and muted(window, at("2026-04-16T03:00"))
    assert muted(window, at("2026-05-01T03:59")) and not muted(window, at("2026-05-01T04:00"))


@pytest.mark.parametrize(
    ("expression", "duration", "message"),
    [
        ("rate(1 hour)", "PT1H", "'rate(1 hour)' is neither cron(...), such as cron(0 2 * * SUN), nor at(...)"),
        ("cron(0 2 * *)", "PT1H", "cron(0 2 * *) has 4 fields; it takes 5: minutes, hours, day of the month, month, day of the week"),
        ("cron(60 2 * * *)", "PT1H", "the minutes is '60'; it takes 0 to 59, *, a-b and a,b"),
        ("cron(*/5 2 * * *)", "PT1H", "the minutes is '*/5'"),
        ("cron(0 2 ? * *)", "PT1H", "the day of the month is '?'"),
        ("cron(0 2 * * 1)", "PT1H", "the day of the week is '1'; it takes SUN to SAT, *, a-b and a,b"),
        ("cron(0 2 * * FRI-MON)", "PT1H", "FRI-MON runs backwards; give two ranges"),
        ("cron(0 2 1 * SUN)", "PT1H", "names a day of the month and a day of the week; which of them counts is not documented"),
        ("at(2026-02-30T00:00)", "PT1H", "at(2026-02-30T00:00): give a date and a time that exist"),
        ("cron(0 2 * * *)", "PT0M", "the duration 'PT0M': give PT1M to P15D"),
        ("cron(0 2 * * *)", "P15DT1M", "the duration 'P15DT1M'"),
        ("cron(0 2 * * *)", "4h", "the duration '4h'"),
        ("cron(0 2 * * *)", "P", "the duration 'P'"),
        (f"cron({'0,' * 140}0 2 * * *)", "PT1H", "an expression of 295 characters; at most 256"),
    ],
)
def test_what_is_no_window(expression: str, duration: str, message: str) -> None:
    with pytest.raises(MonitoringError) as caught:
        MuteWindow(expression, duration)
    assert caught.value.code == "invalid-schedule"
    assert message in str(caught.value)


def test_other_windows_that_make_no_sense() -> None:
    with pytest.raises(MonitoringError, match="there is no time zone 'Europe/Atlantis': give one such as UTC or Europe/London"):
        MuteWindow("cron(0 2 * * *)", "PT1H", timezone="Europe/Atlantis")
    with pytest.raises(MonitoringError, match="happens once: it takes neither begins nor expires"):
        MuteWindow("at(2026-12-23T00:00)", "PT1H", expires=at("2026-12-24T00:00"))
    with pytest.raises(MonitoringError, match="begins and expires need a time zone, and full minutes"):
        MuteWindow("cron(0 2 * * *)", "PT1H", begins=datetime(2026, 1, 1))
    with pytest.raises(MonitoringError, match="before it begins"):
        MuteWindow("cron(0 2 * * *)", "PT1H", begins=at("2026-01-02T00:00"), expires=at("2026-01-01T00:00"))
    with pytest.raises(MonitoringError, match="a time without a zone is no time"):
        muted(MuteWindow("cron(0 2 * * *)", "PT1H"), datetime(2026, 1, 1))


def test_rules_are_split_at_a_hundred_alarms() -> None:
    weekly, once = MuteWindow("cron(0 2 * * SUN)", "PT4H", reason="weekly"), MuteWindow("at(2026-12-23T00:00)", "P7D")
    names = [f"shop-dev page: alarm {number}" for number in range(2 * MOST_ALARMS + 1)]
    rules = mute_rules("shop-dev", [weekly, once], names)
    assert [(rule.name, rule.window, len(rule.alarms)) for rule in rules] == [
        ("shop-dev quiet 1", weekly, 100),
        ("shop-dev quiet 2", weekly, 100),
        ("shop-dev quiet 3", weekly, 1),
        ("shop-dev quiet 4", once, 100),
        ("shop-dev quiet 5", once, 100),
        ("shop-dev quiet 6", once, 1),
    ]
    assert [name for rule in rules[:3] for name in rule.alarms] == names
    with pytest.raises(MonitoringError, match="101 alarms; a rule takes 1 to 100"):
        MuteRule("rule", weekly, tuple(names[:101]))


def test_the_request_is_what_the_service_takes_and_reads_back() -> None:
    window = MuteWindow(
        "cron(0 2 * * SUN)",
        "PT4H",
        timezone="Europe/Berlin",
        begins=datetime(2026, 4, 15, 8, tzinfo=UTC),
        expires=datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
        reason="weekly maintenance",
    )
    [rule] = mute_rules("shop-dev", [window], ["shop-dev page: GSI1 is throttled"])
    sent = rule.request()
    assert sent == {
        "Name": "shop-dev quiet 1",
        "Description": "weekly maintenance",
        "Rule": {"Schedule": {"Expression": "cron(0 2 * * SUN)", "Duration": "PT4H", "Timezone": "Europe/Berlin"}},
        "MuteTargets": {"AlarmNames": ["shop-dev page: GSI1 is throttled"]},
        "StartDate": "2026-04-15T08:00:00Z",
        "ExpireDate": "2026-12-31T23:59:00Z",
    }
    report = ParamValidator().validate(sent, MODEL.operation_model("PutAlarmMuteRule").input_shape)
    assert not report.has_errors(), report.generate_report()
    assert MuteRule.from_request(sent) == rule
