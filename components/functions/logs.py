"""How a function logs."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from components.errors import InvalidArgument

Level = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
ABOVE_INFO: tuple[Level, ...] = ("WARN", "ERROR", "FATAL")
SystemLevel = Literal["DEBUG", "INFO", "WARN"]


@dataclass(frozen=True)
class JsonLogs:
    level: Level | None = None
    system_level: SystemLevel | None = None

    def __post_init__(self) -> None:
        for what, given, allowed in (("level", self.level, get_args(Level)), ("system_level", self.system_level, get_args(SystemLevel))):
            if given is not None and given not in allowed:
                raise InvalidArgument(f"the {what} of the logs is {given!r}: allowed are {', '.join(allowed)}")

    def arguments(self) -> dict[str, Any]:
        given = {"application_log_level": self.level, "system_log_level": self.system_level}
        return {"log_format": "JSON", **{name: level for name, level in given.items() if level}}


@dataclass(frozen=True)
class TextLogs:
    def arguments(self) -> dict[str, Any]:
        return {"log_format": "Text"}


class Logs:
    """Lambda filters by level only where lines are JSON (developer guide, "Configuring JSON and plain text log formats")."""

    @staticmethod
    def json(*, level: Level | None = None, system_level: SystemLevel | None = None) -> JsonLogs:
        """level: the least of the function's own lines that is kept. system_level: of the platform's. Default: INFO of both, Lambda's own.

        The metrics of access patterns and what the alarms say of a log need lines of INFO. Raises InvalidArgument.
        """
        return JsonLogs(level, system_level)

    @staticmethod
    def text() -> TextLogs:
        """Plain lines, for readers that do not take JSON."""
        return TextLogs()


LogFormat = JsonLogs | TextLogs
