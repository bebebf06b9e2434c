"""Other engines that decide by IAM policies, made by `.ci/arbiters`: what they say of the same questions."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HOME = ROOT / "build" / "arbiters"
ROLE = "arn:aws:iam::123456789012:role/any"


@dataclass(frozen=True)
class Question:
    """May whoever has this policy do the action on the resource? context: condition keys of the request, lists for multivalued ones."""

    policy: str
    action: str
    resource: str
    context: Mapping[str, Any]


IAM_SIMULATE = """
import { runSimulation } from '%(home)s/iam-simulate/node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js'
let text = ''
for await (const part of process.stdin) text += part
const { policies, questions } = JSON.parse(text)
const answers = []
for (const question of questions) {
  const result = await runSimulation({
    request: {
      principal: '%(role)s', action: question.action, contextVariables: question.context,
      resource: { resource: question.resource, accountId: '123456789012' },
    },
    identityPolicies: [{ name: 'own', policy: policies[question.policy] }],
    serviceControlPolicies: [], resourceControlPolicies: [],
  }, {})
  answers.push(result.resultType === 'error' ? 'impossible' : result.overallResult === 'Allowed' ? 'allowed' : 'denied')
}
process.stdout.write(JSON.stringify(answers))
"""
MINISTACK = """
import json, sys
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document
asked = json.load(sys.stdin)
policies = {name: parse_policy_document(policy) for name, policy in asked["policies"].items()}
answers = []
for question in asked["questions"]:
    context = EvalContext(
        principal_arn=%(role)r, principal_type="AssumedRole", principal_account="123456789012", action=question["action"],
        resource_arn=question["resource"], region="eu-west-1", source_ip="10.0.0.1", secure_transport=True,
        service_context={key.lower(): value for key, value in question["context"].items()},
    )
    answers.append("allowed" if evaluate(context, [policies[question["policy"]]]).decision == "Allow" else "denied")
json.dump(answers, sys.stdout)
"""
ENGINES: Mapping[str, tuple[Path, Sequence[str], str]] = {
    "iam-simulate": (
        HOME / "iam-simulate" / "node_modules" / "@cloud-copilot" / "iam-simulate",
        ["node", "--input-type=module", "--eval", IAM_SIMULATE],
        "npm and node",
    ),
    "ministack": (HOME / "ministack" / "bin" / "python", [str(HOME / "ministack" / "bin" / "python"), "-c", MINISTACK], "pip"),
}
"""Name -> what shows that it is there, how it is asked, what `.ci/arbiters` needs to make it."""


def missing(engine: str) -> str | None:
    """Why it cannot be asked on this machine."""
    there, _, needs = ENGINES[engine]
    return None if there.exists() else f"no second opinion of {engine}: run .ci/arbiters, which needs {needs}"


def ask(engine: str, policies: Mapping[str, Any], questions: Sequence[Question]) -> list[str]:
    """For each question "allowed", "denied", or "impossible" where the engine knows that AWS has no such pair of action and resource."""
    _, command, _ = ENGINES[engine]
    *words, program = command
    asked = {"policies": policies, "questions": [vars(question) for question in questions]}
    filled = program % {"home": HOME, "role": ROLE}
    result = subprocess.run([*words, filled], input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
