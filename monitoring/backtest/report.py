"""The results of a backtest, for people and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from monitoring.alarms import SEVERITIES, Alarm, clause_of
from monitoring.backtest.observed import Incident, Observed
from monitoring.backtest.result import Firing, Result, never_fired, silent
from monitoring.backtest.suggestion import Advice

UNNAMED: Final = "no incident was named, so nobody can say what fired for nothing: give --incident START/END"


@dataclass(frozen=True)
class Report:
    """skipped: scenario -> what the stack lacks for it. failures: by what was observed, what is not as the coverage file says; None: there is
    no file. contradictions: alarms that fire at other times when missing data is read the other way; None: it was not asked for.
    departures: alarm -> firings that only CloudWatch's own history has, and that only the evaluation has; None: there is no history of these
    alarms. advice: None: it was not asked for.
    """

    results: tuple[Result, ...]
    skipped: Mapping[str, str] = field(default_factory=dict[str, str])
    failures: Mapping[str, tuple[str, ...]] | None = None
    contradictions: Mapping[str, tuple[Alarm, ...]] | None = None
    departures: Mapping[str, tuple[int, int]] | None = None
    advice: Advice | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data. Times are ISO 8601; minutes_to_detect and after_minutes from the incident's start."""
        contradictions = self.contradictions
        return {
            "results": [self._result(result) for result in self.results],
            "skipped": dict(self.skipped),
            "never_fired": [alarm.name for alarm in never_fired(self.results)],
            "no_data": [alarm.name for alarm in silent(self.results)],
            "impossible": dict(self.results[0].alarms.impossible or {}) if self.results else {},
            "not_evaluated": dict(self.results[0].alarms.unjudged or {}) if self.results else {},
            "covered": None if self.failures is None else not any(self.failures.values()),
            "contradictions": None if contradictions is None else {name: _names(alarms) for name, alarms in contradictions.items()},
            "departures": None if self.departures is None else _departures(self.departures),
            "advice": self.advice.to_dict() if self.advice else None,
        }

    def _result(self, result: Result) -> dict[str, Any]:
        observed = result.observed
        return {
            "name": observed.name,
            "title": observed.title,
            "start": observed.start.isoformat(),
            "end": observed.end.isoformat(),
            "incidents": [_incident(result, each) for each in observed.incidents],
            "alarms": [_firing(each) for each in result.firings],
            "noise_per_week": {severity: round(result.noise_per_week(severity), 1) for severity in SEVERITIES},
            "failures": None if self.failures is None else list(self.failures[observed.name]),
        }

    def text(self) -> str:
        """Plain, for a terminal or a log."""
        lines = [line for result in self.results for line in (*self._told(result), "")]
        lines += [f"{name}: not played, it needs {lacks}" for name, lacks in self.skipped.items()]
        given = self.results[0].alarms if self.results else None
        lines += [f"can never fire: {name}: {why}" for name, why in ((given and given.impossible) or {}).items()]
        lines += [f"not evaluated: {name}: {why}" for name, why in ((given and given.unjudged) or {}).items()]
        if unmeasured := silent(self.results):
            lines += ["nothing was measured of what these watch, so they could not fire:", *(f"  {_called(alarm)}" for alarm in unmeasured)]
        if len(self.results) > 1 and (quiet := never_fired(self.results)):
            lines += ["fired in none of these scenarios:", *(f"  {_called(alarm)}" for alarm in quiet)]
        lines += [*self._contradicting(), *self._departing()]
        if self.advice:
            lines += ["", *self.advice.lines()]
        if self.failures is not None:
            wrong = [name for name, found in self.failures.items() if found]
            lines.append(f"not as the coverage file says: {', '.join(wrong)}" if wrong else "everything is as the coverage file says")
        return "\n".join(lines).rstrip("\n") + "\n"

    def _told(self, result: Result) -> Iterator[str]:
        yield f"{result.observed.name}: {result.observed.title}"
        yield f"  measured {_span(result.observed)}"
        for firing in result.firings:
            after = f"after {long(firing.after)}" if firing.after is not None else self._unnamed(result)
            cleared = f"cleared {_clock(firing.cleared, firing.fired)}" if firing.cleared else "still open"
            name = clause_of(firing.alarm.name)
            yield f"  {firing.alarm.severity:<6}  {name:<50}  {_clock(firing.fired, result.observed.start)}, {after}; {cleared}"
        yield from (f"  {line}" for line in _summary(result))
        if result.observed.unnamed and result.firings:
            yield f"  {UNNAMED}"
        for failure in (self.failures or {}).get(result.observed.name, ()):
            yield f"  FAILED: {failure}"

    def _unnamed(self, result: Result) -> str:
        """Of a firing outside of every incident. Of what really happened nobody knows, unless incidents were named."""
        return "outside of any named incident" if result.observed.unnamed else "for nothing"

    def _contradicting(self) -> Iterator[str]:
        if self.contradictions is None:
            return
        if not self.contradictions:
            yield "both readings of missing data agree"
        for name, alarms in self.contradictions.items():
            for alarm in alarms:
                yield f"{name}: fires at other times when missing data is read as configured: {_called(alarm)}"

    def _departing(self) -> Iterator[str]:
        if self.departures is None:
            return
        if not self.departures:
            yield "CloudWatch's own history says the same"
        for name, (really, here) in self.departures.items():
            yield f"CloudWatch's own history differs: {name}: {really} firings only there, {here} only here"


