"""The table of access patterns: how much each is used at the moment, how fast it is answered, what a call costs in units."""

from collections.abc import Collection, Iterator, Sequence
from html import escape
from typing import Final

from monitoring.render.anchors import anchor
from monitoring.render.drawing import spark_svg
from monitoring.render.figure import SPARK_PIXELS, readout
from monitoring.render.figures import in_words, number
from monitoring.render.palette import themed
from monitoring.render.usage import Use
from monitoring.render.view import View

HEAD: Final = ("Pattern", "Operation", "Calls/s", "p99, ms", "Units per call", "Refused", "Calls/s", "Expected/s")

UNITS: Final = ("RCU", "WCU")
SHARED: Final = "~ of all patterns that use the same operation"


def patterns(used: Sequence[Use], view: View) -> str:
    left_out = set(_empty(used))
    rows = "".join(_row(use, view, left_out) for use in used)
    head = "".join(
        f'<th scope="col"{" class=n" if place > 1 and place != 6 else ""}>{escape(each)}</th>'
        for place, each in enumerate(HEAD)
        if place not in left_out
    )
    return (
        f'<div class="find"><label>Find a pattern <input type="search" id="find" autocomplete="off" spellcheck="false"></label>'
        f'<span id="found" role="status"></span></div>{_note(used)}'
        f'<div class="tw" id="patterns" tabindex="0" role="region" aria-label="Access patterns"><table class="patterns"><thead><tr>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _empty(used: Sequence[Use]) -> Iterator[int]:
    """Columns in which no pattern has anything to say."""
    if all(use.units is None for use in used):
        yield HEAD.index("Units per call")
    if all(use.pattern.rate_per_second is None for use in used):
        yield HEAD.index("Expected/s")


def figures_of(use: Use) -> tuple[str, str, str, str]:
    """Calls a second, latency, units of a call and refusals, of now, for a picture or a text. About: of all patterns that share the operation."""
    about = "~" if use.shared_with else ""
    limit = f" of {use.objective_ms:g}" if use.objective_ms else ""
    units = [f"{number(each.newest)} {name}" for each, name in zip(use.units or (), UNITS, strict=False) if each.newest]
    latency = f"{about}{number(use.latency.newest)}{limit} ms" if use.latency.newest is not None else "\N{EM DASH}"
    calls = f"{about}{number(use.calls.newest)}/s" if use.calls.newest is not None else "\N{EM DASH}"
    return calls, latency, " ".join(units), f"{about}{number(round(use.refusals))} refused" if use.refusals else ""


def said(used: Sequence[Use]) -> str:
    """The answer of the section: which patterns are refused, which are slow. What was not recorded is unknown, and not fine."""
    refused = [use for use in used if use.refusals]
    slow = [use for use in used if use.is_slow]
    words: list[str] = []
    if refused:
        words.append(f"{_names(refused)} {'was' if len(refused) == 1 else 'were'} refused{_or_theirs(refused)}.")
    if slow:
        words.append(f"{_names(slow)} {'is' if len(slow) == 1 else 'are'} slow{_or_theirs(slow)}.")
    unknown = [use for use in used if not use.is_known]
    if len(unknown) == len(used):
        return "Unknown: this recording holds nothing of patterns and operations."
    if unknown:
        words.append(f"Of {_names(unknown)} nothing was recorded.")
    return " ".join(words) or "None is refused, none is slow."


def _names(used: Sequence[Use]) -> str:
    names = [use.pattern.name for use in used]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _or_theirs(used: Sequence[Use]) -> str:
    return ", or others that use the same operation" if any(use.shared_with for use in used) else ""


def _note(used: Sequence[Use]) -> str:
    shared = sum(bool(use.shared_with) for use in used)
    if not shared:
        return ""
    return (
        f'<p class="how">{in_words(shared).capitalize()} of {len(used)} share an operation with others: DynamoDB measures operations, so the '
        "numbers in grey are of all patterns that use it. Switch on the functions' metrics of patterns for each pattern's own, and for units.</p>"
    )


def _row(use: Use, view: View, left_out: Collection[int]) -> str:
    pattern = use.pattern
    where = " + ".join((pattern.index or "table", *(index for index in pattern.touches)))
    words = f"{pattern.name} {pattern.title} {' '.join(pattern.operations)} {where} {' '.join(pattern.entities)}".lower()
    weak = ' class="n of"' if use.shared_with else ' class="n"'
    shared = f' title="all of {escape(use.operation)}: also {escape(", ".join(use.shared_with))}"' if use.shared_with else ""
    limit = f"<i>of {use.objective_ms:g}</i>" if use.objective_ms else ""
    slow = " class=slow" if use.is_slow else ""
    expected = "" if pattern.rate_per_second is None else number(pattern.rate_per_second)
    course = themed(spark_svg(use.calls, view, *SPARK_PIXELS))
    cells = (
        f'<th scope="row"><code>{escape(pattern.name)}</code><em>{escape(pattern.title.rstrip("."))}</em></th>',
        f'<td><i class="sq" style="color:{themed(_colour(use))}"></i>{escape(" or ".join(pattern.operations))}<em>{escape(where)}</em></td>',
        f"<td{weak}{shared} data-label={HEAD[2]}>{readout(use.calls, view)}</td>",
        f'<td{weak}{shared} data-label="{HEAD[3]}"><span{slow}>{readout(use.latency, view)}{limit}</span></td>',
        f'<td class="n" data-label="{HEAD[4]}">{_units(use, view)}</td>',
        f'<td{weak}{shared} data-label="{HEAD[5]}">{_refused(use)}</td>',
        f'<td class="course" data-label="Course">{course}</td>',
        f'<td class="n" data-label="{HEAD[7]}">{expected}</td>',
    )
    shown = "".join(cell for place, cell in enumerate(cells) if place not in left_out)
    return f'<tr id="{anchor("p", pattern.name)}" data-words="{escape(words)}">{shown}</tr>'


def _colour(use: Use) -> str:
    return use.latency.line.color or ""


def _units(use: Use, view: View) -> str:
    """Those that it uses: a pattern that only reads has no write units."""
    if use.units is None:
        return '<b title="only the functions\' metrics of patterns say it">\N{EM DASH}</b>'
    shown = [f"{readout(each, view)}<i>{name}</i>" for each, name in zip(use.units, UNITS, strict=True) if not each.is_quiet]
    return " ".join(shown) or "<b>\N{EM DASH}</b>"


def _refused(use: Use) -> str:
    if not use.refused.is_recorded:
        return '<b title="not in this recording">\N{EM DASH}</b>'
    total = use.refusals
    # Shared ones are not this pattern's own trouble, or not known to be.
    return f'<b class="{"bad" if total and not use.shared_with else ""}">{number(round(total))}</b>'
