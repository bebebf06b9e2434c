"""What the shop itself refuses. What the table refuses has its errors in `singletable.errors`; both carry a stable code."""


class ShopError(Exception):
    """A message says what was given, what is allowed and what to do next."""

    code = "shop"


class InvalidField(ShopError):
    """A value of a request that the shop does not take. field: its path, such as lines[2].quantity."""

    code = "invalid-field"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


class ImpossibleTransition(ShopError):
    """An order cannot go from its status to the one that was asked for."""

    code = "impossible-transition"


class SettingMissing(ShopError):
    """The function's environment lacks a variable that the stack sets."""

    code = "setting-missing"


class SchemaDrift(ShopError):
    """The table was deployed from another declaration than the code was bundled with."""

    code = "schema-drift"
