"""How a failed call is told to the engine: as a plain message, or with a resource to save."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from .._lifecycle import RecordedFailure
from .._values.text import untagged

#: The property in which a dynamic resource keeps its pickled provider; the engine needs it in every
#: resource that such a provider saves, and no other front has it.
PROVIDER_KEY: Final = "__provider"
#: The metadata of a call that hold its status.
_DETAILS: Final = "grpc-status-details-bin"
_UNKNOWN_CODE: Final = 2  # google.rpc.Code.UNKNOWN, what the SDK itself aborts with


def trailing_metadata(message: str, saved: Any = None) -> tuple[tuple[str, bytes], ...]:
    """What has the engine print just a message, and save a resource.

    Args:
        message: What the CLI prints behind `error:`.
        saved: An `ErrorResourceInitFailed` with the resource, without reasons.
    """
    from google.rpc import status_pb2

    message = untagged(message)
    status = status_pb2.Status(code=_UNKNOWN_CODE, message=message)
    if saved is not None:
        # The CLI lists the reasons, and indents the lines of a list.
        saved.reasons.append(message.replace("\n", "\n\t  "))
        status.details.add().Pack(saved)
    return ((_DETAILS, status.SerializeToString()),)


def show(
    context: Any, message: str, failed: RecordedFailure | None = None, provider: str = ""
) -> None:
    """Have the engine print just a message, and save the resource of a recorded failure.

    The SDK aborts the RPC with a traceback; the trailing metadata set here takes its place.

    Args:
        context: gRPC's context of the call.
        message: What the CLI prints behind `error:`.
        failed: The failure whose resource is to be saved.
        provider: The pickled provider, to be saved with the resource.
    """
    from pulumi.runtime import rpc
    from pulumi.runtime.proto import provider_pb2

    saved = None
    if failed:
        properties = {**failed.properties, PROVIDER_KEY: provider}
        saved = provider_pb2.ErrorResourceInitFailed(
            id=failed.id, properties=asyncio.run(rpc.serialize_properties(properties, {}))
        )
    context.set_trailing_metadata(trailing_metadata(message, saved))
