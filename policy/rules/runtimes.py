"""Until when runtimes of Lambda get patches."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

_LONG_AGO: Final = date.min
"""Nothing asks any more which day it was."""

DEPRECATIONS: Final[Mapping[str, date]] = MappingProxyType(
    {
        **dict.fromkeys(("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x"), _LONG_AGO),
        **dict.fromkeys(("nodejs14.x", "nodejs16.x", "nodejs18.x", "nodejs20.x"), _LONG_AGO),
        **dict.fromkeys(("python2.7", "python3.6", "python3.7", "python3.8", "python3.9"), _LONG_AGO),
        **dict.fromkeys(("ruby2.5", "ruby2.7", "ruby3.2", "java8", "go1.x", "provided"), _LONG_AGO),
        **dict.fromkeys(("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6"), _LONG_AGO),
        "dotnet8": date(2026, 11, 10),
        "ruby3.3": date(2027, 3, 31),
        "nodejs22.x": date(2027, 4, 30),
        "ruby3.4": date(2028, 3, 31),
        "nodejs24.x": date(2028, 4, 30),
        "dotnet10": date(2028, 11, 14),
        "python3.13": date(2029, 6, 30),
        "python3.14": date(2029, 6, 30),
    }
)
"""Runtime -> the day of its deprecation. One whose day AWS moves about is left out, and accuses nobody.

Source: Lambda developer guide, "Lambda runtimes: Supported runtimes; Deprecated runtimes".
"""


def is_deprecated(runtime: str, today: date) -> bool:
    return runtime in DEPRECATIONS and DEPRECATIONS[runtime] <= today
