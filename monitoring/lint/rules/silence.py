"""What the alarm makes of silence: does it clear, does it see it, does it need it."""

from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.catalogue import Emission
from monitoring.lint.editing import ANCHOR, FORMULA, METRIC, anchor_of, as_formula, filled, flat_of, with_formulas, without
from monitoring.lint.formula import always_answers, bare_ids, fills, reads_all, returned, watched
from monitoring.lint.given import Given, Series
from monitoring.lint.knowledge import DYNAMODB, NAMESPACES, entry_of
from monitoring.lint.rule import Around, Request, Rule

ABOVE: Final = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
BELOW: Final = ("LessThanThreshold", "LessThanOrEqualToThreshold")
PERIODS: Final = 5
"""N of a corrected alarm that asks for one breaching point of one."""


def _event_series(alarm: Given) -> tuple[Series, ...]:
    """Metrics sent only when it happens, of an alarm that has no value when nothing does."""
    if alarm.promql or alarm.insights or alarm.anomaly or always_answers(alarm):
        return ()
    return tuple(series for series in watched(alarm) if (entry := entry_of(series)) and entry.emission is Emission.ON_EVENT)


def _of_dynamodb(alarm: Given) -> bool:
    """The special case is that of the whole alarm."""
    return any(series.namespace == DYNAMODB for series in alarm.series)


def _settled_url(series: Series) -> bool:
    """Of URLs no page says whether a 0 is sent for a request that ended well."""
    return not (series.name or "").startswith("Url")


def _keeps(alarm: Given, _around: Around) -> Iterator[str]:
    events = tuple(filter(_settled_url, _event_series(alarm)))
    if not events or alarm.comparison not in ABOVE or alarm.missing is None:
        return
    names = " and ".join(dict.fromkeys(str(series) for series in events))
    sent = f"{names} {'is' if len(events) == 1 else 'are'} sent only when it happens"
    if _of_dynamodb(alarm):
        if alarm.missing != "notBreaching":
            yield f"{sent}, and an alarm on AWS/DynamoDB ignores missing data: once it fired it stays in ALARM until it happens again"
    elif alarm.missing == "ignore":
        yield f"{sent}, and missing data is ignored: once it fired it stays in ALARM until it happens again"
    elif alarm.missing == "breaching":
        yield f"{sent}, and missing data counts as breaching: it is in ALARM whenever nothing happens"


def _unseen(alarm: Given, _around: Around) -> Iterator[str]:
    for series in _alone(alarm):
        if _silent_only(alarm, series) and alarm.missing in ("missing", "notBreaching", "ignore"):
            yield f"{series} is sent only when it happens, so there is never a value {'below' if alarm.comparison == BELOW[0] else 'at or below'} {alarm.threshold:g}"


def _silent_only(alarm: Given, series: Series) -> bool:
    """Whether only silence could fulfil it: a count that is sent is at least 1."""
    if series.statistic not in ("Sum", "SampleCount") or alarm.threshold is None:
        return False
    return alarm.threshold <= 1 if alarm.comparison == BELOW[0] else alarm.comparison == BELOW[1] and alarm.threshold < 1


def _alone(alarm: Given) -> tuple[Series, ...]:
    return () if "Metrics" in alarm.request else _event_series(alarm)


def _unsettled(alarm: Given, _around: Around) -> Iterator[str]:
    events = _event_series(alarm)
    if not events or not _of_dynamodb(alarm):
        return
    names = " and ".join(dict.fromkeys(str(series) for series in events))
    if alarm.comparison in ABOVE and alarm.missing == "notBreaching":
        yield f"whether it clears when {names} is silent depends on TreatMissingData, which an alarm on AWS/DynamoDB may ignore"
    elif alarm.comparison in BELOW and alarm.missing == "breaching":
        yield f"whether it fires when {names} is silent depends on TreatMissingData, which an alarm on AWS/DynamoDB may ignore"


