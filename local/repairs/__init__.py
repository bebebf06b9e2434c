"""Where moto lies, and what mends it: one module for each repair, each with its reason.

A repair has a canary test that fails once moto no longer has the defect. `ALL` is in the order of installation.
"""

from local.patches import Patch, Repair, installed
from local.repairs.alarms import ALARMS
from local.repairs.clock import CLOCK
from local.repairs.connections import CONNECTIONS
from local.repairs.destinations import DESTINATIONS
from local.repairs.filters import FILTERS
from local.repairs.functions import FUNCTIONS
from local.repairs.history import HISTORY
from local.repairs.insights import INSIGHTS
from local.repairs.invocations import INVOCATIONS
from local.repairs.isolation import ISOLATION
from local.repairs.items import ITEMS
from local.repairs.measurements import MEASUREMENTS
from local.repairs.mutes import MUTES
from local.repairs.policies import POLICIES
from local.repairs.queries import QUERIES
from local.repairs.replicas import REPLICAS
from local.repairs.restores import RESTORES
from local.repairs.scaling import SCALING
from local.repairs.settings import SETTINGS
from local.repairs.speed import SPEED
from local.repairs.streams import STREAMS
from local.repairs.subscriptions import SUBSCRIPTIONS
from local.repairs.tokens import TOKENS
from local.repairs.validation import VALIDATION

ALL: tuple[Repair, ...] = (
    ISOLATION,
    STREAMS,
    QUERIES,
    VALIDATION,
    ITEMS,
    TOKENS,
    SETTINGS,
    REPLICAS,
    RESTORES,
    DESTINATIONS,
    POLICIES,
    ALARMS,
    HISTORY,
    MUTES,
    MEASUREMENTS,
    INSIGHTS,
    FILTERS,
    FUNCTIONS,
    INVOCATIONS,
    SUBSCRIPTIONS,
    SCALING,
    CLOCK,
    CONNECTIONS,
    SPEED,
)

__all__ = ["ALL", "Patch", "Repair", "installed"]
