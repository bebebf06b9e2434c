"""Rules over alarms: findings, worst first, and the corrected alarms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitoring.lint.given import Given
from monitoring.lint.rule import LEVELS, Around, Finding, Level, Request, Rule
from monitoring.lint.rules import BY_CODE, RULES
from monitoring.lint.rules.composites import children
from monitoring.names import Ref

MOST_MENTIONED = 3
"""Sentences of one rule about one alarm."""

MOST_STEPS = 30


@dataclass(frozen=True)
class Reviewed:
    """An alarm with what was found. corrected: requests of PutMetricAlarm or PutCompositeAlarm that take its place and break no rule.

    Nothing where they cannot be derived.
    """

    alarm: Given
    findings: tuple[Finding, ...]
    corrected: tuple[Request, ...] = ()

    @property
    def worst(self) -> Level:
        return LEVELS[min(LEVELS.index(finding.level) for finding in self.findings)]


def lint(alarms: Sequence[Given], *, whole: bool = False) -> tuple[Reviewed, ...]:
    """Those alarms with a finding, worst first, otherwise in their order. whole: they are all alarms of their region.

    An alarm with an error has no warnings and notes: how it behaves is only a question once it works.
    """
    around = around_of(alarms, whole=whole)
    found = [Reviewed(alarm, findings) for alarm in alarms if (findings := tuple(findings_of(alarm, around)))]
    found.sort(key=lambda each: LEVELS.index(each.worst))
    return tuple(Reviewed(each.alarm, each.findings, corrected(each.alarm, around)) for each in found)


def around_of(alarms: Iterable[Given], *, whole: bool = False) -> Around:
    """What the rules see of the other alarms. What a file calls an alarm whose name is not known does not count as a name."""
    alarms = tuple(alarms)
    composites = [alarm for alarm in alarms if alarm.composite]
    return Around(
        names=frozenset(name for alarm in alarms if isinstance(name := alarm.request.get("AlarmName"), str)),
        rules={alarm.label: children(alarm.rule) or () for alarm in composites},
        whole=whole,
        open_rules=any(isinstance(alarm.request["AlarmRule"], Ref) for alarm in composites),
    )


def findings_of(alarm: Given, around: Around) -> Iterator[Finding]:
    """Worst first."""
    found = [finding for rule in RULES if (finding := finding_of(rule, alarm, around))]
    worst = min((LEVELS.index(finding.level) for finding in found), default=0)
    kept = [finding for finding in found if finding.level == "error"] if worst == 0 else found
    yield from sorted(kept, key=lambda finding: LEVELS.index(finding.level))


def finding_of(rule: Rule, alarm: Given, around: Around) -> Finding | None:
    sentences = list(dict.fromkeys(rule.check(alarm, around)))
    if not sentences:
        return None
    more = len(sentences) - MOST_MENTIONED
    message = "; ".join(sentences[:MOST_MENTIONED]) + (f"; and {more} more" if more > 0 else "")
    return Finding(rule, rule.level if around.whole else rule.partly or rule.level, alarm, message)


def corrected(alarm: Given, around: Around) -> tuple[Request, ...]:
    """One rule after the other is mended, until no error and no warning is left. Nothing where that does not come about.

    What is not built like an alarm cannot be mended either.
    """
    if finding_of(BY_CODE["malformed-alarm"], alarm, around):
        return ()
    waiting, done = [alarm], list[Given]()
    for _ in range(MOST_STEPS):
        if not waiting:
            break
        current = waiting.pop(0)
        mended = _next(current, around)
        if mended:
            waiting = [*(Given(current.label, current.place, request) for request in mended), *waiting]
        else:
            done.append(current)
    if waiting or any(finding.level != "note" for each in done for finding in findings_of(each, around)):
        return ()
    requests = tuple(each.request for each in done)
    return () if requests == (alarm.request,) else requests


def _next(alarm: Given, around: Around) -> Sequence[Request]:
    for rule in RULES:
        if finding_of(rule, alarm, around) and (mended := rule.mend(alarm, around)) and mended[0] != alarm.request:
            return mended
    return ()


def at_least(level: Level, reviewed: Iterable[Reviewed]) -> tuple[Reviewed, ...]:
    """Without findings that are milder, and without alarms that then have none."""
    heard = LEVELS[: LEVELS.index(level) + 1]
    left = (
        Reviewed(each.alarm, tuple(finding for finding in each.findings if finding.level in heard), each.corrected) for each in reviewed
    )
    return tuple(each for each in left if each.findings)
