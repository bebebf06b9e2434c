"""Writes what the documentation repeats from the code: `python -m tests.generate_docs`. `tests/test_docs.py` holds the two together.

`docs/errors.md` and `docs/runbooks/` are written whole. In other files only what stands between `<!-- generated: NAME -->` and `<!-- end -->` is.
"""

import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_policy import Policy, ResourceValidationPolicy

from app import api, model, order_events
from app.api import STATUS_OF
from monitoring import FunctionSubject, Stack, StreamSubject, TableSubject, alarms_for, composites_for, dashboard_for
from monitoring.__main__ import parser
from monitoring.account_alarms import ACCOUNT_RECIPES
from monitoring.catalogue import CATALOGUE
from monitoring.commands.command import Parser
from monitoring.errors import CODES, USAGE_CODES
from monitoring.options import LATENCY_MS, RECIPES, Recipe
from monitoring.runbooks import pages as runbooks
from monitoring.widgets import AlarmStrip, Text
from policy.rules import POLICIES
from singletable import SingleTableError
from singletable.definition import definition_of
from singletable.review import review
from tests.error_advice import ADVICE, MEANINGS
from tests.option_costs import break_even_percent, costs

ROOT = Path(__file__).parent.parent
ERRORS = Path("docs/errors.md")
RUNBOOKS = Path("docs/runbooks")
RUNBOOKS_MADE_BY = "Written by `python -m tests.generate_docs`: change `monitoring/runbooks/`, not this file."
WITH_BLOCKS = (
    Path("README.md"),
    Path("docs/monitoring.md"),
    Path("docs/policy.md"),
    Path("docs/local.md"),
    Path("docs/on-call.md"),
    Path("docs/commands.md"),
    Path("docs/options-cost.md"),
)
BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

ROOMS: Mapping[str, str] = {
    "singletable": "The kit. `SingleTableError` is the base; `details` has the same facts as the message, as JSON.",
    "app": 'The shop. Its API answers every error as `{"error": {"code", "message"}}`, those of the kit too: the status is in the column HTTP.',
    "components": "The Pulumi components, before anything is registered, and `python -m components`.",
    "monitoring": "The toolkit. One class, `MonitoringError`; `code` tells the kinds apart. What a command refuses ends it with exit status 2.",
    "local": "The embedded AWS and what deploys into it.",
}
"""Rooms with errors of their own. The policy pack reports violations instead: docs/policy.md."""


@dataclass(frozen=True)
class Listed:
    """One code. raised: the class, or where it appears. status: of the API's answer, where it is one."""

    code: str
    raised: str
    meaning: str
    status: int | None = None


def modules(room: str) -> Iterator[Any]:
    """Every module of a room except those that start something when they are imported."""
    package = importlib.import_module(room)
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{room}."):
        if not found.name.endswith(".__main__"):
            yield importlib.import_module(found.name)


def error_classes(room: str) -> list[type[Exception]]:
    """Exceptions that the room defines with a code of their own, in the order of their source."""
    found = {
        value
        for module in modules(room)
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Exception)
        and value.__module__ == module.__name__
        and isinstance(vars(value).get("code"), str)
    }
    return sorted(
        found, key=lambda each: (len(each.__module__.split(".")) - (each.__module__ == f"{room}.errors"), each.__module__, line_of(each))
    )


def line_of(cls: type[Any]) -> int:
    return inspect.getsourcelines(cls)[1]


def listed(room: str) -> list[Listed]:
    if room == "monitoring":
        of_commands = {code: meaning for code, meaning in USAGE_CODES.items() if code not in CODES}
        return [
            Listed(code, raised, f"{meaning[0].upper()}{meaning[1:]}.")
            for raised, codes in (("MonitoringError", CODES), ("a command", of_commands))
            for code, meaning in codes.items()
        ]
    of_classes = [Listed(vars(cls)["code"], cls.__name__, first_sentence(cls), http_status(room, cls)) for cls in error_classes(room)]
    return of_classes + [Listed(code, where, "", status) for code, where, status in elsewhere(room)]


def first_sentence(cls: type[Any]) -> str:
    """Of the class's own documentation: what it says before it explains arguments."""
    text = " ".join((vars(cls).get("__doc__") or "").split("\n\n")[0].split())
    kept = [sentence for sentence in re.split(r"(?<=\.)\s+", text) if not re.match(r"[a-z_`]+:|`[a-z_]+`", sentence)]
    return " ".join(kept)


def http_status(room: str, cls: type[Any]) -> int | None:
    """What the API answers, by its own table."""
    if room not in ("singletable", "app"):
        return None
    status = next((STATUS_OF[kind] for kind in cls.__mro__ if kind in STATUS_OF), 500)
    return 503 if status == 500 and issubclass(cls, SingleTableError) and cls.retryable else status


