"""The deployers of `local` behind Pulumi's own protocol, so that the real engine deploys into the embedded AWS.

`serve_provider` answers as the provider `aws`; `Session` adds a backend for the state and the environment in which `pulumi` finds both.
"""

from local.engine.provider import serve_provider
from local.engine.session import EngineFailed, NoEngine, Session, find_engine

__all__ = ["EngineFailed", "NoEngine", "Session", "find_engine", "serve_provider"]
