"""From what tools write to alarms as they were given: DescribeAlarms, CloudFormation, Terraform, Pulumi, and a live account.

The format is recognised by its shape; whoever knows better says which.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from monitoring.lint.document import Document, parse_document
from monitoring.lint.errors import InputError
from monitoring.lint.given import Given
from monitoring.lint.readers import described, plan, preview, template
from monitoring.lint.readers.live import client_of, read_live

__all__ = ["FORMATS", "STANDARD_INPUT", "Format", "client_of", "read_file", "read_live", "read_text"]

STANDARD_INPUT: Final = "-"


@dataclass(frozen=True)
class Format:
    """command: what writes it."""

    name: str
    command: str
    matches: Callable[[Any], bool]
    read: Callable[[Document], Iterator[Given]]


FORMATS: Final = {
    each.name: each
    for each in (
        Format(
            "describe-alarms",
            "aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm",
            described.matches,
            described.read,
        ),
        Format("cloudformation", "a template, JSON or YAML; cdk synth", template.matches, template.read),
        Format("terraform", "terraform show -json PLAN", plan.matches, plan.read),
        Format("pulumi", "pulumi preview --json", preview.matches, preview.read),
    )
}
"""In the order in which they are tried."""


def read_file(path: str, format_name: str | None = None) -> tuple[Given, ...]:
    """path: "-" is standard input. Raises InputError."""
    try:
        raw = sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes()
    except OSError as error:
        raise InputError(
            "unreadable-file", f"{path}: {error.strerror or error}. Give a file that exists, or - for standard input."
        ) from None
    try:
        text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else json.detect_encoding(raw))
    except UnicodeDecodeError:
        raise InputError("unreadable-file", f"{path}: is no text in UTF-8, UTF-16 or UTF-32. Give JSON or YAML.") from None
    return read_text(text, "stdin" if path == STANDARD_INPUT else path, format_name)


def read_text(text: str, file: str, format_name: str | None = None) -> tuple[Given, ...]:
    """Raises InputError "unreadable-text", "unknown-format" or "missing-library"."""
    document = parse_document(text, file)
    if format_name is None:
        format = next((each for each in FORMATS.values() if each.matches(document.value)), None)
    else:
        format = FORMATS[format_name] if FORMATS[format_name].matches(document.value) else None
    if format is None:
        wanted = [FORMATS[format_name]] if format_name else list(FORMATS.values())
        allowed = "; ".join(f"{each.name} ({each.command})" for each in wanted)
        raise InputError("unknown-format", f"{file}: holds {_described(document.value)}. Allowed is: {allowed}.")
    try:
        return tuple(format.read(document))
    except (AttributeError, KeyError, TypeError):
        raise InputError(
            "unknown-format", f"{file}: looks like {format.name}, but is not built like it. Write it anew: {format.command}."
        ) from None


def _described(value: Any) -> str:
    if isinstance(value, dict):
        keys: list[str] = [str(key) for key in value][:6]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # of any type
        return f"an object with {', '.join(keys)}" if keys else "an empty object"
    if value is None:
        return "nothing"
    return "a list of something else" if isinstance(value, list) else f"no object but a {type(value).__name__}"
