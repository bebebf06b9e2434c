"""What is kept of a deployed table in the state, so that a deployment can be refused which would do something else than its program says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self, cast

import pulumi

from components.tables.billing import UNLIMITED

Plain = Mapping[str, Any]
NO_STREAM: Final = "none"
LATER: Final = "(known later)"
"""In the place of a name, region or key that is an output. It cannot be compared before the deployment: the engine's own protection sees it."""

IDENTITY: Final = ("name", "region", "partition", "sort", "local")
"""Fields of a record that stay while a table is the same table (the provider's ForceNew)."""


@dataclass(frozen=True)
class Record:
    """Absent is "" or empty: a state keeps no None, and a record of an older version may lack a field. What is only known after a deployment
    is LATER, or absent.

    partition, sort: {"name": "PK", "type": "S"}; sort is empty where there is none. local, indexes: by name of the index, what it is made of.
    stream: its view type, NO_STREAM where there is none. ttl: the attribute that items expire by. billing: its mode. ceilings: request units by subject: "read" of the table, "GSI1/read" of an index.
    """

    name: str = ""
    region: str = ""
    partition: Plain = field(default_factory=dict[str, Any])
    sort: Plain = field(default_factory=dict[str, Any])
    local: Plain = field(default_factory=dict[str, Any])
    stream: str = ""
    indexes: Plain = field(default_factory=dict[str, Any])
    ceilings: Mapping[str, int] = field(default_factory=dict[str, int])
    ttl: str = ""
    billing: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Self:
        """Of aws.dynamodb.Table."""
        types = {str(each["name"]): str(each["type"]) for each in _mappings(arguments.get("attributes"))}
        return cls(
            name=_text(arguments.get("name")),
            region=_text(arguments.get("region")),
            partition=_key(arguments.get("hash_key"), types),
            sort=_key(arguments.get("range_key"), types),
            local={
                str(index["name"]): {"sort": _key(index.get("range_key"), types), **_projection(index)}
                for index in _mappings(arguments.get("local_secondary_indexes"))
            },
            stream=_stream(arguments.get("stream_enabled"), arguments.get("stream_view_type")),
            indexes={str(index["name"]): _index(index) for index in _mappings(arguments.get("global_secondary_indexes"))},
            ceilings={subject: units for subject, units in _said(arguments).items() if units is not None and units != UNLIMITED},
            ttl=_ttl(arguments.get("ttl")),
            billing=_text(arguments.get("billing_mode")),
        )

    @classmethod
    def kept(cls, state: Plain) -> Self:
        """What the state holds of it. Numbers come back from it as floats."""
        known: dict[str, Any] = {each.name: state[each.name] for each in fields(cls) if each.name in state}
        known["ceilings"] = {subject: int(units) for subject, units in state.get("ceilings", {}).items()}
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def differ(was: object, now: object) -> bool:
    """Of texts, keys and indexes, where both are known."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        before, after = cast("Plain", was), cast("Plain", now)
        return LATER not in (*before.values(), *after.values()) and (
            before.keys() != after.keys() or any(differ(before[name], after[name]) for name in before)
        )
    return LATER not in (was, now) and was != now


def left(arguments: Mapping[str, Any], *, whole: bool, scaled: bool, written: Iterable[str]) -> list[str]:
    """Paths of the record that a deployment with these arguments leaves as they are, so that they are read back and not written anew.

    whole: the engine ignores changes of indexes. scaled: it ignores those of capacity. written: fields that are written in any case.
    """
    as_it_was = [*IDENTITY, "stream"]
    if whole or not arguments.get("global_secondary_indexes"):
        as_it_was.append("indexes")
    if scaled:
        as_it_was.append("billing")
    if arguments.get("ttl") is None:
        as_it_was.append("ttl")
    ceilings = [f'ceilings["{subject}"]' for subject, units in _said(arguments).items() if units is None]
    return [*(each for each in as_it_was if each not in written), *ceilings]


def _said(arguments: Mapping[str, Any]) -> dict[str, int | None]:
    """By subject, for each that can have a ceiling: units, UNLIMITED where one is lifted, None where nothing is said."""
    if arguments.get("billing_mode") != "PAY_PER_REQUEST":
        return {}
    subjects = {"": arguments, **{f"{index['name']}/": index for index in _mappings(arguments.get("global_secondary_indexes"))}}
    found: dict[str, int | None] = {}
    for prefix, subject in subjects.items():
        ceiling = subject.get("on_demand_throughput")
        given: Plain = cast("Plain", ceiling) if isinstance(ceiling, Mapping) else {}
        for direction in ("read", "write"):
            units = given.get(f"max_{direction}_request_units")
            found[prefix + direction] = units if isinstance(units, int) else None
    return found


def _stream(enabled: object, view: object) -> str:
    """Nothing where one of them is known later."""
    if isinstance(enabled, bool | None) and (not enabled or isinstance(view, str)):
        return str(view) if enabled else NO_STREAM
    return ""


def _ttl(given: object) -> str:
    """Nothing where it is switched off, or known later."""
    said: Plain = cast("Plain", given) if isinstance(given, Mapping) else {}
    attribute = said.get("attribute_name")
    return attribute if said.get("enabled") is True and isinstance(attribute, str) else ""


def _index(index: Plain) -> dict[str, Any]:
    keys = [f"{key.get('attribute_name')} {key.get('key_type')}" for key in _mappings(index.get("key_schemas"))]
    warm = index.get("warm_throughput")
    return {"keys": keys, **_projection(index), "warm": dict(cast("Plain", warm)) if isinstance(warm, Mapping) else {}}


def _projection(index: Plain) -> dict[str, Any]:
    attributes = index.get("non_key_attributes")
    return {
        "projection": _text(index.get("projection_type")),
        "attributes": LATER if isinstance(attributes, pulumi.Output) else sorted(attributes or ()),
    }


def _mappings(given: object) -> Iterator[Plain]:
    """Of a list, those that are plain: a transform may give anything."""
    if isinstance(given, list | tuple):
        yield from (cast("Plain", each) for each in cast("Iterable[object]", given) if isinstance(each, Mapping))


def _key(name: object, types: Mapping[str, str]) -> dict[str, str]:
    text = _text(name)
    return {"name": text, "type": types.get(text, LATER if text == LATER else "S")} if text else {}


def _text(value: object) -> str:
    return LATER if isinstance(value, pulumi.Output) else value if isinstance(value, str) else ""
