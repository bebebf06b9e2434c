"""The dashboards of one stack: the one for on-call, and those that lie behind it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from monitoring.boards import consumer_dashboard, patterns_dashboard
from monitoring.dashboard import Dashboard
from monitoring.render import View
from monitoring.render.playback import with_names
from monitoring.subjects import Stack

ON_CALL: Final = ""
"""In the address it is left out."""
PATTERNS: Final = "patterns"


def board_names(stack: Stack | None) -> tuple[str, ...]:
    """That for on-call first. The one of patterns only where functions publish metrics of them."""
    if not stack:
        return (ON_CALL,)
    published = (PATTERNS,) if any(function.pattern_metrics for function in stack.functions) else ()
    return (ON_CALL, *published, *(stream.function for stream in stack.streams))


def on_board(view: View, name: str) -> View:
    """The same time on another of the stack's dashboards; on that for on-call where there is none of the name."""
    stack = view.stack
    if not stack or name == ON_CALL or name not in board_names(stack):
        return view
    made: Mapping[str, Callable[[], Dashboard]] = {
        PATTERNS: partial(patterns_dashboard, stack),
        **{stream.function: partial(consumer_dashboard, stack, stream, view.alarms) for stream in stack.streams},
    }
    return replace(view, dashboard=with_names(made[name](), stack))
