"""The results of a backtest, for people and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitoring.alarms import SEVERITIES, Alarm, clause_of
from monitoring.backtest.result import Firing, Result, never_fired, silent

Failures = Mapping[str, tuple[str, ...]]
"""Scenario -> what is not as the coverage file says."""


def report(results: Sequence[Result], skipped: Mapping[str, str], failures: Failures | None) -> dict[str, Any]:
    """skipped: scenario -> what the stack lacks for it. Times are ISO 8601; minutes_to_detect and after_minutes from the incident's start."""
    return {
        "scenarios": [_scenario(result, failures) for result in results],
        "skipped": dict(skipped),
        "never_fired": [alarm.name for alarm in never_fired(results)],
        "no_data": [alarm.name for alarm in silent(results)],
        "impossible": dict(results[0].alarms.impossible or {}) if results else {},
        "not_evaluated": dict(results[0].alarms.unjudged or {}) if results else {},
        "covered": None if failures is None else not any(failures.values()),
    }


def _scenario(result: Result, failures: Failures | None) -> dict[str, Any]:
    played = result.played
    span = played.incident
    return {
        "scenario": played.scenario.name,
        "title": played.scenario.title,
        "start": played.start.isoformat(),
        "end": played.end.isoformat(),
        "incident": {"start": span[0].isoformat(), "end": span[1].isoformat()} if span else None,
        "alarms": [_firing(each) for each in result.firings],
        "minutes_to_detect": {severity: _minutes(_after(result.detected(severity))) for severity in SEVERITIES},
        "noise_per_week": {severity: round(result.noise_per_week(severity), 1) for severity in SEVERITIES},
        "failures": None if failures is None else list(failures[played.scenario.name]),
    }


def _firing(firing: Firing) -> dict[str, Any]:
    return {
        "alarm": firing.alarm.name,
        "severity": firing.alarm.severity,
        "fired": firing.fired.isoformat(),
        "cleared": firing.cleared.isoformat() if firing.cleared else None,
        "after_minutes": _minutes(firing.after),
    }


def _after(firing: Firing | None) -> timedelta | None:
    return firing.after if firing else None


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(minutes=1)


def text(results: Sequence[Result], skipped: Mapping[str, str], failures: Failures | None) -> str:
    """Plain, for a terminal or a log."""
    lines = [line for result in results for line in (*_told(result, (failures or {}).get(result.played.scenario.name)), "")]
    lines += [f"{name}: not played, it needs {lacks}" for name, lacks in skipped.items()]
    given = results[0].alarms if results else None
    lines += [f"can never fire: {name}: {why}" for name, why in ((given and given.impossible) or {}).items()]
    lines += [f"not evaluated: {name}: {why}" for name, why in ((given and given.unjudged) or {}).items()]
    lines += [f"without data in what was played: {_called(alarm)}" for alarm in silent(results)]
    if len(results) > 1 and (quiet := never_fired(results)):
        lines += ["fired in none of these scenarios:", *(f"  {_called(alarm)}" for alarm in quiet)]
    if failures is not None:
        wrong = [name for name, found in failures.items() if found]
        lines.append(f"not as the coverage file says: {', '.join(wrong)}" if wrong else "everything is as the coverage file says")
    return "\n".join(lines).rstrip("\n") + "\n"


def _told(result: Result, failures: tuple[str, ...] | None) -> Iterator[str]:
    played = result.played
    yield f"{played.scenario.name}: {played.scenario.title}"
    if span := played.incident:
        yield f"  measured {_when(played.start)} to {_when(played.end)}, incident {span[0]:%H:%M} to {span[1]:%H:%M} ({_long(span[1] - span[0])})"
    else:
        yield f"  measured {_when(played.start)} to {_when(played.end)} ({_long(played.end - played.start)}), no incident"
    for firing in result.firings:
        after = f"after {_long(firing.after)}" if firing.after is not None else "for nothing"
        cleared = f"cleared {_clock(firing.cleared, firing.fired)}" if firing.cleared else "still open"
        name = clause_of(firing.alarm.name)
        yield f"  {firing.alarm.severity:<6}  {name:<50}  {_clock(firing.fired, played.start)}, {after}; {cleared}"
    yield f"  {_summary(result)}"
    for failure in failures or ():
        yield f"  FAILED: {failure}"


def _summary(result: Result) -> str:
    noise = [f"{rate:.1f} {severity}s a week" for severity in SEVERITIES if (rate := result.noise_per_week(severity))]
    said = f"noise: {', '.join(noise)}" if noise else "no noise"
    if not result.played.incident:
        return f"{said}: {'nothing fired' if not result.firings else f'{len(result.firings)} times something fired'}"
    first = {severity: found for severity in SEVERITIES if (found := result.detected(severity))}
    if not first:
        return f"no alarm notices it; {said}"
    noticed = ", ".join(f"first {severity} after {_long(found.after or timedelta())}" for severity, found in first.items())
    return f"{noticed}; {said}"


def _called(alarm: Alarm) -> str:
    return f"{alarm.severity}: {clause_of(alarm.name)}"


def _when(at: datetime) -> str:
    return f"{at:%d %b %H:%M}"


def _clock(at: datetime, near: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == near.date() else _when(at)


def _long(span: timedelta) -> str:
    """ "7 min", "6 h 47 min", "14 d"."""
    minutes = span // timedelta(minutes=1)
    days, rest = divmod(minutes, 1440)
    parts = ((days, "d"), (rest // 60, "h"), (rest % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"
