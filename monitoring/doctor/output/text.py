"""Findings for people: what was looked at, then the findings, worst first, then what was not checked, then one line with the numbers."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.doctor.check import Finding, Level
from monitoring.doctor.checks import CHECKS
from monitoring.doctor.examination import Report, reasons
from monitoring.doctor.examined import Examined
from monitoring.lint.output import Style
from monitoring.live.deployed import billing_from, block

LONGEST_COMMAND: Final = 300
"""Characters; a whole alarm as a command is for --json."""
MOST_PLACES: Final = 5
"""Where one check found something; --json has all."""


def text(examined: Examined, found: Report, shown: Sequence[Finding], style: Style) -> str:
    """shown: the findings that were asked for."""
    lines = [style.paint("name", heading(examined)), ""]
    groups: dict[tuple[Level, str], list[Finding]] = {}
    for finding in shown:
        groups.setdefault((finding.level, finding.code), []).append(finding)
    for group in groups.values():
        lines += _group(group, examined.account.region, style)
    for reason, codes in reasons(found):
        lines += _wrapped("not checked", f"{', '.join(codes)}. {reason}", style, indent="")
    if found.unchecked:
        lines.append("")
    return "\n".join((*lines, summary(found, shown))) + "\n"


def heading(examined: Examined) -> str:
    """ "shop-1a2b3c in eu-west-1: on demand, 1 index, 2 functions, 1 reader of the stream, 37 alarms"."""
    deployed = examined.deployed
    counted = (
        (len(deployed.stack.indexes), "index", "indexes"),
        (len(deployed.functions), "function", "functions"),
        (len(deployed.mappings), "reader of the stream", "readers of the stream"),
        (len(examined.alarms), "alarm", "alarms"),
    )
    kept = block(examined.table, "TableClassSummary").get("TableClass", "STANDARD")
    key = "a key of KMS" if examined.table.get("SSEDescription") else "a key of DynamoDB"
    parts = [billing_from(examined.table).mode.replace("-", " "), f"class {kept}", key]
    return f"{examined.name} in {examined.account.region}: {', '.join((*parts, *(_number(*each) for each in counted)))}"


def summary(found: Report, shown: Sequence[Finding]) -> str:
    """ "2 errors, 1 warning, 3 notes; 3 of them not shown (--min-severity note); 37 checks, 1 of them not done"."""
    counts = [_number(count, level, f"{level}s") for level, count in found.counts.items() if count]
    line = ", ".join(counts) or "no findings"
    hidden = len(found.findings) - len(shown)
    if hidden:
        line += f"{f'; {hidden} of them' if shown else ''} not shown (--min-severity note)"
    done = f"{len(CHECKS)} checks"
    if found.unchecked:
        done += f", {len({each.code for each in found.unchecked})} of them not done"
    return f"{line}; {done}"


def _group(group: Sequence[Finding], region: str, style: Style) -> Iterator[str]:
    """Of one check: each place where it found something, and once why it matters and what to do."""
    first, more = group[0], len(group) - MOST_PLACES
    yield f"{style.paint(first.level, first.level)} {first.code}"
    for finding in group[:MOST_PLACES]:
        yield from _wrapped("", f"{finding.about}: {finding.message}.", style)
    if more > 0:
        yield f"  and {more} more (--json has all of them)"
    yield from _wrapped("why", f"{first.why} ({first.source})", style)
    yield from _wrapped("do", f"{first.fix.rstrip('.')}.", style)
    for finding in group[:MOST_PLACES]:
        if finding.call:
            command = finding.call.command(region)
            # Not wrapped: it is to be copied.
            yield f"  or: {command}" if len(command) <= LONGEST_COMMAND else f"  or: {command[:60]} ... (--json has all of it)"
    yield ""


def _wrapped(word: str, words: str, style: Style, indent: str = "  ") -> list[str]:
    start = f"{indent}{f'{word}: ' if word else ''}"
    return textwrap.wrap(words, max(style.width, 40), initial_indent=start, subsequent_indent=f"{indent}  ", break_long_words=False)


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
