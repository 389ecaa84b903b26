"""The provider that Pulumi's engine talks to: calls are served on one event loop.

Their work is done on threads, so a Cancel is heard at once, however many creates are waiting. What this
provider does not offer is answered as unimplemented.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc.aio
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from .._engine.grpc_status import trailing_metadata
from .._engine.methods import error_text
from .._values.text import untagged
from .link import Link
from .package import package_schema, package_version
from .provider_config import Configuration
from .resources import Resources
from .steps import Failed, Steps
from .wire import Garbled

#: Calls served side by side: those that wait for jobs, and all others. Each is a thread.
MAX_WAITING: Final = 256
MAX_OTHERS: Final = 16

#: Makes a response of a request.
Work = Callable[[Any], Any]


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider of a stack: the engine starts a process for each.

    Its methods are those of the service in Pulumi's `provider.proto`; they are made below.
    """

    def __init__(self, link: Link, resources: Resources | None = None) -> None:
        """Serve the engine at the other end of a link."""
        self._link = link
        resources = resources or Resources()
        steps = Steps(link, resources)
        configuration = Configuration(resources.configure)
        waiting = ThreadPoolExecutor(MAX_WAITING, thread_name_prefix="amplify-job")
        others = ThreadPoolExecutor(MAX_OTHERS, thread_name_prefix="amplify-job-other")
        #: The work of each method, and the threads that do it; without threads it is done at once.
        self.work: Final[dict[str, tuple[Work, ThreadPoolExecutor | None]]] = {
            "Handshake": (_abilities, None),
            "GetPluginInfo": (_info, None),
            "GetSchema": (_schema, others),
            "CheckConfig": (configuration.check, others),
            "DiffConfig": (configuration.diff, others),
            "Configure": (configuration.configure, others),
            "Check": (steps.check, others),
            "Diff": (steps.diff, others),
            "Read": (steps.read, others),
            "Create": (steps.create, waiting),
            "Update": (steps.update, waiting),
            "Delete": (steps.delete, waiting),
            "Cancel": (self._cancel, None),
        }

    def _cancel(self, _: Any) -> Any:
        self._link.hear_cancel()
        return Empty()


def _served(name: str) -> Any:
    """The method of that name."""

    async def method(self: Provider, request: Any, context: Any) -> Any:
        if name not in self.work:
            # The generated stub would raise and print a traceback.
            await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"amplify-job has no {name}")
        work, pool = self.work[name]
        if pool is None:
            answer = answer_of(work, request)
        else:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(pool, answer_of, work, request)
        if isinstance(answer, Failed):
            message = untagged(answer.message)
            metadata = trailing_metadata(message, answer.saved)
            await context.abort(grpc.StatusCode.UNKNOWN, message, metadata)
        return answer

    return method


for _name in provider_pb2.DESCRIPTOR.services_by_name["ResourceProvider"].methods_by_name:
    setattr(Provider, _name, _served(_name))


def answer_of(work: Work, request: Any) -> Any:
    """What the work makes, or how it failed: nothing is ever raised."""
    try:
        return work(request)
    except Garbled as error:
        return Failed(f"the engine sent what is no value: {error}")
    except BaseException as error:
        return Failed(error_text(error))


def _abilities(_: Any) -> Any:
    return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)


def _info(_: Any) -> Any:
    return plugin_pb2.PluginInfo(version=package_version())


def _schema(request: Any) -> Any:
    return provider_pb2.GetSchemaResponse(schema=package_schema(request.version))
