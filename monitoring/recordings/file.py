"""A recording in a file: gzip, and in it one JSON value a line.

    {"format": "singletable-recording", "version": 1, "start": ..., "end": ..., "stack": ..., "alarms": ..., "composites": ..., "history": ...}
    {"series": [namespace, name, [[dimension, value], ...], statistic, period in seconds], "values": [[minute, value, value, ...], ...]}
    ...
    {"series": number of series}

Times are ISO 8601 in UTC. Each run of values begins with the number of its first minute since the start: one value a minute, for the period
that begins then; between the runs nothing was measured. Percentiles have six significant digits. The last line tells a whole file from a part
of one. The same recording is always the same bytes.
"""

import gzip
import json
import math
import os
import zlib
from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, cast

from monitoring.errors import MonitoringError
from monitoring.live.history import Happened
from monitoring.live.question import Question
from monitoring.measured import MINUTE
from monitoring.recordings.recording import NOTHING, Recording, Values
from monitoring.recordings.stacks import stack_from_dict, stack_to_dict
from singletable.errors import SingleTableError

FORMAT: Final = "singletable-recording"
VERSION: Final = 1
SUFFIX: Final = ".recording"
"""How the name of such a file ends, where a name could mean something else too."""


def write_recording(recording: Recording, path: Path) -> int:
    """The number of bytes written. The file appears, or is replaced, when it is whole. Raises OSError."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                for line in _lines(recording):
                    packed.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
    return size


def read_recording(path: Path) -> Recording:
    """Raises MonitoringError "unreadable-recording" for a file that is none, only a part of one, or of a newer version."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines = (json.loads(line) for line in file)
            return _read(lines, path)
    except gzip.BadGzipFile:
        raise _unreadable(path, "is no recording") from None
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except (EOFError, zlib.error):
        raise _unreadable(path, "ends too early or is damaged") from None
    except (KeyError, TypeError, ValueError, LookupError, MonitoringError, SingleTableError) as error:
        if isinstance(error, MonitoringError) and error.code == "unreadable-recording":
            raise
        raise _unreadable(path, "is not built like a recording") from None


def _unreadable(path: Path, why: str) -> MonitoringError:
    return MonitoringError("unreadable-recording", f"{path}: {why}. Give a file that `python -m monitoring record` wrote.")


def _lines(recording: Recording) -> Iterator[dict[str, Any]]:
    yield {
        "format": FORMAT,
        "version": VERSION,
        "start": recording.start.isoformat(),
        "end": recording.end.isoformat(),
        "stack": stack_to_dict(recording.stack),
        "alarms": recording.alarms,
        "composites": recording.composites,
        "history": [
            [each.at.isoformat(), each.alarm, each.old, each.new, *([each.drill] if each.drill else ())] for each in recording.history
        ],
    }
    for question, values in recording.series.items():
        dimensions = [list(pair) for pair in question.dimensions]
        named = [question.namespace, question.name, dimensions, question.statistic, question.period_seconds]
        yield {"series": named, "values": list(_runs(values))}
    yield {"series": len(recording.series)}


def _runs(values: Values) -> Iterator[list[float]]:
    run: list[float] = []
    for minute, value in enumerate(values):
        if math.isnan(value):
            if run:
                yield run
            run = []
        else:
            run = run or [minute]
            run.append(int(value) if value.is_integer() else value)
    if run:
        yield run


def _read(lines: Iterator[Any], path: Path) -> Recording:
    head = next(lines, None)
    if not isinstance(head, Mapping) or cast("Mapping[str, Any]", head).get("format") != FORMAT:
        raise _unreadable(path, "is no recording")
    given = cast("Mapping[str, Any]", head)
    if given["version"] != VERSION:
        raise MonitoringError(
            "unreadable-recording",
            f"{path}: has version {given['version']}, known is {VERSION}. Read it with a newer version of this tool.",
        )
    start, end = datetime.fromisoformat(given["start"]), datetime.fromisoformat(given["end"])
    minutes = (end - start) // timedelta(seconds=MINUTE)
    series: dict[Question, Values] = {}
    for line in lines:
        if isinstance(line["series"], int):
            if line["series"] != len(series) or next(lines, None) is not None:
                break
            return Recording(
                stack_from_dict(given["stack"]),
                start,
                end,
                series,
                tuple(given["alarms"]),
                tuple(given["composites"]),
                tuple(Happened(datetime.fromisoformat(at), *change) for at, *change in given["history"]),
            )
        namespace, name, dimensions, statistic, period = line["series"]
        question = Question(namespace, name, tuple((key, value) for key, value in dimensions), statistic, period)
        series[question] = _values(line["values"], minutes)
    raise _unreadable(path, "ends too early or is damaged")


def _values(runs: list[list[float]], minutes: int) -> Values:
    values = array("d", [NOTHING]) * minutes
    for first, *run in runs:
        if not 0 <= first <= minutes - len(run):
            raise ValueError(first)
        values[int(first) : int(first) + len(run)] = array("d", run)
    return values
