"""What a table is beside its declaration."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from components.errors import InvalidArgument
from components.plugin.conversion.plain import Transforms, moment, only, taken, texts, transforms
from components.plugin.refusals import refusing
from components.plugin.shapes import billing, indexes, origins
from components.plugin.shapes import table as shapes
from components.tables.billing import Billing, Capacity, Encryption, Limit, Throughput
from components.tables.destinations import KinesisDestination
from components.tables.indexes import GlobalIndex, KeyAttribute, LocalIndex
from components.tables.insights import Insights, Mode
from components.tables.origins import Csv, Origin
from components.tables.principals import PrincipalAccess
from components.tables.projections import Projection
from components.tables.replicas import Replica, Replicas
from components.tables.schedules import Schedule
from components.tables.throughput import WarmThroughput, WarmUnits
from singletable.definition import TableDefinition

AS_THEY_ARE = ("recovery_days", "disposable", "replaceable")
ON_DEMAND, PROVISIONED = ("max_read", "max_write"), ("read", "write")
"""What a mode takes beside it, of a table and of an index."""
ORIGINS = ("pointInTime", "backupArn", "bucket", "existing")


def definition(given: Mapping[str, Any]) -> TableDefinition:
    with refusing("definition"):
        return TableDefinition.from_dict(given)


def table(given: shapes.TableOptions, transform: Transforms) -> dict[str, Any]:
    """Arguments of SingleTable beside the declaration."""
    arguments = taken(given, *AS_THEY_ARE) | texts(given, "table_class")
    if "accept" in given:
        arguments["accept"] = [str(each) for each in given["accept"]]
    if "billing" in given:
        with refusing("table.billing", given["billing"]):
            arguments["billing"] = _billing(given["billing"])
    with refusing("table.encryption"):
        arguments["encryption"] = _encryption(given)
    if "insights" in given:
        arguments["insights"] = _insights(given["insights"])
    arguments["indexes"] = [*_globals(given), *_locals(given)]
    if "projections" in given:
        found = cast("Mapping[str, indexes.Projection]", given["projections"])
        arguments["projections"] = {name: _projection(f"table.projections.{name}", each) for name, each in found.items()}
    if "warm_throughput" in given:
        with refusing("table.warmThroughput", given["warm_throughput"]):
            arguments["warm_throughput"] = _warm(given["warm_throughput"])
    if "replicas" in given:
        with refusing("table.replicas", given["replicas"]):
            arguments["replicas"] = _replicas(given["replicas"])
    if "kinesis" in given:
        with refusing("table.kinesis", given["kinesis"]):
            arguments["kinesis"] = KinesisDestination(given["kinesis"]["stream_arn"], **texts(given["kinesis"], "precision"))
    for name, path in (("resource_policy", "table.resourcePolicy"), ("stream_resource_policy", "table.streamResourcePolicy")):
        if name in given:
            arguments[name] = _statements(path, cast("Sequence[shapes.PrincipalAccess]", given[name]))
    if "origin" in given:
        with refusing("table.origin", given["origin"]):
            arguments["origin"] = _origin(given["origin"])
    return {**arguments, "transform": transforms(transform)}


def _billing(given: billing.Billing) -> Billing:
    mode = str(given["mode"])
    apart = cast("Mapping[str, billing.IndexBilling]", given.get("indexes", {}))
    allowed = ON_DEMAND if mode == "on-demand" else PROVISIONED
    why = f"it takes {' and '.join(allowed)}"
    only(f"the mode {mode}", given, ("mode", "indexes", *allowed), why)
    for name, each in apart.items():
        only(f"the mode {mode} of index {name}", each, allowed, why)
    if mode == "on-demand":
        limits = {name: Limit(each.get("max_read"), each.get("max_write")) for name, each in apart.items()}
        return Billing.on_demand(max_read=given.get("max_read"), max_write=given.get("max_write"), indexes=limits)
    if "read" not in given:
        raise InvalidArgument("read is missing, which the mode provisioned needs: give a capacity, such as {minimum: 5, maximum: 50}")
    read = _capacity(given["read"])
    write = _capacity(given["write"]) if "write" in given else read
    units = {
        name: Throughput(
            _capacity(each["read"]) if "read" in each else read,
            _capacity(each["write"]) if "write" in each else write,
        )
        for name, each in apart.items()
    }
    return Billing.provisioned(read, write, indexes=units)


def _capacity(given: billing.Capacity) -> Capacity:
    minimum, maximum = given["minimum"], given["maximum"]
    if minimum == maximum:
        only("a fixed capacity", given, ("minimum", "maximum"), "give a maximum above the minimum, or leave it out")
        return Capacity.fixed(minimum)
    schedules = [
        Schedule(each["name"], each["when"], **taken(each, "minimum", "maximum", "timezone"))
        for each in cast("Sequence[billing.Schedule]", given.get("schedules", ()))
    ]
    options = taken(given, "target_percent", "scale_in_seconds", "scale_out_seconds")
    return Capacity.autoscaled(minimum, maximum, **options, schedules=schedules)


def _encryption(given: shapes.TableOptions) -> Encryption:
    key = given.get("kms_key_arn")
    default = shapes.EncryptionKind.AWS_OWNED if key is None else shapes.EncryptionKind.CUSTOMER_KEY
    return Encryption(given.get("encryption", default).value, key)


def _insights(given: shapes.Insights) -> Insights:
    return Insights(
        _mode(given.get("mode", shapes.InsightsMode.OFF)), {name: _mode(mode) for name, mode in given.get("indexes", {}).items()}
    )


def _mode(given: shapes.InsightsMode) -> Mode | None:
    mode = shapes.InsightsMode(given)
    return None if mode is shapes.InsightsMode.OFF else mode.value


def _globals(given: shapes.TableOptions) -> list[GlobalIndex]:
    made: list[GlobalIndex] = []
    for number, each in enumerate(cast("Sequence[indexes.GlobalIndex]", given.get("global_indexes", ()))):
        path = f"table.globalIndexes[{number}]"
        with refusing(path, each):
            projection: dict[str, Any] = (
                {"projection": _projection(f"{path}.projection", each["projection"])} if "projection" in each else {}
            )
            made.append(GlobalIndex(each["name"], _keys(each["partition"]), _keys(each.get("sort", ())), **projection))
    return made


def _locals(given: shapes.TableOptions) -> list[LocalIndex]:
    made: list[LocalIndex] = []
    for number, each in enumerate(cast("Sequence[indexes.LocalIndex]", given.get("local_indexes", ()))):
        path = f"table.localIndexes[{number}]"
        with refusing(path, each):
            projection: dict[str, Any] = (
                {"projection": _projection(f"{path}.projection", each["projection"])} if "projection" in each else {}
            )
            made.append(LocalIndex(each["name"], _keys([each["sort"]])[0], **projection))
    return made


def _keys(given: object) -> list[KeyAttribute]:
    return [KeyAttribute(each["name"], **texts(each, "type")) for each in cast("Sequence[indexes.KeyAttribute]", given)]


def _projection(path: str, given: indexes.Projection) -> Projection:
    with refusing(path, given):
        return Projection(indexes.ProjectionKind(given["kind"]).value, tuple(given.get("attributes", ())))


def _warm(given: billing.WarmThroughput) -> WarmThroughput:
    apart = cast("Mapping[str, billing.WarmUnits]", given.get("indexes", {}))
    own = taken(given, "read", "write")
    if not own and not apart:
        raise InvalidArgument("a warm throughput of nothing: give read units, write units, or those of indexes")
    return WarmThroughput(
        WarmUnits(**own) if own else None, {name: WarmUnits(**taken(each, "read", "write")) for name, each in apart.items()}
    )


def _replicas(given: shapes.Replicas) -> Replicas:
    members = [
        Replica(each["region"], each.get("kms_key_arn"), **taken(each, "removable"))
        for each in cast("Sequence[shapes.Replica]", given["regions"])
    ]
    consistency = shapes.Consistency(given.get("consistency", shapes.Consistency.EVENTUAL)).value
    return Replicas(consistency, tuple(members), given.get("witness"), **taken(given, "scaled"))


def _statements(path: str, given: Sequence[shapes.PrincipalAccess]) -> list[PrincipalAccess]:
    statements: list[PrincipalAccess] = []
    for number, each in enumerate(given):
        with refusing(f"{path}[{number}]", each):
            more = taken(each, "indexes", "condition")
            statements.append(PrincipalAccess(each["sid"], list(each["principals"]), list(each["actions"]), **more))
    return statements


def _origin(given: origins.Origin) -> Origin:
    if len(given) != 1:
        raise InvalidArgument(f"an origin of {len(given)} kinds: give one of {', '.join(ORIGINS)}")
    if "point_in_time" in given:
        found = given["point_in_time"]
        return Origin.point_in_time(found["source"], at=moment("at", found["at"]) if "at" in found else None)
    if "bucket" in given:
        bucket = given["bucket"]
        csv: dict[str, Any] = {"csv": Csv(**taken(bucket["csv"], "delimiter", "headers"))} if "csv" in bucket else {}
        return Origin.s3(bucket["bucket"], **taken(bucket, "prefix", "owner"), **texts(bucket, "format", "compression"), **csv)
    if "existing" in given:
        return Origin.existing(given["existing"]["name"], **taken(given["existing"], "as_declared"))
    return Origin.backup(given.get("backup_arn", ""))
