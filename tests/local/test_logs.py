"""Log lines in their log group, within the limits of CloudWatch Logs (API reference, PutLogEvents)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from local.functions import FunctionSettings, LogLine, Outcome
from local.logs import FunctionLog

AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
SETTINGS = FunctionSettings(name="shop-api", arn="arn", handler="h.h", code=b"", log_group="/shop/dev/api")


class Logs:
    """The two calls that Lambda makes for a function's log."""

    def __init__(self) -> None:
        self.streams: list[str] = []
        self.batches: list[list[dict[str, Any]]] = []
        self.refusal: Exception | None = None
        self.rejected: dict[str, int] = {}

    def create_log_stream(self, *, logGroupName: str, logStreamName: str) -> None:
        assert logGroupName == "/shop/dev/api"
        self.streams.append(logStreamName)

    def put_log_events(self, *, logGroupName: str, logStreamName: str, logEvents: list[dict[str, Any]]) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        self.batches.append(logEvents)
        return {"rejectedLogEventsInfo": self.rejected} if self.rejected else {}


@pytest.fixture
def logs() -> Logs:
    return Logs()


@pytest.fixture
def log(logs: Logs) -> FunctionLog:
    return FunctionLog(SETTINGS, lambda: logs, lambda: AT)


def outcome(*lines: str) -> Outcome:
    return Outcome("shop-api", "r", b"", None, tuple(LogLine(line, {}) for line in lines), 1.0, None, None)


def test_a_function_that_was_changed_writes_into_another_stream(log: FunctionLog, logs: Logs) -> None:
    """The one before is there already, and cannot be made again."""
    changed = FunctionLog(SETTINGS, lambda: logs, lambda: AT, log)
    assert (log.stream, changed.stream) == ("2026/03/02/[$LATEST]shop-api", "2026/03/02/[$LATEST]shop-api-2")


def test_lines_are_written_once_into_one_stream(log: FunctionLog, logs: Logs) -> None:
    log.add(outcome("one", "two"))
    log.flush()
    log.add(outcome("three"))
    log.flush()
    log.flush()
    assert logs.streams == ["2026/03/02/[$LATEST]shop-api"]
    assert [[event["message"] for event in batch] for batch in logs.batches] == [["one", "two"], ["three"]]
    assert logs.batches[0][0]["timestamp"] == int(AT.timestamp() * 1000)


@pytest.mark.parametrize(
    ("lines", "batches"),
    [
        pytest.param(["x"] * 10_001, [10_000, 1], id="10,000 events"),
        pytest.param(["x" * 250_000] * 5, [4, 1], id="1 MiB"),
    ],
)
def test_a_batch_stays_within_the_limits(log: FunctionLog, logs: Logs, lines: list[str], batches: list[int]) -> None:
    log.add(outcome(*lines))
    log.flush()
    assert [len(batch) for batch in logs.batches] == batches


def test_a_line_that_is_too_long_is_cut_between_characters(log: FunctionLog, logs: Logs) -> None:
    log.add(outcome("é" * 200_000))
    log.flush()
    assert logs.batches[0][0]["message"] == "é" * 131_072


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda logs: setattr(logs, "refusal", PermissionError("logs:PutLogEvents")), "logs:PutLogEvents"),
        (lambda logs: setattr(logs, "rejected", {"tooOldLogEventEndIndex": 1}), "lines were not taken: {'tooOldLogEventEndIndex': 1}"),
    ],
)
def test_what_cannot_be_written_is_a_problem_until_it_can(
    log: FunctionLog, logs: Logs, break_it: Callable[[Logs], None], words: str
) -> None:
    break_it(logs)
    log.add(outcome("lost"))
    log.flush()
    assert log.problem == f"cannot write the log of /shop/dev/api: {words}"
    logs.refusal, logs.rejected = None, {}
    log.add(outcome("kept"))
    log.flush()
    assert log.problem is None
