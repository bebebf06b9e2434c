"""What would replace a table of ours, on the real engine."""

import json

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


def test_a_replacement_that_the_command_asks_for_is_refused_too(begin: Begin) -> None:
    """replace: a table that no program changed and `--replace` or `--target-replace` names is refused by the engine's own protection"""
    stage = begin(component())
    stage.up()
    name = stage.outputs()["name"]
    resources: list[dict[str, str]] = json.loads(stage.state())["deployment"]["resources"]
    [urn] = [each["urn"] for each in resources if each["type"] == "aws:dynamodb/table:Table"]
    assert "marked for protection" in stage.run("preview", "--target-replace", urn, fails=True)
    assert "marked for protection" in stage.run("up", "--yes", "--skip-preview", "--replace", urn, fails=True)
    assert stage.tables() == [name]
    assert stage.planned() == {}


def test_a_name_that_is_known_only_later_is_left_to_the_engine(begin: Begin) -> None:
    """unknown: a name that is an output is not compared with what was, and the engine's own protection refuses another one"""
    stage = begin(component())
    stage.up()
    stage.write(component().replace("disposable=False", 'transform={"table": {"name": pulumi.Output.from_input("other")}}'))
    assert "marked for protection" in stage.run("preview", fails=True)
    stage.write(component())
    assert stage.planned() == {}
