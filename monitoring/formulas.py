"""Metric math, carried out over series. Source: CloudWatch user guide, "Metric math syntax and functions".

A value is a number, a series (time -> number) or a list of series. What AWS does not write down is decided here, towards caution: the fill of
a series without any point has no points either, and a division by zero has no result.
"""

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitoring.errors import MonitoringError
from monitoring.functions import CALENDAR, LISTS, MAPPERS, REDUCERS, SORTED_BY, WALKERS, Kind, Series
from monitoring.query import Query
from monitoring.search import Search
from monitoring.syntax import FILLERS, Array, Call, Id, Negative, Node, Number, Operation, Text, Word, parse

Value = float | Series | Sequence[Series]


def _nowhere(_: Query | Search) -> Value:
    raise MonitoringError("invalid-formula", "a search or a query needs measurements to look in")


@dataclass(frozen=True)
class Scope:
    """What a formula sees. values: id -> what it stands for. metrics: the ids that are metrics, in order. times: the periods asked for.

    found: what a search or a query finds. Default: there is nothing to look in.
    """

    values: Mapping[str, Value]
    metrics: Sequence[str]
    times: Sequence[datetime]
    period_seconds: int
    found: Callable[[Query | Search], Value] = _nowhere


def calculate(text: str, scope: Scope) -> Value:
    """Raises MonitoringError "invalid-formula"."""
    return _value(parse(text), scope)


def kind_of(text: str, kinds: Mapping[str, Kind]) -> Kind:
    """What a formula results in, known before there is any data. An alarm can only watch a series."""
    return _kind(parse(text), kinds)


def _value(node: Node, scope: Scope) -> Value:
    match node:
        case Number(value):
            return value
        case Id(name):
            if name not in scope.values:
                raise MonitoringError("invalid-formula", f'no metric or expression has the id "{name}"')
            return scope.values[name]
        case Array(items):
            return [series for item in items for series in _as_list(_value(item, scope))]
        case Query() | Search():
            return scope.found(node)
        case Negative(of):
            return _each(_value(of, scope), operator.neg)
        case Operation(sign, left, right):
            return _combine(_value(left, scope), _value(right, scope), _OPERATORS[sign])
        case Call("METRICS", arguments):
            return _metrics(arguments, scope)
        case Call("PERIOD", _):
            return float(scope.period_seconds)
        case Call("FILL", (filled, filler)):
            return _fill(_value(filled, scope), filler, scope)
        case Call("IF", arguments):
            return _choose([_value(argument, scope) for argument in arguments])
        case Call(function, (argument,)) if function in REDUCERS:
            return _reduce(_value(argument, scope), REDUCERS[function], missing_is_zero=function == "AVG")
        case Call(function, (argument,)) if function in MAPPERS:
            return _each(_value(argument, scope), MAPPERS[function])
        case Call(function, (argument,)) if function in WALKERS:
            return _walk(_value(argument, scope), WALKERS[function])
        case Call(function, (_,)) if function in CALENDAR:
            return {time: CALENDAR[function](time) for time in scope.times}
        case Call("TIME_SERIES", (argument,)):
            return _time_series(_value(argument, scope), scope)
        case Call(function, (several, *more)) if function in LISTS:
            return _of_list(function, _as_list(_value(several, scope)), more)
        case _:
            raise MonitoringError("invalid-formula", f"{node} has no value of its own: a text stands in METRICS(), REPEAT in FILL()")


# --- operators -------------------------------------------------------------------------------------------------------------------------


def _divide(left: float, right: float) -> float:
    return left / right if right else math.nan


def _power(left: float, right: float) -> float:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError):
        return math.nan
    return result if isinstance(result, float) else math.nan


def _truth(test: Callable[[float, float], object]) -> Callable[[float, float], float]:
    return lambda left, right: 1.0 if test(left, right) else 0.0


_OPERATORS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "^": _power,
    "==": _truth(operator.eq),
    "!=": _truth(operator.ne),
    "<": _truth(operator.lt),
    ">": _truth(operator.gt),
    "<=": _truth(operator.le),
    ">=": _truth(operator.ge),
    "&&": _truth(lambda left, right: left and right),
    "||": _truth(lambda left, right: left or right),
}


