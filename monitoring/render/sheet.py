"""A sheet on which texts and drawings are put from the top down, as one SVG."""

from collections.abc import Iterator
from html import escape
from typing import Final

from monitoring.render.drawing import FONT
from monitoring.render.palette import BACKGROUND, GRID, INK, WEAK

WIDTH: Final = 1440
MARGIN: Final = 32
INNER: Final = WIDTH - 2 * MARGIN

_NARROW: Final = frozenset("iljtfrI.,:;'|()[]/ -")
_WIDE: Final = frozenset("mwMWQO%@GCDHNRU&AKBESVXYP")


class Sheet:
    """y: the next free pixel."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.y = 20.0

    def text(
        self,
        words: str,
        *,
        x: float = MARGIN,
        size: int = 13,
        weight: int = 400,
        colour: str = INK,
        then: str = "",
        small: int | None = None,
        height: float | None = None,
    ) -> None:
        """One line. then: goes on in the weaker colour, in size `small`. Default: the same size. height: down to the next line. Default: one
        and a half times the size; 0 stays on the line.
        """
        rest = f'<tspan dx="6" font-weight="400" font-size="{small or size}" fill="{WEAK}">{escape(then)}</tspan>' if then else ""
        place = f'x="{x:.1f}" y="{self.y + size:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}"'
        self._parts.append(f"<text {place}>{escape(words)}{rest}</text>")
        self.y += size * 1.5 if height is None else height

    def paragraph(self, words: str, *, x: float, width: float, most: int, size: int = 12, colour: str = WEAK) -> None:
        """As many lines as `most` allows; what does not fit ends with an ellipsis, between words."""
        for line in lines(words, width, size, most):
            self.text(line, x=x, size=size, colour=colour)

    def square(self, colour: str, x: float) -> None:
        self._parts.append(f'<rect x="{x:.1f}" y="{self.y + 3:.1f}" width="9" height="9" rx="2" fill="{colour}"/>')

    def bar(self, colour: str, x: float, width: float) -> None:
        self._parts.append(f'<rect x="{x:.1f}" y="{self.y + 5:.1f}" width="{width:.1f}" height="8" rx="2" fill="{colour}"/>')

    def icon(self, outline: str, colour: str, x: float) -> None:
        self._parts.append(f'<path transform="translate({x:.1f} {self.y + 3:.1f})" d="{outline}" fill="{colour}"/>')

    def rule(self) -> None:
        self.y += 14
        self._parts.append(f'<path d="M{MARGIN} {self.y}H{WIDTH - MARGIN}" stroke="{GRID}"/>')
        self.y += 14

    def nested(self, svg: str, x: float) -> None:
        self._parts.append(svg.replace("<svg ", f'<svg x="{x:.1f}" y="{self.y:.1f}" ', 1))

    def svg(self) -> str:
        height = self.y + 24
        body = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}" '
            f'font-family="{FONT}"><rect width="100%" height="100%" fill="{BACKGROUND}"/>{body}</svg>'
        )


def length(words: str, size: float) -> float:
    """Pixels that a line needs in a font like Arial; a few per cent too many, which is better than too few."""
    return size * sum(0.3 if letter in _NARROW else 0.72 if letter in _WIDE else 0.55 for letter in words)


def lines(words: str, width: float, size: float, most: int) -> Iterator[str]:
    """At most so many lines of that width."""
    line = ""
    left = most
    for word in words.split():
        longer = f"{line} {word}".lstrip()
        if line and length(longer, size) > width:
            if left == 1:
                yield f"{line.rstrip(',.;:')} \N{HORIZONTAL ELLIPSIS}"
                return
            yield line
            left -= 1
            longer = word
        line = longer
    if line:
        yield line
