"""Whether a declaration that nobody named is that of a deployed table: keys called PK and SK are those of many."""

from monitoring.live.deployed import Deployed, block, definition_from
from monitoring.subjects import Stack
from singletable.deployment import SCHEMA_FINGERPRINT


def fits(deployed: Deployed, declared: Stack) -> bool:
    """By what is known best: a function was deployed with this schema; else, the alarms are called after this project, or without alarms the
    table is, and it has the declared key, and one of its indexes is declared like that, or it has none.

    A table that was changed by hand, or that is a deployment behind, fits; so it can be said how it differs.
    """
    definition = declared.table.definition
    environments = (block(block(each, "Environment"), "Variables") for each in deployed.functions)
    if definition.fingerprint in {each.get(SCHEMA_FINGERPRINT) for each in environments}:
        return True
    named = deployed.project == declared.project if deployed.project else f"{deployed.name}-".startswith(f"{declared.project}-")
    if not named:
        return False
    found = definition_from(deployed.table, None)
    indexes = {(index.name, index.key) for index in found.indexes}
    return found.key == definition.key and (not indexes or any((index.name, index.key) in indexes for index in definition.indexes))
