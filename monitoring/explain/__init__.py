"""What happens to a stack, in one paragraph: which alarm says it, why, whose patterns feel it, what else follows from it, and the next step."""

from monitoring.explain.explanation import Context, Explanation, Spell, explain
from monitoring.explain.keys import Key, read_key

__all__ = ["Context", "Explanation", "Key", "Spell", "explain", "read_key"]
