"""What both functions need while they run: their settings, a store on the deployed table, and a log without personal data."""

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime

from app import model
from app.errors import SchemaDrift, SettingMissing
from singletable import CursorKeys, Store, botocore_transport
from singletable.fields import utc_now


def setting(environment: Mapping[str, str], name: str) -> str:
    """Raises SettingMissing, also for an empty text."""
    value = environment.get(name)
    if not value:
        raise SettingMissing(f"the environment has no {name}: the stack sets it, so deploy the function with the stack")
    return value


def open_store(environment: Mapping[str, str], *, clock: Callable[[], datetime] = utc_now, cursors: CursorKeys | None = None) -> Store:
    """A store on the table of the environment. clock: what updates are stamped with. Raises SettingMissing, SchemaDrift."""
    deployed, declared = setting(environment, "SCHEMA_FINGERPRINT"), model.table.definition().fingerprint
    if deployed != declared:
        raise SchemaDrift(f"the table was deployed with the schema {deployed}, this code has {declared}: deploy both from one commit")
    return Store(botocore_transport(), setting(environment, "TABLE_NAME"), clock=clock, cursors=cursors)


def log(**fields: object) -> None:
    """One line of JSON. Lambda keeps it as it is, with its own log format set to JSON or to text."""
    sys.stdout.write(json.dumps(fields, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def trail(error: BaseException) -> list[str]:
    """Where an error came from, without its message, which may quote what a customer sent."""
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
