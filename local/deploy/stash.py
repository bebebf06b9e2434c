"""What the engine itself keeps for a program from one deployment to the next. Here there is none before, so what comes out is what went in."""

from collections.abc import Mapping
from typing import Final

from local.deploy.handler import Calls, Handler, Properties, keep
from local.monitor import Created


def create_stash(properties: Properties, _call: Calls) -> Created:
    kept = properties.require("input")
    properties.done()
    return Created("stash", {"input": kept, "output": kept})


HANDLERS: Final[Mapping[str, Handler]] = {"pulumi:index:Stash": Handler(create_stash, keep, named_by=None)}
