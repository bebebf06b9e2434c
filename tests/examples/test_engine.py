"""Consumer stacks on the real engine, which starts the plugin, against the embedded AWS in the place of the provider."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi_aws
import pytest

from local.engine.provider import serve_provider
from local.realtime import this_minute
from local.world import World
from tests.examples.conftest import EXAMPLES, ROOT, needed, reachable

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PARTS = ("singletable", "monitoring", "components", "examples", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")
"""What the plugin is installed from."""


@dataclass
class Consumer:
    pulumi: str
    folder: Path
    environment: Mapping[str, str]
    world: World
    installers: tuple[str, ...]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [self.pulumi, *words, "--non-interactive", "--color=never"]
        return subprocess.run(command, cwd=self.folder, env=os.environ | self.environment, capture_output=True, text=True)

    def done(self, *words: str) -> str:
        result = self.run(*words)
        assert result.returncode == 0, f"pulumi {' '.join(words)} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        return result.stdout


LANGUAGES = {"python-plugin": "python", "typescript": "nodejs", "go": "go", "yaml": "yaml"}
"""Of each example, as the hosts of languages are called."""
INSTALLERS = {"nodejs": ("npm",), "go": ("go",)}
"""Of what a language needs beside the plugin, which is Python in any case."""


@pytest.fixture(params=LANGUAGES)
def consumer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Consumer]:
    language = LANGUAGES[request.param]
    pulumi = needed("pulumi", f"the consumer in {language} cannot be deployed")
    for host in {"pulumi-language-python", f"pulumi-language-{language}"}:
        needed(host, f"the consumer in {language} cannot be deployed")
    ignored = shutil.ignore_patterns(".venv", "node_modules", "sdks", "build", "__pycache__")
    for part in PARTS:
        source, copy = ROOT / part, tmp_path / "repository" / part
        shutil.copytree(source, copy, ignore=ignored) if source.is_dir() else shutil.copy(source, copy)
    home = tmp_path / "home"
    _stand_in(home)
    (tmp_path / "state").mkdir()
    with World(EXAMPLES / "python", "dev", start=this_minute(), empty=True) as world:
        folder = tmp_path / "repository" / "examples" / request.param
        with serve_provider(world.aws, folder) as port:
            environment = {
                "PULUMI_HOME": str(home),
                "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "only for this test",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
                **world.aws.environment(),
            }
            yield Consumer(pulumi, folder, environment, world, ("pip", *INSTALLERS.get(language, ())))


def _stand_in(home: Path) -> None:
    """The engine wants the provider of the plugin's own dependencies on disk, though it speaks to ours: nothing has to be downloaded."""
    plugin = Path(pulumi_aws.__file__).parent / "pulumi-plugin.json"
    version = json.loads(plugin.read_text(encoding="utf-8"))["version"]
    program = home / "plugins" / f"resource-aws-v{version}" / "pulumi-resource-aws"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)


def test_a_consumer_is_deployed_and_stays_as_it_is(consumer: Consumer) -> None:
    for installer in consumer.installers:
        reachable(installer, consumer.folder)
    consumer.done("install")
    consumer.done("stack", "init", "dev")

    consumer.done("up", "--yes", "--skip-preview")
    consumer.done("preview", "--expect-no-changes")

    name = consumer.done("stack", "output", "tableName").strip()
    table = consumer.world.aws.client("dynamodb").describe_table(TableName=name)["Table"]
    assert table["DeletionProtectionEnabled"]
    assert consumer.done("stack", "output", "apiUrl").startswith("https://")
    assert consumer.run("destroy", "--yes", "--skip-preview").returncode, "a protected table was destroyed"
