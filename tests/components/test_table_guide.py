"""The guide of the table is one program; its tables are registered here."""

import inspect
from pathlib import Path

from components import SingleTable
from local.deploy import registrations
from tests.components.conftest import ROOT, Stack, arn, run
from tests.snippets import blocks

GUIDE = "docs/table.md"


def documented(project: Path, call: str) -> Stack:
    return run(project, "\n".join([*(block.code for block in blocks(GUIDE, "python")), call]))


def test_the_small_table(project: Path) -> None:
    assert [each.type for each in documented(project, "small()").resources] == ["aws:dynamodb/table:Table"]


def test_the_table_with_everything(project: Path) -> None:
    stack = documented(project, f'everything("{arn("kinesis", "stream/changes")}")')

    table = stack.one("Table", "shop").inputs
    assert [index["name"] for index in table["globalSecondaryIndexes"]] == ["GSI1", "by-place"]
    assert {each.type.rpartition(":")[2] for each in stack.resources} == {
        "Table",
        "ContributorInsights",
        "KinesisStreamingDestination",
        "ResourcePolicy",
    }
    assert stack.one("ContributorInsights", "shop-insights").inputs["mode"] == "ACCESSED_AND_THROTTLED_KEYS"


def test_the_table_with_everything_can_be_previewed(project: Path) -> None:
    """Names, ARNs and the stream are not known yet."""
    written = documented(project, f'everything("{arn("kinesis", "stream/changes")}")')
    previewed = registrations(project, "dev", preview=True)

    assert [each.urn for each in previewed] == [each.urn for each in written.registrations]


def test_every_argument_is_explained() -> None:
    text = (ROOT / GUIDE).read_text(encoding="utf-8")
    arguments = inspect.signature(SingleTable.__init__).parameters.keys() - {"self", "name", "table", "opts"}
    assert [name for name in sorted(arguments) if f"`{name}" not in text and f"{name}=" not in text] == []
