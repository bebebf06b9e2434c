"""What `SingleTable` promises of the engine: autoscaling is no drift, and a table that exists is taken over in two steps."""

from tests.engine.conftest import Begin

HEADER = """
from components import Billing, Capacity, Origin, SingleTable

definition = {
    "version": 1,
    "key": {"partition": "PK", "sort": "SK"},
    "indexes": [
        {"name": name, "key": {"partition": f"{name}PK", "sort": f"{name}SK"}, "projection": "ALL", "attributes": []}
        for name in ("GSI1", "GSI2")[:COUNT]
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


def program(body: str, indexes: int) -> str:
    return HEADER.replace("COUNT", str(indexes)) + body


def test_autoscaling_is_no_drift(begin: Begin) -> None:
    """autoscaling: capacity that the scaler has set on the table and two indexes is no difference, refreshed or not"""
    stage = begin(program(AUTOSCALED, 2))
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
    stage.up()
    table = stage.table(name)
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 60
    assert {index["ProvisionedThroughput"]["WriteCapacityUnits"] for index in table["GlobalSecondaryIndexes"]} == {40}


def test_a_table_that_exists_is_taken_over_in_two_steps(begin: Begin) -> None:
    """adoption: `Origin.existing` takes a table over as it is, then makes it what is declared, with its items"""
    stage = begin(program(ADOPTED.format(as_declared=False), 0))
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
    stage.write(program(ADOPTED.format(as_declared=True), 0))
    assert stage.planned() == {"orders": "update"}
    stage.up()
    table = stage.table("legacy")
    assert (table["TableId"], table["DeletionProtectionEnabled"]) == (before["TableId"], True)
    assert client.scan(TableName="legacy")["Count"] == 1
    assert stage.planned() == {}
