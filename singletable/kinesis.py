"""Changes of the table as a stream of Kinesis carries them, in the form in which the table's own stream has them.

Each record holds one change as JSON (DynamoDB developer guide, "Using Kinesis Data Streams to capture changes to DynamoDB"): the same images,
no sequence number of its own, and the time in milliseconds or microseconds.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from singletable.errors import MalformedItem

UNITS_PER_SECOND = {"MILLISECOND": 1_000, "MICROSECOND": 1_000_000}


def change_in(record: Mapping[str, Any]) -> dict[str, Any]:
    """record: one of an event of Kinesis. Its sequence number becomes the change's, by which a function says where it stopped.

    Raises MalformedItem for what no table sends.
    """
    sent = record["kinesis"]
    try:
        change = json.loads(b64decode(sent["data"]))
        images = dict(change["dynamodb"])
        precision = images.pop("ApproximateCreationDateTimePrecision", "MILLISECOND")
        at = int(images["ApproximateCreationDateTime"]) / UNITS_PER_SECOND[precision]
        images |= {"ApproximateCreationDateTime": at, "SequenceNumber": sent["sequenceNumber"]}
        return {**change, "eventID": change["eventID"], "eventName": change["eventName"], "dynamodb": images}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise MalformedItem(
            f"record {sent.get('sequenceNumber')} of the stream of Kinesis is no change of a table: who else writes to it?"
        ) from None
