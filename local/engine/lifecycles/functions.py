"""Lambda functions, their URLs, permissions and event source mappings."""

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from local.deploy.archive import zip_bytes
from local.deploy.functions import create_events, delete_events
from local.deploy.handler import Calls, Properties, pascal, present
from local.engine.lifecycle import Change, Found, Lifecycle, camel
from local.engine.lifecycles.tags import LAMBDA

# Inputs of a function that are settings, and what UpdateFunctionConfiguration takes for one that is left out (Lambda API reference).
_SETTINGS: Final[Mapping[str, Any]] = {
    "deadLetterConfig": {"TargetArn": ""},
    "description": "",
    "environment": {"Variables": {}},
    "ephemeralStorage": {"Size": 512},
    "handler": None,
    "kmsKeyArn": "",
    "layers": [],
    "loggingConfig": {"LogFormat": "Text"},
    "memorySize": 128,
    "role": None,
    "runtime": None,
    "snapStart": {"ApplyOn": "None"},
    "timeout": 3,
    "tracingConfig": {"Mode": "PassThrough"},
}
_CODE: Final = frozenset({"code", "sourceCodeHash", "architectures"})
_UNRESERVED: Final = -1


def _parameter(name: str) -> str:
    return {"kmsKeyArn": "KMSKeyArn"}.get(name, name[:1].upper() + name[1:])


def _setting(name: str, value: Any) -> Any:
    if value is None:
        return _SETTINGS[name]
    return {"Variables": value.get("variables", {})} if name == "environment" else pascal(value)


