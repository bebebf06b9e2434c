"""Listings and differences for people: lines for a terminal, and Markdown for a pull request."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

from monitoring.alarms import clause_of
from monitoring.preview.difference import TEXT, Change, Difference, How
from monitoring.preview.listing import Listing

MOST_REWORDED: Final = 5
"""Alarms that the sentence about texts names; --json has them all."""

DETAIL: Final = " " * 10
"""Before what is said of an alarm below its name."""

_SIGNS: Final[dict[How, str]] = {"added": "+", "removed": "-", "changed": "~"}


def text(found: Listing, width: int | None = None) -> Iterator[str]:
    """width: of a terminal, in characters. Default: lines are as long as they are."""
    rows = list(_rows(found))
    longest = max((len(row[1]) for row in rows), default=0)
    yield from _folded(_headline(found), width)
    yield ""
    for severity, name, watches, fires, cost in rows:
        when = "" if fires == "-" else fires
        line = f"{severity:<6}  {name:<{longest}}  {cost:>6}  {when}".rstrip()
        if width is None or len(line) <= width:
            yield line
        else:
            yield from _folded(f"{name}  {cost}", width, f"{severity:<6}  ", DETAIL)
            yield from _folded(when, width, DETAIL, DETAIL)
        yield from _folded(watches, width, DETAIL, DETAIL)
    yield ""
    yield from _folded(_priced(found), width)


def markdown(found: Listing) -> Iterator[str]:
    """For a comment under a pull request."""
    yield f"### Monitoring of {found['stack']}"
    yield f"{_headline(found).partition(': ')[2]}."
    yield ""
    yield _row(("severity", "alarm", "watches", "fires", "a month"))
    yield _row(("---", "---", "---", "---", "--:"))
    for row in _rows(found):
        yield _row([*map(_escaped, row)])
    yield ""
    yield _priced(found)


def difference_text(found: Difference, width: int | None = None) -> Iterator[str]:
    """width: as of `text`."""
    yield from _folded(f"{found.stack}: {_summary(found)}", width)
    changes, reworded = _apart(found)
    for change in changes:
        yield ""
        what = f"{_called(change)}  {_more(change.monthly_usd)}".rstrip()
        yield from _folded(what, width, f"{_SIGNS[change.how]} {change.severity:<6}  ", f"  {DETAIL}")
        for detail in change.details:
            yield from _folded(detail, width, f"  {DETAIL}", f"  {DETAIL}")
    if reworded:
        yield ""
        yield from _folded(reworded, width)


def difference_markdown(found: Difference, pictures: Sequence[tuple[str, Path]] = ()) -> Iterator[str]:
    """pictures: each with what it shows, linked as they are named."""
    summary = _summary(found)
    yield f"### Monitoring of {_escaped(found.stack)}"
    yield f"{summary[0].upper()}{summary[1:]}."
    changes, reworded = _apart(found)
    if changes:
        yield ""
        yield _row(("", "severity", "what", "how", "a month"))
        yield _row(("---", "---", "---", "---", "--:"))
        for change in changes:
            details = "<br>".join(map(_escaped, change.details))
            yield _row((change.how, change.severity, _escaped(_called(change)), details, _more(change.monthly_usd)))
    if reworded:
        yield ""
        yield _escaped(reworded)
    if pictures:
        yield ""
        yield _row([what for what, _ in pictures])
        yield _row(["---"] * len(pictures))
        yield _row([f"![{what}]({path.as_posix()})" for what, path in pictures])


def _apart(found: Difference) -> tuple[list[Change], str]:
    """Changes, and one sentence about those alarms of which only the words change."""
    reworded = [_called(change) for change in found.changes if change.details == (TEXT,)]
    changes = [change for change in found.changes if change.details != (TEXT,)]
    more = f" and {len(reworded) - MOST_REWORDED} more" if len(reworded) > MOST_REWORDED else ""
    return changes, f"Only the text changes of: {', '.join(reworded[:MOST_REWORDED])}{more}." if reworded else ""


def _summary(found: Difference) -> str:
    """ "2 added, 1 changed, 3 reworded since HEAD~1 (1a2b3c4); $41.20 a month, $1.20 more (was $40.00)"."""
    reworded = sum(change.details == (TEXT,) for change in found.changes)
    numbers = {**found.counts, "changed": found.counts["changed"] - reworded, "reworded": reworded}
    counts = ", ".join(f"{number} {how}" for how, number in numbers.items() if number) or "nothing changes"
    more = found.monthly_usd_more
    words = f"${abs(more):.2f} {'more' if more > 0 else 'less'}" if more else "the same"
    return f"{counts} since {found.before}; ${found.monthly_usd:.2f} a month, {words} (was ${found.monthly_usd_before:.2f})"


def _called(change: Change) -> str:
    return change.name if change.kind == "alarm" else f"{change.kind}: {change.name}"


def _more(usd: float) -> str:
    return f"{'+' if usd > 0 else '-'}${abs(usd):.2f}" if usd else ""


def _headline(found: Listing) -> str:
    dashboard = found["dashboard"]
    counts = f"{len(found['alarms'])} alarms, {len(found['composites'])} composite alarms"
    charts = f", a dashboard of {len(dashboard['charts'])} charts" if dashboard else ""
    return f"{found['stack']}: {counts}{charts}; ${found['monthly_usd']:.2f} a month"


def _rows(found: Listing) -> Iterator[tuple[str, str, str, str, str]]:
    """Severity, alarm, watches, fires, cost."""
    each: dict[str, Any]
    for each in found["alarms"]:
        yield each["severity"], clause_of(each["name"]), each["watches"], each["fires"], f"${each['monthly_usd']:.2f}"
    for each in found["composites"]:
        yield each["severity"], clause_of(each["name"]), each["watches"], "any of them is open", f"${each['monthly_usd']:.2f}"
    if dashboard := found["dashboard"]:
        yield "-", f"dashboard {dashboard['name']}", f"{len(dashboard['charts'])} charts", "-", f"${dashboard['monthly_usd']:.2f}"


def _folded(words: str, width: int | None, start: str = "", further: str = "") -> Iterator[str]:
    """Lines of at most this width, as far as single words allow. start: before the first line. further: before each other one."""
    if width is None:
        yield f"{start}{words}"
    else:
        yield from wrap(words, width, initial_indent=start, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(words: str) -> str:
    """Words as they are, and no Markdown, HTML or end of a cell."""
    return "".join(f"\\{letter}" if letter in "|*`" else letter for letter in escape(words, quote=False))


def _priced(found: Listing) -> str:
    return f"List prices of {found['prices']['as_of']}, without what an account has free ({found['prices']['source']})."
