"""What does not go together in a table is refused before anything is registered."""

from pathlib import Path

import pytest

from local.deploy import DeployError
from tests.components.conftest import run
from tests.components.tables import KEYS, SORTED, STRONG

WARM = 'SingleTable("notes", table=definition, billing=Billing.provisioned(Capacity.fixed(9000)), warm_throughput=WarmThroughput({warm}))'
TTL = 'definition["ttl"] = "expires_at"\n'
OWN_KEY = 'key = Encryption.customer_key("arn:aws:kms:eu-west-1:123456789012:key/k")\n'
TRANSACTION = 'definition["patterns"][0]["operations"] = ["TransactWriteItems"]\n'


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            'SingleTable("notes", table=definition, indexes=[LocalIndex("by-size", "size")])',
            "the table has no sort key, and the local index by-size: a local index needs a table with one",
        ),
        (
            SORTED + 'SingleTable("notes", table=definition, indexes=[LocalIndex(f"local-{number}", "size") for number in range(6)])',
            "the table has 6 local indexes: at most 5 are allowed",
        ),
        (
            'SingleTable("notes", table=definition, indexes=[GlobalIndex("by-number", [KeyAttribute("day", "N")])])',
            "the key attribute day is N in index by-number and S elsewhere: it has one type",
        ),
        (
            'SingleTable("notes", table=definition, indexes=["by-size"])',
            "one of the indexes is of type str: give a list of GlobalIndex and LocalIndex",
        ),
        (
            'SingleTable("notes", table=definition, projections={"GSI9": Projection.all()})',
            "projections names the index 'GSI9', which is not declared: declared are by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, billing=Billing.on_demand(indexes={"GSI9": Limit(1)}))',
            "billing names the index 'GSI9', which the table does not have: it has by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, warm_throughput=WarmThroughput(indexes={"GSI9": WarmUnits(20000, 8000)}))',
            "warm_throughput names the index 'GSI9', which the table does not have: it has by-owner, by-day",
        ),
        (
            WARM.format(warm="WarmUnits(write=8000)"),
            "a warm throughput of 8000 write units for the table, which has a capacity of 9000: give 9000 or more",
        ),
        (
            WARM.format(warm='indexes={"by-day": WarmUnits(20000, 8000)}'),
            "a warm throughput of 8000 write units for index by-day, which has a capacity of 9000: give 9000 or more",
        ),
        (
            SORTED + 'SingleTable("notes", table=definition, indexes=[LocalIndex("by-id", "id")])',
            "the local index by-id sorts by id, the table's partition key: give another attribute",
        ),
        (
            'SingleTable("notes", table=definition, insights=Insights(None, {"GSI9": "THROTTLED_KEYS"}))',
            "insights names the index 'GSI9', which the table does not have: it has by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, table_class="COLD")',
            "table_class is 'COLD': STANDARD or STANDARD_INFREQUENT_ACCESS is allowed",
        ),
        (
            'SingleTable("notes", table=definition, origin="notes-1")',
            "the origin is 'notes-1': use Origin.point_in_time(...), .backup(...), .s3(...) or .existing(...)",
        ),
        (
            SORTED + 'SingleTable("notes", table=definition, indexes=[LocalIndex("by-size", "size")], origin=Origin.s3("exports"))',
            "an import from S3 with the local index by-size: an import makes none; import without it, or write the items",
        ),
        (
            'SingleTable("notes", table=definition, billing=Billing.provisioned(Capacity.fixed(5)), replicas=Replicas.eventual("eu-central-1"))',
            "a global table with a fixed write capacity: use Capacity.autoscaled for writes, or Billing.on_demand()",
        ),
        (
            'SingleTable("notes", table=definition, billing=Billing.provisioned(Capacity.autoscaled(5, 9)), replicas=Replicas.eventual("eu-central-1"))',
            (
                "a provisioned table with replicas: the provider makes them with the table, before its writes are autoscaled, which AWS refuses; deploy "
                "without replicas first, then with scaled=True of Replicas, or use Billing.on_demand()"
            ),
        ),
        (
            'SingleTable("notes", table=definition, accept="index-left")',
            "accept is 'index-left': give a list of stream-replaced, index-left",
        ),
        (
            'SingleTable("notes", table=definition, accept=["table-replaced"])',
            "accept has 'table-replaced': stream-replaced and index-left are allowed",
        ),
        ('SingleTable("notes", table=definition, recovery_days=True)', "recovery_days is True: 1 to 35 is allowed"),
        (
            KEYS + 'SingleTable("notes", table=definition, replicas=Replicas.eventual("eu-central-1"))',
            "a global table with the stream KEYS_ONLY: its replicas need NEW_AND_OLD_IMAGES",
        ),
        (
            OWN_KEY + 'SingleTable("notes", table=definition, encryption=key, replicas=Replicas.eventual("eu-central-1"))',
            "the replica in eu-central-1 has no key, and needs a key of its region: Replica(region, key_arn)",
        ),
        (
            'SingleTable("notes", table=definition, replicas=Replicas.eventual(Replica("eu-central-1", "arn:aws:kms:eu-central-1:123456789012:key/k")))',
            "the replica in eu-central-1 has a key, and takes none: the table's key is not the customer's",
        ),
        (
            TTL + STRONG.format(more=""),
            "a strongly consistent global table with the time to live 'expires_at': it can have none; use Replicas.eventual, or delete items yourself",
        ),
        (
            SORTED + STRONG.format(more=', indexes=[LocalIndex("by-size", "size")]'),
            "a strongly consistent global table with a local index: it can have none; use a GlobalIndex, or Replicas.eventual",
        ),
        (
            STRONG.format(more=', origin=Origin.point_in_time("notes-1")'),
            "a strongly consistent global table that is restored or imported: it is made of an empty table; write the items to it",
        ),
        (
            TRANSACTION + STRONG.format(more=""),
            "a strongly consistent global table with the pattern notes_of, which is a transaction: it has none; use Replicas.eventual",
        ),
        (
            'SingleTable("notes", table=definition, resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetRecords"])])',
            "statement Read allows 'dynamodb:GetRecords' on the table: that belongs to stream_resource_policy",
        ),
        (
            'SingleTable("notes", table=definition, resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:Query"], ["GSI9"])])',
            "statement Read names the index 'GSI9': the table has by-owner, by-day",
        ),
        (
            'SingleTable("notes", table=definition, stream_resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetItem"])])',
            "statement Read allows 'dynamodb:GetItem' on the stream: allowed are dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator",
        ),
        (
            'SingleTable("notes", table=definition, resource_policy=[PrincipalAccess("Read", ["210987654321"], ["dynamodb:GetItem"])] * 2)',
            "two statements are called Read: give each its own name",
        ),
        (
            'SingleTable("notes", table=definition, transform={"insights": {}})',
            "SingleTable 'notes' has no 'insights' to transform: it has table",
        ),
    ],
)
def test_refused_before_anything_is_registered(project: Path, program: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, program)
    assert f"InvalidArgument: {message}" in str(caught.value)
    assert caught.value.deployment.resources == ()


