"""A drill that is over: when and where it was, and what it proved."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from monitoring.drill.outcome import Judged


@dataclass(frozen=True)
class Record:
    """id: stands in the reason of every change that the drill made. at: when it began. left: what it could not take away."""

    id: str
    table: str
    region: str
    at: datetime
    judged: tuple[Judged, ...]
    left: tuple[str, ...] = ()

    @property
    def unheard(self) -> tuple[Judged, ...]:
        return tuple(each for each in self.judged if each.verdict == "unheard")

    @property
    def clean(self) -> bool:
        """Whether every state is as before, and nothing that the drill made is left."""
        return not self.left and all(each.outcome.restored for each in self.judged)

    @property
    def slowest_seconds(self) -> float | None:
        """Of the messages that arrived. None: none did."""
        return max((one.seconds for each in self.judged for one in each.outcome.deliveries if one.seconds is not None), default=None)

    @property
    def coverage(self) -> str:
        """ "36 alarms: 33 heard, 2 through others, 1 unheard"."""
        found = Counter(each.verdict for each in self.judged)
        parts = [f"{found['heard']} heard"]
        if found["through"]:
            parts.append(f"{found['through']} through others")
        if found["unheard"]:
            parts.append(f"{found['unheard']} unheard")
        return f"{len(self.judged)} alarm{'' if len(self.judged) == 1 else 's'}: {', '.join(parts)}"
