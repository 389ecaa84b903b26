"""How a failed call is told to the engine: as a plain message, or with a resource to save."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from .._lifecycle import RecordedFailure
from .._values.text import untagged

#: The property that holds the pickled provider; the engine needs it in every saved resource.
PROVIDER_KEY: Final = "__provider"
_UNKNOWN_CODE: Final = 2  # google.rpc.Code.UNKNOWN, what the SDK itself aborts with


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
    from google.rpc import status_pb2
    from pulumi.runtime import rpc
    from pulumi.runtime.proto import provider_pb2

    message = untagged(message)
    status = status_pb2.Status(code=_UNKNOWN_CODE, message=message)
    if failed:
        saved = {**failed.properties, PROVIDER_KEY: provider}
        status.details.add().Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=failed.id,
                properties=asyncio.run(rpc.serialize_properties(saved, {})),
                # The CLI lists the reasons, and indents the lines of a list.
                reasons=[message.replace("\n", "\n\t  ")],
            )
        )
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
