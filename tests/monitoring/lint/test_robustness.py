"""Whatever stands in a file, reading and judging it does not break."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.lint import InputError, lint, read_text
from monitoring.lint.output import Style, report, sarif, text

WALL = Path(__file__).parent / "wall"
ORIGINALS = {file: json.loads((WALL / file).read_text()) for file in ("described.json", "template.json", "plan.json", "preview.json")}
JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-10, 700_000),
        st.floats(allow_nan=False),
        st.sampled_from(
            ("", "x", "60", "true", "SEARCH('x', 'Sum')", "FILL(", "m1", "é" * 300, "ALARM(", "p99", "04da6b54-80e4-46f7-96ec-b56ff0331ba9")
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(("Ref", "Fn::Sub", "Name", "Value", "Id", "Metric", "x")), inner, max_size=3),
    ),
    max_leaves=4,
)


def places(value, path=()):
    """Every place in plain data."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def put(value, path, junk):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = junk


@pytest.mark.parametrize("file", ORIGINALS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_wrong_value_breaks_nothing(file, data):
    changed = copy.deepcopy(ORIGINALS[file])
    for _ in range(data.draw(st.integers(1, 3))):
        every = [path for path in places(changed) if path]
        if every:
            put(changed, data.draw(st.sampled_from(every)), data.draw(JUNK))
    try:
        alarms = read_text(json.dumps(changed), file)
    except InputError as error:
        assert error.code == "unknown-format"
        return
    reviewed = lint(alarms)
    json.dumps([report(reviewed, len(alarms)), sarif(reviewed)])
    assert text(reviewed, len(alarms), Style(), {}).endswith("\n")
