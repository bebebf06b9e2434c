"""What a deployed stack sees of a new version: the URNs of its resources, and the arguments that nobody gave.

`surface.json` is what stacks have that were deployed with the last version. `python -m tests.components.surface` writes it anew: at a release,
and before the first one whenever it changes. Until a release each difference must be said in CHANGELOG.md, so that whoever upgrades knows what
a preview will show (docs/upgrade.md).
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.deploy import registrations
from local.monitor import Registration
from tests.components.conftest import ROOT, TABLE, run

FILE: Final = Path(__file__).with_name("surface.json")
SECTION: Final = "### Changed for deployed stacks"
LONGEST: Final = 100
"""Characters of a value that a reader of the file sees. A longer one is a fingerprint."""
OF_THE_CODE: Final = frozenset({"code", "sourceCodeHash"})
"""Arguments that say what the application is, and not how it is deployed."""

PROGRAM: Final = """
from singletable.definition import TableDefinition

WebAppTable(
    "notes",
    table=definition,
    handlers={
        "api": Handler("notes.api.handler", patterns=TableDefinition.from_dict(definition).patterns, url="AWS_IAM"),
        "changes": Handler("notes.api.handler", patterns=[], stream={"version": 1, "filters": []}),
    },
)
scaled = SingleTable("scaled", table=definition, billing=Billing.provisioned(Capacity.autoscaled(5, 50)))
EventTopic("events")
AccountMonitoring("account")
"""
"""Every component, each with as few arguments as it takes."""
LIVE: Final[Mapping[str, Any]] = {
    "disposable": False,
    "billing": {"mode": "provisioned", "minimum": 5, "maximum": 50, "targetPercent": 60},
    "pageEmails": ["oncall@example.com"],
}


@dataclass(frozen=True)
class Surface:
    """urns: stack -> URNs without stack and project. aliases: URN -> those that this resource goes by also. arguments: "Type.argument" -> name
    of the resource -> value as JSON.
    """

    urns: Mapping[str, frozenset[str]]
    aliases: Mapping[str, frozenset[str]]
    arguments: Mapping[str, Mapping[str, str]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "urns": {stack: sorted(urns) for stack, urns in sorted(self.urns.items())},
            "arguments": {argument: _folded(values) for argument, values in sorted(self.arguments.items())},
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Surface":
        """What the file holds."""
        arguments = {
            argument: {name: value for value, names in values.items() for name in names} for argument, values in kept["arguments"].items()
        }
        return cls({stack: frozenset(urns) for stack, urns in kept["urns"].items()}, {}, arguments)


def _folded(values: Mapping[str, str]) -> dict[str, list[str]]:
    """Value -> names of the resources that have it."""
    return {value: sorted(name for name in values if values[name] == value) for value in sorted(set(values.values()))}


def surface() -> Surface:
    """Of the components as they are."""
    stacks = {"dev": registrations(ROOT, "dev"), "live": registrations(ROOT, "live", LIVE), "least": _least()}
    arguments: dict[str, dict[str, str]] = {}
    for each in stacks["least"]:
        for name, value in each.inputs.items() if each.custom else ():
            if name not in OF_THE_CODE:
                arguments.setdefault(f"{type_of(each)}.{name}", {})[each.name] = _shown(value)
    return Surface(
        {stack: frozenset(short(each.urn) for each in found) for stack, found in stacks.items()},
        {short(each.urn): frozenset(aliases(each)) for found in stacks.values() for each in found},
        arguments,
    )


def _least() -> tuple[Registration, ...]:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "Pulumi.yaml").write_text("name: notes\nruntime: python\n")
        (project / "table.json").write_text(json.dumps(TABLE))
        (project / "notes").mkdir()
        (project / "notes" / "__init__.py").write_text("")
        (project / "notes" / "api.py").write_text("def handler(event, context):\n    return {}\n")
        return run(project, PROGRAM).registrations


def short(urn: str) -> str:
    return urn.split("::", 2)[2]


def type_of(registration: Registration) -> str:
    """ "aws:dynamodb/table:Table" -> "Table"."""
    return registration.type.rpartition(":")[2]


def aliases(registration: Registration) -> Iterator[str]:
    """Also of a resource that only changed its name or its type."""
    kinds, name = short(registration.urn).split("::")
    for alias in registration.request.aliases:
        if alias.urn:
            yield short(alias.urn)
        else:
            own = kinds.rpartition("$")
            yield f"{own[0]}{own[1]}{alias.spec.type or own[2]}::{alias.spec.name or name}"


def _shown(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= LONGEST else f"sha256 {hashlib.sha256(text.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Change:
    """say: what the changelog must name; empty where nothing but an alias helps. what: a sentence without its end."""

    say: str
    what: str


def changes(before: Surface, after: Surface) -> list[Change]:
    """What a preview would show of stacks that exist."""
    return [*_moved(before, after), *_altered(before.arguments, after.arguments)]


def _moved(before: Surface, after: Surface) -> Iterator[Change]:
    for stack in sorted(before.urns.keys() & after.urns.keys()):
        old, new = before.urns[stack], after.urns[stack]
        renamed = {urn: after.aliases.get(urn, frozenset[str]()) & old for urn in new - old}
        for urn in sorted(old - new - frozenset[str]().union(*renamed.values())):
            yield Change("", f"{urn} of stack {stack} is gone: it would be deleted, and what took its place created")
        for urn in sorted(urn for urn, known in renamed.items() if not known):
            yield Change(urn.rpartition("::")[0].rpartition(":")[2], f"{urn} of stack {stack} is new")


def _altered(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]) -> Iterator[Change]:
    """Of resources that are in both: what is new or gone is told by its URN."""
    both = _resources(before) & _resources(after)
    for argument in sorted(before.keys() | after.keys()):
        kind = argument.partition(".")[0]
        was, now = before.get(argument, {}), after.get(argument, {})
        alike: dict[tuple[str, str], list[str]] = {}
        for name in sorted(was.keys() | now.keys()):
            if (kind, name) in both and was.get(name) != now.get(name):
                alike.setdefault((was.get(name, "not given"), now.get(name, "not given")), []).append(name)
        for (old, new), names in alike.items():
            yield Change(argument, f"{argument} of {_few(names)} was {old} and is {new}")


def _few(names: Sequence[str]) -> str:
    return f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]


def _resources(arguments: Mapping[str, Mapping[str, str]]) -> set[tuple[str, str]]:
    return {(argument.partition(".")[0], name) for argument, values in arguments.items() for name in values}


def unsaid(found: Sequence[Change], changelog: str) -> list[str]:
    """A sentence for each change that the changelog does not name, with what to do."""
    said = _said(changelog)
    return [
        f"{change.what}. Put it back, or say `{change.say}` in CHANGELOG.md under '{SECTION.lstrip('# ')}'"
        if change.say
        else f"{change.what}. Give the new resource an alias of the old one"
        for change in found
        if not change.say or change.say not in said
    ]


def _said(changelog: str) -> set[str]:
    """What stands between backticks in the section, in what is not released yet."""
    unreleased = re.search(r"^## Unreleased$(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    section = re.search(rf"^{re.escape(SECTION)}$(.*?)(?=^### |\Z)", unreleased[1] if unreleased else "", re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`]+)`", section[1])) if section else set()


def kept() -> Surface:
    return Surface.of(json.loads(FILE.read_text(encoding="utf-8")))


if __name__ == "__main__":
    FILE.write_text(json.dumps(surface().to_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {FILE.relative_to(ROOT)}")
