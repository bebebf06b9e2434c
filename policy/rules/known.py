"""What others call the same rule, so that a finding here and one of theirs are seen to be one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pulumi_policy import PolicyComplianceFramework

SECURITY_HUB: Final = "AWS Security Hub CSPM"


@dataclass(frozen=True)
class Known:
    """Identifiers of the same rule elsewhere. Default: nobody else has it.

    checkov: "CKV_AWS_28". config: managed rules of AWS Config. security_hub: controls, the nearest first. guard: rules of the AWS Guard
    rules registry, for cfn-guard. Sources: the checks of bridgecrewio/checkov, AWS Config developer guide, "List of managed rules", AWS
    Security Hub user guide, "Controls reference", and the rules of aws-cloudformation/aws-guard-rules-registry.
    """

    checkov: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    security_hub: tuple[str, ...] = ()
    guard: tuple[str, ...] = ()

    def tags(self) -> list[str]:
        """ "checkov:CKV_AWS_28", as the policy's metadata has them."""
        return [f"{where}:{name}" for where, names in self._named() for name in names]

    def framework(self) -> PolicyComplianceFramework | None:
        """The control of Security Hub, where there is one: a policy can be of one framework only."""
        return PolicyComplianceFramework(name=SECURITY_HUB, reference=self.security_hub[0]) if self.security_hub else None

    def url(self) -> str | None:
        """The page about that control."""
        if not self.security_hub:
            return None
        control = self.security_hub[0].lower()
        page, anchor = control.partition(".")[0], control.replace(".", "-")
        return f"https://docs.aws.amazon.com/securityhub/latest/userguide/{page}-controls.html#{anchor}"

    def _named(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield "checkov", self.checkov
        yield "aws-config", self.config
        yield "security-hub", self.security_hub
        yield "cfn-guard", self.guard


NOBODY: Final = Known()
