"""What an address of the page asks for: which stack, which scenario, how long a time and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from urllib.parse import parse_qsl, urlencode

from monitoring.errors import MonitoringError
from monitoring.ranges import RANGES, USUAL

_TIME: Final = "%Y-%m-%dT%H:%MZ"
_NAMES: Final = ("stack", "scenario", "board", "range", "end")


@dataclass(frozen=True)
class Asked:
    """stack, scenario, board: Default: the first. range: a key of RANGES. end: a full minute in UTC; None: now, also in a minute from now."""

    stack: str = ""
    scenario: str = ""
    range: str = USUAL
    end: datetime | None = None
    board: str = ""

    @classmethod
    def of(cls, query: str) -> Self:
        """query: "range=1h&end=2026-11-24T14:37Z". Names that mean nothing here are passed over. Raises MonitoringError "invalid-view"."""
        given = {name: value for name, value in parse_qsl(query) if name in _NAMES}
        if (chosen := given.get("range", USUAL)) not in RANGES:
            raise MonitoringError("invalid-view", f'the range "{chosen[:20]}" is none of {", ".join(RANGES)}')
        return cls(
            given.get("stack", ""),
            given.get("scenario", ""),
            chosen,
            _time(given["end"]) if "end" in given else None,
            given.get("board", ""),
        )

    @property
    def span(self) -> timedelta:
        return RANGES[self.range]

    @property
    def address(self) -> str:
        """ "?range=1h"; what is usual is left out."""
        values = {"stack": self.stack, "scenario": self.scenario, "board": self.board, "range": self.range if self.range != USUAL else ""}
        end = {"end": self.end.strftime(_TIME)} if self.end else {}
        return f"?{urlencode({name: value for name, value in values.items() if value} | end)}"


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise MonitoringError("invalid-view", f'the end "{text[:40]}" is no time in UTC like 2026-11-24T14:37Z') from None
