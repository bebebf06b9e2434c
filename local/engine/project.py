"""A project file and a stack file of a session's own, beside the program's, so that `pulumi` writes into neither of those.

The program stays where it is: `main` names its folder. What a stack file holds encrypted was encrypted by the key of another backend, so it is
left out here and set anew.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import yaml

_KEYS: Final = ("encryptionsalt", "encryptedkey", "secretsprovider")
"""How another backend encrypted a stack's secrets."""
_MARK: Final = "# Made by `python -m local engine`"
_HEADER: Final = _MARK + " from {source}, and made anew each time.\n"


def write_project(program: Path, stack: str, folder: Path, config: Mapping[str, Any] | None = None) -> None:
    """`Pulumi.yaml` and `Pulumi.<stack>.yaml` in `folder` for the program in `program`. `config`: values over those of the stack's file."""
    folder.mkdir(parents=True, exist_ok=True)
    project = _project(_read(program / "Pulumi.yaml"), program)
    _write(program / "Pulumi.yaml", folder, project)
    given = {key if ":" in key else f"{project.get('name')}:{key}": value for key, value in (config or {}).items()}
    _write(program / f"Pulumi.{stack}.yaml", folder, _stack(_read(program / f"Pulumi.{stack}.yaml"), given))


def is_written_here(folder: Path) -> bool:
    """Whether `write_project` made this folder."""
    file = folder / "Pulumi.yaml"
    return file.is_file() and file.read_text(encoding="utf-8").startswith(_MARK)


def _read(path: Path) -> dict[str, Any]:
    return (yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}


def _write(source: Path, folder: Path, content: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(content), sort_keys=False) if content else ""
    (folder / source.name).write_text(_HEADER.format(source=source) + text, encoding="utf-8")


def _project(content: Mapping[str, Any], program: Path) -> dict[str, Any]:
    runtime = content.get("runtime", "python")
    settings: dict[str, Any] = {"name": runtime} if isinstance(runtime, str) else dict(runtime)
    options: dict[str, Any] = dict(settings.get("options") or {})
    environment = program / str(options.get("virtualenv", ""))
    # Without one the engine would take the system's Python, which has no SDK: then the one that runs this.
    options["virtualenv"] = str(environment if "virtualenv" in options and environment.is_dir() else sys.prefix)
    return {**content, "main": str(program), "runtime": {**settings, "options": options}}


def _stack(content: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in content.items() if name not in _KEYS}
    values: dict[str, Any] = kept.get("config") or {}
    return {**kept, "config": {name: value for name, value in values.items() if not _is_encrypted(value)} | dict(given)}


def _is_encrypted(value: Any) -> bool:
    return isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"secure"}
