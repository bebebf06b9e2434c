"""The first step of a throttled table is that of the cause which is measured, until an alarm of the cause says it."""

import pytest

from monitoring import Samples
from monitoring.backtest.given import generated
from monitoring.backtest.replay import Change
from monitoring.measures import throttle_events
from monitoring.recipes.causes import REASONS
from monitoring.render.advice import next_step
from monitoring.render.consequences import in_order
from monitoring.render.playback import known_dashboard
from monitoring.render.told import Told
from monitoring.render.view import View
from monitoring.scenarios import named
from tests.monitoring.conftest import stack_of
from tests.monitoring.render.conftest import minute


def advised(part: str, *causes: tuple[str, str | None, int]) -> tuple[str, str]:
    """What is advised of the alarm that is open, and what its description says. causes: cause, index, events."""
    stack = named(stack_of())
    made = generated(stack)
    samples = Samples()
    for cause, index, events in causes:
        metric = throttle_events(stack.table.name, "Write", index=index, cause=cause)
        samples.record(metric.namespace, metric.name, dict(metric.dimensions), minute(30), 1, events)
    alarm = next(each for each in made.metric if part in each.name)
    dashboard = known_dashboard(stack, made.metric, made.composite)
    history = [Change(minute(31), alarm.name, "OK", "ALARM")]
    view = View.of("shop", dashboard, made.metric, samples, history, start=minute(0), end=minute(60), stack=stack)
    (traced,) = in_order(view)
    return next_step(traced, view), Told.of(alarm.description).next_step


@pytest.mark.parametrize("part", ["page: the table is throttled", "page: requests to the table are refused"])
def test_the_cause_that_is_measured_most_is_advised(part: str) -> None:
    step, _ = advised(part, ("AccountLimit", None, 2), ("KeyRangeThroughput", None, 40))
    assert step == f"The table: one key range got more than a partition serves, so {REASONS['KeyRangeThroughput'].next_step}"


def test_what_an_index_throttles_is_no_advice_for_the_table() -> None:
    step, described = advised("page: the table is throttled", ("KeyRangeThroughput", "GSI1", 40))
    assert step == described


def test_an_index_is_called_by_its_name() -> None:
    step, _ = advised("page: GSI1 is throttled", ("AccountLimit", "GSI1", 40))
    assert step.startswith("GSI1: the account's quota for one table was reached, so ")


def test_an_alarm_with_one_step_keeps_it() -> None:
    step, described = advised("ticket: Query is slow", ("KeyRangeThroughput", None, 40))
    assert step == described
