"""Serves the components to the engine: their schema, and constructing one of them."""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError, InputPropertyError
from pulumi.provider import ConstructResult
from pulumi.provider import main as serve
from pulumi.provider.experimental.analyzer import PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from components.plugin import inputs as arrived
from components.plugin.refusals import Refused
from components.plugin.resources import AccountMonitoring, SingleTable, WebAppTable

NAME = "singletable"
VERSION = "0.1.0"
"""Of the distribution: a test holds the two together."""
COMPONENTS = [WebAppTable, SingleTable, AccountMonitoring]
SECRETS = (("Handler", "secrets"),)
"""Properties that are secrets. No SDK wraps one that is not at the top: the plugin marks them, and a program has to give a secret."""


class Provider(ComponentProvider):
    """Pulumi's own host, with inputs checked, errors that have a code and a path instead of a Python traceback, and secrets marked."""

    def __init__(self) -> None:
        super().__init__(list(COMPONENTS), NAME, version=VERSION)
        self.package = reviewed(json.loads(self.schema or "{}"))
        self.schema = json.dumps(self.package)

    def construct(
        self, name: str, resource_type: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        values, problems = arrived.read(self.package, resource_type, inputs)
        if problems:
            raise InputPropertiesError(f"{name} cannot be made", [{"property_path": path, "reason": why} for path, why in problems])
        try:
            return super().construct(name, resource_type, values, options)
        except ComponentInitError as error:
            if not isinstance(error.inner, Refused):
                raise
            refused = error.inner
            # The engine shows the value at the path: of no path, everything that was given, and secrets among it.
            raise (
                InputPropertyError(refused.path, refused.reason) if refused.path else InputPropertiesError(refused.reason, [])
            ) from error

    def map_input_properties(
        self, inputs: Any, properties: dict[str, PropertyDefinition], mapping: dict[str, str], component_name: str, property_path: str
    ) -> Any:
        """Pulumi's own takes a member of an enumeration, in a list or in a map, for an object without properties."""
        if isinstance(inputs, str):
            return inputs
        return super().map_input_properties(inputs, properties, mapping, component_name, property_path)


def reviewed(package: dict[str, Any]) -> dict[str, Any]:
    """With what Pulumi's analysis of Python cannot say."""
    for type_name, name in SECRETS:
        package["types"][f"{NAME}:index:{type_name}"]["properties"][name]["secret"] = True
    for member in (each for found in package["types"].values() for each in found.get("enum", ())):
        member["name"] = pascal(member["name"])
    return {
        **package,
        "displayName": "Single table",
        "description": "A DynamoDB table of an application, its functions and what watches them, from one declaration",
        "keywords": ["category/database", "kind/component", "aws", "dynamodb"],
        "license": "Apache-2.0",
    }


def pascal(name: str) -> str:
    """AWS_IAM as AwsIam: from which each SDK makes what its language is used to."""
    return re.sub(r"(?<=\D)_|_(?=\D)", "", name.title())


def main() -> None:
    serve(Provider(), sys.argv[1:])
