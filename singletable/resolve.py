"""The one way to answer an access pattern, or the reason why there is none.

A key answers a pattern when its partition template is fully bound and its sort template is bound from the left, and when every bound field
is part of it: a field that is not would be a filter, and a filter reads what it throws away. Ranks, best first:

0  GetItem          the primary key, fully bound
1  GetItem, GetItem a unique field, or fields that are unique together: the lock, then the item
2  Query            the table or an index

The best rank wins. Within it there must be one key only, else `index=` has to say which.
"""

from typing import Any, Literal

from singletable.entity import Entity, Path, Unique
from singletable.errors import PatternError
from singletable.fields import Mark
from singletable.keys import SEPARATOR, Part, Slot
from singletable.values import value

GET, LOCKED_GET, QUERY = range(3)


@value
class Want:
    """What a pattern asks for.

    by: fields with one value. within: a field with a range. newest_first: descending, and provably by time.
    consistent: read what was just written. index: the key to use, "primary" for the table's own.
    """

    verb: Literal["one", "many"]
    by: tuple[str, ...]
    within: str | None = None
    newest_first: bool = False
    consistent: bool = False
    index: str | None = None

    def of(self, entity: Entity[Any]) -> str:
        options = [f"by={self.by[0] if len(self.by) == 1 else self.by!r}"]
        options += [f"{name}={value!r}" for name, value in (("within", self.within), ("index", self.index)) if value]
        options += [f"{name}=True" for name in ("newest_first", "consistent") if getattr(self, name)]
        return f"{self.verb}({entity.name}, {', '.join(options)})"


@value
class Access:
    """bound: how many leading components of the sort template are known when the pattern is called."""

    rank: int
    path: Path
    bound: int
    unique: Unique | None = None

    @property
    def prefix(self) -> tuple[Part, ...]:
        return self.path.sort.parts[: self.bound] if self.path.sort else ()

    @property
    def open_slot(self) -> Slot | None:
        """The first component of the sort template that the pattern leaves open: what the items are sorted by."""
        rest = self.path.sort.parts[self.bound :] if self.path.sort else ()
        return next((part for part in rest if isinstance(part, Slot)), None)


def resolve(entity: Entity[Any], want: Want) -> Access:
    """Raises PatternError, naming the nearest candidates, where there is no way or more than one."""
    _check_fields(entity, want)
    verdicts = [_judge(entity, path, want) for path in entity.paths if want.index in (None, path.name)]
    if not verdicts:
        raise PatternError(f"{want.of(entity)}: {entity.name} has the keys {[path.name for path in entity.paths]}")
    possible = [access for access, problems in verdicts if not problems]
    if want.verb == "one" and want.index is None:
        claimed = [unique for unique in entity.uniques.values() if set(unique.fields) == set(want.by)]
        possible += [Access(LOCKED_GET, entity.primary, 0, unique) for unique in claimed]
    best = [access for access in possible if access.rank == min(access.rank for access in possible)]
    if len(best) == 1:
        return best[0]
    raise PatternError(_ambiguous(entity, want, best) if best else _unanswerable(entity, want, verdicts))


def _check_fields(entity: Entity[Any], want: Want) -> None:
    names = (*want.by, want.within) if want.within else want.by
    for name in names:
        if name not in entity.fields:
            raise PatternError(f"{want.of(entity)}: {entity.name} has no field {name}: its fields are {', '.join(entity.fields)}")
    if len(set(names)) != len(names):
        raise PatternError(f"{want.of(entity)}: name each field once")


def _judge(entity: Entity[Any], path: Path, want: Want) -> tuple[Access, list[str]]:
    """The access through one key, and what speaks against it."""
    known = set(want.by)
    parts = path.sort.parts if path.sort else ()
    bound = next((n for n, part in enumerate(parts) if isinstance(part, Slot) and part.field not in known), len(parts))
    missing = [field for field in dict.fromkeys(path.partition.fields) if field not in known]
    late = [part.field for part in parts[bound:] if isinstance(part, Slot) and part.field in known - set(path.partition.fields)]
    unused = [field for field in want.by if field not in path.fields]
    complete = not missing and bound == len(parts) and not path.is_index
    access = Access(GET if complete else QUERY, path, bound)
    open_slot = access.open_slot

    problems: list[str] = []
    if missing:
        problems.append(f"needs {' and '.join(missing)}")
    if late and open_slot:
        problems.append(f"{' and '.join(late)} comes after {open_slot.field} in the sort key, which is not bound")
    if unused:
        problems.append(f"{' and '.join(unused)} {'is' if len(unused) == 1 else 'are'} not in this key, and filters are not used")
    if want.consistent and path.is_index:
        problems.append("an index is only eventually consistent")
    problems += _problems_of_order(want, open_slot)
    if not missing:
        problems += _problems_of_count(entity, access, want)
    return access, problems