def _combine(left: Value, right: Value, act: Callable[[float, float], float]) -> Value:
    """Between series, a value missing on one side is 0 where the other side has one."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        result = act(left, right)
        return result if math.isfinite(result) else {}
    if isinstance(left, Sequence) or isinstance(right, Sequence):
        return [_combine_series(a, b, act) for a, b in _pairs(left, right)]
    return _combine_series(left, right, act)


def _combine_series(left: float | Series, right: float | Series, act: Callable[[float, float], float]) -> Series:
    times = sorted({time for side in (left, right) if not isinstance(side, int | float) for time in side})
    return _finite((time, act(_at(left, time), _at(right, time))) for time in times)


def _pairs(left: Value, right: Value) -> list[tuple[float | Series, float | Series]]:
    """A list meets a list of its length item by item, and anything else as a whole."""
    if isinstance(left, Sequence) and isinstance(right, Sequence):
        if len(left) != len(right):
            raise MonitoringError("invalid-formula", f"a list of {len(left)} and a list of {len(right)} series cannot be combined")
        return list(zip(left, right, strict=True))
    if isinstance(left, Sequence):
        return [(series, right) for series in left if not isinstance(right, Sequence)]
    return [(left, series) for series in right if not isinstance(left, Sequence)] if isinstance(right, Sequence) else []


def _at(side: float | Series, time: datetime) -> float:
    return side if isinstance(side, int | float) else side.get(time, 0.0)


def _finite(points: Iterable[tuple[datetime, float]]) -> Series:
    return {time: float(value) for time, value in points if math.isfinite(value)}


# --- functions -------------------------------------------------------------------------------------------------------------------------


def _each(value: Value, act: Callable[[float], float]) -> Value:
    if isinstance(value, int | float):
        return act(value)
    if isinstance(value, Sequence):
        return [_finite((time, act(number)) for time, number in series.items()) for series in value]
    return _finite((time, act(number)) for time, number in value.items())


def _walk(value: Value, act: Callable[[Series], Series]) -> Value:
    if isinstance(value, int | float):
        raise MonitoringError("invalid-formula", "a number has no course over time: DIFF, RATE and RUNNING_SUM take a series")
    return [act(series) for series in value] if isinstance(value, Sequence) else act(value)


def _reduce(value: Value, act: Callable[[list[float]], float], *, missing_is_zero: bool) -> Value:
    """Over a list of series at each time; over one series as a whole. missing_is_zero: of a list, where another series has a point."""
    if isinstance(value, int | float):
        return act([value])
    if isinstance(value, Sequence):
        times = sorted({time for series in value for time in series})
        if missing_is_zero:
            return _finite((time, act([series.get(time, 0.0) for series in value])) for time in times)
        return _finite((time, act([series[time] for series in value if time in series])) for time in times)
    result = act(list(value.values())) if value else math.nan
    return result if math.isfinite(result) else {}


def _time_series(value: Value, scope: Scope) -> Series:
    if isinstance(value, int | float):
        return dict.fromkeys(scope.times, float(value))
    if value:
        raise MonitoringError("invalid-formula", "TIME_SERIES makes a series of a number, not of series")
    return {}


def _of_list(function: str, value: Sequence[Series], more: Sequence[Node]) -> Value:
    match function, more:
        case "METRIC_COUNT", []:
            return float(len(value))
        case "REMOVE_EMPTY", []:
            return [series for series in value if series]
        case "FIRST" | "LAST", []:
            return (value[0] if function == "FIRST" else value[-1]) if value else {}
        case "SLICE", [Number(start)]:
            return value[int(start) :]
        case "SLICE", [Number(start), Number(end)]:
            return value[int(start) : int(end)]
        case "SORT", [Word(by), Word(order), *limit] if by in SORTED_BY and order in ("ASC", "DESC"):
            ordered = sorted(
                (series for series in value if series), key=lambda series: REDUCERS[by](list(series.values())), reverse=order == "DESC"
            )
            full = [*ordered, *(series for series in value if not series)]
            return full[: int(limit[0].value)] if limit and isinstance(limit[0], Number) else full
        case _:
            raise MonitoringError(
                "invalid-formula", f"{function}: write SORT(list, {' or '.join(SORTED_BY)}, ASC or DESC, limit), SLICE(list, start, end)"
            )


def _metrics(arguments: Sequence[Node], scope: Scope) -> Sequence[Series]:
    wanted = arguments[0].value if arguments and isinstance(arguments[0], Text) else ""
    return [series for name in scope.metrics if wanted in name for series in _as_list(scope.values[name])]


def _as_list(value: Value) -> Sequence[Series]:
    if isinstance(value, int | float):
        raise MonitoringError("invalid-formula", "a list holds series, not numbers")
    return value if isinstance(value, Sequence) else [value]


def _fill(value: Value, filler: Node, scope: Scope) -> Value:
    if isinstance(value, int | float):
        return value
    if isinstance(value, Sequence):
        return [_fill_series(series, filler, scope) for series in value]
    return _fill_series(value, filler, scope)


def _fill_series(series: Series, filler: Node, scope: Scope) -> Series:
    if not series:
        return series
    if isinstance(filler, Word) and filler.value in FILLERS:
        fill = _repeat if filler.value == "REPEAT" else _linear
        return {time: value for time in scope.times if (value := fill(series, time)) is not None}
    other = _value(filler, scope)
    if isinstance(other, Sequence):
        raise MonitoringError("invalid-formula", "FILL fills with a number, a series, REPEAT or LINEAR")
    filled = {time: other if isinstance(other, int | float) else other.get(time, math.nan) for time in scope.times}
    return _finite(sorted({**filled, **series}.items()))


def _repeat(series: Series, time: datetime) -> float | None:
    before = [known for known in series if known <= time]
    return series[max(before)] if before else None


def _linear(series: Series, time: datetime) -> float | None:
    if time in series:
        return series[time]
    before = [known for known in series if known < time]
    after = [known for known in series if known > time]
    if not before or not after:
        return None
    start, end = max(before), min(after)
    return series[start] + (series[end] - series[start]) * ((time - start) / (end - start))


def _choose(arguments: Sequence[Value]) -> Value:
    """IF(condition, then, otherwise). Where the condition holds, a missing point of `then` is 0; where it does not, one of `otherwise` is
    missing. At a time without a condition there is no result.
    """
    condition, *choices = arguments
    if isinstance(condition, Sequence) or any(isinstance(choice, Sequence) for choice in choices):
        raise MonitoringError("invalid-formula", "IF decides over a series or number, not over a list")
    then, otherwise = choices[0], choices[1] if len(choices) > 1 else dict[datetime, float]()
    if isinstance(condition, int | float):
        return then if condition else otherwise
    return _finite((time, _known(then, time, 0.0) if number else _known(otherwise, time, math.nan)) for time, number in condition.items())


def _known(value: Value, time: datetime, missing: float) -> float:
    if isinstance(value, int | float):
        return value
    return math.nan if isinstance(value, Sequence) else value.get(time, missing)


# --- kinds -----------------------------------------------------------------------------------------------------------------------------


def _kind(node: Node, kinds: Mapping[str, Kind]) -> Kind:
    match node:
        case Id(name):
            return kinds[name]
        case Array(_) | Call("METRICS", _) | Search():
            return "list"
        case Query():
            return "list" if node.groups else "series"
        case Negative(of):
            return _kind(of, kinds)
        case Operation(_, left, right):
            return _widest((_kind(left, kinds), _kind(right, kinds)))
        case Call("FILL", (filled, _)):
            return _kind(filled, kinds)
        case Call("IF", arguments):
            return _widest(_kind(argument, kinds) for argument in arguments)
        case Call(function, (argument,)) if function in REDUCERS:
            return "series" if _kind(argument, kinds) == "list" else "number"
        case Call(function, (argument,)) if function in MAPPERS or function in WALKERS:
            return _kind(argument, kinds)
        case Call(function, _) if function in LISTS:
            return LISTS[function]
        case Call(function, _) if function in CALENDAR or function == "TIME_SERIES":
            return "series"
        case _:
            return "number"


def _widest(kinds: Iterable[Kind]) -> Kind:
    return max(kinds, key=_WIDTH.__getitem__)


_WIDTH: Final[Mapping[Kind, int]] = {"number": 0, "series": 1, "list": 2}
