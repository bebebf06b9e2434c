"""A coverage file: scenario -> the alarms that it must trip. TOML or JSON, for example

    gsi-backpressure = ["GSI1 is throttled", "many requests to api fail"]
    steady = []

An alarm is called by its name, or by what stands in it behind the severity.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from monitoring.alarms import Alarm, clause_of
from monitoring.backtest.result import Result
from monitoring.nearest import did_you_mean
from monitoring.recordings import SUFFIX
from monitoring.scenarios import SCENARIOS


class CoverageError(Exception):
    """code: stable. message: what was given, what is allowed, what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Coverage:
    """scenarios: name of a scenario, or of a recording's file -> alarms that must fire in an incident and clear before the end. Any other page
    is a failure, and in a scenario that is not named, every page.
    """

    scenarios: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def failures(self, result: Result) -> tuple[str, ...]:
        """In words, for one scenario; none where everything is as the file says."""
        wanted = self.scenarios.get(result.observed.name, ())
        return tuple(_failures(result, wanted))


def read_coverage(path: Path) -> Coverage:
    """Raises CoverageError "unreadable-coverage" or "unknown-scenario"."""
    try:
        text = path.read_text(encoding="utf-8")
        found: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise CoverageError("unreadable-coverage", f"{path}: {error.strerror or error}. Give a file that exists.") from None
    except ValueError as error:
        raise CoverageError("unreadable-coverage", f"{path}: {error}. Write TOML, or JSON in a file that ends with .json.") from None
    scenarios = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    for name, alarms in scenarios.items():
        if name not in SCENARIOS and not name.endswith(SUFFIX):
            raise CoverageError(
                "unknown-scenario",
                f'{path}: no scenario is called "{name}"; there are {", ".join(SCENARIOS)}.{did_you_mean(name, SCENARIOS)}',
            )
        if not isinstance(alarms, list) or not all(isinstance(each, str) for each in cast("list[Any]", alarms)):
            raise CoverageError("unreadable-coverage", f'{path}: "{name}" must be a list of names of alarms, given {alarms!r}')
    if not scenarios:
        raise CoverageError(
            "unreadable-coverage", f'{path}: names no scenario. Write lines such as steady = [] or hot-partition = ["..."].'
        )
    return Coverage({name: tuple(alarms) for name, alarms in scenarios.items()})


def _failures(result: Result, wanted: tuple[str, ...]) -> Iterator[str]:
    for name in wanted:
        alarms = [alarm for alarm in result.alarms.metric if _is(alarm, name)]
        firings = [each for each in result.firings if _is(each.alarm, name) and each.after is not None]
        if not alarms:
            yield f'no alarm is called "{name}"'
        elif not firings:
            yield f'"{name}" did not fire'
        elif firings[-1].cleared is None:
            yield f'"{name}" fired at {firings[-1].fired:%H:%M} and did not clear'
    for firing in result.firings:
        expected = firing.after is not None and any(_is(firing.alarm, name) for name in wanted)
        if firing.alarm.severity == "page" and not expected:
            when = "" if firing.after is not None or not result.observed.incidents else ", outside the incident"
            yield f'"{clause_of(firing.alarm.name)}" paged at {firing.fired:%d %b %H:%M}{when}'


def _is(alarm: Alarm, name: str) -> bool:
    return name in (alarm.name, clause_of(alarm.name))
