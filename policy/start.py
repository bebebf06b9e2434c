"""The pack as a server, which Pulumi asks: one for a checkout, and the same for a folder that `policy.pack` made."""

from pulumi_policy import EnforcementLevel, PolicyPack

from policy.rules import POLICIES


def start() -> None:
    """Does not return."""
    PolicyPack(
        name="singletable",
        display_name="Single table",
        description="What a stack on DynamoDB must keep, so that no data is lost, nobody is let in and no trouble goes unseen",
        policies=list(POLICIES),
        enforcement_level=EnforcementLevel.MANDATORY,
        tags=["dynamodb", "monitoring"],
    )
