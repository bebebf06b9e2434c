"""The shop: one table, the API and the stream consumer that use it, and what watches them."""

import pulumi

from app import api, model, order_events
from components import EventTopic, Monitoring, PythonFunction, Settings, SingleTable, StreamConsumer

settings = Settings.load()

data = SingleTable(
    "shop",
    table=model.table.definition(),
    billing=settings.billing,
    encryption=settings.encryption,
    recovery_days=settings.recovery_days,
    disposable=settings.disposable,
    table_class=settings.table_class,
    insights=settings.insights,
    tags=settings.tags,
)

order_topic = EventTopic("order-status", tags=settings.tags)

shop_api = PythonFunction(
    "api",
    handler="app.api.handler",
    description="The shop's HTTP API",
    patterns=api.patterns,
    table=data,
    environment={api.CURSOR_KEYS: settings.cursor_keys},
    url=settings.url_authorization,
    memory_mb=settings.memory_mb,
    log_retention_days=settings.log_retention_days,
    pattern_metrics=settings.pattern_metrics,
    tags=settings.tags,
)

order_changes = StreamConsumer(
    "order-events",
    handler="app.order_events.handler",
    description="Publishes each change of an order's status",
    stream=order_events.stream.definition(),
    patterns=order_events.patterns,
    table=data,
    environment={order_events.TOPIC_ARN: order_topic.arn},
    access=[order_topic.publishing],
    memory_mb=settings.memory_mb,
    log_retention_days=settings.log_retention_days,
    pattern_metrics=settings.pattern_metrics,
    tags=settings.tags,
)

watch = Monitoring(
    "shop",
    table=data,
    functions=[shop_api, order_changes],
    emails=settings.emails,
    options=settings.alarm_options,
    maintenance=settings.maintenance,
    owner=settings.owner,
    tags=settings.tags,
)

pulumi.export("tableName", data.name)
pulumi.export("streamArn", data.stream_arn)
pulumi.export("schemaFingerprint", data.definition.fingerprint)
pulumi.export("apiUrl", shop_api.url)
pulumi.export("apiFunctionName", shop_api.name)
pulumi.export("orderEventsFunctionName", order_changes.function.name)
pulumi.export("orderTopicArn", order_topic.arn)
pulumi.export("failureQueueUrl", order_changes.failure_queue_url)
pulumi.export("alarmTopicArns", watch.topic_arns)
pulumi.export("dashboardName", watch.dashboard_name)
pulumi.export("dashboardUrl", watch.dashboard_url)
