"""Which keys can be the same: the arithmetic behind "these two entities collide" and "this query would return others too".

Conservative: a text may be anything, so it may also be written like a fixed word.
"""

from collections.abc import Sequence

from singletable.keys import KeyTemplate, Part, Slot, Word


def may_be_equal(left: KeyTemplate | None, right: KeyTemplate | None) -> bool:
    """Could one key be made from both templates? An entity without a sort key only meets another without one."""
    if left is None or right is None:
        return left is right
    return len(left.parts) == len(right.parts) and all(map(_may_meet, left.parts, right.parts))


def may_continue(prefix: Sequence[Part], template: KeyTemplate | None) -> bool:
    """Could a key made from the template start with these components and a separator? Every key continues the empty prefix."""
    if not prefix:
        return True
    return template is not None and len(prefix) < len(template.parts) and all(map(_may_meet, prefix, template.parts))


def miss_each_other(left: KeyTemplate, right: KeyTemplate) -> list[tuple[Slot, Slot]]:
    """Slots of two templates with the same words that write equal values differently: items meant for one partition, kept in two."""
    words = [[part.text if isinstance(part, Word) else None for part in template.parts] for template in (left, right)]
    if words[0] != words[1] or not any(words[0]):
        return []
    pairs = [(a, b) for a, b in zip(left.parts, right.parts) if isinstance(a, Slot) and isinstance(b, Slot)]
    return [(a, b) for a, b in pairs if a.form.spelling != b.form.spelling]


def _may_meet(left: Part, right: Part) -> bool:
    if isinstance(left, Word):
        return left.text == right.text if isinstance(right, Word) else right.form.may_equal(left.text)
    return left.form.may_equal(right.text) if isinstance(right, Word) else left.form.may_meet(right.form)
