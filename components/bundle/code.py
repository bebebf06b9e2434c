"""The archive of a function, as a stack hands it to the engine."""

import hashlib
from pathlib import Path

import pulumi

from components.bundle.bundle import UPLOAD_LIMIT_BYTES, Bundle
from components.bundle.packaging import PLAIN, Packaging, Target
from components.errors import MissingModule

BUILD_FOLDER = "build"
"""In the project's folder, which is the working directory of a program. Not under version control."""


class Archives:
    """Of the functions of one component, or of one function: those that are packaged alike share a bundle, which is read once."""

    def __init__(self) -> None:
        self._bundles: dict[Path, Bundle] = {}

    def of(self, handler: str, packaging: Packaging = PLAIN, target: Target | None = None) -> pulumi.FileArchive:
        """The bundle of the handler's package, written under the project's build folder.

        A file, not a list of files for the engine to pack: what is deployed is then byte for byte what `python -m components bundle` writes,
        and Lambda's CodeSha256 can be compared with it. The path is relative, so that a stack looks the same from every checkout.

        Raises MissingModule where the handler's module is not in it, and what Bundle.of raises.
        """
        package, module = handler.partition(".")[0], handler.rpartition(".")[0]
        path = Path(BUILD_FOLDER) / f"{_name(package, packaging, target)}.zip"
        bundle = self._bundles.get(path) or Bundle.of(package, packaging, target)
        if module not in (modules := [source.module for source in bundle.sources]):
            has = ", ".join(each for each in modules if each.partition(".")[0] == package)
            raise MissingModule(f"the handler is {handler!r}, and there is no module {module}: {package} has {has}")
        if path not in self._bundles:
            bundle.write(path, UPLOAD_LIMIT_BYTES)
            self._bundles[path] = bundle
        return pulumi.FileArchive(path.as_posix())


def _name(package: str, packaging: Packaging, target: Target | None) -> str:
    """Functions that are packaged alike share a file."""
    if packaging == PLAIN:
        return package
    return f"{package}-{hashlib.sha256(repr((packaging, target)).encode()).hexdigest()[:8]}"
