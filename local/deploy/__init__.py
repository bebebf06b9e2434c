"""Deploys what a Pulumi program registers into an embedded AWS: one small module of handlers for each service.

`deploy` creates everything through boto3; `registrations` runs the same program and the same checks without any AWS.
"""

from local.deploy.deployment import ACCOUNT, Deployed, DeployError, Deployment, DestroyRefused, deploy, registrations

__all__ = ["ACCOUNT", "DeployError", "Deployed", "Deployment", "DestroyRefused", "deploy", "registrations"]
