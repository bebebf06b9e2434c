"""Metric math over every window of a span at once: what `monitoring.formulas` does with one window, done with arrays.

A row is one evaluation, a column one period of its window, oldest first; NaN is no point. Additions are made in the same order, so that results
are the same to the last bit; what is not worth that is refused and left to the evaluation minute by minute.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitoring.syntax import FILLERS, Array, Call, Id, Negative, Node, Number, Operation, Text, Word

Rows = NDArray[np.float64]
"""Shape (evaluations, periods): a series in each window. Shape (evaluations, 1): a number for each, where NaN is a series without points."""
Value = Rows | Sequence[Rows]


class Unsuited(Exception):
    """A formula that has to be calculated window by window: it is rare, or has no result that an alarm can watch."""


@dataclass(frozen=True)
class Windows:
    """values: id -> what it stands for. metrics: the ids that are metrics, in order."""

    values: Mapping[str, Value]
    metrics: Sequence[str]
    period_seconds: int


def cut(values: Rows, rows: int, columns: int, step: int) -> Rows:
    """The windows of a series by the minute: each begins a minute later, its periods are `step` minutes apart."""
    return values[1 + np.arange(rows)[:, np.newaxis] + step * np.arange(columns)]


def calculate(node: Node, windows: Windows) -> Value:
    """Raises Unsuited."""
    match node:
        case Number(value):
            return _number(value)
        case Id(name):
            return windows.values[name]
        case Array(items):
            return [rows for item in items for rows in _as_list(calculate(item, windows))]
        case Negative(of):
            return _each(calculate(of, windows), np.negative)
        case Operation(sign, left, right) if sign in _OPERATORS:
            return _combine(calculate(left, windows), calculate(right, windows), _OPERATORS[sign])
        case Call("METRICS", arguments):
            wanted = arguments[0].value if arguments and isinstance(arguments[0], Text) else ""
            return [rows for name in windows.metrics if wanted in name for rows in _as_list(windows.values[name])]
        case Call("PERIOD", _):
            return _number(windows.period_seconds)
        case Call("FILL", (filled, filler)) if not isinstance(filler, Word) or filler.value in FILLERS:
            return _fill(calculate(filled, windows), filler, windows)
        case Call("IF", arguments):
            return _choose(*(calculate(argument, windows) for argument in arguments))
        case Call(function, (argument,)) if function in _REDUCERS:
            return _reduce(calculate(argument, windows), _REDUCERS[function])
        case Call(function, (argument,)) if function in _MAPPERS:
            return _each(calculate(argument, windows), _MAPPERS[function])
        case Call(function, (argument,)) if function in _WALKERS:
            return _walk(calculate(argument, windows), _WALKERS[function], windows.period_seconds)
        case _:
            raise Unsuited


def as_rows(value: Value, rows: int, columns: int) -> Rows:
    """The points that an alarm sees: a number is the same at every time. Raises Unsuited for several series."""
    if isinstance(value, Sequence):
        raise Unsuited
    return np.broadcast_to(value, (rows, columns))


def _number(value: float) -> Rows:
    return np.full((1, 1), value, dtype=np.float64)


def _is_number(value: Rows) -> bool:
    return value.shape[1] == 1


def _as_list(value: Value) -> Sequence[Rows]:
    if isinstance(value, Sequence):
        return value
    if _is_number(value):
        raise Unsuited
    return [value]


def _finite(rows: Rows) -> Rows:
    return np.where(np.isfinite(rows), rows, np.nan)


# --- operators -------------------------------------------------------------------------------------------------------------------------

Act = Callable[[Rows, Rows], Rows]


def _truth(test: Callable[[Rows, Rows], NDArray[np.bool_]]) -> Act:
    return lambda left, right: test(left, right).astype(np.float64)


_OPERATORS: Final[Mapping[str, Act]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "==": _truth(np.equal),
    "!=": _truth(np.not_equal),
    "<": _truth(np.less),
    ">": _truth(np.greater),
    "<=": _truth(np.less_equal),
    ">=": _truth(np.greater_equal),
    "&&": _truth(np.logical_and),
    "||": _truth(np.logical_or),
}


def _combine(left: Value, right: Value, act: Act) -> Value:
    if isinstance(left, Sequence) or isinstance(right, Sequence):
        return [_combine_rows(a, b, act) for a, b in _pairs(left, right)]
    return _combine_rows(left, right, act)


def _pairs(left: Value, right: Value) -> list[tuple[Rows, Rows]]:
    lefts = left if isinstance(left, Sequence) else None
    rights = right if isinstance(right, Sequence) else None
    if lefts is not None and rights is not None:
        if len(lefts) != len(rights):
            raise Unsuited
        return list(zip(lefts, rights, strict=True))
    if lefts is not None and not isinstance(right, Sequence):
        return [(rows, right) for rows in lefts]
    return [(left, rows) for rows in rights or () if not isinstance(left, Sequence)]


def _combine_rows(left: Rows, right: Rows, act: Act) -> Rows:
    """A series that is missing on one side is 0 where the other has a point. A number, also one that is missing, adds no points."""
    there = (~np.isnan(left), ~np.isnan(right))
    if _is_number(left) is _is_number(right):
        present = there[0] & there[1] if _is_number(left) else there[0] | there[1]
    else:
        present = there[1] if _is_number(left) else there[0]
    with np.errstate(all="ignore"):
        result = act(np.where(there[0], left, 0.0), np.where(there[1], right, 0.0))
    return np.where(present, _finite(result), np.nan)


# --- functions -------------------------------------------------------------------------------------------------------------------------


def _fill(value: Value, filler: Node, windows: Windows) -> Value:
    if not isinstance(value, Sequence) and _is_number(value):
        return value
    if isinstance(filler, Word):
        fill = _repeat if filler.value == "REPEAT" else _linear
        return [fill(rows) for rows in value] if isinstance(value, Sequence) else fill(value)
    other = calculate(filler, windows)
    if isinstance(other, Sequence):
        raise Unsuited
    return [_fill_rows(rows, other) for rows in value] if isinstance(value, Sequence) else _fill_rows(value, other)


def _fill_rows(rows: Rows, other: Rows) -> Rows:
    """A series that is empty in a window stays empty."""
    missing = np.isnan(rows)
    return np.where(missing & ~missing.all(axis=1, keepdims=True), other, rows)


def _repeat(rows: Rows) -> Rows:
    filled = rows.copy()
    for column in range(1, rows.shape[1]):
        filled[:, column] = np.where(np.isnan(rows[:, column]), filled[:, column - 1], rows[:, column])
    return filled


def _linear(rows: Rows) -> Rows:
    numbers = np.arange(rows.shape[1], dtype=np.int64)
    known = ~np.isnan(rows)
    before = np.maximum.accumulate(np.where(known, numbers, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, numbers, rows.shape[1])[:, ::-1], axis=1)[:, ::-1]
    between = (before >= 0) & (after < rows.shape[1]) & ~known
    first, last = np.where(between, before, 0), np.where(between, after, 1)
    start, end = np.take_along_axis(rows, first, axis=1), np.take_along_axis(rows, last, axis=1)
    with np.errstate(all="ignore"):
        line = start + (end - start) * ((numbers - first) / (last - first))
    return np.where(between, line, rows)


_REDUCERS: Final[Mapping[str, Callable[[Sequence[Rows]], Rows]]] = {
    "SUM": lambda parts: _total(parts)[0],
    "AVG": lambda parts: np.divide(*_total(parts)),
    "MIN": np.fmin.reduce,
    "MAX": np.fmax.reduce,
    "DATAPOINT_COUNT": lambda parts: _total(parts)[1],
}


def _total(parts: Sequence[Rows]) -> tuple[Rows, Rows]:
    """Sum and number of what is known, added from left to right; NaN where nothing is."""
    total, count = np.zeros_like(parts[0]), np.zeros_like(parts[0])
    for part in parts:
        known = ~np.isnan(part)
        total += np.where(known, part, 0.0)
        count += known
    return np.where(count > 0, total, np.nan), np.where(count > 0, count, np.nan)


def _reduce(value: Value, act: Callable[[Sequence[Rows]], Rows]) -> Value:
    if isinstance(value, Sequence):
        if not value:
            raise Unsuited
        return _finite(act(_with_zeros(value) if act is _REDUCERS["AVG"] else value))
    return _finite(act([value[:, column : column + 1] for column in range(value.shape[1])]))


def _with_zeros(parts: Sequence[Rows]) -> list[Rows]:
    """A missing point is 0 where another series has one."""
    nowhere = np.logical_and.reduce([np.isnan(part) for part in parts])
    return [np.where(np.isnan(part) & ~nowhere, 0.0, part) for part in parts]


_MAPPERS: Final[Mapping[str, Callable[[Rows], Rows]]] = {"ABS": np.abs, "CEIL": np.ceil, "FLOOR": np.floor}


def _each(value: Value, act: Callable[[Rows], Rows]) -> Value:
    if isinstance(value, Sequence):
        return [act(rows) for rows in value]
    return act(value)


def _walk(value: Value, act: Callable[[Rows, int], Rows], period_seconds: int) -> Value:
    if isinstance(value, Sequence):
        return [act(rows, period_seconds) for rows in value]
    if _is_number(value):
        raise Unsuited
    return act(value, period_seconds)


def _difference(rows: Rows, period_seconds: int) -> Rows:
    return _steps(rows)[0]


def _rate(rows: Rows, period_seconds: int) -> Rows:
    difference, columns = _steps(rows)
    return _finite(difference / (columns * period_seconds))


def _steps(rows: Rows) -> tuple[Rows, Rows]:
    """To the point before: the difference, and how many columns away it is."""
    difference, away = np.full_like(rows, np.nan), np.full_like(rows, np.nan)
    last, at = rows[:, 0].copy(), np.zeros(len(rows))
    for column in range(1, rows.shape[1]):
        point = rows[:, column]
        difference[:, column] = point - last
        away[:, column] = column - at
        known = ~np.isnan(point)
        last, at = np.where(known, point, last), np.where(known, column, at)
    return difference, away


def _running_sum(rows: Rows, period_seconds: int) -> Rows:
    known = ~np.isnan(rows)
    return np.where(known, np.add.accumulate(np.where(known, rows, 0.0), axis=1), np.nan)


_WALKERS: Final[Mapping[str, Callable[[Rows, int], Rows]]] = {"DIFF": _difference, "RATE": _rate, "RUNNING_SUM": _running_sum}


def _choose(condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    """Where the condition holds, a missing point of `then` is 0. Without a condition there is no point, and none without `otherwise` where it
    does not hold.
    """
    choice = _number(np.nan) if otherwise is None else otherwise
    if isinstance(condition, Sequence) or isinstance(then, Sequence) or isinstance(choice, Sequence):
        raise Unsuited
    if _is_number(condition) and otherwise is not None and _is_number(then) is not _is_number(choice):
        raise Unsuited
    if not _is_number(condition):
        then = np.where(np.isnan(then), 0.0, then)
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, then, choice))
