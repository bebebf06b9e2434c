"""How a pattern is used: its own numbers where they are published, else those of its operation, which says whose they are."""

from array import array
from dataclasses import replace

import pytest

from monitoring import Samples
from monitoring.live.question import Question
from monitoring.measures import latency, throttled_requests
from monitoring.recordings import Recording
from monitoring.render.patterns import patterns, said
from monitoring.render.usage import uses
from monitoring.scenarios import named as known
from tests.monitoring.conftest import pattern, stack_of
from tests.monitoring.render.conftest import minute, view_of


@pytest.fixture
def stack():
    return known(stack_of())


def view_with(watched, stack, samples):
    return replace(view_of(watched, samples), stack=stack)


def recorded(stack, samples, metric, value, count=1, namespace="AWS/DynamoDB", **dimensions):
    for number in range(60):
        samples.record(namespace, metric, {"TableName": stack.table.name, **dimensions}, minute(number), value, count)


def by_name(watched, stack, samples):
    return {use.pattern.name: use for use in uses(view_with(watched, stack, samples))}


def test_numbers_of_an_operation_say_who_shares_them(watched, stack) -> None:
    samples = Samples()
    recorded(stack, samples, "SuccessfulRequestLatency", 6.0, 120, Operation="Query")
    recorded(stack, samples, "SuccessfulRequestLatency", 4.0, 30, Operation="GetItem")
    recorded(stack, samples, "ThrottledRequests", 1.0, 2, Operation="Query")
    used = by_name(watched, stack, samples)
    query = used["list_orders"]
    assert (query.calls.newest, query.latency.newest, query.shared_with) == (2.0, 6.0, ("find_order",))
    assert query.refusals == 120
    assert query.units is None
    alone = used["find_user"]
    assert (alone.calls.newest, alone.shared_with, alone.refusals) == (0.5, (), 0)


def test_a_pattern_has_its_own_numbers_where_they_are_published(watched, stack) -> None:
    samples = Samples()
    recorded(stack, samples, "SuccessfulRequestLatency", 6.0, 120, Operation="Query")
    recorded(stack, samples, "Latency", 9.0, 60, "SingleTable", Pattern="list_orders")
    recorded(stack, samples, "ReadUnits", 90.0, 1, "SingleTable", Pattern="list_orders")
    used = by_name(watched, stack, samples)
    exact = used["list_orders"]
    assert (exact.calls.newest, exact.latency.newest, exact.shared_with) == (1.0, 9.0, ())
    assert exact.units is not None
    assert exact.units[0].newest == 1.5 and exact.units[1].is_quiet
    assert used["find_order"].calls.newest == 2.0


def test_without_traffic_there_is_no_latency_and_not_0_ms(watched, stack) -> None:
    use = by_name(watched, stack, Samples())["find_user"]
    assert (use.calls.newest, use.latency.newest, use.refusals, use.is_slow) == (None, None, 0, False)


def test_the_answer_names_who_is_refused(watched, stack) -> None:
    samples = Samples()
    assert said(uses(view_with(watched, stack, samples))) == "None is refused, none is slow."
    recorded(stack, samples, "ThrottledRequests", 1.0, 2, Operation="UpdateItem")
    assert said(uses(view_with(watched, stack, samples))) == "set_order_status was refused."
    recorded(stack, samples, "ThrottledRequests", 1.0, 2, Operation="Query")
    assert said(uses(view_with(watched, stack, samples))) == (
        "find_order, list_orders, set_order_status were refused, or others that use the same operation."
    )


def test_those_in_trouble_are_read_first(watched, stack) -> None:
    samples = Samples()
    recorded(stack, samples, "ThrottledRequests", 1.0, 2, Operation="UpdateItem")
    names = [use.pattern.name for use in uses(view_with(watched, stack, samples))]
    assert names == ["set_order_status", "find_user", "find_order", "list_orders", "place_order"]


def test_a_row_is_text_and_never_markup(watched) -> None:
    odd = known(stack_of((pattern("find_user", "<script>alert(1)</script>", "one", ("GetItem",), entities=("User",)),)))
    view = view_with(watched, odd, Samples())
    assert "<script>" not in patterns(uses(view), view)


def recording_of(stack, *questions):
    zeros = array("d", [0.0]) * 60
    return Recording(stack, minute(0), minute(60), dict.fromkeys(questions, zeros))


def publishing(stack):
    return replace(stack, functions=tuple(replace(each, pattern_metrics=True) for each in stack.functions))


def test_a_recording_without_patterns_shows_their_operations(watched, stack) -> None:
    table = stack.table.name
    metrics = [
        metric
        for operation in ("GetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems")
        for metric in (latency(table, operation, "SampleCount"), latency(table, operation), throttled_requests(table, operation))
    ]
    recording = recording_of(stack, *map(Question.of, metrics))
    used = by_name(watched, publishing(stack), recording)
    assert used["list_orders"].shared_with == ("find_order",)
    assert said(tuple(used.values())) == "None is refused, none is slow."


def test_what_was_not_recorded_is_unknown_and_not_fine(watched, stack) -> None:
    view = view_with(watched, publishing(stack), recording_of(stack))
    assert said(uses(view)) == "Unknown: this recording holds nothing of patterns and operations."
    assert ">0</b>" not in patterns(uses(view), view)
    metrics = (latency(stack.table.name, "GetItem", "SampleCount"), throttled_requests(stack.table.name, "GetItem"))
    some = view_with(watched, stack, recording_of(stack, *map(Question.of, metrics)))
    assert said(uses(some)) == "Of find_order, list_orders, place_order and 1 more nothing was recorded."


def test_numbers_that_others_share_are_no_alarm_of_a_pattern(watched, stack) -> None:
    samples = Samples()
    recorded(stack, samples, "ThrottledRequests", 1.0, 2, Operation="Query")
    shared = view_with(watched, stack, samples)
    assert 'class="bad"' not in patterns(uses(shared), shared)
    recorded(stack, samples, "ThrottledRequests", 1.0, 2, Operation="UpdateItem")
    own = view_with(watched, stack, samples)
    assert patterns(uses(own), own).count('class="bad"') == 1


def test_a_column_without_anything_is_not_drawn(watched, stack) -> None:
    view = view_with(watched, stack, Samples())
    drawn = patterns(uses(view), view)
    assert "Units per call" not in drawn
    assert ("Expected/s" in drawn) is any(use.pattern.rate_per_second is not None for use in uses(view))
    samples = Samples()
    recorded(stack, samples, "Latency", 9.0, 60, "SingleTable", Pattern="list_orders")
    measured = view_with(watched, stack, samples)
    assert "Units per call" in patterns(uses(measured), measured)
