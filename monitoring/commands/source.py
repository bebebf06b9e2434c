"""What a page shows: deployed tables, recordings, or a scenario where neither is named."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitoring.commands.command import UsageError
from monitoring.commands.live import account_of, add_account, deployed_of
from monitoring.commands.subject import add_subject
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.serve import Source


def add_source(parser: argparse.ArgumentParser, *, several: bool) -> None:
    """several: more than one table or recording may be given."""
    parser.add_argument("deployed", metavar="TABLE", nargs="*" if several else "?", help="the name of a deployed table: live, as it is now")
    parser.add_argument(
        "--recording", metavar="FILE", type=Path, action="append", default=[], help="what `python -m monitoring record` wrote"
    )
    add_account(parser)
    add_subject(parser)


def named_sources(options: argparse.Namespace) -> "list[Source]":
    """Of tables and recordings that were named; none where none was. Raises UsageError."""
    from monitoring.recordings import read_recording
    from monitoring.serve import LiveSource, RecordedSource

    given: Sequence[str] | str = options.deployed or ()
    tables = (given,) if isinstance(given, str) else given
    found: list[Source] = []
    try:
        if tables:
            account = account_of(options)
            found += [LiveSource(account, table, deployed_of(options, table, account).declared) for table in tables]
        found += [RecordedSource(read_recording(path)) for path in options.recording]
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    return found
