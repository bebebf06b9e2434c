"""The engine's stash, and a program of one guarded table that is rewritten between deployments."""

import copy
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from components.configuration import load_configuration
from components.errors import ComponentError
from local.monitor import Created, Registration
from local.program import Run, run

STASH = "pulumi:index:Stash"
WAS = {
    "attributes": [{"name": "PK", "type": "S"}, {"name": "SK", "type": "S"}, {"name": "day", "type": "N"}],
    "hash_key": "PK",
    "range_key": "SK",
    "local_secondary_indexes": [{"name": "by-day", "range_key": "day", "projection_type": "ALL"}],
}


def with_kept(old: dict[str, Any], new: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """`paths`: input.field, or input.field["key"]."""
    result = copy.deepcopy(new)
    for path in paths:
        *containers, last = re.findall(r'\["([^"]+)"\]|([a-z]+)', path.removeprefix("input."))
        before: Any = old
        after: Any = result
        for container in containers:
            name = "".join(container)
            before, after = before.get(name, {}), after[name]
        name = "".join(last)
        after.pop(name, None)
        if name in before:
            after[name] = before[name]
    return result


class Engine:
    """What the engine keeps between two deployments, of a stash only.

    Source: Pulumi, pkg/resource/deploy/builtins.go: Create gives the input as output, Update keeps the output and takes the new input; a
    change of what `replaceOnChanges` names is a Create. `ignoreChanges` puts the old input back before that, path by path: what the old one
    does not have is removed from the new one (sdk/go/common/resource, PropertyPath.Reset; tried with the CLI 3.272).
    """

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.created: list[str] = []

    def create(self, registration: Registration) -> Created:
        if registration.type != STASH:
            self.created.append(registration.type)
            return Created("", {}) if self.previewing else Created(registration.name, {"name": registration.name})
        old, given = self.kept.get(registration.urn), registration.inputs["input"]
        if old is not None:
            given = with_kept(old["input"], given, registration.request.ignoreChanges)
        replaced = old is None or (given != old["input"] and "input" in registration.request.replaceOnChanges)
        state = {"input": given, "output": given if replaced or old is None else old["output"]}
        if not self.previewing:
            self.kept[registration.urn] = state
        return Created("stash", state)

    def deploy(self, project: Path, *, preview: bool = False) -> Run:
        self.previewing, self.created = preview, []
        return run(project, load_configuration(project, "dev", None), self.create, lambda _token, _arguments: {}, preview=preview)


PROGRAM = """
import pulumi
from components.tables.guard import guarded, Deployed

class Table(pulumi.CustomResource):
    def __init__(self, name, arguments, opts):
        super().__init__("test:index:Table", name, arguments, opts)

class Component(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Component", name)
        made = guarded(self, name, {arguments}, count=lambda name, was: Deployed("shop-1a2b3c4", 12345), **{options})
        Table(name, {{"hashKey": made["hash_key"]}}, pulumi.ResourceOptions(parent=self))

Component("shop")
"""


def write(folder: Path, arguments: Mapping[str, Any], *, replaceable: bool = False, **options: Any) -> Path:
    """arguments: of aws.dynamodb.Table. options: of guarded."""
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM.format(arguments=arguments, options={"replaceable": replaceable, **options}))
    return folder


def failure(ran: Run) -> str:
    (error,) = ran.failures
    assert isinstance(error, ComponentError)
    assert str(error).startswith(f"{error.code}: ")
    return str(error)
