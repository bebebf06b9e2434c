"""The alarms of an account and region, read with DescribeAlarms. Nothing is changed."""

import os
from typing import Any

from monitoring.lint.errors import InputError
from monitoring.lint.given import Given, Place
from monitoring.lint.readers.described import KINDS, given


def client_of(region: str | None, profile: str | None) -> Any:
    """A boto3 client, which heeds AWS_ENDPOINT_URL. region: default AWS_REGION as the AWS CLI reads it, which boto3 does not, else as boto3
    finds it. Raises InputError "missing-library" or "no-account"."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise InputError(
            "missing-library",
            "a live account needs boto3, which is not installed. Run pip install 'singletable[monitoring]', or give a file.",
        ) from None
    try:
        return boto3.session.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION") or None).client("cloudwatch")
    except BotoCoreError as error:
        raise InputError("no-account", f"{_sentence(error)} Give --region and --profile, or set AWS_REGION and AWS_PROFILE.") from None


def read_live(client: Any) -> tuple[Given, ...]:
    """Every metric and composite alarm: without AlarmTypes the composites would be left out. Raises InputError "no-account"."""
    from botocore.exceptions import BotoCoreError, ClientError

    file = f"cloudwatch:{client.meta.region_name}"
    found: list[Given] = []
    try:
        pages = client.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        for page in pages:
            for kind in KINDS:
                found += [given(alarm, Place(file, alarm.get("AlarmArn", alarm["AlarmName"]))) for alarm in page.get(kind, ())]
    except (BotoCoreError, ClientError) as error:
        raise InputError("no-account", f"{file}: {_sentence(error)} It needs cloudwatch:DescribeAlarms on every resource.") from None
    return tuple(found)


def _sentence(error: Exception) -> str:
    """Not every message of botocore ends with a full stop."""
    return f"{str(error).rstrip('.')}."
