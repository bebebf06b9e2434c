"""The pack as it comes, on stacks that people wrote without us: it accuses of what is wrong, of nothing else, and stops on nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.programs import write
from tests.policy.by_hand import STACKS
from tests.policy.pack import Pack, running
from tests.policy.stacks import registered


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    with running("dev") as started:
        yield started


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.filterwarnings("ignore:hash_key is deprecated")  # people still write it
def test_what_is_wrong_is_found_and_nothing_else(pack: Pack, tmp_path: Path, name: str) -> None:
    program, broken = STACKS[name]
    found = pack.findings(registered(write(tmp_path, program), "dev"))
    assert {(finding.policy, finding.resource) for finding in found} == broken


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.filterwarnings("ignore:hash_key is deprecated")
def test_a_preview_accuses_of_what_is_certain_and_tells_what_it_cannot_know(pack: Pack, tmp_path: Path, name: str) -> None:
    """Before the first deployment hardly anything is known."""
    program, broken = STACKS[name]
    found = pack.findings(registered(write(tmp_path, program), "dev", preview=True))
    unknown = {finding.policy for finding in found if "can't be known during preview" in finding.message}
    certain = {(finding.policy, finding.resource) for finding in found if "can't be known during preview" not in finding.message}
    assert certain <= broken
    assert {policy for policy, _ in broken} <= unknown | {policy for policy, _ in certain}
