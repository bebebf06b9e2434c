"""A function as it was deployed: everything that decides how it runs, read from the embedded AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """Deployed configuration and code. `environment` and `code` are in no repr: they can hold secrets.

    `reserved_concurrency` None: the account's. Units are in the names; `code` is the zip as it was uploaded.
    """

    name: str
    arn: str
    handler: str
    code: bytes = field(repr=False)
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    timeout_seconds: float = 3.0
    memory_mb: int = 128
    role_arn: str = ""
    region: str = "us-east-1"
    json_logs: bool = False
    log_group: str = ""
    reserved_concurrency: int | None = None
