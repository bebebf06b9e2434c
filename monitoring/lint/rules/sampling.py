"""Do period and statistic fit what is sent."""

import re
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

from monitoring.catalogue import Entry
from monitoring.errors import MonitoringError
from monitoring.lint.editing import Flat, changed, with_metrics
from monitoring.lint.formula import bare_ids
from monitoring.lint.given import Given, Series, whole
from monitoring.lint.knowledge import entry_of
from monitoring.lint.rule import Around, Request, Rule
from monitoring.statistic import BASIC, parse_statistic

FAST_SECONDS: Final = (10, 20, 30)
OF_FORMULAS_SECONDS: Final = (1, 5)
"""GetMetricData takes them; whether an alarm over a formula does is not written down."""


def _periods(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        seconds = series.period_seconds
        if seconds is not None and _refused(alarm, seconds):
            yield f"{series} has a period of {seconds} s; allowed are 10, 20, 30 and multiples of 60"


def _refused(alarm: Given, seconds: int) -> bool:
    allowed = seconds > 0 and (seconds in FAST_SECONDS or seconds % 60 == 0)
    return not allowed and not ("Metrics" in alarm.request and seconds in OF_FORMULAS_SECONDS)


def _whole_minutes(alarm: Given, _around: Around) -> Sequence[Request]:
    def change(series: Series, flat: Flat) -> Flat:
        seconds = series.period_seconds
        return {**flat, "Period": max(60, ceil(seconds / 60) * 60)} if seconds is not None and _refused(alarm, seconds) else flat

    return (with_metrics(alarm, change),)


def _fast(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        if series.period_seconds in (*FAST_SECONDS, *OF_FORMULAS_SECONDS) and entry_of(series):
            yield f"{series} has a point every 60 s at most, and is asked every {series.period_seconds} s"


def _slower(alarm: Given, around: Around) -> Sequence[Request]:
    return _with_period(alarm, 60) if any(_fast(alarm, around)) else ()


def _sparse(alarm: Given, _around: Around) -> Iterator[str]:
    for series, entry in _sparse_series(alarm):
        yield f"{series} has a point every {entry.period_seconds} s, so {_share(series, entry)} of its periods of {series.period_seconds} s are empty"


def _sparse_series(alarm: Given) -> Iterator[tuple[Series, Entry]]:
    """FILL(m,REPEAT) is the documented way to live with it."""
    bare = frozenset[str]().union(*(bare_ids(text) for _, text in alarm.formulas))
    for series in alarm.series:
        entry = entry_of(series)
        if entry and series.period_seconds and 60 <= series.period_seconds < entry.period_seconds and (not bare or series.id in bare):
            yield series, entry


def _share(series: Series, entry: Entry) -> str:
    times = entry.period_seconds // (series.period_seconds or 60)
    return f"{times - 1} of {times}"


def _dense(alarm: Given, _around: Around) -> Sequence[Request]:
    return _with_period(alarm, max(entry.period_seconds for _, entry in _sparse_series(alarm)))


def _with_period(alarm: Given, seconds: int) -> Sequence[Request]:
    """All metrics at this period, looking back about as long as before."""
    request = with_metrics(alarm, lambda _series, flat: {**flat, "Period": seconds})
    before = alarm.period_seconds
    if before and alarm.periods and alarm.datapoints:
        periods = max(1, ceil(alarm.periods * before / seconds))
        request["EvaluationPeriods"] = periods
        request["DatapointsToAlarm"] = min(periods, max(1, ceil(alarm.datapoints * before / seconds)))
    return (request,)


def _spelling(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        if series.statistic is not None and not _is_statistic(series.statistic):
            yield f'{series} is asked for "{series.statistic}", which is no statistic'


_OTHERS: Final = ("tc", "ts", "wm", "pr", "tm", "TC(", "TS(", "WM(", "PR(", "TM(", "IQM", "p")
"""Statistics that CloudWatch has and this room does not calculate begin like these."""


def _is_statistic(spelling: str) -> bool:
    """In doubt, yes."""
    try:
        parse_statistic(spelling)
    except MonitoringError:
        return spelling.startswith(_OTHERS) and any(letter.isdigit() for letter in spelling)
    return True


def _spelt(alarm: Given, _around: Around) -> Sequence[Request]:
    same = {name.lower(): name for name in BASIC}

    def change(series: Series, flat: Flat) -> Flat:
        return {**flat, "Stat": same.get((series.statistic or "").lower(), series.statistic)}

    return changed(alarm, with_metrics(alarm, change))


_WITHIN: Final = re.compile(r"(?:Average|Minimum|Maximum|IQM)$|(?:p|tm|wm)[0-9]|(?:TM|WM)\(")
"""Statistics that lie between the smallest and the largest measurement. Source: CloudWatch user guide, CloudWatch statistics definitions."""


def _useless(alarm: Given, _around: Around) -> Iterator[str]:
    for series, entry in _useless_series(alarm):
        allowed = ", ".join(entry.allowed_statistics())
        yield f"{series.statistic} of {series} says little: {entry.meaning}; useful are {allowed}"


def _useless_series(alarm: Given) -> Iterator[tuple[Series, Entry]]:
    for series in alarm.series:
        entry = entry_of(series)
        if entry is None or series.statistic is None or not _is_statistic(series.statistic):
            continue
        if series.statistic in BASIC and series.statistic not in entry.statistics and not _same_at_zero(alarm, series.statistic):
            if series.name and series.name.startswith("Consumed") and series.statistic == "SampleCount":
                continue  # has a rule of its own
            yield series, entry


def _same_at_zero(alarm: Given, statistic: str) -> bool:
    """Whether the alarm only asks if there was anything above 0: sum, mean and largest value agree about that, since none is negative."""
    if "Metrics" in alarm.request:
        return False
    match alarm.comparison, alarm.threshold:
        case "GreaterThanThreshold", 0.0:
            return statistic in ("Sum", "Average", "Maximum")
        case "GreaterThanOrEqualToThreshold", 1.0:
            return statistic in ("Sum", "Maximum")
        case _:
            return False


def _useful(alarm: Given, _around: Around) -> Sequence[Request]:
    instead = {series.id: entry.allowed_statistics()[0] for series, entry in _useless_series(alarm)}
    best = {name: "Sum" if stat == "SampleCount" else stat for name, stat in instead.items()}
    for series, entry in _useless_series(alarm):
        for preferred in ("Sum", "Maximum"):
            if preferred in entry.statistics:
                best[series.id] = preferred
                break
    return (with_metrics(alarm, lambda series, flat: {**flat, "Stat": best.get(series.id, flat.get("Stat"))}),)


def _beyond(alarm: Given, _around: Around) -> Iterator[str]:
    for series in _beyond_series(alarm):
        sign = "above" if alarm.comparison == "GreaterThanThreshold" else "at least"
        yield f"{series} is 0 or 1 each time, so its {series.statistic} is at most 1 and never {sign} {alarm.threshold:g}"


def _beyond_series(alarm: Given) -> Iterator[Series]:
    """A metric that is watched as it is; what a formula makes of it may be any number."""
    match alarm.comparison, alarm.threshold:
        case "GreaterThanThreshold", float(threshold) if threshold >= 1 and not alarm.anomaly:
            pass
        case "GreaterThanOrEqualToThreshold", float(threshold) if threshold > 1 and not alarm.anomaly:
            pass
        case _:
            return
    for query in alarm.queries:
        series = query.series
        if series and query.returned and (entry := entry_of(series)) and entry.binary and _WITHIN.match(series.statistic or ""):
            yield series


def _summed(alarm: Given, _around: Around) -> Sequence[Request]:
    beyond = {series.id for series in _beyond_series(alarm)}
    return (with_metrics(alarm, lambda series, flat: {**flat, "Stat": "Sum"} if series.id in beyond else flat),)


def _lookback(alarm: Given, _around: Around) -> Iterator[str]:
    longest = _longest(alarm)
    if longest and alarm.period_seconds and alarm.periods and alarm.period_seconds * alarm.periods > longest:
        yield (
            f"{alarm.periods} periods of {alarm.period_seconds} s look back {alarm.period_seconds * alarm.periods:,} s; "
            f"at most {longest:,} s are allowed"
        )


def _longest(alarm: Given) -> int | None:
    seconds = alarm.period_seconds
    return None if seconds is None else 86_400 if seconds < 3600 else 604_800


def _shorter(alarm: Given, _around: Around) -> Sequence[Request]:
    longest, seconds = _longest(alarm), alarm.period_seconds
    if not longest or not seconds or seconds > longest:
        return ()
    periods = longest // seconds
    request = {**alarm.request, "EvaluationPeriods": periods}
    if "DatapointsToAlarm" in request:
        request["DatapointsToAlarm"] = min(periods, alarm.datapoints or periods)
    return (request,)


def _datapoints(alarm: Given, _around: Around) -> Iterator[str]:
    given = whole(alarm.request.get("DatapointsToAlarm"))
    if given is not None and alarm.periods is not None and given > alarm.periods >= 1:
        yield f"{given} datapoints of {alarm.periods} periods: there are never that many"


def _enough_periods(alarm: Given, _around: Around) -> Sequence[Request]:
    return ({**alarm.request, "EvaluationPeriods": alarm.datapoints},)


_PUT: Final = "CloudWatch API reference, PutMetricAlarm"

RULES: Final = (
    Rule(
        "impossible-period",
        "error",
        "The period is none that an alarm can have.",
        "PutMetricAlarm refuses it.",
        f"{_PUT}: Period",
        "Use 10, 20, 30 or a multiple of 60 seconds.",
        _periods,
        _whole_minutes,
    ),
    Rule(
        "high-resolution-period",
        "warning",
        "A metric of AWS with a point a minute is asked more often.",
        "Most attempts find nothing, so the alarm lapses into INSUFFICIENT_DATA again and again; and it is billed as a high-resolution alarm.",
        f"{_PUT}: Period",
        "Use 60 seconds.",
        _fast,
        _slower,
    ),
    Rule(
        "sparse-period",
        "warning",
        "The period is shorter than the time between two points of the metric.",
        "Most periods are empty: the alarm judges by missing data, and a formula with it has no value, or a wrong one.",
        "DynamoDB developer guide, DynamoDB metrics and dimensions",
        "Use the metric's own period, or FILL(m,REPEAT) in a formula.",
        _sparse,
        _dense,
    ),
    Rule(
        "impossible-statistic",
        "error",
        "There is no such statistic.",
        "PutMetricAlarm refuses it.",
        "CloudWatch user guide, CloudWatch statistics definitions",
        "Use Sum, Average, Minimum, Maximum, SampleCount, or one like p99 or tm95.",
        _spelling,
        _spelt,
    ),
    Rule(
        "useless-statistic",
        "warning",
        "The metric has this statistic, but it does not mean what the alarm asks.",
        "The mean of a count of ones is always 1, a sum of gauges grows with the number of readings: the threshold compares with something else.",
        "DynamoDB developer guide, DynamoDB metrics and dimensions; the metrics page of the service",
        "Use a statistic that the page names for the metric.",
        _useless,
        _useful,
    ),
    Rule(
        "unreachable-threshold",
        "error",
        "The threshold is higher than the statistic can ever be.",
        "Each measurement is 0 or 1, so the mean, the largest and every percentile are at most 1: the alarm can never fire.",
        "Lambda developer guide, Types of metrics for Lambda functions: Invocation metrics",
        "Use Sum where events are counted; for a share of them, Average with a threshold below 1.",
        _beyond,
        _summed,
    ),
    Rule(
        "datapoints-beyond-periods",
        "error",
        "More datapoints must breach than there are periods.",
        "PutMetricAlarm refuses it; nothing could ever fulfil it.",
        "CloudWatch user guide, Evaluating an alarm",
        "M of N: M from 1 to N.",
        _datapoints,
        _enough_periods,
    ),
    Rule(
        "lookback-too-long",
        "error",
        "Period times evaluation periods is longer than allowed.",
        "PutMetricAlarm refuses it.",
        f"{_PUT}: Period",
        "At most 86,400 s, or 604,800 s with periods of an hour and more.",
        _lookback,
        _shorter,
    ),
)
