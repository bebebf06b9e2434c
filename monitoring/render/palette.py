"""Every colour of a drawing by name, on white and on dark, so that one drawing serves both themes.

Pictures are drawn in the light colours. In a page each becomes a variable with both. Contrast on the dark background: 3:1 and more for marks,
4.5:1 for words.
"""

import re
from typing import Final

from monitoring.colours import CAUSE, LOOKING_UP, MUTED, NEUTRAL, SEARCHING, SERIES, SEVERITY, SOFT, TRANSACTING, WRITING

INK: Final = "#15181c"
WEAK: Final = "#5b6470"
GRID: Final = "#e3e6ea"
TRACK: Final = "#dfe3e7"
BACKGROUND: Final = "#ffffff"

THEMES: Final = {
    "background": (BACKGROUND, "#0f1317"),
    "ink": (INK, "#e8eaed"),
    "weak": (WEAK, "#9aa4b0"),
    "line": (GRID, "#262c33"),
    "track": (TRACK, "#2a3138"),
    "control": ("#8b939c", "#6b7582"),
    "link": ("#1857c9", "#8ab4ff"),
    "ok": ("#1a7f37", "#4cc46a"),
    "page": (SEVERITY["page"], "#ff6f6f"),
    "ticket": (SEVERITY["ticket"], "#dba63a"),
    "neutral": (NEUTRAL, "#c3cad2"),
    "muted": (MUTED, "#8d97a3"),
    "soft": (SOFT, "#78828e"),
    "looking-up": (LOOKING_UP, "#7faeec"),
    "searching": (SEARCHING, "#60e3d0"),
    "writing": (WRITING, "#8a63ea"),
    "transacting": (TRANSACTING, "#e0408a"),
    "key-range": (CAUSE["KeyRangeThroughput"], "#f07a33"),
    "provisioned": (CAUSE["ProvisionedThroughput"], "#f3d77a"),
    "on-demand-max": (CAUSE["MaxOnDemandThroughput"], "#a8664a"),
    "account": (CAUSE["AccountLimit"], "#a09aba"),
    "series-blue": (SERIES[0], "#1a76ab"),
    "series-olive": (SERIES[1], "#edf725"),
    "series-violet": (SERIES[2], "#ba00f7"),
    "series-green": (SERIES[3], "#25f7c3"),
    "series-rose": (SERIES[4], "#f72564"),
    "series-navy": (SERIES[5], "#adc5f7"),
}
"""Name -> colour on white, colour on dark."""

_NAMES: Final = {light: name for name, (light, _) in THEMES.items()}
_COLOUR: Final = re.compile("|".join(_NAMES))


def themed(drawn: str) -> str:
    """Drawn marks with every known colour as a variable of the page."""
    return _COLOUR.sub(lambda match: f"var(--{_NAMES[match[0]]})", drawn)


def variables() -> str:
    """The style sheet's colours: the theme is the system's, or the one that the page's button chose."""
    colours = "".join(f"--{name}:light-dark({light},{dark});" for name, (light, dark) in THEMES.items())
    return (
        f":root{{{colours}color-scheme:light dark}}:root[data-theme=light]{{color-scheme:light}}:root[data-theme=dark]{{color-scheme:dark}}"
    )
