"""Notes: one table, its API, and what watches them."""

import pulumi
from notes import api, model

from components import Handler, WebAppTable

notes = WebAppTable(
    "notes",
    table=model.table.definition(),
    handlers={"api": Handler("notes.api.handler", patterns=api.patterns, url="AWS_IAM")},
)

pulumi.export("tableName", notes.table_name)
pulumi.export("apiUrl", notes.urls["api"])
pulumi.export("apiFunctionName", notes.function_names["api"])
pulumi.export("dashboardUrl", notes.dashboard_url)
