"""The dashboards of one stack: the one for on-call, and one for each consumer of its stream. What the one for patterns says, the page's own
table of patterns says of all of them at once.
"""

from dataclasses import replace

from monitoring.boards import consumer_dashboard
from monitoring.render import View
from monitoring.render.playback import with_names
from monitoring.subjects import Stack


def board_names(stack: Stack | None) -> tuple[str, ...]:
    """As the address has them; that for on-call, which comes first, is left out of it."""
    return ("", *(stream.function for stream in stack.streams)) if stack else ("",)


def on_board(view: View, name: str) -> View:
    """The same time on another of the stack's dashboards; on that for on-call where there is none of the name."""
    streams = {stream.function: stream for stream in view.stack.streams} if view.stack else {}
    if view.stack is None or name not in streams:
        return view
    return replace(view, dashboard=with_names(consumer_dashboard(view.stack, streams[name], view.alarms), view.stack))
