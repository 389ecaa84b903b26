from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from amplify_job_resource._native.main import USAGE, main
from amplify_job_resource._native.package import package_version
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2_grpc

ROOT = Path(__file__).parents[3]


@pytest.fixture
def engine() -> Iterator[socket.socket]:
    """An address where an engine seems to listen."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def a_plugin(*arguments: str) -> subprocess.Popen[str]:
    """The plugin as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "amplify_job_resource._native.main", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_the_plugin_serves_the_engine(engine: socket.socket) -> None:
    """The engine passes flags before its address; all that stdout gets is the port."""
    port = engine.getsockname()[1]
    plugin = a_plugin("--logtostderr", "-v=9", f"127.0.0.1:{port}")
    assert plugin.stdout
    try:
        served = plugin.stdout.readline()
        assert served.strip().isdecimal()
        with grpc.insecure_channel(f"127.0.0.1:{served.strip()}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            assert stub.GetPluginInfo(Empty(), timeout=30).version == package_version()
            stub.Cancel(Empty(), timeout=30)
    finally:
        plugin.terminate()
    more, errors = plugin.communicate(timeout=30)
    assert (more, errors, plugin.returncode) == ("", "", 0)


def test_an_orphan_leaves(engine: socket.socket) -> None:
    """A plugin whose engine is gone ends by itself, and nobody has to end it."""
    plugin = a_plugin(f"127.0.0.1:{engine.getsockname()[1]}")
    assert plugin.stdout
    plugin.stdout.readline()
    engine.close()
    try:
        assert plugin.wait(30) == 0
    finally:
        plugin.kill()
        plugin.communicate()


@pytest.mark.parametrize("arguments", [["--version"], ["-v=9", "--version"]])
def test_the_version_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing but the version is printed."""
    assert main(arguments) == 0
    assert capsys.readouterr() == (f"{package_version()}\n", "")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_given(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever starts it by hand learns that Pulumi does."""
    assert main([flag]) == 0
    assert capsys.readouterr() == (USAGE, "")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-v=9"],
        ["127.0.0.1"],
        ["127.0.0.1:"],
        [":5000"],
        ["127.0.0.1:x"],
        ["127.0.0.1:-5"],
        ["127.0.0.1:0"],
        ["127.0.0.1:65536"],
        ["127.0.0.1:5\N{SUPERSCRIPT TWO}"],
        ["127.0.0.1:5000", "--logtostderr"],
        [""],
    ],
)
def test_what_is_no_address_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the address of an engine nothing is served, and stdout stays empty."""
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", USAGE)
