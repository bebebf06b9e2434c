"""Labels of the functions of one program: log group, alarms and the report of permissions go by them, so each is there once."""

from weakref import WeakKeyDictionary

import pulumi

from components.errors import InvalidArgument

_TAKEN: WeakKeyDictionary[pulumi.Resource, dict[str, str]] = WeakKeyDictionary()
"""Stack of a program that runs -> label -> the component that has it. A process may run several programs after one another."""


def check_label(component: str, label: str) -> None:
    """component: such as "PythonFunction 'api'". Where no program runs, nothing is taken. Raises InvalidArgument for a label of another one."""
    if (other := _taken().get(label)) is not None:
        raise InvalidArgument(
            f"{component} is called as {other} of this stack: both would write to one log group, and be one function in alarms and in the report "
            "of permissions; give it another name"
        )


def take_label(component: str, label: str) -> None:
    """Raises as check_label does."""
    check_label(component, label)
    _taken()[label] = component


def _taken() -> dict[str, str]:
    root = pulumi.runtime.get_root_resource()
    return {} if root is None else _TAKEN.setdefault(root, {})
