"""How the indexes of a table become others while the application runs: an ordered plan, one change of an index per deployment.

The plan is pure: declarations and sizes go in, steps come out. Only `components.index_plan.watch` asks AWS. Nothing here needs Pulumi.
"""

from components.index_plan.backfill import Backfill, Size, backfill_of
from components.index_plan.output import report, text
from components.index_plan.plan import Plan, plan_of
from components.index_plan.steps import Step

__all__ = ["Backfill", "Plan", "Size", "Step", "backfill_of", "plan_of", "report", "text"]
