"""What the description of an alarm says, in its parts: read first what happened, then what to do, then the rest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """next_step, runbook: empty where the description has none. rest: the further sentences."""

    what: str
    next_step: str
    rest: str
    runbook: str

    @classmethod
    def of(cls, description: str) -> "Told":
        """Of any alarm's description; those of this package have all parts."""
        text, _, runbook = description.partition(" Runbook: ")
        said, _, next_step = text.partition(" Next: ")
        what, stop, rest = said.partition(". ")
        return cls(f"{what}{stop.strip()}", f"{next_step[:1].upper()}{next_step[1:]}", rest, runbook)