@pytest.mark.parametrize(
    ("replicas", "message"),
    [
        ('Replicas.eventual("eu-west-1")', "a replica is in eu-west-1, where the table itself is: give other regions"),
        (
            'Replicas.strong("us-east-1", "us-west-2")',
            (
                "a strongly consistent table in eu-west-1 with us-east-1 and us-west-2: all of its regions are of one group: "
                "us-east-1, us-east-2, us-west-2; eu-central-1, eu-west-1, eu-west-2, eu-west-3; ap-northeast-1, ap-northeast-2, ap-northeast-3"
            ),
        ),
    ],
)
def test_a_replica_is_in_another_region_than_the_stack(project: Path, replicas: str, message: str) -> None:
    program = f'SingleTable("notes", table=definition, replicas={replicas})'
    with pytest.raises(DeployError) as caught:
        run(project, program, {"aws:region": "eu-west-1"})
    assert f"InvalidArgument: {message}" in str(caught.value)
    assert caught.value.deployment.resources == ()


def test_the_region_of_a_provider_of_its_own_is_not_looked_at(project: Path) -> None:
    program = """
import pulumi
import pulumi_aws

elsewhere = pulumi_aws.Provider("elsewhere", region="eu-west-1")  # the only one that there is here
opts = pulumi.ResourceOptions(providers=[elsewhere])
SingleTable("notes", table=definition, replicas=Replicas.eventual("eu-west-1"), opts=opts)
"""
    assert run(project, program, {"aws:region": "eu-west-1"}).one("Table", "notes").inputs["replicas"][0]["regionName"] == "eu-west-1"


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("warm_throughput", "20000", "warm_throughput is 20000: use WarmThroughput(WarmUnits(...), indexes={...})"),
        ("replicas", '["eu-central-1"]', "replicas is ['eu-central-1']: use Replicas.eventual(...) or Replicas.strong(...)"),
        (
            "insights",
            '"THROTTLED_KEYS"',
            "insights is 'THROTTLED_KEYS': use Insights.throttled_keys(), Insights.all_keys() or Insights(mode, {index: mode})",
        ),
        (
            "kinesis",
            '"arn:aws:kinesis:eu-west-1:123456789012:stream/s"',
            "kinesis is 'arn:aws:kinesis:eu-west-1:123456789012:stream/s': use KinesisDestination(stream_arn)",
        ),
        ("resource_policy", '{"Version": "2012-10-17"}', "resource_policy is of type dict: give a list of PrincipalAccess"),
        (
            "stream_resource_policy",
            '["arn:aws:iam::210987654321:root"]',
            "one of stream_resource_policy is of type str: give a list of PrincipalAccess",
        ),
        (
            "projections",
            '{"by-day": "ALL"}',
            "the projection of index by-day is 'ALL': use Projection.all(), .keys_only(), .include(...) or .of_patterns()",
        ),
        ("billing", 'Billing.on_demand(indexes={"by-day": 5})', "index by-day is billed by 5: use Limit(read=..., write=...)"),
        (
            "billing",
            'Billing.provisioned(Capacity.fixed(5), indexes={"by-day": 5})',
            "index by-day is billed by 5: use Throughput(read, write)",
        ),
        (
            "warm_throughput",
            'WarmThroughput(indexes={"by-day": 5})',
            "the warm throughput of index by-day is 5: use WarmUnits(read=..., write=...)",
        ),
        ("warm_throughput", "WarmThroughput(20000)", "the warm throughput of the table is 20000: use WarmUnits(read=..., write=...)"),
        ("replicas", "Replicas.eventual(5)", "one of the replicas is 5: give the names of regions, or Replica(region, key_arn)"),
    ],
)
def test_a_value_of_another_type_is_refused_with_how_one_is_made(project: Path, argument: str, value: str, message: str) -> None:
    with pytest.raises(DeployError) as caught:
        run(project, f'SingleTable("notes", table=definition, {argument}={value})')
    assert f"InvalidArgument: {message}" in str(caught.value)
    assert caught.value.deployment.resources == ()
