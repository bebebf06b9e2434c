"""Which calls have changed something since somebody looked last, so that a running world follows them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import Any, Final

from local.calls import Call, Observer, Refusal

FUNCTIONS: Final = (
    "CreateFunction",
    "DeleteFunction",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "PutFunctionConcurrency",
    "DeleteFunctionConcurrency",
)
MAPPINGS: Final = ("CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping")


class Changes(Observer):
    """Notes that one of these operations of a service was carried out."""

    def __init__(self, service: str, operations: Collection[str]) -> None:
        self._service = service
        self._operations = frozenset(operations)
        self._changed = threading.Event()

    def after(self, call: Call, response: Mapping[str, Any] | None, refusal: Refusal | None, milliseconds: float) -> None:
        if call.service == self._service and call.operation in self._operations and refusal is None:
            self._changed.set()

    def taken(self) -> bool:
        """Whether there were any since this was asked last."""
        changed = self._changed.is_set()
        self._changed.clear()
        return changed
