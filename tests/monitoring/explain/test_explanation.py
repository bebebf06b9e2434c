"""A played incident has a cause that is known: the explanation has to find it, with numbers that add up."""

from datetime import UTC, datetime, timedelta

import pytest

from app import api, model, order_events
from monitoring import FunctionSubject, Ref, Samples, Stack, StreamSubject, TableSubject
from monitoring.explain import Context, Counted, Explanation, Key, explain
from monitoring.explain.counted import By
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
    assert found.steps
    assert {step.replace(" shop", " TABLE") for step in found.steps} <= set(runbook.steps)
    assert not [step for step in found.steps if "monitoring explain" in step], "the reader has just done that"
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


def counting(*keys: Key, why: str = "", by: tuple[tuple[str | None, By], ...] = ()) -> Context:
    return Context(busiest=lambda _since, _until: Counted(keys, why, by))


def beverages(share: float) -> Key:
    return Key("CATEGORY#Beverages", "GSI1", ("Product",), "CATEGORY#{category}", ("add_product",), share)


def test_a_key_that_stands_out_is_told_by_what_it_means_and_is_the_next_step() -> None:
    other = Key("USER#u1", None, ("User",), "USER#{id}", (), 0.9)
    _, found = at_the_end("gsi-backpressure", counting(other, beverages(0.83), by=(("GSI1", "refusals"),)))
    told = " ".join(found.sentences)
    assert (
        "CATEGORY#Beverages: Product by CATEGORY#{category}, 83% of the refusals that was counted there in that time, used by add_product"
        in told
    )
    assert found.key == beverages(0.83)
    assert found.next_step.startswith("Spread CATEGORY#{category} over several partition keys, or slow down add_product.")
    assert "USER#u1" not in told, "a key of the table says nothing of the index"


def test_a_key_with_a_small_share_is_not_accused() -> None:
    _, found = at_the_end("gsi-backpressure", counting(beverages(0.05), by=(("GSI1", "use"),)))
    told = " ".join(found.sentences)
    assert "CATEGORY#Beverages" not in told
    assert "No key stands out in what was counted there in that time: the busiest has 5%." in told
    assert found.key is None


def test_keys_are_counted_in_the_time_of_the_throttling_only() -> None:
    asked: list[tuple[datetime, datetime]] = []

    def busiest(since: datetime, until: datetime) -> Counted:
        asked.append((since, until))
        return Counted()

    played, _ = at_the_end("gsi-backpressure", Context(busiest=busiest))
    assert played.incident
    assert asked == [played.incident]


def test_why_nobody_counted() -> None:
    _, found = at_the_end("hot-partition", counting(why="Contributor Insights is off for the table"))
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
    assert "index-throttles" in {spell.alarm.recipe for spell in (*found.others, *found.earlier)}


def again(name: str, place: str | None, minutes: int) -> tuple[Played, datetime]:
    """The incident of a scenario, and an hour later some minutes of writes refused elsewhere."""
    played = play(SCENARIOS[name], shop(), START)
    table = played.stack.table.name
    begin = played.end + timedelta(hours=1)
    for minute in range(int((begin - played.end) / timedelta(minutes=1)) + minutes):
        at = played.end + timedelta(minutes=minute)
        played.samples.record("AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": str(table)}, at, 5.0)
        if at >= begin:
            for each in ("WriteThrottleEvents", "WriteKeyRangeThroughputThrottleEvents"):
                dimensions = {"TableName": str(table), **({"GlobalSecondaryIndexName": place} if place else {})}
                played.samples.record("AWS/DynamoDB", each, dimensions, at, 1.0, count=2)
    return played, begin


@pytest.mark.parametrize("place", ["GSI1", None])
def test_a_second_incident_is_told_by_its_own_numbers(place: str | None) -> None:
    """The first refused thousands of entries; the second, six items within three minutes, is what somebody was woken for."""
    played, begin = again("gsi-backpressure", place, 3)
    found = explain(played.stack, played.samples, played.start, begin + timedelta(minutes=3))
    assert found.headline.startswith(f"{place or 'The table'} is throttled")
    assert f"{6} {'entries' if place else 'items'} since {begin:%H:%M} UTC, at most 2 in a minute" in found.sentences[0]
    assert "index-throttles" in {spell.alarm.recipe for spell in found.earlier}
    assert not any("5,0" in sentence for sentence in found.sentences)


def test_what_is_over_is_explained_too() -> None:
    played = play(SCENARIOS["gsi-backpressure"], shop(), START)
    found = explain(played.stack, played.samples, played.start, played.end)
    assert found.recipe == "hot-key-range"
    assert all(spell.until for spell in found.others)
    assert played.incident
    assert f"to {played.incident[1]:%H:%M} UTC" in found.sentences[0]
