"""The kit starts with the standard library only, and leaves out what not every function needs."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import singletable

PACKAGE = Path(singletable.__file__).parent
LATE = {"boto3", "botocore", "hmac", "hashlib", "ssl", "http", "urllib", "logging", "asyncio", "socket", "subprocess", "argparse"}


def loaded_by(code: str) -> set[str]:
    """Top-level names of the modules that it loads, and of each module of the kit the full name."""
    before, after = "before = set(sys.modules)", "print(json.dumps(sorted(set(sys.modules) - before)))"
    program = f"import sys, json; sys.path.insert(0, {str(PACKAGE.parent)!r}); {before}; {code}; {after}"
    # Without site: nothing of the environment is loaded beforehand.
    output = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True).stdout
    names = json.loads(output)
    return {name if name.startswith("singletable") else name.partition(".")[0] for name in names}


def test_only_the_standard_library_is_loaded() -> None:
    others = {name for name in loaded_by("import singletable") if not name.startswith("singletable")}
    assert others and others <= sys.stdlib_module_names
    assert others & LATE == set()


def test_a_function_does_not_load_what_only_a_stack_needs() -> None:
    loaded = loaded_by("import singletable")
    tools = {f"singletable.{name}" for name in ("definition", "grants", "costs", "plans", "review", "testing", "titles", "plain")}
    assert loaded & tools == set()
    assert {"singletable.store", "singletable.table"} <= loaded


def test_every_public_name_is_there_once() -> None:
    imported = [
        alias.name
        for node in ast.parse((PACKAGE / "__init__.py").read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert singletable.__all__ == sorted(set(imported)) and len(imported) == len(set(imported))
