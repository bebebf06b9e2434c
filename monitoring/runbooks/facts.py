"""What is counted of an alarm, in words: when it fires, when it clears, which access patterns feel it."""

from typing import Final

from monitoring.alarms import Alarm
from monitoring.options import Recipe
from monitoring.recipes.causes import patterns_on
from monitoring.subjects import Stack
from singletable.definition import PatternDefinition

IN_ALARM: Final = {"s": "ms", "% of the timeout": "ms", "% of the quota": "runs at one time"}
"""Unit of a recipe -> what its alarms compare with, where that is another."""


_LONGER: Final = {"h": 3_600_000, "min": 60_000}
"""Unit -> how many ms it has; the longest first."""


def span(period_seconds: int) -> tuple[str, str]:
    """One and several: ("minute", "minutes"), ("span of 5 minutes", "spans of 5 minutes"), ("hour", "hours")."""
    if period_seconds == 60:
        return "minute", "minutes"
    if period_seconds == 3600:
        return "hour", "hours"
    minutes = period_seconds // 60
    return f"span of {minutes} minutes", f"spans of {minutes} minutes"


def counted(datapoints: int, periods: int, period_seconds: int) -> str:
    """ "in 1 of the last 5 minutes", "in each of 5 minutes", "in the last minute"."""
    one, many = span(period_seconds)
    if periods == 1:
        return f"in the last {one}"
    return f"in each of {periods} {many}" if datapoints == periods else f"in {datapoints} of the last {periods} {many}"


def clearing(datapoints: int, periods: int, period_seconds: int) -> str:
    """How the same count comes to its end."""
    one, many = span(period_seconds)
    if datapoints == periods:
        return f"By itself, with the first {one} that is not beyond the threshold."
    if datapoints == 1:
        return f"By itself, {periods} {many} after the last one that was beyond the threshold."
    return f"By itself, once fewer than {datapoints} of the last {periods} {many} are beyond the threshold."


def firing(recipe: Recipe) -> str:
    """ "beyond 0 events a minute in 1 of the last 5 minutes"; without a number where each alarm has its own, or where it is a yes or a no."""
    how = counted(recipe.datapoints, recipe.periods, recipe.period_seconds) if recipe.periods else "for as long as the options say"
    if recipe.threshold is None:
        return f"beyond its own threshold {how}" if recipe.unit else f"when it is so {how}"
    return f"beyond {_number(recipe.threshold, recipe.unit)} {how}"


def firing_of(alarm: Alarm, recipe: Recipe) -> str:
    """ "above 20 ms in 3 of the last 5 minutes"; full minutes and hours as such."""
    unit, scale = IN_ALARM.get(recipe.unit, recipe.unit), 1.0
    if unit == "ms":
        unit, scale = next(
            ((longer, 1 / length) for longer, length in _LONGER.items() if alarm.threshold and not alarm.threshold % length), (unit, scale)
        )
    words = alarm.label(scale).removeprefix(alarm.severity).strip()
    joint = "" if unit.startswith("%") or not unit else " "
    return f"{words}{joint}{unit} {counted(alarm.datapoints_to_alarm, alarm.evaluation_periods, alarm.period_seconds)}"


def felt_by(stack: Stack, alarm: Alarm) -> tuple[PatternDefinition, ...]:
    """By what it measures: an operation, an index, a function, a pattern, or else the table with all that use it."""
    dimensions = [metric.dimensions for metric in alarm.metrics.values()]

    def named(key: str) -> set[object]:
        return {each[key] for each in dimensions if key in each}

    if functions := named("FunctionName"):
        return tuple(dict.fromkeys(found for each in stack.functions if each.name in functions for found in each.patterns))
    if patterns := named("Pattern"):
        return tuple(each for each in stack.patterns if each.name in patterns)
    if operations := named("Operation"):
        return tuple(each for each in stack.patterns if operations & set(each.operations))
    if indexes := named("GlobalSecondaryIndexName"):
        return tuple(each for each in stack.patterns if any(each in patterns_on(stack, str(index)) for index in indexes))
    return tuple(patterns_on(stack, None)) if named("TableName") and not named("EventSourceMappingUUID") else ()


def _number(threshold: float, unit: str) -> str:
    return f"{threshold:,g}{'' if unit.startswith('%') else ' '}{unit}"