def read_function(name: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    function = call("lambda", "GetFunction", FunctionName=name)
    settings = function["Configuration"]
    inputs = {one: _shown(one, settings.get(_parameter(one))) for one in _SETTINGS}
    inputs |= {
        "name": settings["FunctionName"],
        "architectures": settings.get("Architectures", ["x86_64"]),
        "packageType": settings.get("PackageType", "Zip"),
        "reservedConcurrentExecutions": function.get("Concurrency", {}).get("ReservedConcurrentExecutions", _UNRESERVED),
        "environment": {"variables": settings.get("Environment", {}).get("Variables", {})},
        "tags": LAMBDA.read(settings["FunctionArn"], call),
    }
    return Found(inputs, {"arn": settings["FunctionArn"], "codeSha256": settings["CodeSha256"], "version": settings["Version"]})


def _shown(name: str, value: Any) -> Any:
    """As the program would have said it. What was never set is not told, or told to be nothing."""
    match name:
        case "layers":
            layers: list[dict[str, Any]] = value or []
            return [layer["Arn"] for layer in layers]
        case "snapStart":
            return {} if value is None or value["ApplyOn"] == "None" else {"applyOn": value["ApplyOn"]}
        case _:
            return camel(value)


def update_function(change: Change, call: Calls) -> Mapping[str, Any]:
    """Settings first, so that new code finds them, then code, then what has an operation of its own."""
    name, new = change.id, change.new
    if settings := {_parameter(one): _setting(one, new.get(one)) for one in sorted(change.changed & set(_SETTINGS))}:
        call("lambda", "UpdateFunctionConfiguration", FunctionName=name, **settings)
    if change.changed & _CODE:
        call(
            "lambda",
            "UpdateFunctionCode",
            FunctionName=name,
            ZipFile=zip_bytes(new["code"]),
            **present(Architectures=new.get("architectures")),
        )
    if "reservedConcurrentExecutions" in change.changed:
        reserved = new.get("reservedConcurrentExecutions", _UNRESERVED)
        if reserved == _UNRESERVED:
            call("lambda", "DeleteFunctionConcurrency", FunctionName=name)
        else:
            call("lambda", "PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=reserved)
    LAMBDA.update(change, change.outputs["arn"], call)
    return read_function(name, {}, call).outputs


def read_url(name: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    url = call("lambda", "GetFunctionUrlConfig", FunctionName=name)
    inputs = {
        "functionName": name,
        "authorizationType": url["AuthType"],
        "cors": camel(url.get("Cors", {})),
        "invokeMode": str(url.get("InvokeMode", "BUFFERED")).upper(),  # moto spells it "Buffered"
    }
    return Found(inputs, {"functionUrl": url["FunctionUrl"], "functionArn": url["FunctionArn"]})


def update_url(change: Change, call: Calls) -> Mapping[str, Any]:
    new = change.new
    call(
        "lambda",
        "UpdateFunctionUrlConfig",
        FunctionName=change.id,
        AuthType=new["authorizationType"],
        Cors=pascal(new.get("cors") or {}),
        **present(InvokeMode=new.get("invokeMode"), Qualifier=new.get("qualifier")),
    )
    return {}


# Conditions of a statement, by the inputs that make them. Source: Lambda API reference, AddPermission.
_CONDITIONS: Final = {
    "aws:sourcearn": "sourceArn",
    "aws:sourceaccount": "sourceAccount",
    "aws:principalorgid": "principalOrgId",
    "lambda:functionurlauthtype": "functionUrlAuthType",
}


def read_permission(id_: str, inputs: Mapping[str, Any], call: Calls) -> Found | None:
    """Imported by `FUNCTION/STATEMENT`."""
    function, _, statement = (inputs["function"], "", id_) if "function" in inputs else id_.partition("/")
    policy = json.loads(call("lambda", "GetPolicy", FunctionName=function)["Policy"])
    there = next((one for one in policy["Statement"] if one.get("Sid") == statement), None)
    if there is None:
        return None
    found = {"statementId": statement, "function": function, "action": there["Action"], "principal": _principal(there["Principal"], inputs)}
    return Found(found | _conditions(there.get("Condition", {})), id=statement)


def _principal(principal: Any, inputs: Mapping[str, Any]) -> str:
    """As it was said, where an account was said: AWS tells its root."""
    told = str(next(iter(cast("dict[str, str]", principal).values())) if isinstance(principal, dict) else principal)
    said = str(inputs.get("principal", ""))
    return said if told.endswith(f":{said}:root") else told


def _conditions(condition: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        _CONDITIONS[key.lower()]: value for operator in condition.values() for key, value in operator.items() if key.lower() in _CONDITIONS
    }


def read_mapping(uuid: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    mapping = call("lambda", "GetEventSourceMapping", UUID=uuid)
    told = ("BatchSize", "BisectBatchOnFunctionError", "EventSourceArn", "FilterCriteria", "FunctionResponseTypes", "StartingPosition")
    told += ("MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts", "ParallelizationFactor")
    told += ("MetricsConfig", "ScalingConfig", "TumblingWindowInSeconds")
    inputs = camel({name: mapping[name] for name in told if mapping.get(name) is not None})
    failures = mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    inputs["destinationConfig"] = {"onFailure": {"destinationArn": failures}} if failures else {}
    inputs["enabled"] = mapping.get("State") not in ("Disabled", "Disabling")
    inputs["functionName"] = mapping["FunctionArn"]
    inputs["kmsKeyArn"] = mapping.get("KMSKeyArn")
    inputs["tags"] = LAMBDA.read(f"arn:aws:lambda:{call.region}:{call.account}:event-source-mapping:{uuid}", call)
    return Found(inputs, {"uuid": uuid, "functionArn": mapping["FunctionArn"], "state": mapping.get("State", "Enabled")})


_ONLY_AT_CREATION: Final = frozenset(
    {
        "amazonManagedKafkaEventSourceConfig",
        "eventSourceArn",
        "queues",
        "selfManagedEventSource",
        "selfManagedKafkaEventSourceConfig",
        "startingPosition",
        "startingPositionTimestamp",
        "topics",
    }
)


def update_mapping(change: Change, call: Calls) -> Mapping[str, Any]:
    request = {
        name: value for name, value in change.new.items() if name not in _ONLY_AT_CREATION and name not in ("destinationConfig", "tags")
    }
    destinations: dict[str, Any] = change.new.get("destinationConfig") or {}
    failures = destinations.get("onFailure")
    if failures or "destinationConfig" in change.changed:
        request["destinationConfig"] = {"onFailure": {"destination": failures["destinationArn"]}} if failures else {"onFailure": {}}
    if "filterCriteria" in change.changed:
        request.setdefault("filterCriteria", {"filters": []})
    key = {"KMSKeyArn": request.pop("kmsKeyArn")} if "kmsKeyArn" in request else {}
    mapping = call("lambda", "UpdateEventSourceMapping", UUID=change.id, **key, **pascal(request))
    LAMBDA.update(change, change.outputs["arn"], call)
    return {"functionArn": mapping["FunctionArn"]}


def read_events(id_: str, _inputs: Mapping[str, Any], call: Calls) -> Found:
    found = call("lambda", "GetFunctionEventInvokeConfig", FunctionName=id_)
    names = ("MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig")
    return Found({"functionName": id_, **camel({name: found[name] for name in names if name in found})})


def update_events(change: Change, call: Calls) -> Mapping[str, Any]:
    delete_events(change.id, change.outputs, call)  # moto goes on giving the first one that was put
    return create_events(Properties(change.new), call).outputs


LIFECYCLES: Final = {
    "aws:lambda/function:Function": Lifecycle(
        read_function,
        update_function,
        replaces=frozenset({"name", "packageType", "tenancyConfig"}),
        defaults={"memorySize": 128, "timeout": 3, "packageType": "Zip", "reservedConcurrentExecutions": _UNRESERVED},
        computed=frozenset({"architectures", "ephemeralStorage", "loggingConfig", "sourceCodeHash", "tracingConfig"}),
    ),
    "aws:lambda/functionUrl:FunctionUrl": Lifecycle(
        read_url, update_url, replaces=frozenset({"functionName", "qualifier"}), defaults={"invokeMode": "BUFFERED"}
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Lifecycle(
        read_events, update_events, replaces=frozenset({"functionName", "qualifier"})
    ),
    "aws:lambda/permission:Permission": Lifecycle(read_permission),
    "aws:lambda/eventSourceMapping:EventSourceMapping": Lifecycle(
        read_mapping,
        update_mapping,
        replaces=_ONLY_AT_CREATION,
        defaults={"enabled": True},
        computed=frozenset({"batchSize", "functionName", "maximumRecordAgeInSeconds", "maximumRetryAttempts", "parallelizationFactor"}),
    ),
}
