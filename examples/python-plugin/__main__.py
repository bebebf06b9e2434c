"""Notes: one table, a function that reads it, and what watches them, through the generated SDK."""

import json
from pathlib import Path

import pulumi
import pulumi_singletable as singletable

notes = singletable.WebAppTable(
    "notes",
    definition=json.loads(Path("../notes.table.json").read_text(encoding="utf-8")),
    handlers={
        "api": {
            "handler": "index.handler",
            "runtime": "nodejs22.x",
            "code": pulumi.FileArchive("../handler"),
            "patterns": ["notes_of"],
            "url": singletable.UrlAuthorization.AWS_IAM,
            "reserved_concurrency": 10,
            "logs": {"level": singletable.LogLevel.INFO},
        },
    },
    table={"recovery_days": 7, "billing": {"mode": singletable.BillingMode.ON_DEMAND, "max_read": 1000}},
    monitoring={"maintenance": {"windows": [{"schedule": "cron(0 2 * * SUN)", "duration": "PT1H", "reason": "weekly clean-up"}]}},
    transform={"api": {"function": {"ephemeralStorage": {"size": 1024}}}},
)

pulumi.export("tableName", notes.table_name)
pulumi.export("apiUrl", notes.urls["api"])
pulumi.export("dashboardUrl", notes.dashboard_url)
