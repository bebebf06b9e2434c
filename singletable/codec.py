"""Items to objects and back, by two functions written once for each class.

The functions are generated: straight-line code is several times faster than any walk over the fields. Each field is one line of that code,
so the line on which a conversion fails names the field, and good errors cost nothing until there is one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from singletable.decoder import Decoder
from singletable.encoder import Encoder
from singletable.generated import Item, KeyAttributes, Module
from singletable.shapes import Record
from singletable.values import value

__all__ = ["Codec", "Item", "KeyAttributes", "compile_codec"]

E = TypeVar("E")


@value
class Codec(Generic[E]):
    """encode raises InvalidValue and InvalidKey, decode MalformedItem; each names the field."""

    encode: Callable[[E], Item]
    decode: Callable[[Item], E]
    source: str


def compile_codec(cls: type[E], shape: Record, constants: Mapping[str, str], keys: Sequence[KeyAttributes]) -> Codec[E]:
    """The codec of one class.

    constants: attributes with the same text in every item; an item that is read must have them.
    keys: the key attributes of the table and of each index, with their templates. An index whose template meets None is left out of the item.
    """
    module = Module(cls)
    encode, decode = Encoder(module).write(shape, constants, keys), Decoder(module).write(shape, constants)
    module.compile()
    return Codec(module.names[encode], module.names[decode], module.source)
