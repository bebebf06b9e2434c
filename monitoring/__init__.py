"""Monitoring as plain typed data: from what a stack uses to its metrics, alarms and dashboard, and back from measurements to alarm states.

No engine and no client is imported here: whoever deploys turns `request()` and `body()` into resources, whoever tests evaluates them.
"""

from monitoring.actions import Actions
from monitoring.alarms import Alarm, CompositeAlarm, Severity, State
from monitoring.anomalies import AnomalyAlarm
from monitoring.dashboard import Dashboard, dashboard_for
from monitoring.errors import MonitoringError
from monitoring.evaluation import INITIAL, Datapoint, Evaluation, Reading, evaluate, evaluate_composite
from monitoring.maintenance import Maintenance
from monitoring.measured import Measured, series_of
from monitoring.metrics import Expression, Metric
from monitoring.mute import MuteWindow
from monitoring.names import Name, Ref, refs_in, resolve
from monitoring.options import LATENCY_MS, RECIPES, Options
from monitoring.recipes import alarms_for, anomalies_for, composites_for
from monitoring.samples import Samples
from monitoring.subjects import Billing, Ceiling, FunctionSubject, Stack, StreamSubject, TableSubject

__all__ = [
    "INITIAL",
    "LATENCY_MS",
    "RECIPES",
    "Actions",
    "Alarm",
    "AnomalyAlarm",
    "Billing",
    "Ceiling",
    "CompositeAlarm",
    "Dashboard",
    "Datapoint",
    "Evaluation",
    "Expression",
    "FunctionSubject",
    "Maintenance",
    "Measured",
    "Metric",
    "MonitoringError",
    "MuteWindow",
    "Name",
    "Options",
    "Reading",
    "Ref",
    "Samples",
    "Severity",
    "Stack",
    "State",
    "StreamSubject",
    "TableSubject",
    "alarms_for",
    "anomalies_for",
    "composites_for",
    "dashboard_for",
    "evaluate",
    "evaluate_composite",
    "refs_in",
    "resolve",
    "series_of",
]
