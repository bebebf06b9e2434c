"""A played incident has a cause that is known: the explanation has to find it, with numbers that add up."""

from datetime import UTC, datetime, timedelta

import pytest

from app import api, model, order_events
from monitoring import FunctionSubject, Ref, Samples, Stack, StreamSubject, TableSubject
from monitoring.explain import Context, Explanation, Key, explain
from monitoring.measures import throttle_events
from monitoring.runbooks import runbook_of
from monitoring.scenarios import SCENARIOS, Played, play
from singletable.definition import definition_of

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

CAUSES = {
    "launch-spike": "hot-key-range",
    "hot-partition": "hot-key-range",
    "gsi-backpressure": "hot-key-range",
    "on-demand-cap": "ceiling-reached",
    "provisioned-exhausted": "provisioned-exceeded",
    "account-limit": "account-limit",
    "stream-stall": "stream-very-late",
    "poison-record": "failure-queue",
    "lost-records": "records-lost",
    "regional-errors": "system-errors",
    "silent-death": "stream-silent",
    "conditional-storm": "conditions-fail",
    "contended-item": "transaction-conflicts",
    "slow-callee": "function-near-timeout",
}
"""Scenario -> the recipe of what is played in it, by the scenario's own title and not by what is computed."""


def shop() -> Stack:
    consumer = "order-events"
    return Stack(
        "shop",
        "dev",
        Ref("region"),
        TableSubject(model.table.definition()),
        (
            FunctionSubject("api", Ref("function:api"), 20, tuple(map(definition_of, api.patterns)), http=True),
            FunctionSubject(consumer, Ref(f"function:{consumer}"), 30, tuple(map(definition_of, order_events.patterns))),
        ),
        (StreamSubject(consumer, Ref(f"mapping:{consumer}"), Ref(f"queue:{consumer}")),),
    )


def at_the_end(name: str, context: Context | None = None) -> tuple[Played, Explanation]:
    played = play(SCENARIOS[name], shop(), START)
    end = played.incident[1] if played.incident else played.end
    return played, explain(played.stack, played.samples, max(played.start, end - timedelta(hours=3)), end, context)


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_found(name: str) -> None:
    assert name in SCENARIOS
    _, found = at_the_end(name)
    assert found.recipe == CAUSES[name]
    runbook = runbook_of(CAUSES[name])
    assert runbook is not None
    assert found.steps == runbook.steps
    assert found.next_step


@pytest.mark.parametrize("name", ["steady", "deploy"])
def test_nothing_is_wrong(name: str) -> None:
    _, found = at_the_end(name)
    assert found.recipe is None
    assert found.others == ()


def test_what_an_index_refused_is_counted_and_told_with_those_who_write_its_entries() -> None:
    played, found = at_the_end("gsi-backpressure")
    writes = throttle_events(played.stack.table.name, "Write", index="GSI1", cause="KeyRangeThroughput")
    refused = played.samples.statistics(writes, played.start, played.end)
    told = " ".join(found.sentences)
    assert found.headline.startswith("GSI1 is throttled")
    assert f"{sum(refused.values()):,.0f} entries" in told
    assert f"{max(refused.values()):,.0f} in a minute" in told
    touching = [pattern.name for pattern in played.stack.patterns if "GSI1" in pattern.touches]
    assert touching[0] in told
    assert "list_category_products" not in told, "a reader of the index is not held back by its writes"


def test_the_other_alarms_of_the_incident_are_named() -> None:
    _, found = at_the_end("gsi-backpressure")
    assert {"index-throttles", "refused-requests", "failed-requests"} <= {spell.alarm.recipe for spell in found.others}


def test_the_busiest_key_is_told_by_what_it_means() -> None:
    key = Key("CATEGORY#Beverages", "GSI1", ("Product",), "CATEGORY#{category}", ("add_product",), 0.83)
    other = Key("USER#u1", None, ("User",), "USER#{id}", (), 0.5)
    _, found = at_the_end("gsi-backpressure", Context(keys=(other, key)))
    told = " ".join(found.sentences)
    assert (
        "The busiest key of GSI1 is CATEGORY#Beverages: Product by CATEGORY#{category}, 83% of what was counted, used by add_product."
        in told
    )
    assert found.keys == (key,)


def test_why_nobody_counted() -> None:
    _, found = at_the_end("hot-partition", Context(keys=(), uncounted="Contributor Insights is off for the table"))
    assert "Nobody counted which key it is (Contributor Insights is off for the table)." in found.sentences


def changes_told(changed: dict[str, datetime]) -> list[str]:
    _, found = at_the_end("hot-partition", Context(changed=changed))
    return [each for each in found.sentences if "hanged" in each]


def test_a_change_shortly_before_is_named_and_an_old_one_is_not() -> None:
    played, _ = at_the_end("hot-partition")
    assert played.incident
    shortly, long_ago = played.incident[0] - timedelta(minutes=10), played.incident[0] - timedelta(days=2)
    [sentence] = changes_told({"api": shortly, "order-events": long_ago})
    assert f"api at {shortly:%H:%M}" in sentence
    assert "order-events" not in sentence
    assert changes_told({"order-events": long_ago}) == ["No function was changed in the 2 hours before."]


def test_a_mend_during_the_incident_does_not_prove_that_nothing_was_changed_before_it() -> None:
    """Lambda knows the last change only (API reference, FunctionConfiguration: LastModified)."""
    played, _ = at_the_end("hot-partition")
    assert played.incident
    mended = played.incident[1] - timedelta(minutes=2)
    [sentence] = changes_told({"api": mended})
    assert f"Changed since then, code or configuration: api at {mended:%H:%M}" in sentence


def test_where_nothing_was_measured_nobody_says_that_all_is_well() -> None:
    stack = play(SCENARIOS["steady"], shop(), START).stack
    found = explain(stack, Samples(), START, START + timedelta(hours=1))
    assert (found.recipe, found.headline) == (None, "Nothing was measured")


def test_an_old_throttling_does_not_explain_what_is_open_now() -> None:
    """The queue of what was given up fills an hour after the throttling of an index is over."""
    played = play(SCENARIOS["gsi-backpressure"], shop(), START)
    assert played.incident
    [stream] = played.stack.streams
    for minute in range(3):
        at = played.end - timedelta(minutes=minute + 1)
        played.samples.record("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": str(stream.queue)}, at, 1.0)
    found = explain(played.stack, played.samples, played.start, played.end)
    assert found.recipe == "failure-queue"
    assert "index-throttles" in {spell.alarm.recipe for spell in found.others}


def test_what_is_over_is_explained_too() -> None:
    played = play(SCENARIOS["gsi-backpressure"], shop(), START)
    found = explain(played.stack, played.samples, played.start, played.end)
    assert found.recipe == "hot-key-range"
    assert all(spell.until for spell in found.others)
    assert played.incident
    assert f"to {played.incident[1]:%H:%M} UTC" in found.sentences[0]
