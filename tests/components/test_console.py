"""Links into the console of AWS, of every partition that has one for everybody."""

import json
import re
from pathlib import Path

import botocore
import pytest

from components.watching.console import DOMAINS, dashboard_url


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("cn-northwest-1", "cn-northwest-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_a_dashboard_is_shown_by_the_console_of_its_partition(region: str, host: str) -> None:
    """User guides: "Getting started with Amazon Web Services in China"; "AWS GovCloud (US) console"; "AWS European Sovereign Cloud"."""
    assert dashboard_url(region, "shop-dev") == f"https://{host}/cloudwatch/home?region={region}#dashboards/dashboard/shop-dev"


def test_regions_tell_partitions_apart() -> None:
    """partitions.json of botocore: the form of the names of each partition's regions."""
    partitions = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]
    for each in partitions:
        regions = [region for region in each["regions"] if re.fullmatch(each["regionRegex"], region)]
        if each["id"] == "aws":
            assert not [region for region in regions if region.startswith(tuple(DOMAINS))]
        elif each["id"] in ("aws-cn", "aws-us-gov", "aws-eusc"):
            assert regions and len({prefix for region in regions for prefix in DOMAINS if region.startswith(prefix)}) == 1
            assert all(region.startswith(tuple(DOMAINS)) for region in regions)
