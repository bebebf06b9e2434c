"""The documentation holds: its code runs, its links lead somewhere, and what it repeats from the code is what the code says."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring.options import RECIPES
from tests.error_advice import ADVICE, MEANINGS
from tests.generate_docs import BLOCKS, ROOMS, elsewhere, error_classes, listed, pages
from tests.snippets import ROOT, Program, blocks

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name != "CHANGELOG.md" or path.parent == ROOT
)


@pytest.fixture
def program() -> Iterator[Program]:
    made = Program("documented")
    yield made
    made.close()


def test_the_program_of_the_data_layer_runs(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page makes its own table and sets its own variables, so that a reader can follow it with nothing else."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "CURSOR_KEYS"):
        monkeypatch.setenv(name, "")  # what the page sets is taken back afterwards
    try:
        for block in blocks("docs/data-layer.md", "python"):
            program.run(block)
    finally:
        program.module.aws.close()


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("README.md", "docs/data-layer.md")])
def test_the_programs_of_the_other_pages_run(page: str, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for block in blocks(page, "python"):
        program.run(block)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith("https://")]
    broken = [link for link in links if not _found((ROOT / page).parent, link)]
    assert not broken, f"{page} links to {broken}"


def _found(folder: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = folder / path if path else folder
    if not target.exists():
        return False
    if not anchor or target.is_dir():
        return True
    headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_generated_text_is_what_the_code_says() -> None:
    stale = [str(path) for path, text in pages() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert not stale, f"{', '.join(stale)} differ from the code: run python -m tests.generate_docs"


def test_every_block_that_can_be_generated_is_used_once() -> None:
    used = Counter(
        name for page in PAGES for name in re.findall(r"<!-- generated: ([a-z-]+) -->", (ROOT / page).read_text(encoding="utf-8"))
    )
    assert used == dict.fromkeys(BLOCKS, 1)


def test_every_recipe_is_explained_once() -> None:
    text = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| (A\d+)? \|", line)]
    explained = Counter(recipe for row in rows for recipe in re.findall(r"`([a-z-]+)`", row.split("|")[2]))
    assert explained == dict.fromkeys(RECIPES, 1)
    assert [number for row in rows if (number := row.split("|")[1].strip())] == [f"A{number}" for number in range(1, 13)]


# --- the list of errors


@pytest.mark.parametrize("room", ROOMS)
def test_every_code_is_listed_once_with_a_meaning_and_an_advice(room: str) -> None:
    found = listed(room)
    assert [code for code, times in Counter(each.code for each in found).items() if times > 1] == []
    codes = {each.code for each in found}
    silent = [each.code for each in found if not (MEANINGS.get(room, {}).get(each.code) or each.meaning)]
    assert not silent, f"say what {silent} mean: at the class, or in tests/error_advice.py"
    assert ADVICE[room].keys() == codes, (
        f"tests/error_advice.py, {room}: what is missing or too much is {sorted(ADVICE[room].keys() ^ codes)}"
    )
    assert MEANINGS.get(room, {}).keys() <= codes


@pytest.mark.parametrize("room", ROOMS)
def test_codes_are_plain_words(room: str) -> None:
    odd = [each.code for each in listed(room) if not re.fullmatch(r"[a-z]+(-[a-z]+)*", each.code)]
    assert not odd


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "monitoring"])
def test_a_class_that_narrows_another_either_inherits_its_code_or_has_its_own(room: str) -> None:
    """A class is named in the list if it says its own code; one that does not is caught by the code of its base."""
    owners = Counter(vars(cls)["code"] for cls in error_classes(room))
    assert max(owners.values()) == 1, owners


def test_codes_without_a_class_are_found() -> None:
    assert {code for code, _, _ in elsewhere("app")} >= {"internal", "unknown-route", "method-not-allowed"}
    assert {code for code, _, _ in elsewhere("singletable")} >= {"unnamed-pattern", "secret-in-index"}