def elsewhere(room: str) -> Iterator[tuple[str, str, int | None]]:
    """Codes without a class: the API's own answers, and the findings of a review."""
    if room == "app":
        for call in calls("app/api.py", "error"):
            status, code = call.args[:2]
            if isinstance(status, ast.Constant) and isinstance(code, ast.Constant):
                yield str(code.value), "an answer", int(str(status.value))
    if room == "singletable":
        for call in calls("singletable/review.py", "Finding"):
            level, code = call.args[:2]
            if isinstance(level, ast.Constant) and isinstance(code, ast.Constant):
                yield str(code.value), f"review, a {level.value}", None


def calls(path: str, function: str) -> Iterator[ast.Call]:
    """In the order of the file."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    found = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function]
    return iter(sorted(found, key=lambda node: node.lineno))


def errors_page() -> str:
    lines = [
        "<!-- Generated by `python -m tests.generate_docs`: change the code or tests/error_advice.py, not this file. -->",
        "# Errors",
        "Every error that this project raises on purpose has a code that does not change, and a message that says what was given, what is",
        "allowed and what to do. No message holds the value of a secret. Programs compare codes, people read messages.",
    ]
    for room, about in ROOMS.items():
        found = listed(room)
        with_status = any(each.status for each in found)
        lines += ["", f"## {room}", about, ""]
        lines += (
            ["| code | raised as | HTTP | what it means | what to do |", "|---|---|---|---|---|"]
            if with_status
            else [
                "| code | raised as | what it means | what to do |",
                "|---|---|---|---|",
            ]
        )
        for each in found:
            meaning = MEANINGS.get(room, {}).get(each.code) or each.meaning
            status = [str(each.status or "")] if with_status else []
            lines.append(row(f"`{each.code}`", each.raised, *status, meaning, ADVICE[room].get(each.code, "")))
    return "\n".join(lines) + "\n"


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


# --- blocks inside other files


def review_table() -> str:
    found = review(model.table)
    lines = [row("pattern", "operation", "access", "consistent", "cost"), "|---|---|---|---|---|"]
    lines += [row(*(f"`{cell}`" if number in (0, 2) else cell for number, cell in enumerate(line.cells()))) for line in found.lines]
    return "\n".join([*lines, "", f"`^` begins with. {found.summary}."])


def account_table() -> str:
    lines = [row("recipe", "severity", "beyond", "fires at"), "|---|---|---|---|"]
    return "\n".join([*lines, *(row(*recipe_cells(recipe)) for recipe in ACCOUNT_RECIPES.values())])


def alarm_table() -> str:
    lines = [row("recipe", "severity", "beyond", "fires at", "only with"), "|---|---|---|---|---|"]
    return "\n".join([*lines, *(row(*recipe_cells(recipe), recipe.made_for) for recipe in RECIPES.values())])


def recipe_cells(recipe: Recipe) -> tuple[str, str, str, str]:
    """Key, severity, threshold, count."""
    beyond = "see below" if recipe.threshold is None else f"{recipe.threshold:,g} {recipe.unit}".strip()
    span = "minutes" if recipe.period_seconds == 60 else f"spans of {recipe.period_seconds // 60} minutes"
    fires = f"{recipe.datapoints} of {recipe.periods} {span}" if recipe.periods else "see below"
    return f"`{recipe.key}`", recipe.severity, beyond, fires


def latency_table() -> str:
    return ", ".join(f"{operation} {milliseconds:g}" for operation, milliseconds in LATENCY_MS.items()) + "."


def catalogue_table() -> str:
    lines = [row("namespace", "metrics", "pages they come from"), "|---|---|---|"]
    for namespace in dict.fromkeys(namespace for namespace, _ in CATALOGUE):
        of_it = [each for each in CATALOGUE.values() if each.namespace == namespace]
        pages = dict.fromkeys(f"{each.source.page} ({each.source.as_of})" for each in of_it)
        lines.append(row(f"`{namespace}`", len(of_it), "; ".join(pages)))
    return "\n".join(lines)


def section_list() -> str:
    """The headings of the shop's dashboard, with what stands under them."""
    stack = shop()
    alarms = alarms_for(stack)
    composites = composites_for(stack, alarms)
    texts = [placed.widget for placed in dashboard_for(stack, alarms, composites).widgets]
    found = [
        (text.title.partition("? ")[0] + "?", "every alarm of the stack with its state, then the numbers of this moment")
        for text in texts
        if isinstance(text, AlarmStrip)
    ]
    for text in texts:
        if isinstance(text, Text) and text.markdown.startswith("## "):
            heading, _, note = text.markdown.removeprefix("## ").partition("\n")
            found.append((heading, "each pattern: operation, index, access" if note.startswith("|") else note))
    return "\n".join(f"- **{heading}** {note}" for heading, note in found)


