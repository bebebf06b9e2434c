"""Runs the scenarios and reports each in a line, on the terminal and in out/engine/report.md."""

import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CONSUMERS = HERE.parent / "examples" / "test_engine.py"
"""Stacks in other languages, which reach the components by `package add`."""
REPORT = Path("out/engine/report.md")


class Report:
    """A line for each scenario: the first sentence of its docstring."""

    def __init__(self) -> None:
        self.sentences: dict[str, str] = {}
        self.lines: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        for item in items:
            sentence = (item.function.__doc__ or _words(item.originalname)).strip().partition("\n")[0]
            self.sentences[item.nodeid] = f"{sentence} ({item.callspec.id})" if hasattr(item, "callspec") else sentence

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Without the dot of a passed test: its line says it."""
        return ("passed" if report.when == "call" else "", "", "") if report.passed else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            mark = {"passed": "ok", "skipped": "skipped"}.get(report.outcome, "FAILED")
            self.lines.append(f"- {mark}: {self.sentences.get(report.nodeid, report.nodeid)} ({report.duration:.1f} s)")
            print(self.lines[-1], flush=True)


def _words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def main() -> int:
    """0: every scenario holds, or there is no engine here. 1: one does not."""
    if shutil.which("pulumi") is None:
        print("SKIPPED: there is no `pulumi` on PATH, so no scenario was run on the real engine")
        return 0
    report = Report()
    status = int(
        pytest.main([str(HERE), str(CONSUMERS), "-q", "--no-header", "-p", "no:cacheprovider", "--show-capture=no"], plugins=[report])
    )
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("# The real engine against the embedded AWS\n" + "\n".join(report.lines) + "\n", encoding="utf-8")
    print(f"written: {REPORT}")
    return status


if __name__ == "__main__":
    sys.exit(main())
