"""What would replace a table of ours, on the real engine."""

import json
from pathlib import Path

from components.tables.record import IDENTITY
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


INDEXED = """
from components import SingleTable

index = {{"name": "GSI1", "key": {{"partition": "GSI1PK", "sort": "GSI1SK"}}}}
definition = {{"version": 1, "key": {{"partition": "PK", "sort": "SK"}}, "indexes": {indexes}, "entities": [], "patterns": []}}
data = SingleTable("orders", table=definition, accept={accept})
pulumi.export("name", data.name)
"""


def indexed(*, indexes: str = "[index]", accept: str = "()") -> str:
    return INDEXED.format(indexes=indexes, accept=accept)


def test_the_last_index_is_removed_by_hand(begin: Begin) -> None:
    """the last index: refused in preview with the command that deletes it, and accepted once when it is gone"""
    stage = begin(indexed())
    stage.up()
    name = stage.outputs()["name"]
    stage.write(indexed(indexes="[]"))
    shown = stage.run("preview", fails=True)
    assert "index-left: the table of SingleTable 'orders' would keep the index GSI1" in shown
    assert f"aws dynamodb update-table --table-name {name}" in shown
    assert "Traceback" not in shown

    updates = [{"Delete": {"IndexName": "GSI1"}}]
    stage.session.aws.client("dynamodb").update_table(TableName=name, GlobalSecondaryIndexUpdates=updates)
    stage.run("refresh", "--yes", "--skip-preview")
    stage.write(indexed(indexes="[]", accept='["index-left"]'))
    stage.up()
    stage.write(indexed(indexes="[]"))
    assert stage.planned() == {}
    assert stage.table(name).get("GlobalSecondaryIndexes", []) == []


def test_a_state_of_an_older_version_is_taken_on(begin: Begin, tmp_path: Path) -> None:
    """a stash of an older version: nothing is refused or replaced, and what it lacked is learned"""
    stage = begin(indexed())
    stage.up()
    state = json.loads(stage.state())
    (stash,) = [each for each in state["deployment"]["resources"] if each["type"] == "pulumi:index:Stash"]
    for of in ("inputs", "outputs"):
        stash[of] = {field: {name: record[name] for name in IDENTITY} for field, record in stash[of].items()}
    older = tmp_path / "state.json"
    older.write_text(json.dumps(state), encoding="utf-8")
    stage.run("stack", "import", "--file", str(older))

    assert stage.planned() == {"orders-identity": "update"}
    stage.up()
    assert stage.planned() == {}
    stage.write(indexed(indexes="[]"))
    assert "index-left" in stage.run("preview", fails=True)


def test_a_region_that_is_said_is_no_other_one(begin: Begin) -> None:
    """region: the stack's own region, said at the table, is no difference; another one is refused"""
    stage = begin(component())
    stage.up()
    stage.write(component().replace("disposable=False", 'transform={"table": {"region": "eu-west-1"}}'))
    assert "replace" not in stage.planned().values()
    stage.write(component().replace("disposable=False", 'transform={"table": {"region": "eu-west-3"}}'))
    assert "its region is given by the provider and would be 'eu-west-3'" in stage.run("preview", fails=True)


def test_a_first_deployment_that_failed_is_said_to_have_made_nothing(begin: Begin) -> None:
    """nothing there: after a first deployment that AWS refused another key is refused too, with the sentence that there is nothing to lose"""
    stage = begin(component())
    stage.write(component().replace("disposable=False", 'transform={"table": {"billing_mode": "FREE"}}'))
    stage.up(fails=True)
    assert stage.tables() == []
    stage.write(component("OtherPK"))
    shown = stage.run("preview", fails=True)
    assert "With the credentials of this run no such table is found" in shown
    stage.write(component("OtherPK").replace("disposable=False", "replaceable=True"))
    stage.up()
    stage.write(component("OtherPK"))
    assert stage.planned() == {}


SCALED = """
from components import Billing, Capacity, Limit, Projection, SingleTable

indexes = [{{"name": name, "key": {{"partition": name + "PK", "sort": name + "SK"}}}} for name in ("GSI1", "GSI2")]
definition = {{"version": 1, "key": {{"partition": "PK", "sort": "SK"}}, "indexes": indexes, "entities": [], "patterns": []}}
data = SingleTable("orders", table=definition, billing=Billing.{billing}, projections={{{projection}}})
pulumi.export("name", data.name)
"""


def scaled(billing: str = "provisioned(Capacity.autoscaled(5, 50))", projection: str = "") -> str:
    return SCALED.format(billing=billing, projection=projection)


def test_a_change_that_would_get_lost_is_refused(begin: Begin) -> None:
    """lost changes: of an index while it is autoscaled, and of a ceiling that is left out; both refused in preview, and made in the way that is said"""
    stage = begin(scaled())
    stage.up()
    less = '"GSI2": Projection.keys_only()'
    stage.write(scaled(projection=less))
    assert "change-lost: a change of SingleTable 'orders' would not be made: the index GSI2 would change" in stage.run(
        "preview", fails=True
    )
    stage.write(scaled("provisioned(Capacity.fixed(5))", less))
    stage.up()
    stage.write(scaled(projection=less))
    stage.up()
    assert stage.planned() == {}
    table = stage.table(stage.outputs()["name"])
    assert {each["IndexName"]: each["Projection"]["ProjectionType"] for each in table["GlobalSecondaryIndexes"]}["GSI2"] == "KEYS_ONLY"

    stage.write(scaled('on_demand(indexes={"GSI1": Limit(read=500)})', less))
    stage.up()
    stage.write(scaled("on_demand()", less))
    assert "the ceiling of 500 read units of index GSI1 is left out" in stage.run("preview", fails=True)
    stage.write(scaled('on_demand(indexes={"GSI1": Limit(read=-1)})', less))
    stage.up()
    stage.write(scaled("on_demand()", less))
    stage.up()
    assert stage.planned() == {}
