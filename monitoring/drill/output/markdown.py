"""A drill as a document that is kept: what was tried, when, and what came of it."""

from collections.abc import Iterator

from monitoring.drill.outcome import Judged
from monitoring.drill.output.words import result
from monitoring.drill.record import Record


def markdown(record: Record) -> str:
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Record) -> Iterator[str]:
    yield f"# Alarm drill of {record.table}"
    yield ""
    yield f"{record.at:%d %B %Y, %H:%M} UTC, {record.region}. Drill {record.id}: this id stands in the reason of every change of state that it made."
    yield ""
    yield f"**{record.coverage}.** " + ("Every state is as before." if record.clean else "Not everything could be put back.")
    yield ""
    yield "| severity | alarm | heard | how, or why not | in history | restored |"
    yield "|---|---|---|---|---|---|"
    for judged in record.judged:
        yield _row(judged)
    for left in record.left:
        yield ""
        yield f"Could not be taken away: {left}"


def _row(judged: Judged) -> str:
    outcome = judged.outcome
    cells = (
        outcome.planned.severity,
        outcome.planned.name,
        {"heard": "yes", "through": "through another", "unheard": "**no**"}[judged.verdict],
        result(judged),
        ("yes" if outcome.noted else "no") if outcome.fired else "",
        ("yes" if outcome.restored else "**no**") if outcome.fired else "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
