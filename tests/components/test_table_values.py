"""What a table can be told beside its declaration: values that cannot be built wrong, with the exact refusal of each."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import botocore.session
import pytest

from components.errors import InvalidArgument
from components.tables.destinations import KinesisDestination, Precision
from components.tables.indexes import MOST_GLOBAL, MOST_KEYS, MOST_LOCAL, AttributeType, GlobalIndex, KeyAttribute, LocalIndex
from components.tables.insights import Insights, Mode
from components.tables.origins import DELIMITERS, Compression, Csv, Format, Origin
from components.tables.principals import PrincipalAccess
from components.tables.projections import MOST_IN_INDEX, MOST_IN_TABLE, Projection
from components.tables.replicas import STRONG_REGIONS, Replica, Replicas
from components.tables.table_arguments import TableClass
from components.tables.throughput import WarmThroughput, WarmUnits

ROLE = "arn:aws:iam::210987654321:role/reports"
BACKUP = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/backup/01489602797149-73d8d5bc"
INDEX_NAME = "3 to 255 letters, digits, '_', '-' and '.' are allowed"
GROUPS = "us-east-1, us-east-2, us-west-2; eu-central-1, eu-west-1, eu-west-2, eu-west-3; ap-northeast-1, ap-northeast-2, ap-northeast-3"
ONE_WAY = (
    "the warm throughput of index GSI1 has no {} units, which the provider takes for less than it has, and builds the index anew: give both"
)
THREE = "it is in exactly three regions, its own and two replicas, or its own, one replica and a witness"

REFUSALS: list[tuple[Callable[[], object], str]] = [
    # projections
    (
        lambda: Projection("INCLUDE"),
        "the projection INCLUDE has 0 attributes: use Projection.include(...) for some attributes, Projection.all() or .keys_only() for the others",
    ),
    (
        lambda: Projection("ALL", ("a",)),
        "the projection ALL has 1 attributes: use Projection.include(...) for some attributes, Projection.all() or .keys_only() for the others",
    ),
    (lambda: Projection.include("a", "b", "a"), "the projection includes 'a' twice: name it once"),
    (
        lambda: Projection.include(*map(str, range(21))),
        "the projection includes 21 attributes: at most 20 are allowed in an index, or use Projection.all()",
    ),
    # indexes
    (lambda: KeyAttribute(""), "a key attribute is called '': 1 to 255 characters are allowed"),
    (lambda: KeyAttribute("total", wrong("NUMBER")), "the key attribute total is of type 'NUMBER': S, N, B are allowed"),
    (lambda: GlobalIndex("by", ["a"]), f"an index is called 'by': {INDEX_NAME}"),
    (lambda: LocalIndex("by day", "day"), f"an index is called 'by day': {INDEX_NAME}"),
    (lambda: GlobalIndex("by-a", []), "the partition key of index by-a has 0 attributes: 1 to 4 are allowed"),
    (lambda: GlobalIndex("by-a", list("abcde")), "the partition key of index by-a has 5 attributes: 1 to 4 are allowed"),
    (lambda: GlobalIndex("by-a", ["a"], list("bcdef")), "the sort key of index by-a has 5 attributes: 0 to 4 are allowed"),
    (
        lambda: GlobalIndex("by-a", "owner"),
        "the partition key of index by-a is 'owner': give a list of attributes, such as ['owner']",
    ),
    (lambda: GlobalIndex("by-a", ["a", "b"], ["a"]), "the key of index by-a has 'a' twice: name each attribute once"),
    (
        lambda: LocalIndex("by-day", "day", Projection.of_patterns()),
        "the projection of index by-day is that of the patterns, and no pattern reads a local index: say which",
    ),
    # warm throughput
    (WarmUnits, "a warm throughput of nothing: give read units, write units or both"),
    (lambda: WarmUnits(read=11_999), "the warm throughput in read units is 11999: a whole number of at least 12000 is allowed"),
    (lambda: WarmUnits(write=3_999), "the warm throughput in write units is 3999: a whole number of at least 4000 is allowed"),
    (
        lambda: WarmUnits(read=wrong(12_000.5)),
        "the warm throughput in read units is 12000.5: a whole number of at least 12000 is allowed",
    ),
    (
        lambda: WarmUnits(12_000, 4_000),
        "a warm throughput of 12000 read and 4000 write units, which every table has: ask for more, or leave it out",
    ),
    (lambda: WarmThroughput(indexes={"GSI1": WarmUnits(read=15_000)}), ONE_WAY.format("write")),
    (lambda: WarmThroughput(indexes={"GSI1": WarmUnits(write=15_000)}), ONE_WAY.format("read")),
    # insights
    (
        lambda: Insights(wrong("ON")),
        "the insights of the table are 'ON': ACCESSED_AND_THROTTLED_KEYS or THROTTLED_KEYS is allowed, or None for none",
    ),
    (
        lambda: Insights(None, {"GSI1": wrong("ON")}),
        "the insights of index GSI1 are 'ON': ACCESSED_AND_THROTTLED_KEYS or THROTTLED_KEYS is allowed, or None for none",
    ),
    # Kinesis
    (
        lambda: KinesisDestination("changes"),
        "the stream 'changes' is no ARN of Kinesis: arn:aws:kinesis:REGION:ACCOUNT:stream/NAME is needed",
    ),
    (
        lambda: KinesisDestination("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", wrong("SECOND")),
        "the precision is 'SECOND': MILLISECOND or MICROSECOND is allowed",
    ),
    # replicas
    (lambda: Replica("Frankfurt"), "a replica is in 'Frankfurt': give the name of a region, such as eu-central-1"),
    (
        lambda: Replica("eu-central-1", "alias/shop"),
        "the key of the replica in eu-central-1 is 'alias/shop', not the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID is needed",
    ),
    (
        lambda: Replica("eu-central-1", "arn:aws:kms:eu-west-1:123456789012:key/k"),
        "the key of the replica in eu-central-1 is in eu-west-1: give a key of eu-central-1",
    ),
    (lambda: Replicas.eventual("eu-west-2", scaled=wrong(1)), "scaled is 1: True or False is allowed"),
    (Replicas.eventual, "a global table without a replica: give at least one region, or no replicas at all"),
    (
        lambda: Replicas.eventual("eu-west-2", "eu-west-2"),
        "two replicas are in eu-west-2: a region holds one, and no witness beside it",
    ),
    (
        lambda: Replicas("EVENTUAL", (Replica("eu-west-2"),), "eu-west-3"),
        "an eventually consistent table has the witness 'eu-west-3': only Replicas.strong has one",
    ),
    (lambda: Replicas.strong("eu-west-2"), f"a strongly consistent table with 1 replicas and no witness: {THREE}"),
    (
        lambda: Replicas.strong("eu-west-2", "eu-west-3", witness="eu-central-1"),
        f"a strongly consistent table with 2 replicas and a witness: {THREE}",
    ),
    (
        lambda: Replicas.strong("eu-west-2", witness="eu-west-2"),
        "two replicas are in eu-west-2: a region holds one, and no witness beside it",
    ),
    (
        lambda: Replicas.strong("eu-west-2", "us-east-1"),
        f"a strongly consistent table in eu-west-2 and us-east-1: all of its regions are of one group: {GROUPS}",
    ),
    # resource policies
    (lambda: PrincipalAccess("read it", [ROLE], ["dynamodb:GetItem"]), "the statement is called 'read it': letters and digits are allowed"),
    (
        lambda: PrincipalAccess("Read", [], ["dynamodb:GetItem"]),
        "statement Read is for []: give a list of ARNs of roles or users, or of account numbers",
    ),
    (
        lambda: PrincipalAccess("Read", "210987654321", ["dynamodb:GetItem"]),
        "statement Read is for '210987654321': give a list of ARNs of roles or users, or of account numbers",
    ),
    (
        lambda: PrincipalAccess("Read", ["*"], ["dynamodb:GetItem"]),
        "statement Read is for the principal '*': an ARN of a role or user is allowed, or an account's 12 digits",
    ),
    (lambda: PrincipalAccess("Read", [ROLE], []), "statement Read allows []: give a list of actions, such as ['dynamodb:GetItem']"),
    (
        lambda: PrincipalAccess("Read", [ROLE], ["dynamodb:*"]),
        "statement Read allows 'dynamodb:*': write each action out, as dynamodb:Action without wildcards",
    ),
    (
        lambda: PrincipalAccess("Read", [ROLE], ["s3:GetObject"]),
        "statement Read allows 's3:GetObject': write each action out, as dynamodb:Action without wildcards",
    ),
    # origins
    (lambda: Origin.point_in_time("a table"), "the table to restore is 'a table': its name or its ARN is needed"),
    (
        lambda: Origin.point_in_time("shop", at=datetime(2026, 11, 1)),
        "the time to restore is 2026-11-01T00:00:00: give it with a time zone, such as datetime(..., tzinfo=UTC)",
    ),
    (
        lambda: Origin.backup("shop-backup"),
        "the backup is 'shop-backup': arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/backup/ID is needed",
    ),
    (lambda: Origin.s3("b", format="ION", csv=Csv()), "an import of CSV in the format 'ION': give csv or a format"),
    (
        lambda: Origin.s3("b", format=wrong("CSV")),
        "the format is 'CSV': DYNAMODB_JSON or ION is allowed, or csv=Csv() instead",
    ),
    (lambda: Origin.s3("b", compression=wrong("ZIP")), "the compression is 'ZIP': NONE, GZIP, ZSTD are allowed"),
    (lambda: Origin.s3("b", owner="me"), "the owner of the bucket is 'me': the 12 digits of an account are needed"),
    (lambda: Csv("#"), "the delimiter is '#': allowed are ',', ';', ':', '|', '\\t', ' '"),
    (lambda: Csv(headers="id"), "the headers are 'id': give a list of names"),
    (
        lambda: Origin.existing("my table"),
        "the existing table is 'my table': its name is needed, of 3 to 255 letters, digits, '_', '-' and '.'",
    ),
]


def wrong(value: object) -> Any:
    """What the type does not allow."""
    return value


@pytest.mark.parametrize(("build", "message"), REFUSALS)
def test_an_illegal_value_cannot_be_built(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^{re.escape(message)}$"):
        build()


def words(shape: str) -> set[str]:
    found: Any = botocore.session.get_session().get_service_model("dynamodb").shape_for(shape)
    return set(found.enum)


def test_words_are_those_of_dynamodb() -> None:
    assert set(Mode.__args__) == words("ContributorInsightsMode")
    assert set(Precision.__args__) == words("ApproximateCreationDateTimePrecision")
    assert set(TableClass.__args__) == words("TableClass")
    assert set(AttributeType.__args__) == words("ScalarAttributeType")
    assert set(Compression.__args__) == words("InputCompressionType")
    assert {*Format.__args__, "CSV"} == words("InputFormat")
    assert {Replicas.eventual("eu-west-2").consistency, Replicas.strong("eu-west-2", "eu-west-3").consistency} == words(
        "MultiRegionConsistency"
    )


def test_limits_are_those_that_dynamodb_documents() -> None:
    model: Any = botocore.session.get_session().get_service_model("dynamodb")
    assert model.shape_for("NonKeyAttributeNameList").metadata["max"] == MOST_IN_INDEX
    pattern = model.shape_for("CsvDelimiter").metadata["pattern"]
    assert all(re.fullmatch(pattern, delimiter) for delimiter in DELIMITERS)
    create = model.operation_model("CreateTable").input_shape.members
    assert f"(the maximum is {MOST_GLOBAL})" in create["GlobalSecondaryIndexes"].documentation
    assert f"(the maximum is {MOST_LOCAL})" in create["LocalSecondaryIndexes"].documentation
    keys = re.sub("<[^>]+>", "", create["GlobalSecondaryIndexes"].documentation)
    assert f"up to {MOST_KEYS} partition keys and up to {MOST_KEYS} sort keys" in keys
    assert f"must not exceed {MOST_IN_TABLE}." in keys


def test_what_was_given_is_copied() -> None:
    modes: dict[str, Mode | None] = {"GSI1": "THROTTLED_KEYS"}
    units = {"GSI1": WarmUnits(20_000, 8_000)}
    insights, warm = Insights(None, modes), WarmThroughput(indexes=units)
    modes.clear()
    units.clear()

    assert insights.of("GSI1") == "THROTTLED_KEYS"
    assert warm.of("GSI1") == WarmUnits(20_000, 8_000)


def test_a_time_is_restored_as_the_provider_reads_it() -> None:
    at = datetime(2026, 11, 25, 20, 30, tzinfo=timezone(timedelta(hours=2)))
    assert Origin.point_in_time("shop-1", at=at).arguments() == {
        "restore_source_name": "shop-1",
        "restore_date_time": "2026-11-25T18:30:00Z",
    }
    assert Origin.point_in_time("shop-1", at=at.astimezone(UTC)).arguments()["restore_date_time"] == "2026-11-25T18:30:00Z"


@pytest.mark.parametrize(
    ("origin", "arguments"),
    [
        (Origin.point_in_time("shop-1"), {"restore_source_name": "shop-1", "restore_to_latest_time": True}),
        (
            Origin.point_in_time("arn:aws:dynamodb:eu-central-1:123456789012:table/shop-1"),
            {
                "restore_source_table_arn": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-1",
                "restore_to_latest_time": True,
            },
        ),
        (Origin.backup(BACKUP), {"restore_backup_arn": BACKUP}),
        (
            Origin.s3("exports"),
            {
                "import_table": {
                    "input_format": "DYNAMODB_JSON",
                    "input_compression_type": "NONE",
                    "s3_bucket_source": {"bucket": "exports"},
                }
            },
        ),
        (
            Origin.s3("exports", prefix="shop/", owner="210987654321", compression="ZSTD", csv=Csv(";", ["PK", "SK"])),
            {
                "import_table": {
                    "input_format": "CSV",
                    "input_compression_type": "ZSTD",
                    "s3_bucket_source": {"bucket": "exports", "key_prefix": "shop/", "bucket_owner": "210987654321"},
                    "input_format_options": {"csv": {"delimiter": ";", "header_lists": ["PK", "SK"]}},
                }
            },
        ),
        (Origin.existing("legacy"), {"name": "legacy"}),
    ],
)
def test_an_origin_says_where_the_items_come_from(origin: Origin, arguments: dict[str, Any]) -> None:
    assert origin.arguments() == arguments


def test_regions_of_one_group_are_strongly_consistent_together() -> None:
    for group in STRONG_REGIONS:
        one, another, *_ = sorted(group)
        assert Replicas.strong(one, another).regions == (one, another)
        assert Replicas.strong(one, witness=another).regions == (one, another)
