"""How the type of a field is written: in schemas, and in errors."""

from singletable.shapes import Enumeration, FieldShape, Hidden, ListOf, MapOf, Maybe, Record, Scalar, SetOf, Shape


def type_of(field: FieldShape) -> str:
    """The declared type as text, with its mark: "str (id)", "Secret[str]", "OrderStatus(placed, paid) | None"."""
    text = _type_of(field.shape)
    return f"{text} ({field.mark.name.lower()})" if field.mark else text


def _type_of(shape: Shape) -> str:
    match shape:
        case Scalar():
            return shape.type.__name__
        case Enumeration():
            return f"{shape.members.__name__}({', '.join(str(member.value) for member in shape.members)})"
        case ListOf():
            return f"tuple[{_type_of(shape.item)}, ...]" if shape.as_tuple else f"list[{_type_of(shape.item)}]"
        case MapOf():
            return f"dict[str, {_type_of(shape.item)}]"
        case SetOf():
            return f"{shape.type.__name__}[{_type_of(shape.item)}]"
        case Maybe():
            return f"{_type_of(shape.item)} | None"
        case Hidden():
            return f"Secret[{_type_of(shape.item)}]"
        case Record():
            return f"{shape.type.__name__}({', '.join(f'{field.name}: {type_of(field)}' for field in shape.fields)})"
