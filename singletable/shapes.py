"""From a type hint to the form a value has in DynamoDB. The one place that knows which Python types can be stored."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from dataclasses import Field as DataclassField
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from singletable.errors import DeclarationError
from singletable.fields import CREATED, STAMPED, Mark, Secret
from singletable.values import value


@value
class Scalar:
    type: type
    wire: Literal["S", "N", "B", "BOOL"]


@value
class Enumeration:
    members: type[Enum]
    wire: Literal["S", "N"]


@value
class ListOf:
    item: "Shape"
    as_tuple: bool


@value
class MapOf:
    item: "Shape"


@value
class SetOf:
    item: Scalar | Enumeration
    type: type


@value
class Maybe:
    """None is not stored: as an attribute it is left out, inside a list or map it is NULL."""

    item: "Shape"


@value
class Hidden:
    item: "Shape"


@value
class Record:
    type: type
    fields: tuple["FieldShape", ...]


Shape = Scalar | Enumeration | ListOf | MapOf | SetOf | Maybe | Hidden | Record


@value
class FieldShape:
    """default: makes the value of an attribute that the item lacks. None when it must be there, as what is set at birth must: a stored item
    without a version or a time of creation is broken, not old.
    stamped: the store renews it with every update.
    """

    name: str
    shape: Shape
    mark: Mark | None
    default: Callable[[], object] | None
    stamped: bool


SCALARS: dict[object, Scalar] = {
    str: Scalar(str, "S"),
    int: Scalar(int, "N"),
    Decimal: Scalar(Decimal, "N"),
    bool: Scalar(bool, "BOOL"),
    bytes: Scalar(bytes, "B"),
    datetime: Scalar(datetime, "S"),
    date: Scalar(date, "S"),
}


def record(cls: type) -> Record:
    """The shape of a dataclass. Raises DeclarationError, naming the field, for a type that DynamoDB cannot hold."""
    hints = get_type_hints(cls, include_extras=True)
    return Record(cls, tuple(_field(cls, field, hints[field.name]) for field in fields(cls)))


def _field(cls: type, field: DataclassField[Any], hint: object) -> FieldShape:
    try:
        shape = shape_of(hint)
    except DeclarationError as error:
        raise DeclarationError(f"{cls.__name__}.{field.name}: {error}") from None
    mark = _mark(hint)
    if CREATED in field.metadata and shape not in (SCALARS[datetime], Maybe(SCALARS[datetime])):
        raise DeclarationError(f"{cls.__name__}.{field.name}: created() and updated() are for a Timestamp")
    at_birth = mark is Mark.VERSION or CREATED in field.metadata
    return FieldShape(field.name, shape, mark, None if at_birth else _default(field, shape), STAMPED in field.metadata)


def has_secret(shape: Shape) -> bool:
    """Is there a Secret anywhere in it?"""
    match shape:
        case Hidden():
            return True
        case Record():
            return any(has_secret(field.shape) for field in shape.fields)
        case ListOf() | MapOf() | Maybe():
            return has_secret(shape.item)
        case Scalar() | Enumeration() | SetOf():
            return False


def shape_of(hint: object) -> Shape:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return shape_of(arguments[0])
    if scalar := SCALARS.get(hint):
        return scalar
    if origin in (Union, UnionType):
        return _maybe(arguments)
    if origin is list and arguments:
        return ListOf(shape_of(arguments[0]), as_tuple=False)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return ListOf(shape_of(arguments[0]), as_tuple=True)
    if origin is dict and arguments and arguments[0] is str:
        return MapOf(shape_of(arguments[1]))
    if origin in (set, frozenset) and arguments:
        return _set(cast(type, origin), arguments[0])
    if origin is Secret:
        return Hidden(shape_of(arguments[0]))
    if origin is Literal and all(isinstance(argument, str) for argument in arguments):
        return SCALARS[str]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enumeration(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return record(hint)
    if hint is float:
        raise DeclarationError("float has no exact form in DynamoDB: use Decimal, or int in the smallest unit")
    raise DeclarationError(
        f"{hint} cannot be stored: use str, int, bool, bytes, Decimal, datetime, date, an Enum, a dataclass, Secret[T], "
        "T | None, list[T], tuple[T, ...], dict[str, T] or set[T]"
    )


def _maybe(arguments: tuple[object, ...]) -> Maybe:
    others = [argument for argument in arguments if argument is not NoneType]
    if len(others) != 1 or len(others) == len(arguments):
        raise DeclarationError("a union can only be T | None: give each alternative its own field or entity")
    item = shape_of(others[0])
    if isinstance(item, SetOf):
        raise DeclarationError("an empty set and None are the same in DynamoDB: declare the set without None")
    return Maybe(item)


def _set(kind: type, hint: object) -> SetOf:
    item = shape_of(hint)
    if not isinstance(item, Scalar | Enumeration) or item.wire == "BOOL":
        raise DeclarationError("a set holds texts, numbers or bytes: use a list")
    return SetOf(item, kind)


def _enumeration(members: type[Enum]) -> Enumeration:
    values = [member.value for member in members]
    if all(type(value) is str for value in values):
        return Enumeration(members, "S")
    if all(type(value) is int for value in values):
        return Enumeration(members, "N")
    raise DeclarationError(f"the values of {members.__name__} must be all str or all int")


def _mark(hint: object) -> Mark | None:
    if get_origin(hint) in (Union, UnionType):
        return next((mark for mark in map(_mark, get_args(hint)) if mark), None)
    return next((extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Mark)), None)


def _default(field: DataclassField[Any], shape: Shape) -> Callable[[], object] | None:
    """What is left out when written comes back as what it was; any other default serves items older than the field."""
    if isinstance(shape, Maybe):
        return lambda: None
    if isinstance(shape, SetOf):
        return shape.type
    if field.default_factory is not MISSING:
        return field.default_factory
    if field.default is not MISSING:
        return lambda: field.default
    return None
