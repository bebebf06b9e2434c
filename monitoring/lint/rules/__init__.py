"""All rules: what would be refused, what never has data, what sticks or misleads. The order is that of the documentation and of corrections."""

from collections.abc import Mapping
from typing import Final

from monitoring.lint.rule import Rule
from monitoring.lint.rules import composites, data, dimensions, formulas, requests, sampling, silence

__all__ = ["BY_CODE", "RULES"]

RULES: Final[tuple[Rule, ...]] = (
    *data.RULES,
    *dimensions.RULES,
    *sampling.RULES,
    *silence.RULES,
    *formulas.RULES,
    *composites.RULES,
    *requests.RULES,
)

BY_CODE: Final[Mapping[str, Rule]] = {rule.code: rule for rule in RULES}
