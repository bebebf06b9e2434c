"""What a backtest runs over: scenarios, a recording, or what CloudWatch has now; each with the alarms to test."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import UsageError, passing
from monitoring.commands.live import account_of, deployed_of
from monitoring.commands.record import DAYS, before_in, recorded_of
from monitoring.commands.scenario import START
from monitoring.commands.subject import MODEL, stack_of

if TYPE_CHECKING:
    from monitoring.backtest import Alarms, Observed
    from monitoring.recordings import Recording
    from monitoring.scenarios import Scenario
    from monitoring.subjects import Stack

ALL: Final = "all"
"""Every scenario that fits."""
DEPLOYED: Final = "deployed"
"""The alarms as they were, instead of a file with some."""


def _given(file: str | None, stack: "Stack") -> "Alarms | None":
    """Those of a file. None: none was given, or the deployed ones are meant."""
    from monitoring.backtest import read_alarms
    from monitoring.lint import InputError

    try:
        return read_alarms(file, stack) if file and file != DEPLOYED else None
    except InputError as error:
        raise UsageError(error.code, error.message) from None


def scenarios_of(options: argparse.Namespace, skipped: dict[str, str]) -> "Iterator[tuple[Observed, Alarms]]":
    """Each that is played, with its alarms. skipped: is told of those that the stack has nothing for, with what it lacks."""
    from monitoring.backtest import Observed, generated
    from monitoring.backtest.given import names_from
    from monitoring.scenarios import SCENARIOS, named, play

    stack = stack_of(options)
    alarms = _given(options.alarms, stack)
    if alarms:
        stack = named(stack, names_from(stack, alarms.metric))
    wanted: list[Scenario] = list(SCENARIOS.values()) if options.scenario == ALL else [SCENARIOS[options.scenario]]
    for scenario in wanted:
        if lacks := scenario.lacks(stack):
            skipped[scenario.name] = str(lacks)
            if options.scenario != ALL:
                message = f"{scenario.name} needs {lacks}, and {stack.label} has none. Choose another scenario."
                raise UsageError("scenario-does-not-fit", message)
            continue
        passing(f"playing {scenario.name}")
        played = play(scenario, stack, START, days=options.days, seed=options.seed)
        yield Observed.of(played), alarms or generated(played.stack)


def recorded_in(options: argparse.Namespace) -> "Iterator[tuple[Observed, Alarms]]":
    from monitoring.backtest import Incident, Observed, answerable, deployed_alarms, generated

    recording = _recording(options)
    stack = _declared(options, recording)
    alarms = deployed_alarms(recording) if options.alarms == DEPLOYED else _given(options.alarms, stack) or generated(stack)
    incidents = [Incident(start, end, label=label) for start, end, label in options.incident]
    if outside := next((each for each in incidents if not recording.start <= each.start < recording.end), None):
        span = f"{recording.start:%d %b %H:%M} to {recording.end:%d %b %H:%M} UTC"
        raise UsageError("incident-outside", f"{outside.start:%d %b %H:%M} is not in what was measured, {span}. Give one that is.")
    name = options.recording.name if options.recording else options.deployed
    yield Observed.recorded(name, replace(recording, stack=stack), incidents), answerable(alarms, recording)


def _recording(options: argparse.Namespace) -> "Recording":
    """Of a file, or made now and kept nowhere."""
    if options.recording:
        if found := before_in(options.recording):
            return found
        raise UsageError(
            "unreadable-recording", f"{options.recording}: No such file. Give a file that `python -m monitoring record` wrote."
        )
    days = options.days or DAYS
    if days > DAYS + 1:
        raise UsageError("too-long", f"--days {days:g}: CloudWatch keeps minutes for 15 days. Give fewer, or a recording.")
    now = datetime.now(UTC)
    return recorded_of(deployed_of(options, options.deployed, account_of(options)), now - timedelta(days=days), now).recording


def _declared(options: argparse.Namespace, recording: "Recording") -> "Stack":
    """The recorded one, or what --model or --definition declares, by the recorded names."""
    from monitoring.backtest.given import generated, names_from
    from monitoring.scenarios import named

    if options.model == MODEL and not options.definition:
        return recording.stack
    stack = stack_of(options)
    return named(stack, names_from(stack, generated(recording.stack).metric))
