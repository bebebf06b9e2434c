"""The same resources written plainly: a program with neither components nor a declaration, as a good author would write it by hand.

It is written out from what one table registers, so that nobody has to keep the two alike: constructors with literal arguments, outputs where
an argument is another resource's, JSON made once where its last part is known. `python -m tests.bench.registration write FILE` writes it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any
from unittest import mock

import pulumi

from tests.bench.mocked import STASH, run

NAME = "shop-0"
"""Of the table that is recorded: a parameter of the program that is written."""
HEAD = """import json

import pulumi
import pulumi_aws as aws


def main(names):
    region = aws.get_region_output().region
    account = aws.get_caller_identity_output().account_id
    for name in names:
        resources(name, region, account)


def resources(name, region, account):
"""
_TOKEN = re.compile(r"@\(([^|]*\|[^|]*)\|(\w+)\)@")

Variables = dict[str, str]
"""By type and name of a resource, "aws:sns/topic:Topic|shop-0-page", what it is called in the program."""


@dataclass
class Resource:
    """arguments: as they were given in Python, with tokens in place of outputs."""

    kind: type[pulumi.CustomResource]
    token: str
    name: str
    options: pulumi.ResourceOptions
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


def recorded(program: Callable[[], None]) -> list[Resource]:
    """What the program makes of the cloud, in the order in which it does."""
    with _recording() as found:
        run(program)
    return [each for each in found if each.token != STASH]


@contextmanager
def _recording() -> Iterator[list[Resource]]:
    found: list[Resource] = []
    construct = pulumi.CustomResource.__init__

    def record(self: pulumi.CustomResource, kind: str, name: str, props: Any = None, opts: Any = None, *rest: Any, **more: Any) -> None:
        made = Resource(type(self), kind, name, opts or pulumi.ResourceOptions())
        found.append(made)
        given = {argument: value for argument, value in (props if isinstance(props, dict) else vars(props)).items() if value is not None}
        pulumi.Output.from_input(given).apply(lambda known: setattr(made, "arguments", known))
        construct(self, kind, name, props, opts, *rest, **more)

    with mock.patch.object(pulumi.CustomResource, "__init__", record):
        yield found


def source(resources: Sequence[Resource]) -> str:
    """The program: `main(names)` makes the resources once for each name."""
    variables: Variables = {"|": ""}
    lines: list[str] = []
    for number, each in enumerate(resources, 1):
        variable = f"{_snake(each.kind.__name__)}_{number}"
        arguments = [f"{argument}={_input(value, variables)}" for argument, value in each.arguments.items()]
        options = _options(each.options, variables)
        parts = [_text(each.name), *arguments, *([f"opts=pulumi.ResourceOptions({options})"] if options else [])]
        service = each.kind.__module__.split(".")[1]
        lines += [f"    {variable} = aws.{service}.{each.kind.__name__}(", *(f"        {part}," for part in parts), "    )"]
        variables[f"{each.token}|{each.name}"] = variable
    return HEAD + "\n".join(lines) + "\n"


def _options(options: pulumi.ResourceOptions, variables: Variables) -> str:
    plain = {name: getattr(options, name) for name in ("protect", "retain_on_delete", "ignore_changes")}
    parts = [f"{name}={value!r}" for name, value in plain.items() if value]
    if limits := options.custom_timeouts:
        parts.append(f"custom_timeouts=pulumi.CustomTimeouts({limits.create!r}, {limits.update!r}, {limits.delete!r})")
    if after := options.depends_on:
        parts.append(f"depends_on=[{', '.join(variables[f'{it.pulumi_resource_type}|{it.pulumi_resource_name}'] for it in after)}]")
    return ", ".join(parts)


def _input(value: Any, variables: Variables) -> str:
    """An expression for what may be an output, or have outputs in it."""
    match value:
        case dict():
            return _dict(value, lambda item: _input(item, variables))
        case list():
            return f"[{', '.join(_input(item, variables) for item in value)}]"
        case pulumi.FileArchive():
            return f"pulumi.FileArchive({value.path!r})"
        case str() if (document := _document(value)) is not None:
            return _dumped(document, variables)
        case str():
            pieces = _TOKEN.split(value)
            texts = [_text(piece) if piece else "" for piece in pieces[::3]]
            outputs = [_output(*each, variables) for each in _TOKEN.findall(value)]
            parts = [part for part in chain.from_iterable(zip_longest(texts, outputs)) if part]
            return (parts or ["''"])[0] if len(parts) < 2 else f"pulumi.Output.concat({', '.join(parts)})"
        case _:
            return repr(value)


def _document(text: str) -> Any:
    """What a text that is JSON says. None: it is none."""
    try:
        return json.loads(text) if text.startswith("{") else None
    except ValueError:
        return None


def _dumped(document: Any, variables: Variables) -> str:
    """JSON that is made when all outputs in it are known: one output more, instead of one for each of its parts."""
    known: list[str] = []

    def expression(value: Any) -> str:
        match value:
            case dict():
                return _dict(value, expression)
            case list():
                return f"[{', '.join(map(expression, value))}]"
            case str():
                pieces = _TOKEN.split(value)
                outputs = [_output(*each, variables) for each in _TOKEN.findall(value)]
                known.extend(output for output in outputs if output not in known)
                holes = [f"known[{known.index(output)}]" for output in outputs]
                return holes[0] if _TOKEN.fullmatch(value) else _text(*chain.from_iterable(zip_longest(pieces[::3], holes, fillvalue="")))
            case _:
                return repr(value)

    dumped = f"json.dumps({expression(document)}, sort_keys=True)"
    return f"pulumi.Output.all({', '.join(known)}).apply(lambda known: {dumped})" if known else dumped


def _dict(value: Mapping[str, Any], expression: Callable[[Any], str]) -> str:
    return f"{{{', '.join(f'{_text(key)}: {expression(item)}' for key, item in value.items() if item is not None)}}}"


def _output(resource: str, output: str, variables: Variables) -> str:
    return f"{variables[resource]}.{_snake(output)}".lstrip(".")


def _text(*parts: str) -> str:
    """A literal of texts and, at every second place, expressions; the name of the table in the texts is the parameter."""
    named = [[text for piece in part.split(NAME) for text in (_escaped(piece), "{name}")][:-1] for part in parts[::2]]
    holes = [[f"{{{part}}}"] if part else [] for part in parts[1::2]]
    inside = [text for group in chain.from_iterable(zip_longest(named, holes, fillvalue=[])) for text in group]
    if not any(NAME in text for text in parts[::2]) and not any(parts[1::2]):
        return repr("".join(parts[::2]))
    return "name" if inside == ["", "{name}", ""] else f"f{''.join(inside)!r}"


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
