"""What a deployer of one resource type is: a function that creates it and one that deletes it, over a seam that sends checked requests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from local.inputs import InputError
from local.monitor import Created


class Calls(Protocol):
    """Sends one request of an AWS service and returns its response: `call("dynamodb", "CreateTable", TableName=...)`."""

    @property
    def account(self) -> str: ...

    @property
    def region(self) -> str: ...

    def __call__(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]: ...


class Properties:
    """A resource's inputs, taken one by one, so that what nobody took is found and refused instead of being lost."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self._left = {name: value for name, value in inputs.items() if value is not None}

    def take(self, name: str, default: Any = None) -> Any:
        """The value, or the default where there is none."""
        return self._left.pop(name, default)

    def require(self, name: str) -> Any:
        """The value; `InputError` where there is none."""
        if name not in self._left:
            raise InputError("inputs", [f"missing property {name!r}"])
        return self._left.pop(name)

    def block(self, name: str) -> dict[str, Any]:
        """A nested object; empty where there is none."""
        return self._left.pop(name, {})

    def rest(self) -> dict[str, Any]:
        """Everything that is left."""
        left, self._left = self._left, {}
        return left

    def done(self) -> None:
        """Refuse what nobody took."""
        if self._left:
            raise InputError("inputs", [f"{name!r} cannot be deployed on the embedded AWS here" for name in sorted(self._left)])


@dataclass(frozen=True)
class Handler:
    """How one resource type is deployed.

    `named_by`: the input that is the physical name, made from the logical one where the program gives none (None: the type has no name).
    `name_limit`: characters that AWS allows for it. `adopt`: how one that is there already is taken over, by its id (None: it cannot be).
    """

    create: Callable[[Properties, Calls], Created]
    delete: Callable[[str, Mapping[str, Any], Calls], None]
    named_by: str | None = "name"
    name_limit: int = 255
    adopt: Callable[[str, Properties, Calls], Created] | None = None


def present(**values: Any) -> dict[str, Any]:
    """The values that are there: AWS tells an absent parameter from an empty one."""
    return {name: value for name, value in values.items() if value is not None}


def pascal(value: Any) -> Any:
    """Keys of nested objects as AWS spells them: `attributeName` -> `AttributeName`. Not for maps whose keys are data."""
    match value:
        case dict():
            return {key[:1].upper() + key[1:]: pascal(item) for key, item in cast("dict[str, Any]", value).items() if item is not None}
        case list():
            return [pascal(item) for item in cast("list[Any]", value)]
        case _:
            return value


def tag_list(tags: Mapping[str, str] | None) -> list[dict[str, str]] | None:
    """`{"a": "b"}` -> `[{"Key": "a", "Value": "b"}]`; nothing where there is nothing."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())] if tags else None


def keep(_id: str, _outputs: Mapping[str, Any], _call: Calls) -> None:
    """Deletion of what goes away with the resource that it belongs to."""
