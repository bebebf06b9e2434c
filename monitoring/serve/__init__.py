"""A live page at 127.0.0.1: stacks in a scenario, from a recording, or as they are deployed. GETs only; nothing is changed anywhere.

A `Source` says what there is to see of one stack; a `Site` answers addresses; a `Server` listens.
"""

from monitoring.serve.asked import Asked
from monitoring.serve.boards import on_board
from monitoring.serve.live import LiveSource
from monitoring.serve.played import PlayedSource
from monitoring.serve.recorded import RecordedSource
from monitoring.serve.server import Loopback, Server, names_us
from monitoring.serve.site import PAGES, Answer, Site
from monitoring.serve.source import Shown, Source
from monitoring.serve.window import window

__all__ = [
    "PAGES",
    "Answer",
    "Asked",
    "LiveSource",
    "Loopback",
    "PlayedSource",
    "RecordedSource",
    "Server",
    "Shown",
    "Site",
    "Source",
    "names_us",
    "on_board",
    "window",
]
