"""How long a time a page or a picture shows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

RANGES: Final[Mapping[str, timedelta]] = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "3h": timedelta(hours=3),
    "12h": timedelta(hours=12),
    "24h": timedelta(hours=24),
}
WORDS: Final = {"15m": "15 min", "1h": "1 h", "3h": "3 h", "12h": "12 h", "24h": "24 h"}
USUAL: Final = "3h"
"""What a dashboard shows when it is opened."""
