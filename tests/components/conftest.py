"""The real program's registrations, made with names that only a test would give, and a small table for components of one test."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import monitoring
from app import api, model, order_events
from components.functions.function_arguments import pattern_definition
from local.deploy import registrations
from local.monitor import Registration
from singletable.definition import IndexDefinition, KeyDefinition, TableDefinition

ROOT = Path(__file__).parents[2]
ACCOUNT, REGION = "123456789012", "eu-west-1"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@dataclass(frozen=True)
class Stack:
    """What a program registered, each checked against the SDK's types and the service's model, with made-up ids and ARNs."""

    registrations: tuple[Registration, ...]

    @property
    def resources(self) -> list[Registration]:
        """What AWS would have: without what the engine keeps for itself."""
        return [each for each in self.registrations if each.custom and not each.type.startswith("pulumi:")]

    @property
    def outputs(self) -> Mapping[str, Any]:
        return self.registrations[0].outputs

    def one(self, kind: str, name: str) -> Registration:
        (found,) = [each for each in self.all(kind) if each.name == name]
        return found

    def all(self, kind: str) -> list[Registration]:
        return [each for each in self.registrations if each.type.endswith(f":{kind}")]


def document(registration: Registration, name: str = "policy") -> dict[str, Any]:
    """A property that is JSON."""
    return json.loads(registration.inputs[name])


ON_DEMAND = monitoring.Billing.on_demand()


def watched(billing: monitoring.Billing = ON_DEMAND) -> monitoring.Stack:
    """The stack of the program, as monitoring's own words would say it."""
    return monitoring.Stack(
        "shop",
        "dev",
        monitoring.Ref("region"),
        monitoring.TableSubject(model.table.definition(), billing=billing),
        functions=(
            monitoring.FunctionSubject("api", monitoring.Ref("function:api"), 20, tuple(map(pattern_definition, api.patterns)), http=True),
            monitoring.FunctionSubject(
                "order-events", monitoring.Ref("function:order-events"), 30, tuple(map(pattern_definition, order_events.patterns))
            ),
        ),
        streams=(monitoring.StreamSubject("order-events", monitoring.Ref("mapping:order-events"), monitoring.Ref("queue:order-events")),),
        owner="shop team",
    )


@pytest.fixture(scope="session", autouse=True)
def outputs_are_no_text() -> Iterator[None]:
    """An output in an f-string would silently become an error text in a policy or a dashboard: with this, the SDK raises."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_ERROR_OUTPUT_STRING", "true")
        yield


@pytest.fixture(autouse=True)
def outputs_have_a_loop() -> None:
    """An output that a test makes itself needs the event loop of the thread, which whoever ran one in it has taken away."""
    try:
        asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())


@pytest.fixture(scope="session")
def dev() -> Stack:
    """The stack of Pulumi.dev.yaml."""
    return Stack(registrations(ROOT, "dev"))


@pytest.fixture(scope="session")
def live() -> Stack:
    """A stack that is kept: provisioned, with a key of its own, an API for everybody, and people who are told."""
    return Stack(
        registrations(
            ROOT,
            "live",
            {
                "disposable": False,
                "billing": {"mode": "provisioned", "minimum": 5, "maximum": 50, "targetPercent": 60},
                "encryption": arn("kms", "key/k"),
                "urlAuthorization": "NONE",
                "pageEmails": ["oncall@example.com", "lead@example.com"],
                "infoEmails": ["team@example.com"],
            },
        )
    )


@pytest.fixture
def definition() -> TableDefinition:
    return TableDefinition(
        key=KeyDefinition("PK", "SK"),
        indexes=(IndexDefinition("GSI1", KeyDefinition("GSI1PK", "GSI1SK")), IndexDefinition("GSI2", KeyDefinition("GSI1PK"), "KEYS_ONLY")),
        ttl="expires_at",
        entities=(),
        patterns=(),
    )


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], Path]:
    """Makes files of a package `shop` that can be imported, and gives its folder."""

    def make(files: dict[str, str]) -> Path:
        for name, content in {"__init__.py": "", **files}.items():
            path = tmp_path / "shop" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        monkeypatch.syspath_prepend(str(tmp_path))
        return tmp_path / "shop"

    return make


HEAD = """
import json, pathlib
from components import *
from components.permissions.access import Access

definition = json.loads(pathlib.Path("table.json").read_text())
"""
TABLE = {
    "version": 1,
    "key": {"partition": "id", "sort": None},
    "indexes": [
        {"name": "by-owner", "key": {"partition": "owner", "sort": "id"}},
        {"name": "by-day", "key": {"partition": "day", "sort": None}, "projection": "INCLUDE", "attributes": ["title"]},
    ],
    "ttl": None,
    "entities": [],
    "patterns": [
        {
            "name": "notes_of",
            "title": "Notes of an owner",
            "kind": "many",
            "entities": [],
            "operations": ["Query"],
            "index": "by-owner",
            "touches": [],
            "grants": [{"action": "dynamodb:Query", "index": "by-owner"}],
            "access": "owner={owner}",
        }
    ],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: notes\nruntime: python\n")
    (tmp_path / "table.json").write_text(json.dumps(TABLE))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "__init__.py").write_text("")
    (tmp_path / "notes" / "api.py").write_text("def handler(event, context):\n    return {}\n")
    return tmp_path


def run(project: Path, program: str, config: Mapping[str, Any] | None = None) -> Stack:
    (project / "__main__.py").write_text(HEAD + dedent(program))
    return Stack(registrations(project, "dev", config))
