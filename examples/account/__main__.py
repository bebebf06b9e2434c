"""What all stacks of an account and region share, watched once: a stack of its own, deployed once for each region."""

import pulumi

from components import AccountMonitoring
from monitoring.account_alarms import AccountOptions

config = pulumi.Config()

watch = AccountMonitoring(
    "account",
    emails={severity: config.require_object(f"{severity}Emails") for severity in ("page", "ticket")},
    options=AccountOptions(concurrency_quota=config.require_int("concurrencyQuota"), runbook_url=config.get("runbookUrl") or None),
)

pulumi.export("alarmTopicArns", watch.topic_arns)
