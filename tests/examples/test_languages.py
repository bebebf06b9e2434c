"""The examples of other languages: each compiles against the SDK of today's schema, and asks for the same table."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.plugin.host import NAME, Provider
from singletable.definition import TableDefinition
from tests.examples.conftest import EXAMPLES, needed, reachable
from tests.plugin.conftest import Plugin, archive

YAML = yaml.safe_load((EXAMPLES / "yaml" / "Pulumi.yaml").read_text(encoding="utf-8"))
CONSUMERS = ("go", "python-plugin", "typescript", "yaml")


@pytest.mark.parametrize("folder", CONSUMERS)
def test_a_consumer_adds_the_plugin_of_this_repository(folder: str) -> None:
    project = yaml.safe_load((EXAMPLES / folder / "Pulumi.yaml").read_text(encoding="utf-8"))
    (path,) = project["packages"].values()
    assert project["packages"].keys() == {NAME}
    assert (EXAMPLES / folder / path / "PulumiPlugin.yaml").is_file()


def evaluated(given: Any) -> Any:
    """With YAML's functions carried out, as its runtime would."""
    match given:
        case {"fn::fileArchive": name}:
            return archive((EXAMPLES / "yaml" / name).resolve())
        case dict():
            return {name: evaluated(value) for name, value in given.items()}
        case list():
            return [evaluated(value) for value in given]
        case _:
            return given


def test_the_yaml_program_makes_the_table(plugin: Plugin) -> None:
    made = plugin.construct("WebAppTable", evaluated(YAML["resources"]["notes"]["properties"]), name="notes")

    function = made.one("lambda/function:Function", "notes-api").inputs
    assert (function["runtime"], function["reservedConcurrentExecutions"]) == ("nodejs22.x", 10)
    (allowed,) = [
        each
        for each in json.loads(made.one("RolePolicy", "notes-api-policy").inputs["policy"])["Statement"]
        if each["Action"] == ["dynamodb:Query"]
    ]
    assert [each.rpartition("/")[2] for each in allowed["Resource"]] == ["GSI1"]
    assert function["ephemeralStorage"] == {"size": 1024}
    assert function["loggingConfig"]["applicationLogLevel"] == "INFO"
    table = made.one("Table", "notes").inputs
    assert (table["pointInTimeRecovery"]["recoveryPeriodInDays"], table["onDemandThroughput"]) == (7, {"maxReadRequestUnits": 1000})
    rules = [json.dumps(each.inputs["rule"]) for each in made.registrations if each.type.endswith("AlarmMuteRule")]
    assert rules and all("cron(0 2 * * SUN)" in rule for rule in rules)


def test_the_yaml_program_declares_the_table_of_the_other_languages() -> None:
    declared = json.loads((EXAMPLES / "notes.table.json").read_text(encoding="utf-8"))
    assert TableDefinition.from_dict(YAML["resources"]["notes"]["properties"]["definition"]) == TableDefinition.from_dict(declared)


def test_the_yaml_program_calls_functions_that_its_runtime_has() -> None:
    """Pulumi YAML reference, "Built-in functions"."""
    called = set(re.findall(r"fn::\w+", (EXAMPLES / "yaml" / "Pulumi.yaml").read_text(encoding="utf-8")))
    assert called == {"fn::fileArchive"}


def test_the_yaml_program_reads_outputs_that_exist() -> None:
    (resource,) = YAML["resources"].values()
    package, _, component = resource["type"].partition(":")
    outputs = Provider().package["resources"][f"{package}:index:{component}"]["properties"]
    read = [text.removeprefix("${notes.").rstrip("}").partition("[")[0] for text in YAML["outputs"].values()]
    assert set(read) <= outputs.keys()


# --- with the SDK that a CLI generates


@pytest.mark.slow
def test_the_python_program_runs(generate: Callable[[str], Path], tmp_path: Path) -> None:
    """Against the SDK, with Pulumi's own mocks in the place of the engine."""
    sdk, installed = generate("python"), tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(installed)]
    # The SDK itself, and what every generated SDK for Python needs beside Pulumi.
    reachable("pip", tmp_path)
    for more in (["--no-deps", str(sdk)], ["parver", "semver"]):
        done = subprocess.run([*install, *more], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    program = f"""
import pulumi, runpy, sys
sys.path.insert(0, {str(installed)!r})
asked = []

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        asked.append((args.typ, sorted(args.inputs), args.inputs["handlers"]["api"]["url"]))
        return args.name, {{**args.inputs, "urls": {{"api": "https://example.com"}}}}
    def call(self, args):
        return {{}}

pulumi.runtime.set_mocks(Mocks(), project="notes", stack="dev")

@pulumi.runtime.test
def run():
    runpy.run_path("__main__.py", run_name="__main__")

run()
print(asked)
"""
    result = subprocess.run([sys.executable, "-c", program], cwd=EXAMPLES / "python-plugin", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "[('singletable:index:WebAppTable', ['definition', 'handlers', 'monitoring', 'table', 'transform'], 'AWS_IAM')]" in result.stdout


@pytest.mark.slow
def test_the_typescript_program_compiles(generate: Callable[[str], Path], tmp_path: Path) -> None:
    """Strictly. Needs npm and its registry."""
    npm, sdk = needed("npm", "the TypeScript example cannot be compiled"), generate("nodejs")
    folder = tmp_path / "typescript"
    shutil.copytree(EXAMPLES / "typescript", folder, ignore=shutil.ignore_patterns("node_modules", "sdks", "bin"))
    shutil.copytree(sdk, folder / "sdks" / NAME)
    install = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    reachable("npm", tmp_path)
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    compiled = subprocess.run([str(folder / "node_modules" / ".bin" / "tsc"), "--noEmit"], cwd=folder, capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stdout


@pytest.mark.slow
def test_the_go_program_compiles(generate: Callable[[str], Path], tmp_path: Path) -> None:
    go, sdk = needed("go", "the Go example cannot be compiled"), generate("go")
    folder = tmp_path / "go"
    shutil.copytree(EXAMPLES / "go", folder, ignore=shutil.ignore_patterns("sdks"))
    shutil.copytree(sdk, folder / "sdks" / NAME)
    module = "module example.com/pulumi-singletable/sdk/go\n\ngo 1.25\n\nrequire github.com/pulumi/pulumi/sdk/v3 v3.256.0\n"
    (folder / "sdks" / NAME / "go.mod").write_text(module, encoding="utf-8")
    reachable("go", tmp_path)
    tidied = subprocess.run([go, "mod", "tidy"], cwd=folder, capture_output=True, text=True)
    assert tidied.returncode == 0, tidied.stderr
    compiled = subprocess.run([go, "build", "-o", os.devnull, "."], cwd=folder, capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stderr
