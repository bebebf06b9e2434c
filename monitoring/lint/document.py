"""JSON or YAML, with the line at which each object and list starts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from monitoring.lint.errors import InputError

Path = tuple[str | int, ...]

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]')


@dataclass(frozen=True)
class Document:
    """value: plain data; the short forms of CloudFormation's YAML are spelt out. lines: path -> line of an object or list, from 1."""

    file: str
    value: Any
    lines: Mapping[Path, int] = field(default_factory=dict[Path, int])


def parse_document(text: str, file: str) -> Document:
    """Raises InputError "unreadable-text" or "missing-library"."""
    if text.lstrip()[:1] in ("{", "["):
        return _json(text, file)
    return _yaml(text, file)


def pointer(path: Path) -> str:
    """ "/Resources/Alarm". Source: RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _json(text: str, file: str) -> Document:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            "unreadable-text", f"{file}: no JSON in line {error.lineno}, column {error.colno}: {error.msg}. Write the file anew."
        ) from None
    except RecursionError:
        raise InputError("unreadable-text", f"{file}: objects in objects without end. Write the file anew.") from None
    return Document(file, value, _lines_of_json(text))


def _lines_of_json(text: str) -> dict[Path, int]:
    """Of a text that is JSON: a walk over its braces, brackets, commas and keys."""
    lines: dict[Path, int] = {}
    path: list[str | int] = []
    line, seen = 1, 0
    expects_key: list[bool] = []
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            line += text.count("\n", seen, token.start())
            seen = token.start()
            lines[tuple(path)] = line
            path.append("" if sign == "{" else 0)
            expects_key.append(sign == "{")
        elif sign in "}]":
            path.pop()
            expects_key.pop()
        elif sign == ",":
            last = path[-1]
            if isinstance(last, int):
                path[-1] = last + 1
            else:
                expects_key[-1] = True
        elif expects_key and expects_key[-1]:
            path[-1] = json.loads(sign)
            expects_key[-1] = False
    return lines


def _yaml(text: str, file: str) -> Document:
    try:
        import yaml
    except ImportError:
        raise InputError(
            "missing-library",
            f"{file}: YAML needs PyYAML, which is not installed. Run pip install 'singletable[monitoring]', or give the template as JSON.",
        ) from None
    loader = _loader(text)
    try:
        node = loader.get_single_node()
        value = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        raise InputError(
            "unreadable-text", f"{file}: neither JSON nor YAML: {' '.join(str(error).split())}. Write the file anew."
        ) from None
    except RecursionError:
        raise InputError("unreadable-text", f"{file}: objects in objects without end. Write the file anew.") from None
    finally:
        loader.dispose()
    lines: dict[Path, int] = {}
    if node is not None:
        _lines_of_yaml(node, (), lines)
    return Document(file, value, lines)


def _loader(text: str) -> Any:
    """PyYAML's safe loader, with CloudFormation's short forms: !Ref X is {"Ref": "X"}, !Sub X is {"Fn::Sub": "X"}."""
    import yaml

    class Loader(yaml.SafeLoader):
        """A class of its own, because constructors are added to the class."""

    def spell_out(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            value: Any = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    Loader.add_multi_constructor("!", spell_out)  # pyright: ignore[reportUnknownMemberType] # the stubs do not say
    return Loader(text)


def _lines_of_yaml(node: Any, path: Path, lines: dict[Path, int]) -> None:
    """An alias leads to the place of its anchor; one that leads to itself is not followed."""
    if path in lines or len(path) > 50:
        return
    lines[path] = node.start_mark.line + 1
    if node.id == "mapping":
        for key, inner in node.value:
            if inner.id != "scalar":
                _lines_of_yaml(inner, (*path, key.value), lines)
    elif node.id == "sequence":
        for number, inner in enumerate(node.value):
            if inner.id != "scalar":
                _lines_of_yaml(inner, (*path, number), lines)
