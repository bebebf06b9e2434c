"""A call as a command of the AWS CLI. Spelling of options: AWS CLI command reference, and its user guide, Specify parameter values."""

import shlex

import pytest

from monitoring.doctor import Call


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            Call("dynamodb", "UpdateTable", {"TableName": "orders", "DeletionProtectionEnabled": True}),
            ["dynamodb", "update-table", "--table-name", "orders", "--deletion-protection-enabled"],
        ),
        (
            Call("lambda", "UpdateEventSourceMapping", {"UUID": "u", "BisectBatchOnFunctionError": False, "MaximumRetryAttempts": 10}),
            [
                "lambda",
                "update-event-source-mapping",
                "--uuid",
                "u",
                "--no-bisect-batch-on-function-error",
                "--maximum-retry-attempts",
                "10",
            ],
        ),
        (
            Call("cloudwatch", "EnableAlarmActions", {"AlarmNames": ["shop page: it's late", "other"]}),
            ["cloudwatch", "enable-alarm-actions", "--alarm-names", "shop page: it's late", "other"],
        ),
        (
            Call("sqs", "SetQueueAttributes", {"QueueUrl": "u", "Attributes": {"MessageRetentionPeriod": "1209600"}}),
            ["sqs", "set-queue-attributes", "--queue-url", "u", "--attributes", '{"MessageRetentionPeriod": "1209600"}'],
        ),
    ],
)
def test_a_shell_reads_the_command_as_it_is_meant(call, words):
    assert shlex.split(call.command("eu-west-1")) == ["aws", *words, "--region", "eu-west-1"]