def _departures(departures: Mapping[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    return {name: {"only_history": really, "only_evaluated": here} for name, (really, here) in departures.items()}


def _names(alarms: Sequence[Alarm]) -> list[str]:
    return [alarm.name for alarm in alarms]


def _incident(result: Result, incident: Incident) -> dict[str, Any]:
    detected = {severity: result.detected(severity, incident) for severity in SEVERITIES}
    return {
        "label": incident.label,
        "start": incident.start.isoformat(),
        "end": incident.end.isoformat(),
        "minutes_to_detect": {severity: _minutes(found.after if found else None) for severity, found in detected.items()},
    }


def _firing(firing: Firing) -> dict[str, Any]:
    return {
        "alarm": firing.alarm.name,
        "severity": firing.alarm.severity,
        "fired": firing.fired.isoformat(),
        "cleared": firing.cleared.isoformat() if firing.cleared else None,
        "after_minutes": _minutes(firing.after),
    }


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(minutes=1)


def _span(observed: Observed) -> str:
    whole = f"{_when(observed.start)} to {_when(observed.end)}"
    match observed.incidents:
        case ():
            return f"{whole} ({long(observed.end - observed.start)}), {'no incident named' if observed.unnamed else 'no incident'}"
        case (incident,):
            begin, end = _clock(incident.start, observed.start), _clock(incident.end, incident.start)
            return f"{whole}, incident {begin} to {end} ({long(incident.end - incident.start)})"
        case incidents:
            return f"{whole} ({long(observed.end - observed.start)}), {len(incidents)} incidents"


def _summary(result: Result) -> Iterator[str]:
    noise = [f"{rate:.1f} {severity}s a week" for severity in SEVERITIES if (rate := result.noise_per_week(severity))]
    said = f"noise: {', '.join(noise)}" if noise else "no noise"
    match result.observed.incidents:
        case ():
            yield f"{said}: {f'{len(result.firings)} times something fired' if result.firings else 'nothing fired'}"
        case (incident,):
            yield f"{_noticed(result, incident)}; {said}"
        case incidents:
            for incident in incidents:
                yield f"{_when(incident.start)}{f' {incident.label}' if incident.label else ''}: {_noticed(result, incident)}"
            yield said


def _noticed(result: Result, incident: Incident) -> str:
    first = {severity: found for severity in SEVERITIES if (found := result.detected(severity, incident))}
    if not first:
        return "no alarm notices it"
    return ", ".join(f"first {severity} after {long(found.after or timedelta())}" for severity, found in first.items())


def _called(alarm: Alarm) -> str:
    return f"{alarm.severity}: {clause_of(alarm.name)}"


def _when(at: datetime) -> str:
    return f"{at:%d %b %H:%M}"


def _clock(at: datetime, near: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == near.date() else _when(at)


def long(span: timedelta) -> str:
    """ "7 min", "6 h 47 min", "14 d"."""
    minutes = span // timedelta(minutes=1)
    days, rest = divmod(minutes, 1440)
    parts = ((days, "d"), (rest // 60, "h"), (rest % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"
