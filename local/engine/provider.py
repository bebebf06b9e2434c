"""The provider `aws` as Pulumi's protocol has it (`pulumirpc.ResourceProvider`), over the deployers and an embedded AWS.

The engine attaches to it by `PULUMI_DEBUG_PROVIDERS=aws:PORT`. Secrets: the engine takes their marks off before it asks, and puts them back on
what it is answered, because this provider says that it does not know them.
"""

import contextlib
import threading
from collections.abc import Generator
from concurrent import futures
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.deploy.calls import Aws, AwsCalls
from local.deploy.registry import answer
from local.engine import checks
from local.engine.errors import answering
from local.engine.resources import Resources
from local.properties import decode, encode

Context = grpc.ServicerContext
VERSION: Final = metadata.version("pulumi-aws")
"""Of the provider that this one stands for: that of the SDK whose types the inputs are held against."""
_MOST_BYTES: Final = 400 << 20  # what the engine allows (`rpcutil.GrpcChannelOptions`)
_THREADS: Final = 16


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """`directory`: the program's, from which relative paths of assets start."""

    def __init__(self, aws: Aws, directory: Path) -> None:
        self._calls = AwsCalls(aws)
        self._directory = directory
        self._resources = Resources(self._calls, directory)
        self._one_at_a_time = threading.Lock()  # moto promises nothing to threads

    # About the provider

    def Handshake(self, request: Any, context: Context) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False, accept_outputs=False)

    def GetPluginInfo(self, request: Any, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Context) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def Attach(self, request: Any, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    @answering
    def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        given = decode(request.news, self._directory).get("region", self._calls.region)
        failures = checks.region_failures(given, self._calls.region)
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: Context) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Context) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False)

    # About resources

    @answering
    def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        return checks.check(request, self._directory, self._calls.region)

    @answering
    def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        return checks.diff(request)

    @answering
    def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        if request.preview:
            return self._resources.previewed(request)
        with self._one_at_a_time:
            return self._resources.create(request)

    @answering
    def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        with self._one_at_a_time:
            return self._resources.read(request)

    @answering
    def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        with self._one_at_a_time:
            return self._resources.update(request)

    @answering
    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> empty_pb2.Empty:
        with self._one_at_a_time:
            self._resources.delete(request)
        return empty_pb2.Empty()

    @answering
    def Invoke(self, request: provider_pb2.InvokeRequest, context: Context) -> provider_pb2.InvokeResponse:
        response = provider_pb2.InvokeResponse()
        result: struct_pb2.Struct = getattr(response, "return")  # a keyword of Python
        result.CopyFrom(encode(answer(request.tok, self._calls.account, self._calls.region)))
        return response


@contextlib.contextmanager
def serve_provider(aws: Aws, directory: Path) -> Generator[int]:
    """The port of 127.0.0.1 at which the provider answers, for as long as the block lasts."""
    options = [("grpc.max_receive_message_length", _MOST_BYTES), ("grpc.max_send_message_length", _MOST_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(aws, directory), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait()
