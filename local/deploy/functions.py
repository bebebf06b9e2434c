"""Lambda functions, their URLs, permissions and event source mappings."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.archive import zip_bytes
from local.deploy.handler import Calls, Handler, Properties, pascal, present
from local.monitor import Created

# What the provider sends where the program says nothing (pulumi-aws, `aws.lambda.Function`).
_DEFAULT_MEMORY_MB: Final = 128
_DEFAULT_TIMEOUT_SECONDS: Final = 3


def create_function(properties: Properties, call: Calls) -> Created:
    name = properties.require("name")
    reserved = properties.take("reservedConcurrentExecutions", -1)
    properties.take("sourceCodeHash")  # only tells the provider when to upload again
    dead_letters = properties.take("deadLetterConfig")
    request = present(
        FunctionName=name,
        Role=properties.require("role"),
        Code={"ZipFile": zip_bytes(properties.require("code"))},
        Runtime=properties.require("runtime"),
        Handler=properties.require("handler"),
        Description=properties.take("description"),
        Architectures=properties.take("architectures"),
        MemorySize=properties.take("memorySize", _DEFAULT_MEMORY_MB),
        Timeout=properties.take("timeout", _DEFAULT_TIMEOUT_SECONDS),
        Environment=_variables(properties.take("environment")),
        Layers=properties.take("layers"),
        DeadLetterConfig={"TargetArn": dead_letters["targetArn"]} if dead_letters else None,
        TracingConfig=pascal(properties.take("tracingConfig")),
        LoggingConfig=pascal(properties.take("loggingConfig")),
        EphemeralStorage=pascal(properties.take("ephemeralStorage")),
        KMSKeyArn=properties.take("kmsKeyArn"),
        PackageType=properties.take("packageType", "Zip"),
        Publish=properties.take("publish"),
        Tags=properties.take("tags"),
    )
    properties.done()
    function = call("lambda", "CreateFunction", **request)
    if reserved >= 0:
        call("lambda", "PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=reserved)
    arn = function["FunctionArn"]
    outputs = {
        "name": name,
        "arn": arn,
        "version": function["Version"],
        "qualifiedArn": f"{arn}:{function['Version']}",
        "invokeArn": f"arn:aws:apigateway:{call.region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        "codeSha256": function["CodeSha256"],
    }
    return Created(name, outputs)


def _variables(environment: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"Variables": environment.get("variables", {})} if environment else None


def delete_function(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("lambda", "DeleteFunction", FunctionName=id_)


def create_url(properties: Properties, call: Calls) -> Created:
    name = properties.require("functionName")
    request = present(
        FunctionName=name,
        Qualifier=properties.take("qualifier"),
        AuthType=properties.require("authorizationType"),
        Cors=pascal(properties.take("cors")),
        InvokeMode=properties.take("invokeMode"),
    )
    properties.done()
    url = call("lambda", "CreateFunctionUrlConfig", **request)
    return Created(name, {"functionUrl": url["FunctionUrl"], "functionArn": url["FunctionArn"]})


def delete_url(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("lambda", "DeleteFunctionUrlConfig", FunctionName=id_)


def create_permission(properties: Properties, call: Calls) -> Created:
    statement = properties.require("statementId")
    function = properties.require("function")
    request = present(
        FunctionName=function,
        StatementId=statement,
        Action=properties.require("action"),
        Principal=properties.require("principal"),
        SourceArn=properties.take("sourceArn"),
        SourceAccount=properties.take("sourceAccount"),
        FunctionUrlAuthType=properties.take("functionUrlAuthType"),
        InvokedViaFunctionUrl=properties.take("invokedViaFunctionUrl"),
        Qualifier=properties.take("qualifier"),
    )
    properties.done()
    call("lambda", "AddPermission", **request)
    return Created(statement, {"statementId": statement})


def delete_permission(id_: str, outputs: Mapping[str, Any], call: Calls) -> None:
    call(
        "lambda",
        "RemovePermission",
        FunctionName=outputs["function"],
        StatementId=id_,
        **present(Qualifier=outputs.get("qualifier") or None),
    )


def create_events(properties: Properties, call: Calls) -> Created:
    name = properties.require("functionName")
    destinations = properties.block("destinationConfig")
    request = present(
        FunctionName=name,
        Qualifier=properties.take("qualifier"),
        MaximumRetryAttempts=properties.take("maximumRetryAttempts"),
        MaximumEventAgeInSeconds=properties.take("maximumEventAgeInSeconds"),
        DestinationConfig=pascal(destinations) or None,
    )
    properties.done()
    call("lambda", "PutFunctionEventInvokeConfig", **request)
    return Created(name, {"functionName": name})


def delete_events(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("lambda", "DeleteFunctionEventInvokeConfig", FunctionName=id_)


def create_mapping(properties: Properties, call: Calls) -> Created:
    destination = properties.block("destinationConfig").get("onFailure")
    request = present(
        FunctionName=properties.require("functionName"),
        KMSKeyArn=properties.take("kmsKeyArn"),
        DestinationConfig={"OnFailure": {"Destination": destination["destinationArn"]}} if destination else None,
        Tags=properties.take("tags"),
    )
    # Every other property has the name of its parameter: what has none is refused by the model.
    mapping = call("lambda", "CreateEventSourceMapping", **request, **pascal(properties.rest()))
    uuid = mapping["UUID"]
    arn = f"arn:aws:lambda:{call.region}:{call.account}:event-source-mapping:{uuid}"
    return Created(uuid, {"uuid": uuid, "arn": arn, "functionArn": mapping["FunctionArn"], "state": mapping["State"]})


def delete_mapping(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("lambda", "DeleteEventSourceMapping", UUID=id_)


HANDLERS: Final = {
    "aws:lambda/function:Function": Handler(create_function, delete_function, name_limit=64),
    "aws:lambda/functionUrl:FunctionUrl": Handler(create_url, delete_url, named_by=None),
    "aws:lambda/permission:Permission": Handler(create_permission, delete_permission, named_by="statementId", name_limit=100),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Handler(create_events, delete_events, named_by=None),
    "aws:lambda/eventSourceMapping:EventSourceMapping": Handler(create_mapping, delete_mapping, named_by=None),
}
