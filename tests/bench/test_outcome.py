"""What the bench says of a comparison; how long things take is asserted by `make bench`, not by the tests."""

from datetime import timedelta

import pytest

from monitoring.backtest import generated, replay
from monitoring.scenarios import SCENARIOS, play
from tests.bench import backtests, charts
from tests.bench.__main__ import as_data, line
from tests.bench.outcome import Outcome, timed


@pytest.mark.parametrize(
    ("ours", "same", "kept"), [(0.5, True, True), (0.5, None, True), (0.5, False, False), (1.0, True, False)]
)  # fmt: skip
def test_a_promise_is_kept_by_speed_and_equal_results(ours, same, kept):
    outcome = Outcome("work", ours, 1.0, 2, "a note", same)
    assert outcome.kept is kept
    assert ("NOT AS PROMISED" in line(outcome)) is not kept
    assert as_data(outcome)["kept"] is kept


@pytest.mark.parametrize(
    ("least", "said"), [(2, "  2.0 times as fast, promised 2"), (1 / 1.2, "  0.50 times as long, promised at most 1.2")]
)  # fmt: skip
def test_a_ratio_is_said_in_the_direction_of_its_promise(least, said):
    assert said in line(Outcome("work", 0.5, 1.0, least, "a note"))


def test_what_takes_longer_than_it_may_is_not_as_promised():
    assert Outcome("work", 1.2, 1.0, 1 / 1.25, "a note").kept
    assert not Outcome("work", 1.3, 1.0, 1 / 1.25, "a note").kept


def test_the_fastest_run_and_the_last_result_count():
    runs = iter([3, 1, 2])
    result, seconds = timed(lambda: next(runs), times=3)
    assert result == 2
    assert 0 <= seconds < 1


def test_the_straightforward_loop_and_the_replay_agree_on_the_stack_that_is_measured():
    played = play(SCENARIOS["gsi-backpressure"], backtests.large_stack(), backtests.START)
    alarms = list(generated(played.stack).metric)
    assert len(alarms) >= backtests.ALARMS
    begin = played.incident[0]
    end = begin + timedelta(minutes=15)
    changes = backtests.reference(alarms, played.samples, begin, end)
    assert changes
    assert replay(alarms, [], played.samples, begin, end) == changes


def test_both_draw_the_same_charts_with_all_their_lines():
    view, chosen = charts.drawn()
    assert len(chosen) == charts.CHARTS
    chart = next(each for each in chosen if not each.stacked and len(each.lines) > 1)
    ours, theirs = charts.chart_svg(chart, view, charts.HEIGHT, charts.WIDTH), charts.with_matplotlib(chart, view).decode()
    assert ours.startswith("<svg")
    assert "</svg>" in theirs
    assert all(line.label in theirs for line in chart.lines)
