"""Reads a table beside those who work with it: eventually consistent, at half the price, and never faster than a small part of what a table takes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from monitoring.live import Account

UNITS_PER_SECOND: Final = 100
"""Of what one partition of a table takes, 3,000 (developer guide, "Designing partition keys"), or of the capacity that a table was given."""
PAGE: Final = 100
"""Items of one answer of a scan."""
BATCH: Final = 100
"""Keys of one BatchGetItem (API reference)."""
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0
"""Before what was not processed is asked for again: each time twice as long (API reference, BatchGetItem: "exponential backoff")."""
Item = Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """wait: lets so many seconds pass. What is compared with a restored state is minutes old: eventually consistent reads have it."""

    account: Account
    wait: Callable[[float], object]

    def part(self, table: str, segment: int, segments: int) -> Iterator[Item]:
        """The items of one of the parts of a table."""
        start: Mapping[str, Any] = {}
        while True:
            answer = self._ask("Scan", TableName=table, Segment=segment, TotalSegments=segments, Limit=PAGE, **start)
            yield from answer.get("Items") or ()
            if not (last := answer.get("LastEvaluatedKey")):
                return
            start = {"ExclusiveStartKey": last}

    def items(self, table: str, keys: Iterable[Mapping[str, Any]]) -> Iterator[Item]:
        """keys: up to BATCH."""
        left: dict[str, Any] = {table: {"Keys": list(keys)}}
        pause = FIRST_PAUSE_SECONDS
        while True:
            answer = self._ask("BatchGetItem", RequestItems=left)
            yield from answer["Responses"].get(table, ())
            left = dict(answer.get("UnprocessedKeys") or {})
            if not left:
                return
            self.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _ask(self, operation: str, **request: Any) -> Mapping[str, Any]:
        answer = self.account.ask("dynamodb", operation, ReturnConsumedCapacity="TOTAL", **request)
        found = cast("Mapping[str, Any] | list[Mapping[str, Any]]", answer.get("ConsumedCapacity") or [])
        if units := sum(each["CapacityUnits"] for each in ([found] if isinstance(found, Mapping) else found)):
            self.wait(units / UNITS_PER_SECOND)
        return answer
