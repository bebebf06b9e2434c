"""Both programs that the bench compares register the same, and a difference would be seen."""

import pytest

from tests.bench.mocked import run
from tests.bench.plain import NAME
from tests.bench.registration import names, ours, read, written


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return written()


def test_the_plain_program_registers_what_two_tables_do(source):
    plain = read(source)
    mine, theirs = run(lambda: ours(names(2))), run(lambda: plain(names(2)))

    assert (mine.resources, mine.digest) == (theirs.resources, theirs.digest)
    # Of each table: WebAppTable, SingleTable, StreamConsumer, Monitoring, two PythonFunctions, and the stash of the guard.
    assert mine.registrations - theirs.registrations == 2 * 7


def test_it_is_a_program_without_components_for_any_name(source):
    assert "components" not in source and "app." in source
    assert NAME not in source


@pytest.mark.parametrize(
    ("was", "instead"),
    [
        ("retention_in_days=30", "retention_in_days=7"),
        ("protect=True, ", ""),
        ("'WriteLogs'", "'Write'"),
        ("table_1.stream_arn", "table_1.arn"),
    ],
)
def test_a_difference_is_seen(source, was, instead):
    assert was in source
    plain, other = read(source), read(source.replace(was, instead))

    assert run(lambda: plain(names(1))).digest != run(lambda: other(names(1))).digest
