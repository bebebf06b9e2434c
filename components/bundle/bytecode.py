"""Compiled modules: a function that loads them compiles nothing at its cold start."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import PurePosixPath

from components.bundle.packaging import Target
from components.bundle.sources import Source
from components.errors import InvalidArgument, UnexpectedFile

# Version 2 of marshal writes no references: with them, the bytes depend on how often the compiler's objects happen to be used elsewhere.
# Python 3.14 has constants (slices) that only its own version can write.
# Flag 1: the file is valid by its hash, which nothing checks when it is loaded (PEP 552, unchecked hash-based pycs).
_COMPILE = """
import importlib.util, json, marshal, sys
version = 2 if sys.version_info < (3, 14) else marshal.version
made = {}
for name, text in json.load(sys.stdin).items():
    source = text.encode("latin-1")
    try:
        code = compile(source, "/var/task/" + name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError) as error:
        sys.exit(f"{name}: {error}")
    pyc = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source) + marshal.dumps(code, version)
    made[name] = pyc.decode("latin-1")
json.dump(made, sys.stdout)
"""


def interpreter_of(target: Target) -> str:
    """Raises InvalidArgument where this machine has none of the target's version."""
    if target.python_version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(target.runtime)
    if not found:
        raise InvalidArgument(
            f"bytecode is for {target.runtime}, which is not on PATH, and this is Python {sys.version_info.major}.{sys.version_info.minor}: "
            f"install {target.runtime} here, choose the runtime python{sys.version_info.major}.{sys.version_info.minor}, or leave bytecode out"
        )
    return found


def compiled(sources: Sequence[Source], target: Target) -> list[Source]:
    """One .pyc for each .py, the same bytes from each machine with the same release of Python.

    Raises InvalidArgument as interpreter_of does, UnexpectedFile for what that Python cannot compile.
    """
    texts = {source.name: source.content.decode("latin-1") for source in sources if source.name.endswith(".py")}
    command = [interpreter_of(target), "-I", "-S", "-c", _COMPILE]
    result = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False)
    if result.returncode:
        raise UnexpectedFile(f"{target.runtime} cannot compile {result.stderr.strip().splitlines()[-1]}")
    made: dict[str, str] = json.loads(result.stdout)
    tag = f"cpython-{target.python_version.replace('.', '')}"
    return [Source("", _cached(name, tag), content.encode("latin-1")) for name, content in made.items()]


def _cached(name: str, tag: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc")
