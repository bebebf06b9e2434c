"""Who asks the shop for what, and when: eight workers, a minute at a time, each asking again later what was refused for now.

A worker is a client with patience: what the shop is too busy for (503, 429) is asked twice more at once, then again a minute later.
Nothing is given up before the agenda is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from local.urls import Answer

BUSY = frozenset({429, 503})
TRIES_AT_ONCE = 3


@dataclass(slots=True)
class Job:
    """One request. `done` gets its answer, whatever it is, except that the shop is busy; it runs in the worker's thread.

    `worker` is taken modulo the number of workers; `asked` counts the requests made for it.
    """

    worker: int
    method: str
    path: str
    done: Callable[[Answer], None]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    asked: int = 0


Ask = Callable[[Job], Answer]


@dataclass(slots=True)
class Tally:
    """Requests by answer, and how many were asked again."""

    requests: int = 0
    retries: int = 0
    postponed: int = 0
    statuses: dict[int, int] = field(default_factory=dict[int, int])


class Agenda:
    """Jobs by minute. Thread safe: a job may add others while it runs, for a later minute."""

    def __init__(self, ask: Ask, workers: int) -> None:
        self.workers = workers
        self.tally = Tally()
        self._ask = ask
        self._jobs: defaultdict[int, list[Job]] = defaultdict(list)
        self._lock = Lock()

    def add(self, minute: int, job: Job) -> None:
        with self._lock:
            self._jobs[minute].append(job)

    @property
    def waiting(self) -> int:
        """Jobs not yet answered."""
        with self._lock:
            return sum(len(jobs) for jobs in self._jobs.values())

    def work(self, minute: int) -> None:
        """Everything of this minute and of earlier ones, each worker one request at a time."""
        with self._lock:
            due = [job for at in sorted(self._jobs) if at <= minute for job in self._jobs[at]]
            for at in [at for at in self._jobs if at <= minute]:
                del self._jobs[at]
        hands: list[list[Job]] = [[] for _ in range(self.workers)]
        for job in due:
            hands[job.worker % self.workers].append(job)
        with ThreadPoolExecutor(self.workers) as pool:
            list(pool.map(partial(self._work_off, minute), hands))

    def _work_off(self, minute: int, jobs: list[Job]) -> None:
        for job in jobs:
            for _ in range(TRIES_AT_ONCE):
                answer = self._ask(job)
                job.asked += 1
                self._count(answer, again=job.asked > 1)
                if answer.status not in BUSY:
                    job.done(answer)
                    break
            else:
                with self._lock:
                    self.tally.postponed += 1
                self.add(minute + 1, job)

    def _count(self, answer: Answer, *, again: bool) -> None:
        with self._lock:
            self.tally.requests += 1
            self.tally.retries += again
            self.tally.statuses[answer.status] = self.tally.statuses.get(answer.status, 0) + 1
