"""Programs of somebody else with one table."""

from pathlib import Path
from typing import Any

from tests.components.conftest import run


def table_of(project: Path, arguments: str) -> dict[str, Any]:
    """Inputs of the table of a program with one component."""
    return dict(run(project, f'SingleTable("notes", table=definition, {arguments})').one("Table", "notes").inputs)


SORTED = """
definition["key"]["sort"] = "day"
"""
KEYS = 'definition["stream_view_type"] = "KEYS_ONLY"\n'
STRONG = 'SingleTable("notes", table=definition, replicas=Replicas.strong("eu-central-1", "eu-west-3"){more})'
