"""Two functions of one label would write to one log group, and be one in alarms and in the report of permissions."""

from pathlib import Path

import pytest

from components.functions.labels import check_label, take_label
from local.deploy import DeployError
from tests.components.conftest import run

PROGRAM = """
data = SingleTable("notes", table=definition)
given = {"handler": "notes.api.handler", "table": data, "patterns": []}
stream = {"version": 1, "filters": []}
"""
FUNCTION, CONSUMER = 'PythonFunction("api", **given)', 'StreamConsumer("api", stream=stream, **given)'


@pytest.mark.parametrize(
    ("first", "second", "component"),
    [(FUNCTION, CONSUMER, "StreamConsumer 'api'"), (CONSUMER, FUNCTION, "PythonFunction 'api'")],
)
def test_a_second_one_is_refused_before_it_is_registered(project: Path, first: str, second: str, component: str) -> None:
    alone = {each.urn for each in run(project, f"{PROGRAM}{first}\n").registrations}
    with pytest.raises(DeployError) as caught:
        run(project, f"{PROGRAM}{first}\n{second}\n")
    assert f"InvalidArgument: {component} is called as PythonFunction 'api' of this stack: both would write to one log group" in str(
        caught.value
    )
    assert {each.urn for each in caught.value.deployment.resources} <= alone


def test_a_handler_called_as_one_of_another_table_is_refused_before_its_table(project: Path) -> None:
    first = 'WebAppTable("notes", table=definition, handlers={"api-x": "notes.api.handler"})\n'
    second = 'WebAppTable("notes-api", table=definition, handlers={"x": "notes.api.handler"})\n'
    alone = {each.urn for each in run(project, first).registrations}
    with pytest.raises(
        DeployError, match=r"PythonFunction 'notes-api-x' is called as PythonFunction 'notes-api-x' of this stack"
    ) as caught:
        run(project, first + second)
    assert {each.urn for each in caught.value.deployment.registrations} <= alone


def test_each_program_has_labels_of_its_own(project: Path) -> None:
    """One process may run many programs, such as the tests of whoever uses the components."""
    for program in (FUNCTION, CONSUMER, FUNCTION):
        assert len(run(project, f"{PROGRAM}{program}\n").all("LogGroup")) == 1


def test_where_no_program_runs_nothing_is_taken() -> None:
    take_label("PythonFunction 'api'", "api")
    check_label("PythonFunction 'api'", "api")
