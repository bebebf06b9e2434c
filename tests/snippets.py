"""Reads the code blocks of the documentation, and runs them as a reader would: from top to bottom, as one program."""

import doctest
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"(?:<!-- (?P<mark>[^>]*?) -->\n)?^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """mark: the comment in the line above, which says what is special about it. line: of the first line of code, from 1."""

    file: Path
    line: int
    language: str
    mark: str
    code: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def blocks(path: str, language: str | None = None) -> Iterator[Block]:
    """The fenced blocks of a file, in order. language: only these."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        if language in (None, found["language"]):
            line = text.count("\n", 0, found.start("code")) + 1
            yield Block(Path(path), line, found["language"], (found["mark"] or "").strip(), found["code"])


class Program:
    """A module whose source comes in pieces. Raises AssertionError where an example does not give what it says."""

    def __init__(self, name: str) -> None:
        self.module = ModuleType(name)
        # Patterns look for their name in the module that declares them.
        sys.modules[name] = self.module

    def run(self, block: Block) -> None:
        if ">>>" not in block.code:
            exec(compile("\n" * (block.line - 1) + block.code, str(block.file), "exec"), vars(self.module))
            return
        parsed = doctest.DocTestParser().get_doctest(block.code, vars(self.module), str(block), str(block.file), block.line - 1)
        said: list[str] = []
        failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(parsed, out=said.append, clear_globs=False)
        assert not failed, "".join(said)
        # A run works on a copy of the variables.
        vars(self.module).update(parsed.globs)

    def close(self) -> None:
        del sys.modules[self.module.__name__]
