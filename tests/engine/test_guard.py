"""What would replace a table of ours, on the real engine."""

from tests.engine.conftest import Begin
from tests.engine.test_scenarios import component


def test_one_deployment_may_replace_a_table_and_then_it_is_guarded_again(begin: Begin) -> None:
    """replaceable: refused without leaving a trace, let through once with the old table left behind, and refused again"""
    stage = begin(component())
    stage.up()
    first = stage.outputs()["name"]
    other = component("OtherPK")
    stage.write(other)
    shown = stage.up(fails=True)
    assert f"its partition key is PK (S) and would be OtherPK (S). {first} has about 0 items" in shown
    assert "Traceback" not in shown
    stage.write(component())
    assert stage.planned() == {}

    stage.write(other.replace("disposable=False", "replaceable=True"))
    stage.up()
    second = stage.outputs()["name"]
    assert sorted(stage.tables()) == sorted([first, second])
    assert stage.table(second)["KeySchema"][0] == {"AttributeName": "OtherPK", "KeyType": "HASH"}

    stage.write(other)
    stage.up()
    stage.write(component())
    assert "its partition key is OtherPK (S) and would be PK (S)" in stage.run("preview", fails=True)
