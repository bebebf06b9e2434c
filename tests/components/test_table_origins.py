"""Where a table comes from: restored, imported, or taken over."""

from pathlib import Path
from typing import Any

import pytest

from components.tables.origins import CREATION_ONLY, SETTINGS
from tests.components.conftest import run
from tests.components.tables import table_of


@pytest.mark.parametrize(
    ("origin", "arguments"),
    [
        ('Origin.point_in_time("notes-1")', {"restoreSourceName": "notes-1", "restoreToLatestTime": True}),
        (
            'Origin.backup("arn:aws:dynamodb:eu-west-1:123456789012:table/notes-1/backup/01489602797149-73d8d5bc")',
            {"restoreBackupArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/notes-1/backup/01489602797149-73d8d5bc"},
        ),
        (
            'Origin.s3("exports", compression="GZIP")',
            {
                "importTable": {
                    "inputFormat": "DYNAMODB_JSON",
                    "inputCompressionType": "GZIP",
                    "s3BucketSource": {"bucket": "exports"},
                }
            },
        ),
    ],
)
def test_a_table_made_from_other_data_keeps_all_that_it_is(project: Path, origin: str, arguments: dict[str, Any]) -> None:
    """The first deployment cannot set everything: all of it is registered, so that the next one does (pulumi-aws #1831)."""
    plain = table_of(project, 'tags={"team": "a"}')
    made = run(project, f'SingleTable("notes", table=definition, origin={origin}, tags={{"team": "a"}})').one("Table", "notes")

    assert made.inputs == {**plain, **arguments}
    assert (made.inputs["streamEnabled"], made.inputs["deletionProtectionEnabled"], made.inputs["tags"]) == (True, True, {"team": "a"})
    assert (made.protect, made.retain_on_delete) == (True, True)
    assert list(made.request.ignoreChanges) == [*CREATION_ONLY]


def test_an_existing_table_is_taken_over_as_it_is(project: Path) -> None:
    made = run(project, 'SingleTable("notes", table=definition, origin=Origin.existing("legacy-notes"))').one("Table", "notes")

    assert (made.request.importId, made.inputs["name"]) == ("legacy-notes", "legacy-notes")
    assert list(made.request.ignoreChanges) == [*SETTINGS, *CREATION_ONLY]
    assert (made.protect, made.retain_on_delete) == (True, True)


def test_what_would_replace_an_existing_table_is_not_held_back() -> None:
    """A table with other keys must fail to be taken over, not be taken over and replaced later."""
    assert {"hashKey", "rangeKey", "localSecondaryIndexes", "name"}.isdisjoint(SETTINGS)


def test_an_existing_table_becomes_what_is_declared(project: Path) -> None:
    made = run(project, 'SingleTable("notes", table=definition, origin=Origin.existing("legacy-notes", as_declared=True))').one(
        "Table", "notes"
    )
    assert (made.request.importId, made.inputs["name"]) == ("legacy-notes", "legacy-notes")
    assert list(made.request.ignoreChanges) == [*CREATION_ONLY]
