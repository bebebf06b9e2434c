"""What is told of a backtest: the same for people and for programs."""

from datetime import timedelta

import pytest

from monitoring.backtest import Alarms, Report, advise, backtest
from monitoring.backtest.report import long
from tests.monitoring.backtest.test_observed import PAGE, observed_of


@pytest.fixture
def result():
    """Ten hours from nine o'clock: noticed after six minutes, not noticed, and one page for nothing."""
    values = [0.0] * 600
    values[105] = values[500] = 20.0
    return backtest(observed_of(values, (100, 110), (400, 410)), Alarms((PAGE,)))


def test_each_incident_has_its_own_line(result):
    lines = Report((result,)).text().splitlines()
    assert lines[1] == "  measured 02 Mar 09:00 to 02 Mar 19:00 (10 h), 2 incidents"
    assert lines[2].endswith("10:46, after 6 min; cleared 10:47")
    assert lines[3].endswith("17:21, for nothing; cleared 17:22")
    assert lines[4:7] == [
        "  02 Mar 10:40 100: first page after 6 min",
        "  02 Mar 15:40 400: no alarm notices it",
        f"  noise: {timedelta(days=7) / result.observed.quiet:.1f} pages a week",
    ]


def test_without_a_named_incident_nothing_is_called_needless():
    values = [0.0] * 600
    values[105] = 20.0
    text = Report((backtest(observed_of(values), Alarms((PAGE,))),)).text()
    assert "10:46, outside of any named incident; cleared 10:47" in text
    assert "no incident was named, so nobody can say what fired for nothing: give --incident START/END" in text
    assert "no incident named\n" in text


def test_programs_are_told_the_same(result):
    [told] = Report((result,)).to_dict()["results"]
    assert [(each["label"], each["minutes_to_detect"]["page"]) for each in told["incidents"]] == [("100", 6), ("400", None)]
    assert [each["after_minutes"] for each in told["alarms"]] == [6, None]


def test_what_was_not_asked_for_is_not_there(result):
    told = Report((result,)).to_dict()
    assert {told[name] for name in ("covered", "contradictions", "departures", "advice")} == {None}
    text = Report((result,)).text()
    assert not any(word in text for word in ("reading", "history", "options", "coverage"))


def test_readings_and_history_that_agree_are_said_to(result):
    text = Report((result,), contradictions={}, departures={}).text()
    assert "both readings of missing data agree\n" in text
    assert "CloudWatch's own history says the same\n" in text


def test_where_they_differ_is_named(result):
    report = Report((result,), contradictions={"shop": (PAGE,)}, departures={PAGE.name: (2, 1)})
    assert "shop: fires at other times when missing data is read as configured: page: value\n" in report.text()
    assert "CloudWatch's own history differs: page: value: 2 firings only there, 1 only here\n" in report.text()
    assert report.to_dict()["contradictions"] == {"shop": [PAGE.name]}
    assert report.to_dict()["departures"] == {PAGE.name: {"only_history": 2, "only_evaluated": 1}}


def test_thresholds_are_told_with_what_they_stand_on(result):
    report = Report((result,), advice=advise(result, most_per_week=0))
    [line] = [line for line in report.text().splitlines() if "now 10" in line]
    assert "from 20: 0.0 a week, percentile 100 of 1 points, few" in line
    assert "no options yet: it takes 7 days and 1,000 points" in report.text()
    assert report.to_dict()["advice"]["suggestions"][0]["suggested"] == 20.0


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(), "0 min"),
        (timedelta(minutes=7), "7 min"),
        (timedelta(hours=6, minutes=47), "6 h 47 min"),
        (timedelta(days=14), "14 d"),
        (timedelta(days=1, minutes=1), "1 d 1 min"),
    ],
)
def test_spans_are_spelled(span, said):
    assert long(span) == said
