"""Findings for people: each alarm with its worst first, then one line with the numbers."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from monitoring.alarms import COMPARISONS
from monitoring.lint.given import Given, Place, Series
from monitoring.lint.output.report import counts, plain
from monitoring.lint.review import Reviewed
from monitoring.lint.rule import Finding, Level, Request

_COLOURS: Final[Mapping[str, str]] = {"error": "31;1", "warning": "33;1", "note": "36", "name": "1", "quiet": "2"}
_SIGNS: Final = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}
assert _SIGNS.keys() == COMPARISONS.keys()
_NOWHERE: Final = Place("", "")

MOST_EXPLAINED: Final = 3
"""Metrics of a formula that the line names; --json has them all."""


@dataclass(frozen=True)
class Style:
    """width: characters in a line. colour: for terminals only."""

    width: int = 110
    colour: bool = False

    def paint(self, what: str, words: str) -> str:
        return f"\x1b[{_COLOURS[what]}m{words}\x1b[0m" if self.colour else words


def text(reviewed: Sequence[Reviewed], alarms: int, style: Style, withheld: Mapping[Level, int]) -> str:
    """alarms: how many were looked at. withheld: severity -> findings that were not asked for."""
    parts = [_alarm(each, style) for each in reviewed]
    return "\n".join([*parts, closing(reviewed, alarms, withheld)]) + "\n"


def closing(reviewed: Sequence[Reviewed], alarms: int, withheld: Mapping[Level, int]) -> str:
    """ "7 alarms: 5 errors, 1 warning in 5 of them; 2 notes are not shown (--min-severity note)"."""
    found = [_number(count, level) for level, count in counts(reviewed).items() if count]
    line = (
        f"{_number(alarms, 'alarm')}: {', '.join(found)} in {len(reviewed)} of them"
        if found
        else f"{_number(alarms, 'alarm')}, no findings"
    )
    if hidden := [(level, count) for level, count in withheld.items() if count]:
        listed = " and ".join(_number(count, level) for level, count in hidden)
        line += f"; {listed} not shown (--min-severity {hidden[-1][0]})"
    return line


def summary(request: Request) -> str:
    """An alarm in one line: what is compared with what, and how often."""
    if "AlarmRule" in request:
        return str(plain(request["AlarmRule"]))
    alarm = Given("", _NOWHERE, request)
    metrics = {series.id: in_words(series) for series in alarm.series}
    if "Metrics" in request:
        watched = next(
            (str(plain(each.get("Expression", each.get("Id")))) for each in request["Metrics"] if each.get("ReturnData", True)), "?"
        )
        where = [f"{name} is {metric}" for name, metric in metrics.items()] if len(metrics) <= MOST_EXPLAINED else []
    else:
        watched, where = next(iter(metrics.values())), []
    sign = _SIGNS.get(alarm.comparison, alarm.comparison)
    threshold = "" if alarm.threshold is None else f" {alarm.threshold:,g}"
    how_often = f"{alarm.datapoints} of {alarm.periods} periods of {alarm.period_seconds} s"
    return "; ".join([f"{watched} {sign}{threshold}, {how_often}", *where])


def in_words(series: Series) -> str:
    """ "Sum of SystemErrors by TableName=orders, Operation=Query"."""
    by = ", ".join(f"{name}={value}" for name, value in (series.dimensions or {}).items()) or "no dimension"
    return f"{series.statistic} of {series.name} by {by}"


def _alarm(reviewed: Reviewed, style: Style) -> str:
    alarm = reviewed.alarm
    where = str(alarm.place) if alarm.place.line else f"{alarm.place.file} {alarm.place.path}"
    lines = [f"{style.paint('name', alarm.label)}  {style.paint('quiet', where)}"]
    for finding in reviewed.findings:
        lines += _finding(finding, style)
    for number, request in enumerate(reviewed.corrected):
        lines += _wrapped("corrected" if not number else "and", summary(request), style)
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, style: Style) -> list[str]:
    rule = finding.rule
    return [
        f"  {style.paint(finding.level, finding.level)} {rule.code}",
        *_wrapped("", f"{finding.message}.", style),
        *_wrapped("why", f"{rule.why} ({rule.source})", style),
        *_wrapped("do", rule.correction, style),
    ]


def _wrapped(word: str, words: str, style: Style) -> list[str]:
    start = f"    {f'{word}: ' if word else ''}"
    return textwrap.wrap(words, max(style.width, 40), initial_indent=start, subsequent_indent="      ", break_long_words=False)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
