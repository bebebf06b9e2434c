import subprocess
import sys

import pytest

from monitoring import MonitoringError, Ref, refs_in, resolve


class Alarmish:
    def request(self):
        return {"Value": Ref("table"), "Others": [Ref("region"), "plain"]}


def test_a_ref_is_replaced_wherever_it_stands():
    token = object()
    assert resolve({"a": [Ref("table"), ("b", Ref("region"))], "c": 1}, {Ref("table"): token, Ref("region"): "eu"}) == {
        "a": [token, ["b", "eu"]],
        "c": 1,
    }


def test_what_has_a_request_is_resolved_through_it():
    assert resolve(Alarmish(), {Ref("table"): "t", Ref("region"): "eu"}) == {"Value": "t", "Others": ["eu", "plain"]}
    assert refs_in([Alarmish()]) == {Ref("table"), Ref("region")}


def test_a_ref_without_a_value_is_named():
    with pytest.raises(MonitoringError) as caught:
        resolve({"a": Ref("queue:api")}, {Ref("table"): "t"})
    assert str(caught.value) == 'unresolved-name: "queue:api" has no value; given are: table'
    assert caught.value.code == "unresolved-name"


def test_the_room_needs_neither_an_engine_nor_a_client():
    code = "import sys, monitoring; print(sorted({'pulumi', 'boto3', 'botocore', 'rich', 'vl_convert', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