def shop() -> Stack:
    """As `__main__.py` composes it, with names in the place of what AWS decides."""
    api_function = FunctionSubject("api", "api", 10, tuple(map(definition_of, api.patterns)), http=True)
    consumer = FunctionSubject("order-events", "order-events", 30, tuple(map(definition_of, order_events.patterns)))
    stream = StreamSubject("order-events", "mapping", "order-events-failures")
    return Stack("shop", "dev", "eu-west-1", TableSubject(model.table.definition(), "shop"), (api_function, consumer), (stream,))


def policy_table() -> str:
    lines = [row("rule", "level", "severity", "what it asks for", "known as", "what to do"), "|---|---|---|---|---|---|"]
    for each in POLICIES:
        known = ", ".join(f"`{tag.partition(':')[2]}`" for tag in each.tags or ())
        severity = each.severity.value if each.severity else ""
        lines.append(row(f"`{each.name}`", policy_level(each), severity, each.description, known, each.remediation_steps or ""))
    return "\n".join(lines)


def policy_level(policy: Policy) -> str:
    """By default, where it holds, and whether it can mend."""
    found = [policy.enforcement_level.value if policy.enforcement_level else ""]
    if policy.config_schema and "everywhere" in policy.config_schema.properties:
        found.append("in production")
    if isinstance(policy, ResourceValidationPolicy) and policy.has_remediation():
        found.append("can mend")
    return ", ".join(found)


def policy_configuration() -> str:
    """A property that means the same in several rules has one row."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in POLICIES:
        for name, schema in (each.config_schema.properties if each.config_schema else {}).items():
            allowed = f" ({', '.join(f'`{value}`' for value in schema['enum'])})" if len(schema.get("enum", ())) in range(1, 5) else ""
            default = json.dumps(schema["default"])
            found.setdefault((name, f"{schema['description']}{allowed}", default), []).append(f"`{each.name}`")
    lines = [row("property", "meaning", "default", "of"), "|---|---|---|---|"]
    lines += [row(f"`{name}`", meaning, f"`{default}`", ", ".join(rules)) for (name, meaning, default), rules in found.items()]
    return "\n".join(lines)


def commands() -> Mapping[str, Parser]:
    """Name -> parser of each command of the toolkit, in the order of the help."""
    return {name: each for action in parser().options if isinstance(action.choices, dict) for name, each in action.choices.items()}


def statuses_of(command: Parser) -> Mapping[int, str]:
    """Exit status -> what it means, as the help says it."""
    _, _, told = (command.epilog or "").partition("exit status:\n")
    found = re.findall(r"^  (\d+)  (.+(?:\n {5,}.+)*)", told, re.MULTILINE)
    return {int(status): " ".join(words.split()) for status, words in found}


def command_table() -> str:
    lines = [row("command", "what it does"), "|---|---|"]
    return "\n".join([*lines, *(row(f"`{name}`", " ".join((each.description or "").split())) for name, each in commands().items())])


def exit_status_table() -> str:
    """2 means the same in each of them."""
    lines = [row("command", "0", "1"), "|---|---|---|"]
    for name, command in commands().items():
        statuses = statuses_of(command)
        lines.append(row(f"`{name}`", *(statuses.get(status, "") for status in (0, 1))))
    return "\n".join(lines)


def repair_table() -> str:
    from local import repairs

    lines = [row("repair", "what moto does, and what AWS does"), "|---|---|"]
    return "\n".join(
        [*lines, *(row(f"`{each.name}`", f"{each.reason[0].upper()}{each.reason[1:]}.".replace("Moto", "moto", 1)) for each in repairs.ALL)]
    )


def option_cost_table() -> str:
    lines = [row("option", "said with", "price", "of the example, a month"), "|---|---|---|---|"]
    for each in costs(shop()):
        option = f"**{each.option}**" if each.default else each.option
        lines.append(row(option, each.argument, each.price, "" if each.usd is None else f"${each.usd:,.2f}"))
    return "\n".join(
        [*lines, "", f"Provisioned capacity costs less than on demand where {break_even_percent():.0f} percent of it or more are used."]
    )


BLOCKS: Mapping[str, Callable[[], str]] = {
    "review": review_table,
    "alarms": alarm_table,
    "account-alarms": account_table,
    "latency": latency_table,
    "catalogue": catalogue_table,
    "sections": section_list,
    "policy": policy_table,
    "policy-configuration": policy_configuration,
    "commands": command_table,
    "exit-status": exit_status_table,
    "repairs": repair_table,
    "option-costs": option_cost_table,
}


def filled(text: str) -> str:
    """A file's text with every block as the code has it now. Raises KeyError for a block that nobody writes."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found['name']]()}\n{found[3]}", text)


def pages() -> Iterator[tuple[Path, str]]:
    """Every file that holds something generated, with the text that it should have."""
    yield ERRORS, errors_page()
    for name, text in runbooks.pages(RUNBOOKS_MADE_BY).items():
        yield RUNBOOKS / name, text
    for path in WITH_BLOCKS:
        yield path, filled((ROOT / path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path, text in pages():
        (ROOT / path).write_text(text, encoding="utf-8")
