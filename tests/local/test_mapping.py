"""What an event source mapping does with a stream, by its own settings. Expected: the Lambda guide's pages on DynamoDB streams."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from local.clock import Clock
from local.functions import FunctionError, Outcome, Throttled
from local.mapping import MappingSettings, StreamMapping, UnsupportedMapping
from local.stream_source import TableSource

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026-03-02T13:59:00.000"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:shop-order-events"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:shop-failures"

Answer = Callable[[list[str]], Any]


class Streams:
    """The calls of the Streams API that a poller makes, over lists of records by shard."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.shards: dict[str, list[dict[str, Any]]] = {"shard-1": []}
        self.parents: dict[str, str] = {}
        self.closed: set[str] = set()
        self.refusal: Exception | None = None
        self.numbers = count(1)

    def write(self, *names: str, shard: str = "shard-1", kind: str = "INSERT") -> None:
        for name in names:
            change = {
                "ApproximateCreationDateTime": self.clock.now(),
                "Keys": {"PK": {"S": name}},
                "NewImage": {"PK": {"S": name}, "raw": {"B": b"\x00\xff"}},
                "SequenceNumber": f"{next(self.numbers):021d}",
                "SizeBytes": 26,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            }
            self.shards[shard].append({"eventID": name, "eventName": kind, "eventVersion": "1.1", "dynamodb": change})

    def list_streams(self, *, TableName: str) -> dict[str, Any]:
        assert TableName == "shop"
        return {"Streams": [{"StreamArn": STREAM, "TableName": "shop", "StreamLabel": "2026-03-02T13:59:00.000"}]}

    def describe_stream(self, *, StreamArn: str) -> dict[str, Any]:
        assert StreamArn == STREAM
        shards = [{"ShardId": name} | ({"ParentShardId": self.parents[name]} if name in self.parents else {}) for name in self.shards]
        return {"StreamDescription": {"Shards": shards}}

    def get_shard_iterator(self, *, StreamArn: str, ShardId: str, ShardIteratorType: str) -> dict[str, Any]:
        start = len(self.shards[ShardId]) if ShardIteratorType == "LATEST" else 0
        return {"ShardIterator": f"{ShardId}|{start}"}

    def get_records(self, *, ShardIterator: str, Limit: int) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        shard, _, start = ShardIterator.partition("|")
        page = self.shards[shard][int(start) : int(start) + min(Limit, 1000)]
        end = int(start) + len(page)
        following = None if shard in self.closed and end == len(self.shards[shard]) else f"{shard}|{end}"
        return {"Records": page, "NextShardIterator": following}


class Bench:
    """A mapping over `Streams`, with a function that answers as told."""

    def __init__(self, answer: Answer, **configuration: Any) -> None:
        self.clock = Clock(START)
        self.streams = Streams(self.clock)
        self.answer = answer
        self.batches: list[list[str]] = []
        self.events: list[Mapping[str, Any]] = []
        self.ages: list[float] = []
        self.failures: list[dict[str, Any]] = []
        self.refuse_failures = False
        given = {"UUID": "m-1", "FunctionArn": FUNCTION, "EventSourceArn": STREAM, "State": "Enabled", "StartingPosition": "TRIM_HORIZON"}
        settings = MappingSettings.from_configuration(given | {"BatchSize": 10} | configuration)
        self.mapping = StreamMapping(
            settings, TableSource(STREAM, self.streams), self.invoke, self.clock.now, send=self.send, aged=self.ages.append
        )

    def invoke(self, event: Mapping[str, Any]) -> Outcome:
        names = [record["eventID"] for record in event["Records"]]
        self.batches.append(names)
        self.events.append(event)
        answer = self.answer(names)
        error = answer if isinstance(answer, FunctionError) else None
        return Outcome(
            "shop-order-events", f"r-{len(self.batches)}", json.dumps(None if error else answer).encode(), error, (), 1.0, None, None
        )

    def send(self, arn: str, body: str) -> None:
        assert arn == QUEUE
        if self.refuse_failures:
            raise PermissionError("AccessDenied: sqs:SendMessage")
        self.failures.append(json.loads(body))

    def drain(self, seconds: int = 3600, step: int = 30) -> None:
        for _ in range(0, seconds, step):
            self.mapping.poll()
            self.clock.advance(timedelta(seconds=step))
        self.mapping.poll()

    def number(self, name: str) -> str:
        records = [record for shard in self.streams.shards.values() for record in shard]
        return next(record["dynamodb"]["SequenceNumber"] for record in records if record["eventID"] == name)


def fine(names: list[str]) -> Any:
    return None


