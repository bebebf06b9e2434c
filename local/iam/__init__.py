"""IAM as AWS decides it, for the roles of deployed functions: who may do what, what was used, and what was granted for nothing.

moto's own enforcement gives 16 wrong allows and 14 wrong denials in 58 checks, so the decision is ours.
"""

from local.iam.enforcement import Decided, GrantedPair, Permissions
from local.iam.evaluation import Outcome, Unsupported, decide, evaluate
from local.iam.needs import Need, needs_of

__all__ = ["Decided", "GrantedPair", "Need", "Outcome", "Permissions", "Unsupported", "decide", "evaluate", "needs_of"]
