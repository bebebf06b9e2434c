"""Named days and incidents of a stack, measured as AWS would measure them: to see alarms fire, and a dashboard answer, before it happens.

Seeded, and without a clock of its own: the same scenario on the same stack gives the same samples.
"""

from monitoring.scenarios.incidents import SCENARIOS
from monitoring.scenarios.naming import default_name, named
from monitoring.scenarios.scenario import Played, Scenario, play

__all__ = ["SCENARIOS", "Played", "Scenario", "default_name", "named", "play"]
