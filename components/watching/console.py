"""Where the console of AWS shows something: each partition has its own."""

from collections.abc import Mapping

DOMAINS: Mapping[str, str] = {
    "cn-": "console.amazonaws.cn",
    "us-gov-": "console.amazonaws-us-gov.com",
    "eusc-": "console.amazonaws-eusc.eu",
}
"""By how the names of a partition's regions begin, where it is not the first one."""
DOMAIN = "console.aws.amazon.com"


def dashboard_url(region: str, name: str) -> str:
    """Of CloudWatch."""
    domain = next((domain for prefix, domain in DOMAINS.items() if region.startswith(prefix)), DOMAIN)
    return f"https://{region}.{domain}/cloudwatch/home?region={region}#dashboards/dashboard/{name}"
