"""JSON with values that only a deployment can tell."""

import json
from pathlib import Path

from tests.components.conftest import run


def test_outputs_stand_anywhere_and_what_they_come_from_is_waited_for(project: Path) -> None:
    stack = run(
        project,
        """
        import pulumi, pulumi_aws as aws
        from components.documents import json_text
        queue, other = aws.sqs.Queue("first"), aws.sqs.Queue("second")
        value = {"b": [queue.arn, {"arn": queue.arn, "other": other.arn}], "a": (1, None, True, "text"), "c": {}}
        pulumi.export("text", json_text(value))
        pulumi.export("plain", json_text({"b": 1, "a": 2}))
        aws.sqs.Queue("third", tags={"after": json_text(value)})
        """,
    )

    first, second, third = stack.all("Queue")
    arn, other = first.outputs["arn"], second.outputs["arn"]
    assert json.loads(stack.outputs["text"]) == {"a": [1, None, True, "text"], "b": [arn, {"arn": arn, "other": other}], "c": {}}
    assert stack.outputs["plain"] == '{"a": 2, "b": 1}'
    assert set(third.dependencies) == {first.urn, second.urn}
