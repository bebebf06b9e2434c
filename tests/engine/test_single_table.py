"""What `SingleTable` promises of the engine: no change that need not be one replaces a table, autoscaling is no drift, a table can be taken over."""

from tests.engine.conftest import Begin

HEADER = """
from components import Billing, Capacity, Origin, SingleTable

definition = {
    "version": 1,
    "key": {"partition": "PK", "sort": "SK"},
    "indexes": [
        {"name": name, "key": {"partition": f"{name}PK", "sort": f"{name}SK"}, "projection": "ALL", "attributes": []}
        for name in INDEXES
    ],
    "entities": [],
    "patterns": [],
}
"""
AUTOSCALED = """
billing = Billing.provisioned(Capacity.autoscaled(5, 100))
data = SingleTable("orders", table=definition, billing=billing, disposable=True)
pulumi.export("name", data.name)
"""
ADOPTED = """
data = SingleTable("orders", table=definition, origin=Origin.existing("legacy", as_declared={as_declared}))
pulumi.export("name", data.name)
"""


BILLED = """
data = SingleTable("orders", table=definition, billing={billing}, disposable=True)
pulumi.export("name", data.name)
"""
OWN = """
class Store(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("team:data:Store", name)
        self.table = aws.dynamodb.Table(
            name,
            hash_key="PK",
            range_key="SK",
            attributes=[{"name": "PK", "type": "S"}, {"name": "SK", "type": "S"}],
            billing_mode="PAY_PER_REQUEST",
            opts=pulumi.ResourceOptions(parent=self),
        )


pulumi.export("name", Store("orders").table.name)
"""
MOVED = """
moved = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="team:data:Store")])
data = SingleTable("orders", table=definition, disposable=True, opts=moved)
pulumi.export("name", data.name)
"""


def program(body: str, *indexes: str) -> str:
    return HEADER.replace("INDEXES", repr(indexes)) + body


def test_another_billing_mode_is_an_update_in_both_directions(begin: Begin) -> None:
    """billing: from on demand to provisioned and back, in place, with two indexes and their capacity, and not shown again"""
    on_demand, provisioned = (BILLED.format(billing=mode) for mode in ("Billing.on_demand()", "Billing.provisioned(Capacity.fixed(5))"))
    stage = begin(program(on_demand, "GSI1", "GSI2"))
    stage.up()
    name = stage.outputs()["name"]
    identity = stage.table(name)["TableId"]
    for body, mode, units in ((provisioned, "PROVISIONED", 5), (on_demand, "PAY_PER_REQUEST", 0)):
        stage.write(program(body, "GSI1", "GSI2"))
        assert stage.planned() == {"orders": "update"}
        stage.up()
        table = stage.table(name)
        assert (table["TableId"], table["BillingModeSummary"]["BillingMode"]) == (identity, mode)
        if units:
            assert {each["ProvisionedThroughput"]["ReadCapacityUnits"] for each in (table, *table["GlobalSecondaryIndexes"])} == {units}
        assert stage.planned() == {}


def test_indexes_come_and_go_in_place(begin: Begin) -> None:
    """indexes: two more in one deployment, then one less, in place and with the items; their order in the program says nothing"""
    body = BILLED.format(billing="Billing.on_demand()")
    stage = begin(program(body, "GSI1"))
    stage.up()
    name = stage.outputs()["name"]
    identity = stage.table(name)["TableId"]
    client = stage.session.aws.client("dynamodb")
    client.put_item(TableName=name, Item={"PK": {"S": "kept"}, "SK": {"S": "1"}, "GSI3PK": {"S": "a"}, "GSI3SK": {"S": "b"}})
    for declared in (("GSI1", "GSI2", "GSI3"), ("GSI3", "GSI2")):
        stage.write(program(body, *declared))
        assert stage.planned() == {"orders": "update"}
        stage.up()
        table = stage.table(name)
        assert table["TableId"] == identity
        assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == set(declared)
    found = client.query(
        TableName=name, IndexName="GSI3", KeyConditionExpression="GSI3PK = :a", ExpressionAttributeValues={":a": {"S": "a"}}
    )
    assert [item["PK"]["S"] for item in found["Items"]] == ["kept"]
    stage.write(program(body, "GSI2", "GSI3"))
    assert stage.planned() == {}
    stage.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_table_of_another_component_is_kept_by_an_alias(begin: Begin) -> None:
    """upgrade: a table that another component made before stays the same one under `SingleTable`, by the alias of that component's type"""
    stage = begin(OWN)
    stage.up()
    name = stage.outputs()["name"]
    identity = stage.table(name)["TableId"]
    stage.write(program(MOVED))
    assert set(stage.planned().values()) <= {"create", "update"}
    stage.up()
    assert stage.outputs()["name"] == name
    table = stage.table(name)
    assert (table["TableId"], stage.tables()) == (identity, [name])
    assert stage.planned() == {}


def test_autoscaling_is_no_drift(begin: Begin) -> None:
    """autoscaling: capacity that the scaler has set on the table and two indexes is no difference, refreshed or not"""
    stage = begin(program(AUTOSCALED, "GSI1", "GSI2"))
    stage.up()
    name = stage.outputs()["name"]
    scaled = {"ReadCapacityUnits": 60, "WriteCapacityUnits": 40}
    client = stage.session.aws.client("dynamodb")
    client.update_table(
        TableName=name,
        ProvisionedThroughput=scaled,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": index, "ProvisionedThroughput": scaled}} for index in ("GSI1", "GSI2")],
    )
    assert stage.planned() == {}
    stage.run("refresh", "--yes", "--skip-preview")
    assert stage.planned() == {}
    stage.write(program(AUTOSCALED, "GSI2", "GSI1"))
    assert stage.planned() == {}, "their order in the program says nothing"
    stage.up()
    table = stage.table(name)
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 60
    assert {index["ProvisionedThroughput"]["WriteCapacityUnits"] for index in table["GlobalSecondaryIndexes"]} == {40}


def test_a_table_that_exists_is_taken_over_in_two_steps(begin: Begin) -> None:
    """adoption: `Origin.existing` takes a table over as it is, then makes it what is declared, with its items"""
    stage = begin(program(ADOPTED.format(as_declared=False)))
    client = stage.session.aws.client("dynamodb")
    client.create_table(
        TableName="legacy",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}, {"AttributeName": "SK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="legacy", Item={"PK": {"S": "kept"}, "SK": {"S": "1"}})
    before = stage.table("legacy")
    stage.up()
    assert stage.table("legacy")["DeletionProtectionEnabled"] is before.get("DeletionProtectionEnabled", False)
    assert stage.planned() == {}
    stage.write(program(ADOPTED.format(as_declared=True)))
    assert stage.planned() == {"orders": "update"}
    stage.up()
    table = stage.table("legacy")
    assert (table["TableId"], table["DeletionProtectionEnabled"]) == (before["TableId"], True)
    assert client.scan(TableName="legacy")["Count"] == 1
    assert stage.planned() == {}
