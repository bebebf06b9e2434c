"""Contributor insights: CloudWatch's record of the keys that are used most, and of those that are throttled most."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from components.errors import InvalidArgument

Mode = Literal["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]


@dataclass(frozen=True)
class Insights:
    """mode: "THROTTLED_KEYS" counts, and costs, only when something is throttled; "ACCESSED_AND_THROTTLED_KEYS" every request.

    mode: of the table; None: off. indexes: by name, where an index differs from the table. Keys are shown in CloudWatch as they are.
    """

    mode: Mode | None
    indexes: Mapping[str, Mode | None] = field(default_factory=dict[str, Mode | None])

    def __post_init__(self) -> None:
        object.__setattr__(self, "indexes", MappingProxyType(dict(self.indexes)))
        for subject, mode in (("the table", self.mode), *((f"index {name}", mode) for name, mode in self.indexes.items())):
            if mode is not None and mode not in get_args(Mode):
                raise InvalidArgument(f"the insights of {subject} are {mode!r}: {' or '.join(get_args(Mode))} is allowed, or None for none")

    @classmethod
    def throttled_keys(cls) -> "Insights":
        """Of the table and each of its indexes: which keys are refused."""
        return cls("THROTTLED_KEYS")

    @classmethod
    def all_keys(cls) -> "Insights":
        """Of the table and each of its indexes: which keys are used most, too."""
        return cls("ACCESSED_AND_THROTTLED_KEYS")

    def of(self, index: str | None) -> Mode | None:
        """Of the table (None) or of an index."""
        return self.mode if index is None else self.indexes.get(index, self.mode)

    def arguments(self, index: str | None) -> dict[str, Any] | None:
        """Of aws.dynamodb.ContributorInsights, beside the table's name. None: there is none."""
        mode = self.of(index)
        return None if mode is None else {"mode": mode, **({"index_name": index} if index else {})}
