"""The pages of AWS that the runbooks rest on."""

from dataclasses import dataclass
from typing import Final

_DOCS: Final = "https://docs.aws.amazon.com"


@dataclass(frozen=True)
class Page:
    """title: guide and page. address: of the page. Default: none, where its place in the guide has changed before."""

    title: str
    address: str = ""


def _dynamodb(title: str, page: str = "") -> Page:
    return Page(f"DynamoDB developer guide, {title}", f"{_DOCS}/amazondynamodb/latest/developerguide/{page}.html" if page else "")


def _lambda(title: str, page: str) -> Page:
    return Page(f"Lambda developer guide, {title}", f"{_DOCS}/lambda/latest/dg/{page}.html")


METRICS: Final = _dynamodb("DynamoDB metrics and dimensions", "metrics-dimensions")
THROTTLING: Final = _dynamodb("CloudWatch metrics for throttling")
THROTTLED: Final = _dynamodb("Troubleshooting throttling in Amazon DynamoDB", "TroubleshootingThrottling")
BACK_PRESSURE: Final = _dynamodb(
    "Understanding global secondary index (GSI) write throttling and back pressure in DynamoDB", "gsi-throttling"
)
KEYS: Final = _dynamodb("Best practices for designing and using partition keys effectively", "bp-partition-key-design")
INSIGHTS: Final = _dynamodb("Analyzing data access using CloudWatch Contributor Insights for DynamoDB", "contributorinsights")
CAPACITY: Final = _dynamodb("DynamoDB throughput capacity", "capacity-mode")
AUTOSCALING: Final = _dynamodb("Managing throughput capacity automatically with DynamoDB auto scaling", "AutoScaling")
CEILING: Final = _dynamodb("DynamoDB maximum throughput for on-demand tables", "on-demand-capacity-mode-max-throughput")
QUOTAS: Final = _dynamodb("Quotas in Amazon DynamoDB", "ServiceQuotas")
ERRORS: Final = _dynamodb("Error handling with DynamoDB", "Programming.Errors")
LATENCY: Final = _dynamodb("Troubleshooting latency issues in Amazon DynamoDB", "TroubleshootingLatency")
CONDITIONS: Final = _dynamodb("Working with items and attributes in DynamoDB", "WorkingWithItems")
TRANSACTIONS: Final = _dynamodb("Amazon DynamoDB Transactions: How it works", "transaction-apis")
STREAMS: Final = _dynamodb("Change data capture for DynamoDB Streams", "Streams")
EXPIRY: Final = _dynamodb("Using time to live (TTL) in DynamoDB", "TTL")
GLOBAL_TABLES: Final = _dynamodb("Monitoring global tables", "V2globaltables_monitoring")

READING: Final = _lambda("Using AWS Lambda with Amazon DynamoDB", "with-ddb")
FUNCTION_METRICS: Final = _lambda("Types of metrics for Lambda functions", "monitoring-metrics-types")
URLS: Final = _lambda("Monitoring Lambda function URLs", "urls-monitoring")
SCALING: Final = _lambda("Understanding Lambda function scaling", "lambda-concurrency")
CONCURRENCY: Final = _lambda("Monitoring concurrency", "monitoring-concurrency")
EVENTS: Final = _lambda("Capturing records of Lambda asynchronous invocations", "invocation-async-retain-records")
TIMEOUT: Final = _lambda("Configure Lambda function timeout", "configuration-timeout")

QUEUES: Final = Page(
    "SQS developer guide, Available CloudWatch metrics for Amazon SQS",
    f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
)
ANOMALIES: Final = Page(
    "CloudWatch user guide, Using CloudWatch anomaly detection",
    f"{_DOCS}/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html",
)
