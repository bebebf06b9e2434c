"""How a scenario is asked for on the command line."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from monitoring.commands.command import UsageError
from monitoring.commands.subject import stack_of

if TYPE_CHECKING:
    from monitoring.scenarios import Played

START: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning; a scenario has no date of its own."""

NAMES: Final = (
    "steady",
    "launch-spike",
    "hot-partition",
    "gsi-backpressure",
    "on-demand-cap",
    "provisioned-exhausted",
    "account-limit",
    "conditional-storm",
    "contended-item",
    "slow-callee",
    "replication-lag",
    "stream-stall",
    "poison-record",
    "lost-records",
    "regional-errors",
    "silent-death",
    "ttl-stop",
    "deploy",
    "bad-release",
)
"""The parser must not wait for the scenarios. A test compares them."""


class Group(Protocol):
    """What takes options."""

    def add_argument(self, *names: str, **options: Any) -> Any: ...


def add_one(parser: argparse.ArgumentParser, *more: str, required: bool = True, group: Group | None = None) -> None:
    """more: names that mean something else than one scenario. required: whether there is nothing else to do. group: of options that exclude
    each other, where it is one of them; which says itself whether one is required.
    """
    names = (*NAMES, *more)
    option = (group or parser).add_argument("--scenario", metavar="NAME", choices=names, help=f"one of {', '.join(names)}")
    option.required = required and group is None
    parser.add_argument("--seed", metavar="NUMBER", type=int, default=1, help="of what is left to chance; default: 1")


def played(options: argparse.Namespace) -> "Played":
    """Raises UsageError "scenario-does-not-fit", and what `stack_of` raises."""
    from monitoring.scenarios import SCENARIOS, play

    scenario, stack = SCENARIOS[options.scenario], stack_of(options)
    if lacks := scenario.lacks(stack):
        raise UsageError("scenario-does-not-fit", f"{scenario.name} needs {lacks}, and {stack.label} has none. Choose another scenario.")
    return play(scenario, stack, START, seed=options.seed)