def _filled_alarm(alarm: Given, _around: Around) -> Sequence[Request]:
    """Gaps as 0, with an anchor where there is a table and room for it."""
    events = _event_series(alarm)
    if "Metrics" not in alarm.request:
        anchor = _anchor(alarm, events)
        text = f"FILL({METRIC},0)" + (f" + 0*{ANCHOR}" if anchor else "")
        return (_watchful(as_formula(alarm, text, {METRIC: without(flat_of(alarm), "Unit"), **anchor})),)
    if any(reads_all(text) for _, text in alarm.formulas):
        return ()
    query = returned(alarm)
    if query is None or query.formula is None:
        if len(alarm.queries) > 1 or query is None:
            return ()
        metrics = [{**each, "ReturnData": False} for each in alarm.request["Metrics"]]
        text = {"Id": FORMULA, "Expression": f"FILL({query.id},0)", "ReturnData": True}
        return (_watchful({**alarm.request, "Metrics": [*metrics, text]}),)
    ids = {series.id for series in events}
    return (_watchful(with_formulas(alarm, lambda text: filled(text, sorted(ids & bare_ids(text))))),)


def _anchor(alarm: Given, events: Sequence[Series]) -> dict[str, dict[str, object]]:
    table = (events[0].dimensions or {}).get("TableName") if events[0].namespace == DYNAMODB else None
    return {ANCHOR: anchor_of(table, alarm.period_seconds or 60)} if table else {}


def _watchful(request: Request) -> Request:
    """One of one becomes one of five; five of five where silence is what it waits for. See late-fill."""
    if request.get("EvaluationPeriods") != 1:
        return request
    datapoints = PERIODS if request.get("ComparisonOperator") in BELOW else 1
    return {**request, "EvaluationPeriods": PERIODS, "DatapointsToAlarm": datapoints}


def _late(alarm: Given, _around: Around) -> Iterator[str]:
    if alarm.periods == 1 and fills(alarm) and any(series.namespace in NAMESPACES for series in alarm.series):
        yield "it looks at one period only and fills gaps: a newest minute that arrives late is read as the fill and never looked at again"


def _more_periods(alarm: Given, _around: Around) -> Sequence[Request]:
    return (_watchful({**alarm.request, "EvaluationPeriods": 1}),)


_PUT: Final = "CloudWatch API reference, PutMetricAlarm: TreatMissingData"
_MISSING: Final = "CloudWatch user guide, Configuring how CloudWatch alarms treat missing data"

RULES: Final = (
    Rule(
        "keeps-alarm",
        "warning",
        "A metric that is sent only when something happens is watched without filling the gaps.",
        "Silence means 0, but the alarm sees no value: alarms on AWS/DynamoDB keep their state through missing data, whatever is configured, "
        "and so does any alarm that ignores it.",
        f"{_PUT}; {_MISSING}",
        "Watch FILL(m,0), 1 of 5. With 0*c added, where c is ConsumedWriteCapacityUnits of the table, there is a value even if m was never sent.",
        _keeps,
        _filled_alarm,
    ),
    Rule(
        "unseen-silence",
        "error",
        "A metric that is sent only when something happens shall be below 1.",
        "Every value that it has is at least 1, and a gap is no value: the alarm can never fire.",
        f"DynamoDB developer guide, DynamoDB metrics and dimensions; {_MISSING}",
        "Watch FILL(m,0): then silence is 0.",
        _unseen,
        _filled_alarm,
    ),
    Rule(
        "late-fill",
        "warning",
        "FILL with one period only.",
        "If the newest minute is late, the latest value is the fill. With 1 of 1 the alarm can stay in OK through what it should see, or fire "
        "for what is only late.",
        "CloudWatch user guide, Using metric math: FILL",
        "Use M of N, such as 1 of 5: the late minute is still among them when it has arrived.",
        _late,
        _more_periods,
    ),
    Rule(
        "unsettled-missing-data",
        "note",
        "An alarm on AWS/DynamoDB depends on TreatMissingData.",
        "AWS's texts disagree: the API reference says that alarms on AWS/DynamoDB always ignore missing data, newer text of the user guide that "
        "this is only their default.",
        f"{_PUT}; {_MISSING}",
        "Watch FILL(m,0), and it does not matter who is right.",
        _unsettled,
        _filled_alarm,
    ),
)
