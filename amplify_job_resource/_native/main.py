"""`pulumi-resource-amplify-job`: the process that the engine starts for each provider of a stack."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

#: Bytes of the greatest message, as Pulumi's own plugins have it.
_MAX_BYTES: Final = 400 * 1024 * 1024
_MAX_PORT: Final = 65535
USAGE: Final = """\
pulumi-resource-amplify-job is a plugin that Pulumi starts by itself; see docs/install-plugin.md.

usage: pulumi-resource-amplify-job ENGINE_ADDRESS
       pulumi-resource-amplify-job --version
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the engine whose address (`host:port`) is the last argument, until it ends this process.

    Returns:
        0 where there is nothing to serve; 2 where there is no address.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--version" in given:
        from .package import package_version

        sys.stdout.write(f"{package_version()}\n")
        return 0
    if "--help" in given or "-h" in given:
        sys.stdout.write(USAGE)
        return 0
    address = given[-1] if given else ""
    if not _is_address(address):
        sys.stderr.write(USAGE)
        return 2
    asyncio.run(_serve(address))
    os._exit(0)  # Threads may still wait for AWS.


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdecimal() and 0 < int(port) <= _MAX_PORT


async def _serve(address: str) -> None:
    import grpc.aio
    from pulumi.runtime.proto import provider_pb2_grpc

    from .._engine.engine_link import ORPHAN_GRACE
    from .link import Link
    from .servicer import Provider

    sizes = [
        ("grpc.max_receive_message_length", _MAX_BYTES),
        ("grpc.max_send_message_length", _MAX_BYTES),
    ]
    link = Link()
    server = grpc.aio.server(options=sizes)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(link), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # From here on, each line of stdout would be a message of the engine.
    sys.stdout = sys.stderr
    link.connect(address)
    # The engine ends a plugin by a signal once all results are recorded. One that comes earlier is for
    # the whole group of processes: what waits is answered, so that the engine can record it.
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    link.cancelled.set()
    await server.stop(ORPHAN_GRACE)


if __name__ == "__main__":
    sys.exit(main())
