"""What a stack costs a month: its table by access pattern, and what watches it. From declared rates, or from what was measured."""

from monitoring.costs.bill import Bill, Charge, bill_for
from monitoring.costs.calls import Calls, declared_calls, measured_calls

__all__ = ["Bill", "Calls", "Charge", "bill_for", "declared_calls", "measured_calls"]
