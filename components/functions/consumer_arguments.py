"""What a stream consumer may be given. Nothing is registered here, so that a whole stack can be checked before its first resource is."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from components.errors import InvalidArgument
from components.functions.delivery import Delivery
from components.functions.function_arguments import check_function, pattern_definitions
from components.functions.recursion import check_recursion
from components.functions.source import AnySource, Source, TableStream, check_delivery
from monitoring.stream_readers import most_readers
from singletable.definition import StreamDefinition, TableDefinition

LONGEST_FILTER = 4096
"""Characters of one pattern (CreateEventSourceMapping, Filter)."""
FILTERS, MOST_FILTERS = 5, 10
"""Of one mapping: what every account may have, and what AWS raises that quota to (AWS Lambda developer guide, 'Control which events Lambda sends
to your function')."""
MAPPING = Delivery().arguments()
"""What a mapping is where nothing else is said."""


def check_consumer(name: str, arguments: Mapping[str, Any], table: TableDefinition) -> None:
    """name: of the consumer. arguments: those of StreamConsumer by name; what is left out has its default. table: its declaration.

    How many read the table's stream is not counted here (check_readers). Raises InvalidArgument, singletable's InvalidDefinition.
    """
    stream = stream_definition(arguments.get("stream"))
    source, delivery = source_of(arguments), delivery_of(arguments)
    check_delivery(delivery, source, stream.filters)
    check_function(name, arguments, table)
    check_recursion(
        f"StreamConsumer {name!r}", pattern_definitions(arguments.get("patterns", ())), stream.filters, arguments.get("recursion")
    )
    mapping_arguments(stream, table.stream_view_type, delivery, source)


def check_readers(name: str, reading: Sequence[str], *, replicated: bool) -> None:
    """Of a table's own stream. name: of the consumer that is to read it. reading: of those that do. replicated: the table has replicas.

    Raises InvalidArgument for one too many.
    """
    most = most_readers(replicated=replicated)
    if len(reading) >= most:
        why = "replication reads it too" if replicated else "more readers of a shard are throttled"
        raise InvalidArgument(
            f"StreamConsumer {name!r} is one too many: the table's stream is read by {' and '.join(reading)}, and {most} can, because {why}. "
            "Let one function do both, or give source=Source.kinesis(...)"
        )


def reads_table(arguments: Mapping[str, Any]) -> bool:
    """A consumer with these arguments reads the table's own stream."""
    return isinstance(source_of(arguments), TableStream) and delivery_of(arguments).enabled


def stream_definition(stream: object) -> StreamDefinition:
    """Raises InvalidArgument, singletable's InvalidDefinition."""
    if isinstance(stream, StreamDefinition):
        return stream
    if not isinstance(stream, Mapping):
        raise InvalidArgument(f"the stream is of type {type(stream).__name__}: give its definition, stream.definition(), or that as a dict")
    return StreamDefinition.from_dict(cast("Mapping[str, Any]", stream))


def source_of(arguments: Mapping[str, Any]) -> AnySource:
    given = arguments.get("source")
    return Source.table() if given is None else given


def delivery_of(arguments: Mapping[str, Any]) -> Delivery:
    given = arguments.get("delivery")
    return Delivery() if given is None else given


def filter_warning(stream: StreamDefinition) -> str | None:
    """What an account may have to ask for first, as the rest of a sentence about the consumer."""
    if len(stream.filters) <= FILTERS:
        return None
    return (
        f"has {len(stream.filters)} filters: AWS takes more than {FILTERS} of one mapping only where it has raised the account's quota, and refuses "
        "the deployment elsewhere"
    )


def mapping_arguments(
    stream: StreamDefinition, table_view_type: str, delivery: Delivery | None = None, source: AnySource | None = None
) -> dict[str, Any]:
    """Arguments of aws.lambda_.EventSourceMapping that do not depend on other resources. Raises InvalidArgument."""
    if stream.view_type != table_view_type:
        raise InvalidArgument(f"the handlers need a stream of {stream.view_type}, the table's has {table_view_type}: declare both alike")
    if len(stream.filters) > MOST_FILTERS:
        raise InvalidArgument(
            f"the stream has {len(stream.filters)} filters, one mapping takes {MOST_FILTERS}: let fewer entities and events share one function"
        )
    pattern = (source or Source.table()).pattern
    filters = [{"pattern": json.dumps(pattern(each), sort_keys=True, default=dict)} for each in stream.filters]
    longest = max((len(each["pattern"]) for each in filters), default=0)
    if longest > LONGEST_FILTER:
        raise InvalidArgument(
            f"one of the stream's filters has {longest:,} characters, {LONGEST_FILTER:,} are allowed: let fewer entities share one function"
        )
    return {**(delivery or Delivery()).arguments(), **({"filter_criteria": {"filters": filters}} if filters else {})}
