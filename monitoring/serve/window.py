"""Which time of what was measured is shown."""

from datetime import UTC, datetime, timedelta

from monitoring.render.view import BY_THE_MINUTE
from monitoring.serve.asked import Asked

LEAST = timedelta(minutes=5)
"""Less is no course of anything."""


def window(asked: Asked, earliest: datetime, newest: datetime) -> tuple[datetime, datetime]:
    """Start and end, within what there is. Ends at a full minute; of a long time at full five, so that the same points are asked for."""
    step = 60 if asked.span <= BY_THE_MINUTE else 300
    end = _full(min(asked.end or newest, newest), step)
    start = max(end - asked.span, _full(earliest, 60))
    if end - start < LEAST:
        end = min(_full(newest, 60), _full(earliest, 60) + LEAST)
        start = _full(earliest, 60)
    return (start, end) if start < end else (end - timedelta(minutes=1), end)


def _full(at: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)
