"""Further dashboards, where they are asked for, and times that are drawn on the charts."""

import json
from pathlib import Path

import pytest

from tests.components.conftest import run

WATCHED = """
data = SingleTable("notes", table=definition)
Monitoring("notes", table=data, {arguments})
"""


def bodies(project: Path, arguments: str) -> dict[str, dict]:
    stack = run(project, WATCHED.format(arguments=arguments))
    return {each.inputs["dashboardName"]: json.loads(each.inputs["dashboardBody"]) for each in stack.all("Dashboard")}


def test_one_dashboard_unless_more_are_asked_for(project: Path) -> None:
    assert len(bodies(project, "")) == 1


def test_a_board_of_the_patterns(project: Path) -> None:
    [main, board] = sorted(bodies(project, 'boards=["patterns"]'))
    assert board == f"{main}-patterns"


def test_no_consumer_no_board(project: Path) -> None:
    assert len(bodies(project, 'boards=["consumers"]')) == 1


def test_a_mark_is_drawn(project: Path) -> None:
    program = "marks=[Mark(datetime(2026, 3, 2, 10, tzinfo=UTC), 'v7')]"
    stack = run(project, "from datetime import UTC, datetime\nfrom monitoring.widgets import Mark\n" + WATCHED.format(arguments=program))
    body = json.loads(stack.all("Dashboard")[0].inputs["dashboardBody"])
    marks = [
        each["properties"]["annotations"]["vertical"] for each in body["widgets"] if "vertical" in each["properties"].get("annotations", {})
    ]
    assert marks[0] == [{"value": "2026-03-02T10:00:00Z", "label": "v7"}]


@pytest.mark.parametrize(
    ("boards", "named"),
    [('["pages"]', "one of the boards is 'pages'"), ('"patterns"', "the boards are of type str"), ("7", "the boards are of type int")],
)
def test_a_board_that_is_none(project: Path, boards: str, named: str) -> None:
    with pytest.raises(Exception, match=f"InvalidArgument: {named}: give a list of patterns and consumers"):
        run(project, WATCHED.format(arguments=f"boards={boards}"))
