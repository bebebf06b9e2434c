"""`python -m policy.pack`: a folder that is a policy pack by itself, without a checkout around it."""

import json
from pathlib import Path

import pytest
import yaml

from policy.pack import ENVIRONMENT, ROOMS, PackRefused, main, write_pack
from policy.rules import POLICIES
from tests.local.programs import write
from tests.policy.pack import ROOT, running
from tests.policy.plain import PROGRAM
from tests.policy.stacks import registered


def test_the_folder_is_a_pack_by_itself(tmp_path: Path) -> None:
    """In a process that finds nothing of ours but what is in the folder."""
    write_pack(tmp_path / "pack")
    with running("prod", folder=tmp_path / "pack") as pack:
        assert [policy.name for policy in pack.information().policies] == [policy.name for policy in POLICIES]
        unprotected = PROGRAM.replace("    deletion_protection_enabled=True,\n", "")
        (finding,) = pack.findings(registered(write(tmp_path / "stack", unprotected)))
    assert finding.policy == "table-deletion-protection"


def test_the_folder_is_a_project_of_its_own(tmp_path: Path) -> None:
    version = write_pack(tmp_path / "pack")
    project, checkout = (yaml.safe_load((folder / "PulumiPolicy.yaml").read_text()) for folder in (tmp_path / "pack", ROOT / "policy"))
    assert (project["version"], project["description"]) == (version, checkout["description"])
    assert project["version"] == checkout["version"]
    assert project["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ENVIRONMENT}}
    assert (tmp_path / "pack" / "requirements.txt").read_text() == (ROOT / "policy" / "requirements.txt").read_text()
    assert {path.name for path in (tmp_path / "pack").iterdir() if path.is_dir()} == set(ROOMS)


def test_it_is_made_anew_and_keeps_its_environment(tmp_path: Path) -> None:
    write_pack(tmp_path)
    (tmp_path / ENVIRONMENT).mkdir()
    (tmp_path / "policy" / "left.py").write_text("")
    write_pack(tmp_path)
    assert (tmp_path / ENVIRONMENT).is_dir()
    assert not (tmp_path / "policy" / "left.py").exists()


def test_a_pack_of_another_version_is_known(tmp_path: Path) -> None:
    write_pack(tmp_path)
    start = tmp_path / "__main__.py"
    written = start.read_text()
    start.write_text(written.replace("start()", "start(level='advisory')"))
    write_pack(tmp_path)
    assert start.read_text() == written


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("mine")
    with pytest.raises(PackRefused, match="holds something else"):
        write_pack(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["__main__.py"]


def test_the_command_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path / "pack"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["folder"] == str(tmp_path / "pack")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    assert main(["--out", str(tmp_path / "other")]) == 2
    assert capsys.readouterr().err.startswith("pack-refused: ")
