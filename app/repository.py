"""What the repositories share: a store, a source of randomness, and patience with each other."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from app.ids import RandomBytes, new_id
from singletable import Store, TransactionConflict

T = TypeVar("T")

ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.02
"""Then twice as long each time: 0.6 s in all at most, well below a function's timeout."""


class Repository:
    """random_bytes: the unpredictable part of ids and pauses. Default: os.urandom. sleep: how to wait, in seconds. Default: time.sleep."""

    def __init__(self, store: Store, *, random_bytes: RandomBytes = os.urandom, sleep: Callable[[float], None] = time.sleep) -> None:
        self._store = store
        self._random_bytes = random_bytes
        self._sleep = sleep

    def _new_id(self, at: datetime) -> str:
        return new_id(at, self._random_bytes)

    def _patiently(self, write: Callable[[], T]) -> T:
        """Tries again while another transaction works on the same items, which no SDK does by itself: two orders of one user at the same
        moment are enough, as both check the user. Nothing was written then, so that trying again is safe.

        Raises TransactionConflict after ATTEMPTS.
        """
        for attempt in range(ATTEMPTS - 1):
            try:
                return write()
            except TransactionConflict:
                jitter = 0.5 + self._random_bytes(1)[0] / 512  # so that those who met do not meet again
                self._sleep(FIRST_PAUSE_SECONDS * 2**attempt * jitter)
        return write()
