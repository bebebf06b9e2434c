"""The guides of functions and of access are programs; what they make is registered here."""

import inspect
from pathlib import Path

import pytest

from components import Delivery, Packaging, PythonFunction, StreamConsumer
from local.deploy import registrations
from tests.components.conftest import ROOT, Stack, arn, run
from tests.snippets import blocks

FUNCTIONS, ACCESS = "docs/functions.md", "docs/access.md"


def documented(project: Path, guide: str, call: str) -> Stack:
    head = 'SingleTable_ = __import__("components").SingleTable\n'
    code = "\n".join(block.code for block in blocks(guide, "python"))
    return run(project, f'{head}{code}\ndata = SingleTable_("shop", table=model.table.definition())\n{call}')


@pytest.mark.parametrize(
    ("guide", "call", "kind", "name"),
    [
        (FUNCTIONS, "small(data)", "FunctionUrl", "api-url"),
        (FUNCTIONS, f'everything(data, "{arn("lambda", "layer:numbers:1")}")', "FunctionEventInvokeConfig", "api-events"),
        (FUNCTIONS, "follower(data)", "EventSourceMapping", "order-events-mapping"),
        (FUNCTIONS, f'from_kinesis(data, "{arn("kinesis", "stream/changes")}")', "EventSourceMapping", "audit-mapping"),
        (ACCESS, "allowed(data)", "Function", "api"),
        (ACCESS, 'narrow(data, EventTopic("status"))', "EventSourceMapping", "order-events-mapping"),
    ],
)
def test_what_the_guides_make(project: Path, guide: str, call: str, kind: str, name: str) -> None:
    stack = documented(project, guide, call)

    assert stack.one(kind, name)
    previewed = registrations(project, "dev", preview=True)
    assert {each.urn for each in previewed} == {each.urn for each in stack.registrations}


@pytest.mark.parametrize("made", [PythonFunction, StreamConsumer, Delivery, Packaging])
def test_every_argument_is_explained(made: type) -> None:
    text = (ROOT / FUNCTIONS).read_text(encoding="utf-8")
    arguments = inspect.signature(made.__init__).parameters.keys() - {"self", "name", "opts"}
    assert [name for name in sorted(arguments) if f"`{name}" not in text and f"{name}=" not in text] == []
