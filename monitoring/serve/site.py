"""What each address shows: the page, and the same as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import escape
from threading import Lock
from typing import Any, Final

from monitoring.errors import MonitoringError
from monitoring.ranges import RANGES, WORDS
from monitoring.render import render_html
from monitoring.render.controls import Choice, Choices, Controls, Link
from monitoring.render.page import policy
from monitoring.serve.asked import Asked
from monitoring.serve.boards import board_names
from monitoring.serve.source import Shown, Source
from monitoring.serve.state import state

STATE: Final = "/state.json"
PAGES: Final = ("/", STATE)
STEP: Final = 2
"""A step back in time is this part of the range."""
SECURITY: Final = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(frozen=True)
class Answer:
    """headers: without the length."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Site:
    """sources: the first is shown where none is asked for. Safe to use from several threads: what was drawn last is kept, so that many who
    look at the same cost no more than one.
    """

    sources: Sequence[Source]
    _drawn: dict[Any, Answer] = field(default_factory=dict[Any, Answer])
    _lock: Lock = field(default_factory=Lock)

    def answer(self, path: str, query: str) -> Answer:
        """Of a GET."""
        try:
            if path not in PAGES:
                return _said(404, f"nothing is at {path}; there is {' and '.join(PAGES)}")
            asked = Asked.of(query)
            source = next((each for each in self.sources if each.name == asked.stack), self.sources[0])
            shown = source.shown(asked)
        except MonitoringError as error:
            status = 400 if error.code == "invalid-view" else 503
            return _json({"error": {"code": error.code, "message": error.message}}, status) if path == STATE else _said(status, str(error))
        return self._kept(path, asked, source, shown)

    def _kept(self, path: str, asked: Asked, source: Source, shown: Shown) -> Answer:
        key = (path, asked, source.name, shown.view.start, shown.view.end, shown.view.spells, shown.problem, shown.every_seconds)
        with self._lock:
            if key not in self._drawn:
                # One a path: what nobody looks at any more is forgotten.
                answer = _json(state(shown)) if path == STATE else self._page(asked, source, shown)
                self._drawn = {known: each for known, each in self._drawn.items() if known[0] != path} | {key: answer}
            return self._drawn[key]

    def _page(self, asked: Asked, source: Source, shown: Shown) -> Answer:
        body = render_html(shown.view, controls(asked, [each.name for each in self.sources], source.name, shown))
        headers = {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": f"{policy(live=True)}; frame-ancestors 'none'",
            **SECURITY,
        }
        return Answer(200, headers, body.encode())


def controls(asked: Asked, stacks: Sequence[str], stack: str, shown: Shown) -> Controls:
    """What can be chosen on the page of one stack."""
    step = timedelta(seconds=round(asked.span.total_seconds() / STEP))
    end = shown.view.end
    earlier = max(end - step, shown.earliest + min(asked.span, shown.newest - shown.earliest))
    later = end + step
    choices = (
        Choices("stack", "Stack", tuple(Choice(each, each, each == stack) for each in stacks)),
        Choices("scenario", "Scenario", tuple(Choice(each, each, each == shown.scenario) for each in shown.scenarios)),
        Choices(
            "board", "Dashboard", tuple(Choice(each or "on call", each, each == asked.board) for each in board_names(shown.view.stack))
        ),
    )
    return Controls(
        choices,
        (("range", asked.range),),
        tuple(Link(WORDS[name], replace(asked, range=name).address, name == asked.range) for name in RANGES),
        Link("\N{LEFTWARDS ARROW} Earlier", replace(asked, end=earlier).address if earlier < end else ""),
        Link("Later \N{RIGHTWARDS ARROW}", replace(asked, end=later if later < shown.newest else None).address if asked.end else ""),
        Link("Now", replace(asked, end=None).address, not asked.end),
        shown.every_seconds,
        shown.told,
        shown.problem,
    )


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json", **SECURITY}, json.dumps(value).encode())


def _said(status: int, words: str) -> Answer:
    """For a person and for the page's script."""
    body = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{status}</title></head><body><p>{escape(words)}</p></body></html>'
    policy = "default-src 'none'; frame-ancestors 'none'"
    return Answer(status, {"content-type": "text/html; charset=utf-8", "content-security-policy": policy, **SECURITY}, body.encode())
