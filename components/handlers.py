"""What a function of an application is, before anything is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.functions.function_arguments import UrlAuthorization
from components.permissions.access import Access
from singletable.definition import PatternDefinition, StreamDefinition
from singletable.patterns import Pattern


@dataclass(frozen=True)
class Handler:
    """A function of a WebAppTable. handler: "package.module.function", or as Lambda takes it where there is `code`.

    patterns: what it does with the table: its permissions. Default: every pattern that the table declares, where it is the only handler; one of
    several has to say them. stream: what it follows of the table's changes, `order_events.stream.definition()` or the same as a dict. Default:
    nothing; it is called by others. url: who may call it over HTTPS. Default: it has no URL. code: an archive that is ready to run. Default:
    the bundle of the handler's package.
    environment: beside the table's. Default: none. access: beside the patterns'. Default: none. recursion: of one that follows the stream and
    writes what it follows: what ends that. Default: it is refused. Everything else that a PythonFunction or StreamConsumer takes is said in
    `transform`.
    """

    handler: str
    patterns: Sequence[Pattern | PatternDefinition] | None = None
    stream: StreamDefinition | Mapping[str, Any] | None = None
    url: UrlAuthorization | None = None
    code: pulumi.Input[pulumi.Archive] | None = None
    environment: Mapping[str, pulumi.Input[str]] | None = None
    access: Sequence[Access] = ()
    recursion: str | None = None

    def arguments(self, every: Sequence[PatternDefinition]) -> dict[str, Any]:
        """Of PythonFunction, or of StreamConsumer where it follows the stream. every: the table's patterns."""
        given = {"stream": self.stream, "url": self.url, "code": self.code, "recursion": self.recursion}
        return {
            "handler": self.handler,
            "patterns": every if self.patterns is None else self.patterns,
            "environment": self.environment,
            "access": self.access,
            **{name: value for name, value in given.items() if value is not None},
        }
