"""Archives of a Pulumi program as zip bytes, the same bytes for the same content."""

import io
import zipfile
from pathlib import Path
from typing import Any, Final

import pulumi

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_MODE: Final = 0o644 << 16


def zip_bytes(archive: Any) -> bytes:
    """What would be uploaded: a zip file as it is; a folder or a map of assets packed, sorted by name, without dates.

    Raises `ValueError` where there is nothing in it.
    """
    if isinstance(archive, pulumi.FileArchive) and Path(archive.path).is_file():
        return Path(archive.path).read_bytes()
    files = dict(_files(archive, ""))
    if not files:
        raise ValueError("the archive is empty: a function needs code")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _MODE
            target.writestr(entry, files[name])
    return buffer.getvalue()


def _files(item: Any, name: str) -> list[tuple[str, bytes]]:
    prefix = f"{name}/" if name else ""
    match item:
        case pulumi.FileArchive() if Path(item.path).is_dir():
            root = Path(item.path)
            return [(prefix + path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()]
        case pulumi.FileArchive():
            with zipfile.ZipFile(item.path) as source:
                return [(prefix + entry, source.read(entry)) for entry in source.namelist() if not entry.endswith("/")]
        case pulumi.AssetArchive():
            return [file for key, value in item.assets.items() for file in _files(value, prefix + key)]
        case pulumi.FileAsset():
            return [(name, Path(item.path).read_bytes())]
        case pulumi.StringAsset():
            return [(name, item.text.encode())]
        case _:
            raise ValueError(f"{type(item).__name__} cannot be packed: only files, folders, zip files and text can")
