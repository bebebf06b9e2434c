"""Small Pulumi programs. `write` makes one in a folder of a test."""

from pathlib import Path

EVERYTHING = Path(__file__).parent / "everything"
HEADER = "import json\n\nimport pulumi\nimport pulumi_aws as aws\n\n"


def write(folder: Path, program: str, *, config: str = "", stack: str = "", name: str = "sample") -> Path:
    """A project with this program, `config:` section of Pulumi.yaml and of Pulumi.dev.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n{config}")
    if stack:
        (folder / "Pulumi.dev.yaml").write_text(stack)
    (folder / "__main__.py").write_text(HEADER + program)
    return folder
