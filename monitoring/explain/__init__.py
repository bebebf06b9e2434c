"""What happens to a stack, in one paragraph: which alarm says it, why, whose patterns feel it, what else follows from it, and the next step."""

from monitoring.explain.counted import Counted
from monitoring.explain.explanation import Context, Explanation, explain
from monitoring.explain.incident import Incident, Spell
from monitoring.explain.keys import Key, read_key

__all__ = ["Context", "Counted", "Explanation", "Incident", "Key", "Spell", "explain", "read_key"]
