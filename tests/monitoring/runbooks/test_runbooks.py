"""Every kind of alarm has a runbook that somebody can follow: short steps, charts that exist, commands that the services take."""

import re
from collections.abc import Iterator

import botocore.session
import pytest
from botocore import xform_name

from components.__main__ import parser as components
from monitoring import RECIPES, Options, alarms_for, composites_for, dashboard_for
from monitoring.__main__ import parser
from monitoring.account_alarms import ACCOUNT_RECIPES
from monitoring.runbooks import RUNBOOKS, Runbook, page_address, runbook_of
from monitoring.runbooks.runbook import LONGEST_CAUSE, LONGEST_STEP, STEPS
from monitoring.widgets import AlarmStrip, Text
from singletable.__main__ import main as singletable
from tests.monitoring.conftest import stack_of

EVERY = list(RUNBOOKS.values())
OF_EVERY = pytest.mark.parametrize("runbook", EVERY, ids=lambda runbook: runbook.recipe)


def texts(runbook: Runbook) -> Iterator[str]:
    yield from (runbook.means, *runbook.steps, runbook.useless, runbook.clears)
    for cause in runbook.causes:
        yield from (cause.what, cause.sign)


def quoted(runbook: Runbook) -> Iterator[str]:
    """What stands between backquotes."""
    for text in texts(runbook):
        yield from re.findall(r"`([^`]+)`", text)


def test_every_recipe_has_one_and_only_recipes_have() -> None:
    assert RUNBOOKS.keys() == RECIPES.keys() | ACCOUNT_RECIPES.keys()


def test_every_alarm_finds_its_runbook() -> None:
    assert all(runbook_of(alarm.recipe) for alarm in alarms_for(stack_of()))
    assert runbook_of("") is None


@OF_EVERY
def test_it_is_complete_and_short(runbook: Runbook) -> None:
    assert len(runbook.steps) == STEPS
    assert [step for step in runbook.steps if len(step) > LONGEST_STEP] == []
    assert [cause.what for cause in runbook.causes if len(cause.what) > LONGEST_CAUSE] == []
    assert len(runbook.causes) >= 2
    assert all((runbook.title, runbook.means, runbook.useless, runbook.sources))
    assert all(re.match(r"[\"`A-Z]", step) and step.endswith((".", "?")) for step in runbook.steps)
    assert not runbook.title.endswith(".")


@OF_EVERY
def test_what_it_points_to_is_there(runbook: Runbook) -> None:
    assert runbook.recipe not in runbook.related
    assert set(runbook.related) <= RUNBOOKS.keys()


def headings() -> set[str]:
    """The questions and names of the dashboard's sections: "Refusing?", "Access patterns"."""
    stack = stack_of()
    alarms = alarms_for(stack)
    widgets = [placed.widget for placed in dashboard_for(stack, alarms, composites_for(stack, alarms)).widgets]
    lines = [each.title if isinstance(each, AlarmStrip) else each.markdown for each in widgets if isinstance(each, AlarmStrip | Text)]
    found = [re.match(r"(?:## )?\d+ ([^?\n]+\??)", line) for line in lines]
    return {each[1] for each in found if each}


@OF_EVERY
def test_the_sections_that_it_names_are_on_the_dashboard(runbook: Runbook) -> None:
    named = {name for text in texts(runbook) for name in re.findall(r'"([A-Z][a-z ]+\?|Access patterns)"', text)}
    assert named <= headings()


def test_the_dashboard_is_named_at_all() -> None:
    """Else the test above would hold for nothing."""
    assert sum('"Refusing?"' in text for runbook in EVERY for text in texts(runbook)) > 10


@OF_EVERY
def test_the_commands_of_aws_are_operations_with_their_parameters(runbook: Runbook) -> None:
    session = botocore.session.get_session()
    for command in (found.split() for found in quoted(runbook) if found.startswith("aws ")):
        model = session.get_service_model(command[1])
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        assert command[2] in operations, " ".join(command)
        shape = model.operation_model(operations[command[2]]).input_shape
        known = {xform_name(name, "-") for name in shape.members} if shape else set()
        options = {word.removeprefix("--") for word in command[3:] if word.startswith("--")}
        assert options <= known, f"{' '.join(command)}: {sorted(options - known)}"


POINTING = ("refused-requests", "table-throttles", "index-throttles", "lasting-throttles")
"""They name the alarms of the causes that can happen with the table's billing; the runbook has those of every table."""


def test_our_own_commands_can_be_typed_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    commands = {found for runbook in EVERY for found in quoted(runbook) if found.startswith("python -m ")}
    assert commands == {
        "python -m monitoring explain TABLE",
        "python -m monitoring doctor TABLE",
        "python -m singletable review app.model",
        "python -m components redrive --queue QUEUE",
    }
    for table_command in ("explain", "doctor"):
        parser().parse_args([table_command, "TABLE"])
    components().parse_args(["redrive", "--queue", "QUEUE"])
    assert singletable(["review", "app.model"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("count", [0, 3, 60])
def test_a_description_has_the_causes_where_there_is_room(count: int) -> None:
    long = stack_of(indexes=tuple(f"GSI{number}" for number in range(1, count + 2)))
    for alarm in alarms_for(long, Options(runbook_url="https://example.com/runbooks/")):
        runbook = runbook_of(alarm.recipe)
        assert runbook is not None
        causes = f" Likely: {'; '.join(cause.what for cause in runbook.causes)}. Next: "
        assert len(alarm.description) <= 1024
        if alarm.recipe in POINTING:
            assert " Likely: " not in alarm.description
            continue
        assert causes in alarm.description or len(alarm.description) + len(causes) - len(" Next: ") > 1024
        assert alarm.description.endswith(f" Runbook: {page_address('https://example.com/runbooks', alarm.recipe)}")