def _problems_of_order(want: Want, open_slot: Slot | None) -> list[str]:
    problems: list[str] = []
    if want.within and not (open_slot and open_slot.field == want.within):
        problems.append(f"{want.within} is not what its items are sorted by")
    elif want.within and open_slot and not open_slot.form.ordered:
        problems.append(f"{want.within} is {open_slot.form.name}, which has no ranges: use a timestamp, a date or a padded number")
    if want.newest_first and not (open_slot and open_slot.form.temporal):
        problems.append(f"its items are sorted by {open_slot or 'nothing'}, which is not time")
    return problems


def _problems_of_count(entity: Entity[Any], access: Access, want: Want) -> list[str]:
    """one() needs fields that name at most one item, many() must not have them."""
    if want.verb == "many":
        return ["these fields name at most one item: use one()"] if _names_one(entity, want) else []
    if _names_one(entity, want):
        return []
    if access.path.is_index:
        return ["may hold several items: use many(), or declare a unique field"]
    return [f"also needs {' and '.join(field for field in access.path.fields if field not in want.by)} to name one item"]


def _names_one(entity: Entity[Any], want: Want) -> bool:
    return any(identity <= set(want.by) for identity in entity.identities)


def _unanswerable(entity: Entity[Any], want: Want, verdicts: list[tuple[Access, list[str]]]) -> str:
    lines = [f"{want.of(entity)}: no single GetItem or Query answers this. Nearest first:"]
    for access, problems in sorted(verdicts, key=lambda verdict: len(verdict[1])):
        lines.append(f"  {access.path.name}  {access.path}: {'; '.join(problems)}")
    too_exact = want.verb == "many" and _names_one(entity, want)
    if want.by and want.index is None and not want.consistent and not too_exact:
        words = {name: entity.name if entity.fields[name].mark is Mark.ID else name for name in want.by}
        partition = SEPARATOR.join(f"{word.upper()}{SEPARATOR}{{{name}}}" for name, word in words.items())
        lines.append(f'  Bind what is missing, or give {entity.name} an index whose partition is "{partition}".')
    return "\n".join(lines)


def _ambiguous(entity: Entity[Any], want: Want, best: list[Access]) -> str:
    lines = [f"{want.of(entity)}: {len(best)} keys answer this. Say which:"]
    lines += [f'  index="{access.path.name}"  {access.path}: sorted by {access.open_slot or "nothing"}' for access in best]
    return "\n".join(lines)


def touched(entity: Entity[Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """All attributes that change when an update gives these fields new values. Raises PatternError for a field that it cannot give one."""
    for name in names:
        if name not in entity.fields:
            raise PatternError(f"update({entity.name}): {entity.name} has no field {name}: its fields are {', '.join(entity.fields)}")
        if name in entity.primary.fields:
            raise PatternError(
                f"update({entity.name}, {name!r}): {name} is in the primary key: delete the item and create it anew to move it"
            )
        if name == entity.version or name in entity.stamped:
            raise PatternError(f"update({entity.name}, {name!r}): the store sets {name} itself")
        if entity.fields[name].mark is Mark.ID:
            raise PatternError(f"update({entity.name}, {name!r}): an identifier never changes")
    moved = [path for path in entity.indexes.values() if set(path.fields) & set(names)]
    for path in moved:
        others = [field for field in path.fields if field not in (*names, *entity.primary.fields)]
        if others and not entity.version:
            raise PatternError(
                f"update({entity.name}, {', '.join(map(repr, names))}): {path.name} is also made from {' and '.join(others)}, which somebody "
                f"else may have changed since the item was read: give {entity.name} a field of the type Version, or update them together"
            )
    version = (entity.version,) if entity.version else ()
    # An index may share an attribute with the table's key, which no update can set and none of these fields changes.
    keys = [name for path in moved for name in path.attributes if name not in entity.primary.attributes]
    attributes = tuple(dict.fromkeys((*names, *version, *entity.stamped, *keys)))
    if not attributes:
        raise PatternError(f"update({entity.name}) changes nothing: name at least one field")
    return attributes
