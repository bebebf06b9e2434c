"""A stack's configuration, as the Pulumi CLI would hand it to the program: the defaults that Pulumi.yaml declares, overlaid by
`Pulumi.<stack>.yaml`, overlaid by what the caller gives. Types are checked, undeclared keys refused, secrets marked and never shown.
"""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import yaml

from components.errors import ComponentError

TYPES: Final = ("string", "integer", "boolean", "array", "object")
SECRET_BYTES: Final = 32


class ConfigurationError(ComponentError):
    """A wrong project file, stack file or configuration value."""

    code = "invalid-configuration"


@dataclass(frozen=True)
class Configuration:
    """Values as the SDK reads them: text, or JSON text for everything that is not text; keys with their namespace."""

    project: str
    stack: str
    values: Mapping[str, str] = field(repr=False)
    secret_keys: frozenset[str] = frozenset()

    @property
    def region(self) -> str | None:
        """`aws:region`, where the stack or the project says it."""
        return self.values.get("aws:region")


@dataclass(frozen=True)
class _Declared:
    type: str
    default: Any
    secret: bool


def check_stack(directory: Path, stack: str) -> None:
    """Raises `ConfigurationError` for a stack of the project in `directory` that has no file: it would be deployed with every default."""
    _read(directory / "Pulumi.yaml", required=True)
    if not (directory / f"Pulumi.{stack}.yaml").is_file():
        known = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in directory.glob("Pulumi.*.yaml"))
        there = f"there are: {', '.join(known)}" if known else "there are none"
        raise ConfigurationError(f"no stack {stack!r}: {directory / f'Pulumi.{stack}.yaml'} does not exist; {there}")


def load_configuration(
    directory: Path,
    stack: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Configuration:
    """Read the configuration of a stack of the project in `directory`.

    `overrides` maps keys (with or without the project's namespace) to values of the declared types. A key that is declared
    `secret: true` and that nobody gives gets a random value for this run, in the form `k1:<32 bytes in base64>` in which signing keys are
    configured. Raises `ConfigurationError` for an undeclared key, a value of the wrong type, a missing value.
    """
    project_file = _read(directory / "Pulumi.yaml", required=True)
    project = str(project_file.get("name", ""))
    if not project:
        raise ConfigurationError(f"{directory / 'Pulumi.yaml'} has no `name`")
    declared, values = _declarations(project, _section(project_file, "config"))
    secret_keys = {key for key, entry in declared.items() if entry.secret}

    given: dict[str, Any] = {}
    stack_file = directory / f"Pulumi.{stack}.yaml"
    for key, value in _section(_read(stack_file, required=False), "config").items():
        full = _qualified(project, key)
        if isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"secure"}:
            secret_keys.add(full)  # encrypted with the stack's own key: nothing here can read it, a run of ours makes its own value
            continue
        given[full] = value
    given |= {_qualified(project, key): value for key, value in (overrides or {}).items()}

    for key, value in given.items():
        entry = declared.get(key)
        if entry is None and declared and key.startswith(f"{project}:"):
            known = ", ".join(sorted(name.partition(":")[2] for name in declared if name.startswith(f"{project}:")))
            raise ConfigurationError(f"stack {stack!r}: unknown configuration key {key!r}. Declared in Pulumi.yaml: {known}")
        if entry is not None and not _is_of(entry.type, value):
            shown = "the value" if key in secret_keys else repr(value)
            raise ConfigurationError(f"stack {stack!r}: {key} must be of type {entry.type}, {shown} is of type {type(value).__name__}")
        values[key] = _text(value)

    for key in sorted(secret_keys - set(values)):
        if key in declared and declared[key].type != "string":
            raise ConfigurationError(f"stack {stack!r}: secret {key} is not text, so no random value can be made for it: give one")
        values[key] = "k1:" + base64.b64encode(random_bytes(SECRET_BYTES)).decode()
    missing = sorted(set(declared) - set(values))
    if missing:
        raise ConfigurationError(f"stack {stack!r}: {missing[0]} has no default and no value. Set it in {stack_file.name}")
    return Configuration(project, stack, values, frozenset(secret_keys))


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    if not path.exists():
        if required:
            raise ConfigurationError(f"no Pulumi project here: {path} does not exist")
        return {}
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is not YAML: {error}") from error
    return _map(content, str(path))


def _section(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _map(content.get(name), f"`{name}`")


def _map(content: Any, where: str) -> dict[str, Any]:
    if content is None:
        return {}
    if isinstance(content, dict):
        entries = cast("dict[Any, Any]", content)
        for key in entries:
            if not isinstance(key, str):
                raise ConfigurationError(f"{where}: the key {key!r} is not text. Put it in quotes")
        return entries
    raise ConfigurationError(f"{where} must be a map, it is a {type(content).__name__}")


def _qualified(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _declarations(project: str, section: Mapping[str, Any]) -> tuple[dict[str, _Declared], dict[str, str]]:
    declared: dict[str, _Declared] = {}
    values: dict[str, str] = {}
    for key, content in section.items():
        full = _qualified(project, key)
        if not isinstance(content, dict):
            values[full] = _text(content)
            continue
        spec = cast("dict[str, Any]", content)
        if "value" in spec:
            values[full] = _text(spec["value"])
            continue
        if not full.startswith(f"{project}:"):
            raise ConfigurationError(
                f"Pulumi.yaml: {key} belongs to another namespace: it can only have a `value`, not a type or a default"
            )
        entry = _Declared(spec.get("type", "string"), spec.get("default"), bool(spec.get("secret")))
        if entry.type not in TYPES:
            raise ConfigurationError(f"Pulumi.yaml: {key} has type {entry.type!r}. Allowed: {', '.join(TYPES)}")
        if entry.secret and entry.default is not None:
            # the engine: "configuration key ... must be encrypted as it's secret"
            raise ConfigurationError(f"Pulumi.yaml: {key} is secret and has a default, which stops every stack. Remove the default")
        if entry.default is not None:
            if not _is_of(entry.type, entry.default):
                raise ConfigurationError(f"Pulumi.yaml: the default of {key} must be of type {entry.type}, it is {entry.default!r}")
            values[full] = _text(entry.default)
        declared[full] = entry
    return declared, values


def _is_of(type_name: str, value: Any) -> bool:
    match type_name:
        case "string":
            return isinstance(value, str)
        case "integer":  # `pulumi config set` writes numbers as text
            if isinstance(value, str):
                return value.removeprefix("-").isdecimal()
            return isinstance(value, int) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "array":
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
