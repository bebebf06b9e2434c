"""The pack as Pulumi starts it: `pulumi up --policy-pack policy`. Making the `PolicyPack` starts a server and does not return."""

import sys
from pathlib import Path

# Pulumi runs this folder by its path, so the repository that holds it is not where modules are looked for.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import EnforcementLevel, PolicyPack

from policy.rules import POLICIES

PolicyPack(
    name="singletable",
    display_name="Single table",
    description="What a stack on DynamoDB must keep, so that no data is lost, nobody is let in and no trouble goes unseen",
    policies=list(POLICIES),
    enforcement_level=EnforcementLevel.MANDATORY,
    tags=["dynamodb", "monitoring"],
)
