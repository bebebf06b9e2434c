"""A drill for people: one line for each alarm, those that nobody heard last, then why, then the coverage."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from monitoring.alarms import clause_of
from monitoring.doctor.topics import Topic
from monitoring.drill.outcome import Judged
from monitoring.drill.output.words import counted, result
from monitoring.drill.plan import Planned
from monitoring.drill.record import Record
from monitoring.lint.output import Style

_ORDER: Final = ("heard", "through", "unheard")


def text(record: Record, style: Style) -> str:
    listed = sorted(record.judged, key=lambda each: _ORDER.index(each.verdict))
    rows = _table((each.outcome.planned, _words(each, style)) for each in listed)
    title = style.paint("name", f"drill {record.id} of {record.table} in {record.region}")
    return "\n".join((title, "", *rows, "", *_closing(record))) + "\n"


def preview(plan: Sequence[Planned], topics: Mapping[str, Topic]) -> str:
    """What would be done."""
    rows = _table((each, _intended(each)) for each in plan)
    told = [f"{topic.name} reaches {counted(topic.people, len(topic.confirmed) - topic.people)}" for topic in topics.values()]
    fired = sum(not each.left_out for each in plan)
    return "\n".join((*rows, "", *told, f"{fired} of {len(plan)} alarms would be fired")) + "\n"


def _intended(each: Planned) -> str:
    if not each.left_out:
        also = f"; alarms over it may tell {', '.join(map(_name, each.also))}" if each.also else ""
        return f"tells {', '.join(map(_name, each.topics))}{also}"
    return f"told through {', '.join(each.through)}" if each.through else f"not fired: {each.left_out}"


def _name(topic: str) -> str:
    return topic.rpartition(":")[2]


def _table(rows: Iterable[tuple[Planned, str]]) -> Iterator[str]:
    """One line each, however long: it stays readable when it is cut."""
    listed = list(rows)
    width = max((len(clause_of(planned.name)) for planned, _ in listed), default=0)
    for planned, words in listed:
        yield f"  {planned.severity:7} {clause_of(planned.name):{width}}  {words}"


def _words(judged: Judged, style: Style) -> str:
    words = f"{style.paint('error', 'UNHEARD')} {judged.why_not}" if judged.verdict == "unheard" else result(judged)
    if judged.outcome.restored:
        return words
    why = f": {judged.outcome.failure}" if judged.outcome.failure else ""
    return f"{words}; its state is still the drill's{why}"


def _closing(record: Record) -> Iterator[str]:
    for why, count in Counter(each.why_not for each in record.unheard if not each.outcome.planned.through).most_common():
        yield f"{count} unheard: {why}"
    for left in record.left:
        yield f"could not be taken away, the next drill tries again: {left}"
    if record.slowest_seconds is not None:
        yield f"the slowest message took {record.slowest_seconds:.2g} s"
    yield record.coverage
