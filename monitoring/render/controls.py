"""What a live page lets its reader choose, as plain data: each choice is an address, so that the page also works without its script."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Choice:
    """value: what it is in the address."""

    label: str
    value: str
    chosen: bool = False


@dataclass(frozen=True)
class Choices:
    """One question with its answers: "scenario". Shown where there are at least two."""

    name: str
    label: str
    of: tuple[Choice, ...]


@dataclass(frozen=True)
class Link:
    """address: "?range=1h". Empty: there is nothing there."""

    label: str
    address: str
    chosen: bool = False


@dataclass(frozen=True)
class Controls:
    """kept: name -> value of what the address says beside the choices. every_seconds: how often the page asks anew; 0: never, it shows a time
    that is over. told: what the numbers are, and what asking for them costs. problem: why they are not of now. Default: they are.
    """

    choices: tuple[Choices, ...]
    kept: tuple[tuple[str, str], ...]
    ranges: tuple[Link, ...]
    earlier: Link
    later: Link
    now: Link
    every_seconds: int
    told: str
    problem: str = ""

    def html(self) -> str:
        selects = "".join(_select(each) for each in self.choices if len(each.of) > 1)
        kept = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in self.kept)
        form = f'<form method="get">{kept}{selects}<noscript><button>Show</button></noscript></form>' if selects else ""
        ranges = "".join(_link(each) for each in self.ranges)
        pause = '<button id="pause" type="button" aria-pressed="false">Pause</button>' if self.every_seconds else ""
        moves = "".join(_link(each, name) for each, name in ((self.earlier, "earlier"), (self.later, "later"), (self.now, "latest")))
        return (
            f'<div class="bar">{form}<div class="seg" role="group" aria-label="Time range">{ranges}</div>'
            f'<div class="seg" role="group" aria-label="Back in time">{moves}</div>'
            f'{pause}<span class="told" title="{escape(self.told)}">{escape(self.told)}</span></div>{self._problem()}'
        )

    def _problem(self) -> str:
        return f'<p class="problem" role="alert" id="problem">{escape(self.problem)}</p>' if self.problem else ""


def _select(choices: Choices) -> str:
    options = "".join(
        f'<option value="{escape(each.value)}"{" selected" if each.chosen else ""}>{escape(each.label)}</option>' for each in choices.of
    )
    return f'<label>{escape(choices.label)} <select name="{escape(choices.name)}" id="{escape(choices.name)}">{options}</select></label>'


def _link(link: Link, name: str = "") -> str:
    place = f' id="{name}"' if name else ""
    if not link.address:
        return f'<a{place} aria-disabled="true">{escape(link.label)}</a>'
    current = ' aria-current="true"' if link.chosen else ""
    return f'<a{place} href="{escape(link.address)}"{current}>{escape(link.label)}</a>'
