"""Colours as variables, so that one drawing serves the light and the dark theme.

Pictures are drawn in the light colours of `monitoring.colours`. In a page each becomes a variable; a browser without it falls back to the
colour itself. Contrast on the dark background: 3:1 and more for marks, 4.5:1 for words.
"""

import re
from typing import Final

DARK: Final = {
    "#255391": "#7faeec",
    "#1d9693": "#60e3d0",
    "#6d2bcf": "#8a63ea",
    "#82124f": "#e0408a",
    "#dd5f17": "#f07a33",
    "#54420c": "#f3d77a",
    "#b87050": "#a8664a",
    "#55536a": "#a09aba",
    "#c01c28": "#ff6f6f",
    "#946200": "#dba63a",
    "#5b6470": "#9aa4b0",
    "#3d4650": "#c3cad2",
    "#6b7480": "#8d97a3",
    "#15181c": "#e8eaed",
    "#e3e6ea": "#262c33",
}
"""Light -> dark."""

_PAGE: Final = {
    "--bg": "#0f1317",
    "--panel": "#161b20",
    "--ink": "#e8eaed",
    "--muted": "#9aa4b0",
    "--line": "#262c33",
    "--link": "#8ab4ff",
    "--track": "#2a3138",
    "--page": "#ff6f6f",
    "--ticket": "#dba63a",
    "--info": "#9aa4b0",
    "--ok": "#4cc46a",
    "color-scheme": "dark",
}
_COLOUR: Final = re.compile("|".join(DARK))


def themed(drawn: str) -> str:
    """Drawn marks with every known colour as a variable."""
    return _COLOUR.sub(lambda match: f"var({_variable(match[0])},{match[0]})", drawn)


def dark_theme() -> str:
    """The style sheet of the dark theme: by the system's setting, or by the page's button."""
    rules = ";".join(f"{name}:{value}" for name, value in (*_PAGE.items(), *((_variable(light), dark) for light, dark in DARK.items())))
    return f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{rules}}}}}:root[data-theme=dark]{{{rules}}}"


def _variable(light: str) -> str:
    return f"--c{light[1:]}"
