"""Names that are known only after deployment: they stay symbols in every alarm and dashboard until somebody resolves them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from monitoring.errors import MonitoringError


@dataclass(frozen=True, order=True)
class Ref:
    """A name that deployment decides.

    key: "table", "region", "account", "function:<label>", "mapping:<label>" (its UUID), "queue:<label>" (its name), or
    "alarm:<alarm name>" (its ARN).
    """

    key: str

    def __str__(self) -> str:
        return f"<{self.key}>"


Name = str | Ref


def resolve(value: Any, names: Mapping[Ref, Any]) -> Any:
    """The same dicts, lists and texts with every Ref replaced by what `names` holds for it: a text, or a value of the deploying engine.

    Takes plain data, and anything with `request()` (alarms) or `body()` (dashboards). Raises MonitoringError "unresolved-name".
    """

    def look_up(ref: Ref) -> Any:
        if ref not in names:
            known = ", ".join(sorted(given.key for given in names)) or "none"
            raise MonitoringError("unresolved-name", f'"{ref.key}" has no value; given are: {known}')
        return names[ref]

    return _walk(value, look_up)


def refs_in(value: Any) -> frozenset[Ref]:
    """Every Ref in plain data, or in an alarm or dashboard."""
    found = set[Ref]()

    def look(ref: Ref) -> None:
        found.add(ref)

    _walk(value, look)
    return frozenset(found)


def text(name: Name) -> str:
    """The name's text. Raises MonitoringError "unresolved-name" for a Ref."""
    if isinstance(name, Ref):
        raise MonitoringError("unresolved-name", f'"{name.key}" is known only after deployment: resolve it first')
    return name


def _walk(value: Any, act: Callable[[Ref], Any]) -> Any:
    if isinstance(value, Ref):
        return act(value)
    if isinstance(value, Mapping):
        return {key: _walk(item, act) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_walk(item, act) for item in cast("Sequence[Any]", value)]
    for plain in ("request", "body"):
        if callable(method := getattr(value, plain, None)):
            return _walk(method(), act)
    return value
