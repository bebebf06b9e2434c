"""The file of a recording: the same after reading, the same bytes each time, and never taken for something that it is not."""

import gzip
import json
import math
from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring import Billing, Ceiling, MonitoringError
from monitoring.live.question import Question
from monitoring.recordings import Happened, Recording, read_recording, write_recording
from monitoring.recordings.file import VERSION
from monitoring.recordings.stacks import stack_from_dict, stack_to_dict
from monitoring.scenarios import named
from tests.monitoring.conftest import stack_of

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTES = 12
SUM = Question("Shop", "Orders", (("Shop", "one"),), "Sum", 60)
P99 = Question("Shop", "Latency", (), "p99", 300)


def recording_of(*values, **more):
    series = dict(zip((SUM, P99), (array("d", each) for each in values), strict=False))
    return Recording(named(stack_of()), START, START + timedelta(minutes=MINUTES), series, **more)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shop.recording"


@pytest.fixture
def written(path):
    happened = Happened(START, "shop page: it fails", "OK", "ALARM")
    drilled = replace(happened, drill="3f9a")
    recording = recording_of([1.0, math.nan] * 6, [0.25] * MINUTES, alarms=({"AlarmName": "ä"},), history=(happened, drilled))
    write_recording(recording, path)
    return recording


def series_of(recording):
    return {each: bytes(values) for each, values in recording.series.items()}


def test_it_is_read_as_it_was_written(written, path):
    found = read_recording(path)
    assert series_of(found) == series_of(written)
    assert replace(found, series={}) == replace(written, series={})


numbers = st.one_of(st.just(math.nan), st.integers(-(10**6), 10**6).map(float), st.floats(allow_nan=False, allow_infinity=False))


@given(st.lists(numbers, min_size=MINUTES, max_size=MINUTES))
def test_every_value_is_kept(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "any.recording"
    write_recording(recording_of(values), path)
    found = read_recording(path).series[SUM]
    assert [None if math.isnan(value) else value for value in found] == [None if math.isnan(value) else value for value in values]


def test_the_same_recording_is_the_same_bytes(written, path, tmp_path):
    other = tmp_path / "other.recording"
    assert write_recording(read_recording(path), other) == len(path.read_bytes())
    assert other.read_bytes() == path.read_bytes()


def test_a_stack_is_whole_after_it(written):
    assert stack_from_dict(json.loads(json.dumps(stack_to_dict(written.stack)))) == written.stack


def test_ceilings_of_indexes_are_kept_and_missing_in_recordings_of_earlier_releases():
    stack = named(stack_of(billing=Billing.on_demand(max_reads_per_second=9, indexes={"GSI1": Ceiling(writes_per_second=5)})))
    kept = json.loads(json.dumps(stack_to_dict(stack)))
    assert stack_from_dict(kept) == stack
    del kept["table"]["index_ceilings"]
    assert stack_from_dict(kept).table.billing == Billing.on_demand(max_reads_per_second=9)


def test_what_cannot_be_written_leaves_the_old_file(written, path):
    before = path.read_bytes()
    with pytest.raises(ValueError, match="JSON compliant"):
        write_recording(recording_of([math.inf] * MINUTES), path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_no_folder_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_recording(recording_of([]), tmp_path / "nowhere" / "file")


def broken(path, change):
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("\n".join(change(lines)).encode(), mtime=0))


@pytest.mark.parametrize("cut", [lambda lines: lines[:-1], lambda lines: [*lines[:1], *lines[2:]]])
def test_a_part_of_a_file_is_refused(written, path, cut):
    broken(path, cut)
    with pytest.raises(MonitoringError, match=r"unreadable-recording: .*: ends too early or is damaged\."):
        read_recording(path)


def test_cut_or_changed_bytes_are_refused(written, path):
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[-6] ^= 0xFF
    for part in (whole[:-10], whole[: len(whole) // 2], bytes(damaged)):
        path.write_bytes(part)
        with pytest.raises(MonitoringError, match="unreadable-recording: "):
            read_recording(path)


def test_a_newer_version_says_so(written, path):
    broken(path, lambda lines: [lines[0].replace(f'"version":{VERSION}', f'"version":{VERSION + 1}'), *lines[1:]])
    with pytest.raises(MonitoringError, match=rf"has version {VERSION + 1}, known is {VERSION}\. Read it with a newer version"):
        read_recording(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"[]", mtime=0),
        gzip.compress(b"text", mtime=0),
        gzip.compress(b'{"format": "other"}', mtime=0),
        gzip.compress(b"\xff", mtime=0),
    ],
)
def test_other_files_are_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(MonitoringError, match=r"unreadable-recording: .*\. Give a file that `python -m monitoring record` wrote\."):
        read_recording(path)


@pytest.mark.parametrize("line", ['{"series": 5, "values": []}', '{"values": []}', '{"series": ["a"], "values": []}', "[]", "3"])
def test_lines_of_another_kind_are_refused(written, path, line):
    broken(path, lambda lines: [lines[0], line, *lines[1:]])
    with pytest.raises(MonitoringError, match="unreadable-recording"):
        read_recording(path)


def test_minutes_beyond_its_end_are_refused(written, path):
    broken(path, lambda lines: [lines[0], lines[1].replace("[10,", "[12,"), *lines[2:]])
    with pytest.raises(MonitoringError, match="is not built like a recording"):
        read_recording(path)


def test_no_file_says_so(tmp_path):
    with pytest.raises(MonitoringError, match=r"nowhere: No such file or directory\."):
        read_recording(tmp_path / "nowhere")
