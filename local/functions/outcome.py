"""What one invocation came to: a payload or an error, what was logged, and how long it took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a function's log; `fields` holds its JSON object, {} where the line is plain text."""

    text: str
    fields: Mapping[str, Any]

    @property
    def level(self) -> str:
        """TRACE to FATAL as the function's JSON log states it; "" for plain text."""
        return str(self.fields.get("level", ""))


def log_lines(text: str) -> tuple[LogLine, ...]:
    return tuple(LogLine(line, _fields(line)) for line in text.splitlines() if line.strip())


def _fields(line: str) -> Mapping[str, Any]:
    if not line.startswith("{"):
        return {}
    try:
        parsed: object = json.loads(line)
    except ValueError:
        return {}
    return cast("Mapping[str, Any]", parsed) if isinstance(parsed, dict) else {}


@dataclass(frozen=True, slots=True)
class FunctionError:
    """A failed invocation, in the words of Lambda's error payload (Lambda guide, "Understanding retry behavior", "Runtime API")."""

    type: str
    message: str
    stack: tuple[str, ...] = ()

    @classmethod
    def from_payload(cls, payload: bytes) -> FunctionError:
        """Of the error object a runtime posts; anything else is shown as it is."""
        try:
            parsed: object = json.loads(payload)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            return cls("Unhandled", payload[:200].decode(errors="replace"))
        given = cast("dict[str, Any]", parsed)
        stack = tuple(str(line) for line in given.get("stackTrace") or ())
        return cls(str(given.get("errorType") or "Unhandled"), str(given.get("errorMessage") or ""), stack)

    def to_payload(self) -> bytes:
        stack = {"stackTrace": list(self.stack)} if self.stack else {}
        return json.dumps({"errorMessage": self.message, "errorType": self.type, **stack}).encode()


class FunctionFailed(Exception):
    """An invocation failed, and its result was asked for. `error` has the type and message of Lambda's payload."""

    code = "function-failed"

    def __init__(self, function: str, error: FunctionError) -> None:
        super().__init__(f"function {function} failed: {error.type}: {error.message}")
        self.function = function
        self.error = error


@dataclass(frozen=True, slots=True)
class Outcome:
    """One invocation. `milliseconds` is the billed run without the start; `start_milliseconds` is None where the process was warm."""

    function: str
    request_id: str
    payload: bytes
    error: FunctionError | None
    log: tuple[LogLine, ...]
    milliseconds: float
    start_milliseconds: float | None
    memory_mb: int | None

    def json(self) -> Any:
        """The returned value. Raises FunctionFailed when the invocation failed."""
        if self.error is not None:
            raise FunctionFailed(self.function, self.error)
        return json.loads(self.payload) if self.payload else None
