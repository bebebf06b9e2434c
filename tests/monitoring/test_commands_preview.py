"""`python -m monitoring preview` as somebody types it."""

import json
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from app import model
from monitoring import alarms_for, composites_for
from monitoring.__main__ import main
from tests.monitoring.scenarios.conftest import subject

ROOT = Path(__file__).parents[2]


@pytest.fixture
def found(capsys):
    def found(*arguments):
        assert main(["preview", "--json", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    return found


def test_it_lists_every_alarm_and_what_it_all_costs(found):
    """CloudWatch's list prices: 0.10 $ for each metric that an alarm reads, 0.50 $ for a composite alarm, 3 $ for a dashboard."""
    shown = found()
    alarms = alarms_for(subject())
    assert {each["name"] for each in shown["alarms"]} == {alarm.name for alarm in alarms}
    assert [each["name"] for each in shown["composites"]] == [each.name for each in composites_for(subject(), alarms)]
    metrics = sum(len(alarm.metrics) for alarm in alarms)
    assert shown["monthly_usd"] == pytest.approx(metrics * 0.10 + len(shown["composites"]) * 0.50 + 3)


def test_pages_come_first(found):
    severities = [each["severity"] for each in found()["alarms"]]
    assert severities == sorted(severities, key=["page", "ticket", "info"].index)


@pytest.mark.parametrize(
    ("clause", "watches", "fires"),
    [
        ("GSI1 is throttled", "ReadThrottleEvents, WriteThrottleEvents of GSI1", "above 0 events a minute in 1 of the last 5 minutes"),
        (
            "requests to the table are refused",
            "ThrottledRequests (GetItem, Query, PutItem, UpdateItem, TransactWriteItems)",
            "above 0 requests a minute in 1 of the last 5 minutes",
        ),
        ("Query is slow", "SuccessfulRequestLatency (Query)", "above 20 ms in 3 of the last 5 minutes"),
        ("order-events falls behind", "IteratorAge", "above 1 min in 3 of the last 5 minutes"),
        ("api nearly times out", "Duration", "above 16,000 ms in 3 of the last 5 minutes"),
        (
            "writes of the table are near their limit",
            "ConsumedWriteCapacityUnits, AccountMaxTableLevelWrites",
            "above 80% in 2 of the last 3 spans of 5 minutes",
        ),
    ],
)
def test_an_alarm_says_what_it_watches_and_when_it_fires(found, clause, watches, fires):
    [shown] = [each for each in found()["alarms"] if each["name"].endswith(f": {clause}")]
    assert (shown["watches"], shown["fires"]) == (watches, fires)


def test_a_ceiling_changes_what_is_watched(found):
    [shown] = [each for each in found("--max-writes", "100")["alarms"] if each["name"].endswith("writes of the table are near their limit")]
    assert "OnDemandMaxWriteRequestUnits" in shown["watches"]


def test_an_index_may_have_another_ceiling(found):
    watched = {each["name"].partition(": ")[2]: each["watches"] for each in found("--max-writes", "GSI1=100")["alarms"]}
    assert "OnDemandMaxWriteRequestUnits" in watched["writes of GSI1 are near their limit"]
    assert "AccountMaxTableLevelWrites" in watched["writes of the table are near their limit"]


@pytest.mark.parametrize(
    ("given", "words"),
    [("GSI1=0", "give a number of units a second above 0, or INDEX=UNITS"), ("=", "'=': give a number"), ("many", "'many': give a number")],
)
def test_a_ceiling_is_a_number(given, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["preview", "--max-reads", given])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_a_ceiling_of_no_index_is_told_the_indexes(capsys):
    assert main(["preview", "--max-reads", "GSI9=5"]) == 2
    said = capsys.readouterr().err
    assert 'a ceiling of "GSI9": no index has this name' in said
    assert "GSI1" in said


def test_markdown_is_one_table_for_a_pull_request(capsys):
    assert main(["preview", "--format", "markdown", "--stage", "prod"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "### Monitoring of shop-prod"
    table = [line for line in lines if line.startswith("|")]
    assert {line.count(" | ") for line in table} == {4}
    assert any(line.startswith("| page | GSI1 is throttled | ") for line in table)


def test_text_is_the_default(capsys):
    assert main(["preview"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("shop-dev: ")
    assert " a month\n" in shown.splitlines(keepends=True)[0]
    assert "page    GSI1 is throttled" in shown


class Terminal(StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_it_is_as_wide_as_that(monkeypatch):
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout", terminal)
    assert main(["preview"]) == 0
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith(f"{'page':<8}GSI1 is throttled") for line in lines)


def test_a_definition_without_a_stream_has_no_consumer(found, tmp_path):
    path = tmp_path / "shop.table.json"
    path.write_text(json.dumps(model.table.definition().to_dict()))
    assert not [each for each in found("--definition", str(path))["alarms"] if "order-events" in each["name"]]


def test_a_stack_that_cannot_be_read_is_2(capsys):
    assert main(["preview", "--model", "nothing"]) == 2
    assert "invalid-subject: there is no module nothing: start where `import nothing` works" in capsys.readouterr().err


# --- what changes

MODEL = '''
from singletable import Id, Key, Table, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("USER#{id}", "METADATA"))
class User:
    id: Id
    name: str


@table.one(User)
def find_user(id: Id) -> None:
    """Find a user"""
'''
AND_UPDATE = '''

@table.update(User)
def rename_user(name: str) -> None:
    """Rename a user"""
'''


class Project:
    """A repository of git with a model and with this toolkit, as somebody who took the code into theirs has it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for room in ("monitoring", "singletable"):
            shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=any", "-c", "user.email=any@example.com")
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def commit(self, model: str) -> None:
        (self.root / "shop.py").write_text(model)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "any")

    def preview(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "monitoring", "preview", "--model", "shop", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True)

    def left_behind(self) -> list[str]:
        """Worktrees beside the only one."""
        return self.git("worktree", "list").splitlines()[1:]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = Project(tmp_path_factory.mktemp("project"))
    made.commit(MODEL)
    (made.root / "shop.py").write_text(MODEL + AND_UPDATE)
    return made


def test_what_changes_since_a_revision_is_markdown_with_its_cost(project):
    """A pattern that updates makes the alarms read UpdateItem's metrics: 0.10 $ a month for each (Amazon CloudWatch pricing)."""
    result = project.preview("--diff", "HEAD")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "### Monitoring of shop-dev"
    [refused] = [line for line in lines if line.startswith("| changed | page | requests to the table are refused |")]
    assert "also watches Sum of ThrottledRequests by Operation=UpdateItem" in refused
    assert refused.endswith(" | +$0.10 |")
    assert any(line.startswith("| added | ticket | writes of the table are near their limit |") for line in lines)
    assert project.left_behind() == []


def test_the_difference_as_json_adds_up(project):
    found = json.loads(project.preview("--diff", "HEAD", "--json").stdout)
    assert found["monthly_usd_more"] == pytest.approx(sum(change["monthly_usd"] for change in found["changes"]))
    assert found["monthly_usd_more"] == pytest.approx(found["monthly_usd"] - found["monthly_usd_before"])
    assert found["monthly_usd_more"] > 0
    assert found["before"].startswith("HEAD (")


def test_options_that_name_the_stack_are_heeded_on_both_sides(project):
    """A ceiling of ours is a metric more on both sides: only what the model changes is a change."""
    found = json.loads(project.preview("--diff", "HEAD", "--json", "--max-reads", "7", "--max-reads", "100", "--stage", "prod").stdout)
    assert found["stack"].endswith("-prod")
    assert not [change for change in found["changes"] if change["name"].startswith("reads")]


def test_pictures_of_both_sides_are_drawn_and_linked(project):
    result = project.preview("--diff", "HEAD", "--pictures", "pictures", "--scenario", "steady")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == "| ![before: steady](pictures/before.png) | ![after: steady](pictures/after.png) |"
    drawn = [(project.root / "pictures" / f"{side}.png").read_bytes() for side in ("before", "after")]
    assert all(each.startswith(b"\x89PNG") for each in drawn)
    assert drawn[0] != drawn[1]


def test_a_revision_without_the_model_is_2_and_leaves_nothing_behind(tmp_path):
    project = Project(tmp_path)
    project.git("add", "singletable")
    project.git("commit", "--quiet", "--message", "no command")
    project.git("add", "monitoring")
    project.git("commit", "--quiet", "--message", "no model")
    (tmp_path / "shop.py").write_text(MODEL)
    for revision, why in (("HEAD", "there is no module shop"), ("HEAD~1", "No module named monitoring")):
        result = project.preview("--diff", revision)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith(f"monitoring: unusable-revision: {revision} (")
        assert why in result.stderr
        assert project.left_behind() == []


@pytest.mark.parametrize("revision", ["nothing-like-this", "--all", "HEAD:shop.py"])
def test_an_unknown_revision_is_2(project, revision):
    result = project.preview(f"--diff={revision}")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f'monitoring: unknown-revision: git knows no revision "{revision}" here.')


def test_without_git_or_a_repository_it_is_2(project, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr("sys.path", [str(ROOT), *sys.path])
    assert main(["preview", "--diff", "HEAD"]) == 2
    assert "no-git: " in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["preview", "--diff", "HEAD"]) == 2
    assert "no-git: a revision is read with git, which is not on PATH" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--pictures", "x"], ["--diff", "HEAD", "--scenario", "steady"], ["--alarms", "-", "--diff", "x", "--pictures", "y"]]
)
def test_an_option_without_what_it_belongs_to_is_2(arguments, capsys):
    assert main(["preview", *arguments]) == 2
    assert "missing-option: " in capsys.readouterr().err


def test_alarms_of_two_files_are_compared(capsys):
    """What `pulumi preview --json` registers, against what is described of the account."""
    wall = ROOT / "tests" / "monitoring" / "lint" / "wall"
    assert main(["preview", "--alarms", str(wall / "preview.json"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["alarms"]) == 6
    assert main(["preview", "--alarms", str(wall / "preview.json"), "--diff", str(wall / "described.json"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {change["how"] for change in found["changes"]} <= {"changed"}
    assert found["monthly_usd_more"] == 0


def test_a_file_that_is_not_there_is_2(capsys):
    assert main(["preview", "--alarms", "no-such-file.json"]) == 2
    assert "unreadable-file: no-such-file.json" in capsys.readouterr().err
