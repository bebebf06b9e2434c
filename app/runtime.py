"""What both functions need while they run: their settings, a store on the deployed table, and a log without personal data."""

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from app import model
from app.errors import SchemaDrift, SettingMissing
from singletable import CursorKeys, Store, botocore_transport
from singletable.deployment import PATTERN_METRICS, SCHEMA_FINGERPRINT, TABLE_NAME
from singletable.fields import utc_now
from singletable.keys import format_timestamp


def setting(environment: Mapping[str, str], name: str) -> str:
    """Raises SettingMissing, also for an empty text."""
    value = environment.get(name)
    if not value:
        raise SettingMissing(f"the environment has no {name}: the stack sets it, so deploy the function with the stack")
    return value


def open_store(environment: Mapping[str, str], *, clock: Callable[[], datetime] = utc_now, cursors: CursorKeys | None = None) -> Store:
    """A store on the table of the environment. clock: what updates are stamped with. Raises SettingMissing, SchemaDrift."""
    deployed, declared = setting(environment, SCHEMA_FINGERPRINT), model.table.fingerprint
    if deployed != declared:
        raise SchemaDrift(f"the table was deployed with the schema {deployed}, this code has {declared}: deploy both from one commit")
    name = setting(environment, TABLE_NAME)
    if environment.get(PATTERN_METRICS) != "on":
        return Store(botocore_transport(), name, clock=clock, cursors=cursors)
    from singletable.metered import Measurement, MeteredStore, metric_line

    def report(measured: Measurement) -> None:
        if measured.metrics:
            at = clock()
            log("INFO", at, **metric_line(name, measured, at))

    return MeteredStore(botocore_transport(), name, report, clock=clock, cursors=cursors)


def log(level: Literal["INFO", "WARN", "ERROR"], at: datetime, **fields: object) -> None:
    """One line of JSON. at: when what it tells happened.

    Lambda takes level and timestamp from such a line, and only from one that has both (Lambda developer guide, "Log-level filtering").
    """
    line = {"timestamp": format_timestamp(at), "level": level, **fields}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def trail(error: BaseException) -> list[str]:
    """Where an error came from, without its message, which may quote what a customer sent."""
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