def poison(names: list[str]) -> Any:
    return FunctionError("ValueError", "poison") if any(name.startswith("poison") for name in names) else None


def test_records_arrive_once_in_order_in_batches_of_the_size() -> None:
    bench = Bench(fine, BatchSize=3)
    bench.streams.write(*"abcdefg")
    bench.drain()
    assert bench.batches == [["a", "b", "c"], ["d", "e", "f"], ["g"]]


def test_the_event_has_the_documented_shape() -> None:
    bench = Bench(fine)
    bench.streams.write("a")
    bench.mapping.poll()
    (record,) = bench.events[0]["Records"]
    assert record == {
        "eventID": "a",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "eventSourceARN": STREAM,
        "dynamodb": {
            "ApproximateCreationDateTime": START.timestamp(),
            "Keys": {"PK": {"S": "a"}},
            "NewImage": {"PK": {"S": "a"}, "raw": {"B": "AP8="}},
            "SequenceNumber": "000000000000000000001",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


def test_more_than_one_page_is_read_at_once() -> None:
    bench = Bench(fine, BatchSize=1000)
    bench.streams.write(*(f"k{number}" for number in range(2500)))
    bench.mapping.poll()
    assert [len(batch) for batch in bench.batches] == [1000, 1000, 500]


def test_a_batch_stays_below_the_payload_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.mapping.MAX_BATCH_BYTES", 1000)
    bench = Bench(fine)
    bench.streams.write(*"abcdef")
    bench.mapping.poll()
    assert [name for batch in bench.batches for name in batch] == list("abcdef")
    assert all(len(json.dumps(event)) < 1100 for event in bench.events)


def test_a_disabled_mapping_reads_nothing() -> None:
    bench = Bench(fine, State="Disabled")
    bench.streams.write("a")
    bench.drain()
    assert bench.batches == []


def test_latest_leaves_out_what_was_there_before_the_first_poll() -> None:
    bench = Bench(fine, StartingPosition="LATEST")
    bench.streams.write("old")
    bench.mapping.poll()
    bench.streams.write("new")
    bench.mapping.poll()
    assert bench.batches == [["new"]]


def test_the_window_gathers_records_and_a_full_batch_ends_it() -> None:
    bench = Bench(fine, BatchSize=3, MaximumBatchingWindowInSeconds=5)
    bench.streams.write("a")
    bench.mapping.poll()
    bench.clock.advance(timedelta(seconds=4))
    bench.streams.write("b")
    bench.mapping.poll()
    assert bench.batches == []
    bench.clock.advance(timedelta(seconds=1))
    bench.mapping.poll()
    assert bench.batches == [["a", "b"]]
    bench.streams.write("c", "d", "e", "f")
    bench.mapping.poll()
    assert bench.batches == [["a", "b"], ["c", "d", "e"]]
    assert not bench.mapping.idle


def test_filtered_records_reach_no_function_and_are_counted() -> None:
    pattern = json.dumps({"eventName": ["MODIFY"]})
    bench = Bench(
        fine, FilterCriteria={"Filters": [{"Pattern": pattern}, {"Pattern": json.dumps({"dynamodb": {"Keys": {"PK": {"S": ["c"]}}}})}]}
    )
    bench.streams.write("a", "c")
    bench.streams.write("b", kind="MODIFY")
    bench.mapping.poll()
    assert bench.batches == [["c", "b"]]
    counts = bench.mapping.take_counts().metrics()
    assert (counts["PolledEventCount"], counts["FilteredOutEventCount"], counts["InvokedEventCount"]) == (3, 1, 2)
    assert bench.mapping.take_counts().polled == 0


def test_retries_are_counted_after_the_first_try_and_then_the_shard_goes_on() -> None:
    bench = Bench(poison, MaximumRetryAttempts=2, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    bench.streams.write("poison")
    bench.mapping.poll()
    bench.streams.write("after")
    bench.drain()
    assert bench.batches == [["poison"]] * 3 + [["after"]]
    assert len(bench.failures) == 1


def test_a_retry_waits_on_the_simulated_clock() -> None:
    bench = Bench(poison)
    bench.streams.write("poison")
    bench.mapping.poll()
    bench.mapping.poll()
    assert len(bench.batches) == 1
    waits = [1, 2, 4, 8, 16, 32, 60, 60]
    for tries, seconds in enumerate(waits, start=1):
        bench.clock.advance(timedelta(seconds=seconds - 1))
        bench.mapping.poll()
        assert len(bench.batches) == tries
        bench.clock.advance(timedelta(seconds=1))
        bench.mapping.poll()
        assert len(bench.batches) == tries + 1


def test_a_failure_holds_back_later_records() -> None:
    bench = Bench(poison)
    bench.streams.write("poison")
    bench.mapping.poll()
    bench.streams.write("after")
    bench.drain(300)
    assert set(map(tuple, bench.batches)) == {("poison",)}


def test_the_failure_message_has_the_documented_shape() -> None:
    bench = Bench(poison, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    bench.streams.write("a", "poison")
    bench.mapping.poll()
    bench.clock.advance(timedelta(seconds=1))
    bench.mapping.poll()
    assert bench.failures == [
        {
            "requestContext": {
                "requestId": "r-2",
                "functionArn": FUNCTION,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 2,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2026-03-02T14:00:01.000Z",
            "DDBStreamBatchInfo": {
                "shardId": "shard-1",
                "startSequenceNumber": bench.number("a"),
                "endSequenceNumber": bench.number("poison"),
                "approximateArrivalOfFirstRecord": "2026-03-02T14:00:00Z",
                "approximateArrivalOfLastRecord": "2026-03-02T14:00:00Z",
                "batchSize": 2,
                "streamArn": STREAM,
            },
        }
    ]


def test_records_beyond_the_maximum_age_are_given_up() -> None:
    bench = Bench(poison, MaximumRecordAgeInSeconds=60, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    bench.streams.write("poison")
    bench.mapping.poll()
    bench.clock.advance(timedelta(seconds=61))
    bench.streams.write("young")
    bench.mapping.poll()
    assert bench.batches == [["poison"], ["young"]]
    assert [one["requestContext"]["condition"] for one in bench.failures] == ["RecordAgeExceeded"]


def test_bisecting_isolates_the_poison_without_using_retries() -> None:
    bench = Bench(
        poison,
        BatchSize=8,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": QUEUE}},
    )
    bench.streams.write("a", "b", "c", "poison", "d", "e")
    bench.drain()
    good = [name for batch in bench.batches if "poison" not in batch for name in batch]
    assert good == ["a", "b", "c", "d", "e"]
    assert bench.batches.count(["poison"]) == 2
    assert [one["DDBStreamBatchInfo"]["batchSize"] for one in bench.failures] == [1]


def test_the_halves_of_a_half_come_before_the_other_half() -> None:
    bench = Bench(poison, BatchSize=8, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0)
    bench.streams.write("poison", "b", "c", "d")
    bench.drain()
    assert bench.batches == [["poison", "b", "c", "d"], ["poison", "b"], ["poison"], ["b"], ["c", "d"]]


def failing(*names: str) -> Answer:
    def answer(given: list[str]) -> Any:
        return {"batchItemFailures": [{"itemIdentifier": NUMBERS[name]} for name in given if name in names]}

    return answer


NUMBERS = {name: f"{place:021d}" for place, name in enumerate(["a", "b", "poison", "c"], start=1)}


def test_a_reported_failure_restarts_at_its_record() -> None:
    bench = Bench(failing("poison"), FunctionResponseTypes=["ReportBatchItemFailures"], MaximumRetryAttempts=1)
    bench.streams.write("a", "b", "poison", "c")
    bench.drain()
    assert bench.batches == [["a", "b", "poison", "c"], ["poison", "c"]]


def test_the_first_of_several_reported_failures_decides() -> None:
    bench = Bench(failing("c", "b"), FunctionResponseTypes=["ReportBatchItemFailures"], MaximumRetryAttempts=1)
    bench.streams.write("a", "b", "poison", "c")
    bench.drain()
    assert bench.batches[1] == ["b", "poison", "c"]


def test_with_bisect_a_reported_failure_ends_up_alone_and_the_rest_goes_through() -> None:
    bench = Bench(
        failing("poison"),
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": QUEUE}},
    )
    bench.streams.write("a", "b", "poison", "c")
    bench.drain()
    assert bench.batches == [["a", "b", "poison", "c"], ["poison", "c"], ["poison"], ["poison"], ["c"]]
    assert [one["DDBStreamBatchInfo"]["startSequenceNumber"] for one in bench.failures] == [NUMBERS["poison"]]


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, "text"])
def test_answers_that_mean_success(answer: Any) -> None:
    bench = Bench(lambda _: answer, FunctionResponseTypes=["ReportBatchItemFailures"])
    bench.streams.write("a")
    bench.drain()
    assert bench.batches == [["a"]]


@pytest.mark.parametrize(
    "identifier", [{"itemIdentifier": ""}, {"itemIdentifier": None}, {"id": NUMBERS["b"]}, {"itemIdentifier": "unknown"}]
)
def test_answers_that_mean_that_the_whole_batch_failed(identifier: Any) -> None:
    bench = Bench(lambda _: {"batchItemFailures": [identifier]}, FunctionResponseTypes=["ReportBatchItemFailures"], MaximumRetryAttempts=1)
    bench.streams.write("a", "b")
    bench.drain()
    assert bench.batches == [["a", "b"], ["a", "b"]]


def test_reported_failures_mean_nothing_where_the_mapping_does_not_ask_for_them() -> None:
    bench = Bench(failing("b"))
    bench.streams.write("a", "b")
    bench.drain()
    assert bench.batches == [["a", "b"]]


def test_lanes_keep_the_order_of_each_key_and_run_at_the_same_time() -> None:
    together = Barrier(2, timeout=5)
    met: list[bool] = []

    def answer(names: list[str]) -> Any:
        if len(met) < 2:
            met.append(True)
            together.wait()

    bench = Bench(answer, ParallelizationFactor=4, BatchSize=100)
    for _ in range(20):
        bench.streams.write("a", "b", "c", "d", "e", "f")
    bench.mapping.poll()
    assert sum(len(batch) for batch in bench.batches) == 120
    lanes_of = {key: {place for place, batch in enumerate(bench.batches) if key in batch} for key in "abcdef"}
    assert all(len(lanes) == 1 for lanes in lanes_of.values())
    for key in "abcdef":
        seen = [record["dynamodb"]["SequenceNumber"] for event in bench.events for record in event["Records"] if record["eventID"] == key]
        assert seen == sorted(seen)
        assert len(seen) == 20


def test_a_child_shard_waits_for_its_parent() -> None:
    bench = Bench(lambda names: poison(names) if len(bench.batches) < 2 else None)
    bench.streams.write("poison")
    bench.streams.closed.add("shard-1")
    bench.streams.shards["shard-2"] = []
    bench.streams.parents["shard-2"] = "shard-1"
    bench.streams.write("child", shard="shard-2")
    bench.drain(120)
    assert bench.batches == [["poison"], ["poison"], ["child"]]


def test_the_iterator_age_is_that_of_the_last_record_at_each_try() -> None:
    bench = Bench(poison)
    bench.streams.write("a")
    bench.clock.advance(timedelta(seconds=3))
    bench.streams.write("poison")
    bench.clock.advance(timedelta(seconds=2))
    bench.mapping.poll()
    bench.clock.advance(timedelta(seconds=60))
    bench.mapping.poll()
    assert bench.ages == [2000.0, 62000.0]


def test_what_is_given_up_without_a_destination_is_dropped() -> None:
    bench = Bench(poison, MaximumRetryAttempts=0)
    bench.streams.write("poison", "x")
    bench.mapping.poll()
    assert bench.mapping.take_counts().metrics() == {
        "PolledEventCount": 2,
        "FilteredOutEventCount": 0,
        "InvokedEventCount": 2,
        "FailedInvokeEventCount": 2,
        "DroppedEventCount": 2,
        "OnFailureDestinationDeliveredEventCount": 0,
    }


def test_a_destination_that_refuses_is_a_problem_and_loses_the_records() -> None:
    bench = Bench(poison, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    bench.refuse_failures = True
    bench.streams.write("poison")
    bench.mapping.poll()
    assert bench.mapping.problem == f"PROBLEM: cannot send 1 discarded records to {QUEUE}: AccessDenied: sqs:SendMessage"
    assert bench.mapping.take_counts().dropped == 1


def test_a_stream_that_refuses_is_a_problem_until_it_answers_again() -> None:
    bench = Bench(fine)
    bench.streams.write("a")
    bench.streams.refusal = PermissionError("AccessDeniedException: dynamodb:GetRecords")
    bench.mapping.poll()
    assert bench.mapping.problem == f"PROBLEM: cannot read {STREAM}: AccessDeniedException: dynamodb:GetRecords"
    bench.streams.refusal = None
    bench.mapping.poll()
    assert (bench.mapping.problem, bench.batches) == (None, [["a"]])


def test_a_throttled_function_is_tried_again() -> None:
    def answer(names: list[str]) -> Any:
        if len(bench.batches) == 1:
            raise Throttled("shop-order-events", 1)

    bench = Bench(answer)
    bench.streams.write("a")
    bench.drain(60)
    assert bench.batches == [["a"], ["a"]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"TumblingWindowInSeconds": 30}, "mapping m-1 has a tumbling window"),
        (
            {"EventSourceArn": QUEUE},
            f"mapping m-1 reads {QUEUE}: streams of DynamoDB tables and of Kinesis are polled here, and nothing else",
        ),
    ],
)
def test_what_cannot_be_done_here_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UnsupportedMapping, match=words):
        Bench(fine, **change)
